/** The kinds of rows that an aggregate counts in. All numbers are plain sums; the limits keep memory flat. */
import type { Direction } from '../cause/contract.ts';
import type { Kind, Mta } from '../event/event.ts';
import { type Example, mergeExamples } from './examples.ts';
import { type Histogram, mergeHistograms } from './histogram.ts';
import { byText, emptyTable, mergeTables, OTHER, type Row, type RowKind, type Table } from './table.ts';

/** Where a recipient can stand, in the order of the contract. Rows count recipients by position in this list. */
export const STATES = [
  'delivered',
  'deferred',
  'bounced',
  'expired',
  'discarded',
  'held',
  'deleted',
  'open',
] as const;

export type State = (typeof STATES)[number];

export const DELIVERED = STATES.indexOf('delivered');
export const DEFERRED = STATES.indexOf('deferred');
export const BOUNCED = STATES.indexOf('bounced');
export const EXPIRED = STATES.indexOf('expired');
export const HELD_STATE = STATES.indexOf('held');
export const OPEN = STATES.indexOf('open');

/** What happened in an hour: attempts by result, and refusals. Hours count by position in this list. */
export const HOUR_COUNTS = ['delivered', 'deferred', 'bounced', 'rejected'] as const;

export const REJECTED = HOUR_COUNTS.indexOf('rejected');

/** A number under a name. */
export interface CountRow extends Row<CountRow> {
  count: number;
}

/** A domain, provider or sender. */
export interface StateRow extends Row<StateRow> {
  /** Recipients by state. */
  readonly states: number[];
  /** Recipients whose last known state is a failure of kind hard. */
  hard: number;
  /** Attempts that failed. */
  failures: number;
  /** Delays of delivered recipients. */
  readonly delays: Histogram;
}

/** An hour; the key is its number since the epoch. */
export interface HourRow extends Row<HourRow> {
  readonly counts: number[];
  readonly providers: Table<AttemptRow>;
}

/** Attempts at one provider, by position in `HOUR_COUNTS`; refusals have none. */
export interface AttemptRow extends Row<AttemptRow> {
  readonly counts: number[];
}

/** Classification that a row of failures or refusals stands for. */
export interface CauseName {
  readonly cause: string;
  readonly detail: string | undefined;
  readonly kind: Kind;
}

/** How sure the cause of attempts or refusals is. */
export interface Judgement {
  /** Those of which it is known, and the sum of it in hundredths. */
  judged: number;
  sureness: number;
}

/** Failed deliveries of one cause. Times in milliseconds since the epoch. */
export interface CauseRow extends Row<CauseRow>, Judgement {
  readonly name: CauseName;
  /** The mail servers that it occurred with. */
  readonly mtas: Mta[];
  /** Recipients whose last known state is this failure, by state. */
  readonly states: number[];
  /** Messages with at least one such recipient. */
  messages: number;
  attempts: number;
  /** Recipients queued behind this failure without an attempt of their own. */
  waiting: number;
  /** Recipients that were delivered after they had failed so. */
  recovered: number;
  first: number;
  last: number;
  readonly providers: Table<CountRow>;
  readonly domains: Table<CountRow>;
  readonly examples: Example[];
}

/** Refusals of one cause by this server. */
export interface RejectRow extends Row<RejectRow>, Judgement {
  readonly name: CauseName;
  readonly mtas: Mta[];
  count: number;
  first: number;
  last: number;
  readonly clients: Table<CountRow>;
  readonly examples: Example[];
}

/** Failures and refusals of one shape that no rule knows. */
export interface UnclassifiedRow extends Row<UnclassifiedRow> {
  readonly direction: Direction;
  count: number;
  first: number;
  last: number;
  /** The earliest. */
  readonly examples: Example[];
}

/** Warnings of one shape that the MTA gave about itself. */
export interface NoticeRow extends Row<NoticeRow> {
  readonly severity: string;
  readonly program: string;
  /** The earliest text, and of several at the same time the smallest. */
  text: string;
  count: number;
  first: number;
  last: number;
}

export const NAMES = countKind(1000);
export const SMALL_NAMES = countKind(200);

export const PARTIES: RowKind<StateRow> = {
  limit: 20_000,
  make: (key) => ({ key, into: undefined, states: zeros(STATES.length), hard: 0, failures: 0, delays: [] }),
  add(into, from) {
    addAll(into.states, from.states);
    into.hard += from.hard;
    into.failures += from.failures;
    mergeHistograms(into.delays, from.delays);
  },
  weight: (row) => sum(row.states) + row.failures,
};

export const HOURS: RowKind<HourRow> = {
  limit: 20_000,
  make: (key) => ({ key, into: undefined, counts: zeros(HOUR_COUNTS.length), providers: emptyTable() }),
  add(into, from) {
    addAll(into.counts, from.counts);
    mergeTables(into.providers, from.providers, ATTEMPTS);
  },
  weight: (row) => sum(row.counts),
};

/** There are as many rows as hours times providers: the tables are short. */
export const ATTEMPTS: RowKind<AttemptRow> = {
  limit: 50,
  make: (key) => ({ key, into: undefined, counts: zeros(REJECTED) }),
  add: (into, from) => addAll(into.counts, from.counts),
  weight: (row) => sum(row.counts),
};

export const CAUSES: RowKind<CauseRow> = {
  limit: 300,
  make: (key) => ({
    key,
    into: undefined,
    name: causeNameOf(key),
    mtas: [],
    states: zeros(STATES.length),
    messages: 0,
    attempts: 0,
    judged: 0,
    sureness: 0,
    waiting: 0,
    recovered: 0,
    first: Infinity,
    last: -Infinity,
    providers: emptyTable(),
    domains: emptyTable(),
    examples: [],
  }),
  add(into, from) {
    for (const mta of from.mtas) addMta(into.mtas, mta);
    addAll(into.states, from.states);
    into.messages += from.messages;
    into.attempts += from.attempts;
    into.judged += from.judged;
    into.sureness += from.sureness;
    into.waiting += from.waiting;
    into.recovered += from.recovered;
    addTimes(into, from);
    mergeTables(into.providers, from.providers, SMALL_NAMES);
    mergeTables(into.domains, from.domains, NAMES);
    mergeExamples(into.examples, from.examples);
  },
  weight: (row) => sum(row.states) + row.attempts + row.waiting,
};

export const REJECTS: RowKind<RejectRow> = {
  limit: 300,
  make: (key) => ({
    key,
    into: undefined,
    name: causeNameOf(key),
    mtas: [],
    count: 0,
    judged: 0,
    sureness: 0,
    first: Infinity,
    last: -Infinity,
    clients: emptyTable(),
    examples: [],
  }),
  add(into, from) {
    for (const mta of from.mtas) addMta(into.mtas, mta);
    into.count += from.count;
    into.judged += from.judged;
    into.sureness += from.sureness;
    addTimes(into, from);
    mergeTables(into.clients, from.clients, NAMES);
    mergeExamples(into.examples, from.examples);
  },
  weight: (row) => row.count,
};

export const UNCLASSIFIED: RowKind<UnclassifiedRow> = {
  limit: 300,
  make: (key) => ({
    key,
    into: undefined,
    direction: split(key)[0] === 'inbound' ? 'inbound' : 'outbound',
    count: 0,
    first: Infinity,
    last: -Infinity,
    examples: [],
  }),
  add(into, from) {
    into.count += from.count;
    addTimes(into, from);
    mergeExamples(into.examples, from.examples);
  },
  weight: (row) => row.count,
};

export const NOTICES: RowKind<NoticeRow> = {
  limit: 1000,
  make(key) {
    const [severity, program] = split(key);
    return { key, into: undefined, severity, program, text: '', count: 0, first: Infinity, last: -Infinity };
  },
  add(into, from) {
    into.count += from.count;
    if (from.first < into.first || (from.first === into.first && byText(from.text, into.text) < 0)) {
      into.text = from.text;
    }
    addTimes(into, from);
  },
  weight: (row) => row.count,
};

/** Gives the key of a cause's row, which holds its whole name. */
export function causeKey({ cause, detail, kind }: CauseName): string {
  return `${kind}\t${cause}\t${detail ?? ''}`;
}

/** Gives the key of the row of an unclassified reply. */
export function unclassifiedKey(direction: Direction, shape: number): string {
  return `${direction}\t${shape}`;
}

/** Gives the key of a notice's row. */
export function noticeKey(severity: string, program: string, shape: number): string {
  return `${severity}\t${program}\t${shape}`;
}

/** Notes how sure the cause of attempts or refusals is. Hundredths, since sums of them are exact. */
export function judge(row: Judgement, confidence: number, count: number): void {
  row.judged += count;
  row.sureness += Math.round(confidence * 100) * count;
}

/** Widens the span of a row to a time. */
export function addTime(row: { first: number; last: number }, time: number): void {
  if (time < row.first) row.first = time;
  if (time > row.last) row.last = time;
}

/** Notes a mail server among those of a row, in an order that does not depend on which came first. */
export function addMta(mtas: Mta[], mta: Mta): void {
  if (mtas.includes(mta)) return;
  mtas.push(mta);
  mtas.sort();
}

/** Gives a list of zeros. */
export function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}

/** Adds one list of counts to another of the same length. */
export function addAll(into: number[], from: readonly number[]): void {
  for (let index = 0; index < into.length; index++) into[index]! += from[index]!;
}

/** Gives the sum of a list of counts. */
export function sum(counts: readonly number[]): number {
  let total = 0;
  for (let index = 0; index < counts.length; index++) total += counts[index]!;
  return total;
}

function addTimes(into: { first: number; last: number }, from: { first: number; last: number }): void {
  addTime(into, from.first);
  addTime(into, from.last);
}

function countKind(limit: number): RowKind<CountRow> {
  return {
    limit,
    make: (key) => ({ key, into: undefined, count: 0 }),
    add(into, from) {
      into.count += from.count;
    },
    weight: (row) => row.count,
  };
}

function causeNameOf(key: string): CauseName {
  const [kind, cause, detail] = split(key);
  return { cause, detail: detail || undefined, kind: kind === 'hard' ? 'hard' : 'soft' };
}

/** The parts of a key; the row of all others has none but its name. */
function split(key: string): [string, string, string] {
  const [first = '', second = OTHER, third = ''] = key.split('\t', 3);
  return [first, second, third];
}
