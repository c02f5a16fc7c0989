/** The stage between tracker and sinks: gives every failure and refusal its cause, and every delivery its provider. */
import type { NoticeRecord, Relay } from '../../parsers/contract.ts';
import { copy } from '../../parsers/copy.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';
import { NOT_TRIED } from './catalogue.ts';
import type { Classifier } from './classifier.ts';
import type { Classification } from './contract.ts';
import { LOCAL, OTHER, providerOfDomain, providerOfHost } from './providers.ts';

/** An expiry of which the log shows no deferral: nothing but the end is known. */
const EXPIRED: Classification = {
  cause: 'expired',
  detail: undefined,
  kind: 'hard',
  confidence: 1,
  rule: 'expired',
  evidence: 'expired, returned to sender',
};

/** Domains whose provider is remembered; then the table is begun anew. */
const MOST_DOMAINS = 10_000;

/** Passes everything on to the next sink, events with their cause. */
export class CauseStage implements TrackSink {
  readonly #classifier: Classifier;
  readonly #next: TrackSink;
  /** Providers of the recipient domains that were seen lately. */
  readonly #domains = new Map<string, string>();

  constructor(classifier: Classifier, next: TrackSink) {
    this.#classifier = classifier;
    this.#next = next;
  }

  event(event: TrackedEvent): void {
    if (event.type === 'delivery') {
      event.provider = this.#providerOf(event);
      event.classification = this.#failure(event);
    } else if (event.rejection !== undefined) {
      const { reply, diagnostic } = event.rejection;
      event.classification = this.#classifier.classify({
        text: diagnostic,
        replyCode: reply.code,
        enhancedCode: reply.enhanced,
        stage: reply.stage,
        direction: 'inbound',
        mta: event.mta,
      });
    }
    this.#next.event(event);
  }

  resumed(message: Message, time: number): void {
    this.#next.resumed(message, time);
  }

  closed(message: Message): void {
    this.#next.closed(message);
  }

  retracted(message: Message): void {
    this.#next.retracted(message);
  }

  notified(message: Message, time: number): void {
    this.#next.notified(message, time);
  }

  notice(record: NoticeRecord, program: string, time: number): void {
    this.#next.notice(record, program, time);
  }

  /**
   * Who runs the mailbox: this host where it took the mail itself; else known by the relay's name, else by the host that
   * the text names, else by the recipient's domain, since a smarthost hides the first two.
   */
  #providerOf(event: TrackedEvent): string | undefined {
    const { delivery } = event;
    if (delivery === undefined) return event.prior?.provider;
    const relay = delivery.relay ?? delivery.reply.peer;
    if (relay !== undefined) {
      relay.provider ??= providerOfRelay(relay);
      if (relay.provider !== OTHER) return relay.provider;
    } else if (delivery.reply.host !== undefined) {
      const provider = providerOfHost(delivery.reply.host);
      if (provider !== OTHER) return provider;
    }
    const { to = '' } = event;
    const at = to.lastIndexOf('@');
    return at < 0 ? OTHER : this.#providerOfDomain(to.slice(at + 1));
  }

  #providerOfDomain(domain: string): string {
    let provider = this.#domains.get(domain);
    if (provider === undefined) {
      provider = providerOfDomain(domain);
      if (this.#domains.size >= MOST_DOMAINS) this.#domains.clear();
      this.#domains.set(copy(domain), provider);
    }
    return provider;
  }

  #failure(event: TrackedEvent): Classification | undefined {
    const { status, delivery } = event;
    // The queue's giving up is no reason of its own: the last deferral says why.
    const ended = status === 'expired' && (delivery === undefined || event.attempt === 0);
    const before = reasonBefore(event);
    if (ended) return before ?? EXPIRED;
    if ((status !== 'bounced' && status !== 'deferred' && status !== 'expired') || delivery === undefined) {
      return undefined;
    }
    if (delivery.unexplained && before !== undefined) return before;
    const { reply } = delivery;
    // Not tried again, and not said why: for the reason of the last attempt.
    if (event.suspended && reply.text === '' && before !== undefined) return before;
    if (repeats(event)) return event.prior?.classification;
    return this.#classifier.classify({
      text: reply.text,
      replyCode: reply.code,
      enhancedCode: reply.enhanced,
      dsn: delivery.dsnGuessed ? undefined : delivery.dsn,
      relayHost: delivery.relay?.host ?? reply.host,
      provider: delivery.relay?.provider,
      stage: reply.stage,
      direction: 'outbound',
      mta: event.mta,
      deferred: status === 'deferred',
    });
  }
}

/** The first of the loopback addresses, and what Debian calls a host's own name. */
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '127.0.1.1', '::1', '0:0:0:0:0:0:0:1']);

function providerOfRelay(relay: Relay): string {
  if (isThisHost(relay)) return LOCAL;
  return relay.host === undefined ? OTHER : providerOfHost(relay.host);
}

/**
 * Whether this host took the mail itself: a service of it, a UNIX socket, its loopback. Of that whole network only what
 * goes without the name of a server is: where servers have names they are told apart by them.
 */
function isThisHost({ host, ip, near }: Relay): boolean {
  if (ip === undefined) return host === undefined || near;
  return LOOPBACK.has(ip) || (ip.startsWith('127.') && (host === undefined || host === ip));
}

/** Whether a deferral was answered as the one before: the tracker keeps the words of both once. */
function repeats({ prior, delivery, status }: TrackedEvent): boolean {
  const former = prior?.delivery;
  if (former === undefined || delivery === undefined || status !== 'deferred') return false;
  return (
    former.reply === delivery.reply &&
    former.dsn === delivery.dsn &&
    former.dsnGuessed === delivery.dsnGuessed &&
    former.relay?.host === delivery.relay?.host &&
    former.relay?.provider === delivery.relay?.provider &&
    // The outcome before may have been told with an earlier reason.
    !former.suspended &&
    !former.unexplained
  );
}

/** Why the attempt before failed; undefined where none was made. */
function reasonBefore({ prior }: TrackedEvent): Classification | undefined {
  const before = prior?.classification;
  return before?.detail === NOT_TRIED ? undefined : before;
}
