/** Reports as sums over rows: the same to the last digit as counting the events, in any window. */

import { beforeAll, beforeEach, expect, it } from 'vitest';
import { Aggregate, type Window } from '../../../src/aggregate/aggregate.ts';
import { findingFacts } from '../../../src/aggregate/build.ts';
import type { FindingFacts } from '../../../src/aggregate/finding-facts.ts';
import { findingsOf, shownFindings } from '../../../src/aggregate/findings.ts';
import { Trend, type TrendPlan, type TrendRow } from '../../../src/aggregate/trend.ts';
import { Archive, type ArchiveRow } from '../../../src/store/archive.ts';
import { migrate } from '../../../src/store/migrations.ts';
import { SENT_COLUMNS } from '../../../src/store/records.ts';
import { Rows } from '../../../src/store/rows.ts';
import { type StoredSource, storedSources, writeSource } from '../../../src/store/sources.ts';
import { countWindow } from '../../../src/store/sums.ts';
import { completeShown, followStored } from '../../../src/store/trend.ts';
import type { Message, TrackedEvent, TrackSink } from '../../../src/track/event.ts';
import fc from '../../property.ts';
import { delivery, GREYLISTED, HOUR, MINUTE, message, TEN, TIMEOUT } from '../aggregate/events.ts';
import { history, type Step, tell } from '../aggregate/random-log.ts';
import { reportOf } from '../aggregate/reports.ts';
import { store } from './engine.ts';

const SOURCE: StoredSource = {
  ...{ id: '1', head: 'x', name: 'mail.log', mta: 'postfix', lines: 1, used: 1, ignored: 0, unparsed: 0 },
  ...{ evicted: 0, bytes: 1, first: TEN, last: TEN },
};
let sources: StoredSource[] = [];
const DAY = 24 * HOUR;

beforeAll(async () => {
  await migrate(store);
  await writeSource(store, SOURCE);
  sources = await storedSources(store);
});

beforeEach(() => store.command('TRUNCATE TABLE records'));

/** Puts histories into the store, one after the other in the same log. */
async function archive(histories: readonly (readonly Step[])[]): Promise<void> {
  await insert((archive, next) => {
    for (const call of histories.flatMap(tell)) {
      next();
      call.make(archive);
    }
  });
}

/** Puts what is told into the store. */
async function insert(tellTo: (archive: Archive, next: () => void) => void): Promise<void> {
  const rows = new Rows(SENT_COLUMNS);
  let offset = 0;
  const archive = new Archive({
    files: [SOURCE.name],
    sourceIds: [SOURCE.id],
    place: () => ({ source: 0, offset, time: TEN }),
    line: () => `line ${offset}`,
    take: ({ values }: ArchiveRow) => rows.add(values),
  });
  tellTo(archive, () => {
    offset += 1;
  });
  await store.insert('records', rows);
}

function counted(histories: readonly (readonly Step[])[], window: Window): Aggregate {
  const aggregate = new Aggregate(window);
  for (const call of histories.flatMap(tell)) call.make(aggregate);
  return aggregate;
}

/** Minutes since the beginning: edges between the steps of a history, on whole hours and days, and far outside. */
const edge = fc.oneof(
  fc.constant(undefined),
  fc.integer({ min: -10, max: 30 * 60 }),
  fc.constantFrom(-60, 60, 2 * 60, 14 * 60, 38 * 60),
);

it('columns in which no row has anything can be left out: the table has nothing for them either', async () => {
  const rows = new Rows(SENT_COLUMNS);
  rows.add([1]);
  await store.insert('records', rows);
  const [found] = (await store.ask('SELECT * EXCEPT (source_id) FROM records')).rows;
  const nothing = [null, '', 0, '0', false, '1970-01-01 00:00:00.000000'];
  expect(found!.filter((value) => !nothing.includes(value as string))).toEqual([]);
});

it('sums over rows are what an aggregate counts, in any window', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(history, { minLength: 1, maxLength: 15 }),
      fc.array(fc.tuple(edge, edge), { minLength: 2, maxLength: 2 }),
      async (histories, windows) => {
        await store.command('TRUNCATE TABLE records');
        await archive(histories);
        for (const [from, length] of [[undefined, undefined], ...windows] as const) {
          const window: Window = {
            from: from === undefined ? undefined : TEN + from * MINUTE,
            until: length === undefined ? undefined : TEN + (from ?? 0) * MINUTE + Math.abs(length) * MINUTE,
          };
          const summed = await countWindow(store, sources, window);
          expect(reportOf(summed), JSON.stringify([from, length])).toEqual(
            reportOf(counted(histories, window)),
          );
        }
      },
    ),
    { numRuns: 10 },
  );
});

/** What a window is compared with, and the failures and refusals of the window itself. */
function comparisonOf(trend: Trend): unknown {
  const numbers = ({ key, recipients, earlier, attempts, recovered, first, last }: TrendRow): unknown[] => [
    ...[key, recipients, earlier, attempts, recovered, first, last],
  ];
  const byKey = (rows: Iterable<TrendRow>): unknown[] => [...rows].map(numbers).sort();
  const causes = [trend.failures, trend.refusals].map((trends) =>
    [...trends.values()]
      .map(({ name, mtas, whole, places, senders }) => [
        ...[name.cause, name.detail, mtas, numbers(whole)],
        ...[byKey(places.rows.values()), byKey(senders.rows.values())],
      ])
      .sort(),
  );
  const senders = [trend.accounts, trend.badLists].map(({ rows }) =>
    [...rows.values()]
      .map(({ key, recipients, earlier, refused, first, last }) => [
        ...[key, recipients, earlier, refused, first, last],
      ])
      .sort(),
  );
  const { attempts, tried, active, usualCourse, course, refusedLogins } = trend;
  return { causes, senders, attempts, tried, active, usualCourse, course, refusedLogins };
}

/** The findings of a report, with their examples and numbers of messages. */
function findingsFrom(trend: Trend): FindingFacts {
  const inputs = [{ file: SOURCE.name, mta: SOURCE.mta, lines: 1, from: new Date(0).toISOString() }];
  return findingFacts(new Aggregate(trend.plan.window), { inputs, trend, now: trend.plan.now });
}

it('findings are made from the same numbers, in any window, out of sums', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(history, { minLength: 1, maxLength: 15 }),
      // Also windows and days that begin and end at midnight.
      fc.oneof(fc.constant(14 * 60), fc.integer({ min: 60, max: 14 * 60 })),
      fc.oneof(fc.constant(24 * 60), fc.integer({ min: 10, max: 26 * 60 })),
      fc.oneof(fc.constant(24 * 60), fc.integer({ min: 30, max: 5 * 60 })),
      fc.boolean(),
      async (histories, begin, length, distance, all) => {
        await store.command('TRUNCATE TABLE records');
        await archive(histories);
        const from = TEN + begin * MINUTE;
        const until = from + length * MINUTE;
        // Days of any length: there are then many of them in one history.
        const days = [1, 2, 3].map((count) => from - count * distance * MINUTE);
        const plan: TrendPlan = all
          ? { window: {}, now: until, days: [] }
          : { window: { from, until }, now: until, days };
        const trend = new Trend(plan);
        for (const call of histories.flatMap(tell)) call.make(trend);
        const stored = await followStored(store, sources, plan);
        expect(comparisonOf(stored)).toEqual(comparisonOf(trend));
        await completeShown(store, sources, stored, shownFindings(findingsFrom(stored)));
        expect(findingsOf(findingsFrom(stored))).toEqual(findingsOf(findingsFrom(trend)));
      },
    ),
    { numRuns: 15 },
  );
});

it('a recipient counts once for a cause and a day before the window', async () => {
  const mail = message();
  const events = (
    [
      [0, GREYLISTED],
      [1, GREYLISTED],
      [2, TIMEOUT],
      [3, TIMEOUT],
      [61, TIMEOUT],
      [62, TIMEOUT],
      [121, TIMEOUT],
    ] as const
  ).reduce<ReturnType<typeof delivery>[]>((before, [minute, classification], index) => {
    const at = { time: TEN + minute * MINUTE, offset: index + 1, attempt: index + 1 };
    before.push(delivery(mail, 'deferred', { ...at, prior: before.at(-1), classification }));
    return before;
  }, []);
  const from = TEN + 2 * HOUR;
  const days = [TEN + HOUR, TEN];
  const plan: TrendPlan = { window: { from, until: from + HOUR }, now: from + HOUR, days };
  const trend = new Trend(plan);
  for (const each of events) trend.event(each);
  await insert((archive, next) => {
    for (const each of events) {
      next();
      archive.event(each);
    }
  });
  const stored = await followStored(store, sources, plan);
  expect([...stored.failures.values()].map(({ whole }) => whole.recipients.slice(0, 3)).sort()).toEqual([
    [0, 0, 1],
    [1, 1, 1],
  ]);
  expect(comparisonOf(stored)).toEqual(comparisonOf(trend));
});

// The last one: what is inserted after it might still be dropped.
it('sums are right where old rows are dropped', async () => {
  const [old, lately] = [Date.now() - 3 * DAY, Date.now() - HOUR];
  const mail = message();
  const first = delivery(mail, 'deferred', { time: old, offset: 1 });
  const then = delivery(mail, 'delivered', { time: lately, offset: 2, prior: first });
  await insert((archive) => {
    archive.event(first);
    archive.event(then);
  });
  await store.command('ALTER TABLE records MODIFY TTL toDateTime(time) + INTERVAL 2 DAY');
  await store.command('OPTIMIZE TABLE records FINAL');
  try {
    const { totals, window } = reportOf(await countWindow(store, sources, {}));
    expect(totals).toMatchObject({ recipients: 1, delivered: 1, deferred: 0 });
    expect(window.from).toBeNull();
  } finally {
    await store.command('ALTER TABLE records REMOVE TTL');
  }
});

it('tells what is on hold as the logs do, with the failure before where they give no reason', async () => {
  const tellTo = (sink: TrackSink, next: () => void): void => {
    const [frozen, parked, freed] = ['1xVahR-0000T4-2W', '1xVahd-0000pm-0n', '1xVahd-0000qE-1T'].map(
      (queueId) => message({ queueId, mta: 'exim' }),
    ) as [Message, Message, Message];
    const say = (event: TrackedEvent): TrackedEvent => {
      next();
      sink.event(event);
      return event;
    };
    const waiting = { mta: 'exim', attempt: 0 } as const;
    const at = { ...waiting, to: 'a@a.example', time: TEN + HOUR };
    const failed = say(
      delivery(frozen, 'deferred', { mta: 'exim', to: 'a@a.example', classification: TIMEOUT }),
    );
    say(delivery(frozen, 'held', { ...at, prior: failed, delivery: failed.delivery }));
    const held = say(delivery(freed, 'held', { ...at, delivery: undefined, reason: 'frozen by ACL' }));
    say(delivery(parked, 'held', { ...at, delivery: undefined, reason: 'frozen by ACL' }));
    say(delivery(freed, 'delivered', { mta: 'exim', to: 'a@a.example', prior: held, time: TEN + 2 * HOUR }));
  };
  await insert(tellTo);
  // Of a window that begins between, one message is told anew.
  for (const window of [{}, { from: TEN + HOUR / 2 }, { from: TEN + HOUR / 2, until: TEN + 1.5 * HOUR }]) {
    const aggregate = new Aggregate(window);
    tellTo(aggregate, () => undefined);
    const { held } = reportOf(aggregate);
    expect(held.length).toBe(2);
    expect(reportOf(await countWindow(store, sources, window)).held).toEqual(held);
  }
});
