/**
 * JSON documents of log entries, however long: an array (`jq -s`, downloads from log stores), or objects that go over
 * several lines (`journalctl -o json-pretty`). Objects of a line each are lines, and read as such.
 */
import { StringDecoder } from 'node:string_decoder';
import { getManyValues, none } from 'stream-chain/core';
import { jsonParser } from 'stream-json/core/parser.js';
import { type Batch, LONGEST_LINE, type TextReader } from './batches.ts';
import { Entry } from './entry.ts';
import { InputError } from './error.ts';

const OPEN = 0x7b;
const CLOSE = 0x7d;
/** Deeper than any log, and shallow enough for the parser's memory. */
const MOST_DEPTH = 100;

/**
 * `[{`, or a brace alone on its line, behind a byte order mark (in its three bytes) and blanks. Each repetition ends
 * at a character that it cannot take itself: `{`, `[`, or for the last one the line feed that it leaves out.
 */
const BEGINNING = /^(?:\xef\xbb\xbf)?\s*(?:\[\s*\{|\{[ \t\r]*\n)/;

/** A line that begins with a stamp, which none of a document does. Every repetition has a fixed length. */
const LOG_LINE = /\n(?:<\d{1,3}>(?:1 )?)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:|\d{4}-\d\d-\d\d[T ]\d\d:)/;
/** How far such a line is looked for. */
const LOOK = 64 * 1024;

/** Whether a text that begins like this is a document rather than lines, of which the first may look like one. */
export function isJsonDocument(head: Buffer): boolean {
  return BEGINNING.test(head.toString('latin1', 0, 256)) && !LOG_LINE.test(head.toString('latin1', 0, LOOK));
}

type Tokens = Parameters<typeof getManyValues>[0];
interface Token {
  readonly name: string;
  readonly value?: unknown;
}

/** Reads entries out of chunks that may end anywhere. */
export class JsonDocumentReader implements TextReader {
  readonly #file: string;
  /** Strings, keys and numbers come in pieces: the parser is never made to hold a long one. */
  readonly #parse = jsonParser({ packValues: false, jsonStreaming: true });
  readonly #decoder = new StringDecoder('utf8');
  #begun = false;
  /** Byte of the text where the piece begins that is being parsed. */
  #offset = 0;
  #entries = 0;
  #entry: Entry | undefined = undefined;

  /** Objects and arrays around the place, outermost first; `#home` of them are around the entry, it among them. */
  readonly #around: ('object' | 'array')[] = [];
  #home = 0;
  #inKey = false;
  #key = '';
  /** The value being read where the entry wants it: its text, or its elements. */
  #text: string | undefined = undefined;
  #elements: unknown[] | undefined = undefined;
  #length = 0;

  /** @param file its name, for words about what is wrong with it */
  constructor(file: string) {
    this.#file = file;
  }

  *push(chunk: Buffer): Generator<Batch> {
    // The parser does not tell places, and what comes before something broken in a piece is lost: so an object can
    // only begin where a piece does, and only end where one does.
    let start = 0;
    let open = chunk.indexOf(OPEN, 1);
    let close = chunk.indexOf(CLOSE);
    while (start < chunk.length) {
      if (open >= 0 && open <= start) open = chunk.indexOf(OPEN, start + 1);
      if (close >= 0 && close < start) close = chunk.indexOf(CLOSE, start);
      const end = Math.min(open < 0 ? chunk.length : open, close < 0 ? chunk.length : close + 1);
      yield* this.#read(this.#decode(chunk.subarray(start, end)));
      this.#offset += end - start;
      start = end;
    }
  }

  *end(): Generator<Batch> {
    yield* this.#read(this.#decoder.end());
    yield* this.#read(none);
    if (this.#around.length > 0) throw this.#broken('ends in the middle of');
  }

  /** Text without the mark of byte order that may stand before it. */
  #decode(bytes: Buffer): string {
    const text = this.#decoder.write(bytes);
    if (this.#begun || text === '') return text;
    this.#begun = true;
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  *#read(piece: string | typeof none): Generator<Batch> {
    let tokens: Tokens | typeof none;
    try {
      tokens = this.#parse(piece as string) as Tokens | typeof none;
    } catch (error) {
      throw this.#broken(
        this.#around.length > 0 && piece === none ? 'ends in the middle of' : 'is no JSON in',
        error,
      );
    }
    if (tokens === none) return;
    for (const token of getManyValues(tokens as Tokens) as Token[]) {
      const done = this.#token(token);
      if (done !== undefined) yield done;
    }
  }

  /** Takes a token, and gives the entry that it completes. */
  #token({ name, value }: Token): Batch | undefined {
    switch (name) {
      case 'startObject':
      case 'startArray':
        this.#open(name === 'startObject' ? 'object' : 'array');
        return undefined;
      case 'endObject':
      case 'endArray':
        return this.#close();
      case 'startKey':
        this.#inKey = true;
        if (this.#atField()) this.#key = '';
        return undefined;
      case 'endKey':
        this.#inKey = false;
        return undefined;
      case 'startString':
      case 'startNumber':
        if (this.#wanted()) this.#text = '';
        return undefined;
      case 'stringChunk':
      case 'numberChunk':
        this.#chunk(value as string);
        return undefined;
      case 'endString':
        this.#value(this.#text);
        return undefined;
      case 'endNumber':
        this.#value(Number(this.#text));
        return undefined;
      default:
        if (this.#wanted()) this.#value(value);
        return undefined;
    }
  }

  #open(kind: 'object' | 'array'): void {
    if (this.#around.length >= MOST_DEPTH) throw this.#broken('is nested too deeply in');
    if (kind === 'array' && this.#entry !== undefined && this.#atField() && this.#entry.wants(this.#key)) {
      this.#elements = [];
      this.#length = 0;
    }
    this.#around.push(kind);
    if (kind === 'object' && this.#entry === undefined) {
      this.#entry = new Entry(this.#offset);
      this.#home = this.#around.length;
    }
  }

  #close(): Batch | undefined {
    const depth = this.#around.length;
    this.#around.pop();
    if (this.#entry === undefined || depth > this.#home + 1) return undefined;
    if (depth === this.#home + 1) {
      if (this.#elements !== undefined) this.#add(this.#elements);
      this.#elements = undefined;
      return undefined;
    }
    const batch = this.#entry.batch();
    this.#entry = undefined;
    this.#entries += 1;
    return batch;
  }

  /** Directly in the entry, not in something within it. */
  #atField(): boolean {
    return this.#entry !== undefined && this.#around.length === this.#home;
  }

  /** A simple value that comes here is a field of the entry that it wants, or an element of one. */
  #wanted(): boolean {
    if (this.#elements !== undefined) return this.#around.length === this.#home + 1;
    if (!this.#atField() || !this.#entry!.wants(this.#key)) return false;
    this.#length = 0;
    return true;
  }

  #chunk(text: string): void {
    if (this.#inKey) {
      // A longer one is none that is known.
      if (this.#atField() && this.#key.length <= 64) this.#key += text;
      return;
    }
    if (this.#text === undefined) return;
    this.#length += text.length;
    if (this.#length <= LONGEST_LINE) this.#text += text;
  }

  #value(value: unknown): void {
    const reading = this.#text !== undefined || typeof value === 'boolean' || value === null;
    this.#text = undefined;
    if (!reading) return;
    if (this.#elements === undefined) this.#add(value);
    else if (++this.#length <= LONGEST_LINE) this.#elements.push(value);
  }

  #add(value: unknown): void {
    this.#entry!.add(this.#key, value, this.#length);
  }

  #broken(what: string, cause?: unknown): InputError {
    const begun = this.#entry?.offset ?? this.#offset;
    return new InputError(
      'damaged',
      this.#file,
      `${this.#file} ${what} entry ${this.#entries + 1} of its JSON, which begins at byte ${begun}`,
      'everything before that was read; export it again for the rest',
      { cause },
    );
  }
}
