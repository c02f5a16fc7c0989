/**
 * Random histories of mail, as the tracker would tell them. A history is plain data and can be told more than once,
 * each time with messages and events of its own, since aggregates leave their marks on them.
 */

import type { Classification } from '../../../src/cause/contract.ts';
import type { DeliveryStatus } from '../../../src/event/event.ts';
import type { Message, TrackedEvent, TrackSink } from '../../../src/track/event.ts';
import fc from '../../property.ts';
import {
  accepted,
  classification,
  delivery,
  GREYLISTED,
  HOUR,
  MINUTE,
  message,
  record,
  rejected,
  TEN,
  TIMEOUT,
  UNKNOWN_USER,
} from './events.ts';

const MESSAGES = 5;
const RECIPIENTS = 3;
/** The last one is the sender's. */
const CAUSES: readonly Classification[] = [UNKNOWN_USER, TIMEOUT, GREYLISTED, classification('spf_fail')];
const STATUSES: readonly DeliveryStatus[] = [
  'delivered',
  'deferred',
  'deferred',
  'bounced',
  'expired',
  'discarded',
  'held',
  'deleted',
];

const FAILED: ReadonlySet<DeliveryStatus> = new Set(['deferred', 'bounced', 'expired']);

const mail = fc.nat(MESSAGES - 1);

const deed = fc.oneof(
  fc.record({ what: fc.constantFrom('accepted', 'resumed'), mail, count: fc.nat(RECIPIENTS) }),
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('delivery'),
      mail,
      recipient: fc.nat(RECIPIENTS - 1),
      status: fc.constantFrom(...STATUSES),
      cause: fc.nat(CAUSES.length - 1),
      how: fc.constantFrom('attempt', 'attempt', 'attempt', 'suspended', 'hop'),
      final: fc.boolean(),
      text: fc.constantFrom('550 no', '550 never', '450 later', '451 busy', '421 7'),
    }),
  },
  fc.record({ what: fc.constantFrom('closed', 'retracted', 'notified', 'rejected', 'notice'), mail }),
);

const step = fc.record({
  deed,
  /** Minutes since the one before; a clock can be set back. */
  minutes: fc.integer({ min: -10, max: 50 }),
});

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Up to forty deeds on a few messages. */
export const history: fc.Arbitrary<Step[]> = fc.array(step, { maxLength: 40 });

/** A window that cuts through most histories, or none. */
export const window = fc.constantFrom({}, { from: TEN + HOUR, until: TEN + 5 * HOUR });

/** One call of a sink. `mail` is the message that it is about, if any. */
export interface Call {
  mail: number | undefined;
  make(sink: TrackSink): void;
}

/** Tells a history: gives the calls in the order of the log. What comes after the end of a message is left out. */
export function tell(steps: readonly Step[]): Call[] {
  const messages: Message[] = Array.from({ length: MESSAGES }, (_, index) =>
    message({
      queueId: `4jN9jB4F1gz18Z${index}`,
      // One is a notice.
      from: index === 2 ? '' : `from${index % 2}@sender${index % 3}.example`,
      ...(index === 1 && { authUser: 'shop' }),
    }),
  );
  const known = new Set<number>();
  const closed = new Set<number>();
  const last = new Map<string, TrackedEvent>();
  const calls: Call[] = [];
  let time = TEN;
  steps.forEach(({ deed, minutes }, index) => {
    time += minutes * MINUTE;
    const at = { time, offset: index };
    const of = messages[deed.mail]!;
    const now = time;
    if (deed.what === 'rejected') {
      calls.push({ mail: undefined, make: (sink) => sink.event(rejected(at)) });
      return;
    }
    if (deed.what === 'notice') {
      const notice = { kind: 'notice', severity: 'warning', text: `disk ${index} is full` } as const;
      calls.push({ mail: undefined, make: (sink) => sink.notice(notice, 'postfix/qmgr', now) });
      return;
    }
    if (closed.has(deed.mail)) return;
    const say = (make: Call['make']): void => {
      calls.push({ mail: deed.mail, make });
    };
    if (deed.what === 'delivery' && 'recipient' in deed) {
      const key = `${deed.mail} ${deed.recipient}`;
      const prior = last.get(key);
      if (prior?.final) return;
      known.add(deed.mail);
      const hop = deed.how === 'hop';
      const next = delivery(of, hop ? 'delivered' : deed.status, {
        ...at,
        prior,
        hop,
        to: `rcpt${deed.recipient}@domain${deed.recipient}.example`,
        classification: hop || !FAILED.has(deed.status) ? undefined : CAUSES[deed.cause]!,
        delivery: record({ diagnostic: deed.text, delay: index }),
        ...(deed.final && { final: true }),
        ...(deed.how === 'suspended' && {
          ...{ suspended: true, attempt: 0, status: 'deferred', final: false },
          classification: CAUSES[deed.cause]!,
        }),
      });
      last.set(key, next);
      say((sink) => sink.event(next));
    } else if ('count' in deed) {
      if (known.has(deed.mail)) return;
      known.add(deed.mail);
      if (deed.what === 'accepted') say((sink) => sink.event(accepted(of, deed.count, at)));
      else {
        Object.assign(of, { recipients: deed.count });
        say((sink) => sink.resumed(of, now));
      }
    } else if (deed.what === 'closed') {
      closed.add(deed.mail);
      say((sink) => sink.closed(of));
    } else if (deed.what === 'retracted') {
      say((sink) => sink.retracted(of));
    } else {
      say((sink) => sink.notified(of, now));
    }
  });
  return calls;
}
