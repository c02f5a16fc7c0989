/** Logs into stores and reports out of them, as users do it: the rows are there once, whatever happens. */

import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { LOG, message } from '../cli/logs.ts';
import { ended, folder, type Run, start, whybounce } from '../cli/program.ts';
import { PASSWORD, startFront } from './servers.ts';

const DAY = 'fixtures/postfix/2026-11-23.log';
const day = readFileSync(DAY);
copyFileSync(DAY, join(folder, 'day.log'));
const NOW = ['--now', '2026-11-24T12:00:00Z'];

const real = process.env['WHYBOUNCE_TEST_CLICKHOUSE'];
const front = real === undefined ? await startFront() : undefined;
const server = real ?? front!.address;
const environment = { ...PASSWORD, ...(real !== undefined && { ...process.env }) } as Record<string, string>;

let stores = 0;
/** A directory that nothing was loaded into yet. */
const fresh = (): string => `chdb:./store-${stores++}`;

const run = (...words: string[]): Promise<Run> => whybounce(words, { environment });

async function load(to: string, ...files: string[]): Promise<string> {
  const { status, stderr } = await run('load', '--to', to, ...NOW, ...files);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stderr;
}

/** A report without what names its inputs. */
async function report(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await run('report', '--json', ...NOW, ...words);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.replace(/"(source_)?file": "[^"]*"/g, '"$1file": ""');
}

/** All rows, without what depends on how long a log was when it was seen first. */
async function rows(from: string): Promise<string[]> {
  const { stdout, stderr, status } = await run(
    ...['query', '--from', from, '--format', 'ndjson', '--sql'],
    "SELECT * EXCEPT (source_id, message) REPLACE ('' AS source_file) FROM records",
  );
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stdout.split('\n').sort();
}

/** Compares many lines and shows only where they begin to differ. */
function expectSame(found: readonly string[], wanted: readonly string[]): void {
  const at = wanted.findIndex((line, index) => line !== found[index]);
  expect([found.length, at < 0 ? '' : found[at]]).toEqual([wanted.length, at < 0 ? '' : wanted[at]]);
}

describe.each([
  ['embedded', fresh()],
  ['a server', server],
])('%s', (_, store) => {
  it('gives the report that the logs give, byte for byte', async () => {
    expect(await load(store, 'day.log')).toMatch(/5201 rows added to \S+, 0 were there already/);
    expectSame((await report('--from', store)).split('\n'), (await report('day.log')).split('\n'));
  });

  it.each([
    ['--since', '2026-11-23T20:31:00'],
    ['--until', '2026-11-23T20:31:00'],
    ['--since', '2026-11-23T20:30:17', '--until', '2026-11-23T20:32:01'],
    ['--day', '2026-11-23', '--top', '3'],
  ])('in a window too: %s %s', async (...window) => {
    expectSame(
      (await report('--from', store, ...window)).split('\n'),
      (await report('day.log', ...window)).split('\n'),
    );
  });

  it('gives the events that the program gives', async () => {
    const events = (await run('events', 'day.log')).stdout.trimEnd().split('\n');
    const stored = await run(
      ...['query', '--from', store, '--format', 'ndjson', '--sql'],
      'SELECT event_id, type, status, `from`, `to`, diagnostic, cause, delay, confidence FROM events ORDER BY source_offset, event_id',
    );
    const lean = (event: Record<string, unknown>): unknown[] => {
      const { event_id, type, status, from, to, diagnostic, cause, delay } = event;
      return [
        event_id,
        type,
        status ?? '',
        from ?? null,
        to ?? null,
        diagnostic ?? '',
        cause ?? '',
        delay ?? null,
      ];
    };
    const order = (a: unknown[], b: unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);
    expect(
      stored.stdout
        .trimEnd()
        .split('\n')
        .map((line) => lean(JSON.parse(line)))
        .sort(order),
    ).toEqual(events.map((line) => lean(JSON.parse(line))).sort(order));
  });

  it('adds nothing the second time, whatever the file is called and however it is packed', async () => {
    const before = await rows(store);
    expect(await load(store, 'day.log')).toMatch(/: 0 rows added/);
    writeFileSync(join(folder, 'day.log.1.gz'), gzipSync(day));
    expect(await load(store, 'day.log.1.gz')).toMatch(/: 0 rows added/);
    writeFileSync(join(folder, 'part.log'), day.subarray(0, day.indexOf('\n', 500_000) + 1));
    await load(store, 'part.log');
    expectSame(await rows(store), before);
    expectSame((await report('--from', store)).split('\n'), (await report('day.log')).split('\n'));
  });

  it('answers the named questions', async () => {
    const ask = async (name: string): Promise<Record<string, unknown>[]> =>
      JSON.parse(
        (await run('query', name, '--from', store, '--day', '2026-11-23', '--top', '100', '--json')).stdout,
      );
    const { causes, senders } = JSON.parse(await report('day.log', '--top', '1000'));
    const attempted = causes.filter(({ attempts }: { attempts: number }) => attempts > 0);
    const found = await ask('new-causes');
    expect(found.map(({ cause }) => cause).sort()).toEqual(
      [...new Set(attempted.map(({ cause }: { cause: string }) => cause))].sort(),
    );
    const names = senders.map(({ sender }: { sender: string }) => sender);
    for (const { sender } of await ask('senders')) expect(names).toContain(String(sender).toLowerCase());
    expect((await ask('delay')).length + (await ask('providers')).length).toBeGreaterThan(0);
    expect(await ask('domains')).toEqual([]);
  });
});

describe('a log that changes', () => {
  it('gives the same rows in pieces, over a rotation, as at once', async () => {
    const [whole, pieces] = [fresh(), fresh()];
    const cut = (at: number): number => day.indexOf('\n', at) + 1;
    writeFileSync(join(folder, 'mail.log'), day.subarray(0, cut(2000)));
    await load(pieces, 'mail.log');
    writeFileSync(join(folder, 'mail.log'), day.subarray(0, cut(400_000)));
    await load(pieces, 'mail.log');
    writeFileSync(join(folder, 'mail.log'), day);
    renameSync(join(folder, 'mail.log'), join(folder, 'mail.log.1'));
    writeFileSync(join(folder, 'mail.log'), LOG);
    await load(pieces, 'mail.log', 'mail.log.1');
    await load(whole, 'mail.log', 'mail.log.1');
    expectSame(await rows(pieces), await rows(whole));
    expectSame(
      (await report('--from', pieces)).split('\n'),
      (await report('mail.log', 'mail.log.1')).split('\n'),
    );
  });

  it('is loaded without its last line until that has an end', async () => {
    const store = fresh();
    const text = [1, 2, 3].map((number) => message(number, 'bounced')).join('');
    writeFileSync(join(folder, 'growing.log'), text.slice(0, -30));
    expect(await load(store, 'growing.log')).toMatch(/last line of growing\.log has no end yet/);
    writeFileSync(join(folder, 'growing.log'), text);
    expect(await load(store, 'growing.log')).not.toMatch(/no end/);
    expectSame((await report('--from', store)).split('\n'), (await report('growing.log')).split('\n'));
  });
});

describe('a loader that is killed', () => {
  // Several files are several inserts.
  const text = day.toString('latin1', 0, day.indexOf('\n', 60_000) + 1);
  const files = ['a', 'b', 'c', 'd'].map((name) => {
    writeFileSync(join(folder, `${name}.log`), text.replaceAll(' mx1 ', ` ${name} `), 'latin1');
    return `${name}.log`;
  });
  let wanted: { rows: string[]; report: string[] };
  /** Milliseconds of processor time that a process takes until the engine is there, and for all of a load. */
  let first: number;
  let last: number;

  const killer = (at?: number): { environment: Record<string, string> } => ({
    environment: {
      NODE_OPTIONS: `--import ${pathToFileURL('test/src/store/killer.mjs')}`,
      ...(at !== undefined && { KILL_AT: String(at) }),
    },
  });

  const usedBy = ({ stderr }: Run): number => Number(/used (\d+)\n$/.exec(stderr)?.[1]);

  async function check(store: string): Promise<void> {
    expectSame(await rows(store), wanted.rows);
    expectSame((await report('--from', store)).split('\n'), wanted.report);
  }

  beforeAll(async () => {
    const store = fresh();
    const words = ['load', '--to', store, ...NOW, ...files];
    const run = await whybounce(words, killer());
    expect(run.status).toBe(0);
    last = usedBy(run);
    first = usedBy(await whybounce(['store', 'init', store], killer())) * 0.7;
    wanted = { rows: await rows(store), report: (await report('--from', store)).split('\n') };
    expect(wanted.rows.length).toBeGreaterThan(500);
  }, 120_000);

  // Two at a time, as there are cores.
  it.concurrent.each([1, 2])(
    'at any of 25 moments leaves nothing out and nothing twice (%d)',
    async () => {
      let store = fresh();
      for (let kills = 0; kills < 25; ) {
        const words = ['load', '--to', store, ...NOW, ...files];
        const { status } = await whybounce(words, killer(first + Math.random() * (last - first)));
        if (status === null) kills += 1;
        else {
          // It got to its end: on with a new store.
          expect(status).toBe(0);
          await check(store);
          store = fresh();
        }
      }
      await load(store, ...files);
      await check(store);
    },
    280_000,
  );
});

it('an interrupted load has what was read, and the next one the rest', async () => {
  const store = fresh();
  const child = start(['load', '--to', store, ...NOW, '-'], { environment });
  const finished = ended(child);
  // It may be gone before it has read all.
  child.stdin.on('error', () => undefined);
  child.stdin.write(day);
  await sleep(1500);
  child.kill('SIGINT');
  expect(await finished).toMatchObject({ status: 130 });
  await load(store, 'day.log');
  expectSame((await report('--from', store)).split('\n'), (await report('day.log')).split('\n'));
});

it('without the engine one line says what to do', async () => {
  const hook =
    'export async function resolve(name, context, next) { if (name.startsWith("chdb")) ' +
    'throw Object.assign(new Error("no"), { code: "ERR_MODULE_NOT_FOUND" }); return next(name, context); }';
  const url = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
  const absent = `import { register } from 'node:module'; register(${JSON.stringify(url(hook))});`;
  const { status, stderr } = await whybounce(['load', '--to', 'chdb:./none', 'day.log'], {
    environment: { NODE_OPTIONS: `--import ${url(absent)}` },
  });
  expect(stderr).toMatch(/^whybounce: the embedded ClickHouse is not installed; npm install chdb[^\n]*\n$/);
  expect(status).toBe(5);
});

describe('two processes on a directory', () => {
  it('one writes while the other reads; a second writer is told who was first', async () => {
    const store = fresh();
    await load(store, 'day.log');
    // Its input does not end, so it stays.
    const child = start(['load', '--to', store, ...NOW, '-'], { environment });
    const finished = ended(child);
    child.stdin.write(message(1, 'bounced').repeat(200));
    const status = join(folder, store.replace('chdb:', ''), 'status');
    while (!existsSync(status)) await sleep(50);
    const second = await run('load', '--to', store, ...NOW, 'day.log');
    expect(second.status).toBe(5);
    expect(second.stderr).toMatch(/^whybounce: process \d+ is writing to \S+; [^\n]+\n$/);
    const counts: number[] = [];
    for (let n = 0; n < 5; n++) {
      child.stdin.write(Array.from({ length: 5000 }, (_, i) => message(n * 5000 + i, 'sent')).join(''));
      const { stdout, stderr, status } = await run('report', '--json', '--from', store);
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      counts.push(JSON.parse(stdout).totals.recipients);
    }
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    child.stdin.end();
    expect((await finished).status).toBe(0);
    const { stdout } = await run('report', '--json', '--from', store);
    expect(JSON.parse(stdout).totals.recipients).toBeGreaterThan(counts[0]!);
  });
});
