/** What the tracker knows of one message in one queue: one life of a queue id on one host. Plain data. */
import type { Client, RejectRecord } from '../../parsers/contract.ts';
import type { EventType, Mta } from '../event/event.ts';
import type { Message, Outcome, TrackedEvent } from './event.ts';
import { copy } from './keep.ts';

/** With more recipients than this they are found through a map instead of one after the other. */
const MOST_SCANNED = 8;

/** One recipient of a message. */
export interface Recipient {
  to: string;
  origTo: string | undefined;
  attempts: number;
  /** What the latest event left: what a following one replaces, and why an expiry happened. */
  last: Outcome | undefined;
}

/** One message in one queue. */
export interface Transaction extends Message {
  from: string | undefined;
  messageId: string | undefined;
  size: number | undefined;
  recipients: number | undefined;
  client: Client | undefined;
  authUser: string | undefined;
  tls: string | undefined;
  parentQueueId: string | undefined;

  /** Its beginning was seen: by `client=` or `uid=` for certain, by `message-id=` alone if it was made on this host. */
  begun: 'surely' | 'inside' | 'unseen';
  /** The queue manager took it up, so that its acceptance was told. */
  queued: boolean;
  /** It was refused as a whole. */
  refused: boolean;
  /** What was said when it was refused as a whole, for its recipients, who are yet to be named. */
  refusal: RejectRecord | undefined;
  /** Since when all its recipients have their end, where the MTA does not tell when a message leaves the queue. */
  settledAt: number | undefined;
  /** It was found to be no mail of its own. */
  retracted: boolean;
  /** Milliseconds UTC of its first line, and of its latest. */
  readonly beganAt: number;
  lastTime: number;
  /** Queue ids that a content filter was given for this message (XFORWARD). */
  children: string[] | undefined;
  outcomes: Recipient[];
  /** The same by their names, where they are many. */
  index: Map<string, Recipient> | undefined;
  /** Recipients by the names that its arrival gave them, until a line tells of one. */
  announced: readonly string[] | undefined;
  /** Recipients that were told of together and without names: what the event left, and how many have got no name since. */
  nameless: { readonly outcome: Outcome; left: number } | undefined;
}

/** Gives a message of which nothing is known yet but whose queue it is in. `queueId` must be a string of its own. */
export function newTransaction(
  { mta, host, instance, time }: Place,
  queueId: string,
  begun: Transaction['begun'],
): Transaction {
  return {
    mta,
    host,
    instance,
    queueId,
    from: undefined,
    messageId: undefined,
    size: undefined,
    recipients: undefined,
    client: undefined,
    authUser: undefined,
    tls: undefined,
    parentQueueId: undefined,
    mark: undefined,
    entry: undefined,
    begun,
    queued: false,
    refused: false,
    refusal: undefined,
    settledAt: undefined,
    retracted: false,
    beganAt: time,
    lastTime: time,
    children: undefined,
    outcomes: [],
    index: undefined,
    announced: undefined,
    nameless: undefined,
  };
}

/** The recipient of that address (and that address before aliasing), where a line told of it before. */
export function knownRecipient(
  { index, outcomes }: Transaction,
  to: string,
  origTo: string | undefined,
): Recipient | undefined {
  if (index !== undefined) return index.get(recipientKey(to, origTo));
  for (const recipient of outcomes) {
    if (recipient.to === to && recipient.origTo === origTo) return recipient;
  }
  return undefined;
}

/** The same, made on first sight. */
export function recipientOf(transaction: Transaction, to: string, origTo: string | undefined): Recipient {
  return knownRecipient(transaction, to, origTo) ?? addRecipient(transaction, to, origTo);
}

/** Adds a recipient that is not known yet. */
export function addRecipient(transaction: Transaction, to: string, origTo: string | undefined): Recipient {
  const recipient: Recipient = { to: copy(to), origTo: copy(origTo), attempts: 0, last: undefined };
  const { outcomes } = transaction;
  // Most messages have one, and V8 makes room for seventeen where one is added to none.
  if (outcomes.length === 0) transaction.outcomes = [recipient];
  else outcomes.push(recipient);
  if (outcomes.length > MOST_SCANNED) {
    transaction.index ??= new Map(outcomes.map((each) => [recipientKey(each.to, each.origTo), each]));
    transaction.index.set(recipientKey(recipient.to, recipient.origTo), recipient);
  }
  return recipient;
}

/** Calls a recipient by another name from now on. */
export function renameRecipient(
  { index }: Transaction,
  recipient: Recipient,
  to: string,
  origTo: string | undefined,
): void {
  index?.delete(recipientKey(recipient.to, recipient.origTo));
  recipient.to = copy(to);
  recipient.origTo = copy(origTo);
  index?.set(recipientKey(recipient.to, recipient.origTo), recipient);
}

/** How many recipients the queue manager counted that no line has named yet. */
export function unnamedOf({ recipients, outcomes }: Transaction): number {
  return Math.max(0, (recipients ?? 0) - outcomes.length);
}

/** Whether every recipient is known and nothing can follow for any. */
export function isSettled(transaction: Transaction): boolean {
  return (
    unnamedOf(transaction) === 0 &&
    transaction.outcomes.every(({ last }) => last === undefined || last.final || last.hop)
  );
}

function recipientKey(to: string, origTo: string | undefined): string {
  return origTo === undefined ? to : `${to}\0${origTo}`;
}

/** The tracker's own events: as they are told, but for the tracker to fill in. */
export type Event = { -readonly [K in keyof TrackedEvent]: TrackedEvent[K] };

/** Gives an event of which nothing is known yet but where its line is. */
export function newEvent(type: EventType, at: Place, message: Message | undefined): Event {
  return {
    type,
    time: at.time,
    source: at.source,
    offset: at.offset,
    line: undefined,
    mta: at.mta,
    host: at.host,
    message,
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
    prior: undefined,
    classification: undefined,
    provider: undefined,
    mark: undefined,
    entry: undefined,
  };
}

/** What is to be remembered of an event that was told: of records only a deferral's, which may be the reason of an end. */
export function outcomeOf(event: Event): Outcome {
  const { status } = event;
  return {
    time: event.time,
    to: event.to,
    count: event.count,
    status,
    final: event.final,
    hop: event.hop,
    delivery: status === 'deferred' ? event.delivery : undefined,
    classification: event.classification,
    provider: event.provider,
    mark: event.mark,
    entry: event.entry,
  };
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
