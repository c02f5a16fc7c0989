/** Unpacks zstd where its program is not installed, which is on many systems. Node itself can do it from 22.15 on. */
import type { Bytes } from './bytes.ts';
import { type Damage, damaged } from './error.ts';

/** A block of four bytes may stand for 128 kB of text: this many bytes at a time keep what comes out of them small. */
const PIECE = 64;

/**
 * The text of a zstd file. The checksums that a frame may have are not looked at.
 * @throws InputError after everything readable was given
 */
export async function* unzstd({ name, chunks }: Bytes): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd');
  let ready: Buffer[] = [];
  let text = 0;
  const decoder = new Decompress((chunk) => {
    ready.push(Buffer.from(chunk));
    text += chunk.length;
  });
  let byte = 0;
  /** Gives what a piece completes to `ready`, or the error that it is. */
  const push = (piece: Uint8Array, last: boolean): unknown => {
    try {
      decoder.push(piece, last);
      return undefined;
    } catch (error) {
      return error;
    }
  };
  const damage = (kind: Damage['kind'], cause: unknown) =>
    damaged({ file: name, format: 'zstd', kind, byte, exact: kind === 'cut', text, cause });
  for await (const chunk of chunks) {
    const own = Buffer.from(chunk);
    for (let p = 0; p < own.length; p += PIECE) {
      const piece = own.subarray(p, p + PIECE);
      byte += piece.length;
      const error = push(piece, false);
      yield* ready;
      ready = [];
      if (error !== undefined) throw damage('broken', error);
    }
  }
  const error = push(new Uint8Array(0), true);
  yield* ready;
  if (error !== undefined) throw damage('cut', error);
}
