/** Files as places where a text can be found: read at any byte, known by device and inode as long as they are open. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { unpacked } from '../input/compression.ts';
import { InputError } from '../input/error.ts';
import { fileChunks, openError } from '../input/source.ts';
import { HEAD_LENGTH, isAtMark, type Mark, type Text, WINDOW, windowOf } from './text.ts';

/** What tells that a file may have changed. */
export interface FileStatus {
  readonly size: number;
  /** Times of the last changes; some file systems keep them only roughly. */
  readonly changed: string;
  /** Milliseconds since the last change. */
  readonly age: number;
}

/** One open file. */
export class LogFile {
  readonly path: string;
  /** Of no other file as long as this one is open. */
  readonly identity: string;
  readonly #handle: FileHandle;

  private constructor(path: string, identity: string, handle: FileHandle) {
    this.path = path;
    this.identity = identity;
    this.#handle = handle;
  }

  /**
   * Opens a file; undefined where there is none.
   * @throws InputError where it cannot be read
   */
  static async open(path: string): Promise<LogFile | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw openError(path, error);
    }
    const stats = await handle.stat();
    if (!stats.isFile()) {
      await handle.close();
      if (stats.isDirectory()) {
        const hint = `name the files in it, such as ${path}/mail.log`;
        throw new InputError('directory', path, `${path} is a directory`, hint);
      }
      const message = `${path} is no plain file`;
      throw new InputError('unreadable', path, message, `give it on standard input: cat ${path} | …`);
    }
    return new LogFile(path, `${stats.dev}:${stats.ino}`, handle);
  }

  async status(): Promise<FileStatus> {
    const { size, mtimeMs, ctimeMs } = await this.#handle.stat();
    return { size, changed: `${mtimeMs} ${ctimeMs}`, age: Math.abs(Date.now() - ctimeMs) };
  }

  /** Whether no name leads to it any more. */
  async isRemoved(): Promise<boolean> {
    return (await this.#handle.stat()).nlink === 0;
  }

  /** Fills the buffer with what stands at `position`; fewer bytes only at the end. */
  async read(buffer: Buffer, position: number): Promise<Buffer> {
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await this.#handle.read(
        buffer,
        length,
        buffer.length - length,
        position + length,
      );
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  }

  /** Whether these bytes stand before the mark. */
  async has(mark: Mark): Promise<boolean> {
    const { begin, length } = windowOf(mark);
    const window = await this.read(Buffer.alloc(length), begin);
    return window.length === length && isAtMark(mark, window);
  }

  /** The farthest place up to which it still holds what was read of a text; undefined where it is another text. */
  async commonMark(text: Text): Promise<Mark | undefined> {
    const { size } = await this.status();
    for (let i = text.marks.length - 1; i >= 0; i--) {
      const mark = text.marks[i]!;
      if (mark.offset <= size && (await this.has(mark))) return mark;
    }
    return undefined;
  }

  /** Its first bytes as they are. */
  async beginning(): Promise<Buffer> {
    return this.read(Buffer.alloc(HEAD_LENGTH), 0);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Device and inode of what is at a path now; undefined where nothing is. */
export async function identityAt(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw openError(path, error);
  }
}

/** The first bytes of the text that is packed in a file; empty where there are none, or where it is still being packed. */
export async function packedBeginning(path: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of packedText(path)) {
      pieces.push(Buffer.from(chunk.subarray(0, HEAD_LENGTH - length)));
      length += chunk.length;
      if (length >= HEAD_LENGTH) break;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  return Buffer.concat(pieces);
}

/** The farthest place up to which a packed file holds what was read of a text; undefined where it is another text. */
export async function commonMarkPacked(path: string, text: Text): Promise<Mark | undefined> {
  let common: Mark | undefined;
  let next = 0;
  let bytes = Buffer.alloc(0);
  let begin = 0;
  try {
    for await (const chunk of packedText(path)) {
      const kept = bytes.subarray(-WINDOW);
      begin += bytes.length - kept.length;
      bytes = Buffer.concat([kept, chunk]);
      for (let mark = text.marks[next]; mark !== undefined; mark = text.marks[++next]) {
        const window = windowOf(mark);
        const at = window.begin - begin;
        if (at + window.length > bytes.length) break;
        if (!isAtMark(mark, bytes.subarray(at, at + window.length))) return common;
        common = mark;
      }
      if (next === text.marks.length) break;
    }
  } catch (error) {
    // Still being packed, or damaged: what could be compared counts.
    if (!(error instanceof InputError)) throw error;
  }
  return common;
}

/**
 * The text that is packed in a file.
 * @throws InputError where it is damaged or gone
 */
export function packedText(path: string): AsyncGenerator<Buffer> {
  return unpacked({ name: path, chunks: fileChunks(path), again: () => fileChunks(path) });
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
