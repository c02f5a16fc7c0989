/** Keeps a stream for another reading. */
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from './error.ts';

const CHUNK = 256 * 1024;

/**
 * Reads a stream, and from then on what was read of it. It is kept in a temporary file that has no name any more once
 * it is open: no other user can read it, and it is gone when the program is, however that ends.
 */
export class Spool {
  readonly #name: string;
  readonly #read: () => AsyncGenerator<Buffer>;
  #file: number | undefined = undefined;

  constructor(name: string, read: () => AsyncGenerator<Buffer>) {
    this.#name = name;
    this.#read = read;
  }

  /** All bytes from the beginning. The first reading must be done before the next one. */
  async *chunks(): AsyncGenerator<Buffer> {
    if (this.#file !== undefined) {
      yield* again(this.#file);
      return;
    }
    this.#file = this.#guarded(openNameless);
    const file = this.#file;
    for await (const chunk of this.#read()) {
      this.#guarded(() => {
        for (let written = 0; written < chunk.length; ) written += writeSync(file, chunk, written);
      });
      yield chunk;
    }
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const input = this.#name === '-' ? 'standard input' : this.#name;
      throw new InputError(
        'unreadable',
        this.#name,
        `${input} is read twice, and cannot be kept in ${tmpdir()}: ${(error as Error).message}`,
        'name the log itself, or set TMPDIR to a folder with more room',
        { cause: error },
      );
    }
  }
}

function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'whybounce-'));
  try {
    return openSync(join(folder, 'stream'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function* again(file: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  for (let position = 0; ; ) {
    const length = readSync(file, buffer, 0, CHUNK, position);
    if (length === 0) return;
    position += length;
    yield buffer.subarray(0, length);
  }
}
