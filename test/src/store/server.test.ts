/** A server that goes wrong, over a real socket: nothing is lost, nothing doubled, and the user is told. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/store/address.ts';
import type { ArchiveRow } from '../../../src/store/archive.ts';
import { Loader } from '../../../src/store/loader.ts';
import { migrate } from '../../../src/store/migrations.ts';
import { openStore } from '../../../src/store/open.ts';
import { COLUMNS } from '../../../src/store/records.ts';
import type { Value } from '../../../src/store/rows.ts';
import type { Store } from '../../../src/store/store.ts';
import { folder, type Run, whybounce } from '../cli/program.ts';
import { type Fault, PASSWORD, startFront } from './servers.ts';

const front = await startFront();
const store: Store = await openStore(parseAddress(front.address), PASSWORD);
await migrate(store);
copyFileSync('fixtures/postfix/2026-11-23.log', join(folder, 'day.log'));
copyFileSync('fixtures/postfix/filtered.log', join(folder, 'filtered.log'));

const ROWS = 1000;
let source = 0;
const waits: string[] = [];

beforeEach(async () => {
  source += 1;
  waits.length = 0;
  await front.inject();
});

function row(line: number): ArchiveRow {
  // Two months, and so two partitions: an insert can be there in part.
  const time = Date.UTC(2026, line < ROWS / 2 ? 9 : 10, 20) * 1000 + line;
  const fields: Record<string, Value> = {
    ...{ source_id: source, line, part: 0, time, type: 'delivery', status: 'delivered', count: 1 },
  };
  const values = COLUMNS.map(({ name }) => fields[name]);
  return { source, line, part: 0, values };
}

async function loadRows(longest = 20_000): Promise<void> {
  const loader = new Loader(store, { longest, first: 5, onWait: (error) => waits.push(error.message) });
  await loader.begin(String(source));
  for (let line = 0; line < ROWS; line++) loader.take(row(line));
  await loader.end();
}

async function expectAllOnce(): Promise<void> {
  const { rows } = await store.ask(
    'SELECT count(), uniqExact(line) FROM records WHERE source_id = {source:UInt64}',
    { source: String(source) },
  );
  expect(rows).toEqual([[ROWS, ROWS]]);
}

describe('a load gets everything in, once, although', () => {
  const insert = 'INSERT INTO records';
  it.each<[string, Fault[]]>([
    ['a proxy says 503', [{ match: insert, kind: 'unavailable', times: 3 }]],
    ['the connection is cut before the insert', [{ match: insert, kind: 'reset', times: 3 }]],
    ['the connection is cut after it', [{ match: insert, kind: 'reset-after', times: 1 }]],
    [
      'it is cut after it, and the look at what is there fails too',
      [
        { match: insert, kind: 'reset-after', times: 1 },
        { match: 'line BETWEEN', kind: 'cut', times: 2 },
      ],
    ],
    ['there are too many parts', [{ match: insert, kind: 'busy', times: 2 }]],
    [
      'an exception comes with a status that says all is well',
      [{ match: insert, kind: 'exception-as-success', times: 2 }],
    ],
    ['the server says that it took no row', [{ match: insert, kind: 'forgotten', times: 2 }]],
    ['the server is slow', [{ match: insert, kind: 'slow', times: 1 }]],
    ['it is away when the load begins', [{ match: 'intDiv(line', kind: 'unavailable', times: 2 }]],
    ['an answer breaks off', [{ match: 'intDiv(line', kind: 'cut', times: 1 }]],
  ])('%s', async (_, faults) => {
    await front.inject(...faults);
    await loadRows();
    await expectAllOnce();
    if (faults[0]!.kind !== 'slow') expect(waits.length).toBeGreaterThan(0);
  });

  it('the same comes again and again', async () => {
    await loadRows();
    await loadRows();
    await front.inject({ match: 'INSERT INTO records', kind: 'reset-after', times: 5 });
    await loadRows();
    await expectAllOnce();
  });
});

it('is waited for when it is away before anything was loaded', async () => {
  await front.inject(
    { match: 'system.tables', kind: 'unavailable', times: 1 },
    { match: 'FROM sources', kind: 'unavailable', times: 1 },
    { match: 'INSERT INTO sources', kind: 'reset', times: 1 },
  );
  const run = await whybounce(['load', '--to', front.address, 'filtered.log'], { environment: PASSWORD });
  expect(run.stderr).toMatch(/waiting for http:\S+, next try in 1 s at most: .*gone/);
  expect(run.stderr).toMatch(/[1-9]\d* rows added/);
  expect(run.status).toBe(0);
});

it('a store that stays away ends the load, with what it said', async () => {
  await front.inject({ match: 'INSERT INTO records', kind: 'unavailable', times: 1000 });
  await expect(loadRows(300)).rejects.toMatchObject({
    name: 'StoreError',
    fault: 'away',
    message: expect.stringContaining('upstream is gone'),
  });
});

describe('a question', () => {
  it.each(['cut', 'exception-in-answer'] as const)(
    'whose answer ends in %s is no short answer',
    async (kind) => {
      await loadRows();
      await front.inject({ match: 'SELECT line', kind, times: 1 });
      await expect(
        store.ask(
          "SELECT line, repeat('x', 100) FROM records WHERE source_id = {source:UInt64} ORDER BY line",
          {
            source: String(source),
          },
        ),
      ).rejects.toMatchObject({ name: 'StoreError' });
    },
  );

  it('binds its parameters', async () => {
    const hostile = "'; DROP TABLE records; --\n\\' {x:String}\t";
    const { rows } = await store.ask('SELECT {text:String} AS a, {n:Int64} AS b', { text: hostile, n: -5 });
    expect(rows).toEqual([[hostile, -5]]);
  });
});

describe('the user is told in one line, with exit code 5, of', () => {
  const load = (to: string, environment: Record<string, string> = PASSWORD): Promise<Run> =>
    whybounce(['load', '--quiet', '--to', to, 'day.log'], { environment });

  it.each([
    [
      'a wrong password',
      () => load(front.address, { WHYBOUNCE_STORE_PASSWORD: 'x' }),
      /Authentication failed.*; check/,
    ],
    ['a user who may only read', () => load(front.address.replace('writer', 'reader')), /may only read/],
    [
      'a database that is not there',
      () => load(front.address.replace('default', 'mail')),
      /Database mail does not/,
    ],
    [
      'a server that is too old',
      async () => {
        await front.inject({ match: 'system.tables', kind: 'old', times: 1 });
        return load(front.address);
      },
      /Unknown format.*the server is too old/,
    ],
    [
      'nobody at that address',
      () => whybounce(['report', '--from', 'http://writer@127.0.0.1:9/default']),
      /does not answer/,
    ],
    [
      'a password file that is not there',
      () => load(front.address, { WHYBOUNCE_STORE_PASSWORD_FILE: '/nowhere' }),
      /cannot be read/,
    ],
    [
      'a directory without a store',
      () => whybounce(['report', '--from', 'chdb:./nothing']),
      /there is no store in/,
    ],
  ])('%s', async (_, run, words) => {
    const { status, stderr } = await run();
    expect(stderr).toMatch(words);
    expect(stderr).toMatch(/^whybounce: [^\n]+; [^\n]+\n$/);
    expect(stderr).not.toContain('geheim');
    expect(status).toBe(5);
  });

  it('tables that are older or newer', async () => {
    for (const [version, words] of [
      [1, /was made by an older whybounce.*; load the logs again into a new database/],
      [999, /use a newer whybounce/],
    ] as const) {
      await store.command('TRUNCATE TABLE migrations');
      await store.command(
        `INSERT INTO migrations (version, title) SETTINGS async_insert = 0 VALUES (${version}, 'x')`,
      );
      const run = await whybounce(['report', '--from', front.address], { environment: PASSWORD });
      expect(run.stderr).toMatch(words);
      expect(run.status).toBe(5);
    }
    await store.command('DROP TABLE migrations');
    const run = await whybounce(['report', '--from', front.address], { environment: PASSWORD });
    expect(run.stderr).toMatch(/has no tables; run whybounce store init/);
    expect(await migrate(store)).toHaveLength(1);
    expect(await migrate(store)).toEqual([]);
  });
});
