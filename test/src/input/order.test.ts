import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inOrderOfTime } from '../../../src/input/order.ts';
import { openSources } from '../../../src/input/source.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whybounce-order-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Writes files and gives their names in the order in which they would be read. */
async function orderOf(files: Record<string, string | Buffer>, extra: string[] = []): Promise<string[]> {
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), content);
    await utimes(join(folder, name), NOW / 1000, NOW / 1000);
  }
  const names = [...extra, ...Object.keys(files).map((name) => join(folder, name))];
  const sources = await inOrderOfTime(await openSources(names, { stdin: Readable.from([]), now: NOW }));
  return sources.map(({ source: { name } }) => name.slice(name.lastIndexOf('/') + 1));
}

const line = (stamp: string): string => `${stamp} mx1 postfix/smtpd[1]: connect from unknown[192.0.2.1]\n`;

test('rotated files are read from the oldest to the newest, whatever their names and compression', async () => {
  const order = await orderOf({
    'mail.log': line('Nov 23 00:00:01'),
    'mail.log.1': line('Nov 22 00:00:01'),
    'mail.log.10.gz': gzipSync(line('Nov 13 00:00:01')),
    'mail.log.2.gz': gzipSync(line('Nov 21 00:00:01')),
  });
  expect(order).toEqual(['mail.log.10.gz', 'mail.log.2.gz', 'mail.log.1', 'mail.log']);
});

test('December comes before January where the stamps have no year', async () => {
  const order = await orderOf({
    'new-year': line('Jan  2 00:00:01'),
    'old-year': line('Dec 30 00:00:01'),
  });
  expect(order).toEqual(['old-year', 'new-year']);
});

test('a stream comes last, and so do files without a stamp, in the order given', async () => {
  const order = await orderOf(
    { garbage: 'no log at all\n', dated: line('2026-11-20T10:00:00.000001+00:00'), empty: '' },
    ['-'],
  );
  expect(order).toEqual(['dated', '-', 'garbage', 'empty']);
});
