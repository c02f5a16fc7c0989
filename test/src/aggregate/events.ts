/** Makes the tracker's events by hand. Every test names only what it is about. */
import type { Client, DeliveryRecord, RejectRecord } from '../../../parsers/contract.ts';
import type { Classification } from '../../../src/cause/contract.ts';
import type { DeliveryStatus } from '../../../src/event/event.ts';
import type { Message, TrackedEvent } from '../../../src/track/event.ts';

/** 9 November 2026, 10:00 UTC. */
export const TEN = Date.UTC(2026, 10, 9, 10);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export function message(facts: Partial<Message> = {}): Message {
  return {
    mta: 'postfix',
    host: 'mx1',
    instance: 'postfix',
    queueId: '4jN9jB4F1gz18ZP',
    from: 'shop@sender.example',
    messageId: undefined,
    size: 1000,
    recipients: 1,
    client: undefined,
    authUser: undefined,
    tls: undefined,
    parentQueueId: undefined,
    mark: undefined,
    entry: undefined,
    ...facts,
  };
}

let offset = 0;

function event(facts: Partial<TrackedEvent>): TrackedEvent {
  offset += 100;
  return {
    type: 'delivery',
    time: TEN,
    source: 0,
    offset,
    line: undefined,
    message: undefined,
    status: undefined,
    final: false,
    hop: false,
    suspended: false,
    attempt: 0,
    to: undefined,
    origTo: undefined,
    count: 1,
    delivery: undefined,
    rejection: undefined,
    reason: undefined,
    mta: 'postfix',
    host: 'mx1',
    prior: undefined,
    classification: undefined,
    provider: undefined,
    mark: undefined,
    entry: undefined,
    ...facts,
  };
}

export function classification(cause: string, facts: Partial<Classification> = {}): Classification {
  return { cause, detail: undefined, kind: 'hard', confidence: 0.9, rule: 'test', evidence: '', ...facts };
}

export const UNKNOWN_USER = classification('user_unknown', { detail: 'no_such_user' });
export const TIMEOUT = classification('connection_failed', { detail: 'timeout', kind: 'soft' });
export const GREYLISTED = classification('greylisted', { kind: 'soft' });

export function accepted(of: Message, count: number, facts: Partial<TrackedEvent> = {}): TrackedEvent {
  return event({ type: 'accepted', message: of, count, ...facts });
}

const FINAL = new Set<DeliveryStatus>(['delivered', 'bounced', 'expired', 'discarded', 'deleted']);

/** A delivery or other outcome; an attempt of its own unless `attempt` is 0 or the status is none of an attempt. */
export function delivery(
  of: Message,
  status: DeliveryStatus,
  facts: Partial<TrackedEvent> = {},
): TrackedEvent {
  const failed = status === 'deferred' || status === 'bounced' || status === 'expired';
  return event({
    message: of,
    status,
    final: FINAL.has(status),
    to: 'bob@example.org',
    attempt: status === 'delivered' || status === 'deferred' || status === 'bounced' ? 1 : 0,
    delivery: record({ status }),
    classification: failed ? (status === 'bounced' ? UNKNOWN_USER : TIMEOUT) : undefined,
    provider: 'other',
    ...facts,
  });
}

export function record(facts: Partial<DeliveryRecord> = {}): DeliveryRecord {
  const diagnostic = facts.diagnostic ?? 'connect to mx.example.org[192.0.2.1]:25: Connection timed out';
  return {
    kind: 'delivery',
    queueId: '4jN9jB4F1gz18ZP',
    to: 'bob@example.org',
    status: 'delivered',
    suspended: false,
    delay: 1.5,
    diagnostic,
    reply: { text: diagnostic, remote: false },
    ...facts,
  };
}

export function client(facts: Partial<Client>): Client {
  return { near: false, ...facts };
}

export function rejected(
  facts: Partial<TrackedEvent> = {},
  refusal: Partial<RejectRecord> = {},
): TrackedEvent {
  const diagnostic = refusal.diagnostic ?? '554 5.7.1 <bob@example.org>: Relay access denied';
  return event({
    type: 'rejected',
    to: 'bob@example.org',
    classification: classification('relay_denied'),
    rejection: {
      kind: 'reject',
      client: client({ host: 'dsl.example.com', ip: '203.0.113.7' }),
      diagnostic,
      reply: { text: diagnostic, remote: false },
      ...refusal,
    },
    ...facts,
  });
}
