/** When a text begins. */
import { calibrate } from '../../parsers/envelope/calibrate.ts';
import { arrivalOf, programOf, untaggedProgramOf } from '../../parsers/index.ts';

/** The first stamp in the beginning of a text, in milliseconds UTC; undefined where it has none. */
export function firstStamp(head: Buffer): number | undefined {
  const lines = head.toString('latin1').split('\n');
  return calibrate(lines, programOf, arrivalOf, Date.now(), untaggedProgramOf).first;
}
