/** The report as data: `whybounce report --format json`, and what every other form of the report is made from. */
import type { Actor } from '../cause/catalogue.ts';
import type { Direction } from '../cause/contract.ts';
import type { Kind, Mta } from '../event/event.ts';
import type { ReportExample } from './examples.ts';
import type { ReportComparison, ReportFinding } from './finding.ts';
import type { ReportHeld } from './held.ts';
import { STATES, type State } from './rows.ts';

export type { ReportExample } from './examples.ts';
export type {
  Change,
  FindingEvidence,
  PeriodCounts,
  ReportComparison,
  ReportFinding,
  Severity,
} from './finding.ts';
export type { ReportHeld, ReportHeldMessage } from './held.ts';

/** Value of `schema` in every report. */
export const REPORT_SCHEMA = 'whybounce.report/1';

/** One input. Times in RFC 3339, UTC; absent where no line of it was understood. */
export interface ReportInput {
  file: string;
  mta?: Mta | undefined;
  lines: number;
  from?: string | undefined;
  to?: string | undefined;
  /** The file that holds all that this one holds: it was read instead. */
  repeats?: string | undefined;
  /** Lines that another input has too: they count as ignored. */
  copies?: number | undefined;
  /** The input that tells of the same mail in other words: it was counted twice. */
  overlaps?: string | undefined;
}

/** `read` = `used` + `ignored` + `unparsed`. */
export interface ReportLines {
  read: number;
  used: number;
  ignored: number;
  unparsed: number;
}

/** Recipients by their last known state. */
export type StateCounts = Record<State, number>;

export interface ReportTotals extends StateCounts {
  messages: number;
  recipients: number;
  /** Refusals at SMTP time. */
  rejected: number;
  /** Bounce and delay notices that were made. */
  notifications: number;
}

/** Attempts by result. */
export interface ReportAttempts {
  delivered: number;
  deferred: number;
  bounced: number;
}

/**
 * What of the totals and attempts are notices: mail from the null sender, which nobody wrote (see `isNotification`).
 * All lists of a report are of the rest.
 */
export interface ReportNotifications extends StateCounts {
  messages: number;
  recipients: number;
  attempts: ReportAttempts;
  /** Why notices failed. Shares are of all notices that did. */
  causes: ReportCause[];
}

/** A cause with what the catalogue says about it. */
export interface NamedCause {
  cause: string;
  detail?: string;
  kind: Kind;
  title: string;
  meaning: string;
  who_acts: Actor;
  remedy: string;
}

/** Why deliveries failed. Recipients are 0 where none stands failed any more. */
export interface ReportCause extends NamedCause {
  /** Where others must act for the recipients that failed on this host: `who_acts` is for all the others. */
  local?: { recipients: number; who_acts: Actor; remedy: string };
  /** Recipients whose last known state is this failure. */
  recipients: number;
  /** Attempts that failed so, whether or not the mail was delivered later. */
  attempts: number;
  /** Messages of the recipients. */
  messages: number;
  /** Share of all failed recipients, 0 to 1. */
  share: number;
  /** How sure the cause is, 0 to 1: the mean over the attempts, where there was none that of the first example. */
  confidence?: number;
  deferred: number;
  bounced: number;
  expired: number;
  /** Recipients queued behind this failure without an attempt of their own: they count as open. */
  waiting: number;
  /** Recipients that failed so and were delivered later. */
  recovered: number;
  first: string;
  last: string;
  providers: { provider: string; recipients: number }[];
  domains: { domain: string; recipients: number }[];
  examples: ReportExample[];
}

/** Why this server refused mail. */
export interface ReportReject extends NamedCause {
  count: number;
  /** Share of all refusals, 0 to 1. */
  share: number;
  /** How sure the cause is, 0 to 1: the mean over the refusals, where that is not known that of the first example. */
  confidence?: number;
  first: string;
  last: string;
  clients: { client: string; count: number }[];
  examples: ReportExample[];
}

/** Recipients of one provider, domain or sender. */
export interface PartyCounts extends StateCounts {
  recipients: number;
  /** Attempts that failed. */
  failed_attempts: number;
  /** Recipients whose last known state is a failure of kind hard. */
  hard: number;
}

export interface ReportProvider extends PartyCounts {
  provider: string;
  /** Median delay of delivered recipients in seconds; null where there are none. */
  delay_p50: number | null;
  /** As `delay.distribution` of the report. */
  delays: { seconds: number; recipients: number }[];
}

export interface ReportDomain extends PartyCounts {
  domain: string;
}

export interface ReportSender extends PartyCounts {
  /** The null sender is `""`. */
  sender: string;
}

/** Attempts and refusals of an hour, which is named by its beginning. */
export interface ReportHour {
  hour: string;
  delivered: number;
  deferred: number;
  bounced: number;
  rejected: number;
  /** The attempts by provider; those with the most first. */
  providers: { provider: string; delivered: number; deferred: number; bounced: number }[];
}

/** A reply that no rule knows, with how many there are of its shape. */
export interface ReportUnclassified {
  /** Who gave it: another server to this one, or this one to its clients. */
  direction: Direction;
  /** Attempts or refusals. */
  count: number;
  first: string;
  last: string;
  /** The earliest; none where rare ones of several shapes are told together. */
  example?: ReportExample;
}

/** Something that the MTA said about itself. */
export interface ReportNotice {
  severity: string;
  program: string;
  /** With `<*>` for what differs from case to case. */
  text: string;
  /** The earliest, whole. */
  example: string;
  count: number;
  first: string;
  last: string;
}

export interface Report {
  schema: typeof REPORT_SCHEMA;
  /** What was asked for, else the span of the inputs; null where neither is known. */
  window: { from: string | null; to: string | null };
  generated_at: string;
  /** What matters most, first; at most seven. */
  findings: ReportFinding[];
  /** Absent where no window was asked for, or the inputs hold nothing from before it. */
  comparison?: ReportComparison;
  /** Where there is no comparison: the beginning of the day before, if the inputs hold a part of it only. */
  not_compared?: string;
  inputs: ReportInput[];
  lines: ReportLines;
  /** Of all mail, and `notifications` of notices alone. */
  totals: ReportTotals;
  attempts: ReportAttempts;
  notifications: ReportNotifications;
  causes: ReportCause[];
  /** What is on hold until somebody decides. */
  held: ReportHeld[];
  rejects: ReportReject[];
  providers: ReportProvider[];
  domains: ReportDomain[];
  senders: ReportSender[];
  /** Senders of what failed for good, those with the most hard failures first. */
  hard_senders: ReportSender[];
  hours: ReportHour[];
  /** Seconds from arrival to delivery that half, 90 % and 99 % of the delivered recipients did not exceed. */
  delay: {
    p50: number | null;
    p90: number | null;
    p99: number | null;
    /** Recipients by delay, in steps of 4 %: each `seconds` stands for delays no further away than 2 %. */
    distribution: { seconds: number; recipients: number }[];
  };
  /** Replies that no rule knows, the most frequent shape first. */
  unclassified: ReportUnclassified[];
  notices: ReportNotice[];
  /** How many there are of what the lists show the top of. */
  distinct: {
    providers: number;
    domains: number;
    senders: number;
    hard_senders: number;
    unclassified: number;
    notices: number;
  };
  /** Messages that were given up because too many were open at once. */
  evicted: number;
  /** Why not all was read that should have been; absent where it was. */
  incomplete?: string[];
  /** Of what it was made, where it was made of other reports: a recipient of two of them counts twice. */
  merged?: { reports: number; files: string[] };
}

/** The totals of mail that somebody wrote: what shares are of, and what is said of a day. */
export type MailTotals = StateCounts & Pick<ReportTotals, 'messages' | 'recipients'>;

/** Gives the totals without the notices. */
export function mailTotals({ totals, notifications }: Pick<Report, 'totals' | 'notifications'>): MailTotals {
  const names = ['messages', 'recipients', ...STATES] as const;
  return Object.fromEntries(names.map((name) => [name, totals[name] - notifications[name]])) as MailTotals;
}

/** Gives the attempts without those for notices. */
export function mailAttempts({
  attempts,
  notifications,
}: Pick<Report, 'attempts' | 'notifications'>): ReportAttempts {
  return {
    delivered: attempts.delivered - notifications.attempts.delivered,
    deferred: attempts.deferred - notifications.attempts.deferred,
    bounced: attempts.bounced - notifications.attempts.bounced,
  };
}
