/** What to do about mail that has no cause of its own: notices that fail, and what is kept on hold. */
import type { Mta } from '../event/event.ts';
import { remedyFor } from './places.ts';

/** Templates, with places as remedies of the catalogue have them. */
export const QUEUE_REMEDIES = {
  failedNotices:
    'Refuse at the door what cannot be delivered, so that no notice is needed: unknown recipients by {recipient check}. `whybounce trace ID` with the id of a notice shows the mail that it tells of.',
  held: 'Look at it: {held look}. Let it go: {held release}. Delete it: {held deletion}. All that is held: {held list}.',
  heldDomain:
    'Its domain is on the list `hold_domains` of Exim: take it off there, and the mail goes with the next queue run.',
} as const;

/** Gives the remedy in the words of these mail servers. */
export function queueRemedy(name: keyof typeof QUEUE_REMEDIES, mtas: readonly Mta[]): string {
  return remedyFor(QUEUE_REMEDIES[name], mtas);
}
