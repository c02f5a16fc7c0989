/**
 * Keeps the books of a report while logs are loaded: for every row, what it changes in the sums over all that was
 * told before it. So the sums of a time are sums of rows, which a store is quick at.
 *
 * It follows `Aggregate` in all that it counts; a test compares the two on random logs. A window that begins within
 * the life of a message sees less of the message than this does: `sums.ts` takes such messages apart.
 */
import { domainOf, isFailed, stateOf, UNCLASSIFIED_HARD, UNCLASSIFIED_SOFT } from '../aggregate/aggregate.ts';
import { bucketOf } from '../aggregate/histogram.ts';
import { BOUNCED, type CauseName, causeKey, DEFERRED, DELIVERED, OPEN, STATES } from '../aggregate/rows.ts';
import { foldedKey } from '../aggregate/table.ts';
import type { DeliveryStatus } from '../event/event.ts';
import type { Message, TrackedEvent } from '../track/event.ts';
import { isNotification } from '../track/notification.ts';

/** What a row changes. Times in milliseconds since the epoch. */
export interface Change {
  /** The message's first event; `NaN` where there is no message. */
  begun: number;
  /** Its latest event until then, where that is later: a clock was set back. */
  setBack: number;
  /** Messages that are counted from here on, or no longer. */
  messages: number;
  /** Recipients that wait and that no event has named. */
  unnamed: number;
  /** Where recipients stand from here on, or no longer. */
  state: string;
  placed: number;
  /** All this is of a notice. */
  notification: boolean;
  /** Recipients of an attempt or refusal. */
  tried: number;
  /** Messages that have recipients in the cause from here on, or no longer. */
  standing: number;
  /** Recipients that were delivered after they had failed so. */
  recovered: number;
  /** Bucket of a delivered recipient's delay; -1 for none. */
  bucket: number;
  /** A recipient's domain or the client that was refused, as tables of counts name them. */
  peer: string | undefined;
  sender: string | undefined;
}

/** Recipients that an event has placed. */
interface Placement {
  /** Recipients that no later event has taken over yet. */
  count: number;
  readonly state: number;
  readonly bucket: number;
  readonly peer: string | undefined;
  readonly sender: string | undefined;
  readonly provider: string | undefined;
  /** Of a failure, or of what waits behind one. */
  readonly cause: CauseName | undefined;
  /** Time of the recipient's latest event. */
  latest: number;
}

/** Recipients that leave the place where they stood: a row of their own. */
export interface Move {
  readonly time: number;
  readonly cause: CauseName | undefined;
  readonly provider: string | undefined;
  readonly change: Change;
}

/** What is noted on a message. */
export interface MessageNote {
  /** Tells messages apart in the store. */
  readonly key: bigint;
  begun: number;
  latest: number;
  counted: boolean;
  retracted: boolean;
  /** It is counted as a notice, or as mail; undefined before anything of it is counted. */
  notification: boolean | undefined;
  /** Recipients that wait and that no event has named yet. */
  unnamed: number;
  sender: string | undefined;
  /** How many recipients stand in which cause. */
  standing: Map<string, number> | undefined;
  /** Recipients that wait behind another message's failure. */
  waiting: Set<Placement> | undefined;
  /** Recipients whose latest event is a copy of another message's failure. */
  uncertain: Set<Placement> | undefined;
  /** The causes that it has failed for, alone and with the place. */
  failedFor: Set<string> | undefined;
}

/** Makes the note of a message. */
export function newNote(key: bigint): MessageNote {
  return {
    key,
    begun: Number.NaN,
    latest: -Infinity,
    counted: false,
    retracted: false,
    notification: undefined,
    unnamed: 0,
    sender: undefined,
    standing: undefined,
    waiting: undefined,
    uncertain: undefined,
    failedFor: undefined,
  };
}

/** Gives the change that changes nothing. */
export function noChange(begun = Number.NaN): Change {
  return {
    begun,
    setBack: Number.NaN,
    messages: 0,
    unnamed: 0,
    state: '',
    placed: 0,
    notification: false,
    tried: 0,
    standing: 0,
    recovered: 0,
    bucket: -1,
    peer: undefined,
    sender: undefined,
  };
}

/** What an entry in the books consists of: the row's own change, and the places that are left by it. */
export interface Entry {
  readonly change: Change;
  readonly moves: readonly Move[];
}

const NOWHERE: readonly Move[] = [];

/** A message entered the queue, or was found there. */
export function admit(
  note: MessageNote,
  message: Message | undefined,
  time: number,
  recipients: number,
): Entry {
  const change = begin(note, time);
  count(note, message, change);
  note.unnamed += recipients;
  change.unnamed = recipients;
  return { change, moves: NOWHERE };
}

/** A refusal belongs to no message. */
export function refuse(event: TrackedEvent): Entry {
  const client = event.rejection?.client ?? event.message?.client;
  const peer = client?.ip ?? client?.host;
  return { change: { ...noChange(), state: 'rejected', tried: event.count, peer }, moves: NOWHERE };
}

/** A delivery: its recipients move from where they stood to where they stand now. */
export function deliver(note: MessageNote, event: TrackedEvent): Entry {
  const { time, suspended, final } = event;
  const change = begin(note, time);
  const { message } = event;
  const prior = event.prior?.entry as Placement | undefined;
  if (suspended && !final) {
    // A copy of another message's failure: the recipient waits where it stood, or is named as open.
    if (prior === undefined) {
      count(note, message, change);
      change.unnamed = -name(note, event.count);
      const placement = place(note, event, OPEN, change);
      note.waiting ??= new Set();
      note.waiting.add(placement);
      event.entry = placement;
    } else {
      prior.latest = time;
      event.entry = prior;
    }
    note.uncertain ??= new Set();
    note.uncertain.add(event.entry as Placement);
    return { change, moves: NOWHERE };
  }
  count(note, message, change);
  const moves: Move[] = [];
  let left = 0;
  if (prior !== undefined) {
    note.uncertain?.delete(prior);
    left = Math.min(prior.count, event.count);
    if (left > 0) moves.push(takeBack(note, prior, left, time, event.status));
  }
  change.unnamed = -name(note, event.count - left);
  // The message on the far side of a hop brings its own recipients.
  if (event.hop) return { change, moves };
  const state = stateOf(event.status!);
  event.entry = place(note, event, state, change);
  if (event.attempt > 0 && !suspended && state <= BOUNCED) change.tried = event.count;
  return { change, moves };
}

/** The message left the queue: recipients without an outcome never will have one, and were none at any time. */
export function close(note: MessageNote): Entry {
  const change = noChange(note.begun);
  change.notification = note.notification ?? false;
  change.unnamed = -note.unnamed;
  note.unnamed = 0;
  const moves = [...(note.waiting ?? [])].map((placement) =>
    // Only who has seen all events of a recipient can tell that it has no outcome.
    takeBack(note, placement, placement.count, placement.latest, undefined),
  );
  return { change, moves };
}

/** A notice was made from the message. */
export function notify(note: MessageNote, time: number): Entry {
  return { change: begin(note, time), moves: NOWHERE };
}

/** Whether anything is in doubt that the end of the message would settle. */
export function isOpen({ unnamed, uncertain }: MessageNote): boolean {
  return unnamed > 0 || (uncertain !== undefined && uncertain.size > 0);
}

/** The message must not be counted, neither from now on nor before. */
export function retract(note: MessageNote, time: number): Entry {
  const change = Number.isNaN(note.begun) ? begin(note, time) : noChange(note.begun);
  change.notification = note.notification ?? false;
  if (note.counted && !note.retracted) change.messages = -1;
  note.retracted = true;
  note.counted = true;
  return { change, moves: NOWHERE };
}

function begin(note: MessageNote, time: number): Change {
  if (Number.isNaN(note.begun)) note.begun = time;
  const change = noChange(note.begun);
  // Known by then, but for what is no part of any sum.
  change.notification = note.notification ?? false;
  if (time < note.latest) change.setBack = note.latest;
  else note.latest = time;
  return change;
}

function count(note: MessageNote, message: Message | undefined, change: Change): void {
  note.notification ??= message !== undefined && isNotification(message);
  change.notification = note.notification;
  if (note.counted) return;
  note.counted = true;
  change.messages = 1;
}

/** Names recipients that no event has named. Gives how many. */
function name(note: MessageNote, recipients: number): number {
  const named = Math.min(note.unnamed, recipients);
  note.unnamed -= named;
  return named;
}

function place(note: MessageNote, event: TrackedEvent, state: number, change: Change): Placement {
  const { to, message, delivery } = event;
  if (note.sender === undefined && message?.from !== undefined) note.sender = foldedKey(message.from);
  change.state = STATES[state]!;
  change.placed = event.count;
  change.sender = note.sender;
  if (to !== undefined) change.peer = foldedKey(domainOf(to));
  if (state === DELIVERED && delivery?.delay !== undefined) change.bucket = bucketOf(delivery.delay);
  const failed = isFailed(state);
  const cause = failed || state === OPEN ? causeOf(event, state) : undefined;
  if (failed) change.standing = stand(note, causeKey(cause!), event.count);
  const { bucket, peer, sender } = change;
  return {
    count: event.count,
    state,
    bucket,
    peer,
    sender,
    provider: event.provider,
    cause,
    latest: event.time,
  };
}

/** The cause that a failure is counted under. */
export function causeOf({ classification }: TrackedEvent, state: number): CauseName {
  return classification ?? (state === DEFERRED ? UNCLASSIFIED_SOFT : UNCLASSIFIED_HARD);
}

/** @param status where the recipients go next */
function takeBack(
  note: MessageNote,
  placement: Placement,
  recipients: number,
  time: number,
  status: DeliveryStatus | undefined,
): Move {
  const { state, bucket, peer, sender, provider, cause } = placement;
  placement.count -= recipients;
  const change: Change = {
    ...noChange(note.begun),
    state: STATES[state]!,
    placed: -recipients,
    notification: note.notification ?? false,
    bucket,
    peer,
    sender,
  };
  if (state === OPEN) {
    if (placement.count === 0) note.waiting?.delete(placement);
  } else if (cause !== undefined) {
    if (status === 'delivered') change.recovered = recipients;
    change.standing = stand(note, causeKey(cause), -recipients);
  }
  return { time, cause, provider, change };
}

/** Notes that recipients of a message stand in a cause, or no longer. Gives the change in messages that have any. */
function stand(note: MessageNote, key: string, recipients: number): number {
  note.standing ??= new Map();
  const before = note.standing.get(key) ?? 0;
  note.standing.set(key, before + recipients);
  return Number(before + recipients > 0) - Number(before > 0);
}
