/** Unpacks gzip, all members of a file. */
import { createGunzip } from 'node:zlib';
import type { Bytes } from './bytes.ts';
import { type Damage, damaged, InputError } from './error.ts';

/** Text comes in chunks of this size. */
const CHUNK = 256 * 1024;
/** What comes out of a piece is lost where something in the piece is damaged: see `gunzip`. */
const PIECE = 16 * 1024;
/** Unpacked chunks that may wait to be read. */
const MOST_WAITING = 16;

/** Where zlib gave up: after so many bytes of the file and of the text. */
class Stopped extends Error {
  readonly byte: number;
  readonly text: number;

  constructor(byte: number, text: number, cause: Error) {
    super(cause.message, { cause });
    this.byte = byte;
    this.text = text;
  }
}

/**
 * The text of a gzip file. zlib keeps back all that it made of a piece in which something is wrong; so a damaged file
 * is read once more, the last piece byte by byte, which finds the rest of the text and the very byte.
 * @throws InputError after everything readable was given
 */
export async function* gunzip({ name, chunks, again }: Bytes): AsyncGenerator<Buffer> {
  let stopped: Stopped;
  try {
    yield* inflated(chunks, { slowFrom: Infinity, skip: 0 });
    return;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    stopped = error;
  }
  if (again !== undefined && kindOf(stopped) !== 'cut') {
    try {
      yield* inflated(again(), { slowFrom: stopped.byte, skip: stopped.text });
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      stopped = error;
    }
  }
  throw damaged({
    ...{ file: name, format: 'gzip', kind: kindOf(stopped), byte: stopped.byte, exact: true },
    ...{ text: stopped.text, cause: stopped.cause },
  });
}

function kindOf({ cause }: Stopped): Damage['kind'] {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return 'cut';
  // The file began with a header, so this is behind a member that was whole.
  return message === 'incorrect header check' ? 'garbage' : 'broken';
}

/**
 * @param options.slowFrom from this byte on, one byte at a time
 * @param options.skip bytes of text that were given before
 */
async function* inflated(
  chunks: AsyncGenerator<Buffer>,
  { slowFrom, skip }: { slowFrom: number; skip: number },
): AsyncGenerator<Buffer> {
  const zlib = createGunzip({ chunkSize: CHUNK });
  const waiting: Buffer[] = [];
  let failure: Error | undefined;
  let ended = false;
  let consumed = 0;
  let text = 0;
  let wakeReader = (): void => undefined;
  let wakeWriter = (): void => undefined;
  zlib.on('data', (chunk: Buffer) => {
    waiting.push(chunk);
    if (waiting.length >= MOST_WAITING) zlib.pause();
    wakeReader();
  });
  zlib.on('end', () => {
    ended = true;
    wakeReader();
  });
  zlib.on('error', (error) => {
    failure ??= error;
    wakeReader();
    wakeWriter();
  });
  const write = async (chunk: Buffer): Promise<void> => {
    for (let p = 0; p < chunk.length && failure === undefined; ) {
      const size = consumed >= slowFrom ? 1 : Math.min(PIECE, slowFrom - consumed);
      const piece = Buffer.from(chunk.subarray(p, p + size));
      await new Promise<void>((resolve) => {
        wakeWriter = resolve;
        zlib.write(piece, () => resolve());
      });
      if (failure === undefined) consumed += piece.length;
      p += piece.length;
    }
  };
  const feeding = (async () => {
    for await (const chunk of chunks) {
      await write(chunk);
      if (failure !== undefined) return;
    }
    zlib.end();
  })().catch((error: Error) => zlib.destroy(error));
  try {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) {
        const known = Math.min(chunk.length, Math.max(0, skip - text));
        text += chunk.length;
        if (known < chunk.length) yield known === 0 ? chunk : chunk.subarray(known);
        if (waiting.length === 0) zlib.resume();
      } else if (failure !== undefined) {
        throw failure instanceof InputError ? failure : new Stopped(consumed, text, failure);
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
    zlib.destroy();
    wakeWriter();
    await feeding;
  }
}
