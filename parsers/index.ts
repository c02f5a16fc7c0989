/** The registry: a new MTA adds one line. */
import type { Mta } from '../src/event/event.ts';
import type { LogParser, LogRecord, Program } from './contract.ts';
import { exim } from './exim/index.ts';
import { postfix } from './postfix/index.ts';
import { sendmail } from './sendmail/index.ts';

/** All parsers, in the order in which a tag is offered to them. */
export const parsers: readonly LogParser[] = [postfix, exim, sendmail];

/** The program behind a tag, of any MTA or of `mta` alone; undefined where it is none of theirs. */
export function programOf(tag: string, mta?: Mta): Program | undefined {
  for (const parser of parsers) {
    const program = mta === undefined || parser.id === mta ? parser.program(tag) : undefined;
    if (program !== undefined) return program;
  }
  return undefined;
}

/** The program behind a line that has a stamp but no tag, as `programOf`. */
export function untaggedProgramOf(text: string, start: number, end: number, mta?: Mta): Program | undefined {
  for (const parser of parsers) {
    if (mta !== undefined && parser.id !== mta) continue;
    const program = parser.untagged?.(text, start, end, mta !== undefined);
    if (program !== undefined) return program;
  }
  return undefined;
}

/** The program behind a line of `mta` whose tag is one of a site's own (`LogParser.renamed`). */
export function renamedProgramOf(mta: Mta, text: string, start: number, end: number): Program | undefined {
  return parsers.find(({ id }) => id === mta)?.renamed?.(text, start, end);
}

/** When the queue id that a payload introduces was made, in milliseconds UTC, where it tells (`LogParser.arrival`). */
export function arrivalOf(payload: string): number | undefined {
  for (const parser of parsers) {
    const time = parser.arrival(payload);
    if (time !== undefined) return time;
  }
  return undefined;
}

/** What a text of an MTA says that came in parts, the first of them at `time`, once it is whole (`LogParser.whole`). */
export function readWhole(mta: Mta, text: string, time: number): LogRecord | undefined {
  return parsers.find(({ id }) => id === mta)?.whole?.(text, time);
}
