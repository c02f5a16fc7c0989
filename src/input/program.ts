/** Unpacks with a program of the system: it gets the bytes on its stdin, and never sees a name from outside. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Bytes } from './bytes.ts';
import { damaged, InputError } from './error.ts';

/** One program that unpacks. */
export interface Unpacker {
  /** Named like the format. */
  readonly program: string;
  /** Settings that it takes from its environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The package of most systems that has it. */
  readonly package: string;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Enough of what a program complains about to tell what is wrong. */
const LONGEST_COMPLAINT = 4096;

/** What the programs say (in the C locale) of archives that end too early; of bytes behind the end; of memory. */
const CUT = /unexpected end|ends unexpectedly|premature end|unexpected EOF/i;
const GARBAGE = /trailing garbage|unsupported format/i;
const MEMORY = /memory/i;

/**
 * The text of a packed stream.
 * @param otherwise what unpacks where the program is not installed
 * @throws InputError after everything readable was given, or where nothing here can unpack it
 */
export async function* throughProgram(
  unpacker: Unpacker,
  packed: Bytes,
  otherwise?: (packed: Bytes) => AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  const child = await start(unpacker);
  if (child !== undefined) yield* piped(child, unpacker, packed);
  else if (otherwise !== undefined) yield* otherwise(packed);
  else {
    const { program, package: its } = unpacker;
    throw new InputError(
      'compressed',
      packed.name,
      `${packed.name} is compressed with ${program}, and that program is not installed`,
      `install it, with apt install ${its} or the like`,
    );
  }
}

/** Starts a program; undefined where there is none. */
async function start({ program, environment }: Unpacker): Promise<Child | undefined> {
  const child = spawn(program, ['-dc'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // The settings of the user's environment (XZ_OPT and the like) are for other occasions, and messages are read.
    env: { ...environment, PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  try {
    await once(child, 'spawn');
    return child;
  } catch {
    return undefined;
  }
}

async function* piped(child: Child, { program }: Unpacker, packed: Bytes): AsyncGenerator<Buffer> {
  const ended = once(child, 'close');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, LONGEST_COMPLAINT);
  });
  // It stops reading where it stops understanding: what it says of that is read from stderr.
  child.stdin.on('error', () => undefined);
  let given = 0;
  let read = 0;
  let failure: unknown;
  const feeding = (async () => {
    for await (const chunk of packed.chunks) {
      given += chunk.length;
      const taken = await new Promise<boolean>((resolve) => {
        child.stdin.write(chunk, (error) => resolve(!error));
      });
      if (!taken) return;
    }
  })()
    .catch((error: unknown) => {
      failure = error;
    })
    .finally(() => child.stdin.end());
  try {
    for await (const chunk of child.stdout) {
      read += chunk.length;
      yield chunk;
    }
    await feeding;
    const [code] = await ended;
    if (failure !== undefined) throw failure;
    const garbage = GARBAGE.test(complaint) && read > 0;
    if (code === 0 && !garbage) return;
    const kind = CUT.test(complaint)
      ? 'cut'
      : garbage
        ? 'garbage'
        : MEMORY.test(complaint)
          ? 'memory'
          : 'broken';
    throw damaged({
      ...{ file: packed.name, format: program, kind, byte: given, exact: kind === 'cut', text: read },
      cause: new Error(complaint.trim()),
    });
  } finally {
    // Who stops early leaves a program that waits to be read.
    child.kill('SIGKILL');
    child.stdin.destroy();
    await feeding;
  }
}
