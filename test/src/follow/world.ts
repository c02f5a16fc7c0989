/** A log on a real file system, and everything that may happen to it: the model that a follower is held against. */
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What can happen, with a number that says how. */
export type Step = readonly [what: (typeof STEPS)[number], how: number];

export const STEPS = [
  'write',
  'write',
  'part of a line',
  'poll',
  'poll',
  'rename',
  'rename, and go on in the old file',
  'reopen',
  'copy and truncate',
  'pack',
  'truncate',
  'cut',
  'delete',
  'replace by a copy',
  'change times',
  'checkpoint',
  'stop',
  'start',
  'kill',
  'wait',
] as const;

/** Longer than a rotated file is watched. */
const LONG = 11 * 60_000;

/** What reads the log, one look at a time. */
export interface Reader {
  /** Reads what has come, and gives it in some form. */
  read(now: number): Promise<string[]>;
  /** What another reader needs to go on. */
  state(): Promise<unknown>;
  close(): Promise<void>;
}

/** One log, its writer and its reader. */
export class World<R extends Reader = Reader> {
  readonly path: string;
  readonly #folder: string;
  readonly #lineOf: (number: number) => string;
  /** Whole lines in the order in which they were written. */
  readonly expected: string[] = [];
  readonly seen: string[] = [];
  #written = 0;
  #writer: number | undefined;
  /** What was written of a line that has no end yet. */
  #pending = '';
  /** What is still to be written of it. */
  #rest = '';
  #isLate = false;
  #now = 0;
  readonly #open: (path: string, state: unknown) => R;
  #reader: R | undefined;
  #state: unknown;

  /** @param open makes a reader, to go on with a state where there is one */
  constructor(folder: string, lineOf: (number: number) => string, open: (path: string, state: unknown) => R) {
    this.#folder = folder;
    this.path = join(folder, 'mail.log');
    this.#lineOf = lineOf;
    this.#open = open;
    this.#start();
  }

  /** Does one step, unless it makes no sense now. */
  async do([what, how]: Step): Promise<void> {
    const isUp = this.#reader !== undefined;
    switch (what) {
      case 'write':
        for (let i = 0; i <= how % 5; i++) this.#writeLine();
        return;
      case 'part of a line':
        if (this.#rest === '') this.#writePart(how);
        return;
      case 'poll':
        return this.poll();
      case 'rename':
        this.#endLine();
        this.#shift();
        if (existsSync(this.path)) renameSync(this.path, `${this.path}.1`);
        this.#close();
        if (how % 2 === 0) this.#openLog();
        return;
      case 'rename, and go on in the old file':
        if (this.#isLate || this.#writer === undefined || !existsSync(this.path)) return;
        this.#shift();
        renameSync(this.path, `${this.path}.1`);
        this.#isLate = true;
        if (how % 2 === 0) appendFileSync(this.path, '');
        return;
      case 'reopen':
        this.#reopen();
        return;
      case 'copy and truncate':
        if (this.#isLate || !existsSync(this.path)) return;
        this.#endLine();
        this.#shift();
        copyFileSync(this.path, `${this.path}.1`);
        if (how % 2 === 0) this.#pack(1);
        truncateSync(this.path, 0);
        return;
      case 'pack':
        if (!this.#isLate) this.#pack(1 + (how % 3));
        return;
      case 'truncate':
      case 'cut':
        if (this.#isLate || !isUp || !existsSync(this.path)) return;
        // What nobody has read yet would be gone.
        await this.poll();
        truncateSync(this.path, what === 'cut' ? how % (statSync(this.path).size + 1) : 0);
        this.#pending = readFileSync(this.path, 'latin1').split('\n').at(-1)!;
        this.#rest = '';
        return;
      case 'delete':
        if (this.#isLate || !isUp || !existsSync(this.path)) return;
        this.#endLine();
        await this.poll();
        rmSync(this.path);
        this.#close();
        return;
      case 'replace by a copy':
        if (this.#isLate || !existsSync(this.path)) return;
        copyFileSync(this.path, `${this.path}.tmp`);
        renameSync(`${this.path}.tmp`, this.path);
        this.#close();
        return;
      case 'change times':
        if (existsSync(this.path)) utimesSync(this.path, how, how);
        return;
      case 'checkpoint':
        if (isUp) this.#state = await this.#reader!.state();
        return;
      case 'stop':
        if (!isUp) return;
        this.#state = await this.#reader!.state();
        return this.#kill();
      case 'kill':
        return this.#kill();
      case 'start':
        if (!isUp) this.#start();
        return;
      case 'wait':
        if (!this.#isLate) this.#now += LONG;
    }
  }

  /** Lets the reader come to the end. */
  async end(): Promise<void> {
    this.#reopen();
    this.#endLine();
    this.#close();
    if (this.#reader === undefined) this.#start();
    await this.poll();
    await this.poll();
    await this.#reader?.close();
  }

  async poll(): Promise<void> {
    this.#now += 1;
    this.seen.push(...((await this.#reader?.read(this.#now)) ?? []));
  }

  #start(): void {
    this.#reader = this.#open(this.path, this.#state);
  }

  async #kill(): Promise<void> {
    await this.#reader?.close();
    this.#reader = undefined;
  }

  #writeLine(): void {
    if (this.#rest === '') this.#begin();
    this.#endLine();
  }

  #begin(): void {
    this.#rest = `${this.#lineOf(this.#written)}\n`;
    this.#written += 1;
  }

  #writePart(how: number): void {
    this.#begin();
    this.#put(1 + (how % (this.#rest.length - 1)));
  }

  #endLine(): void {
    if (this.#rest === '' && this.#pending === '') return;
    if (this.#rest === '') this.#begin();
    this.#put(this.#rest.length);
    this.expected.push(this.#pending.slice(0, -1));
    this.#pending = '';
  }

  #put(length: number): void {
    this.#openLog();
    const text = this.#rest.slice(0, length);
    writeSync(this.#writer!, text);
    this.#pending += text;
    this.#rest = this.#rest.slice(length);
  }

  #reopen(): void {
    if (!this.#isLate) return;
    this.#endLine();
    this.#isLate = false;
    this.#close();
    this.#openLog();
  }

  #openLog(): void {
    this.#writer ??= openSync(this.path, 'a');
  }

  #close(): void {
    if (this.#writer !== undefined) closeSync(this.#writer);
    this.#writer = undefined;
  }

  /** `mail.log.1` becomes `mail.log.2`, and so on. */
  #shift(): void {
    const numbers = readdirSync(this.#folder)
      .map((name) => /^mail\.log\.(\d+)(\.gz)?$/.exec(name))
      .filter((match) => match !== null)
      .map(([name, number, packed]) => ({ name, number: Number(number), packed: packed ?? '' }))
      .sort((a, b) => b.number - a.number);
    for (const { name, number, packed } of numbers) {
      renameSync(join(this.#folder, name), `${this.path}.${number + 1}${packed}`);
    }
  }

  #pack(number: number): void {
    const name = `${this.path}.${number}`;
    if (!existsSync(name)) return;
    appendFileSync(`${name}.gz`, gzipSync(readFileSync(name)));
    rmSync(name);
  }
}
