import { spawnSync } from 'node:child_process';
import { linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { inOrderOfTime } from '../../../src/input/order.ts';
import { withoutRepeats } from '../../../src/input/repeats.ts';
import { openSources } from '../../../src/input/source.ts';
import fc from '../../property.ts';

const folder = mkdtempSync(join(tmpdir(), 'whybounce-repeats-'));
afterAll(() => rmSync(folder, { recursive: true }));

const line = (second: number): string =>
  `2026-11-23T10:00:${String(second % 60).padStart(2, '0')}.${String(second).padStart(6, '0')}+00:00 mx1 postfix/qmgr[1]: A: removed\n`;
const LOG = Array.from({ length: 20_000 }, (_, i) => line(i)).join('');

/** What is read of files with these contents, and what is left out. */
async function distinct(contents: Record<string, string | Buffer>, names = Object.keys(contents)) {
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
  const paths = names.map((name) => join(folder, name));
  const sources = await openSources(paths, { stdin: Readable.from([]), now: Date.UTC(2026, 10, 24) });
  const { parts, repeats } = await withoutRepeats(await inOrderOfTime(sources));
  return {
    parts: parts.map(({ source, begin }) => [basename(source.name), begin]),
    repeats: repeats.map(({ source, of }) => [basename(source.name), basename(of.name)]),
    failures: repeats.map(({ failure }) => failure?.message.replace(`${folder}/`, '')),
  };
}

test('the same content in other names and packings is read once', async () => {
  const contents: Record<string, string | Buffer> = {
    'mail.log.1': LOG,
    'mail.log.1.gz': gzipSync(LOG),
    copy: LOG,
    'mail.log': line(50_000),
  };
  const bzip2 = spawnSync('bzip2', ['-c'], { input: LOG });
  if (bzip2.error === undefined) contents['packed'] = bzip2.stdout;
  const { parts, repeats } = await distinct(contents);
  expect(parts).toEqual([
    ['mail.log.1', 0],
    ['mail.log', 0],
  ]);
  expect(repeats).toEqual(
    ['mail.log.1.gz', 'copy', 'packed']
      .filter((name) => name in contents)
      .map((name) => [name, 'mail.log.1']),
  );
});

test('a file under two names is not even read', async () => {
  writeFileSync(join(folder, 'original'), LOG);
  linkSync(join(folder, 'original'), join(folder, 'link'));
  const { parts, repeats } = await distinct({}, ['original', 'link', 'original']);
  expect(parts).toEqual([['original', 0]]);
  expect(repeats).toEqual([
    ['link', 'original'],
    ['original', 'original'],
  ]);
});

test('a copy that was made earlier is a part of the whole, in whatever order they come', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 200, max: LOG.length }),
      fc.boolean(),
      fc.boolean(),
      async (length, packed, first) => {
        const part = LOG.slice(0, length);
        const contents = { early: packed ? gzipSync(part) : part, whole: LOG };
        const names = first ? ['early', 'whole'] : ['whole', 'early'];
        const { parts, repeats } = await distinct(contents, names);
        // Equal ones: the first is read.
        const read = length === LOG.length ? names[0]! : 'whole';
        expect(parts).toEqual([[read, 0]]);
        expect(repeats).toEqual([[read === 'early' ? 'whole' : 'early', read]]);
      },
    ),
    { numRuns: 20 },
  ));

test('a truncated archive beside the whole is left out, and its damage is told', async () => {
  const packed = gzipSync(LOG);
  const { parts, repeats, failures } = await distinct({
    damaged: packed.subarray(0, packed.length - 100),
    whole: LOG,
  });
  expect(parts).toEqual([['whole', 0]]);
  expect(repeats).toEqual([['damaged', 'whole']]);
  expect(failures).toEqual([`damaged ends in the middle of its gzip data at byte ${packed.length - 100}`]);
});

test('lines at the beginning that two files share are read once', async () => {
  const shared = line(1) + line(2);
  const { parts, repeats } = await distinct({
    left: shared + line(3).repeat(5000),
    right: `${shared}${line(3).slice(0, 40)}garbage\n${line(9)}`,
  });
  expect(parts).toEqual([
    ['left', 0],
    ['right', shared.length],
  ]);
  expect(repeats).toEqual([]);
});

test('documents that only begin alike are read whole', async () => {
  const entry = (text: string) => JSON.stringify({ MESSAGE: text, __REALTIME_TIMESTAMP: '1795392000000000' });
  const { parts } = await distinct({
    left: `[\n${entry('a')},\n${entry('b')}\n]\n`,
    right: `[\n${entry('a')},\n${entry('c')}\n]\n`,
  });
  expect(parts).toEqual([
    ['left', 0],
    ['right', 0],
  ]);
});

test('empty files and different ones stay as they are', async () => {
  const { parts, repeats } = await distinct({ a: '', b: '', c: line(1), d: line(2) });
  expect(parts.map(([name]) => name)).toEqual(['c', 'd', 'a', 'b']);
  expect(repeats).toEqual([]);
});

test('an interruption ends the comparing', async () => {
  writeFileSync(join(folder, 'one'), LOG);
  writeFileSync(join(folder, 'two'), LOG);
  const paths = ['one', 'two'].map((name) => join(folder, name));
  const sources = await openSources(paths, { stdin: Readable.from([]), now: Date.UTC(2026, 10, 24) });
  const { repeats } = await withoutRepeats(await inOrderOfTime(sources), AbortSignal.abort());
  expect(repeats).toEqual([]);
});
