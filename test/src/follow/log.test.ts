import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Follower, type FollowerOptions } from '../../../src/follow/follower.ts';

const folder = mkdtempSync(join(tmpdir(), 'whybounce-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
let places = 0;
const open = new Set<Follower>();
afterEach(async () => {
  for (const follower of open) await follower.close();
});

/** A follower in a folder of its own, and what it gives. */
function following(options: Partial<FollowerOptions> & { names?: string[] } = {}) {
  const place = join(folder, String(places++));
  mkdirSync(place);
  const notes: string[] = [];
  let numbered = 0;
  const start = (state?: FollowerOptions['state']) => {
    const names = (options.names ?? ['mail.log']).map((name) => join(place, name));
    const follower = new Follower(names, {
      ...{ from: 'start', nextNumber: () => numbered++, note: (text) => notes.push(text), rescanAfter: 0 },
      ...options,
      state,
    });
    open.add(follower);
    return follower;
  };
  let follower = start();
  let now = 0;
  return {
    path: (name: string) => join(place, name),
    notes,
    async lines(later = 1): Promise<string[]> {
      now += later;
      const lines: string[] = [];
      for await (const { batches, past } of follower.read(now)) {
        for (const { text, overlong } of batches) {
          if (overlong > 0) lines.push('overlong');
          if (text !== '')
            lines.push(
              ...text
                .replace(/\n$/, '')
                .split('\n')
                .map((line) => (past ? `(${line})` : line)),
            );
        }
      }
      return lines;
    },
    async restart(): Promise<void> {
      const state = structuredClone(follower.state);
      await follower.close();
      follower = start(state);
    },
  };
}

describe('a log', () => {
  it('that lies there tells of the past, up to its last whole line, where only news is wanted', async () => {
    const { path, lines } = following({ from: 'end' });
    writeFileSync(path('mail.log'), 'one\ntwo\nthr');
    expect(await lines()).toEqual(['(one)', '(two)']);
    appendFileSync(path('mail.log'), 'ee\nfour\n');
    expect(await lines()).toEqual(['three', 'four']);
  });

  it('that comes later is read whole, and waited for with one note', async () => {
    const { path, lines, notes } = following({ from: 'end' });
    expect(await lines()).toEqual([]);
    expect(await lines()).toEqual([]);
    expect(notes).toEqual([`${path('mail.log')} does not exist yet: waiting for it`]);
    writeFileSync(path('mail.log'), 'one\n');
    expect(await lines()).toEqual(['one']);
  });

  it('has archives, which are read only where a pattern names them and all is wanted', async () => {
    const files = (path: (name: string) => string) => {
      writeFileSync(path('mail.log.2.gz'), gzipSync('one\n'));
      writeFileSync(path('mail.log.1'), 'two\n');
      writeFileSync(path('mail.log'), 'three\n');
      writeFileSync(path('mail.log.swp'), 'not a log\n');
    };
    const named = following();
    files(named.path);
    expect(await named.lines()).toEqual(['three']);
    const all = following({ names: ['mail.log*'] });
    files(all.path);
    rmSync(all.path('mail.log.swp'));
    expect(await all.lines()).toEqual(['one', 'two', 'three']);
    appendFileSync(all.path('mail.log.1'), 'late\n');
    appendFileSync(all.path('mail.log'), 'four\n');
    expect(await all.lines()).toEqual(['late', 'four']);
    const news = following({ names: ['mail.log*'], from: 'end' });
    files(news.path);
    expect(await news.lines()).toEqual(['(three)', '(not a log)']);
  });

  it('that is packed is read once', async () => {
    const { path, lines, restart } = following({ names: ['old.log.gz'] });
    writeFileSync(path('old.log.gz'), gzipSync('one\ntwo'));
    expect(await lines()).toEqual(['one', 'two']);
    expect(await lines()).toEqual([]);
    await restart();
    expect(await lines()).toEqual([]);
  });

  it('takes in new files of a pattern', async () => {
    const { path, lines } = following({ names: ['*.log'], from: 'end' });
    writeFileSync(path('a.log'), 'a1\n');
    expect(await lines()).toEqual(['(a1)']);
    writeFileSync(path('b.log'), 'b1\n');
    expect(await lines()).toEqual(['b1']);
    renameSync(path('a.log'), path('a.log.1'));
    expect(await lines()).toEqual([]);
  });

  it('has a last line without an end: given once its file is out of use for long', async () => {
    const { path, lines } = following();
    writeFileSync(path('mail.log'), 'one\ntwo');
    expect(await lines()).toEqual(['one']);
    renameSync(path('mail.log'), path('mail.log.1'));
    writeFileSync(path('mail.log'), 'three\n');
    expect(await lines()).toEqual(['three']);
    expect(await lines(5 * 60_000)).toEqual([]);
    expect(await lines(6 * 60_000)).toEqual(['two']);
    expect(await lines()).toEqual([]);
  });

  it('has a line without an end in the copy that copytruncate made: given at once, since nobody writes there', async () => {
    const { path, lines } = following();
    writeFileSync(path('mail.log'), 'one\n');
    expect(await lines()).toEqual(['one']);
    writeFileSync(path('mail.log.1'), 'one\ntwo\nthr');
    truncateSync(path('mail.log'));
    appendFileSync(path('mail.log'), 'ee\n');
    expect(await lines()).toEqual(['two', 'thr', 'ee']);
  });

  it('may hold lines that are too long: counted, whenever they are read', async () => {
    const { path, lines, restart } = following();
    writeFileSync(path('mail.log'), `one\n${'x'.repeat(3 * 1024 * 1024)}`);
    expect(await lines()).toEqual(['one']);
    await restart();
    appendFileSync(path('mail.log'), 'x\ntwo\n');
    expect(await lines()).toEqual(['overlong', 'two']);
  });

  it('that was cut to a part while nobody looked is gone on with behind it', async () => {
    const { path, lines, restart } = following();
    const many = Array.from({ length: 20_000 }, (_, i) => `line ${i}`);
    writeFileSync(path('mail.log'), `${many.join('\n')}\n`);
    expect(await lines()).toEqual(many);
    await restart();
    truncateSync(path('mail.log'), `${many.slice(0, 19_900).join('\n')}\n`.length);
    appendFileSync(path('mail.log'), `${'new\n'.repeat(500)}`);
    expect(await lines()).toEqual(Array(500).fill('new'));
  });

  it('that is gone since the last run is missed with a note, and an old one of its name is no news', async () => {
    const { path, lines, notes, restart } = following();
    writeFileSync(path('mail.log'), 'Nov 23 20:29:57 mx1 postfix/smtpd[1]: one\n');
    expect(await lines()).toHaveLength(1);
    await restart();
    writeFileSync(path('mail.log.7.gz'), gzipSync('Nov 20 20:29:57 mx1 postfix/smtpd[1]: old\n'));
    writeFileSync(path('mail.log'), 'Nov 24 20:29:57 mx1 postfix/smtpd[1]: two\n');
    expect(await lines()).toEqual(['Nov 24 20:29:57 mx1 postfix/smtpd[1]: two']);
    expect(notes).toEqual([expect.stringContaining('was replaced since the last run')]);
  });

  it('of another zone of names is found again: dates instead of numbers', async () => {
    const { path, lines, restart } = following();
    writeFileSync(path('mail.log'), 'one\n');
    expect(await lines()).toEqual(['one']);
    await restart();
    appendFileSync(path('mail.log'), 'two\n');
    writeFileSync(path('mail.log-20261123.gz'), gzipSync('one\ntwo\n'));
    writeFileSync(path('mail-20261124.log'), 'three\n');
    writeFileSync(path('mail.log'), 'four\n');
    expect(await lines()).toEqual(['two', 'three', 'four']);
  });
});
