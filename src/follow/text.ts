/**
 * How far one text was read, and how it is known again: whatever its file is called by then, whatever its inode, packed
 * or not, longer or cut.
 *
 * A text is known by its first bytes, and a place in it by the bytes before. Marks at ends of lines, many close to the
 * end and few far from it, tell how much of a file that was cut and written on is still the old text.
 */
import { crc32 } from 'node:zlib';

const NEWLINE = 0x0a;
/** Bytes at the beginning by which a text is known: several lines, of which one alone would nearly always do. */
export const HEAD_LENGTH = 4096;
/** Bytes before a mark that must be the same. */
export const WINDOW = 1024;
/** The last lines have a mark each. */
const DENSE = 256;
/** Farther back two marks lie apart by this part of their distance from the end. */
const SPREAD = 32;

/** A place at the end of a line, and a checksum of the bytes before it. */
export interface Mark {
  readonly offset: number;
  readonly checksum: number;
}

/** A text that was read in part, as it is kept from one run to the next. */
export interface TextState {
  readonly head: Buffer;
  readonly offset: number;
  readonly skipping: boolean;
  readonly marks: readonly Mark[];
}

/** One text: what a log file holds from its creation until it is emptied or taken away. */
export class Text {
  /** The first `HEAD_LENGTH` bytes, or all there were. */
  head: Buffer = Buffer.alloc(0);
  /** All before this byte was given, as whole lines. */
  offset = 0;
  /** `offset` lies in a line that is too long to be read: the rest of it is passed over. */
  skipping = false;
  /** In the order of their offsets; the last one stands at `offset`. */
  #marks: Mark[] = [];

  static restored({ head, offset, skipping, marks }: TextState): Text {
    const text = new Text();
    text.head = Buffer.from(head);
    text.offset = offset;
    text.skipping = skipping;
    text.#marks = [...marks];
    return text;
  }

  /** Plain data for `restored`. */
  get state(): TextState {
    const { head, offset, skipping } = this;
    return { head, offset, skipping, marks: this.#marks };
  }

  /** Whether nothing was given yet. */
  get isUnread(): boolean {
    return this.offset === 0 && !this.skipping;
  }

  /** The marks, the farthest first. */
  get marks(): readonly Mark[] {
    return this.#marks;
  }

  /**
   * Moves on.
   * @param offset new place
   * @param bytes what was read last, with `WINDOW` bytes before it or all there are
   * @param begin place of `bytes` in the text
   * @param dense the end of the file is near: each line gets a mark
   */
  advance(offset: number, bytes: Buffer, begin: number, dense: boolean): void {
    if (offset === this.offset) return;
    const before = this.offset;
    this.offset = offset;
    if (this.head.length < HEAD_LENGTH && begin <= this.head.length) {
      const more = bytes.subarray(this.head.length - begin, Math.min(HEAD_LENGTH, offset) - begin);
      if (more.length > 0) this.head = Buffer.concat([this.head, more]);
    }
    const found: Mark[] = [];
    for (
      let at = offset - begin;
      at > 0 && begin + at > before;
      at = bytes.lastIndexOf(NEWLINE, at - 2) + 1
    ) {
      found.push({ offset: begin + at, checksum: crc32(bytes.subarray(Math.max(0, at - WINDOW), at)) });
      if (!dense || found.length >= DENSE || at < 2) break;
    }
    for (let i = found.length - 1; i >= 0; i--) this.#marks.push(found[i]!);
    this.#thin();
  }

  /** The same text as far as a mark: what stood behind it is gone. */
  upTo(mark: Mark): Text {
    return Text.restored({
      head: this.head.subarray(0, mark.offset),
      offset: mark.offset,
      skipping: false,
      marks: this.#marks.filter(({ offset }) => offset <= mark.offset),
    });
  }

  /** Whether these are the bytes before `offset`. */
  endsWith(window: Buffer): boolean {
    const mark = this.#marks.at(-1);
    return mark === undefined || isAtMark(mark, window);
  }

  /** Whether a text that begins like this can be this one, grown or packed. */
  beginsLike(head: Buffer): boolean {
    return sameBeginning(this.head, head);
  }

  /** Whether a text that begins like this can be this one as far as a place behind the first line. */
  sharesFirstLine(head: Buffer): boolean {
    const end = this.head.indexOf(NEWLINE) + 1 || this.head.length;
    return end > 0 && head.length >= end && head.subarray(0, end).equals(this.head.subarray(0, end));
  }

  #thin(): void {
    if (this.#marks.length <= 4 * DENSE) return;
    const kept: Mark[] = [];
    let last = Infinity;
    for (let i = this.#marks.length - 1; i >= 0; i--) {
      const mark = this.#marks[i]!;
      if (kept.length >= DENSE && last - mark.offset < (this.offset - mark.offset) / SPREAD) continue;
      kept.push(mark);
      last = mark.offset;
    }
    this.#marks = kept.reverse();
  }
}

/** The bytes before a mark, by which it is known. */
export function windowOf(mark: Mark): { readonly begin: number; readonly length: number } {
  const length = Math.min(WINDOW, mark.offset);
  return { begin: mark.offset - length, length };
}

/** Whether these are the bytes that once stood before a mark. */
export function isAtMark(mark: Mark, window: Buffer): boolean {
  return crc32(window) === mark.checksum;
}

/**
 * Whether two texts begin alike as far as both are known. A part of a line says little: dates begin alike. So one whole
 * line at least must be the same, or all of both.
 */
export function sameBeginning(a: Buffer, b: Buffer): boolean {
  const length = Math.min(a.length, b.length);
  if (length === 0 || !a.subarray(0, length).equals(b.subarray(0, length))) return false;
  return a.length === b.length || a.subarray(0, length).includes(NEWLINE) || length >= HEAD_LENGTH;
}

/** Whether some bytes begin like others, which are not none. */
export function startsWith(bytes: Buffer, beginning: Buffer): boolean {
  return beginning.length > 0 && bytes.subarray(0, beginning.length).equals(beginning);
}
