/** All that an aggregate knows, as plain data: sums and tables of sums, that can be cloned to another thread. */
import { HELD, type HeldRow } from './held.ts';
import { type Histogram, mergeHistograms } from './histogram.ts';
import {
  addAll,
  CAUSES,
  type CauseRow,
  HOUR_COUNTS,
  HOURS,
  type HourRow,
  NOTICES,
  type NoticeRow,
  PARTIES,
  REJECTS,
  type RejectRow,
  STATES,
  type StateRow,
  UNCLASSIFIED,
  type UnclassifiedRow,
  zeros,
} from './rows.ts';
import { emptyTable, mergeTables, type Table } from './table.ts';

export interface Counts {
  messages: number;
  recipients: number;
  /** Bounce and delay notices that were made. */
  notifications: number;
  /** Recipients by state. */
  readonly states: number[];
  /** Attempts and refusals, as in an hour. */
  readonly attempts: number[];
  /** Delays of delivered recipients. */
  readonly delays: Histogram;
  readonly causes: Table<CauseRow>;
  readonly rejects: Table<RejectRow>;
  readonly providers: Table<StateRow>;
  readonly domains: Table<StateRow>;
  readonly senders: Table<StateRow>;
  readonly hours: Table<HourRow>;
  readonly notices: Table<NoticeRow>;
  readonly unclassified: Table<UnclassifiedRow>;
  /** What is on hold, whether mail or notices. */
  readonly held: Table<HeldRow>;
}

/** Gives counts of nothing. */
export function noCounts(): Counts {
  return {
    messages: 0,
    recipients: 0,
    notifications: 0,
    states: zeros(STATES.length),
    attempts: zeros(HOUR_COUNTS.length),
    delays: [],
    causes: emptyTable(),
    rejects: emptyTable(),
    providers: emptyTable(),
    domains: emptyTable(),
    senders: emptyTable(),
    hours: emptyTable(),
    notices: emptyTable(),
    unclassified: emptyTable(),
    held: emptyTable(),
  };
}

/** Adds `from` to `into`. `from` is spent: its rows live on in `into`. */
export function mergeCounts(into: Counts, from: Counts): void {
  into.messages += from.messages;
  into.recipients += from.recipients;
  into.notifications += from.notifications;
  addAll(into.states, from.states);
  addAll(into.attempts, from.attempts);
  mergeHistograms(into.delays, from.delays);
  mergeTables(into.causes, from.causes, CAUSES);
  mergeTables(into.rejects, from.rejects, REJECTS);
  mergeTables(into.providers, from.providers, PARTIES);
  mergeTables(into.domains, from.domains, PARTIES);
  mergeTables(into.senders, from.senders, PARTIES);
  mergeTables(into.hours, from.hours, HOURS);
  mergeTables(into.notices, from.notices, NOTICES);
  mergeTables(into.unclassified, from.unclassified, UNCLASSIFIED);
  mergeTables(into.held, from.held, HELD);
}
