/**
 * Finds out what stamps without year and zone leave open, from the first lines of a log: a long queue id tells the
 * second in which it was made, and the line that introduces it bears the stamp of that same moment.
 */
import type { LogLine, Program } from '../contract.ts';
import { Clock } from './clock.ts';
import { Envelope, type Untagged } from './envelope.ts';

const MINUTE = 60_000;
/** Every zone of the world keeps a whole number of these from UTC. */
const QUARTER = 15 * MINUTE;
/** Line and id are of the same moment, give or take a slow disk. */
const SLACK = 2 * MINUTE;
/** No zone is farther from UTC. */
const FARTHEST = 14 * 60 * MINUTE;

/** A line whose stamp has no zone: `Nov 23 20:29:57 …`, `2026-11-23 20:29:57 …`. All parts are of fixed length. */
const ZONELESS = /^(?:\D|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,9})? (?![+-]\d{4} ))/;

/** What was found; absent parts could not be told. */
export interface Calibration {
  readonly year?: number;
  /** Minutes from UTC. */
  readonly offset?: number;
  /** Time of the first line with a stamp, as far as it is known by then (milliseconds UTC). */
  readonly first?: number;
}

/**
 * Reads the first lines of a source.
 * @param arrival see `LogParser.arrival`
 * @param untagged see `LogParser.untagged`
 */
export function calibrate(
  lines: Iterable<string>,
  resolve: (tag: string) => Program | undefined,
  arrival: (payload: string) => number | undefined,
  latest: number,
  untagged?: Untagged,
): Calibration {
  // In UTC, so that the difference to an id's own time is the zone.
  const envelope = new Envelope(new Clock({ latest: latest + FARTHEST, zone: 0 }), resolve, untagged);
  const line = {
    text: '',
    start: 0,
    end: 0,
    time: 0,
    host: '',
    tag: '',
    program: undefined,
    pid: 0,
    repeats: 1,
  } as LogLine;
  let first: number | undefined;
  for (const text of lines) {
    if (!envelope.read(text, 0, text.length, line)) continue;
    first ??= line.time;
    if (line.program === undefined || !ZONELESS.test(text)) continue;
    const made = arrival(line.text.slice(line.start, line.end));
    if (made === undefined) continue;
    const found = compare(line.time, made);
    if (found !== undefined) return { ...found, first };
  }
  return first === undefined ? {} : { first };
}

/** Year and zone that make a stamp read in UTC agree with the moment `made`. */
function compare(stamp: number, made: number): Calibration | undefined {
  for (const year of [0, -1, 1]) {
    const date = new Date(made + year * 24 * 60 * MINUTE);
    const shifted = new Date(stamp);
    shifted.setUTCFullYear(date.getUTCFullYear());
    const offset = Math.round((shifted.getTime() - made) / QUARTER) * QUARTER;
    if (Math.abs(offset) > FARTHEST || Math.abs(shifted.getTime() - made - offset) > SLACK) continue;
    return { year: shifted.getUTCFullYear(), offset: offset / MINUTE };
  }
  return undefined;
}
