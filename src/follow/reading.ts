/** A text where it is, and how what is new in it is read. */
import { BatchReader, LONGEST_LINE } from '../input/batches.ts';
import { type LogFile, packedText } from './file.ts';
import type { Piece, TextPart } from './input.ts';
import { HEAD_LENGTH, startsWith, type Text, WINDOW } from './text.ts';

/** Bytes read at a time. */
export const CHUNK = 256 * 1024;
/** A file that did not change for so long has its times right: coarse ones can hide a second change. */
const SETTLED = 1000;

/** A text and where it is. */
export interface Link {
  text: Text;
  readonly part: TextPart;
  /** The open file of a text that is not packed; undefined as long as none was found. */
  file: LogFile | undefined;
  packed: string | undefined;
  /** It is no more where it was, or was not looked for yet. */
  lost: boolean;
  /** Nothing can be added to it any more: it is a copy, or packed. */
  complete: boolean;
  /** Of a text of which nothing was read: its first bytes when the files were looked at last. */
  begins: Buffer;
  /** What stands before this byte lay there before the following began: it is no news. */
  readonly past: number;
  /** Size and times of the file when all of it was given. */
  seen: string;
  /** Since when nothing has come, in milliseconds. */
  quietSince: number | undefined;
  /** It was not the newest text any more when the last run ended. */
  old: boolean;
}

/**
 * Gives what was added to a file, after a look whether what was read before is still there: the text is lost if not.
 * @param now milliseconds of a clock that only goes forward
 * @param buffer holds a piece until the next one is asked for
 */
export async function* grow(
  link: Link,
  file: LogFile,
  { now, buffer }: { readonly now: number; readonly buffer: Buffer },
): AsyncGenerator<Piece> {
  const { text, part } = link;
  const { size, changed, age } = await file.status();
  const seen = `${size} ${changed}`;
  link.quietSince ??= now;
  if (seen === link.seen && age > SETTLED) return;
  if (size < text.offset) {
    link.lost = true;
    return;
  }
  const reader = new BatchReader(text.offset, text.skipping);
  let position = text.offset;
  let before = Math.min(WINDOW, position);
  // What is no news ends with a piece.
  const room = (): Buffer =>
    position < link.past ? buffer.subarray(0, before + Math.min(CHUNK, link.past - position)) : buffer;
  let bytes = await file.read(room(), position - before);
  if (text.isUnread && !startsWith(bytes, link.begins.subarray(0, room().length))) {
    // It begins otherwise by now: what was there before is to be looked for first.
    link.begins = Buffer.alloc(0);
    return;
  }
  for (;;) {
    if (bytes.length < before || (reader.offset === position && !text.endsWith(bytes.subarray(0, before)))) {
      link.lost = true;
      return;
    }
    const chunk = bytes.subarray(before);
    if (chunk.length === 0) break;
    const end = bytes.length < room().length;
    const batches = [...reader.push(chunk)];
    text.advance(reader.offset, bytes, position - before, end);
    text.skipping = reader.skipping;
    if (batches.length > 0) {
      link.quietSince = undefined;
      yield { part, batches, past: position < link.past };
    }
    if (end) break;
    position += chunk.length;
    before = Math.min(WINDOW, position);
    bytes = await file.read(room(), position - before);
  }
  link.seen = seen;
}

/**
 * Gives what is left of a text that was packed before it was read to its end.
 * @throws InputError where the file is gone or damaged
 */
export async function* unpack({ text, part }: Link, path: string): AsyncGenerator<Piece> {
  const reader = new BatchReader(text.offset, text.skipping);
  let position = 0;
  let skip = text.offset;
  let before = Buffer.alloc(0);
  for await (const chunk of packedText(path)) {
    const bytes = Buffer.concat([before, chunk]);
    const batches = [...reader.push(chunk.subarray(skip))];
    text.advance(reader.offset, bytes, position - before.length, false);
    text.skipping = reader.skipping;
    if (batches.length > 0) yield { part, batches };
    skip = Math.max(0, skip - chunk.length);
    position += chunk.length;
    before = Buffer.from(bytes.subarray(-WINDOW));
  }
  const batches = [...reader.end()];
  if (batches.length > 0) yield { part, batches };
}

/** Gives the last line of a text to which nothing will be added, even if it has no end; undefined where there is none. */
export async function lastLine({ text, part }: Link, file: LogFile): Promise<Piece | undefined> {
  const rest = await file.read(Buffer.alloc(LONGEST_LINE), text.offset);
  // All that it ever had is a line without an end: it is known by that.
  if (text.head.length === 0) text.head = Buffer.from(rest.subarray(0, HEAD_LENGTH));
  const reader = new BatchReader(text.offset, text.skipping);
  const batches = [...reader.push(rest), ...reader.end()];
  return batches.length > 0 ? { part, batches } : undefined;
}
