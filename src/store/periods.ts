/**
 * The periods that findings look at, in the words of the store: the window, and of each day before it the same hours
 * and the rest. What a whole step or day of the store's lies in can be answered from the sums that it keeps.
 */
import { NOW, type Trend } from '../aggregate/trend.ts';

/** A span of time; microseconds since the epoch. */
interface Span {
  readonly from: number;
  readonly until: number;
}

/** A span with what it counts for. */
export interface Period extends Span {
  /** Position of the window or day in lists by period. */
  readonly period: number;
  /** The same time of day as the window. */
  readonly comparable: boolean;
}

/** Farther than any time, and exact as a number. */
const FAR = Number.MAX_SAFE_INTEGER;

/** How sums are kept: in steps of a length, in microseconds. */
export interface Grain {
  /** What gives the step of a moment. */
  readonly step: string;
  readonly length: number;
  /** The beginning of the step `grain`, in microseconds since the epoch. */
  readonly begin: string;
}

export const STEPS: Grain = {
  step: 'toStartOfFiveMinutes',
  length: 5 * 60_000_000,
  begin: 'toInt64(toUnixTimestamp(grain)) * 1000000',
};
export const DAYS: Grain = {
  step: 'toDate',
  length: 24 * 3_600_000_000,
  begin: 'toInt64(toUInt16(grain)) * 86400000000',
};

const MICROS = 'toUnixTimestamp64Micro(time)';

/** What is asked for. */
export interface Summed {
  /** Expressions by the names that they get. */
  readonly keys: Readonly<Record<string, string>>;
  readonly where: string;
  readonly grain: Grain;
  /** What else is summed up, by the names that the sums get. */
  readonly sums?: Readonly<Record<string, string>>;
  /** Also by step: its beginning as `begin`, in microseconds since the epoch. */
  readonly bySteps?: boolean;
}

/** All periods of a trend. */
export class Periods {
  readonly list: readonly Period[];
  readonly #whole: Span;

  /** @param trend with the plan, which it has followed or not */
  constructor({ plan, hours }: Trend, only?: typeof NOW) {
    const { window, days } = plan;
    const micros = (time: number): number => Math.round(time * 1000);
    const from = window.from === undefined ? -FAR : micros(window.from);
    const until = window.until === undefined ? FAR : micros(window.until);
    const list: Period[] = [{ from, until, period: NOW, comparable: true }];
    for (const [index, day] of only === undefined ? days.entries() : []) {
      const begin = micros(day);
      const end = index === 0 ? from : micros(days[index - 1]!);
      const middle = hours === undefined ? end : Math.min(end, begin + micros(hours));
      list.push({ from: begin, until: middle, period: index + 1, comparable: true });
      if (middle < end) list.push({ from: middle, until: end, period: index + 1, comparable: false });
    }
    this.list = list.filter((period) => period.from < period.until);
    this.#whole = { from: Math.min(...list.map((each) => each.from)), until };
  }

  /** A condition for rows of any of them. */
  get inside(): string {
    return conditionOf(this.#whole, 'time', '');
  }

  /** Whether anything lies outside. */
  get bounded(): boolean {
    return this.list.length > 1 || this.list.some(({ from, until }) => from !== -FAR || until !== FAR);
  }

  /** Position in the list, from one on, of the period that a moment is in; zero where it is in none. */
  at(moment: string): string {
    const { list } = this;
    return (
      `arrayFirstIndex((f, u) -> ${moment} >= f AND ${moment} < u, ` +
      `${numbers(list.map(({ from }) => from))}, ${numbers(list.map(({ until }) => until))})`
    );
  }

  /**
   * A subquery for sums of recipients: the period as `at`, the keys, recipients as `n`, the first and the last time as
   * `first` and `last` in microseconds since the epoch.
   */
  summed({ keys, where, grain, sums: more = {}, bySteps = false }: Summed): string {
    const names = Object.keys(keys);
    const columns = Object.entries(keys).map(([name, key]) => (name === key ? name : `${key} AS ${name}`));
    const totals = Object.keys(more);
    const sums = [
      'sum(`count`) AS n',
      ...Object.entries(more).map(([name, column]) => `sum(${column}) AS ${name}`),
      ...['toUnixTimestamp64Micro(min(time)) AS first', 'toUnixTimestamp64Micro(max(time)) AS last'],
    ].join(', ');
    const only = this.list.length === 1 ? '1' : undefined;
    const { length } = grain;
    // Steps of periods that begin elsewhere than the kept ones are made from rows.
    const kept =
      !bySteps ||
      this.list.every(({ from, comparable }) => !comparable || from === -FAR || from % length === 0);
    const { whole, edges } = kept ? this.#pieces(length) : { whole: [], edges: joined(this.list) };
    const parts: string[] = [];
    const by = [...(bySteps ? ['begin'] : []), ...names].join(', ');
    if (whole.length > 0) {
      const step = only === undefined || bySteps ? [`${grain.step}(time) AS grain`] : [];
      const keyed = [...(step.length > 0 ? ['grain'] : []), ...names].join(', ');
      const inner =
        `SELECT ${[...step, ...columns, sums].join(', ')} FROM records ` +
        `WHERE (${any(whole, `${grain.step}(time)`, grain.step)}) AND ${where} GROUP BY ${keyed}`;
      const begin = bySteps ? [`${grain.begin} AS begin`] : [];
      parts.push(
        `SELECT ${[`${only ?? this.at(grain.begin)} AS at`, ...begin, ...names, 'n', ...totals].join(', ')}, first, last FROM (${inner})`,
      );
    }
    if (edges.length > 0) {
      const origin = `arrayElement(${numbers(this.list.map(({ from }) => (from === -FAR ? 0 : from)))}, at)`;
      const begin = bySteps
        ? [`intDiv(${MICROS} - ${origin}, ${length}) * ${length} + ${origin} AS begin`]
        : [];
      parts.push(
        `SELECT ${[`${only ?? this.at(MICROS)} AS at`, ...begin, ...columns, sums].join(', ')} FROM records ` +
          `WHERE (${any(edges, 'time', '')}) AND ${where} GROUP BY at, ${by}`,
      );
    }
    // Only steps of several periods are left to be added up: to group the others once more takes as long as the rest.
    const isDone = bySteps || only !== undefined || whole.length === 0;
    if (parts.length === 1 && isDone) return `(${parts[0]})`;
    return (
      `(SELECT at, ${by}, ${['n', ...totals].map((name) => `sum(${name}) AS ${name}`).join(', ')}, min(first) AS first, max(last) AS last ` +
      `FROM (${parts.join(' UNION ALL ')}) GROUP BY at, ${by})`
    );
  }

  /** The periods in whole steps, and what is left at their edges. */
  #pieces(length: number): { whole: Span[]; edges: Span[] } {
    const whole: Span[] = [];
    const edges: Span[] = [];
    for (const { from, until } of this.list) {
      const first = from === -FAR ? from : Math.ceil(from / length) * length;
      const last = until === FAR ? until : Math.floor(until / length) * length;
      if (first >= last) edges.push({ from, until });
      else {
        whole.push({ from: first, until: last });
        edges.push({ from, until: first }, { from: last, until });
      }
    }
    return { whole: joined(whole), edges: joined(edges) };
  }
}

function any(spans: readonly Span[], what: string, as: string): string {
  return spans.map((span) => `(${conditionOf(span, what, as)})`).join(' OR ');
}

/** Spans in their order, those that touch made one. */
function joined(spans: readonly Span[]): Span[] {
  const list: Span[] = [];
  for (const span of spans.filter(({ from, until }) => from < until).sort((a, b) => a.from - b.from)) {
    const last = list.at(-1);
    if (last !== undefined && last.until >= span.from) list[list.length - 1] = { ...last, until: span.until };
    else list.push(span);
  }
  return list;
}

function conditionOf({ from, until }: Span, what: string, as: string): string {
  const moment = (micros: number): string => `${as}(fromUnixTimestamp64Micro(${micros}, 'UTC'))`;
  const conditions = [
    ...(from === -FAR ? [] : [`${what} >= ${moment(from)}`]),
    ...(until === FAR ? [] : [`${what} < ${moment(until)}`]),
  ];
  return conditions.length === 0 ? '1' : conditions.join(' AND ');
}

function numbers(list: readonly number[]): string {
  return `[${list.map((number) => `toInt64(${number})`).join(', ')}]`;
}
