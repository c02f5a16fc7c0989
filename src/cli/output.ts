/** Writing results. */
import { createWriteStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { escapeForTerminal } from '../sink/escape.ts';
import type { Context } from './command.ts';
import { UsageError } from './errors.ts';

/** Text is collected up to this many characters, since every write is a call to the system. */
const CHUNK = 64 * 1024;

/** Who is to end waits so long for somebody who has the output open, but does not read it; in milliseconds. */
export const LAST_WAIT = 1000;

let ending: AbortSignal | undefined;

/** From when `stop` fires, readers that do not read are not waited for any longer. */
export function stopWaitingOn(stop: AbortSignal): void {
  ending = stop;
}

/** Writes and waits until there is room for more. Returns at once where the reader has gone. */
export async function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (!stream.writable || stream.write(text)) return;
  await new Promise<void>((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      ending?.removeEventListener('abort', giveUp);
      clearTimeout(timer);
      resolve();
    };
    const giveUp = (): void => {
      timer = setTimeout(done, LAST_WAIT);
    };
    // A reader that goes while we wait closes the stream without draining it.
    stream.on('drain', done).on('close', done);
    if (ending?.aborted) giveUp();
    else ending?.addEventListener('abort', giveUp);
  });
}

/** Collects many small pieces into few large writes. */
export class BufferedOutput {
  readonly #stream: NodeJS.WritableStream;
  #pieces: string[] = [];
  #length = 0;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  /** Takes a piece without writing it: for callers that cannot wait. They must call `flush` often. */
  add(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** Takes a piece; writes and waits once enough have come together. */
  async write(piece: string): Promise<void> {
    this.add(piece);
    if (this.#length >= CHUNK) await this.flush();
  }

  /** Writes what was collected. */
  async flush(): Promise<void> {
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    if (text !== '') await write(this.#stream, text);
  }
}

/** Writes to a file as the texts come, what is too much to be held. */
export async function intoFile(
  path: string,
  work: (stream: NodeJS.WritableStream) => Promise<void>,
): Promise<void> {
  const stream = createWriteStream(path);
  // Whoever waits for room is told by the closing; what went wrong is told at the end.
  const closed = finished(stream).catch((error: unknown) => outputError(path, error));
  try {
    await work(stream);
  } finally {
    stream.end();
  }
  const failure = await closed;
  if (failure !== undefined) throw failure;
}

/** Writes a whole file. */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw outputError(path, error);
  }
}

/** Why a file could not be written. */
export function outputError(path: string, error: unknown): UsageError {
  const [why, hint] = WRITE_ERRORS[(error as NodeJS.ErrnoException).code ?? ''] ?? [
    (error as Error).message,
    'name another file',
  ];
  return new UsageError(`${path} cannot be written: ${why}`, hint);
}

/** What the system's codes mean for a file to write, and what to do. */
const WRITE_ERRORS: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['its directory does not exist', 'make the directory, or name another file'],
  ENOTDIR: ['its directory is a file', 'name another file'],
  EISDIR: ['it is a directory', 'name a file in it'],
  EACCES: ['this user may not write there', 'name another file'],
  EPERM: ['this user may not write there', 'name another file'],
  EROFS: ['the file system is read-only', 'name another file'],
  ENOSPC: ['the disk is full', 'make room, or name another file'],
};

/** The logs are all there is to work from: no slip of the hand shall replace one by its report. */
export async function refuseOverwriting(path: string, inputs: readonly string[]): Promise<void> {
  const target = await identity(path);
  if (target === undefined) return;
  for (const input of inputs) {
    if (input !== '-' && (await identity(input)) === target) {
      throw new UsageError(`${path} is one of the logs to read`, 'name another file to write to');
    }
  }
}

/** Device and inode of a plain file; undefined where there is none. */
async function identity(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? `${stats.dev}:${stats.ino}` : undefined;
}

/** A remark on stderr that is no error. */
export function note(context: Pick<Context, 'stderr' | 'quiet'>, text: string): void {
  if (!context.quiet) context.stderr.write(`${escapeForTerminal(`whybounce: note: ${text}`)}\n`);
}
