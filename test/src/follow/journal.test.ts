import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJsonEnvelope } from '../../../parsers/envelope/json.ts';
import { FollowedJournal, type JournalState } from '../../../src/follow/journal.ts';

/** Writes journal files from entries in the form of an export. */
const WRITER = '/usr/lib/systemd/systemd-journal-remote';
const READER = '/usr/bin/journalctl';

const folder = mkdtempSync(join(tmpdir(), 'whybounce-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = process.env['PATH'];
let journals: FollowedJournal[] = [];
let notes: string[] = [];
beforeEach(() => {
  journals = [];
  notes = [];
  process.env['PATH'] = `${folder}:${path}`;
});
afterEach(async () => {
  process.env['PATH'] = path;
  for (const journal of journals) await journal.close();
});

/** Puts a program in the place of `journalctl`. */
function program(script: string): void {
  writeFileSync(join(folder, 'journalctl'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'journalctl'), 0o755);
}

function follow(from: 'start' | 'end', state?: JournalState): FollowedJournal {
  const journal = new FollowedJournal({ from, state, nextNumber: () => 7, note: (text) => notes.push(text) });
  journals.push(journal);
  return journal;
}

/** Reads until so many entries came. Time passes as fast as it is looked at. */
async function messages(journal: FollowedJournal, count: number): Promise<string[]> {
  const found: string[] = [];
  for (let look = 0; found.length < count; look++) {
    expect(look, `only ${found}`).toBeLessThan(1000);
    await new Promise((later) => setTimeout(later, 10));
    for await (const { batches } of journal.read(look * 100)) {
      for (const { text } of batches) {
        for (const line of text.trimEnd().split('\n')) found.push(readJsonEnvelope(line)!.message);
      }
    }
  }
  return found;
}

describe.runIf(existsSync(WRITER) && existsSync(READER))('the journal', () => {
  /** Adds entries to a real journal. */
  function write(place: string, numbers: readonly number[], facility = 2): void {
    const entries = numbers.map((number) => {
      const fields = [
        ...[`__REALTIME_TIMESTAMP=${1_795_000_000_000_000 + number}`, `__MONOTONIC_TIMESTAMP=${number}`],
        ...[
          '_BOOT_ID=4f8b1bfb9e8d4a3f9d1e2c3b4a5d6e7f',
          `SYSLOG_FACILITY=${facility}`,
          'SYSLOG_IDENTIFIER=postfix/smtp',
        ],
      ];
      // Bytes that are no text have their length before them.
      const text = Buffer.from(`entry ${number} \xfc`, 'latin1');
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      return Buffer.concat([
        Buffer.from(`${fields.join('\n')}\nMESSAGE\n`),
        length,
        text,
        Buffer.from('\n\n'),
      ]);
    });
    const { status, stderr } = spawnSync(WRITER, ['-o', join(place, 'system.journal'), '-'], {
      input: Buffer.concat(entries),
    });
    expect(status, String(stderr)).toBe(0);
  }

  it('gives entries of mail as they come, and goes on behind its cursor in another run', async () => {
    const place = join(folder, 'real');
    mkdirSync(place);
    program(`exec ${READER} --directory=${place} "$@"`);
    const text = (number: number) => `entry ${number} �`;
    write(place, [1, 2, 3]);
    write(place, [4], 3);
    const first = follow('start');
    expect(await messages(first, 3)).toEqual([1, 2, 3].map(text));
    write(place, [5, 6]);
    expect(await messages(first, 2)).toEqual([5, 6].map(text));
    const { state } = first;
    expect(state).toMatchObject({ cursor: expect.stringContaining('='), number: 7 });
    await first.close();
    write(place, [7, 8]);
    expect(await messages(follow('start', state), 2)).toEqual([7, 8].map(text));
    expect(notes).toEqual([]);
  });
});

it('is asked again, behind the last whole entry, when its program dies', async () => {
  const calls = join(folder, 'calls');
  const entry = (name: string) => JSON.stringify({ MESSAGE: name, __CURSOR: `c-${name}` });
  program(
    `echo "$@" >> ${calls}\n` +
      `case "$*" in\n` +
      `*after-cursor=c-b*) echo '${entry('c')}'; exec sleep 60;;\n` +
      `*) printf '%s\\n%s\\n%s' '${entry('a')}' '${entry('b')}' '{"MESSAGE":"c","__CUR'; echo trouble >&2;;\n` +
      `esac`,
  );
  const journal = follow('end');
  expect(await messages(journal, 3)).toEqual(['a', 'b', 'c']);
  expect(journal.state.cursor).toBe('c-c');
  expect(notes).toEqual(['journalctl: trouble', 'journalctl ended: starting it again in 1 s']);
  const [first, second] = readFileSync(calls, 'utf8').split('\n');
  expect(first).toMatch(/--all --follow .*--since=@\d+\.\d{3} SYSLOG_FACILITY=2$/);
  expect(second).toContain('--after-cursor=c-b');
});

it('needs its program', async () => {
  process.env['PATH'] = join(folder, 'nothing');
  await expect(messages(follow('start'), 1)).rejects.toThrow('journalctl is not installed');
});
