/** The progress bar: how much is done, how fast, how long it will take. Drawn on stderr, gone when the work is. */
import type { Context } from './command.ts';
import { useUnicode, widthOf } from './terminal.ts';

/** How far the work is. */
export interface Progress {
  /** Bytes read of the files as they lie on the disk. */
  readonly done: number;
  /** Bytes there are; undefined where nobody knows, as with a pipe. */
  readonly total: number | undefined;
  readonly lines: number;
}

/** Five times a second: smooth enough to watch, too seldom to cost anything. */
const INTERVAL = 200;
/** A run shorter than this shows no bar at all. */
const PATIENCE = 400;
/** Before this much time has gone, a rate would be a guess. */
const SETTLED = 1000;
const BAR_WIDTH = 24;

const CLEAR_LINE = '\r\x1b[K';

/** Draws on a terminal and does nothing where there is none. */
export class ProgressBar {
  readonly #screen: NodeJS.WriteStream;
  readonly #shown: boolean;
  readonly #unicode: boolean;
  readonly #now: () => number;
  readonly #begin: number;
  #next: number;
  #drawn = false;

  constructor(context: Pick<Context, 'stderr' | 'quiet' | 'environment'>, now = () => performance.now()) {
    this.#screen = context.stderr;
    this.#shown = context.stderr.isTTY === true && !context.environment['CI'] && !context.quiet;
    this.#unicode = useUnicode(context.environment);
    this.#now = now;
    this.#begin = now();
    this.#next = this.#begin + PATIENCE;
  }

  /** Shows how far the work is, if it is time to. */
  update(progress: Progress): void {
    if (!this.#shown) return;
    const now = this.#now();
    if (now < this.#next) return;
    this.#next = now + INTERVAL;
    this.#drawn = true;
    const line = progressLine(progress, now - this.#begin, this.#unicode);
    this.#screen.write(`${CLEAR_LINE}${line.slice(0, widthOf(this.#screen) - 1)}`);
  }

  /** Takes the bar off the screen. To be called before anything else is written. */
  clear(): void {
    if (this.#drawn) this.#screen.write(CLEAR_LINE);
    this.#drawn = false;
  }
}

/** One line such as ` 42 % ██████░░░░ 1.2 M lines/s, 3 s left`. */
export function progressLine(progress: Progress, elapsed: number, unicode: boolean): string {
  const { done, total, lines } = progress;
  const rate = elapsed < SETTLED ? '' : ` ${short((lines * 1000) / elapsed)} lines/s`;
  if (total === undefined || total === 0)
    return `${short(lines)} lines, ${short(done)}B${rate && `,${rate}`}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const [full, empty] = unicode ? ['█', '░'] : ['#', '.'];
  const bar = full.repeat(filled) + empty.repeat(BAR_WIDTH - filled);
  const left = rate && share > 0 ? `, ${duration((elapsed / share) * (1 - share))} left` : '';
  return `${String(Math.floor(share * 100)).padStart(3)} % ${bar}${rate}${left}`;
}

/** `950`, `1.2 M`. */
function short(value: number): string {
  for (const [size, unit] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (value >= size) return `${(value / size).toFixed(value < 10 * size ? 1 : 0)} ${unit}`;
  }
  return `${Math.round(value)} `.trimEnd();
}

/** `40 s`, `3 min 20 s`, `2 h 5 min`. */
function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
