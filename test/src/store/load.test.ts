/** Logs into stores and reports out of them, as users do it: the rows are there once, whatever happens. */

import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { mailAttempts } from '../../../src/aggregate/report.ts';
import { inside } from '../cli/inside.ts';
import { LOG, message } from '../cli/logs.ts';
import { ended, folder, type Run, start, whybounce } from '../cli/program.ts';
import { emptied, PASSWORD, startFront } from './servers.ts';

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
const fresh = (): string => `chdb:${folder}/store-${stores++}`;

const run = (...words: string[]): Promise<Run> => inside(words.map(inFolder), environment);

/** A file of the tests, as it is called from elsewhere. */
const inFolder = (word: string): string => (/\.log[.\w]*$/.test(word) ? join(folder, word) : word);

async function load(to: string, ...files: string[]): Promise<string> {
  const { status, stderr } = await run('load', '--to', to, ...NOW, ...files);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stderr;
}

/** Lines of a report, without what names its inputs. */
async function report(...words: string[]): Promise<string[]> {
  const { status, stdout, stderr } = await run('report', '--json', ...NOW, ...words);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.replace(/"(source_)?file": "[^"]*"/g, '"$1file": ""').split('\n');
}

const ofDay = new Map<string, Promise<string[]>>();
/** The report of the whole day's log: each is made once. */
function reportOfDay(...words: string[]): Promise<string[]> {
  const key = words.join(' ');
  const made = ofDay.get(key) ?? report('day.log', ...words);
  ofDay.set(key, made);
  return made;
}

/** All rows, without what depends on how long a log was when it was seen first. */
async function rows(from: string): Promise<string[]> {
  const { stdout, stderr, status } = await run(
    ...['query', '--from', from, '--format', 'ndjson', '--sql'],
    "SELECT * EXCEPT (source_id, message) REPLACE ('' AS source_file) FROM records",
  );
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stdout.trimEnd().split('\n').sort();
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
  let loaded: string[];

  it('gives the report that the logs give, byte for byte', async () => {
    expect(await load(store, 'day.log')).toMatch(/5201 rows added to \S+, 0 were there already/);
    expectSame(await report('--from', store), await reportOfDay());
    loaded = await rows(store);
  });

  it.each([
    ['--since', '2026-11-23T20:31:00'],
    ['--until', '2026-11-23T20:31:00'],
    ['--since', '2026-11-23T20:30:17', '--until', '2026-11-23T20:32:01'],
    ['--day', '2026-11-23', '--top', '3'],
  ])('in a window too: %s %s', async (...window) => {
    expectSame(await report('--from', store, ...window), await reportOfDay(...window));
  });

  it('gives the events that the program gives', async () => {
    const events = (await run('events', 'day.log')).stdout.trimEnd().split('\n');
    const stored = await run(
      ...['query', '--from', store, '--format', 'ndjson', '--sql'],
      'SELECT * REPLACE (toUnixTimestamp64Milli(time) AS time) FROM events',
    );
    /** What is there, in the order of ids. */
    const lean = (lines: readonly string[]): unknown[][] =>
      lines
        .map((line) => {
          const { schema: _, time, confidence, ...rest } = JSON.parse(line);
          return Object.entries({
            ...rest,
            time: typeof time === 'string' ? Date.parse(time) : time,
            confidence: confidence && Math.fround(confidence),
          }).filter(([, value]) => value);
        })
        .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
    expect(lean(stored.stdout.trimEnd().split('\n'))).toEqual(lean(events));
  });

  it.each([[], ['--since', '2026-11-23T20:30:00'], ['--until', '2026-11-23T20:30:04', '--format', 'json']])(
    'lists the same addresses to write to no more: %s %s',
    async (...words) => {
      const [stored, read] = [
        await run('suppress', '--from', store, ...NOW, ...words),
        await run('suppress', 'day.log', ...NOW, ...words),
      ];
      expect(stored).toEqual(read);
      expect(read.stdout).toContain('user_unknown');
    },
  );

  it('adds nothing the second time, whatever the file is called and however it is packed', async () => {
    writeFileSync(join(folder, 'day.log.1.gz'), gzipSync(day));
    expect(await load(store, 'day.log.1.gz')).toMatch(/: 0 rows added/);
    writeFileSync(join(folder, 'part.log'), day.subarray(0, day.indexOf('\n', 500_000) + 1));
    expect(await load(store, 'part.log')).toMatch(/: 0 rows added/);
    expectSame(await rows(store), loaded);
    expectSame(await report('--from', store), await reportOfDay());
  });

  it('answers the named questions', async () => {
    const ask = async (name: string): Promise<Record<string, unknown>[]> =>
      JSON.parse(
        (await run('query', name, '--from', store, '--day', '2026-11-23', '--top', '100', '--json')).stdout,
      );
    const [text, found, bySender, delay, providers, domains] = await Promise.all([
      reportOfDay('--top', '1000'),
      ...['new-causes', 'senders', 'delay', 'providers', 'domains'].map(ask),
    ] as const);
    const { causes, senders } = JSON.parse(text.join('\n'));
    const attempted = causes.filter(({ attempts }: { attempts: number }) => attempts > 0);
    // The store holds nothing from before: nothing can be called new.
    expect(found).toEqual([]);
    const alone = await run('query', 'new-causes', '--from', store, '--day', '2026-11-23');
    expect(alone.stderr).toContain('nothing to compare with');
    const later = await run('query', 'new-causes', '--from', store, '--day', '2026-11-24');
    expect(later.stderr).toContain('nothing was found');
    expect(attempted.length).toBeGreaterThan(0);
    const names = senders.map(({ sender }: { sender: string }) => sender);
    for (const { sender } of bySender!) expect(names).toContain(String(sender).toLowerCase());
    expect(delay!.length).toBeGreaterThan(0);
    const attempts = mailAttempts(JSON.parse(text.join('\n')));
    const sum = (of: (row: Record<string, unknown>) => number) =>
      providers!.reduce((all, row) => all + of(row), 0);
    expect(sum((row) => Number(row['attempts']))).toBe(
      attempts.delivered + attempts.deferred + attempts.bounced,
    );
    const failed = sum((row) => Math.round(Number(row['attempts']) * Number(row['failed_share'])));
    expect(failed).toBe(attempts.deferred + attempts.bounced);
    expect(domains).toEqual([]);
  });

  it('shows shares as such, and says where nothing was found', async () => {
    const ask = (day: string) => run('query', 'providers', '--from', store, '--day', day, '--tz', 'UTC');
    const [then, before] = await Promise.all([ask('2026-11-23'), ask('2026-10-01')]);
    expect(then.stdout).toMatch(/^other +1\d\d\d +7\d\s%/m);
    expect(before).toMatchObject({
      ...{ status: 0, stdout: '' },
      stderr: 'whybounce: note: nothing was found from 1 Oct 2026 00:00 to 2 Oct 2026 00:00 UTC\n',
    });
  });
});

describe('a log that changes', () => {
  it('gives the same rows in pieces, over a rotation, as at once', async () => {
    const [whole, pieces] = [fresh(), fresh()];
    const cut = (at: number): number => day.indexOf('\n', at) + 1;
    const log = join(folder, 'mail.log');
    writeFileSync(log, day.subarray(0, cut(2000)));
    await load(pieces, 'mail.log');
    writeFileSync(log, day.subarray(0, cut(400_000)));
    await load(pieces, 'mail.log');
    // More than the store counts together.
    writeFileSync(log, day.subarray(0, cut(1_100_000)));
    renameSync(log, `${log}.1`);
    writeFileSync(log, LOG);
    await Promise.all([pieces, whole].map((store) => load(store, 'mail.log', 'mail.log.1')));
    const [inPieces, atOnce, stored, fromLogs] = await Promise.all([
      ...[pieces, whole].map(rows),
      ...[
        ['--from', pieces],
        ['mail.log', 'mail.log.1'],
      ].map((words) => report(...words)),
    ]);
    expectSame(inPieces!, atOnce!);
    expectSame(stored!, fromLogs!);
  });

  it('is loaded without its last line until that has an end', async () => {
    const store = fresh();
    const text = [1, 2, 3].map((number) => message(number, 'bounced')).join('');
    writeFileSync(join(folder, 'growing.log'), text.slice(0, -30));
    expect(await load(store, 'growing.log')).toMatch(/last line of \S+growing\.log has no end yet/);
    writeFileSync(join(folder, 'growing.log'), text);
    expect(await load(store, 'growing.log')).not.toMatch(/no end/);
    expectSame(await report('--from', store), await report('growing.log'));
  });
});

describe("Exim's mainlog and rejectlog", () => {
  const refusals = readFileSync('fixtures/exim/refused.log', 'utf8')
    .split('\n')
    .filter((line) => line.includes('rejected'))
    .slice(0, 3);
  const arrival = '2026-11-23 20:31:00 1xVagm-00001q-03 <= a@a.test H=h.test [192.0.2.7] P=esmtp S=500';
  const texts = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
  writeFileSync(join(folder, 'main.log'), texts([arrival, ...refusals]));
  writeFileSync(join(folder, 'reject.log'), texts(refusals));

  it('have the same refusals, and loading says so where they are not loaded together', async () => {
    const store = fresh();
    await load(store, 'main.log');
    expect(await load(store, 'main.log', 'reject.log')).not.toMatch(/twice now/);
    expect(await load(store, 'reject.log')).toMatch(
      /note: 3 refusals of \S+reject\.log were in the store already, from another log of this Exim/,
    );
  });
});

it('an address is cleared by a delivery after its failures, in any letters and in any log', async () => {
  const store = fresh();
  const mail = (number: number, address: string, outcome: 'bounced' | 'sent', hour: string): string =>
    message(number, outcome, hour).replaceAll(`user${number}@example.org`, address);
  writeFileSync(
    join(folder, 'earlier.log'),
    ['gone@b.test', 'back@b.test', 'straße@b.test', 'ÖL@b.test', 'again@b.test']
      .map((address, number) => mail(number, address, 'bounced', '08'))
      .join(''),
  );
  writeFileSync(
    join(folder, 'later.log'),
    [
      mail(11, 'Back@B.test', 'sent', '09'),
      mail(12, 'STRASSE@b.test', 'sent', '09'),
      mail(13, 'öl@b.test', 'sent', '09'),
      mail(14, 'again@b.test', 'sent', '09'),
      mail(15, 'AGAIN@b.test', 'bounced', '10'),
      mail(16, 'other@b.test', 'sent', '10'),
    ].join(''),
  );
  await load(store, 'earlier.log', 'later.log');
  const stored = await run('suppress', '--from', store, ...NOW);
  expect(stored).toEqual(await run('suppress', ...NOW, 'earlier.log', 'later.log'));
  expect(stored.stdout.match(/[^\s@,]+(?=@b\.test,)/g)).toEqual(['again', 'gone', 'straße']);
});

describe('a loader that is killed', () => {
  // Several files are several inserts.
  const text = day.toString('latin1', 0, day.indexOf('\n', 25_000) + 1);
  const files = ['a', 'b', 'c'].map((name) => {
    writeFileSync(join(folder, `${name}.log`), text.replaceAll(' mx1 ', ` ${name} `), 'latin1');
    return `${name}.log`;
  });
  let wanted: { rows: string[]; report: string[] };

  /** Milliseconds of processor time that a command takes, or `KILL_AT` of them until it kills itself. */
  async function watched(command: readonly string[], at?: number): Promise<{ run: Run; used: number }> {
    const run = await whybounce(command, {
      environment: {
        ...environment,
        NODE_OPTIONS: `--import ${pathToFileURL('test/src/store/killer.mjs')}`,
        ...(at !== undefined && { KILL_AT: String(at) }),
      },
    });
    return { run, used: Number(/used (\d+)\n$/.exec(run.stderr)?.[1]) };
  }

  const loading = (store: string): string[] => ['load', '--to', store, ...NOW, ...files];

  beforeAll(async () => {
    const store = fresh();
    await load(store, ...files);
    wanted = { rows: await rows(store), report: await report('--from', store) };
    expect(wanted.rows.length).toBeGreaterThan(100);
  }, 120_000);

  // Side by side, as there are cores. The server lives on, and may still be at work on what the killed one sent.
  it.concurrent.each<[string, () => string | Promise<string>]>([
    ['the embedded engine', fresh],
    [
      'a server',
      async () => {
        await emptied(server, environment);
        return server;
      },
    ],
  ])(
    'at any of 25 moments leaves nothing out and nothing twice in %s',
    async (_, empty) => {
      let store = await empty();
      const { used: first } = await watched(['store', 'init', store]);
      const { used: last } = await watched(loading(store));
      store = await empty();
      for (let kills = 0; kills < 25; ) {
        const { run } = await watched(loading(store), first * 0.7 + Math.random() * (last - first * 0.7));
        if (run.status === null) kills += 1;
        else {
          // It got to its end: on with a new store.
          expect(run).toMatchObject({ status: 0 });
          expectSame(await rows(store), wanted.rows);
          store = await empty();
        }
      }
      await load(store, ...files);
      expectSame(await rows(store), wanted.rows);
      expectSame(await report('--from', store), wanted.report);
    },
    280_000,
  );
});

it.concurrent('an interrupted load has what was read, and the next one the rest', async () => {
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
  expectSame(await report('--from', store), await reportOfDay());
});

it.concurrent('without the engine one line says what to do', async () => {
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
  it.concurrent('one writes while the other reads; a second writer is told who was first', async () => {
    const store = fresh();
    // Its input does not end, so it stays.
    const child = start(['load', '--to', store, ...NOW, '-'], { environment });
    const finished = ended(child);
    child.stdin.write(message(1, 'bounced').repeat(200));
    const status = join(store.replace('chdb:', ''), 'status');
    while (!existsSync(status)) await sleep(50);
    const second = await whybounce(['load', '--to', store, ...NOW, 'day.log']);
    expect(second.status).toBe(5);
    expect(second.stderr).toMatch(/^whybounce: process \d+ is writing to \S+; [^\n]+\n$/);
    const counts: number[] = [];
    for (let n = 0; n < 4; n++) {
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
