/** What a report says first: the types of findings, and of what the window is compared with. */
import type { Actor } from '../cause/catalogue.ts';
import type { Kind } from '../event/event.ts';
import type { ReportExample } from './examples.ts';

/** How something stands beside the days before; `unknown` where there is nothing to compare with. */
export type Change = 'new' | 'grew' | 'steady' | 'fell' | 'gone' | 'unknown';

/** How much a finding matters. `good` is good news. */
export type Severity = 'critical' | 'warning' | 'notice' | 'good';

/** What a finding rests on. */
export interface FindingEvidence {
  /** Recipients that it hit in the window, whether or not the mail was delivered later; refusals where it is about those. */
  recipients: number;
  /** Failed attempts. */
  attempts: number;
  /** Messages of the recipients. */
  messages: number;
  /** Recipients in a period of the same length before, on average; null where there is nothing to compare with. */
  before: number | null;
  /** Days before that the inputs cover, which `before` is the average of. */
  days: number;
  first?: string;
  last?: string;
  example?: ReportExample;
}

/** One thing to know, in one plain sentence, with what it rests on and what to do next. */
export interface ReportFinding {
  /** The same for the same matter in every report. */
  id: string;
  what: Change;
  severity: Severity;
  text: string;
  evidence: FindingEvidence;
  who_acts: Actor;
  next_step: string;
  cause?: string;
  detail?: string;
  kind?: Kind;
  /** What it is about, as far as it is about one only. */
  provider?: string;
  domain?: string;
  sender_domain?: string;
  sender?: string;
  account?: string;
  /** In a merged report: the file of the report whose finding it is. */
  report?: string;
}

/** Attempts for mail, and refusals, of a period. Notices are in none of them. */
export interface PeriodCounts {
  delivered: number;
  deferred: number;
  bounced: number;
  rejected: number;
}

/** What the window is compared with. */
export interface ReportComparison {
  /** Days of the seven before the window that the inputs cover. */
  days: number;
  /** Where these days begin. */
  from: string;
  /** Counts of the window. */
  window: PeriodCounts;
  /** The same hours a day earlier; null where they are not covered, or the window is longer than a day. */
  previous: ({ from: string; to: string } & PeriodCounts) | null;
  /** Mean of such periods over the covered days. */
  usual: PeriodCounts;
}
