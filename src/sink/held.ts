/** Mail on hold in the words that all forms of a report share, and what it takes from the failures that are over. */
import type { Report, ReportCause, ReportHeld, ReportHeldMessage } from '../aggregate/report.ts';
import { stands, titleOf } from './answer.ts';
import { inOneLine } from './escape.ts';
import { plural } from './text/words.ts';

/** Messages on hold that are shown for each reason. */
export const MOST_HELD = 3;

/** Why mail is on hold, in one line: the words of the log, else the failure before. */
export function heldTitle({ reason, failure }: Pick<ReportHeld, 'reason' | 'failure'>): string {
  if (reason !== undefined) return inOneLine(reason);
  return failure === undefined ? 'no reason in the log' : titleOf(failure);
}

/** Who waits in a message on hold: `to bob@example.org from <>`. */
export function heldParties({ from, to, recipients }: ReportHeldMessage): string {
  const sender = from === undefined ? '' : ` from ${from || '<>'}`;
  return `to ${to ?? plural(recipients, 'recipient')}${sender}`;
}

/** What to do about mail on hold; what differs in the id alone is told once. */
export function heldRemedies(held: readonly ReportHeld[]): string[] {
  const told = new Map<string, string>();
  for (const { remedy, messages } of held) {
    const key = remedy.replaceAll(messages[0]?.queue_id || 'ID', 'ID');
    if (!told.has(key)) told.set(key, remedy);
  }
  return [...told.values()];
}

/** How many of a cause's recipients are on hold now. */
export function heldFor(
  { cause, detail, kind }: Pick<ReportCause, 'cause' | 'detail' | 'kind'>,
  held: readonly ReportHeld[],
): number {
  return held
    .filter(({ failure }) => failure?.cause === cause && failure.detail === detail && failure.kind === kind)
    .reduce((sum, { recipients }) => sum + recipients, 0);
}

/** Failures that nobody has to act on any more, with those of them that are on hold; what is only on hold is told there. */
export function noLongerFailing({
  causes,
  held,
}: Pick<Report, 'causes' | 'held'>): { cause: ReportCause; onHold: number }[] {
  return causes
    .filter((cause) => !stands(cause))
    .map((cause) => ({ cause, onHold: heldFor(cause, held) }))
    .filter(({ cause, onHold }) => cause.recovered > 0 || onHold === 0);
}
