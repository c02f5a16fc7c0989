/** The order in which files are read: that of their contents, whatever they are called. */
import { calibrate } from '../../parsers/envelope/calibrate.ts';
import { arrivalOf, programOf, untaggedProgramOf } from '../../parsers/index.ts';
import { BatchReader } from './batches.ts';
import { InputError } from './error.ts';
import type { Source } from './source.ts';

/** Lines at the beginning of a file among which one has a stamp, unless it is no log. */
const FIRST_LINES = 200;

/**
 * Sorts sources by the first stamp in them, so that `mail.log mail.log.1` is read from the older to the newer.
 * Streams come last, since they cannot be read twice; what has no stamp keeps its place behind what has one.
 */
export async function inOrderOfTime(sources: readonly Source[]): Promise<Source[]> {
  if (sources.length < 2) return [...sources];
  const dated: { source: Source; first: number }[] = [];
  for (const source of sources) dated.push({ source, first: await firstStamp(source) });
  return dated.sort((a, b) => (a.first === b.first ? 0 : a.first - b.first)).map(({ source }) => source);
}

/** Milliseconds UTC, as far as the beginning tells; infinite where it tells nothing. */
async function firstStamp(source: Source): Promise<number> {
  if (source.size === undefined) return Infinity;
  try {
    for await (const chunk of source.chunks()) {
      const reader = new BatchReader();
      const lines = [...reader.push(chunk), ...reader.end()].flatMap(({ text }) => text.split('\n'));
      const first = lines.slice(0, FIRST_LINES);
      return calibrate(first, programOf, arrivalOf, source.latest, untaggedProgramOf).first ?? Infinity;
    }
  } catch (error) {
    // What is wrong with it is told when it is its turn to be read.
    if (!(error instanceof InputError)) throw error;
  }
  return Infinity;
}
