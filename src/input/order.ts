/** The order in which files are read: that of their contents, whatever they are called. */
import { calibrate } from '../../parsers/envelope/calibrate.ts';
import { arrivalOf, programOf, untaggedProgramOf } from '../../parsers/index.ts';
import { InputError } from './error.ts';
import { readerOf } from './reader.ts';
import type { Source } from './source.ts';

/** Lines at the beginning of a file among which one has a stamp, unless it is no log. */
const FIRST_LINES = 200;

/** The first line is a name for the text, as far as it is not longer than this. */
const LONGEST_NAME = 256;

/** A source and what its beginning tells. */
export interface Dated {
  readonly source: Source;
  /** Its first stamp in milliseconds UTC; infinite where there is none. */
  readonly first: number;
  /** Its first line or the beginning of that; empty for a stream, which is not touched. */
  readonly firstLine: string;
}

/**
 * Sorts sources by the first stamp in them, so that `mail.log mail.log.1` is read from the older to the newer.
 * Streams come last, since they cannot be read twice; what has no stamp keeps its place behind what has one.
 */
export async function inOrderOfTime(sources: readonly Source[]): Promise<Dated[]> {
  const dated: Dated[] = [];
  for (const source of sources) dated.push(await beginningOf(source));
  return dated.sort((a, b) => (a.first === b.first ? 0 : a.first - b.first));
}

async function beginningOf(source: Source): Promise<Dated> {
  const lines: string[] = [];
  let firstLine = '';
  try {
    if (source.size !== undefined) {
      for await (const chunk of source.chunks()) {
        firstLine = chunk.toString('latin1', 0, LONGEST_NAME).split('\n', 1).join();
        const reader = readerOf(chunk, source.name);
        for (const { text } of reader.push(chunk)) lines.push(...text.split('\n', FIRST_LINES));
        // A single line without a line feed may have a stamp too.
        if (lines.length === 0) for (const { text } of reader.end()) lines.push(text);
        break;
      }
    }
  } catch (error) {
    // What is wrong with it is told when it is its turn to be read.
    if (!(error instanceof InputError)) throw error;
  }
  const { first } = calibrate(
    lines.slice(0, FIRST_LINES),
    programOf,
    arrivalOf,
    source.latest,
    untaggedProgramOf,
  );
  return { source, first: first ?? Infinity, firstLine };
}
