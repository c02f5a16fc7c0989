/**
 * Lines that lie in several logs of one server. Exim writes each refusal to its mainlog and its rejectlog, and trouble
 * to its mainlog and its paniclog, in the same words with the same stamp; syslog may write warnings to `mail.warn` and
 * `mail.err` too. Whichever of these logs are given, in whatever order, each line counts once; so does one that only
 * the rejectlog has (`log_reject_target`).
 *
 * A log in which messages come and go is a main log. Two of those, of two servers, may have the same line by chance:
 * lines are compared with those of another log only where one of the two is no main log.
 */
import type { LogRecord } from '../../parsers/contract.ts';

/** Lines that are remembered, so often twice: 30 MB. Before a log is a day old, few servers refuse so much. */
const MOST_LINES = 2 ** 19;
const FEWEST_SLOTS = 2 ** 12;
/** What counts with sixteen bits. */
const MOST_TIMES = 2 ** 16 - 1;

/** What is remembered of lines. Plain data. */
export interface CopiesState {
  /** By source: messages come and go in it. */
  readonly isMain: boolean[];
  source: number;
  recent: Lines;
  older: Lines | undefined;
  hasForgotten: boolean;
  /** Lines that may be copies of others that are forgotten. */
  uncertain: number;
}

/** Gives a memory without a line. */
export function noCopies(): CopiesState {
  const recent = newLines(FEWEST_SLOTS);
  return { isMain: [], source: -1, recent, older: undefined, hasForgotten: false, uncertain: 0 };
}

/** Tells which lines of a source stood in an earlier one. */
export class Copies {
  readonly #state: CopiesState;
  readonly #mostLines: number;

  /** @param mostLines after so many lines the older half is forgotten */
  constructor(state: CopiesState, mostLines = MOST_LINES) {
    this.#state = state;
    this.#mostLines = mostLines;
  }

  /** The lines that follow are of that source. */
  enter(source: number): void {
    this.#state.source = source;
    this.#state.isMain[source] ??= false;
  }

  /**
   * Whether the line between `start` and `end` was counted when it stood in another source. Give all lines, with what
   * they were read as.
   * @param onlyTrouble the MTA itself writes each line once: only what it says of itself may be copied
   */
  isCopy(
    record: LogRecord | undefined,
    onlyTrouble: boolean,
    text: string,
    start: number,
    end: number,
  ): boolean {
    const state = this.#state;
    const { source, isMain } = state;
    const kind = record?.kind;
    if (kind === 'arrival' || kind === 'removed' || (kind === 'delivery' && record.status === 'delivered')) {
      isMain[source] = true;
      return false;
    }
    if (kind === 'nothing' || (onlyTrouble && kind !== 'notice' && kind !== undefined)) return false;
    const line = hashOf(text, start, end);
    let lines = state.recent;
    let slot = find(lines, line);
    if (slot < 0 && state.older !== undefined) {
      const older = find(state.older, line);
      if (older >= 0) {
        lines = state.older;
        slot = older;
      }
    }
    if (slot < 0) {
      if (state.hasForgotten && !isMain[source]) state.uncertain += 1;
      this.#add(line);
      return false;
    }
    const former = lines.sources[slot]!;
    if (former !== source) {
      // The other of two main logs has lines of its own.
      const isOwn = isMain[former] && isMain[source];
      lines.times[slot] = isOwn ? lines.counted[slot]! : 0;
      lines.sources[slot] = source;
    }
    const times = Math.min(lines.times[slot]! + 1, MOST_TIMES);
    lines.times[slot] = times;
    if (times <= lines.counted[slot]!) return true;
    lines.counted[slot] = times;
    return false;
  }

  #add(line: number): void {
    const state = this.#state;
    if (state.recent.size >= this.#mostLines) {
      state.hasForgotten ||= state.older !== undefined;
      state.older = state.recent;
      state.recent = newLines(FEWEST_SLOTS);
    }
    state.recent = withLine(state.recent, line, state.source);
  }
}

/** A table of lines by their hash, in arrays of numbers: a map of as many would take five times the memory. */
interface Lines {
  /** 0 where a slot is free. */
  readonly hashes: Float64Array;
  /** The source that had the line last, */
  readonly sources: Uint16Array;
  /** how often it had it, */
  readonly times: Uint16Array;
  /** and how often it was counted. */
  readonly counted: Uint16Array;
  size: number;
}

function newLines(slots: number): Lines {
  return {
    hashes: new Float64Array(slots),
    sources: new Uint16Array(slots),
    times: new Uint16Array(slots),
    counted: new Uint16Array(slots),
    size: 0,
  };
}

/** The slot of a line, or -1. */
function find({ hashes }: Lines, line: number): number {
  const slot = slotOf(hashes, line);
  return hashes[slot] === line ? slot : -1;
}

/** This table, or a larger one with all that it holds, and the line. */
function withLine(table: Lines, line: number, source: number): Lines {
  let lines = table;
  if (2 * table.size >= table.hashes.length) {
    lines = newLines(2 * table.hashes.length);
    for (const [slot, known] of table.hashes.entries()) {
      if (known !== 0) put(lines, known, table.sources[slot]!, table.times[slot]!, table.counted[slot]!);
    }
  }
  put(lines, line, source, 1, 1);
  return lines;
}

function put(lines: Lines, line: number, source: number, times: number, counted: number): void {
  const slot = slotOf(lines.hashes, line);
  lines.hashes[slot] = line;
  lines.sources[slot] = source;
  lines.times[slot] = times;
  lines.counted[slot] = counted;
  lines.size += 1;
}

/** Where the line is, or the free slot where it belongs. */
function slotOf(hashes: Float64Array, line: number): number {
  const last = hashes.length - 1;
  let slot = line % hashes.length;
  for (let known = hashes[slot]; known !== 0 && known !== line; known = hashes[slot]) {
    slot = slot === last ? 0 : slot + 1;
  }
  return slot;
}

/** 53 bits of two FNV-1a hashes with different primes; never 0. */
function hashOf(text: string, start: number, end: number): number {
  let one = 0x811c9dc5;
  let other = 0x2f0b4a87;
  for (let p = start; p < end; p++) {
    const c = text.charCodeAt(p);
    one = Math.imul(one ^ c, 0x01000193);
    other = Math.imul(other ^ c, 0x5bd1e995);
  }
  return (one >>> 0) * 2 ** 21 + ((other >>> 0) % 2 ** 21) || 1;
}
