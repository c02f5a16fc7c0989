/**
 * Finds sources that tell of the same mail in other words: the journal beside the file that syslog wrote of it, one
 * server's lines in a file of their own and in the one of all. Messages would count twice, half merged, so that this
 * must be said. Compared is what lines tell, whatever their form: queue id, recipient, kind and second.
 *
 * A sample is enough: of all lines of some seconds, and of fewer and fewer seconds the more lines there are.
 */
import type { LogRecord } from '../../parsers/contract.ts';

/** Lines of the sample. With 16 bytes each. */
const MOST_LINES = 2 ** 16;
/** Chance makes a few lines equal: the same queue id in the same second on two hosts. */
const FEWEST_EQUAL = 5;

/** Two sources of which one tells what the other tells. */
export interface Overlap {
  readonly source: number;
  readonly earlier: number;
  /** How much of the later source is in the earlier one, from 0 to 1. */
  readonly share: number;
}

/** What is remembered of the sources. Plain data. */
export interface OverlapsState {
  source: number;
  /** The lines of the sample and the source of each. */
  readonly sample: Map<number, number>;
  /** Seconds whose hash has one of these bits are not in the sample. */
  mask: number;
  /** By source: its lines in the sample, and how many of them each other source had before. */
  readonly lines: number[];
  readonly equal: Map<number, number>[];
}

/** Gives a memory without a line. */
export function noOverlaps(): OverlapsState {
  return { source: -1, sample: new Map(), mask: 0, lines: [], equal: [] };
}

/** Compares the sources of a run. */
export class Overlaps {
  readonly #state: OverlapsState;
  readonly #mostLines: number;

  /** @param mostLines the sample is made smaller beyond this */
  constructor(state: OverlapsState, mostLines = MOST_LINES) {
    this.#state = state;
    this.#mostLines = mostLines;
  }

  /** The lines that follow are of that source. */
  enter(source: number): void {
    const state = this.#state;
    state.source = source;
    state.lines[source] ??= 0;
    state.equal[source] ??= new Map();
  }

  /** Takes a line. */
  add(record: LogRecord, time: number): void {
    const { mask, source, lines, sample, equal } = this.#state;
    const second = Math.imul(Math.floor(time / 1000), 0x9e3779b1) >>> 12;
    if ((second & mask) !== 0) return;
    const { kind, queueId, to }: { kind: string; queueId?: string | undefined; to?: string | undefined } =
      record;
    if (queueId === undefined) return;
    const line = second * 2 ** 32 + hashOf(`${queueId} ${kind} ${to}`);
    lines[source]! += 1;
    const earlier = sample.get(line);
    if (earlier === undefined) {
      sample.set(line, source);
      if (sample.size > this.#mostLines) this.#thin();
    } else if (earlier !== source) {
      const counts = equal[source]!;
      counts.set(earlier, (counts.get(earlier) ?? 0) + 1);
    }
  }

  /** The sources that tell what an earlier one tells. */
  found(): Overlap[] {
    const { equal, lines } = this.#state;
    return equal.flatMap((counts, source) =>
      [...counts]
        .filter(([, count]) => count >= FEWEST_EQUAL)
        .map(([earlier, count]) => ({ source, earlier, share: count / lines[source]! })),
    );
  }

  #thin(): void {
    const state = this.#state;
    state.mask = 2 * state.mask + 1;
    for (const line of state.sample.keys()) {
      if ((Math.floor(line / 2 ** 32) & state.mask) !== 0) state.sample.delete(line);
    }
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let p = 0; p < text.length; p++) hash = Math.imul(hash ^ text.charCodeAt(p), 0x01000193);
  return hash >>> 0;
}
