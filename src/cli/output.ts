/** Writing results. */
import { once } from 'node:events';

/** Text is collected up to this many characters, since every write is a call to the system. */
const CHUNK = 64 * 1024;

/** Writes and waits until there is room for more. Returns at once where the reader has gone. */
export async function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (!stream.writable || stream.write(text)) return;
  // A reader that goes while we wait closes the stream without draining it.
  await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => undefined);
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
