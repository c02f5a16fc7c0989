/** What a view shows of the board: rows that are counted, filtered and sorted. */
import { CATALOGUE, type CauseId } from '../../cause/catalogue.ts';
import { LOCAL } from '../../cause/providers.ts';
import type { DeliveryStatus } from '../../event/event.ts';
import { type BoardState, type Cell, type Entry, secondsOf, type Trace } from './board.ts';
import { hourBefore, MINUTE, SPAN } from './series.ts';
import type { Filter, View } from './view.ts';

/** Minutes of one column of a trend. */
const TREND_STEP = 5;
/** What is lately is so many minutes; it is compared with the rest of the hour. */
const LATELY = 15;
/** So much more, or less, is a rise or a fall, if there are so many at all. */
const FACTOR = 1.5;
const LEAST = 5;

/** A cause, and how often it was met. */
export interface CauseRow {
  readonly key: string;
  readonly cause: string;
  /** It is this server that refused. */
  readonly isInbound: boolean;
  /** It failed on this host: others must act than for what failed elsewhere. */
  readonly isLocal: boolean;
  readonly title: string;
  readonly count: number;
  /** Counts of the last hour in columns, the oldest first. */
  readonly trend: readonly number[];
  readonly direction: 'rises' | 'falls' | undefined;
}

/** A provider, and what became of the attempts to deliver to it. */
export interface ProviderRow {
  readonly key: string;
  readonly delivered: number;
  readonly deferred: number;
  readonly bounced: number;
  readonly expired: number;
  /** Failures of the last hour in columns, the oldest first. */
  readonly trend: readonly number[];
  readonly direction: 'rises' | 'falls' | undefined;
}

/** An event in the list. */
export interface EventRow {
  readonly key: string;
  readonly entry: Entry;
}

/** All that can be shown. */
export interface Picture {
  readonly totals: Readonly<Record<DeliveryStatus | 'rejected' | 'notices', number>>;
  /** By minute. */
  readonly delivered: readonly number[];
  readonly failed: readonly number[];
  /** Median delay of deliveries in seconds; 0 where there were none. */
  readonly delay: readonly number[];
  readonly queue: readonly number[];
  readonly causes: readonly CauseRow[];
  readonly providers: readonly ProviderRow[];
  /** The newest first. */
  readonly events: readonly EventRow[];
  readonly trace: Trace | undefined;
}

/** Takes the picture. */
export function pictureOf(state: BoardState, view: View): Picture {
  const { filter, period } = view;
  const cells = [...state.cells.values()];
  const counted = cells.filter((cell) => fits(cell, filter));
  const hour = (chosen: readonly Cell[]) =>
    summed(chosen.map(({ series }) => hourBefore(series, state.clock)));
  const count = ({ series }: Pick<Cell, 'series'>): number =>
    period === 'all' ? series.total : sum(hourBefore(series, state.clock));
  const total = (name: Cell['state']) => sum(counted.filter(({ state: each }) => each === name).map(count));
  // How far back the counts of the hour can be compared.
  const minutes = state.begun === undefined ? 0 : (state.clock - state.begun) / MINUTE;
  return {
    totals: {
      delivered: total('delivered'),
      deferred: total('deferred'),
      bounced: total('bounced'),
      expired: total('expired'),
      held: total('held'),
      discarded: total('discarded'),
      deleted: total('deleted'),
      rejected: total('rejected'),
      // They are told of no provider and cause.
      notices:
        filter.provider === undefined && filter.cause === undefined ? count({ series: state.notices }) : 0,
    },
    delivered: hour(counted.filter(({ state: each }) => each === 'delivered')),
    failed: hour(counted.filter(isFailure)),
    delay: delaysOf(state, filter.provider),
    queue: hourBefore(state.queue, state.clock),
    causes: causesOf(),
    providers: providersOf(),
    events: (view.list === 'all' ? state.events : state.problems)
      .filter((entry) => matches(entry, filter))
      .map((entry) => ({ key: String(entry.number), entry }))
      .reverse(),
    trace:
      view.message === undefined
        ? undefined
        : (state.failed.get(view.message) ?? state.others.get(view.message)),
  };

  function causesOf(): CauseRow[] {
    const found = grouped(
      cells.filter((cell) => cell.cause !== undefined && fits(cell, { ...filter, cause: undefined })),
      causeKeyOf,
    );
    const rows = [...found].map(([key, group]): CauseRow => {
      const { cause = '', state: outcome, provider } = group[0]!;
      const isInbound = outcome === 'rejected';
      return {
        ...{ key, cause, isInbound, title: titleOf(cause), count: sum(group.map(count)) },
        isLocal: !isInbound && provider === LOCAL,
        ...trendOf(hour(group), minutes),
      };
    });
    return sorted(
      rows,
      ({ count: value }) => value,
      ({ title }) => title,
    );
  }

  function providersOf(): ProviderRow[] {
    const found = grouped(
      cells.filter((cell) => cell.state !== 'rejected' && fits(cell, { ...filter, provider: undefined })),
      ({ provider }) => provider,
    );
    const rows = [...found].map(([key, group]): ProviderRow => {
      const of = (name: Cell['state']) => sum(group.filter((cell) => cell.state === name).map(count));
      return {
        key,
        ...{ delivered: of('delivered'), deferred: of('deferred') },
        ...{ bounced: of('bounced'), expired: of('expired') },
        ...trendOf(hour(group.filter(isFailure)), minutes),
      };
    });
    return sorted(
      rows,
      ({ delivered, deferred, bounced, expired }) => delivered + deferred + bounced + expired,
      ({ key }) => key,
    );
  }

  /** In the order that is asked for, without those that have nothing to show. */
  function sorted<T extends Pick<CauseRow, 'trend'>>(
    rows: readonly T[],
    size: (row: T) => number,
    name: (row: T) => string,
  ): T[] {
    const byName = (a: T, b: T) => name(a).localeCompare(name(b));
    const rise = (row: T) => lately(row.trend) - earlier(row.trend);
    const compare = {
      count: (a: T, b: T) => size(b) - size(a) || byName(a, b),
      trend: (a: T, b: T) => rise(b) - rise(a) || size(b) - size(a) || byName(a, b),
      name: byName,
    }[view.sort];
    return rows.filter((row) => size(row) > 0).sort(compare);
  }
}

/** The key of a cell's cause among the rows of causes: refusals and what failed here stand apart. */
export function causeKeyOf({
  cause = '',
  state,
  provider,
}: {
  readonly cause: string | undefined;
  readonly state: string;
  readonly provider: string | undefined;
}): string {
  return `${state === 'rejected' ? 'in' : provider === LOCAL ? 'here' : 'out'} ${cause}`;
}

/** A cause in words. */
export function titleOf(cause: string): string {
  return CATALOGUE.get(cause as CauseId)?.title ?? cause;
}

function fits(cell: Cell, { provider, cause }: Filter): boolean {
  if (provider !== undefined && (cell.provider !== provider || cell.state === 'rejected')) return false;
  // What was delivered has no cause: it stays as the measure of what failed.
  return cause === undefined || cell.state === 'delivered' || causeKeyOf(cell) === cause;
}

function matches(entry: Entry, { provider, cause, text }: Filter): boolean {
  const { classification, state, reply, from, to, relay, client, message } = entry;
  if (provider !== undefined && entry.provider !== provider) return false;
  if (cause !== undefined) {
    const own =
      classification && causeKeyOf({ cause: classification.cause, state, provider: entry.provider });
    if (own !== cause) return false;
  }
  if (text === '') return true;
  const title = classification && titleOf(classification.cause);
  const texts = [
    reply,
    from,
    to,
    relay,
    client,
    message,
    title,
    classification?.cause,
    entry.provider,
    state,
  ];
  return texts.some((each) => each?.toLowerCase().includes(text.toLowerCase()));
}

function isFailure({ state }: Cell): boolean {
  return state === 'deferred' || state === 'bounced' || state === 'expired';
}

function trendOf(minutes: readonly number[], observed: number): Pick<CauseRow, 'trend' | 'direction'> {
  const trend: number[] = [];
  for (let at = 0; at < minutes.length; at += TREND_STEP) trend.push(sum(minutes.slice(at, at + TREND_STEP)));
  const now = lately(trend);
  const usual = earlier(trend);
  if (observed < 2 * LATELY || now + usual < LEAST) return { trend, direction: undefined };
  const direction = now >= FACTOR * usual ? 'rises' : now * FACTOR <= usual ? 'falls' : undefined;
  return { trend, direction };
}

function lately(trend: readonly number[]): number {
  return sum(trend.slice(-LATELY / TREND_STEP));
}

/** In as many minutes as are lately, on average. */
function earlier(trend: readonly number[]): number {
  return (sum(trend.slice(0, -LATELY / TREND_STEP)) * LATELY) / (SPAN - LATELY);
}

function delaysOf({ delays, clock }: BoardState, provider: string | undefined): number[] {
  const steps = [...delays].filter(([name]) => provider === undefined || name === provider);
  const bySteps = new Map<number, number[][]>();
  for (const [, series] of steps) {
    for (const [step, each] of series) {
      bySteps.set(step, [...(bySteps.get(step) ?? []), hourBefore(each, clock)]);
    }
  }
  const columns = [...bySteps]
    .sort(([a], [b]) => a - b)
    .map(([step, hours]) => ({ step, hour: summed(hours) }));
  return Array.from({ length: SPAN }, (_, minute) => {
    const half = sum(columns.map(({ hour }) => hour[minute]!)) / 2;
    let below = 0;
    const median = columns.find(({ hour }) => {
      below += hour[minute]!;
      return half > 0 && below >= half;
    });
    return median === undefined ? 0 : secondsOf(median.step);
  });
}

function grouped(cells: readonly Cell[], keyOf: (cell: Cell) => string): Map<string, Cell[]> {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = keyOf(cell);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return groups;
}

function summed(rows: readonly (readonly number[])[]): number[] {
  const sums = new Array<number>(SPAN).fill(0);
  for (const row of rows) for (const [index, value] of row.entries()) sums[index]! += value;
  return sums;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
