/**
 * Events without people. It stands right behind the cause stage, which needs the texts as they are, and before all
 * that counts, writes or stores: what comes after it never sees whose mail it was.
 */
import type {
  Client,
  DeliveryRecord,
  NoticeRecord,
  RejectRecord,
  Relay,
  Reply,
} from '../../parsers/contract.ts';
import type { Message, Outcome, TrackedEvent, TrackSink } from './event.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** Passes everything on under other names. */
export class Anonymous implements TrackSink {
  readonly #names: Pseudonyms;
  readonly #next: TrackSink;
  /** What stands for the tracker's messages, for as long as those are in use. */
  readonly #messages = new WeakMap<Message, Message>();

  constructor(names: Pseudonyms, next: TrackSink) {
    this.#names = names;
    this.#next = next;
  }

  event(event: TrackedEvent): void {
    const known = this.#knownOf(event);
    const other: TrackedEvent = {
      type: event.type,
      time: event.time,
      source: event.source,
      offset: event.offset,
      line: event.line,
      message: event.message && this.#message(event.message),
      status: event.status,
      final: event.final,
      hop: event.hop,
      suspended: event.suspended,
      attempt: event.attempt,
      to: this.#address(event.to),
      origTo: this.#address(event.origTo),
      count: event.count,
      delivery: event.delivery && this.#delivery(event.delivery, known),
      rejection: event.rejection && this.#rejection(event.rejection, known),
      reason: event.reason === undefined ? undefined : this.#names.text(event.reason, known),
      mta: event.mta,
      host: event.host,
      prior: event.prior && this.#outcome(event.prior),
      classification: event.classification,
      provider: event.provider,
      mark: event.mark,
      entry: event.entry,
    };
    this.#next.event(other);
    event.mark = other.mark;
    event.entry = other.entry;
  }

  resumed(message: Message, time: number): void {
    this.#next.resumed(this.#message(message), time);
  }

  closed(message: Message): void {
    this.#next.closed(this.#message(message));
  }

  retracted(message: Message): void {
    this.#next.retracted(this.#message(message));
  }

  notified(message: Message, time: number): void {
    this.#next.notified(this.#message(message), time);
  }

  notice(record: NoticeRecord, program: string, time: number): void {
    this.#next.notice({ ...record, text: this.#names.text(record.text) }, program, time);
  }

  #message(message: Message): Message {
    let other = this.#messages.get(message);
    if (other === undefined) {
      other = new AnonymousMessage(message, this.#names);
      this.#messages.set(message, other);
    }
    return other;
  }

  /** What an earlier event left. Its reason is in the event that it is the reason of. */
  #outcome(outcome: Outcome): Outcome {
    return { ...outcome, to: this.#address(outcome.to), delivery: undefined };
  }

  #address(address: string | undefined): string | undefined {
    return address === undefined ? undefined : this.#names.address(address);
  }

  /** The people of an event, who may be named in its texts too. */
  #knownOf({ to, origTo, message, rejection }: TrackedEvent): Map<string, string> {
    const names = this.#names;
    const known = new Map<string, string>();
    for (const address of [to, origTo, message?.from, rejection?.from, rejection?.to, message?.messageId]) {
      if (address !== undefined) known.set(address, names.address(address));
    }
    for (const login of [message?.authUser, rejection?.authUser]) {
      if (login !== undefined) known.set(login, names.address(login));
    }
    for (const client of [message?.client, rejection?.client]) {
      if (client?.host !== undefined) known.set(client.host, names.host(client.host));
      if (client?.ip !== undefined) known.set(client.ip, names.ip(client.ip));
    }
    if (rejection?.helo !== undefined) known.set(rejection.helo, names.host(rejection.helo));
    return known;
  }

  #delivery(delivery: DeliveryRecord, known: ReadonlyMap<string, string>): DeliveryRecord {
    return {
      kind: 'delivery',
      queueId: delivery.queueId,
      to: this.#names.address(delivery.to),
      origTo: this.#address(delivery.origTo),
      status: delivery.status,
      suspended: delivery.suspended,
      relay: delivery.relay && this.#relay(delivery.relay),
      transport: delivery.transport,
      delay: delivery.delay,
      delays: delivery.delays,
      tls: delivery.tls,
      dsn: delivery.dsn,
      dsnGuessed: delivery.dsnGuessed,
      diagnostic: this.#names.text(delivery.diagnostic, known),
      reply: this.#reply(delivery.reply, known),
      nextQueueId: delivery.nextQueueId,
      forwarded: delivery.forwarded,
      unexplained: delivery.unexplained,
    };
  }

  #rejection(rejection: RejectRecord, known: ReadonlyMap<string, string>): RejectRecord {
    return {
      kind: 'reject',
      queueId: rejection.queueId,
      client: anonymousClient(rejection.client, this.#names),
      stage: rejection.stage,
      from: this.#address(rejection.from),
      to: this.#address(rejection.to),
      helo: rejection.helo === undefined ? undefined : this.#names.host(rejection.helo),
      authUser: rejection.authUser === undefined ? undefined : this.#names.address(rejection.authUser),
      diagnostic: this.#names.text(rejection.diagnostic, known),
      reply: this.#reply(rejection.reply, known),
      recipientsFollow: rejection.recipientsFollow,
      afterArrival: rejection.afterArrival,
    };
  }

  #relay(relay: Relay): Relay {
    return {
      service: relay.service,
      host: relay.host === undefined ? undefined : this.#names.text(relay.host),
      ip: relay.ip === undefined ? undefined : this.#names.ip(relay.ip),
      port: relay.port,
      near: relay.near,
      provider: relay.provider,
    };
  }

  #reply(reply: Reply, known: ReadonlyMap<string, string>): Reply {
    return {
      ...reply,
      text: this.#names.text(reply.text, known),
      ...(reply.peer !== undefined && { peer: this.#relay(reply.peer) }),
    };
  }
}

/** What is known of a message grows: every fact is asked for when it is needed. */
class AnonymousMessage implements Message {
  readonly #message: Message;
  readonly #names: Pseudonyms;

  constructor(message: Message, names: Pseudonyms) {
    this.#message = message;
    this.#names = names;
  }

  get mta() {
    return this.#message.mta;
  }

  get host() {
    return this.#message.host;
  }

  get instance() {
    return this.#message.instance;
  }

  get queueId() {
    return this.#message.queueId;
  }

  get from() {
    const { from } = this.#message;
    return from === undefined ? undefined : this.#names.address(from);
  }

  get messageId() {
    const { messageId } = this.#message;
    return messageId === undefined ? undefined : this.#names.address(messageId);
  }

  get size() {
    return this.#message.size;
  }

  get recipients() {
    return this.#message.recipients;
  }

  get client() {
    return anonymousClient(this.#message.client, this.#names);
  }

  get authUser() {
    const { authUser } = this.#message;
    return authUser === undefined ? undefined : this.#names.address(authUser);
  }

  get tls() {
    return this.#message.tls;
  }

  get parentQueueId() {
    return this.#message.parentQueueId;
  }

  get mark() {
    return this.#message.mark;
  }

  set mark(mark: object | undefined) {
    this.#message.mark = mark;
  }

  get entry() {
    return this.#message.entry;
  }

  set entry(entry: object | undefined) {
    this.#message.entry = entry;
  }
}

function anonymousClient(client: Client | undefined, names: Pseudonyms): Client | undefined {
  if (client === undefined) return undefined;
  return {
    host: client.host === undefined ? undefined : names.host(client.host),
    ip: client.ip === undefined ? undefined : names.ip(client.ip),
    near: client.near,
  };
}
