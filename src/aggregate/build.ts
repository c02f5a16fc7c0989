/** Makes the report of what was counted. */
import { advice, CATALOGUE, type CauseId } from '../cause/catalogue.ts';
import type { Direction } from '../cause/contract.ts';
import { LOCAL } from '../cause/providers.ts';
import { queueRemedy } from '../cause/queue-remedies.ts';
import { type CauseAdvice, causeAdvice, standingOfCause } from './acting.ts';
import type { Aggregate, Window } from './aggregate.ts';
import { comparisonOf, coveredDays, partialDay } from './comparison.ts';
import type { Counts } from './counts.ts';
import { type Example, type ReportExample, reportedExample } from './examples.ts';
import type { FindingFacts } from './finding-facts.ts';
import { findingsOf } from './findings.ts';
import { reportHeld } from './held.ts';
import { type Histogram, quantile, secondsOf } from './histogram.ts';
import {
  type NamedCause,
  type PartyCounts,
  REPORT_SCHEMA,
  type Report,
  type ReportAttempts,
  type ReportCause,
  type ReportHour,
  type ReportInput,
  type ReportLines,
  type ReportNotice,
  type StateCounts,
} from './report.ts';
import {
  BOUNCED,
  type CauseRow,
  type CountRow,
  causeKey,
  DEFERRED,
  DELIVERED,
  EXPIRED,
  HOUR_COUNTS,
  type HourRow,
  type NoticeRow,
  REJECTED,
  STATES,
  type StateRow,
  sum,
} from './rows.ts';
import { maskVariables } from './shape.ts';
import { byText, type Row, type Table } from './table.ts';
import { timeOf } from './time.ts';
import { Trend } from './trend.ts';

/** What a report needs besides the counts. */
export interface ReportMeta {
  /** Milliseconds since the epoch. */
  now: number;
  /** In the order in which events number them. */
  inputs: ReportInput[];
  lines: ReportLines;
  evicted: number;
  /** Why not all was read that should have been. */
  incomplete?: readonly string[] | undefined;
  /** What the findings are made from; without it only what was not read is told. */
  trend?: Trend | undefined;
  /** IANA name of the zone of the times in findings: default UTC. */
  zone?: string | undefined;
  /**
   * Longest list: default 50. Causes and hours are always told in full, so that their sums are those of the whole.
   */
  top?: number | undefined;
}

/** What the findings of a report are made from. */
export function findingFacts(
  { window, counts, ofNotifications }: Aggregate,
  meta: Pick<ReportMeta, 'inputs' | 'trend' | 'incomplete' | 'zone' | 'now'>,
): FindingFacts {
  const earliest = edge(meta.inputs, 'from');
  const trend = meta.trend ?? new Trend({ window, now: meta.now, days: [] });
  return {
    trend,
    covered: coveredDays(trend, earliest === null ? undefined : Date.parse(earliest)),
    incomplete: meta.incomplete ?? [],
    files: meta.inputs.map(({ file }) => file),
    zone: meta.zone ?? 'UTC',
    standingOf: (name) => {
      const row = counts.causes.rows.get(causeKey(name));
      return row === undefined ? undefined : { ...standingOfCause(row), ...failuresIn(row.states) };
    },
    notices: {
      recipients: ofNotifications.recipients,
      failed: ofNotifications.states[BOUNCED]! + ofNotifications.states[EXPIRED]!,
      attempts: ofNotifications.attempts[DEFERRED]! + ofNotifications.attempts[BOUNCED]!,
      remedy: noticeRemedy(ofNotifications),
    },
    recipientsOf: (sender) => sum(counts.senders.rows.get(sender.toLowerCase())?.states ?? []),
  };
}

/** Longest list inside a cause. */
const MOST_WITHIN = 10;

/** Makes the report. The same counts give the same bytes: keys and lists are in a fixed order. */
export function buildReport(aggregate: Aggregate, meta: ReportMeta): Report {
  const { counts, ofNotifications, window } = aggregate;
  const top = meta.top ?? 50;
  const rejected = counts.attempts[REJECTED]!;

  const rejects = rank(counts.rejects, Infinity, (row) => [row.count]);
  const providers = rank(counts.providers, top, partyOrder);
  const domains = rank(counts.domains, top, partyOrder);
  const senders = rank(counts.senders, top, partyOrder);
  const hardSenders = rank(counts.senders, top, (row) => [row.hard]);
  const unclassified = rank(counts.unclassified, top, (row) => [row.count]);
  const notices = rank(counts.notices, top, (row) => [gravenessOf(row), row.count]);

  const within = Math.min(top, MOST_WITHIN);
  const example = (kept: Example): ReportExample =>
    reportedExample(
      kept,
      meta.inputs.map(({ file }) => file),
    );

  const facts = findingFacts(aggregate, meta);
  const { trend, covered } = facts;
  const comparison = comparisonOf(trend, covered);
  const partial = partialDay(trend, covered);
  const findings = findingsOf(facts);

  return {
    schema: REPORT_SCHEMA,
    window: windowOf(window, meta),
    generated_at: timeOf(meta.now),
    findings,
    ...(comparison !== undefined && { comparison }),
    ...(partial !== undefined && { not_compared: timeOf(partial) }),
    inputs: meta.inputs.map(({ file, mta, lines, from, to, repeats, copies, overlaps }) => ({
      ...{ file, mta, lines, from, to, repeats, copies, overlaps },
    })),
    lines: {
      read: meta.lines.read,
      used: meta.lines.used,
      ignored: meta.lines.ignored,
      unparsed: meta.lines.unparsed,
    },
    totals: {
      messages: counts.messages + ofNotifications.messages,
      recipients: counts.recipients + ofNotifications.recipients,
      ...stateCounts(added(counts.states, ofNotifications.states)),
      rejected,
      notifications: counts.notifications,
    },
    attempts: attemptsOf(added(counts.attempts, ofNotifications.attempts)),
    notifications: {
      messages: ofNotifications.messages,
      recipients: ofNotifications.recipients,
      ...stateCounts(ofNotifications.states),
      attempts: attemptsOf(ofNotifications.attempts),
      causes: causesOf(ofNotifications, within, example),
    },
    causes: causesOf(counts, within, example),
    held: reportHeld(counts.held, within),
    rejects: rejects.rows.map((row) => ({
      ...named(row, 'inbound'),
      count: row.count,
      share: share(row.count, rejected),
      ...confidenceField(row),
      first: timeOf(row.first),
      last: timeOf(row.last),
      clients: counted(row.clients, within).map(({ key, count }) => ({ client: key, count })),
      examples: row.examples.map(example),
    })),
    providers: providers.rows.map((row) => ({
      provider: row.key,
      ...partyCounts(row),
      delay_p50: quantile(row.delays, 0.5) ?? null,
      delays: distributionOf(row.delays),
    })),
    domains: domains.rows.map((row) => ({ domain: row.key, ...partyCounts(row) })),
    senders: senders.rows.map((row) => ({ sender: row.key, ...partyCounts(row) })),
    hard_senders: hardSenders.rows.map((row) => ({ sender: row.key, ...partyCounts(row) })),
    hours: hoursOf(counts.hours),
    delay: {
      p50: quantile(counts.delays, 0.5) ?? null,
      p90: quantile(counts.delays, 0.9) ?? null,
      p99: quantile(counts.delays, 0.99) ?? null,
      distribution: distributionOf(counts.delays),
    },
    unclassified: unclassified.rows.map(({ direction, count, first, last, examples: [earliest] }) => ({
      direction,
      count,
      first: timeOf(first),
      last: timeOf(last),
      ...(earliest !== undefined && { example: example(earliest) }),
    })),
    notices: notices.rows.map(noticeOf),
    distinct: {
      providers: providers.distinct,
      domains: domains.distinct,
      senders: senders.distinct,
      hard_senders: hardSenders.distinct,
      unclassified: unclassified.distinct,
      notices: notices.distinct,
    },
    evicted: meta.evicted,
    ...(meta.incomplete !== undefined && meta.incomplete.length > 0 && { incomplete: [...meta.incomplete] }),
  };
}

/** What to do about notices that failed, in the words of the mail servers that they failed with. */
function noticeRemedy({ causes: { rows, other } }: Counts): string {
  return queueRemedy(
    'failedNotices',
    [...rows.values(), ...(other === undefined ? [] : [other])].flatMap(({ mtas }) => mtas),
  );
}

/** Why mail, or notices, failed. */
function causesOf(
  { causes, states }: Pick<Counts, 'causes' | 'states'>,
  within: number,
  example: (kept: Example) => ReportExample,
): ReportCause[] {
  const failed = failedOf(states);
  return rank(causes, Infinity, (row) => [failedOf(row.states), row.attempts, row.waiting]).rows.map(
    (row) => ({
      ...named(row, 'outbound'),
      ...adviceOf(row),
      recipients: failedOf(row.states),
      attempts: row.attempts,
      messages: row.messages,
      share: share(failedOf(row.states), failed),
      ...confidenceField(row),
      deferred: row.states[DEFERRED]!,
      bounced: row.states[BOUNCED]!,
      expired: row.states[EXPIRED]!,
      waiting: row.waiting,
      recovered: row.recovered,
      first: timeOf(row.first),
      last: timeOf(row.last),
      providers: counted(row.providers, within).map(({ key, count }) => ({
        provider: key,
        recipients: count,
      })),
      domains: counted(row.domains, within).map(({ key, count }) => ({ domain: key, recipients: count })),
      examples: row.examples.map(example),
    }),
  );
}

function distributionOf(delays: Histogram): { seconds: number; recipients: number }[] {
  return delays.flatMap((recipients, bucket) =>
    recipients > 0 ? [{ seconds: secondsOf(bucket), recipients }] : [],
  );
}

/** An end that nobody asked for is where the inputs end, unless they do so outside of what was asked for. */
function windowOf({ from, until }: Window, { inputs, now }: ReportMeta): Report['window'] {
  const first = edge(inputs, 'from');
  const last = edge(inputs, 'to');
  const begin = until !== undefined && first !== null && Date.parse(first) > until ? null : first;
  const end =
    from !== undefined && last !== null && Date.parse(last) < from ? timeOf(Math.max(now, from)) : last;
  return {
    from: from === undefined ? begin : timeOf(from),
    to: until === undefined ? end : timeOf(until),
  };
}

/** The largest rows of a table, and how many rows count anything. */
interface Ranking<R> {
  /** Largest first; behind them the row of all others, whatever it holds. */
  readonly rows: R[];
  readonly distinct: number;
}

/** Ranks the rows that count anything by their weights, the first weight before the second, and so on. */
function rank<R extends Row<R>>(table: Table<R>, top: number, weights: (row: R) => number[]): Ranking<R> {
  const largest: { row: R; weight: number[] }[] = [];
  const order = (a: { row: R; weight: number[] }, b: { row: R; weight: number[] }): number =>
    compareDescending(a.weight, b.weight) || byText(a.row.key, b.row.key);
  let distinct = 0;
  for (const row of table.rows.values()) {
    const weight = weights(row);
    if (!weight.some((part) => part > 0)) continue;
    distinct += 1;
    // Of tens of thousands of senders only `top` are shown: most are told apart from those by one comparison.
    const candidate = { row, weight };
    if (largest.length >= top && order(candidate, largest.at(-1)!) > 0) continue;
    largest.splice(positionOf(largest, candidate, order), 0, candidate);
    if (largest.length > top) largest.pop();
  }
  const rows = largest.map(({ row }) => row);
  if (table.other !== undefined && weights(table.other).some((part) => part > 0)) {
    rows.push(table.other);
    distinct += 1;
  }
  return { rows, distinct };
}

/** Where `item` belongs in a sorted list. */
function positionOf<T>(list: readonly T[], item: T, order: (a: T, b: T) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(list[middle]!, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function counted(table: Table<CountRow>, top: number): CountRow[] {
  return rank(table, top, (row) => [row.count]).rows;
}

/** Those with the most failures first, among equals those with the most recipients. */
function partyOrder(row: StateRow): number[] {
  return [failedOf(row.states), sum(row.states), row.failures];
}

function compareDescending(a: number[], b: number[]): number {
  for (let index = 0; index < a.length; index++) {
    const difference = b[index]! - a[index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function failuresIn(states: readonly number[]): Record<'deferred' | 'bounced' | 'expired', number> {
  return { deferred: states[DEFERRED]!, bounced: states[BOUNCED]!, expired: states[EXPIRED]! };
}

function failedOf(states: readonly number[]): number {
  return states[DEFERRED]! + states[BOUNCED]! + states[EXPIRED]!;
}

function added(counts: readonly number[], others: readonly number[]): number[] {
  return counts.map((count, index) => count + others[index]!);
}

function attemptsOf(counts: readonly number[]): ReportAttempts {
  return { delivered: counts[DELIVERED]!, deferred: counts[DEFERRED]!, bounced: counts[BOUNCED]! };
}

function stateCounts(states: readonly number[]): StateCounts {
  return Object.fromEntries(STATES.map((state, index) => [state, states[index]!])) as StateCounts;
}

function partyCounts(row: StateRow): PartyCounts {
  return {
    recipients: sum(row.states),
    ...stateCounts(row.states),
    failed_attempts: row.failures,
    hard: row.hard,
  };
}

function hoursOf(table: Table<HourRow>): ReportHour[] {
  return [...table.rows.values()]
    .filter((row) => sum(row.counts) > 0)
    .sort((a, b) => Number(a.key) - Number(b.key))
    .map((row) => ({
      hour: timeOf(Number(row.key) * 3_600_000),
      ...(Object.fromEntries(HOUR_COUNTS.map((name, index) => [name, row.counts[index]!])) as Omit<
        ReportHour,
        'hour' | 'providers'
      >),
      providers: rank(row.providers, Infinity, ({ counts }) => [sum(counts)]).rows.map(({ key, counts }) => ({
        provider: key,
        delivered: counts[DELIVERED]!,
        deferred: counts[DEFERRED]!,
        bounced: counts[BOUNCED]!,
      })),
    }));
}

/** Warnings that only continue the one before them. */
const CONTINUATION = /^(?:for instructions see|please |see )/;

/** Errors come before warnings, and what says nothing alone comes last. */
function gravenessOf({ severity, text }: NoticeRow): number {
  if (severity !== 'warning') return 2;
  return CONTINUATION.test(text) ? 0 : 1;
}

function noticeOf(row: NoticeRow): ReportNotice {
  const { severity, program, text, count } = row;
  return {
    severity,
    program,
    text: maskVariables(text),
    example: text,
    count,
    first: timeOf(row.first),
    last: timeOf(row.last),
  };
}

function confidenceField({
  judged,
  sureness,
  examples,
}: Pick<CauseRow, 'judged' | 'sureness' | 'examples'>): { confidence?: number } {
  const confidence = judged > 0 ? Math.round(sureness / judged) / 100 : examples[0]?.confidence;
  return confidence === undefined ? {} : { confidence };
}

function adviceOf(row: CauseRow): CauseAdvice {
  const all = failedOf(row.states);
  const local = row.providers.rows.get(LOCAL)?.count ?? 0;
  return causeAdvice(row.name, row.mtas, { all, local }, standingOfCause(row));
}

function named(row: Pick<CauseRow, 'name' | 'mtas'>, direction: Direction): NamedCause {
  const { cause, detail, kind } = row.name;
  const entry = CATALOGUE.get(cause as CauseId);
  const finer = detail === undefined ? undefined : entry?.details[detail];
  const { who_acts, remedy } = advice(cause, { detail, kind, direction, mtas: row.mtas });
  return {
    cause,
    ...(detail !== undefined && { detail }),
    kind,
    title: entry?.title ?? 'All other causes',
    meaning: finer?.meaning ?? entry?.meaning ?? 'Causes that are too rare to be told one by one.',
    who_acts,
    remedy,
  };
}

/** Earliest beginning or latest end of the inputs. */
function edge(inputs: readonly ReportInput[], side: 'from' | 'to'): string | null {
  const times = inputs.flatMap((input) => input[side] ?? []).map((time) => Date.parse(time));
  if (times.length === 0) return null;
  return timeOf(side === 'from' ? Math.min(...times) : Math.max(...times));
}

/** To four digits: enough for a percentage with two. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}
