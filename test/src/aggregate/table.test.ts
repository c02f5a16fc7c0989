import { describe, expect, test } from 'vitest';
import {
  emptyTable,
  live,
  mergeTables,
  OTHER,
  type Row,
  type RowKind,
  rowFor,
  rowForName,
  type Table,
} from '../../../src/aggregate/table.ts';
import fc from '../../property.ts';

interface Counter extends Row<Counter> {
  count: number;
}

const COUNTERS: RowKind<Counter> = {
  limit: 10,
  make: (key) => ({ key, into: undefined, count: 0 }),
  add(into, from) {
    into.count += from.count;
  },
  weight: (row) => row.count,
};

function sumOf(table: Table<Counter>): number {
  return [...table.rows.values(), ...(table.other ? [table.other] : [])].reduce(
    (sum, row) => sum + row.count,
    0,
  );
}

test('a name is found whatever its letter case', () => {
  const table = emptyTable<Counter>();
  expect(rowForName(table, COUNTERS, 'Example.ORG')).toBe(rowForName(table, COUNTERS, 'example.org'));
  expect([...table.rows.keys()]).toEqual(['example.org']);
});

test('endless keys are cut', () => {
  const table = emptyTable<Counter>();
  const row = rowFor(table, COUNTERS, 'x'.repeat(10_000));
  expect(row.key).toHaveLength(320);
  expect(rowFor(table, COUNTERS, 'x'.repeat(20_000))).toBe(row);
});

describe('a full table', () => {
  test('folds the rarest half into the row of all others', () => {
    const table = emptyTable<Counter>();
    for (let count = 1; count <= 10; count++) rowFor(table, COUNTERS, `key${count}`).count = count;
    rowFor(table, COUNTERS, 'new').count = 1;
    expect([...table.rows.keys()]).toEqual(['key6', 'key7', 'key8', 'key9', 'key10', 'new']);
    expect(table.other).toMatchObject({ key: OTHER, count: 1 + 2 + 3 + 4 + 5 });
  });

  test('takes back from the row of all others what was folded into it', () => {
    const table = emptyTable<Counter>();
    const rare = rowFor(table, COUNTERS, 'rare');
    rare.count = 1;
    for (let count = 2; count <= 20; count++) rowFor(table, COUNTERS, `key${count}`).count = count;
    expect(live(rare)).toBe(table.other);
    const before = sumOf(table);
    live(rare).count -= 1;
    expect(sumOf(table)).toBe(before - 1);
  });

  test('stays bounded and keeps its sum, whatever is counted, taken back and merged', () => {
    const keys = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.boolean()), { maxLength: 200 });
    fc.assert(
      fc.property(keys, keys, (first, second) => {
        let sum = 0;
        const held: Counter[] = [];
        const count = (table: Table<Counter>, steps: typeof first): void => {
          for (const [key, takeBack] of steps) {
            const old = takeBack ? held.pop() : undefined;
            if (old !== undefined) {
              live(old).count -= 1;
              sum -= 1;
            } else {
              const row = rowFor(table, COUNTERS, `key${key}`);
              row.count += 1;
              held.push(row);
              sum += 1;
            }
          }
        };
        const left = emptyTable<Counter>();
        const right = emptyTable<Counter>();
        count(left, first);
        count(right, second);
        mergeTables(left, right, COUNTERS);
        count(left, second);
        expect(sumOf(left)).toBe(sum);
        expect(left.rows.size).toBeLessThanOrEqual(COUNTERS.limit);
      }),
    );
  });
});
