/**
 * The fields of a line, ` KEY=value` one behind the other. Which of them are there depends on `log_selector`; their
 * order is fixed, so that the first of its name is Exim's own and later ones may be forged. What is not known is
 * stepped over: a word, or a value in quotes or angle brackets.
 */
import { closingBracket } from '../brackets.ts';
import { endOfHost } from './host.ts';

const BLANK = 0x20;
const COLON = 0x3a;
const EQUALS = 0x3d;
const LESS = 0x3c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The longest key is `DMARC`; a later Exim's may be longer. */
export const LONGEST_KEY = 8;

/** Fields without a value. */
const FLAGS: ReadonlySet<string> = new Set([
  ...['K', 'L', 'L-', 'L*', 'L*-', 'L.', 'L.-', 'TFO', 'TFO*', 'DS', 'PRDR', 'ARC', 'SPF', 'DMARC'],
]);

/** Reads the fields of one line from left to right. */
export class Fields {
  /** Where the next field or word begins: at its blank. */
  at: number;
  /** The key that was read last; empty for a word without one. */
  key = '';
  /** Where its value begins and ends, without quotes or brackets. */
  start = 0;
  end = 0;
  /** Whether `H=` told a host, when that was the key. */
  isHost = false;
  readonly #text: string;
  readonly #end: number;
  /** A field begins here without a blank before it. */
  #begin: number;

  /** @param start the blank before the first field, or, at the beginning of a text, the field itself */
  constructor(text: string, start: number, end: number, begins = false) {
    this.#text = text;
    this.at = start;
    this.#end = end;
    this.#begin = begins ? start : -1;
  }

  /** The value that was read last. */
  get value(): string {
    return this.#text.slice(this.start, this.end);
  }

  /**
   * Steps to the next field or word of its own, such as `K` or `PRDR`. False at the end of the line and where text
   * begins: at `: ` or ` : `, or with a word that is none of Exim's.
   */
  next(): boolean {
    const text = this.#text;
    let start = this.at;
    if (start === this.#begin) this.#begin = -1;
    else if (text.charCodeAt(start) === BLANK) start += 1;
    else return false;
    if (start >= this.#end || text.charCodeAt(start) === COLON) return false;
    const equals = this.#endOfKey(start);
    if (equals < 0) {
      const end = this.#endOfWord(start);
      if (end > start + LONGEST_KEY || !FLAGS.has(text.slice(start, end))) return false;
      this.#found('', start, end, end);
      return true;
    }
    this.key = text.slice(start, equals);
    const value = equals + 1;
    const opening = text.charCodeAt(value);
    if (this.key === 'H') this.#readHost(value);
    else if (opening === QUOTE) this.#readQuoted(value);
    else if (opening === LESS) this.#readBracketed(value);
    else if (this.key === 'U') {
      // An ident may hold blanks: `U=spaced user P=local`.
      const end = text.indexOf(' P=', value);
      if (end >= 0 && end < this.#end) this.#found('U', value, end, end);
      else this.#found('U', value, this.#endOfWord(value), this.#endOfWord(value));
    } else {
      const end = this.#endOfWord(value);
      this.#found(this.key, value, end, end);
    }
    return true;
  }

  #found(key: string, start: number, end: number, at: number): void {
    this.key = key;
    this.start = start;
    this.end = end;
    this.at = at;
  }

  /** `R=`, `DN=`, `id*=`: where its `=` is, or -1. */
  #endOfKey(start: number): number {
    const text = this.#text;
    const most = Math.min(this.#end, start + LONGEST_KEY + 1);
    for (let p = start; p < most; p++) {
      const c = text.charCodeAt(p);
      if (c === EQUALS) return p > start ? p : -1;
      const letter = (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
      if (!letter && !(c >= 0x30 && c <= 0x39) && c !== 0x2a) return -1;
    }
    return -1;
  }

  /** Where the word ends: before a blank, or before a colon that a blank or the end follows. */
  #endOfWord(start: number): number {
    const text = this.#text;
    let blank = text.indexOf(' ', start);
    if (blank < 0 || blank > this.#end) blank = this.#end;
    return blank > start && text.charCodeAt(blank - 1) === COLON ? blank - 1 : blank;
  }

  /**
   * `T="…"`, `C="…"`, with quotes and backslashes escaped. A `DN="…"` escapes nothing: it ends where a blank, a colon or
   * the end follows its quote.
   */
  #readQuoted(start: number): void {
    const text = this.#text;
    const escapes = this.key !== 'DN';
    for (let p = text.indexOf('"', start + 1); p >= 0 && p < this.#end; p = text.indexOf('"', p + 1)) {
      if (escapes ? isEscaped(text, start + 1, p) : !this.#endsAt(p + 1)) continue;
      this.#found(this.key, start + 1, p, p + 1);
      return;
    }
    // The line is cut.
    this.#found(this.key, start + 1, this.#end, this.#end);
  }

  #endsAt(p: number): boolean {
    const c = this.#text.charCodeAt(p);
    return p >= this.#end || c === BLANK || c === COLON;
  }

  #readBracketed(start: number): void {
    const close = closingBracket(this.#text, start, this.#end);
    if (close < 0) this.#found(this.key, start + 1, this.#end, this.#end);
    else this.#found(this.key, start + 1, close, close + 1);
  }

  /** A host, which may hold blanks, or one word. */
  #readHost(start: number): void {
    const close = endOfHost(this.#text, start, this.#end);
    this.isHost = close >= 0;
    const end = close >= 0 ? close : this.#endOfWord(start);
    this.#found('H', start, end, end);
  }
}

/** Whether an odd number of backslashes stands before the character at `p`. */
function isEscaped(text: string, start: number, p: number): boolean {
  let first = p;
  while (first > start && text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (p - first) % 2 === 1;
}
