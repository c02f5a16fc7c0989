/** Tells how bytes are packed, by their magic: endings of names lie after a rotation. */
import type { Bytes } from './bytes.ts';
import { InputError } from './error.ts';
import { gunzip } from './gunzip.ts';
import { throughProgram } from './program.ts';
import { unzstd } from './unzstd.ts';

/** As many bytes as it takes to tell compressions and documents: a pipe may give a byte at a time. */
const HEAD = 64;

interface Compression {
  readonly name: string;
  readonly magic: readonly number[];
  readonly unpack: (packed: Bytes) => AsyncGenerator<Buffer>;
}

/**
 * What is unpacked. For all but gzip, which Node can do, the programs of the system come first: they are several times
 * faster, use the other core, bound their memory and give what a damaged archive still holds.
 */
const COMPRESSIONS: readonly Compression[] = [
  { name: 'gzip', magic: [0x1f, 0x8b], unpack: gunzip },
  {
    name: 'zstd',
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    unpack: (packed) => throughProgram({ program: 'zstd', package: 'zstd' }, packed, unzstd),
  },
  {
    name: 'xz',
    magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
    // One thread: several would hold back what comes before the damage. `xz -9` needs 65 MiB. As a variable, since the
    // xz of busybox knows no such options.
    unpack: (packed) =>
      throughProgram(
        {
          ...{ program: 'xz', package: 'xz-utils' },
          environment: { XZ_DEFAULTS: '--threads=1 --memlimit-decompress=256MiB' },
        },
        packed,
      ),
  },
  {
    name: 'bzip2',
    magic: [0x42, 0x5a, 0x68],
    unpack: (packed) => throughProgram({ program: 'bzip2', package: 'bzip2' }, packed),
  },
];

/** What is recognised and refused, with what to do instead. */
const OTHERS: readonly {
  readonly is: string;
  readonly magic: readonly number[];
  /** Where the magic stands. */
  readonly at?: number;
  readonly instead: (file: string) => string;
}[] = [
  {
    is: 'a zip archive',
    magic: [0x50, 0x4b, 0x03, 0x04],
    instead: (file) => `unzip -p ${file} | whybounce report -`,
  },
  {
    is: 'compressed with lz4',
    magic: [0x04, 0x22, 0x4d, 0x18],
    instead: (file) => `lz4 -dc ${file} | whybounce report -`,
  },
  {
    is: 'a tar archive',
    // ustar
    magic: [0x75, 0x73, 0x74, 0x61, 0x72],
    at: 257,
    instead: (file) => `tar -xOf ${file} | whybounce report -`,
  },
  {
    is: 'a journal file of systemd',
    // LPKSHHRH
    magic: [0x4c, 0x50, 0x4b, 0x53, 0x48, 0x48, 0x52, 0x48],
    instead: (file) => `journalctl -o json --file ${file} | whybounce report -`,
  },
];

/**
 * The text behind the bytes of a file or stream, unpacked where they are packed.
 * @throws InputError after everything readable was given
 */
export async function* unpacked(bytes: Bytes): AsyncGenerator<Buffer> {
  const { name } = bytes;
  const { head, rest } = await beginningOf(bytes.chunks);
  try {
    const compression = COMPRESSIONS.find(({ magic }) => startsWith(head, magic));
    if (compression === undefined) {
      refuseNoText(name, head);
      if (head.length > 0) yield head;
      yield* rest;
      return;
    }
    const inner = await beginningOf(
      compression.unpack({ name, chunks: joined(head, rest), again: bytes.again }),
    );
    try {
      const packedAgain = COMPRESSIONS.find(({ magic }) => startsWith(inner.head, magic));
      if (packedAgain !== undefined) {
        throw new InputError(
          'compressed',
          name,
          `${name} is packed twice: ${packedAgain.name} within ${compression.name}`,
          'unpack it once and give what comes out',
        );
      }
      refuseNoText(name, inner.head);
      if (inner.head.length > 0) yield inner.head;
      yield* inner.rest;
    } finally {
      await inner.rest.return(undefined);
    }
  } finally {
    // Who stops at the first chunk has not begun with the others.
    await rest.return(undefined);
    await bytes.chunks.return(undefined);
  }
}

/** Whether a file that begins like this is packed in a form that `unpacked` can undo. */
export function isPacked(beginning: Buffer): boolean {
  return COMPRESSIONS.some(({ magic }) => startsWith(beginning, magic));
}

function startsWith(head: Buffer, magic: readonly number[], at = 0): boolean {
  return magic.every((byte, i) => head[at + i] === byte);
}

/** @throws InputError where a file that begins like this is neither text nor packed text */
export function refuseNoText(name: string, head: Buffer): void {
  const other = OTHERS.find(({ magic, at }) => startsWith(head, magic, at));
  if (other !== undefined) {
    throw new InputError('compressed', name, `${name} is ${other.is}`, other.instead(name));
  }
  if (!isBinary(head)) return;
  throw new InputError('binary', name, `${name} is not text`, 'give a mail log, plain or compressed');
}

/** Text may hold a few control bytes, and whole blocks of NULs where a disk lost power. */
function isBinary(head: Buffer): boolean {
  let [others, controls] = [0, 0];
  for (const byte of head.subarray(0, 8192)) {
    if (byte === 0) continue;
    others += 1;
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b)) controls += 1;
  }
  return controls > others / 16;
}

interface Beginning {
  /** The first chunk, or several where they are small; empty only where there is nothing. */
  readonly head: Buffer;
  /** What follows, among it the error that ended the beginning. */
  readonly rest: AsyncGenerator<Buffer>;
}

async function beginningOf(chunks: AsyncGenerator<Buffer>): Promise<Beginning> {
  let head: Buffer = Buffer.alloc(0);
  try {
    while (head.length < HEAD) {
      const next = await chunks.next();
      if (next.done) break;
      head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
      // The next chunk may come in the place of this one.
      if (head.length < HEAD) head = Buffer.from(head);
    }
  } catch (error) {
    return { head, rest: failing(error) };
  }
  return { head, rest: chunks };
}

// biome-ignore lint/correctness/useYield: it has nothing to give but the error
async function* failing(error: unknown): AsyncGenerator<Buffer> {
  throw error;
}

async function* joined(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}
