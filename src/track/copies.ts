/**
 * Lines that lie in several logs of one server. Exim writes each refusal to its mainlog and its rejectlog, and trouble
 * to its mainlog and its paniclog, in the same words with the same stamp. Whichever of these logs are given, in
 * whatever order, each line counts once; so does one that only the rejectlog has (`log_reject_target`).
 *
 * A log in which messages come and go is a mainlog. Two of those, of two servers, may have the same line by chance:
 * lines are compared with those of another log only where one of the two is no mainlog.
 */
import type { LogRecord } from '../../parsers/contract.ts';

/** Lines that are remembered, so often twice: 30 MB. Before a log is a day old, few servers refuse so much. */
const MOST_LINES = 2 ** 19;
const FEWEST_SLOTS = 2 ** 12;
/** What counts with sixteen bits. */
const MOST_TIMES = 2 ** 16 - 1;

/** Tells which lines of a source stood in an earlier one. */
export class Copies {
  readonly #mostLines: number;
  /** By source: messages come and go in it. */
  readonly #isMain: boolean[] = [];
  #source = -1;
  #recent = new Lines(FEWEST_SLOTS);
  #older: Lines | undefined = undefined;
  #hasForgotten = false;
  #uncertain = 0;

  /** @param mostLines after so many lines the older half is forgotten */
  constructor(mostLines = MOST_LINES) {
    this.#mostLines = mostLines;
  }

  /** Lines that may be copies of others that are forgotten. */
  get uncertain(): number {
    return this.#uncertain;
  }

  /** Begins the next source. */
  begin(): void {
    this.#source += 1;
    this.#isMain.push(false);
  }

  /**
   * Whether the line between `start` and `end` was counted when it stood in another source. Give all lines, with what
   * they were read as.
   */
  isCopy(record: LogRecord | undefined, text: string, start: number, end: number): boolean {
    const kind = record?.kind;
    if (kind === 'arrival' || kind === 'removed' || (kind === 'delivery' && record.status === 'delivered')) {
      this.#isMain[this.#source] = true;
      return false;
    }
    if (kind === 'nothing') return false;
    const line = hashOf(text, start, end);
    let lines = this.#recent;
    let slot = lines.find(line);
    if (slot < 0 && this.#older !== undefined) {
      const older = this.#older.find(line);
      if (older >= 0) {
        lines = this.#older;
        slot = older;
      }
    }
    if (slot < 0) {
      if (this.#hasForgotten && !this.#isMain[this.#source]) this.#uncertain += 1;
      this.#add(line);
      return false;
    }
    const source = lines.sources[slot]!;
    if (source !== this.#source) {
      // The other of two mainlogs has lines of its own.
      const isOwn = this.#isMain[source] && this.#isMain[this.#source];
      lines.times[slot] = isOwn ? lines.counted[slot]! : 0;
      lines.sources[slot] = this.#source;
    }
    const times = Math.min(lines.times[slot]! + 1, MOST_TIMES);
    lines.times[slot] = times;
    if (times <= lines.counted[slot]!) return true;
    lines.counted[slot] = times;
    return false;
  }

  #add(line: number): void {
    if (this.#recent.size >= this.#mostLines) {
      this.#hasForgotten ||= this.#older !== undefined;
      this.#older = this.#recent;
      this.#recent = new Lines(FEWEST_SLOTS);
    }
    this.#recent = this.#recent.with(line, this.#source);
  }
}

/** A table of lines by their hash, in arrays of numbers: a map of as many would take five times the memory. */
class Lines {
  /** 0 where a slot is free. */
  readonly #hashes: Float64Array;
  /** The source that had the line last, */
  readonly sources: Uint16Array;
  /** how often it had it, */
  readonly times: Uint16Array;
  /** and how often it was counted. */
  readonly counted: Uint16Array;
  size = 0;

  constructor(slots: number) {
    this.#hashes = new Float64Array(slots);
    this.sources = new Uint16Array(slots);
    this.times = new Uint16Array(slots);
    this.counted = new Uint16Array(slots);
  }

  /** The slot of a line, or -1. */
  find(line: number): number {
    const slot = this.#slotOf(line);
    return this.#hashes[slot] === line ? slot : -1;
  }

  /** This table, or a larger one with all that it holds, and the line. */
  with(line: number, source: number): Lines {
    let lines: Lines = this;
    if (2 * this.size >= this.#hashes.length) {
      lines = new Lines(2 * this.#hashes.length);
      for (const [slot, known] of this.#hashes.entries()) {
        if (known !== 0) lines.#put(known, this.sources[slot]!, this.times[slot]!, this.counted[slot]!);
      }
    }
    lines.#put(line, source, 1, 1);
    return lines;
  }

  #put(line: number, source: number, times: number, counted: number): void {
    const slot = this.#slotOf(line);
    this.#hashes[slot] = line;
    this.sources[slot] = source;
    this.times[slot] = times;
    this.counted[slot] = counted;
    this.size += 1;
  }

  /** Where the line is, or the free slot where it belongs. */
  #slotOf(line: number): number {
    const last = this.#hashes.length - 1;
    let slot = line % this.#hashes.length;
    for (let known = this.#hashes[slot]; known !== 0 && known !== line; known = this.#hashes[slot]) {
      slot = slot === last ? 0 : slot + 1;
    }
    return slot;
  }
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
