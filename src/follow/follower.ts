/** Follows files by name or pattern, each over all its rotations. */
import { type FSWatcher, watch } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { globSync } from 'tinyglobby';
import { isPattern } from '../input/globs.ts';
import type { LiveInput, Piece } from './input.ts';
import { FollowedLog, type LogState } from './log.ts';
import { CHUNK } from './reading.ts';
import { rotationOf } from './rotation.ts';
import { WINDOW } from './text.ts';

/** New files of a pattern and rotated files that were overlooked are looked for this often, in milliseconds. */
const RESCAN = 2000;

/** All that is followed, by path, as it is kept from one run to the next. */
export type FollowerState = ReadonlyMap<string, LogState>;

/** How files are followed. */
export interface FollowerOptions {
  /** Where reading begins in files that lie there at the beginning and were never read; later ones are read whole. */
  readonly from: 'start' | 'end';
  readonly state?: FollowerState | undefined;
  /** Gives the number of a new text. */
  readonly nextNumber: () => number;
  /** Told what the user should know. */
  readonly note: (message: string) => void;
  /** Milliseconds between two looks at the folders; 0 for at every call. */
  readonly rescanAfter?: number;
}

/** Follows all files that are named. */
export class Follower implements LiveInput {
  readonly name = 'files';
  readonly ended = false;
  readonly #names: readonly string[];
  readonly #options: FollowerOptions;
  readonly #logs = new Map<string, FollowedLog>();
  /** Logs of the last run that were not met yet in this one. */
  readonly #kept: Map<string, LogState>;
  readonly #buffer = Buffer.allocUnsafeSlow(WINDOW + CHUNK);
  readonly #missing = new Set<string>();
  readonly #rescanAfter: number;
  /** By folder; undefined where the system does not tell of changes. */
  readonly #watchers = new Map<string, FSWatcher | undefined>();
  #changed: (() => void) | undefined;
  #scannedAt = -Infinity;

  /** @param names files and patterns, that need not be there yet */
  constructor(names: readonly string[], options: FollowerOptions) {
    this.#names = names;
    this.#options = options;
    this.#rescanAfter = options.rescanAfter ?? RESCAN;
    this.#kept = new Map(options.state);
  }

  get state(): FollowerState {
    return new Map([...this.#kept, ...[...this.#logs].map(([path, log]) => [path, log.state] as const)]);
  }

  async *read(now: number): AsyncGenerator<Piece> {
    if (now - this.#scannedAt >= this.#rescanAfter) {
      await this.#scan(this.#scannedAt === -Infinity && this.#options.state === undefined);
      this.#scannedAt = now;
      this.#watchFolders();
    }
    for (const log of this.#logs.values()) yield* log.read(now);
  }

  watch(changed: () => void): void {
    this.#changed = changed;
  }

  async close(): Promise<void> {
    for (const watcher of this.#watchers.values()) watcher?.close();
    for (const log of this.#logs.values()) await log.close();
  }

  /** Finds the logs behind names and patterns. */
  async #scan(first: boolean): Promise<void> {
    for (const name of this.#names) {
      const pattern = isPattern(name);
      const found = pattern
        ? globSync(name, { absolute: isAbsolute(name), expandDirectories: false }).sort()
        : [name];
      const logs = found.filter((path) => !this.#isRotated(path, found));
      if (pattern && logs.length === 0) this.#noteMissing(name, `no file matches ${name} yet`);
      const archives = pattern && this.#options.from === 'start' && first;
      for (const path of logs)
        await this.#add(path, { from: first ? this.#options.from : 'start', archives });
    }
  }

  async #add(path: string, how: { from: 'start' | 'end'; archives: boolean }): Promise<void> {
    if (this.#logs.has(path)) return;
    const target = await realpath(path).catch(() => undefined);
    if (target === undefined) this.#noteMissing(path, `${path} does not exist yet`);
    // One file by two names is one log.
    for (const known of this.#logs.keys()) {
      if (target !== undefined && (await realpath(known).catch(() => undefined)) === target) return;
    }
    const state = this.#kept.get(path);
    this.#kept.delete(path);
    const log = new FollowedLog(path, {
      ...how,
      state,
      rescanAfter: this.#rescanAfter,
      buffer: this.#buffer,
      nextNumber: this.#options.nextNumber,
      note: this.#options.note,
    });
    this.#logs.set(path, log);
  }

  /** Whether a file is a rotated one of another that is followed, or will be. */
  #isRotated(path: string, found: readonly string[]): boolean {
    return [...found, ...this.#logs.keys(), ...this.#kept.keys()].some(
      (base) => dirname(base) === dirname(path) && rotationOf(basename(base), basename(path)) !== undefined,
    );
  }

  /** Asks the system to tell of changes; where it does not, reading now and then has to do. */
  #watchFolders(): void {
    if (this.#changed === undefined) return;
    for (const path of this.#logs.keys()) {
      const folder = dirname(path);
      if (this.#watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, (_, name) => {
          if (name === null || this.#logs.has(join(folder, name))) this.#changed?.();
        });
        watcher.on('error', () => {
          watcher.close();
          this.#watchers.set(folder, undefined);
        });
        this.#watchers.set(folder, watcher);
      } catch {
        // Too many are watched on this system, or the folder is not there: it is tried again with the next look.
      }
    }
  }

  #noteMissing(name: string, message: string): void {
    if (this.#missing.has(name)) return;
    this.#missing.add(name);
    this.#options.note(`${message}: waiting for it`);
  }
}
