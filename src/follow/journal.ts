/**
 * Follows the journal of systemd, through its own program: it knows the files, their rotation and who may read them. A
 * cursor tells where to go on, in another run or after the program died.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { BatchReader } from '../input/batches.ts';
import { InputError } from '../input/error.ts';
import type { LiveInput, Piece, TextPart } from './input.ts';

const PROGRAM = 'journalctl';

/** What is asked for of each entry, besides its cursor and time. */
const FIELDS = [
  ...['MESSAGE', 'SYSLOG_IDENTIFIER', 'SYSLOG_PID', '_PID', '_COMM', '_HOSTNAME'],
  '_SOURCE_REALTIME_TIMESTAMP',
];

const ARGUMENTS = [
  '--output=json',
  `--output-fields=${FIELDS.join(',')}`,
  // Long texts would come as null otherwise.
  '--all',
  '--follow',
  '--no-tail',
  '--no-pager',
];
/** The facility of mail: what mail servers log with, whatever their unit is called. */
const MATCH = 'SYSLOG_FACILITY=2';

/** Waits before the program is started again, in milliseconds: twice as long each time it dies without an entry. */
const SHORTEST_WAIT = 1000;
const LONGEST_WAIT = 60_000;
/** Complaints that are passed on; more of them say the same. */
const MOST_COMPLAINTS = 3;

/** Where in the journal the reading is. */
export interface JournalState {
  readonly cursor: string | undefined;
  /** Entries before this moment are no news, in milliseconds UTC; undefined where all are. */
  readonly since: number | undefined;
  readonly number: number;
}

/** How the journal is followed. */
export interface JournalOptions {
  readonly from: 'start' | 'end';
  readonly state?: JournalState | undefined;
  readonly nextNumber: () => number;
  /** Told what the user should know. */
  readonly note: (message: string) => void;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** The journal's entries of mail servers. */
export class FollowedJournal implements LiveInput {
  readonly name = 'journal';
  readonly ended = false;
  readonly #note: (message: string) => void;
  readonly #since: number | undefined;
  readonly #part: TextPart;
  #cursor: string | undefined;
  #child: Child | undefined;
  #reader = new BatchReader();
  #offset = 0;
  #wait = SHORTEST_WAIT;
  #startAt = -Infinity;
  #missing: InputError | undefined;
  #changed: () => void = () => undefined;

  constructor({ from, state, nextNumber, note }: JournalOptions) {
    this.#note = note;
    this.#cursor = state?.cursor;
    this.#since = state === undefined ? (from === 'end' ? Date.now() : undefined) : state.since;
    this.#part = { name: 'journal', number: state?.number ?? nextNumber(), head: () => Buffer.alloc(0) };
  }

  get state(): JournalState {
    return { cursor: this.#cursor, since: this.#since, number: this.#part.number };
  }

  watch(changed: () => void): void {
    this.#changed = changed;
  }

  async *read(now: number): AsyncGenerator<Piece> {
    if (this.#missing !== undefined) throw this.#missing;
    if (this.#child === undefined) {
      if (now < this.#startAt) return;
      this.#child = this.#start(now);
    }
    const { stdout } = this.#child;
    for (let chunk: Buffer | null = stdout.read(); chunk !== null; chunk = stdout.read()) {
      const batches = [...this.#reader.push(chunk)];
      if (batches.length === 0) continue;
      this.#wait = SHORTEST_WAIT;
      const last = batches.findLast(({ text }) => text !== '');
      if (last !== undefined) this.#cursor = cursorIn(last.text) ?? this.#cursor;
      yield { part: this.#part, batches };
    }
    if (stdout.readableEnded) this.#bury(now);
  }

  async close(): Promise<void> {
    this.#child?.kill();
    this.#child?.stdout.destroy();
  }

  #start(now: number): Child {
    const begin =
      this.#cursor !== undefined
        ? [`--after-cursor=${this.#cursor}`]
        : this.#since !== undefined
          ? [`--since=@${(this.#since / 1000).toFixed(3)}`]
          : [];
    const child = spawn(PROGRAM, [...ARGUMENTS, ...begin, MATCH], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      this.#missing = new InputError(
        'missing',
        PROGRAM,
        error.code === 'ENOENT'
          ? `${PROGRAM} is not installed`
          : `${PROGRAM} cannot be started: ${error.message}`,
        'name log files instead, or pipe the journal in',
        { cause: error },
      );
      this.#changed();
    });
    let complaints = 0;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) {
        if (line !== '' && ++complaints <= MOST_COMPLAINTS) this.#note(`${PROGRAM}: ${line}`);
      }
    });
    child.stdout.on('readable', () => this.#changed());
    child.stdout.on('end', () => this.#changed());
    this.#reader = new BatchReader(this.#offset);
    this.#startAt = now;
    return child;
  }

  /** It died: what it had begun to say is asked for again. */
  #bury(now: number): void {
    this.#offset = this.#reader.offset;
    this.#child = undefined;
    this.#startAt = now + this.#wait;
    this.#note(`${PROGRAM} ended: starting it again in ${this.#wait / 1000} s`);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }
}

/** The cursor of the last entry in some lines. */
function cursorIn(lines: string): string | undefined {
  const end = lines.endsWith('\n') ? lines.length - 1 : lines.length;
  try {
    const cursor: unknown = JSON.parse(lines.slice(lines.lastIndexOf('\n', end - 1) + 1, end)).__CURSOR;
    return typeof cursor === 'string' ? cursor : undefined;
  } catch {
    return undefined;
  }
}
