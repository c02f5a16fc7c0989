/**
 * Cuts a stream of bytes into batches of whole lines.
 *
 * A batch is one string for thousands of lines: no line is split off before a parser wants a part of it. Where all
 * bytes are ASCII (nearly always), positions in the string are positions in the bytes. A line that holds others comes as
 * a batch of its own, decoded as UTF-8 where it is UTF-8 and as Latin-1 where it is not, so that nothing is lost.
 */
import { isAscii, isUtf8 } from 'node:buffer';

const NEWLINE = 0x0a;

/** Longer lines are no log lines: syslog cuts at 8 kB, and a journal entry with all its fields stays far below. */
export const LONGEST_LINE = 1024 * 1024;

/**
 * Batches of about this many bytes are small enough for V8's young generation, where memory is used again while it is
 * still in the processor's cache; larger strings get fresh pages from the kernel each time.
 */
const BATCH = 64 * 1024;

/** Whole lines, the last of a source perhaps without its line end. */
export interface Batch {
  readonly text: string;
  /** Byte in the (decompressed) source where `text` begins. */
  readonly offset: number;
  /** Lines too long to be read: they are counted, but their text is gone. */
  readonly overlong: number;
}

/** Turns the chunks of one text, which may end anywhere, into batches. */
export interface TextReader {
  /**
   * Gives the batches that `chunk` completes. The chunk may be reused once the generator is done.
   * @throws InputError where a document is broken, after everything before that
   */
  push(chunk: Buffer): Generator<Batch>;
  /** Gives what is left when the text has ended. */
  end(): Generator<Batch>;
}

/** Reads a text of lines. */
export class BatchReader implements TextReader {
  /** The beginning of a line whose end has not come yet. */
  #rest: Buffer[] = [];
  #restLength = 0;
  /** Byte in the source where the rest begins. */
  #offset: number;
  #skipping: boolean;

  /**
   * @param offset byte of the text where the first chunk begins
   * @param skipping it begins within a line that is too long
   */
  constructor(offset = 0, skipping = false) {
    this.#offset = offset;
    this.#skipping = skipping;
  }

  /** Byte of the text up to which all lines were given. */
  get offset(): number {
    return this.#offset;
  }

  /** Whether that byte is within a line that is too long, of which nothing will be given but its number. */
  get skipping(): boolean {
    return this.#skipping;
  }

  *push(chunk: Buffer): Generator<Batch> {
    let start = 0;
    if (this.#skipping) {
      const end = chunk.indexOf(NEWLINE);
      if (end < 0) {
        this.#offset += chunk.length;
        return;
      }
      yield { text: '', offset: this.#offset, overlong: 1 };
      this.#skipping = false;
      start = end + 1;
      this.#offset += start;
    }
    const last = chunk.lastIndexOf(NEWLINE);
    if (last < start) {
      this.#keep(chunk.subarray(start));
      return;
    }
    if (this.#restLength > 0) {
      const end = chunk.indexOf(NEWLINE, start) + 1;
      const line = Buffer.concat([...this.#rest, chunk.subarray(start, end)]);
      this.#rest = [];
      this.#restLength = 0;
      yield* decode(line, this.#offset);
      this.#offset += line.length;
      start = end;
    }
    while (start <= last) {
      const target = Math.min(start + BATCH, last);
      const end = target === last ? last + 1 : chunk.indexOf(NEWLINE, target) + 1;
      yield* decode(chunk.subarray(start, end), this.#offset);
      this.#offset += end - start;
      start = end;
    }
    this.#keep(chunk.subarray(last + 1));
  }

  /** A last line without a line end. */
  *end(): Generator<Batch> {
    if (this.#skipping) yield { text: '', offset: this.#offset, overlong: 1 };
    else if (this.#restLength > 0) yield* decode(Buffer.concat(this.#rest), this.#offset);
    this.#rest = [];
    this.#restLength = 0;
    this.#skipping = false;
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    if (this.#restLength + rest.length > LONGEST_LINE) {
      this.#offset += this.#restLength + rest.length;
      this.#rest = [];
      this.#restLength = 0;
      this.#skipping = true;
      return;
    }
    this.#rest.push(Buffer.from(rest));
    this.#restLength += rest.length;
  }
}

function* decode(lines: Buffer, offset: number): Generator<Batch> {
  if (isAscii(lines)) {
    yield { text: lines.toString('latin1'), offset, overlong: 0 };
    return;
  }
  const text = lines.toString('latin1');
  const foreign = /[\x80-\xff]/g;
  let start = 0;
  for (let match = foreign.exec(text); match !== null; match = foreign.exec(text)) {
    const lineStart = text.lastIndexOf('\n', match.index) + 1;
    // Decoded anew rather than sliced: parsers read a slice much slower than a string of its own.
    if (lineStart > start) yield ascii(lines, start, lineStart, offset);
    const newline = text.indexOf('\n', match.index);
    const lineEnd = newline < 0 ? text.length : newline + 1;
    const line = lines.subarray(lineStart, lineEnd);
    const decoded = isUtf8(line) ? line.toString('utf8') : line.toString('latin1');
    yield { text: decoded, offset: offset + lineStart, overlong: 0 };
    start = lineEnd;
    foreign.lastIndex = lineEnd;
  }
  if (start < text.length) yield ascii(lines, start, text.length, offset);
}

function ascii(lines: Buffer, start: number, end: number, offset: number): Batch {
  return { text: lines.toString('latin1', start, end), offset: offset + start, overlong: 0 };
}
