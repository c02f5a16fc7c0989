import { expect, test } from 'vitest';
import {
  addToBucket,
  bucketOf,
  type Histogram,
  mergeHistograms,
  quantile,
  RELATIVE_ERROR,
  secondsOf,
} from '../../../src/aggregate/histogram.ts';
import fc from '../../property.ts';

/** Three significant digits can be half a unit of the third off. */
const ROUNDING = 0.005;

const delay = fc.double({ min: 0.0011, max: 1e8, noNaN: true });

function of(delays: readonly number[]): Histogram {
  const histogram: Histogram = [];
  for (const each of delays) addToBucket(histogram, bucketOf(each), 1);
  return histogram;
}

test('a quantile is as near to the true one as is promised', () => {
  fc.assert(
    fc.property(
      fc.array(delay, { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (delays, q) => {
        const sorted = delays.toSorted((a, b) => a - b);
        const truth = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
        const error = Math.abs(quantile(of(delays), q)! - truth) / truth;
        expect(error).toBeLessThanOrEqual(RELATIVE_ERROR + ROUNDING);
      },
    ),
  );
});

test('merged and taken back, only the counts matter', () => {
  fc.assert(
    fc.property(fc.array(delay), fc.array(delay), (first, second) => {
      const merged = of(first);
      mergeHistograms(merged, of(second));
      expect(quantile(merged, 0.5)).toBe(quantile(of([...first, ...second]), 0.5));
      for (const each of first) addToBucket(merged, bucketOf(each), -1);
      expect(quantile(merged, 0.9)).toBe(quantile(of(second), 0.9));
    }),
  );
});

test('no delay at all, and what no clock can have measured', () => {
  expect(quantile([], 0.5)).toBeUndefined();
  expect(quantile(of([0, -3, Number.NaN]), 0.99)).toBe(0);
  expect(bucketOf(Infinity)).toBe(bucketOf(1e12));
});

test('the delay that stands for a bucket leads back to it', () => {
  for (let bucket = 0; bucket <= bucketOf(1e9); bucket++) expect(bucketOf(secondsOf(bucket))).toBe(bucket);
});
