/**
 * The delivery status line of smtp, lmtp, local, virtual, pipe, error, discard, and of qmgr and cleanup:
 *
 *   QID: to=<A>[, orig_to=<B>], relay=R[, conn_use=N], delay=D[, delays=a/b/c/d][, tls=F][, dsn=x.y.z], status=S (text)
 *
 * The order of the keys is fixed. That is what makes forged tokens harmless: addresses are read with their quotes,
 * the first ` status=` behind the relay is Postfix's own, and all that follows it is text.
 */
import type { DeliveryStatus } from '../../src/event/event.ts';
import { type DeliveryRecord, NOTHING, type ProbeRecord, type Relay, type Reply } from '../contract.ts';
import { partyOf } from '../parties.ts';
import { bareAddress, endOfAddress } from './address.ts';
import { isQueueId } from './queue-id.ts';
import { readStatusText } from './reply.ts';

const CLOSE_PARENTHESIS = 0x29;
const DOT = 0x2e;

const SUSPENDED = 'delivery temporarily suspended';

/** The delivery agents that log under their own name whatever the relay says. */
const TRANSPORTS = new Set(['smtp', 'lmtp', 'local', 'virtual', 'pipe', 'error', 'retry', 'discard']);

/** A status line; what most deliveries never need is worked out on first use. */
class Delivery implements DeliveryRecord {
  readonly kind = 'delivery';
  queueId: string;
  to: string;
  origTo: string | undefined;
  status: DeliveryStatus;
  suspended: boolean;
  relay: Relay | undefined;
  delay: number | undefined;
  diagnostic: string;
  /** What stands between relay and status: `delay=11, delays=5.4/0.06/5.1/0.03, dsn=2.0.0`. */
  middle: string;
  readonly #agent: string;
  #reply: Reply | undefined;

  constructor(
    queueId: string,
    to: string,
    origTo: string | undefined,
    relay: Relay | undefined,
    middle: string,
    status: DeliveryStatus,
    diagnostic: string,
    agent: string,
  ) {
    this.queueId = queueId;
    this.to = to;
    this.origTo = origTo;
    this.relay = relay;
    this.middle = middle;
    this.status = status;
    this.diagnostic = diagnostic;
    this.delay = delayOf(middle);
    this.suspended = status === 'deferred' && relay === undefined && diagnostic.startsWith(SUSPENDED);
    this.#agent = agent;
  }

  get delays(): readonly [number, number, number, number] | undefined {
    const text = this.#value('delays=');
    if (text === undefined) return undefined;
    const second = text.indexOf('/') + 1;
    const third = text.indexOf('/', second) + 1;
    const fourth = text.indexOf('/', third) + 1;
    const before = decimal(text, 0, second - 1);
    const queued = decimal(text, second, third - 1);
    const connect = decimal(text, third, fourth - 1);
    const transmit = decimal(text, fourth, text.length);
    return Number.isNaN(before + queued + connect + transmit)
      ? undefined
      : [before, queued, connect, transmit];
  }

  get tls(): string | undefined {
    return this.#value('tls=');
  }

  get dsn(): string | undefined {
    return this.#value('dsn=');
  }

  get transport(): string | undefined {
    if (TRANSPORTS.has(this.#agent)) return this.#agent;
    // rsyslog's RFC 5424 form loses the daemon; the relay still tells it.
    if (this.relay === undefined) return undefined;
    if (this.relay.port !== undefined) return 'smtp';
    return this.relay.service;
  }

  get reply(): Reply {
    this.#reply ??= readStatusText(this.diagnostic);
    return this.#reply;
  }

  /** `250 2.0.0 Ok: queued as F12DF84004`, `(forwarded as 3mLQKK4rDdz7sVS)`. */
  get nextQueueId(): string | undefined {
    const phrase = this.forwarded ? 'forwarded as ' : 'queued as ';
    const at = this.diagnostic.lastIndexOf(phrase);
    if (at < 0) return undefined;
    const id = /^[0-9A-Za-z]{1,24}/.exec(this.diagnostic.slice(at + phrase.length, at + phrase.length + 24));
    return id !== null && isQueueId(id[0]) ? id[0] : undefined;
  }

  get forwarded(): boolean {
    return this.diagnostic.startsWith('forwarded as ') && this.relay?.service === 'local';
  }

  #value(key: string): string | undefined {
    const at = this.middle.indexOf(key);
    if (at < 0) return undefined;
    const comma = this.middle.indexOf(',', at);
    return this.middle.slice(at + key.length, comma < 0 ? undefined : comma);
  }
}

/**
 * Reads a status line whose `to=` begins at `start`. Undefined where the fixed order does not hold.
 * @param agent the daemon that wrote the line, `postfix` where the envelope lost it
 */
export function readDelivery(
  text: string,
  start: number,
  end: number,
  queueId: string,
  agent: string,
): DeliveryRecord | ProbeRecord | undefined {
  const to = start + 3;
  let p = endOfAddress(text, to, end);
  if (p < 0) return undefined;
  const recipient = bareAddress(text, to, p);
  let origTo: string | undefined;
  if (text.startsWith(', orig_to=', p)) {
    const orig = p + 10;
    p = endOfAddress(text, orig, end);
    if (p < 0) return undefined;
    origTo = bareAddress(text, orig, p);
  }
  if (!text.startsWith(', relay=', p)) return undefined;
  const relayStart = p + 8;
  const relayEnd = text.indexOf(', ', relayStart);
  const statusAt = text.indexOf(' status=', relayEnd);
  if (relayEnd < 0 || statusAt < 0 || statusAt + 9 > end) return undefined;
  const word = statusAt + 8;
  let wordEnd = text.indexOf(' ', word);
  if (wordEnd < 0 || wordEnd > end) wordEnd = end;
  const status = statusOf(text, word, wordEnd);
  if (status === undefined) return undefined;
  if (status === 'probe') return { kind: 'probe', queueId };
  const open = wordEnd + 2;
  // The line may be cut before the closing bracket.
  const close = text.charCodeAt(end - 1) === CLOSE_PARENTHESIS ? end - 1 : end;
  const diagnostic = open < close ? text.slice(open, close) : '';
  const relay = text.startsWith('none, ', relayStart) ? undefined : partyOf(text, relayStart, relayEnd);
  return new Delivery(
    queueId,
    recipient,
    origTo,
    relay,
    text.slice(relayEnd + 2, statusAt),
    discards(status, relay, agent, diagnostic) ? 'discarded' : status,
    diagnostic,
    agent,
  );
}

/** `QID: status=deferred (bounce failed)`: qmgr speaks of a message without deciding about a recipient. */
export function readStatusWithoutRecipient(text: string, start: number): typeof NOTHING | undefined {
  return text.startsWith('status=deferred', start) ? NOTHING : undefined;
}

function statusOf(text: string, start: number, end: number): DeliveryStatus | 'probe' | undefined {
  switch (text.slice(start, end)) {
    case 'sent':
      return 'delivered';
    case 'deferred':
    case 'SOFTBOUNCE': // with soft_bounce=yes a bounce stays in the queue
      return 'deferred';
    case 'bounced':
      return 'bounced';
    case 'deliverable': // an address verification probe, or sendmail -bv: nothing was delivered
    case 'undeliverable':
    case 'undeliverable-but-not-cached':
      return 'probe';
    default:
      return undefined;
  }
}

/**
 * `status=sent` that threw the message away: the discard transport, a content filter on this host
 * (`250 2.7.0 Ok, discarded, id=… - spam`), local(8) where nobody reads MAILER-DAEMON's mail, or a bounce nobody could
 * be given (qmgr's `relay=none`).
 * A remote server's word is not believed: it took the message, whatever it says.
 */
function discards(status: DeliveryStatus, relay: Relay | undefined, agent: string, text: string): boolean {
  if (status !== 'delivered') return false;
  if (agent === 'discard') return true;
  if (relay?.service === 'local') return text === 'discarded';
  if (relay === undefined) return text === 'undeliverable postmaster notification discarded';
  return relay.near && /^250 [\d.]+ Ok, discarded\b/.test(text);
}

/** `delay=11`, at the very beginning or behind `conn_use=2, `, in seconds. */
function delayOf(middle: string): number | undefined {
  let p = 6;
  if (!middle.startsWith('delay=')) {
    p = middle.indexOf(', delay=') + 8;
    if (p < 8 || !middle.startsWith('conn_use=')) return undefined;
  }
  const comma = middle.indexOf(',', p);
  const delay = decimal(middle, p, comma < 0 ? middle.length : comma);
  return Number.isNaN(delay) ? undefined : delay;
}

/** The number between two positions; NaN where there is anything but digits and a point. */
function decimal(text: string, start: number, end: number): number {
  let value = 0;
  let scale = 0;
  for (let p = start; p < end; p++) {
    const c = text.charCodeAt(p);
    if (c >= 0x30 && c <= 0x39) {
      value = value * 10 + (c - 0x30);
      scale *= 10;
    } else if (c === DOT && scale === 0) scale = 1;
    else return Number.NaN;
  }
  if (start >= end) return Number.NaN;
  return scale > 1 ? value / scale : value;
}
