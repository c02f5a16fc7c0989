import { expect, it } from 'vitest';
import { UnknownReplies } from '../../../src/aggregate/unknown.ts';
import type { TrackedEvent } from '../../../src/track/event.ts';
import { classification, delivery, message, record, rejected, TEN } from './events.ts';

const UNKNOWN = classification('unclassified', { kind: 'soft' });

function collect(...events: TrackedEvent[]) {
  const unknown = new UnknownReplies({ from: TEN, until: TEN + 1000 });
  for (const event of events) unknown.event(event);
  return unknown.replies.map(({ count, diagnostic }) => [count, diagnostic]);
}

const said = (diagnostic: string, facts = {}) =>
  delivery(message({ mta: 'exim' }), 'deferred', {
    delivery: record({ status: 'deferred', diagnostic, ...facts }),
    classification: UNKNOWN,
  });

it('counts replies of one text, also those of this server, the most frequent first', () => {
  const events = [said('550 zork of 192.0.2.1'), said('550 frob'), said('550 zork of 192.0.2.2')];
  expect(collect(...events, rejected({ classification: UNKNOWN }))).toEqual([
    [2, '550 zork of 192.0.2.1'],
    [1, '554 5.7.1 <bob@example.org>: Relay access denied'],
    [1, '550 frob'],
  ]);
});

it('leaves out what was understood, what is outside the window, and what repeats an earlier reply', () => {
  const known = { ...said('550 zork'), classification: classification('virus') };
  const later = { ...said('550 zork'), time: TEN + 1000 };
  const expired = { ...said('550 zork'), status: 'expired' as const };
  const waiting = said("retry time not reached for any host for 'example.com'", { unexplained: true });
  expect(collect(known, later, expired, waiting)).toEqual([]);
});
