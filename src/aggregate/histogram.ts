/**
 * Delays in buckets whose bounds grow by a constant factor: counts that can be added, taken back and merged,
 * and quantiles that are at most `RELATIVE_ERROR` off.
 *
 * With a factor of (1 + e) / (1 - e) from one bound to the next, every value of a bucket is within the share e of
 * the value halfway (harmonically) between its bounds.
 */

/** How far a quantile can be from the true value, as a share of it, for delays from 1 ms to about 30 years. */
export const RELATIVE_ERROR = 0.02;

const SHORTEST = 0.001;
const LONGEST = 1e9;
const FACTOR = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const PER_NATURAL_LOG = 1 / Math.log(FACTOR);
const LAST_BUCKET = bucketOf(LONGEST);

/** Counts by bucket; bucket 0 holds everything up to a millisecond. Grows to the largest bucket seen. */
export type Histogram = number[];

/** Gives the bucket for a delay in seconds. Negative delays come from clocks set back: they count as none. */
export function bucketOf(seconds: number): number {
  if (!(seconds > SHORTEST)) return 0;
  if (seconds > LONGEST) return LAST_BUCKET;
  return Math.ceil(Math.log(seconds / SHORTEST) * PER_NATURAL_LOG);
}

/** Adds `count` (negative to take back) to a bucket. */
export function addToBucket(histogram: Histogram, bucket: number, count: number): void {
  while (histogram.length <= bucket) histogram.push(0);
  histogram[bucket]! += count;
}

/** Adds all counts of `from` to `into`. */
export function mergeHistograms(into: Histogram, from: Histogram): void {
  for (let bucket = from.length - 1; bucket >= 0; bucket--) addToBucket(into, bucket, from[bucket]!);
}

/**
 * Gives the delay in seconds that a share `q` (0 to 1) of the values does not exceed, to three significant digits,
 * or undefined where there are none.
 */
export function quantile(histogram: Histogram, q: number): number | undefined {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return undefined;
  const rank = Math.max(1, Math.ceil(q * total));
  let below = 0;
  const bucket = histogram.findIndex((count) => {
    below += count;
    return below >= rank;
  });
  return secondsOf(bucket);
}

/** Gives the delay in seconds that stands for a bucket, to three significant digits: `bucketOf` gives the bucket again. */
export function secondsOf(bucket: number): number {
  if (bucket === 0) return 0;
  const upper = SHORTEST * FACTOR ** bucket;
  return Number(((2 * upper) / (1 + FACTOR)).toPrecision(3));
}
