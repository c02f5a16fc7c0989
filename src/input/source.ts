/** Opens files and streams, and gives their text. */
import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { unpacked } from './compression.ts';
import { InputError, readError } from './error.ts';
import { Spool } from './spool.ts';

/** Large enough that the calls cost nothing, small enough to stay in the processor's cache. */
const CHUNK = 256 * 1024;

/** One file or stream. */
export interface Source {
  /** As the user wrote it; `-` for standard input. */
  readonly name: string;
  /** Bytes on disk, for progress; undefined for a stream, which can be read once only unless it was opened otherwise. */
  readonly size: number | undefined;
  /** The same for all names of one file; undefined for a stream. */
  readonly identity: string | undefined;
  /** No line is later than this, in milliseconds UTC. */
  readonly latest: number;
  /**
   * The text, unpacked. A chunk is valid until the next one is asked for.
   * @param onRead told how many bytes on disk have been read so far
   * @throws InputError after everything readable was given
   */
  chunks(onRead?: (bytes: number) => void): AsyncGenerator<Buffer>;
}

/** How sources are opened. */
export interface OpenOptions {
  readonly stdin: Readable;
  /** The time for streams, in milliseconds UTC: none of their lines is later. */
  readonly now: number;
  /** They are read more than once: what comes out of a stream is kept in a temporary file. */
  readonly repeatedly?: boolean;
  /** Ends the waiting for more of a named pipe: what came so far is all of it. */
  readonly stop?: AbortSignal;
}

/**
 * Makes a source of each name, `-` being standard input. Nothing is read yet.
 * @throws InputError where the only name cannot be opened
 */
export async function openSources(names: readonly string[], options: OpenOptions): Promise<Source[]> {
  const sources: Source[] = [];
  for (const name of names) {
    if (name === '-') sources.push(streamSource('-', () => streamChunks(options.stdin), options));
    else if (names.length === 1) sources.push(await fileSource(name, options));
    else sources.push(await fileSource(name, options).catch((error: unknown) => unreadable(name, error)));
  }
  return sources;
}

/** What cannot be opened among others: it is told when it is its turn, and they are read all the same. */
function unreadable(name: string, error: unknown): Source {
  if (!(error instanceof InputError)) throw error;
  return {
    ...{ name, size: 0, identity: undefined, latest: 0 },
    // biome-ignore lint/correctness/useYield: there is nothing to give
    async *chunks() {
      throw error;
    },
  };
}

async function fileSource(name: string, options: OpenOptions): Promise<Source> {
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
  if (!stats.isFile()) return streamSource(name, () => pipeChunks(name, options.stop), options);
  return {
    name,
    size: stats.size,
    identity: `${stats.dev}:${stats.ino}`,
    latest: stats.mtimeMs,
    chunks: (onRead) =>
      unpacked({ name, chunks: fileChunks(name, onRead), again: () => fileChunks(name, onRead) }),
  };
}

function streamSource(
  name: string,
  read: () => AsyncGenerator<Buffer>,
  { now, repeatedly }: OpenOptions,
): Source {
  const spool = repeatedly ? new Spool(name, read) : undefined;
  return {
    name,
    size: undefined,
    identity: undefined,
    latest: now,
    chunks: () => unpacked({ name, chunks: spool?.chunks() ?? read() }),
  };
}

/** The bytes of a file, in chunks of which each is valid until the next one is asked for. */
export async function* fileChunks(name: string, onRead?: (bytes: number) => void): AsyncGenerator<Buffer> {
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

/** The bytes of a named pipe, of which nobody knows when more of them come. */
async function* pipeChunks(name: string, stop: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  try {
    const file = await unlessStopped(open(name), stop);
    for (;;) {
      // Who stops leaves a call to the system that waits: the file stays open until the program ends.
      const read = await unlessStopped(file?.read(buffer, 0, CHUNK, null), stop);
      if (read === undefined) return;
      if (read.bytesRead === 0) return await file?.close();
      yield buffer.subarray(0, read.bytesRead);
    }
  } catch (error) {
    throw readError(name, error);
  }
}

/** What is waited for; undefined where it is stopped before. */
function unlessStopped<T>(
  waited: Promise<T> | undefined,
  stop: AbortSignal | undefined,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const end = (): void => resolve(undefined);
    if (waited === undefined || stop?.aborted) return end();
    stop?.addEventListener('abort', end);
    waited.then(resolve, reject).finally(() => stop?.removeEventListener('abort', end));
  });
}

async function* streamChunks(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream)
      yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
  } catch (error) {
    throw readError('-', error);
  }
}

/** Why a file cannot be opened. */
export function openError(name: string, error: unknown): InputError {
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
