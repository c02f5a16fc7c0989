import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { expandGlobs } from '../../../src/input/globs.ts';

const folder = mkdtempSync(join(tmpdir(), 'whybounce-globs-'));
afterAll(() => rmSync(folder, { recursive: true }));

for (const name of ['mail.log', 'mail.log.1', 'mail.log.2.gz', 'mail.log-20261122', 'other', 'a[b]']) {
  writeFileSync(join(folder, name), '');
}
mkdirSync(join(folder, 'mail.log.d'));
writeFileSync(join(folder, 'mail.log.d', 'inside'), '');

const here = (...names: string[]): string[] => names.map((name) => join(folder, name));

test.each([
  ['mail.log*', ['mail.log', 'mail.log-20261122', 'mail.log.1', 'mail.log.2.gz']],
  ['mail.log.?', ['mail.log.1']],
  ['mail.log.[0-9]*', ['mail.log.1', 'mail.log.2.gz']],
  ['{mail.log,other}', ['mail.log', 'other']],
  ['*/inside', ['mail.log.d/inside']],
])('%s', (pattern, expected) => {
  expect(expandGlobs(here(pattern))).toEqual(here(...expected));
});

test('names that are no patterns stay, whether there are such files or not', () => {
  expect(expandGlobs(['-', 'nothing', ...here('mail.log.1', 'a[b]')])).toEqual([
    '-',
    'nothing',
    ...here('mail.log.1', 'a[b]'),
  ]);
});

test('a relative pattern gives relative names', () => {
  const pattern = relative(process.cwd(), join(folder, 'mail.log.?'));
  expect(expandGlobs([pattern])).toEqual([relative(process.cwd(), join(folder, 'mail.log.1'))]);
});

test('nothing that matches is an error like a missing file', () => {
  expect(() => expandGlobs(here('nothing*'))).toThrow(
    expect.objectContaining({
      name: 'InputError',
      fault: 'missing',
      message: `no file matches ${folder}/nothing*`,
    }),
  );
});
