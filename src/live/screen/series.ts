/** Counts by minute: those of the last hour one by one, and their sum since the beginning. */

export const MINUTE = 60_000;
/** Minutes that are kept. */
export const SPAN = 60;

/** What was counted of one thing. Plain data. */
export interface Series {
  total: number;
  /** The latest minute of which something was counted, by its number since the epoch. */
  latest: number;
  /** By the number of the minute modulo `SPAN`. */
  readonly minutes: number[];
}

/** Nothing was counted yet. */
export function newSeries(): Series {
  return { total: 0, latest: -Infinity, minutes: new Array<number>(SPAN).fill(0) };
}

/** Counts something that happened at `time` (milliseconds). What is older than the hour only adds to the sum. */
export function addAt(series: Series, time: number, count: number): void {
  const minute = Math.floor(time / MINUTE);
  series.total += count;
  if (minute <= series.latest - SPAN) return;
  turnTo(series, minute);
  series.minutes[minute % SPAN]! += count;
}

/** Notes how much there is of something at `time`, which is not summed up but stands until the next note. */
export function noteAt(series: Series, time: number, value: number): void {
  const minute = Math.floor(time / MINUTE);
  const last = series.latest === -Infinity ? 0 : series.minutes[series.latest % SPAN]!;
  const gap = series.latest;
  turnTo(series, minute);
  for (let between = Math.max(gap, minute - SPAN) + 1; between < minute; between++) {
    series.minutes[between % SPAN] = last;
  }
  series.total = value;
  series.minutes[minute % SPAN] = value;
}

/** The counts of the hour that ends with the minute of `time`, the oldest first. */
export function hourBefore(series: Series, time: number): number[] {
  const minute = Math.floor(time / MINUTE);
  return Array.from({ length: SPAN }, (_, index) => {
    const each = minute - SPAN + 1 + index;
    return each <= series.latest && each > series.latest - SPAN ? series.minutes[each % SPAN]! : 0;
  });
}

/** Lets the minutes up to this one begin with nothing. */
function turnTo(series: Series, minute: number): void {
  if (minute <= series.latest) return;
  for (let each = Math.max(series.latest, minute - SPAN) + 1; each <= minute; each++) {
    series.minutes[each % SPAN] = 0;
  }
  series.latest = minute;
}
