/**
 * The directory that remembers how far logs were followed. One process at a time has it; what is in it is replaced as a
 * whole, so that a crash leaves either the old or the new state.
 */

import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { InputError } from '../input/error.ts';

/** Grows with every change that older programs cannot read. */
const FORMAT = 1;
/** `whybounce state 1 4242 0badcafe`: format, bytes and checksum of what follows. */
const HEADER = /^whybounce state (\d{1,9}) (\d{1,15}) ([0-9a-f]{8})\n/;
const LONGEST_HEADER = 64;

/** An open state directory. */
export class Checkpoint {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Opens a directory, and makes it where it is not there.
   * @throws InputError where another process has it
   */
  static async open(folder: string): Promise<Checkpoint> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await lock(folder);
    } catch (error) {
      throw unusable(folder, error);
    }
    return new Checkpoint(folder);
  }

  /**
   * What was kept last; undefined where nothing was yet.
   * @throws InputError where it is damaged, or was written by a newer program
   */
  async read(): Promise<Buffer | undefined> {
    return readState(fileIn(this.#folder));
  }

  /** Keeps a state in the place of the one before. */
  async save(state: Buffer): Promise<void> {
    const path = fileIn(this.#folder);
    const checksum = crc32(state).toString(16).padStart(8, '0');
    try {
      const file = await open(`${path}.new`, 'w', 0o600);
      try {
        await file.write(`whybounce state ${FORMAT} ${state.length} ${checksum}\n`);
        await file.writeFile(state);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      await syncFolder(this.#folder);
    } catch (error) {
      throw unusable(this.#folder, error);
    }
  }

  /** Lets another process have the directory. */
  async close(): Promise<void> {
    await unlock(this.#folder);
  }
}

async function readState(path: string): Promise<Buffer | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(path, error);
  }
  const [header, format, length, checksum] = HEADER.exec(bytes.toString('latin1', 0, LONGEST_HEADER)) ?? [];
  const state = bytes.subarray(header?.length ?? 0);
  if (header !== undefined && Number(format) > FORMAT) {
    throw new InputError(
      'unreadable',
      path,
      `${path} was written by a newer whybounce`,
      'use that one, or begin anew with --from start or --from end',
    );
  }
  if (
    header === undefined ||
    state.length !== Number(length) ||
    crc32(state) !== Number.parseInt(checksum!, 16)
  ) {
    throw new InputError(
      'damaged',
      path,
      `${path} is damaged`,
      'put a copy of it back, or begin anew with --from start or --from end',
    );
  }
  return state;
}

function fileIn(folder: string): string {
  return join(folder, 'tail.state');
}

function unusable(folder: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  return new InputError(
    'unreadable',
    folder,
    `${folder} cannot keep the state: ${(error as Error).message}`,
    'name a directory that this user may write to',
    { cause: error },
  );
}

/** The rename is on the disk only when the folder is. Some systems cannot do that, and need not. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

// --- one process at a time --------------------------------------------------------------------------------------

/** The process that has a directory writes its id there, and when it began: ids are used again. */
async function lock(folder: string): Promise<void> {
  const path = join(folder, 'pid');
  const own = `${process.pid} ${startOf(process.pid)}\n`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await writeFile(path, own, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid = 0, start] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
    if (Number(pid) !== process.pid && isRunning(Number(pid)) && startOf(Number(pid)) === start) {
      throw new InputError(
        'denied',
        folder,
        `process ${pid} is following with the state in ${folder}`,
        'stop it, or name another directory',
      );
    }
    // It was killed.
    await rm(path, { force: true });
  }
}

async function unlock(folder: string): Promise<void> {
  await rm(join(folder, 'pid'), { force: true });
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, in the system's own measure; the same for all where the system does not tell. */
function startOf(pid: number): string {
  try {
    // The name, in brackets, may hold blanks: field 22 is the 20th behind it (proc(5)).
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
