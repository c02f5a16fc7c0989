/** Opens files and streams, and gives their bytes decompressed. */
import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from './error.ts';

/** Large enough that the calls cost nothing, small enough to stay in the processor's cache. */
const CHUNK = 256 * 1024;
/** gunzip reports an error for a whole chunk at once, so smaller ones lose less of a damaged file. */
const GZIP_CHUNK = 16 * 1024;
/** Decompressed chunks that may wait to be read. */
const MOST_WAITING = 16;

/** Compressions by their magic bytes: endings of names lie after a rotation. */
const MAGIC: readonly {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly program: string;
}[] = [
  { name: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd], program: 'zstd -dc' },
  { name: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], program: 'xz -dc' },
  { name: 'bzip2', bytes: [0x42, 0x5a, 0x68], program: 'bzip2 -dc' },
  { name: 'zip', bytes: [0x50, 0x4b, 0x03, 0x04], program: 'unzip -p' },
];

const LONGEST_MAGIC = Math.max(...MAGIC.map(({ bytes }) => bytes.length));

/** One file or stream. */
export interface Source {
  /** As the user wrote it; `-` for standard input. */
  readonly name: string;
  /** Bytes on disk, for progress; undefined for a stream. */
  readonly size: number | undefined;
  /** No line is later than this, in milliseconds UTC. */
  readonly latest: number;
  /**
   * The bytes, decompressed. A chunk is valid until the next one is asked for.
   * @param onRead told how many bytes on disk have been read so far
   * @throws InputError after everything readable was given
   */
  chunks(onRead?: (bytes: number) => void): AsyncGenerator<Buffer>;
}

/**
 * Makes a source of each name, `-` being standard input. Nothing is read but the first bytes.
 * @throws InputError for the first name that cannot be opened
 */
export async function openSources(names: readonly string[], stdin: Readable, now: number): Promise<Source[]> {
  const sources: Source[] = [];
  for (const name of names) {
    sources.push(name === '-' ? streamSource(stdin, now) : await fileSource(name));
  }
  return sources;
}

async function fileSource(name: string): Promise<Source> {
  let stats: Stats;
  try {
    stats = await stat(name);
  } catch (error) {
    throw openError(name, error);
  }
  if (stats.isDirectory()) {
    throw new InputError(
      'directory',
      name,
      `${name} is a directory`,
      `name the files in it, such as ${name}/mail.log`,
    );
  }
  return {
    name,
    size: stats.isFile() ? stats.size : undefined,
    latest: stats.isFile() ? stats.mtimeMs : Date.now(),
    chunks: (onRead) => decompressed(name, fileChunks(name, onRead)),
  };
}

function streamSource(stdin: Readable, now: number): Source {
  return { name: '-', size: undefined, latest: now, chunks: () => decompressed('-', streamChunks(stdin)) };
}

async function* fileChunks(name: string, onRead?: (bytes: number) => void): AsyncGenerator<Buffer> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(name);
  } catch (error) {
    throw openError(name, error);
  }
  try {
    // While one chunk is being worked on, the next one is read.
    let buffer = Buffer.allocUnsafeSlow(CHUNK);
    let other = Buffer.allocUnsafeSlow(CHUNK);
    let total = 0;
    let pending = file.read(buffer, 0, CHUNK, null);
    for (;;) {
      const { bytesRead } = await pending;
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      [buffer, other] = [other, buffer];
      pending = file.read(buffer, 0, CHUNK, null);
      // The caller may stop early; an unobserved failure must not end the process.
      pending.catch(() => undefined);
      total += bytesRead;
      yield chunk;
      onRead?.(total);
    }
  } catch (error) {
    throw error instanceof InputError ? error : readError(name, error);
  } finally {
    await file.close();
  }
}

async function* streamChunks(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream)
      yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
  } catch (error) {
    throw readError('-', error);
  }
}

async function* decompressed(name: string, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const head = await firstBytes(chunks);
  if (head.length === 0) return;
  if (head[0] === 0x1f && head[1] === 0x8b) {
    yield* gunzipped(name, head, chunks);
    return;
  }
  const compression = MAGIC.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte));
  if (compression !== undefined) {
    await chunks.return(undefined);
    throw new InputError(
      'compressed',
      name,
      `${name} is compressed with ${compression.name}, which is not read yet`,
      `${compression.program} ${name} | whybounce report -`,
    );
  }
  if (isBinary(head)) {
    await chunks.return(undefined);
    throw new InputError(
      'binary',
      name,
      `${name} is not text`,
      'give a mail log, plain or compressed with gzip',
    );
  }
  try {
    yield head;
    yield* chunks;
  } finally {
    // Who stops at the first chunk has not begun with the others.
    await chunks.return(undefined);
  }
}

/** The first chunk, or as many as it takes to tell a compression: a pipe may give a byte at a time. */
async function firstBytes(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < LONGEST_MAGIC) {
    const next = await chunks.next();
    if (next.done) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

/** All members of a gzip file; what a damaged file still holds is given before the error is thrown. */
async function* gunzipped(name: string, head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK });
  const waiting: Buffer[] = [];
  let failure: Error | undefined;
  let ended = false;
  let consumed = 0;
  let wakeReader = (): void => undefined;
  let wakeWriter = (): void => undefined;
  gunzip.on('data', (chunk: Buffer) => {
    waiting.push(chunk);
    if (waiting.length >= MOST_WAITING) gunzip.pause();
    wakeReader();
  });
  gunzip.on('end', () => {
    ended = true;
    wakeReader();
  });
  gunzip.on('error', (error) => {
    failure ??= error;
    wakeReader();
    wakeWriter();
  });
  const write = async (chunk: Buffer): Promise<void> => {
    for (let p = 0; p < chunk.length && failure === undefined; p += GZIP_CHUNK) {
      const piece = Buffer.from(chunk.subarray(p, p + GZIP_CHUNK));
      await new Promise<void>((resolve) => {
        wakeWriter = resolve;
        gunzip.write(piece, () => resolve());
      });
      if (failure === undefined) consumed += piece.length;
    }
  };
  const feeding = (async () => {
    await write(Buffer.from(head));
    for await (const chunk of rest) {
      await write(chunk);
      if (failure !== undefined) return;
    }
    gunzip.end();
  })().catch((error: Error) => gunzip.destroy(error));
  try {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) {
        yield chunk;
        if (waiting.length === 0) gunzip.resume();
      } else if (failure !== undefined) {
        throw damaged(name, failure, consumed);
      } else if (ended) {
        await feeding;
        return;
      } else {
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
      }
    }
  } finally {
    // A reader that stops early leaves the writer waiting for room: it is told to stop too.
    failure ??= new Error('stopped');
    gunzip.destroy();
    wakeWriter();
    await feeding;
  }
}

function damaged(name: string, failure: Error, consumed: number): InputError {
  if (failure instanceof InputError) return failure;
  const cut = (failure as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
  const what = cut ? `ends in the middle of its gzip data` : `has damaged gzip data`;
  return new InputError(
    'damaged',
    name,
    `${name} ${what} at byte ${consumed}`,
    'everything before that was read; fetch the file again for the rest',
    { cause: failure },
  );
}

/** Text may hold a few control bytes, and NULs where a disk lost power; a tenth of the beginning is no text. */
function isBinary(head: Buffer): boolean {
  const sample = head.subarray(0, 8192);
  let controls = 0;
  for (const byte of sample) {
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b)) controls += 1;
  }
  return controls > sample.length / 10;
}

function openError(name: string, error: unknown): InputError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') {
    return new InputError('missing', name, `${name} does not exist`, 'check the path', { cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new InputError(
      'denied',
      name,
      `${name} may not be read by this user`,
      'use sudo, or join the group adm',
      {
        cause: error,
      },
    );
  }
  return readError(name, error);
}

function readError(name: string, error: unknown): InputError {
  const reason = error instanceof Error ? error.message : String(error);
  return new InputError(
    'unreadable',
    name,
    `${name} cannot be read: ${reason}`,
    'check the file and its disk',
    {
      cause: error,
    },
  );
}
