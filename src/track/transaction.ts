/** What the tracker knows of one message in one queue: one life of a queue id on one host. */
import type { Client, DeliveryRecord, RejectRecord } from '../../parsers/contract.ts';
import type { Classification } from '../cause/contract.ts';
import type { DeliveryStatus, EventType, Mta } from '../event/event.ts';
import { copy, detachFields } from './detach.ts';
import type { Message, TrackedEvent } from './event.ts';

/** With more recipients than this they are found through a map instead of one after the other. */
const MOST_SCANNED = 8;

/** One recipient of a message. */
export interface Recipient {
  to: string;
  origTo: string | undefined;
  attempts: number;
  /** The latest event: what a following one replaces, and why an expiry happened. */
  last: TrackedEvent | undefined;
}

/** One message in one queue. */
export class Transaction implements Message {
  readonly mta: Mta;
  readonly host: string;
  readonly instance: string;
  queueId: string;
  from: string | undefined = undefined;
  messageId: string | undefined = undefined;
  size: number | undefined = undefined;
  recipients: number | undefined = undefined;
  client: Client | undefined = undefined;
  authUser: string | undefined = undefined;
  parentQueueId: string | undefined = undefined;
  mark: object | undefined = undefined;

  /** Its beginning was seen: by `client=` or `uid=` for certain, by `message-id=` alone if it was made on this host. */
  begun: 'surely' | 'inside' | 'unseen';
  /** The queue manager took it up, so that its acceptance was told. */
  queued = false;
  /** It was refused as a whole. */
  refused = false;
  /** What was said when it was refused as a whole, for its recipients, who are yet to be named. */
  refusal: RejectRecord | undefined = undefined;
  /** Since when all its recipients have their end, where the MTA does not tell when a message leaves the queue. */
  settledAt: number | undefined = undefined;
  /** It was found to be no mail of its own. */
  retracted = false;
  /** Milliseconds UTC of its first line, and of its latest. */
  readonly beganAt: number;
  lastTime: number;
  /** Queue ids that a content filter was given for this message (XFORWARD). */
  children: string[] | undefined = undefined;
  readonly outcomes: Recipient[] = [];
  #index: Map<string, Recipient> | undefined = undefined;

  constructor(
    mta: Mta,
    host: string,
    instance: string,
    queueId: string,
    begun: Transaction['begun'],
    time: number,
  ) {
    this.mta = mta;
    this.host = host;
    this.instance = instance;
    this.queueId = queueId;
    this.begun = begun;
    this.beganAt = time;
    this.lastTime = time;
  }

  /** The recipient of that address (and that address before aliasing), made on first sight. */
  recipient(to: string, origTo: string | undefined): Recipient {
    if (this.#index === undefined) {
      for (const recipient of this.outcomes) {
        if (recipient.to === to && recipient.origTo === origTo) return recipient;
      }
      if (this.outcomes.length >= MOST_SCANNED) this.#buildIndex();
    }
    const key = this.#index === undefined ? '' : recipientKey(to, origTo);
    const known = this.#index?.get(key);
    if (known !== undefined) return known;
    const recipient: Recipient = { to: copy(to), origTo: copy(origTo), attempts: 0, last: undefined };
    this.outcomes.push(recipient);
    this.#index?.set(copy(key), recipient);
    return recipient;
  }

  /** How many recipients the queue manager counted that no line has named yet. */
  get unnamed(): number {
    return Math.max(0, (this.recipients ?? 0) - this.outcomes.length);
  }

  /** Whether every recipient is known and nothing can follow for any. */
  get isSettled(): boolean {
    return (
      this.unnamed === 0 && this.outcomes.every(({ last }) => last === undefined || last.final || last.hop)
    );
  }

  #buildIndex(): void {
    this.#index = new Map(this.outcomes.map((each) => [recipientKey(each.to, each.origTo), each]));
  }
}

function recipientKey(to: string, origTo: string | undefined): string {
  return origTo === undefined ? to : `${to}\0${origTo}`;
}

/** The tracker's own events. */
export class Event implements TrackedEvent {
  readonly type: EventType;
  readonly time: number;
  readonly source: number;
  readonly offset: number;
  readonly mta: Mta;
  readonly host: string;
  readonly message: Message | undefined;
  status: DeliveryStatus | undefined = undefined;
  final = false;
  hop = false;
  suspended = false;
  attempt = 0;
  to: string | undefined = undefined;
  origTo: string | undefined = undefined;
  count = 1;
  delivery: DeliveryRecord | undefined = undefined;
  rejection: RejectRecord | undefined = undefined;
  prior: TrackedEvent | undefined = undefined;
  classification: Classification | undefined = undefined;
  provider: string | undefined = undefined;
  mark: object | undefined = undefined;

  constructor(type: EventType, at: Place, message: Message | undefined) {
    this.type = type;
    this.time = at.time;
    this.source = at.source;
    this.offset = at.offset;
    this.mta = at.mta;
    this.host = at.host;
    this.message = message;
  }

  /** Lets go, once it was told, of what nobody can ask for later: only a deferral's record may be the reason of an end. */
  forget(): void {
    this.prior = undefined;
    if (this.delivery === undefined) return;
    if (this.status === 'deferred') detachFields(this.delivery);
    else this.delivery = undefined;
  }
}

/** Where and when a line is, and whose queue it speaks of. */
export interface Place {
  /** Milliseconds UTC. */
  readonly time: number;
  /** Position of the file among the inputs. */
  readonly source: number;
  /** Byte where the line begins. */
  readonly offset: number;
  readonly mta: Mta;
  readonly host: string;
  readonly instance: string;
  /** Program tag, for notices. */
  readonly tag: string;
  /** 0 where unknown. */
  readonly pid: number;
}
