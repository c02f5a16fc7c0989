/** How the outcomes of mail look to people who watch them come. */
import type { DeliveryStatus } from '../event/event.ts';
import type { Tone } from '../sink/screen.ts';

/** What an event tells of its mail. */
export type State = DeliveryStatus | 'accepted' | 'rejected';

/** Columns that the longest of their names takes. */
export const LONGEST_STATE = 9;

/** What nobody has to look at is not coloured: most refusals are as they should be. */
export const STATE_TONES: Readonly<Record<State, Tone>> = {
  accepted: 'secondary',
  delivered: 'good',
  deferred: 'soft',
  bounced: 'hard',
  expired: 'hard',
  held: 'soft',
  discarded: 'plain',
  deleted: 'plain',
  rejected: 'plain',
};
