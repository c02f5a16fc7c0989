/**
 * A folder of batches that wait for a store, so that following goes on while it is away: a file for each, named by its
 * number, whole or not there at all, so that they survive the process.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { StoreError } from './error.ts';

/** `whybounce batch 1 4242 0badcafe`: format, bytes and checksum of what follows. */
const HEADER = /^whybounce batch 1 (\d{1,15}) ([0-9a-f]{8})\n/;
const LONGEST_HEADER = 64;
const NAME = /^(\d{12})\.batch$/;

/** A batch in the spool. */
interface Spooled {
  readonly bytes: number;
  /** When it was put there, in milliseconds. */
  readonly since: number;
}

/** Batches on disk, the oldest first. */
export class Spool {
  readonly #folder: string;
  readonly #limit: number;
  readonly #batches = new Map<number, Spooled>();
  #next = 1;
  #bytes = 0;

  private constructor(folder: string, limit: number) {
    this.#folder = folder;
    this.#limit = limit;
  }

  /**
   * Opens a folder, and makes it where it is not there.
   * @param limit bytes that it may hold
   */
  static async open(folder: string, limit: number): Promise<Spool> {
    const spool = new Spool(folder, limit);
    await spool.#guard(async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const name of (await readdir(folder)).sort()) {
        const number = Number(NAME.exec(name)?.[1]);
        if (Number.isNaN(number)) {
          // It was being written when the process ended: the state speaks of nothing that is in it.
          if (name.endsWith('.new')) await rm(join(folder, name));
          continue;
        }
        const { size, mtimeMs } = await stat(join(folder, name));
        spool.#note(number, { bytes: size, since: mtimeMs });
      }
    });
    return spool;
  }

  /** Numbers of the batches. */
  get numbers(): number[] {
    return [...this.#batches.keys()];
  }

  /** Bytes of all batches. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether there is so much room that it may help out a store that is slow. */
  get isHalfEmpty(): boolean {
    return this.#bytes < this.#limit / 2;
  }

  /** Since when the oldest batch waits, in milliseconds; undefined where none does. */
  get since(): number | undefined {
    return this.#batches.values().next().value?.since;
  }

  /**
   * Puts a batch behind the others: on the disk when this ends. Gives its number.
   * @throws StoreError where it has no room
   */
  async add(batch: Buffer): Promise<number> {
    const header = `whybounce batch 1 ${batch.length} ${checksumOf(batch)}\n`;
    const bytes = header.length + batch.length;
    if (this.#bytes + bytes > this.#limit) {
      throw new StoreError(
        'away',
        `the spool ${this.#folder} is full: ${this.#bytes} bytes of ${this.#limit}`,
        'start again when the store is back, nothing is lost until the logs are; or give more with --spool-limit',
      );
    }
    const number = this.#next;
    const path = this.#path(number);
    await this.#guard(async () => {
      const file = await open(`${path}.new`, 'w', 0o600);
      try {
        await file.write(header);
        await file.writeFile(batch);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      const folder = await open(this.#folder).catch(() => undefined);
      await folder?.sync().catch(() => undefined);
      await folder?.close();
    });
    this.#note(number, { bytes, since: Date.now() });
    return number;
  }

  /**
   * Reads a batch.
   * @throws StoreError where it is damaged
   */
  async read(number: number): Promise<Buffer> {
    const path = this.#path(number);
    const bytes = await this.#guard(() => readFile(path));
    const [header = '', length, checksum] = HEADER.exec(bytes.toString('latin1', 0, LONGEST_HEADER)) ?? [];
    const batch = bytes.subarray(header.length);
    if (header === '' || batch.length !== Number(length) || checksumOf(batch) !== checksum) {
      throw new StoreError(
        'refused',
        `${path} is damaged`,
        'remove it, and load the logs of that time again with whybounce load: what is there already is skipped',
      );
    }
    return batch;
  }

  /** Takes a batch out, which the store has by now. */
  async remove(number: number): Promise<void> {
    const batch = this.#batches.get(number);
    if (batch === undefined) return;
    await this.#guard(() => rm(this.#path(number), { force: true }));
    this.#batches.delete(number);
    this.#bytes -= batch.bytes;
  }

  #note(number: number, batch: Spooled): void {
    this.#batches.set(number, batch);
    this.#bytes += batch.bytes;
    this.#next = number + 1;
  }

  #path(number: number): string {
    return join(this.#folder, `${String(number).padStart(12, '0')}.batch`);
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new StoreError(
        'refused',
        `the spool ${this.#folder} cannot be used: ${(error as Error).message}`,
        'give it room and rights, or name another directory with --state',
        { cause: error },
      );
    }
  }
}

function checksumOf(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
