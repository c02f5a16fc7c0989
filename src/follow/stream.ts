/** Follows what comes through a pipe. */
import type { Readable } from 'node:stream';
import type { TextReader } from '../input/batches.ts';
import { readError } from '../input/error.ts';
import { readerOf } from '../input/reader.ts';
import type { LiveInput, Piece, TextPart } from './input.ts';

const NOTHING = Buffer.alloc(0);

/** One stream. It cannot be gone back in: what was read of it is not read again in another run. */
export class FollowedStream implements LiveInput {
  readonly name: string;
  readonly state = undefined;
  readonly #stream: Readable;
  readonly #part: TextPart;
  #reader: TextReader | undefined;
  #ended = false;
  #failure: Error | undefined;
  #isRead = false;
  #changed: () => void = () => undefined;

  /** @param name as the user knows it: `-` for standard input */
  constructor(stream: Readable, name: string, number: number) {
    this.name = name;
    this.#stream = stream;
    this.#part = { name, number, head: () => NOTHING };
    stream.on('readable', () => this.#changed());
    stream.on('end', () => {
      this.#ended = true;
      this.#changed();
    });
    stream.on('error', (error) => {
      this.#failure = error;
      this.#changed();
    });
  }

  get ended(): boolean {
    return this.#isRead;
  }

  watch(changed: () => void): void {
    this.#changed = changed;
  }

  async *read(): AsyncGenerator<Piece> {
    if (this.#failure !== undefined) throw readError(this.name, this.#failure);
    for (let chunk = this.#stream.read(); chunk !== null; chunk = this.#stream.read()) {
      const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
      this.#reader ??= readerOf(bytes, this.name);
      yield { part: this.#part, batches: this.#reader.push(bytes) };
    }
    if (!this.#ended || this.#isRead) return;
    this.#isRead = true;
    if (this.#reader !== undefined) yield { part: this.#part, batches: this.#reader.end() };
  }

  async close(): Promise<void> {
    this.#stream.destroy();
  }
}
