/**
 * What happened of late, as counts: attempts and failures of each provider, and failures of each cause with it.
 *
 * Ten minutes are the grain of the last day, hours that of the eight days before: what is compared is an hour or more
 * with whole hours. Providers and causes are closed lists, so all of it is bounded whatever the log holds.
 */
import { OTHER } from '../cause/providers.ts';
import type { Mta } from '../event/event.ts';
import type { TrackedEvent } from '../track/event.ts';
import { isNotification } from '../track/notification.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Grain of the last day. */
export const GRAIN = 10 * MINUTE;
/** How long the fine grain is kept: the longest window, and one grain that has begun. */
const FINE = DAY + GRAIN;
/** How long hours are kept: a window of a day, and the seven days before it. */
const COARSE = 8 * DAY;

/** Counts of one thing, by the number of their interval since the epoch. */
interface Series {
  readonly fine: Map<number, number>;
  readonly hours: Map<number, number>;
}

/** A kind of failure at a provider. */
export interface Pair {
  readonly provider: string;
  readonly cause: string;
}

/** Plain data, for the disk. */
export interface HistoryState {
  /** Time of the first event; absent before it. */
  begun: number | undefined;
  /** The mail servers whose attempts these are. */
  readonly mtas: Set<Mta>;
  /** Attempts by provider. */
  readonly attempts: Map<string, Series>;
  /** Attempts that delivered the mail, all providers together. */
  readonly delivered: Series;
  /** Failed attempts by provider and cause. */
  readonly failures: Map<string, Series & Pair>;
  /** The same where the failure was a hard one. */
  readonly hard: Map<string, Series & Pair>;
}

/** A history in which nothing has happened. */
export function noHistory(): HistoryState {
  return {
    begun: undefined,
    mtas: new Set(),
    attempts: new Map(),
    delivered: { fine: new Map(), hours: new Map() },
    failures: new Map(),
    hard: new Map(),
  };
}

/** Which failures are asked for. */
export type FailureKind = 'all' | 'hard';

/** Counts events and answers for spans of time, which are taken in whole intervals. */
export class History {
  readonly state: HistoryState;

  constructor(state: HistoryState = noHistory()) {
    this.state = state;
  }

  /**
   * Counts one attempt for mail. Notices are none: there is one for every failure, which would halve its share.
   * @param time when it is taken to have happened, in milliseconds
   */
  observe(event: TrackedEvent, time: number): void {
    const { status, count, message } = event;
    if (event.type !== 'delivery' || event.hop || event.suspended || event.attempt === 0) return;
    if (message !== undefined && isNotification(message)) return;
    const { state } = this;
    if (state.begun === undefined || time < state.begun) state.begun = time;
    state.mtas.add(event.mta);
    const provider = event.provider ?? OTHER;
    add(seriesOf(state.attempts, provider), time, count);
    if (status === 'delivered') add(state.delivered, time, count);
    else if (event.classification !== undefined) {
      const { cause, kind } = event.classification;
      add(pairOf(state.failures, { provider, cause }), time, count);
      if (kind === 'hard') add(pairOf(state.hard, { provider, cause }), time, count);
    }
  }

  /** Forgets what no question can reach any more. */
  prune(now: number): void {
    const { attempts, delivered, failures, hard } = this.state;
    for (const table of [attempts, failures, hard]) {
      for (const [key, series] of table) {
        pruneSeries(series, now);
        if (series.hours.size === 0) table.delete(key);
      }
    }
    pruneSeries(delivered, now);
  }

  /** What failed within the last day: all pairs of provider and cause. */
  *pairs(kind: FailureKind): Iterable<Pair> {
    for (const series of this.#failures(kind).values()) if (series.fine.size > 0) yield series;
  }

  /** Attempts for a provider from a time on; for all of them without one. */
  attempts(provider: string | undefined, from: number): number {
    const { attempts } = this.state;
    if (provider !== undefined) return fineSum(attempts.get(provider), from);
    let sum = 0;
    for (const series of attempts.values()) sum += fineSum(series, from);
    return sum;
  }

  /** Failures from a time on. */
  failures(pair: Pair, kind: FailureKind, from: number): number {
    return fineSum(this.#failures(kind).get(keyOf(pair)), from);
  }

  /** Attempts that delivered mail, from a time on. */
  delivered(from: number): number {
    return fineSum(this.state.delivered, from);
  }

  /** Whether mail was delivered in the hours that begin within a span of time. */
  deliveredWithin(from: number, until: number): boolean {
    const { hours } = this.state.delivered;
    for (let hour = Math.ceil(from / HOUR); hour * HOUR < until; hour++) if (hours.has(hour)) return true;
    return false;
  }

  /** Failures in the hours from one time to another. */
  failuresBefore(pair: Pair, kind: FailureKind, from: number, until: number): number {
    let sum = 0;
    const series = this.#failures(kind).get(keyOf(pair));
    for (const [hour, count] of series?.hours ?? []) if (isWithin(hour, from, until)) sum += count;
    return sum;
  }

  /** Each hour from one time to another in which there were attempts: how many, and how many failed so. */
  *hours(
    pair: Pair,
    kind: FailureKind,
    from: number,
    until: number,
  ): Iterable<{ attempts: number; failures: number }> {
    const failures = this.#failures(kind).get(keyOf(pair))?.hours;
    for (const [hour, attempts] of this.state.attempts.get(pair.provider)?.hours ?? []) {
      if (isWithin(hour, from, until)) yield { attempts, failures: failures?.get(hour) ?? 0 };
    }
  }

  #failures(kind: FailureKind): Map<string, Series & Pair> {
    return kind === 'hard' ? this.state.hard : this.state.failures;
  }
}

function keyOf({ provider, cause }: Pair): string {
  return `${provider} ${cause}`;
}

function seriesOf(table: Map<string, Series>, key: string): Series {
  let series = table.get(key);
  if (series === undefined) {
    series = { fine: new Map(), hours: new Map() };
    table.set(key, series);
  }
  return series;
}

function pairOf(table: Map<string, Series & Pair>, pair: Pair): Series {
  const key = keyOf(pair);
  let series = table.get(key);
  if (series === undefined) {
    series = { ...pair, fine: new Map(), hours: new Map() };
    table.set(key, series);
  }
  return series;
}

function add({ fine, hours }: Series, time: number, count: number): void {
  const grain = Math.floor(time / GRAIN);
  const hour = Math.floor(time / HOUR);
  fine.set(grain, (fine.get(grain) ?? 0) + count);
  hours.set(hour, (hours.get(hour) ?? 0) + count);
}

function pruneSeries({ fine, hours }: Series, now: number): void {
  for (const grain of fine.keys()) if (grain * GRAIN < now - FINE) fine.delete(grain);
  for (const hour of hours.keys()) if (hour * HOUR < now - COARSE - HOUR) hours.delete(hour);
}

function fineSum(series: Series | undefined, from: number): number {
  let sum = 0;
  const first = Math.floor(from / GRAIN);
  for (const [grain, count] of series?.fine ?? []) if (grain >= first) sum += count;
  return sum;
}

/** Whether a whole hour lies between two times. */
function isWithin(hour: number, from: number, until: number): boolean {
  return hour * HOUR >= from && (hour + 1) * HOUR <= until;
}
