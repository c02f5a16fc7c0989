import { describe, expect, it } from 'vitest';
import { addAt, hourBefore, MINUTE, newSeries, noteAt, SPAN } from '../../../../src/live/screen/series.ts';
import fc from '../../../property.ts';

const START = Date.UTC(2026, 10, 24, 8);

describe('a series', () => {
  it('counts by minute what a list of all would count', () => {
    const counts = fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 9 })));
    fc.assert(
      fc.property(counts, fc.integer({ min: 0, max: 250 }), (entries, end) => {
        const series = newSeries();
        let latest = Number.NEGATIVE_INFINITY;
        const kept: [minute: number, count: number][] = [];
        for (const [minute, count] of entries) {
          addAt(series, START + minute * MINUTE, count);
          latest = Math.max(latest, minute);
          kept.push([minute, count]);
        }
        const expected = Array.from({ length: SPAN }, (_, index) => {
          const minute = end - SPAN + 1 + index;
          if (minute <= latest - SPAN) return 0;
          return kept.filter(([each]) => each === minute).reduce((sum, [, count]) => sum + count, 0);
        });
        expect(hourBefore(series, START + end * MINUTE + 59_999)).toEqual(expected);
        expect(series.total).toBe(kept.reduce((sum, [, count]) => sum + count, 0));
      }),
    );
  });

  it('of how much there is keeps the last note until the next one', () => {
    const series = newSeries();
    noteAt(series, START, 5);
    noteAt(series, START + 3 * MINUTE, 2);
    noteAt(series, START + 3 * MINUTE + 1, 7);
    expect(hourBefore(series, START + 4 * MINUTE).slice(-6)).toEqual([0, 5, 5, 5, 7, 0]);
    noteAt(series, START + 500 * MINUTE, 1);
    expect(hourBefore(series, START + 500 * MINUTE)).toEqual([...new Array(59).fill(7), 1]);
  });
});
