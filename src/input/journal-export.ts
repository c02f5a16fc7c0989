/**
 * The journal's export format (systemd.io/JOURNAL_EXPORT_FORMATS), as `journalctl -o export` writes it: fields
 * `NAME=text` and a line feed; or, where the text has control characters, `NAME`, a line feed, the length in 64 bits
 * (little-endian), the bytes, a line feed. An empty line ends an entry.
 */
import { isUtf8 } from 'node:buffer';
import { type Batch, LONGEST_LINE, type TextReader } from './batches.ts';
import { Entry } from './entry.ts';
import { InputError } from './error.ts';

const NEWLINE = 0x0a;
const EQUALS = 0x3d;
const LENGTH_BYTES = 8;

/** Every entry begins with a field of the journal itself, mostly `__CURSOR=`. One repetition, then another character. */
const BEGINNING = /^__[A-Z_]{1,60}=/;
/** The rules for names of fields in systemd.journal-fields(7). One repetition to the end. */
const NAME = /^[A-Z0-9_]{1,64}$/;

/** Whether a text that begins like this is a journal export. */
export function isJournalExport(head: Buffer): boolean {
  return BEGINNING.test(head.toString('latin1', 0, 64));
}

/** Reads entries out of chunks that may end anywhere. */
export class JournalExportReader implements TextReader {
  readonly #file: string;
  /** What could not be used yet: the beginning of a field. */
  #rest: Buffer = Buffer.alloc(0);
  /** Byte of the text where the rest begins. */
  #offset = 0;
  /** Bytes still to come of a field that is too long; infinite where only its line feed will tell. */
  #skip = 0;
  #entry: Entry | undefined = undefined;
  #entries = 0;

  /** @param file its name, for words about what is wrong with it */
  constructor(file: string) {
    this.#file = file;
  }

  *push(chunk: Buffer): Generator<Batch> {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let p = 0;
    for (;;) {
      const end = this.#field(bytes, p);
      if (end < 0) break;
      if (this.#entry !== undefined && end === p + 1 && bytes[p] === NEWLINE) {
        yield this.#entry.batch();
        this.#entry = undefined;
        this.#entries += 1;
      }
      p = end;
    }
    this.#offset += p;
    this.#rest = Buffer.from(bytes.subarray(p));
  }

  *end(): Generator<Batch> {
    if (this.#entry !== undefined) yield this.#entry.batch();
    if (this.#rest.length === 0 && this.#skip === 0 && this.#entry === undefined) return;
    throw this.#broken('ends in the middle of', this.#offset + this.#rest.length);
  }

  /** Reads the field that begins at `p`, and gives its end: negative where it has not come yet. */
  #field(bytes: Buffer, p: number): number {
    if (p >= bytes.length) return -1;
    if (this.#skip > 0) return this.#skipped(bytes, p);
    const newline = bytes.indexOf(NEWLINE, p);
    if (newline === p) return p + 1;
    if (newline < 0) {
      if (bytes.length - p <= LONGEST_LINE) return -1;
      this.#begin(p).addOverlong();
      this.#skip = Infinity;
      return bytes.length;
    }
    const equals = bytes.indexOf(EQUALS, p);
    const short = equals >= 0 && equals < newline;
    const name = bytes.toString('latin1', p, Math.min(short ? equals : newline, p + 65));
    if (!NAME.test(name)) throw this.#broken('has no name of a field in', this.#offset + p);
    if (short) {
      this.#add(name, bytes.subarray(equals + 1, newline), p);
      return newline + 1;
    }
    const start = newline + 1 + LENGTH_BYTES;
    if (start > bytes.length) return -1;
    const length = Number(bytes.readBigUInt64LE(newline + 1));
    if (length > LONGEST_LINE) {
      this.#begin(p).addOverlong();
      // With the line feed behind it.
      this.#skip = length + 1;
      return start;
    }
    if (start + length + 1 > bytes.length) return -1;
    if (bytes[start + length] !== NEWLINE) throw this.#broken('has a wrong length in', this.#offset + p);
    this.#add(name, bytes.subarray(start, start + length), p);
    return start + length + 1;
  }

  #skipped(bytes: Buffer, p: number): number {
    if (this.#skip === Infinity) {
      const newline = bytes.indexOf(NEWLINE, p);
      if (newline < 0) return bytes.length;
      this.#skip = 0;
      return newline + 1;
    }
    const length = Math.min(this.#skip, bytes.length - p);
    this.#skip -= length;
    return p + length;
  }

  #begin(p: number): Entry {
    this.#entry ??= new Entry(this.#offset + p);
    return this.#entry;
  }

  #add(name: string, value: Buffer, p: number): void {
    const entry = this.#begin(p);
    if (entry.wants(name)) entry.add(name, value.toString(isUtf8(value) ? 'utf8' : 'latin1'), value.length);
  }

  #broken(what: string, byte: number): InputError {
    return new InputError(
      'damaged',
      this.#file,
      `${this.#file} ${what} entry ${this.#entries + 1} of its journal export, at byte ${byte}`,
      'everything before that was read; export it again for the rest',
    );
  }
}
