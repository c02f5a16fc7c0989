/** Logs followed into stores: whatever happens meanwhile, the rows are those that `load` gives. */
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { inside } from '../cli/inside.ts';
import { ended, folder, type Run, start, whybounce } from '../cli/program.ts';
import { type Front, PASSWORD, startFront } from './servers.ts';

const DAY = readFileSync('fixtures/postfix/2026-11-23.log', 'latin1');
const LINES = DAY.split(/(?<=\n)/).slice(0, 2000);
const environment = PASSWORD;

const running = new Set<ReturnType<typeof start>>();
const fronts: Front[] = [];
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  for (const front of fronts) await front.stop();
});

/** A server for one test. */
async function newFront(): Promise<Front> {
  const front = await startFront();
  fronts.push(front);
  return front;
}

let number = 0;
/** Names for one test: a log, a state, a store. */
function names() {
  const own = `${number++}`;
  return { log: `mail-${own}.log`, state: `state-${own}`, store: `chdb:${folder}/store-${own}` };
}

/** The program, following. */
function tail(...words: string[]) {
  const child = start(['tail', ...words], { environment });
  running.add(child);
  const done = ended(child).finally(() => running.delete(child));
  let events = 0;
  child.stdout.on('data', (text: string) => {
    events += text.split('\n').length - 1;
  });
  let told = '';
  child.stderr.on('data', (text: string) => {
    told += text;
  });
  return {
    child,
    done,
    /** Waits until it has told as many events. */
    events: (count: number) => until(() => events >= count),
    says: (pattern: RegExp) => until(() => pattern.test(told)),
  };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const begun = performance.now(); !(await isSo()); ) {
    if (performance.now() - begun > 90_000) throw new Error('it does not come');
    await sleep(100);
  }
}

async function run(...words: string[]): Promise<Run> {
  const files = words.map((word) => (word.startsWith('mail-') ? join(folder, word) : word));
  const result = await inside(files, environment);
  expect(result).toMatchObject({ status: 0 });
  return result;
}

/** All rows, without what depends on how long a log was when it was seen first, and on the name of its file. */
async function rows(from: string): Promise<string[]> {
  const { stdout } = await run(
    ...['query', '--from', from, '--format', 'ndjson', '--sql'],
    "SELECT * EXCEPT (source_id, message) REPLACE ('' AS source_file) FROM records",
  );
  return stdout.trimEnd().split('\n').sort();
}

function expectSame(found: readonly string[], wanted: readonly string[]): void {
  const at = wanted.findIndex((line, index) => line !== found[index]);
  expect([found.length, at < 0 ? '' : found[at]]).toEqual([wanted.length, at < 0 ? '' : wanted[at]]);
}

/** A report without what names its inputs. */
async function report(...words: string[]): Promise<string> {
  const { stdout } = await run('report', '--json', '--now', '2026-11-24T12:00:00Z', ...words);
  return stdout.replace(/"(source_)?file": "[^"]*"/g, '"$1file": ""');
}

const put = (name: string, from: number, to: number): void =>
  appendFileSync(join(folder, name), LINES.slice(from, to).join(''), 'latin1');

// They wait more than they work: side by side.
describe.concurrent('a log that is followed into a store', () => {
  it('gives the rows of load, over kills and a rotation, and load adds nothing', async () => {
    const { log, state, store } = names();
    const words = ['--state', state, '--to', store, log];
    let written = 0;
    writeFileSync(join(folder, log), '');
    for (let kills = 0; kills < 4; kills++) {
      const follower = tail(...words);
      await sleep(300 + Math.random() * 900);
      for (let step = 0; step < 4; step++) {
        const next = Math.min(LINES.length, written + Math.floor(Math.random() * 160));
        put(log, written, next);
        written = next;
        await sleep(Math.random() * 600);
      }
      if (kills === 2) {
        // Who never knew the log cannot look for it under another name.
        await until(() => existsSync(join(folder, state, 'tail.state')));
        renameSync(join(folder, log), join(folder, `${log}.1`));
        writeFileSync(join(folder, log), '');
      }
      follower.child.kill('SIGKILL');
      await follower.done;
    }
    put(log, written, LINES.length);
    const whole = names().store;
    await run('load', '--to', whole, `${log}.1`, log);
    const wanted = await rows(whole);
    const last = tail(...words);
    await last.events(1);
    await until(async () => (await rows(store)).length >= wanted.length);
    last.child.kill('SIGTERM');
    expect(await last.done).toMatchObject({ status: 130 + 13 });
    expectSame(await rows(store), wanted);
    expect(await report('--from', store)).toBe(await report('--from', whole));
    const again = await run('load', '--to', store, `${log}.1`, log);
    expect(again.stderr).toMatch(/: 0 rows added/);
  }, 120_000);

  it('is skipped as far as load has brought it, and read by a report meanwhile; a second writer is refused', async () => {
    const { log, store } = names();
    put(log, 0, 1000);
    await run('load', '--to', store, log);
    const before = (await rows(store)).length;
    const follower = tail('--to', store, log);
    await follower.events(100);
    put(log, 1000, 1500);
    await until(async () => (await rows(store)).length > before);
    const second = await whybounce(['tail', '--to', store, log]);
    expect(second).toMatchObject({ status: 5 });
    expect(second.stderr).toMatch(/^whybounce: process \d+ is writing to [^\n]*\n$/);
    follower.child.kill('SIGTERM');
    await follower.done;
    const whole = names().store;
    await run('load', '--to', whole, log);
    expectSame(await rows(store), await rows(whole));
  }, 120_000);
});

describe.concurrent('a store that is away', () => {
  it('gets what came meanwhile, from the spool, over a kill', async () => {
    const front = await newFront();
    const { log, state } = names();
    const words = ['--state', state, '--to', front.address, log];
    const spool = join(folder, state, 'spool');
    put(log, 0, 500);
    let follower = tail(...words);
    await follower.events(100);
    await until(async () =>
      (await front.statements()).some((text) => text.startsWith('INSERT INTO records')),
    );
    await front.inject({ match: 'INSERT', kind: 'unavailable', times: 10_000 });
    // More batches than it keeps in memory.
    let written = 500;
    await until(() => {
      const next = Math.min(1200, written + 20);
      put(log, written, next);
      written = next;
      return readdirSync(spool).length > 0;
    });
    await follower.says(/is away, what comes meanwhile is kept in the spool/);
    put(log, written, 1300);
    follower.child.kill('SIGKILL');
    await follower.done;
    await front.inject();
    put(log, 1300, 1500);
    follower = tail(...words);
    await until(() => existsSync(spool) && readdirSync(spool).length === 0);
    const whole = names().store;
    await run('load', '--to', whole, log);
    const wanted = await rows(whole);
    await until(async () => (await rows(front.address)).length >= wanted.length);
    follower.child.kill('SIGTERM');
    await follower.done;
    expectSame(await rows(front.address), wanted);
  }, 120_000);

  it('ends the following with 5 when the spool is full, and nothing is lost', async () => {
    const front = await newFront();
    const { log, state } = names();
    const words = ['--state', state, '--to', front.address, log];
    put(log, 0, 100);
    const full = tail(...words, '--spool-limit', '20K');
    await full.events(10);
    await front.inject({ match: 'INSERT', kind: 'unavailable', times: 10_000 });
    put(log, 100, 1500);
    const { status, stderr } = await full.done;
    expect(status).toBe(5);
    expect(stderr).toMatch(/whybounce: the spool \S+ is full: \d+ bytes of 20480; .*--spool-limit\n$/);
    await front.inject();
    const whole = names().store;
    await run('load', '--to', whole, log);
    const wanted = await rows(whole);
    const follower = tail(...words);
    await until(async () => (await rows(front.address)).length >= wanted.length);
    follower.child.kill('SIGTERM');
    await follower.done;
    expectSame(await rows(front.address), wanted);
  }, 120_000);

  it('holds up the reading where there is no state', async () => {
    const front = await newFront();
    const { log } = names();
    put(log, 0, 100);
    const follower = tail('--to', front.address, log);
    await follower.events(10);
    await front.inject({ match: 'INSERT INTO records', kind: 'unavailable', times: 3 });
    put(log, 100, 1500);
    const whole = names().store;
    await run('load', '--to', whole, log);
    const wanted = await rows(whole);
    await until(async () => (await rows(front.address)).length >= wanted.length);
    follower.child.kill('SIGTERM');
    expect((await follower.done).stderr).toMatch(/is away, reading waits for it.*\n.*is back/);
    expectSame(await rows(front.address), wanted);
  }, 120_000);
});

describe.concurrent('a log that is cut in its middle', () => {
  it('has new lines at places that others had, and all of them are in the store', async () => {
    const { log, state, store } = names();
    const words = ['--state', state, '--to', store, log];
    put(log, 0, 600);
    let follower = tail(...words);
    await follower.events(100);
    truncateSync(join(folder, log), LINES.slice(0, 500).join('').length);
    put(log, 1000, 1200);
    const ids = (text: string): string[] =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).event_id);
    const wanted = ids((await run('events', log)).stdout);
    const stored = async (): Promise<string[]> => {
      const words = ['query', '--from', store, '--format', 'ndjson', '--sql', 'SELECT event_id FROM events'];
      return ids((await run(...words)).stdout);
    };
    await until(async () => {
      const found = new Set(await stored());
      return wanted.every((id) => found.has(id));
    });
    follower.child.kill('SIGKILL');
    await follower.done;
    follower = tail(...words);
    await sleep(2000);
    follower.child.kill('SIGTERM');
    await follower.done;
    const found = await stored();
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(wanted));
  }, 120_000);
});

describe('what cannot be in a store exactly once', () => {
  it.each([
    [['--journal'], /the journal drops its oldest entries/],
    [['-'], /standard input cannot be read again/],
    [['--from', 'end', 'mail.log'], /--from end would leave out/],
    [['--spool-limit', '1M', 'mail.log'], /give --to STORE and --state/],
  ])('is refused: %s', async (words, line) => {
    const { status, stderr } = await whybounce(['tail', '--to', 'chdb:./never', ...words]);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringMatching(line) });
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  it('nor what a state without the store has followed', async () => {
    const { log, state, store } = names();
    put(log, 0, 100);
    const follower = tail('--state', state, '--from', 'start', log);
    await follower.events(10);
    follower.child.kill('SIGTERM');
    await follower.done;
    const { status, stderr } = await whybounce(['tail', '--state', state, '--to', store, log]);
    expect(status).toBe(5);
    expect(stderr).toMatch(/did not go into chdb:\S+; begin with --from start/);
  });
});
