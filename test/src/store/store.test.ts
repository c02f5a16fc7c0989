/** What the back ends do wrong must not be possible through our interface. Each is tested on the real engine. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventRenderer } from '../../../src/sink/delivery-event.ts';
import { askFreely } from '../../../src/store/questions.ts';
import { EVENT_COLUMNS } from '../../../src/store/records.ts';
import { Rows, type Value } from '../../../src/store/rows.ts';
import fc from '../../property.ts';
import { delivery, message } from '../aggregate/events.ts';
import { store } from './engine.ts';

beforeEach(async () => {
  await store.command('DROP TABLE IF EXISTS t');
  await store.command(
    'CREATE TABLE t (n UInt32, s String, m Nullable(String)) ENGINE = MergeTree ORDER BY n ' +
      'SETTINGS non_replicated_deduplication_window = 100',
  );
});

function rowsOf(...rows: Value[][]): Rows {
  const block = new Rows([
    { name: 'n', type: 'UInt32' },
    { name: 's', type: 'String' },
    { name: 'm', type: 'Nullable(String)' },
  ]);
  for (const row of rows) block.add(row);
  return block;
}

const insert = (rows: Rows, token?: string): Promise<void> => store.insert('t', rows, token);

const all = async (): Promise<unknown> => (await store.ask('SELECT n, s, m FROM t ORDER BY n')).rows;

describe('an insert', () => {
  it('keeps blank lines and SQL behind them as text', async () => {
    const hostile = "550 hi\n\nDROP TABLE t; SELECT '";
    await insert(rowsOf([1, hostile, null], [2, '\n\n', ''], [3, '', '\r\n\r\n; DROP TABLE t']));
    expect(await all()).toEqual([
      [1, hostile, null],
      [2, '\n\n', ''],
      [3, '', '\r\n\r\n; DROP TABLE t'],
    ]);
  });

  it('gives back any text that is text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 50 }),
        async (texts) => {
          await store.command('TRUNCATE TABLE t');
          await insert(rowsOf(...texts.map((text, index) => [index, text, text])));
          expect(await all()).toEqual(texts.map((text, index) => [index, text, text]));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('replaces halves of characters, which would have the batch refused', async () => {
    await insert(rowsOf([1, 'a\ud800b', '\udc00'], [2, '\\ud800', null]));
    expect(await all()).toEqual([
      [1, 'a\ufffdb', '\ufffd'],
      [2, '\\ud800', null],
    ]);
  });

  it('takes many bytes of long characters in one piece', async () => {
    const text = 'ä€😀'.repeat(100_000);
    await insert(rowsOf([1, text, null]));
    const { rows } = await store.ask('SELECT length(s), lengthUTF8(s) FROM t');
    expect(rows).toEqual([[900_000, 300_000]]);
  });

  it('has texts of all lengths and alphabets, one after the other or far apart', async () => {
    const texts = [0, 1, 42, 43, 63, 64, 126, 127, 128, 5000].flatMap((length) =>
      ['a', 'ä', '€', '😀'].map((letter) => letter.repeat(length)),
    );
    const expected = texts.flatMap((text, index) =>
      [0, 1, 2, 70, 71].map((gap) => [1000 * index + gap, gap === 1 ? '' : text, gap === 2 ? null : text]),
    );
    const block = rowsOf();
    for (const row of expected) block.add(row);
    await insert(block);
    expect(await all()).toEqual(expected);
    await store.command('TRUNCATE TABLE t');
    await insert(block.pick([0, 8, expected.length - 1]));
    expect(await all()).toEqual([expected[0], expected[8], expected.at(-1)]);
  });

  it.each([3, 256, 257, 65_536, 65_537])('has %i different texts in a dictionary', async (kinds) => {
    const few = new Rows([
      { name: 'n', type: 'UInt32' },
      { name: 's', type: 'LowCardinality(String)' },
    ]);
    const fill = (from: number): void => {
      // The empty text is one of them, and many rows have nothing.
      for (let n = 0; n < kinds - 1; n++) few.add([from + 2 * n, n % 3 === 0 ? `kind ${n}` : `ä ${n}`]);
      for (let n = 0; n < kinds; n++) few.add([from + 2 * n + 1, n % 2 === 0 ? '' : undefined]);
    };
    const found = async (): Promise<unknown> =>
      (await store.ask('SELECT count(), uniqExact(s), max(n) FROM t')).rows[0];
    const wrong = async (from: number): Promise<unknown> =>
      (
        await store.ask(
          `SELECT count() FROM t WHERE s != if(n % 2 = 1, '', concat(if(intDiv(n - ${from}, 2) % 3 = 0, 'kind ', 'ä '), toString(intDiv(n - ${from}, 2))))`,
        )
      ).rows[0];
    fill(0);
    await insert(few);
    expect([await found(), await wrong(0)]).toEqual([[2 * kinds - 1, kinds, 2 * kinds - 1], [0]]);
    // The space is used again, and a part is sent again.
    few.clear();
    fill(1_000_000);
    await store.command('TRUNCATE TABLE t');
    await insert(few.pick([0, 1, kinds, 2 * kinds - 2]));
    expect([await found(), await wrong(1_000_000)]).toEqual([[4, 3, 1_000_000 + 2 * kinds - 1], [0]]);
  });

  it('takes nothing', async () => {
    await insert(rowsOf());
    expect(await all()).toEqual([]);
  });

  it('leaves no setting behind that a later one would obey', async () => {
    await insert(rowsOf([1, 'a', null]), 'token');
    await insert(rowsOf([2, 'b', null]), 'token');
    await insert(rowsOf([3, 'c', null]));
    expect(await all()).toHaveLength(3);
    const { rows } = await store.ask(
      "SELECT value FROM system.settings WHERE name = 'insert_deduplication_token'",
    );
    expect(rows).toEqual([['']]);
  });

  it('is refused as a whole with a column that the table lacks', async () => {
    const rows = new Rows([
      { name: 'n', type: 'UInt32' },
      { name: 'nowhere', type: 'String' },
    ]);
    rows.add([1, 'a']);
    await expect(store.insert('t', rows)).rejects.toMatchObject({ name: 'StoreError', fault: 'refused' });
    expect(await all()).toEqual([]);
  });
});

describe('a question', () => {
  it('of the user is one statement', async () => {
    await expect(askFreely(store, 'SELECT 1) ; DROP TABLE t; SELECT * FROM (SELECT 2')).rejects.toThrow();
    await expect(askFreely(store, 'DROP TABLE t')).rejects.toThrow();
    expect((await askFreely(store, 'SELECT 1 AS one -- of all; "')).rows).toEqual([[1]]);
    expect(await all()).toEqual([]);
  });

  it('binds its parameters', async () => {
    const hostile = "'; DROP TABLE t; --\n\n\\' {x:String}\t\0";
    const { rows } = await store.ask('SELECT {text:String}, {list:Array(String)}, {n:Int64}', {
      text: hostile,
      list: [hostile, ''],
      n: -5,
    });
    expect(rows).toEqual([[hostile, [hostile, ''], -5]]);
  });

  it('names its columns, also where there is no row', async () => {
    expect(await store.ask('SELECT n, s AS text FROM t')).toEqual({ columns: ['n', 'text'], rows: [] });
  });

  it('can be nothing but a question', async () => {
    for (const statement of ['DROP TABLE t', 'INSERT INTO t VALUES (1, 2, 3)', 'SELECT 1) SETTINGS x = (1']) {
      await expect(store.ask(statement), statement).rejects.toMatchObject({ name: 'StoreError' });
    }
    expect(await all()).toEqual([]);
  });

  it('ends by itself', async () => {
    const { rows } = await store.ask(
      "SELECT value FROM system.settings WHERE name = 'max_execution_time' AND changed",
    );
    expect(Number(rows[0]?.[0])).toBeGreaterThan(0);
  });

  it('tells an error of the engine in one line', async () => {
    const failure = await store.ask('SELECT * FROM nowhere').catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'StoreError', fault: 'missing' });
    expect((failure as Error).message).not.toContain('\n');
  });
});

describe('a record', () => {
  it('has a column for each field of an event, in the same order', () => {
    const renderer = new EventRenderer(['mail.log']);
    const [schema, ...keys] = Object.keys(renderer.fields(delivery(message(), 'bounced'), 'line'));
    expect(schema).toBe('schema');
    expect(EVENT_COLUMNS.map(({ name }) => name)).toEqual(keys);
  });
});

describe('the program', () => {
  it('never calls process.exit(), which crashes the engine after an insert', () => {
    for (const name of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const code = readFileSync(join('src', name), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      expect(code, name).not.toMatch(/process\s*\.\s*(exit|abort|reallyExit)\s*\(/);
    }
  });

  it('does not take what is piped into it for rows', () => {
    const script = `
      import { mkdtempSync, rmSync } from 'node:fs';
      import { openStore } from './dist/src/store/open.js';
      import { parseAddress } from './dist/src/store/address.js';
      import { Rows } from './dist/src/store/rows.js';
      const directory = mkdtempSync('/tmp/whybounce-pipe-');
      const store = await openStore(parseAddress('chdb:' + directory), {});
      await store.command('CREATE TABLE t (n UInt32) ENGINE = MergeTree ORDER BY n');
      const rows = new Rows([{ name: 'n', type: 'UInt32' }]);
      rows.add([1]);
      await store.insert('t', rows);
      console.log(JSON.stringify((await store.ask('SELECT n FROM t')).rows));
      process.stdin.pipe(process.stdout);
      await store.close();
      rmSync(directory, { recursive: true });
    `;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { input: '[666]\n' });
    expect(run.stdout.toString() + run.stderr.toString()).toBe('[[1]]\n[666]\n');
  });

  it('ends by itself after an insert into a table with projections', () => {
    const script = `
      import { mkdtempSync, rmSync } from 'node:fs';
      import { openStore } from './dist/src/store/open.js';
      import { parseAddress } from './dist/src/store/address.js';
      import { migrate } from './dist/src/store/migrations.js';
      import { writeSource } from './dist/src/store/sources.js';
      const directory = mkdtempSync('/tmp/whybounce-exit-');
      const store = await openStore(parseAddress('chdb:' + directory), {});
      await migrate(store);
      await writeSource(store, { id: '1', head: '', name: 'x', lines: 1, used: 1, ignored: 0, unparsed: 0, evicted: 0, bytes: 1 });
      process.exitCode = 7;
      rmSync(directory, { recursive: true });
    `;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(run.stderr.toString()).toBe('');
    expect([run.status, run.signal]).toEqual([7, null]);
  });
});
