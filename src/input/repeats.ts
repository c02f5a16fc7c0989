/**
 * Finds files that repeat others: `mail.log.1` beside `mail.log.1.gz`, a file under two names, a copy that was made an
 * hour before its original ended. Contents are compared, not names; only of files that begin with the same line more is
 * read than that.
 */
import { InputError } from './error.ts';
import type { Dated } from './order.ts';
import { readsLines } from './reader.ts';
import type { Source } from './source.ts';

const NEWLINE = 0x0a;

/** A source that is not read, since another one holds all that it holds. */
export interface Repeat {
  readonly source: Source;
  readonly of: Source;
  /** It may hold more than that: why it could not be read to its end. */
  readonly failure: InputError | undefined;
}

/** A source that is to be read, and how much of it another one holds already. */
export interface Part {
  readonly source: Source;
  /** Byte of its text where that begins which is in no other source. */
  readonly begin: number;
}

/** What is to be read, in order, and what was left out. */
export interface Distinct {
  readonly parts: readonly Part[];
  readonly repeats: readonly Repeat[];
}

/**
 * Leaves out sources that are the same as another one or the beginning of it. Where two lie apart after some lines,
 * as a damaged copy and its original do, those lines are left out of the second. Streams are taken for distinct.
 * @param stop ends the comparing: files that were not compared to their ends are taken for distinct
 */
export async function withoutRepeats(dated: readonly Dated[], stop?: AbortSignal): Promise<Distinct> {
  const parts: Part[] = [];
  const repeats: Repeat[] = [];
  const byFirstLine = new Map<string, Part[]>();
  for (const { source, firstLine } of dated) {
    const alike = byFirstLine.get(firstLine) ?? [];
    byFirstLine.set(firstLine, alike);
    let part: Part | undefined = { source, begin: 0 };
    // An empty line says nothing about the rest; nor is there one in an empty file.
    for (const known of firstLine === '' ? [] : [...alike]) {
      const { common, failures } = await compare(known.source, source, stop);
      if (common.all[1]) {
        repeats.push({ source, of: known.source, failure: failures[1] });
        part = undefined;
        break;
      }
      const begin = Math.max(part.begin, common.lines);
      part = { source, begin };
      if (common.all[0]) {
        repeats.push({ source: known.source, of: source, failure: failures[0] });
        part = { source, begin: known.begin };
        alike.splice(alike.indexOf(known), 1);
        parts.splice(parts.indexOf(known), 1);
      }
    }
    if (part === undefined) continue;
    alike.push(part);
    parts.push(part);
  }
  return { parts, repeats };
}

interface Comparison {
  readonly common: {
    /** Bytes at the beginning that both have, to the end of a line; 0 where the texts are no lines. */
    readonly lines: number;
    /** For each of the two: the other one has all of it. */
    readonly all: readonly [boolean, boolean];
  };
  readonly failures: readonly [InputError | undefined, InputError | undefined];
}

async function compare(a: Source, b: Source, stop?: AbortSignal): Promise<Comparison> {
  if (a.identity === b.identity)
    return { common: { lines: 0, all: [false, true] }, failures: [undefined, undefined] };
  const texts = [new Text(a), new Text(b)] as const;
  try {
    let at = 0;
    let lines = 0;
    let isLines: boolean | undefined;
    for (;;) {
      const [left, right] = [await texts[0].rest(), await texts[1].rest()];
      isLines ??= readsLines(left);
      const length = Math.min(left.length, right.length);
      const differs = length > 0 && !left.subarray(0, length).equals(right.subarray(0, length));
      const end = differs ? firstDifference(left, right) : length;
      const newline = end === 0 ? -1 : left.lastIndexOf(NEWLINE, end - 1);
      if (newline >= 0) lines = at + newline + 1;
      at += end;
      if (differs || length === 0 || stop?.aborted) {
        return {
          common: {
            lines: isLines ? lines : 0,
            all: [!differs && left.length === 0, !differs && right.length === 0],
          },
          failures: [texts[0].failure, texts[1].failure],
        };
      }
      for (const text of texts) text.skip(length);
    }
  } finally {
    for (const text of texts) await text.close();
  }
}

function firstDifference(a: Buffer, b: Buffer): number {
  let i = 0;
  while (a[i] === b[i]) i += 1;
  return i;
}

/** A text that is read a chunk at a time, as far as it can be read. */
class Text {
  failure: InputError | undefined = undefined;
  readonly #chunks: AsyncGenerator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(source: Source) {
    this.#chunks = source.chunks();
  }

  /** What is left of the chunk, or the next one; empty at the end. */
  async rest(): Promise<Buffer> {
    try {
      while (this.#chunk.length === 0) {
        const next = await this.#chunks.next();
        if (next.done) break;
        this.#chunk = next.value;
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.failure = error;
    }
    return this.#chunk;
  }

  skip(length: number): void {
    this.#chunk = this.#chunk.subarray(length);
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }
}
