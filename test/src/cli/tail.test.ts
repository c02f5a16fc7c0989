import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import type { DeliveryEvent } from '../../../src/event/event.ts';
import { ended, folder, start, whybounce } from './program.ts';

const LINES = readFileSync(resolve('fixtures/postfix/2026-11-23.log'), 'utf8').split(/(?<=\n)/);
const running = new Set<ReturnType<typeof start>>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** The program, following, with what it has written so far. */
function tail(...words: string[]) {
  const child = start(['tail', ...words]);
  running.add(child);
  const done = ended(child).finally(() => running.delete(child));
  let text = '';
  let wake = (): void => undefined;
  child.stdout.on('data', (chunk) => {
    text += chunk;
    wake();
  });
  return {
    child,
    done,
    /** Waits until it has written as many whole lines. */
    async lines(count: number): Promise<string[]> {
      while (text.split('\n').length <= count) {
        await new Promise<void>((woken) => {
          wake = woken;
        });
      }
      return text.trimEnd().split('\n');
    },
  };
}

function events(stdout: string): DeliveryEvent[] {
  return stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Without the place of the line, which changes with the file. */
function factsOf({ source_file, source_offset, ...facts }: DeliveryEvent): string {
  return JSON.stringify(facts);
}

/** The events of some lines, read at once. */
async function factsIn(lines: readonly string[]): Promise<string[]> {
  const { stdout } = await whybounce(['events'], { stdin: lines.join('') });
  return events(stdout).map(factsOf);
}

it('writes what comes while it runs, over a rotation, and ends with the code of the signal', async () => {
  const log = join(folder, 'a.log');
  writeFileSync(log, LINES.slice(0, 100).join(''));
  const { child, done, lines } = tail('a.log');
  // What lies there is read first, so that it is known who sent what fails now; and then one of these is news.
  const knocks: string[] = [];
  const knock = setInterval(() => {
    knocks.push(
      `Nov 23 20:29:57 mx1 postfix/smtp[1]: ${400_000 + knocks.length}F: to=<a@b.test>, relay=none, delay=1, delays=0/0/0/1, dsn=4.4.1, status=deferred (connect to b.test[192.0.2.1]:25: Connection timed out)\n`,
    );
    appendFileSync(log, knocks.at(-1)!);
  }, 50);
  const [first] = await lines(1);
  clearInterval(knock);
  child.kill('SIGHUP');
  const begin = knocks.findIndex((line) => line.includes(` ${JSON.parse(first!).queue_id}: `));
  const past = [...LINES.slice(0, 100), ...knocks.slice(0, begin)];
  const all = [...LINES.slice(0, 100), ...knocks, ...LINES.slice(100, 400)];
  const expected = (await factsIn(all)).slice((await factsIn(past)).length);
  appendFileSync(log, LINES.slice(100, 200).join(''));
  renameSync(log, `${log}.1`);
  writeFileSync(log, LINES.slice(200, 400).join(''));
  await lines(expected.length);
  child.kill('SIGTERM');
  const { status, stdout, stderr } = await done;
  expect(stderr).toMatch(
    new RegExp(
      `^whybounce: note: ${all.length} lines read: \\d+ used, \\d+ of other programs, 0 not understood\n$`,
    ),
  );
  expect(status).toBe(143);
  expect(events(stdout).map(factsOf)).toEqual(expected);
});

it('goes on after kill -9 where it was, over rotations and packing, with all that it knew of open messages', async () => {
  const log = join(folder, 'b.log');
  writeFileSync(log, LINES.slice(0, 900).join(''));
  const all = await factsIn(LINES.slice(0, 1500));
  const seen: string[] = [];
  const read = (stdout: string) => seen.push(...events(stdout).map(factsOf));

  const first = tail('b.log', '--from', 'start', '--state', 'b');
  await first.lines((await factsIn(LINES.slice(0, 900))).length);
  first.child.kill('SIGINT');
  const stopped = await first.done;
  expect(stopped.status).toBe(130);
  read(stopped.stdout);

  appendFileSync(log, LINES.slice(900, 1100).join(''));
  writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(log)));
  writeFileSync(log, LINES.slice(1100, 1300).join(''));
  const second = tail('b.log', '--state', 'b');
  await second.lines((await factsIn(LINES.slice(0, 1300))).length - seen.length);
  second.child.kill('SIGKILL');
  read((await second.done).stdout);

  appendFileSync(log, LINES.slice(1300, 1500).join(''));
  const third = tail('b.log', '--state', 'b');
  await third.lines(all.length - new Set(seen).size);
  third.child.kill('SIGTERM');
  read((await third.done).stdout);
  // What was written after the last checkpoint comes again, the same to the last letter.
  expect([...new Set(seen)]).toEqual(all);
});

it('misses nothing and invents nothing when it is killed at any moment while the log grows and is rotated', async () => {
  const log = join(folder, 'k.log');
  writeFileSync(log, '');
  let written = 0;
  let rotated = 0;
  let isFollowed = false;
  const writer = setInterval(() => {
    const next = Math.min(LINES.length - 1, written + 1 + Math.floor(Math.random() * 8));
    // Lines may be written in two parts.
    const text = LINES.slice(written, next).join('');
    const cut = Math.floor(Math.random() * text.length);
    appendFileSync(log, text.slice(0, cut));
    appendFileSync(log, text.slice(cut));
    written = next;
    // What is rotated before the first look is none of its business.
    if (!isFollowed || Math.random() > 0.06) return;
    rotated += 1;
    if (rotated % 2 === 0) {
      renameSync(log, `${log}-${1000 + rotated}`);
      writeFileSync(log, '');
    } else {
      copyFileSync(log, `${log}-${1000 + rotated}`);
      truncateSync(log);
    }
  }, 15);
  const seen: string[] = [];
  const run = async (milliseconds: number, signal: NodeJS.Signals) => {
    const { child, done, lines } = tail('k.log', '--state', 'k', ...(isFollowed ? [] : ['--from', 'start']));
    await lines(1);
    // Who is killed before the first checkpoint has followed nothing yet.
    while (!existsSync(join(folder, 'k', 'tail.state'))) await new Promise((later) => setTimeout(later, 5));
    isFollowed = true;
    await new Promise((later) => setTimeout(later, milliseconds));
    child.kill(signal);
    const whole = (await done).stdout.replace(/[^\n]*$/, '');
    seen.push(...events(whole).map(factsOf));
  };
  for (let kill = 0; kill < 4; kill++) await run(Math.random() * 800, 'SIGKILL');
  clearInterval(writer);
  const expected = await factsIn(LINES.slice(0, written));
  const last = tail('k.log', '--state', 'k');
  // Some of what comes now came before: it is over when nothing has come for a while.
  for (let count = 0, quiet = 0; quiet < 40; quiet++) {
    await new Promise((later) => setTimeout(later, 100));
    const { length } = await last.lines(0);
    if (length === count) continue;
    count = length;
    quiet = 0;
  }
  last.child.kill('SIGTERM');
  seen.push(...events((await last.done).stdout).map(factsOf));
  expect([...new Set(seen)]).toEqual(expected);
}, 60_000);

it('says in one line why a state cannot be used', async () => {
  writeFileSync(join(folder, 'c.log'), LINES.slice(0, 10).join(''));
  const first = tail('c.log', '--from', 'start', '--state', 'c');
  await first.lines(1);
  const second = await whybounce(['tail', 'c.log', '--state', 'c']);
  expect(second.status).toBe(3);
  expect(second.stderr).toBe(
    `whybounce: process ${first.child.pid} is following with the state in c; stop it, or name another directory\n`,
  );
  first.child.kill('SIGTERM');
  await first.done;
  const state = join(folder, 'c/tail.state');
  const kept = readFileSync(state);
  const cases: [Buffer, RegExp][] = [
    [
      kept.subarray(0, -1),
      /^whybounce: c\/tail\.state is damaged; put a copy of it back, or begin anew with --from .*\n$/,
    ],
    [Buffer.from('rubbish'), /is damaged/],
    [
      Buffer.from(kept.toString('latin1').replace('state 1', 'state 2'), 'latin1'),
      /written by a newer whybounce; use that one/,
    ],
  ];
  for (const [bytes, words] of cases) {
    writeFileSync(state, bytes);
    const run = await whybounce(['tail', 'c.log', '--state', 'c']);
    expect(run.stderr).toMatch(words);
    expect(run.status).toBe(3);
  }
  rmSync(state);
  const none = await whybounce(['tail', 'c.log', '--state', 'c', '--from', 'checkpoint']);
  expect(none.stderr).toBe(
    'whybounce: nothing was followed yet with the state in c; begin with --from start or --from end\n',
  );
  expect(none.status).toBe(2);
});

it('reads standard input to its end, and ends quietly when the reader of its lines goes', async () => {
  const all = await whybounce(['tail'], { stdin: LINES.slice(0, 500).join('') });
  expect(all.status).toBe(0);
  expect(events(all.stdout).map(factsOf)).toEqual(await factsIn(LINES.slice(0, 500)));
  const { child, done, lines } = tail('-');
  child.stdin.on('error', () => undefined);
  child.stdin.write(LINES.slice(0, 100).join(''));
  await lines(1);
  child.stdout.destroy();
  child.stdin.write(LINES.slice(100, 3000).join(''));
  const { status, stderr } = await done;
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

it('waits for a reader that does not read, but not when it is to end', async () => {
  writeFileSync(join(folder, 's.log'), LINES.join(''));
  const child = start(['tail', 's.log', '--from', 'start', '--state', 's']);
  running.add(child);
  child.stdout.pause();
  await new Promise((later) => setTimeout(later, 2500));
  const over = new Promise((left) => child.on('exit', (code, signal) => left(signal ?? code)));
  child.kill('SIGTERM');
  expect(await over).toBe('SIGTERM');
  running.delete(child);
  // What it could not get rid of comes again.
  const all = await factsIn(LINES);
  const again = tail(
    's.log',
    '--state',
    's',
    '--from',
    existsSync(join(folder, 's/tail.state')) ? 'checkpoint' : 'start',
  );
  const found = (await again.lines(all.length)).map((line) => factsOf(JSON.parse(line)));
  expect(found).toEqual(all);
});

it('writes lines for people, with what to do next, and nothing that a terminal obeys', async () => {
  const { stdout } = await whybounce(['tail', '--pretty', '--color', 'never'], {
    stdin:
      'Nov 23 20:29:57 mx1 postfix/smtp[7]: 4jYHcP68RbzKQDY: to=<a\u001b[2J@example.org>, relay=mx.example.org[192.0.2.1]:25, ' +
      'delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host mx.example.org[192.0.2.1] said: 550 5.1.1 <a@example.org>: ' +
      'User unknown (in reply to RCPT TO command))\n',
  });
  const [event, advice, ...others] = stdout.trimEnd().split('\n');
  expect(event).toMatch(
    /^20\d\d-11-23 20:29:57 {2}bounced {4}a\\x1b\[2J@example\.org {2}Address does not exist/,
  );
  expect(advice).toMatch(/^ +sender's address list: Check the spelling/);
  expect(others).toEqual([]);
});

it('says where a file is packed, or no text: nothing will come of it', async () => {
  writeFileSync(join(folder, 'old.log.gz'), gzipSync(LINES.slice(0, 10).join('')));
  writeFileSync(
    join(folder, 'noise.log'),
    Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7919) % 256)),
  );
  const { child, done } = tail('old.log.gz', 'noise.log');
  let said = '';
  await new Promise<void>((enough) => {
    child.stderr.on('data', (text) => {
      said += text;
      if (said.split('\n').length > 2) enough();
    });
  });
  child.kill('SIGTERM');
  await done;
  expect(said).toContain('whybounce: note: old.log.gz is packed: nothing is added to it any more;');
  expect(said).toContain('whybounce: note: noise.log is not text: no line of it will be understood;');
});
