/** What the tracker knows of one message in one queue: one life of a queue id on one host. */
import type { Client, DeliveryRecord, RejectRecord } from '../../parsers/contract.ts';
import type { Classification } from '../cause/contract.ts';
import type { DeliveryStatus, EventType, Mta } from '../event/event.ts';
import { detach, detachFields } from './detach.ts';
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
  readonly begun: 'surely' | 'inside' | 'unseen';
  /** The queue manager took it up, so that its acceptance was told. */
  queued = false;
  /** It was found to be no mail of its own. */
  retracted = false;
  /** It left the queue. */
  gone = false;
  /** Milliseconds UTC of its first line, and of its latest. */
  readonly beganAt: number;
  lastTime: number;
  /** The batch of its latest line: its strings are cut loose when that batch ends. */
  batch = -1;
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
    const recipient: Recipient = { to, origTo, attempts: 0, last: undefined };
    this.outcomes.push(recipient);
    this.#index?.set(key, recipient);
    return recipient;
  }

  /** How many recipients the queue manager counted that no line has named yet. */
  get unnamed(): number {
    return Math.max(0, (this.recipients ?? 0) - this.outcomes.length);
  }

  /** Cuts all strings loose from their batch, because the message outlives it. */
  detach(): void {
    this.queueId = detach(this.queueId);
    this.from = detach(this.from);
    this.messageId = detach(this.messageId);
    this.authUser = detach(this.authUser);
    this.client?.detach();
    this.parentQueueId = detach(this.parentQueueId);
    for (const recipient of this.outcomes) {
      const { last } = recipient;
      if (last === undefined || (last as Event).detached) continue;
      (last as Event).detach();
      recipient.to = last.to ?? '';
      recipient.origTo = last.origTo;
    }
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
  detached = false;

  constructor(type: EventType, at: Place, message: Message | undefined) {
    this.type = type;
    this.time = at.time;
    this.source = at.source;
    this.offset = at.offset;
    this.mta = at.mta;
    this.host = at.host;
    this.message = message;
  }

  /** Cuts its strings loose from their batch. */
  detach(): void {
    this.detached = true;
    this.to = detach(this.to);
    this.origTo = detach(this.origTo);
    if (this.delivery !== undefined) detachFields(this.delivery);
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
