import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { constants, gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { InputError } from '../../../src/input/error.ts';
import { openSources } from '../../../src/input/source.ts';
import fc from '../../property.ts';

const folder = mkdtempSync(join(tmpdir(), 'whybounce-archives-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Lines that compress badly, so that a cut is in the middle of them. */
const LINES = Array.from({ length: 40_000 }, (_, i) => `${i} ${Math.imul(i + 1, 0x9e3779b1) >>> 0} mail`);
const TEXT = Buffer.from(`${LINES.join('\n')}\n`);

const PATH = process.env['PATH'];

/** Packs with a program of the system; undefined where there is none. */
const pack = (program: string) => {
  const run = (input: Buffer): Buffer =>
    spawnSync(program, ['-c'], { input, maxBuffer: 1 << 28, env: { PATH } }).stdout;
  return spawnSync(program, ['--version'], { input: '' }).error === undefined ? run : undefined;
};

interface Format {
  readonly name: string;
  readonly pack: ((text: Buffer) => Buffer) | undefined;
  /** Where programs are to be found: nowhere, where the libraries are to be tested. */
  readonly path: string | undefined;
  /** Bytes of text that may be lost before a damage: a block, or what a library keeps back. */
  readonly block: number;
  /** Damage in the middle may go unnoticed: checksums are not looked at. */
  readonly unchecked?: boolean;
}

const FORMATS: readonly Format[] = [
  { name: 'gzip', pack: (text) => gzipSync(text), path: PATH, block: 70_000 },
  { name: 'zstd', pack: pack('zstd'), path: PATH, block: 300_000 },
  { name: 'xz', pack: pack('xz'), path: PATH, block: 70_000 },
  { name: 'bzip2', pack: pack('bzip2'), path: PATH, block: 910_000 },
  { name: 'zstd', pack: pack('zstd'), path: '', block: 300_000, unchecked: true },
];

let files = 0;
function file(content: Uint8Array): string {
  const name = join(folder, `mail.${files++}`);
  writeFileSync(name, content);
  return name;
}

/** What a file gives, and the error that ended it. */
async function readAll(name: string, stdin: Readable = Readable.from([])) {
  const parts: Buffer[] = [];
  let error: InputError | undefined;
  const [source] = await openSources([name], { stdin, now: 0 });
  try {
    for await (const chunk of source!.chunks()) parts.push(Buffer.from(chunk));
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(InputError);
    error = thrown as InputError;
  }
  return { text: Buffer.concat(parts), error };
}

/** For how long a text is what was packed. */
function commonLength(text: Buffer): number {
  let length = 0;
  while (length < text.length && text[length] === TEXT[length]) length += 1;
  return length;
}

describe.each(FORMATS)('$name, programs in "$path"', (format) => {
  const { name: kind, path, block } = format;
  const possible = format.pack !== undefined;
  const packed = format.pack?.(TEXT) ?? Buffer.alloc(0);
  const using = <T>(work: () => Promise<T>): Promise<T> => {
    vi.stubEnv('PATH', path);
    return work();
  };

  test.runIf(possible)('is read, whatever its name', () =>
    using(async () => {
      const { text, error } = await readAll(file(packed));
      expect(error).toBeUndefined();
      expect(text.equals(TEXT)).toBe(true);
    }),
  );

  test.runIf(possible)('is read from a pipe that gives a byte at a time, then much', () =>
    using(async () => {
      const stdin = Readable.from([...packed.subarray(0, 70)].map((byte) => Buffer.of(byte)));
      const rest = Readable.from([packed.subarray(70)]);
      async function* both() {
        yield* stdin;
        yield* rest;
      }
      const { text, error } = await readAll('-', Readable.from(both()));
      expect(error).toBeUndefined();
      expect(text.equals(TEXT)).toBe(true);
    }),
  );

  test.runIf(possible)('of several members, empty ones among them', () =>
    using(async () => {
      const members = ['a\n', '', TEXT, 'b\n'].map((part) => format.pack!(Buffer.from(part)));
      const { text, error } = await readAll(file(Buffer.concat(members)));
      expect(error).toBeUndefined();
      expect(text.equals(Buffer.concat([Buffer.from('a\n'), TEXT, Buffer.from('b\n')]))).toBe(true);
    }),
  );

  test.runIf(possible)('of nothing', () =>
    using(async () => {
      const { text, error } = await readAll(file(format.pack!(Buffer.alloc(0))));
      expect([text.length, error]).toEqual([0, undefined]);
    }),
  );

  test.runIf(possible)('cut short anywhere gives what is before the cut, and says where it is', () =>
    using(() =>
      fc.assert(
        fc.asyncProperty(fc.integer({ min: 7, max: packed.length - 1 }), async (length) => {
          const name = file(packed.subarray(0, length));
          const { text, error } = await readAll(name);
          expect(commonLength(text)).toBe(text.length);
          // What comes of the packed bytes in proportion, without the last block.
          expect(text.length).toBeGreaterThan((length / packed.length) * TEXT.length - block);
          expect(error).toMatchObject({ fault: 'damaged', file: name });
          expect(error!.message).toBe(`${name} ends in the middle of its ${kind} data at byte ${length}`);
        }),
        { numRuns: 15 },
      ),
    ),
  );

  test.runIf(possible)('with a wrong byte in it gives all before that, and one error', () =>
    using(() =>
      fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 30, max: packed.length - 30 }),
          fc.integer({ min: 1, max: 255 }),
          async (at, flip) => {
            const broken = Buffer.from(packed);
            broken[at]! ^= flip;
            const name = file(broken);
            const { text, error } = await readAll(name);
            expect(commonLength(text)).toBeGreaterThan((at / packed.length) * TEXT.length - block);
            if (error === undefined && format.unchecked) return;
            // Near the beginning, what comes out may be no text at all.
            if (error?.fault !== 'binary') {
              expect(error).toMatchObject({ fault: 'damaged', file: name });
              const byte = Number(/ byte (\d+)/.exec(error!.message)?.[1]);
              // What a changed byte stands for is not known to be wrong before that byte is reached.
              expect(byte).toBeGreaterThan(at);
              expect(byte).toBeLessThanOrEqual(packed.length);
              // It may also look as if more should follow.
              expect(error!.message).toMatch(
                / before byte \d+, so that some of its text may be wrong$| in the middle of its \w+ data /,
              );
            }
          },
        ),
        { numRuns: 15 },
      ),
    ),
  );

  test.runIf(possible)('with garbage behind it loses nothing', () =>
    using(async () => {
      const name = file(Buffer.concat([packed, Buffer.from('garbage behind the last member')]));
      const { text, error } = await readAll(name);
      expect(commonLength(text)).toBeGreaterThanOrEqual(path === '' ? TEXT.length - block : TEXT.length);
      expect(error).toMatchObject({ fault: 'damaged', file: name });
    }),
  );

  test.runIf(possible)('within itself is refused in one line', () =>
    using(async () => {
      const name = file(format.pack!(packed));
      const { text, error } = await readAll(name);
      expect(text.length).toBe(0);
      expect(error?.message).toBe(`${name} is packed twice: ${kind} within ${kind}`);
    }),
  );

  test.runIf(possible)('of something that is no text is refused', () =>
    using(async () => {
      const bytes = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256));
      expect((await readAll(file(format.pack!(bytes)))).error).toMatchObject({ fault: 'binary' });
    }),
  );

  test.runIf(possible)('that unpacks to very much takes little memory', () =>
    using(async () => {
      const line = Buffer.from(`${'x'.repeat(9999)}
`);
      const bomb = format.pack!(Buffer.alloc(100_000_000, line));
      const name = file(bomb);
      const [source] = await openSources([name], { stdin: Readable.from([]), now: 0 });
      let most = 0;
      let length = 0;
      const before = process.memoryUsage.rss();
      for await (const chunk of source!.chunks()) {
        length += chunk.length;
        most = Math.max(most, process.memoryUsage.rss() - before);
      }
      expect(length).toBe(100_000_000);
      expect(most).toBeLessThan(80_000_000);
    }),
  );

  test.runIf(possible)('that is left after its first chunk leaves nothing behind', () =>
    using(async () => {
      const [source] = await openSources([file(packed)], { stdin: Readable.from([]), now: 0 });
      for await (const chunk of source!.chunks()) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    }),
  );
});

test('a gzip file with something behind it names the very byte', async () => {
  const packed = gzipSync(TEXT);
  const name = file(Buffer.concat([packed, Buffer.from('garbage')]));
  const { text, error } = await readAll(name);
  expect(text.equals(TEXT)).toBe(true);
  // The magic of a member has two bytes.
  expect(error?.message).toBe(`${name} has something else behind its gzip data at byte ${packed.length + 1}`);
});

test('a gzip file with a bit that has changed says that what was read may be wrong', async () => {
  const packed = gzipSync(TEXT);
  packed[packed.length >> 1]! ^= 4;
  const name = file(packed);
  const { text, error } = await readAll(name);
  // Much of it is found to be wrong by nothing but the checksum at the end.
  expect(commonLength(text)).toBeLessThan(text.length);
  expect(error?.message).toMatch(
    /^\S+ has damaged gzip data at or before byte \d+, so that some of its text may be wrong$/,
  );
  expect(error?.hint).toBe(
    `the ${text.length} bytes of text that came out of it were read; fetch the file again and read that instead`,
  );
});

test('a gzip file that is still being written is read as far as it goes', async () => {
  const flushed = gzipSync(TEXT, { finishFlush: constants.Z_SYNC_FLUSH });
  const { text, error } = await readAll(file(flushed));
  expect(text.equals(TEXT)).toBe(true);
  expect(error?.message).toMatch(/ends in the middle of its gzip data/);
});

test.each([
  ['bzip2', Buffer.from('BZh91AY&SY')],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04])],
])('%s without its program is one line that says what to install', async (program, content) => {
  vi.stubEnv('PATH', '');
  const name = file(content);
  const { error } = await readAll(name);
  expect(error?.message).toBe(`${name} is compressed with ${program}, and that program is not installed`);
  expect(error?.hint).toContain(program === 'xz' ? 'apt install xz-utils' : 'apt install bzip2');
});

test.each([
  ['zip', [0x50, 0x4b, 0x03, 0x04], 'is a zip archive', 'unzip -p'],
  ['lz4', [0x04, 0x22, 0x4d, 0x18], 'is compressed with lz4', 'lz4 -dc'],
  [
    'a binary journal',
    [...Buffer.from('LPKSHHRH')],
    'is a journal file of systemd',
    'journalctl -o json --file',
  ],
])('%s is refused with advice', async (_, magic, message, hint) => {
  const name = file(Buffer.concat([Buffer.from(magic), Buffer.alloc(100, 'x')]));
  const { error } = await readAll(name);
  expect(error?.message).toBe(`${name} ${message}`);
  expect(error?.hint).toContain(`${hint} ${name}`);
});

test('a tar archive is refused with advice, packed or not', async () => {
  const tar = Buffer.concat([Buffer.alloc(257, 'mail.log'), Buffer.from('ustar  '), Buffer.alloc(2000, 'x')]);
  for (const content of [tar, gzipSync(tar)]) {
    const name = file(content);
    const { error } = await readAll(name);
    expect(error?.message).toBe(`${name} is a tar archive`);
    expect(error?.hint).toBe(`tar -xOf ${name} | whybounce report -`);
  }
});

test('a stream can be read again where it was opened for that', async () => {
  const packed = gzipSync(TEXT);
  for (const content of [TEXT, packed]) {
    const [source] = await openSources(['-'], {
      stdin: Readable.from([content.subarray(0, 1000), content.subarray(1000)]),
      now: 0,
      repeatedly: true,
    });
    for (let reading = 0; reading < 3; reading++) {
      const parts: Buffer[] = [];
      for await (const chunk of source!.chunks()) parts.push(Buffer.from(chunk));
      expect(Buffer.concat(parts).equals(TEXT)).toBe(true);
    }
  }
});

test('a stream that cannot be kept is one line that says what to do', async () => {
  vi.stubEnv('TMPDIR', join(folder, 'nothing'));
  const [source] = await openSources(['-'], { stdin: Readable.from(['a\n']), now: 0, repeatedly: true });
  await expect(source!.chunks().next()).rejects.toMatchObject({
    fault: 'unreadable',
    message: expect.stringMatching(/^standard input is read twice, and cannot be kept in .*nothing: ENOENT/),
  });
});
