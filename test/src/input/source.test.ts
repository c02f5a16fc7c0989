import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { BatchReader } from '../../../src/input/batches.ts';
import { InputError } from '../../../src/input/error.ts';
import { openSources } from '../../../src/input/source.ts';

const NOW = Date.UTC(2026, 10, 24);
const folder = mkdtempSync(join(tmpdir(), 'whybounce-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Lines that compress badly, so that a cut is in the middle of them. */
const LINES = Array.from({ length: 20_000 }, (_, i) => `${i} ${Math.imul(i + 1, 0x9e3779b1) >>> 0} mail`);
const TEXT = `${LINES.join('\n')}\n`;

let files = 0;
function file(content: string | Uint8Array): string {
  const name = join(folder, `mail.${files++}`);
  writeFileSync(name, content);
  return name;
}

/** What a source gives, and the error that ended it. */
async function readAll(name: string, stdin: Readable = Readable.from([])) {
  const parts: Buffer[] = [];
  let error: InputError | undefined;
  let onDisk = 0;
  const [source] = await openSources([name], { stdin, now: NOW });
  try {
    for await (const chunk of source!.chunks((bytes) => {
      onDisk = bytes;
    })) {
      parts.push(Buffer.from(chunk));
    }
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(InputError);
    error = thrown as InputError;
  }
  const { size, latest } = source!;
  return { text: Buffer.concat(parts).toString(), error, size, latest, onDisk };
}

describe('a file', () => {
  test('plain', async () => {
    const name = file(TEXT);
    utimesSync(name, 1_000_000, 1_000_000);
    const { text, error, size, latest, onDisk } = await readAll(name);
    expect(text).toBe(TEXT);
    expect(error).toBeUndefined();
    expect({ size, onDisk, latest }).toEqual({
      size: TEXT.length,
      onDisk: TEXT.length,
      latest: 1_000_000_000,
    });
  });

  test.each([
    ['empty', ''],
    ['one byte', 'x'],
    ['no line end', 'a\nb'],
    ['a byte order mark', '\ufeffa\n'],
    ['NUL bytes where a disk lost power', `${'line of a log\n'.repeat(20)}${'\0'.repeat(20)}\nb\n`],
  ])('%s', async (_, content) => {
    expect(await readAll(file(content))).toMatchObject({ text: content, error: undefined });
  });
});

describe('what cannot be read', () => {
  const refusal = async (name: string): Promise<InputError> => {
    try {
      const { error } = await readAll(name);
      return error!;
    } catch (error) {
      return error as InputError;
    }
  };

  test('a file that does not exist', async () => {
    const name = join(folder, 'nothing');
    const error = await refusal(name);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ fault: 'missing', file: name, message: `${name} does not exist` });
  });

  test('a path through a file', async () => {
    expect(await refusal(join(file('x'), 'mail.log'))).toMatchObject({ name: 'InputError' });
  });

  test('a directory', async () => {
    const name = join(folder, 'logs');
    mkdirSync(name);
    expect(await refusal(name)).toMatchObject({
      fault: 'directory',
      hint: `name the files in it, such as ${name}/mail.log`,
    });
  });

  test.skipIf(process.getuid?.() === 0)('a file that this user may not read', async () => {
    const name = file('x');
    chmodSync(name, 0);
    expect(await refusal(name)).toMatchObject({ fault: 'denied', file: name });
  });

  test('a binary file', async () => {
    expect(await refusal(file(Uint8Array.from({ length: 4096 }, (_, i) => i % 8)))).toMatchObject({
      fault: 'binary',
    });
  });
});

describe('standard input', () => {
  test('plain, in chunks', async () => {
    const { text, size, latest } = await readAll(
      '-',
      Readable.from([Buffer.from('a\nb'), Buffer.from('c\n')]),
    );
    expect({ text, size, latest }).toEqual({ text: 'a\nbc\n', size: undefined, latest: NOW });
  });

  test('compressed with gzip, in chunks of one byte', async () => {
    const packed = gzipSync('a\nb\n');
    expect(await readAll('-', Readable.from([...packed].map((byte) => Buffer.from([byte]))))).toMatchObject({
      text: 'a\nb\n',
      error: undefined,
    });
  });

  test('that breaks', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('the pipe burst'));
      },
    });
    expect((await readAll('-', broken)).error).toMatchObject({
      fault: 'unreadable',
      message: '- cannot be read: the pipe burst',
    });
  });

  test('a named pipe', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [read] = await Promise.all([
      readAll(pipe),
      new Promise<void>((done) => {
        setTimeout(() => {
          writeFileSync(pipe, 'a\nb\n');
          done();
        }, 50);
      }),
    ]);
    expect(read).toMatchObject({ text: 'a\nb\n', size: undefined });
  });
});

test('a reader that stops early leaves nothing open', async () => {
  for (const name of [file(TEXT.repeat(10)), file(gzipSync(TEXT.repeat(10)))]) {
    const [source] = await openSources([name], { stdin: Readable.from([]), now: NOW });
    for await (const chunk of source!.chunks()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  }
});

test('a long stream is read in little memory', async () => {
  const block = Buffer.from(`${'Nov 23 10:00:00 mx1 postfix/qmgr[1]: 4FDE2A1B: removed\n'.repeat(1000)}`);
  async function* blocks() {
    for (let bytes = 0; bytes < 50_000_000; bytes += block.length) yield block;
  }
  const [source] = await openSources(['-'], { stdin: Readable.from(blocks()), now: NOW });
  const reader = new BatchReader();
  let lines = 0;
  let most = 0;
  const before = process.memoryUsage().heapUsed;
  for await (const chunk of source!.chunks()) {
    for (const batch of reader.push(chunk)) lines += batch.text.length / 55;
    most = Math.max(most, process.memoryUsage().heapUsed - before);
  }
  expect(Math.round(lines)).toBeGreaterThan(900_000);
  expect(most).toBeLessThan(60_000_000);
});
