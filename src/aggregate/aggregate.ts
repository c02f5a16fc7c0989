/**
 * Counts what the tracker tells: every recipient by the last state known of it, every attempt, every cause.
 *
 * It keeps no recipients. What an event added to the sums is noted on the event itself and taken back when the
 * recipient's next event comes; what is known of a message is noted on the message.
 */
import type { NoticeRecord } from '../../parsers/contract.ts';
import { copy } from '../../parsers/copy.ts';
import type { Direction } from '../cause/contract.ts';
import type { DeliveryStatus } from '../event/event.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';
import { isNotification } from '../track/notification.ts';
import { type Counts, noCounts } from './counts.ts';
import { offerExample } from './examples.ts';
import { type HeldPlace, hold, letGo } from './held.ts';
import { addToBucket, bucketOf } from './histogram.ts';
import {
  ATTEMPTS,
  addMta,
  addTime,
  BOUNCED,
  CAUSES,
  type CauseName,
  type CauseRow,
  type CountRow,
  causeKey,
  DEFERRED,
  DELIVERED,
  EXPIRED,
  HELD_STATE,
  HOURS,
  type HourRow,
  judge,
  NAMES,
  NOTICES,
  noticeKey,
  OPEN,
  PARTIES,
  REJECTED,
  REJECTS,
  SMALL_NAMES,
  STATES,
  type StateRow,
  UNCLASSIFIED,
  unclassifiedKey,
} from './rows.ts';
import { shapeOf } from './shape.ts';
import { byText, live, rowFor, rowForName } from './table.ts';

/** Which events are counted: those at or after `from` and before `until`, in milliseconds since the epoch. */
export interface Window {
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** What is noted on an event: the recipients that it placed, and in which rows. */
interface Placement {
  /** Recipients that no later event has taken over yet. */
  count: number;
  readonly state: number;
  /** For delivered recipients, the bucket of their delay. */
  readonly bucket: number | undefined;
  readonly domain: StateRow | undefined;
  readonly provider: StateRow | undefined;
  readonly sender: StateRow | undefined;
  readonly failure: Failure | undefined;
  /** For recipients that are held. */
  readonly held: HeldPlace | undefined;
}

/** The rows of a failed recipient. With the state `open` it waits behind the failure. */
interface Failure {
  readonly cause: CauseRow;
  readonly domain: CountRow | undefined;
  readonly provider: CountRow;
}

/** What is noted on a message. */
interface MessageNote {
  /** The message was taken back: it must not be counted again. */
  retracted: boolean;
  /** It is counted as a notice, or as mail; undefined before anything of it is counted. */
  notification: boolean | undefined;
  /** Recipients counted as open that no event has named yet. */
  unnamed: number;
  sender: StateRow | undefined;
  /** How many recipients stand in which cause. */
  standing: { readonly cause: CauseRow; count: number }[] | undefined;
  /** Recipients that wait behind another message's failure. */
  waiting: Set<Placement> | undefined;
}

const HOUR = 3_600_000;

const LONGEST_NOTICE = 500;

/** What stand for a failure that no classifier has seen. */
export const UNCLASSIFIED_HARD: CauseName = { cause: 'unclassified', detail: undefined, kind: 'hard' };
export const UNCLASSIFIED_SOFT: CauseName = { cause: 'unclassified', detail: undefined, kind: 'soft' };

/**
 * Counts the events of a window. Times in milliseconds since the epoch.
 *
 * Both counts are plain data: `new Aggregate(window, ...clones)` goes on where another thread stopped, with the
 * marks of messages and events that were cloned together with the counts.
 */
export class Aggregate implements TrackSink {
  readonly window: Window;
  /** Of mail; replies that no rule knows and what the MTA said of itself are here, too, whatever the mail. */
  readonly counts: Counts;
  /** Of notices, mail that nobody wrote. */
  readonly ofNotifications: Counts;
  readonly #from: number;
  readonly #until: number;
  #hour: HourRow | undefined;
  #hourStart = Number.NaN;

  constructor(window: Window = {}, counts: Counts = noCounts(), ofNotifications: Counts = noCounts()) {
    this.window = window;
    this.counts = counts;
    this.ofNotifications = ofNotifications;
    this.#from = window.from ?? -Infinity;
    this.#until = window.until ?? Infinity;
  }

  event(event: TrackedEvent): void {
    const inside = this.#covers(event.time);
    if (event.type === 'delivery') {
      if (!inside) this.#passBy(event);
      else if (event.suspended && !event.final) this.#wait(event);
      else this.#move(event);
    } else if (inside) {
      if (event.type === 'rejected') this.#refuse(event);
      else this.#admit(event.message, event.count);
    }
  }

  resumed(message: Message, time: number): void {
    if (this.#covers(time)) this.#admit(message, message.recipients ?? 0);
  }

  closed(message: Message): void {
    const note = message.mark as MessageNote | undefined;
    if (note === undefined) return;
    const counts = this.#countsOf(note);
    counts.states[OPEN]! -= note.unnamed;
    counts.recipients -= note.unnamed;
    note.unnamed = 0;
    for (const placement of note.waiting ?? []) {
      counts.recipients -= placement.count;
      this.#takeBack(placement, note, placement.count, undefined);
    }
  }

  retracted(message: Message): void {
    const note = message.mark as MessageNote | undefined;
    if (note?.retracted) return;
    if (note !== undefined) {
      note.retracted = true;
      this.#countsOf(note).messages--;
    } else {
      message.mark = newNote(true);
    }
  }

  notified(_message: Message, time: number): void {
    if (this.#covers(time)) this.counts.notifications++;
  }

  notice(record: NoticeRecord, program: string, time: number): void {
    if (!this.#covers(time)) return;
    const key = noticeKey(record.severity, program, shapeOf(record.text));
    const row = rowFor(this.counts.notices, NOTICES, key);
    if (time < row.first || (time === row.first && byText(record.text, row.text) < 0)) {
      row.text = copy(record.text.slice(0, LONGEST_NOTICE));
    }
    row.count++;
    addTime(row, time);
  }

  #covers(time: number): boolean {
    return time >= this.#from && time < this.#until;
  }

  #noteOf(message: Message | undefined): MessageNote {
    const known = message?.mark as MessageNote | undefined;
    const note = known ?? newNote(false);
    // Once and for all: what is counted as one thing must not be taken back as the other.
    note.notification ??= message !== undefined && isNotification(message);
    if (known !== undefined) return known;
    if (message !== undefined) message.mark = note;
    this.#countsOf(note).messages++;
    return note;
  }

  #countsOf({ notification }: MessageNote): Counts {
    return notification ? this.ofNotifications : this.counts;
  }

  #admit(message: Message | undefined, recipients: number): void {
    const note = this.#noteOf(message);
    const counts = this.#countsOf(note);
    note.unnamed += recipients;
    counts.states[OPEN]! += recipients;
    counts.recipients += recipients;
  }

  /** A delivery inside the window: its recipients move from where they stood to where they stand now. */
  #move(event: TrackedEvent): void {
    const { count, message } = event;
    const status = event.status!;
    const note = this.#noteOf(message);
    const counts = this.#countsOf(note);
    const before = event.prior?.mark as Placement | undefined;
    const failedBefore = before?.state === DEFERRED ? live(before.failure!.cause).name : undefined;
    const fresh = count - this.#leave(event, note);
    if (event.hop) {
      // The message on the far side brings its own recipients.
      counts.recipients -= count - fresh;
      return;
    }
    counts.recipients += fresh;

    const state = stateOf(status);
    const placement = this.#place(event, note, state, failedBefore);
    // Also on a final one: a line that the log has twice must not make two recipients.
    event.mark = placement;
    if (event.attempt > 0 && !event.suspended) this.#attempted(event, note, state, placement);
  }

  /** A copy of another message's failure: the recipient waits where it stood, or is named as open. */
  #wait(event: TrackedEvent): void {
    const prior = event.prior?.mark as Placement | undefined;
    if (prior !== undefined) {
      event.mark = prior;
      return;
    }
    const note = this.#noteOf(event.message);
    this.#countsOf(note).recipients += event.count - this.#leave(event, note);
    const placement = this.#place(event, note, OPEN, undefined);
    note.waiting ??= new Set();
    note.waiting.add(placement);
    event.mark = placement;
  }

  /**
   * A delivery outside the window: what it says is not counted, and what was counted of its recipients stays. They
   * keep their place in case a clock was set back and the next event is inside again.
   */
  #passBy(event: TrackedEvent): void {
    const note = event.message?.mark as MessageNote | undefined;
    if (note === undefined) return;
    const prior = event.prior?.mark as Placement | undefined;
    if (prior !== undefined) {
      event.mark = prior;
      note.waiting?.delete(prior);
      return;
    }
    const count = Math.min(note.unnamed, event.count);
    if (count === 0) return;
    note.unnamed -= count;
    event.mark = {
      count,
      state: OPEN,
      bucket: undefined,
      domain: undefined,
      provider: undefined,
      sender: undefined,
      failure: undefined,
      held: undefined,
    } satisfies Placement;
  }

  #refuse(event: TrackedEvent): void {
    const { counts } = this;
    const name = event.classification ?? UNCLASSIFIED_HARD;
    const row = rowFor(counts.rejects, REJECTS, causeKey(name));
    if (name.cause === 'unclassified') this.#puzzle(event, 'inbound');
    addMta(row.mtas, event.mta);
    row.count += event.count;
    if (event.classification !== undefined) judge(row, event.classification.confidence, event.count);
    addTime(row, event.time);
    offerExample(row.examples, event);
    const client = event.rejection?.client ?? event.message?.client;
    const clientName = client?.ip ?? client?.host;
    if (clientName !== undefined) rowFor(row.clients, NAMES, clientName).count += event.count;
    counts.attempts[REJECTED]! += event.count;
    this.#hourOf(event.time).counts[REJECTED]! += event.count;
  }

  /** Takes the recipients of an event from where they stood. Gives how many stood anywhere. */
  #leave(event: TrackedEvent, note: MessageNote): number {
    const prior = event.prior?.mark as Placement | undefined;
    let left = 0;
    if (prior !== undefined) {
      left = Math.min(prior.count, event.count);
      this.#takeBack(prior, note, left, event.status);
    }
    const unnamed = Math.min(note.unnamed, event.count - left);
    note.unnamed -= unnamed;
    this.#countsOf(note).states[OPEN]! -= unnamed;
    return left + unnamed;
  }

  /** Adds the recipients of an event to all rows that they belong to. */
  #place(
    event: TrackedEvent,
    note: MessageNote,
    state: number,
    failedBefore: CauseName | undefined,
  ): Placement {
    const counts = this.#countsOf(note);
    const { count, to, message, delivery } = event;
    counts.states[state]! += count;

    const domain = to === undefined ? undefined : rowForName(counts.domains, PARTIES, domainOf(to));
    const provider = rowFor(counts.providers, PARTIES, event.provider ?? 'other');
    let { sender } = note;
    if (sender === undefined && message?.from !== undefined) {
      sender = rowForName(counts.senders, PARTIES, message.from);
      note.sender = sender;
    }
    shift(domain, state, count);
    shift(provider, state, count);
    shift(sender, state, count);

    let bucket: number | undefined;
    if (state === DELIVERED && delivery?.delay !== undefined) {
      bucket = bucketOf(delivery.delay);
      addToBucket(counts.delays, bucket, count);
      addToBucket(provider.delays, bucket, count);
    }
    const failure =
      state === OPEN || isFailed(state) ? this.#fail(event, note, state, domain, provider) : undefined;
    const held = state === HELD_STATE ? hold(this.counts.held, event, failedBefore) : undefined;
    return { count, state, bucket, domain, provider, sender, failure, held };
  }

  /** Adds the recipients of a failure to the row of its cause. */
  #fail(
    event: TrackedEvent,
    note: MessageNote,
    state: number,
    domain: StateRow | undefined,
    provider: StateRow,
  ): Failure {
    const name = event.classification ?? (state === DEFERRED ? UNCLASSIFIED_SOFT : UNCLASSIFIED_HARD);
    const cause = rowFor(this.#countsOf(note).causes, CAUSES, causeKey(name));
    addMta(cause.mtas, event.mta);
    addTime(cause, event.time);
    offerExample(cause.examples, event);
    const failure: Failure = {
      cause,
      domain: domain === undefined ? undefined : rowFor(cause.domains, NAMES, domain.key),
      provider: rowFor(cause.providers, SMALL_NAMES, provider.key),
    };
    if (state === OPEN) {
      cause.waiting += event.count;
    } else {
      cause.states[state]! += event.count;
      if (name.kind === 'hard') shiftHard({ domain, provider, sender: note.sender }, event.count);
      if (failure.domain !== undefined) failure.domain.count += event.count;
      failure.provider.count += event.count;
      stand(note, cause, event.count);
    }
    return failure;
  }

  /** Takes `count` recipients out of all rows that they were added to. `status` is where they go next. */
  #takeBack(
    placement: Placement,
    note: MessageNote,
    count: number,
    status: DeliveryStatus | undefined,
  ): void {
    const counts = this.#countsOf(note);
    const { state, bucket, failure } = placement;
    placement.count -= count;
    counts.states[state]! -= count;
    shift(placement.domain, state, -count);
    shift(placement.provider, state, -count);
    shift(placement.sender, state, -count);
    if (bucket !== undefined) {
      addToBucket(counts.delays, bucket, -count);
      if (placement.provider !== undefined) addToBucket(live(placement.provider).delays, bucket, -count);
    }
    if (placement.held !== undefined) letGo(this.counts.held, placement.held, count);
    if (failure === undefined) return;
    const cause = live(failure.cause);
    if (state === OPEN) {
      cause.waiting -= count;
      if (placement.count === 0) note.waiting?.delete(placement);
      return;
    }
    cause.states[state]! -= count;
    // By the row that the failure was placed in: the one it was folded into may stand for other kinds too.
    if (failure.cause.name.kind === 'hard') shiftHard(placement, -count);
    if (failure.domain !== undefined) live(failure.domain).count -= count;
    live(failure.provider).count -= count;
    if (status === 'delivered') cause.recovered += count;
    unstand(note, cause, count);
  }

  /** Counts an attempt, besides what became of its recipients. */
  #attempted(event: TrackedEvent, note: MessageNote, state: number, placement: Placement): void {
    if (state > BOUNCED) return;
    const { count } = event;
    this.#countsOf(note).attempts[state]! += count;
    if (!note.notification) {
      const hour = this.#hourOf(event.time);
      hour.counts[state]! += count;
      rowFor(hour.providers, ATTEMPTS, event.provider ?? 'other').counts[state]! += count;
    }
    if (state === DELIVERED) return;
    if (placement.failure?.cause.name.cause === 'unclassified') this.#puzzle(event, 'outbound');
    if (placement.domain !== undefined) placement.domain.failures += count;
    if (placement.provider !== undefined) placement.provider.failures += count;
    if (placement.sender !== undefined) live(placement.sender).failures += count;
    if (placement.failure === undefined) return;
    const { cause } = placement.failure;
    cause.attempts += count;
    if (event.classification !== undefined) judge(cause, event.classification.confidence, count);
  }

  /** Keeps a reply that no rule knows, by its shape. */
  #puzzle(event: TrackedEvent, direction: Direction): void {
    const key = unclassifiedKey(direction, shapeOf((event.delivery ?? event.rejection)?.diagnostic ?? ''));
    const row = rowFor(this.counts.unclassified, UNCLASSIFIED, key);
    row.count += event.count;
    addTime(row, event.time);
    offerExample(row.examples, event);
  }

  #hourOf(time: number): HourRow {
    if (this.#hour === undefined || !(time >= this.#hourStart && time < this.#hourStart + HOUR)) {
      const number = Math.floor(time / HOUR);
      this.#hourStart = number * HOUR;
      this.#hour = rowFor(this.counts.hours, HOURS, String(number));
    }
    return live(this.#hour);
  }
}

function newNote(retracted: boolean): MessageNote {
  return {
    retracted,
    notification: undefined,
    unnamed: 0,
    sender: undefined,
    standing: undefined,
    waiting: undefined,
  };
}

/** Position of a status in `STATES`; the first ones are at the same positions in `HOUR_COUNTS`. */
export function stateOf(status: DeliveryStatus): number {
  return status === 'delivered' ? DELIVERED : STATES.indexOf(status);
}

/** Whether recipients in this state have failed, for now or for good. */
export function isFailed(state: number): boolean {
  return state === DEFERRED || state === BOUNCED || state === EXPIRED;
}

/** The part after the last `@`, as written; empty for a local part alone. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at === -1 ? '' : address.slice(at + 1);
}

function shift(row: StateRow | undefined, state: number, count: number): void {
  if (row === undefined) return;
  live(row).states[state]! += count;
}

/** Adds recipients of a hard failure to the parties that it is counted for. */
function shiftHard(
  { domain, provider, sender }: Pick<Placement, 'domain' | 'provider' | 'sender'>,
  count: number,
): void {
  for (const row of [domain, provider, sender]) if (row !== undefined) live(row).hard += count;
}

/** Notes that recipients of a message stand in a cause. */
function stand(note: MessageNote, cause: CauseRow, count: number): void {
  note.standing ??= [];
  let entry = note.standing.find((other) => live(other.cause) === cause);
  if (entry === undefined) {
    entry = { cause, count: 0 };
    note.standing.push(entry);
  }
  if (entry.count === 0) cause.messages++;
  entry.count += count;
}

/** Notes that they no longer do. Two causes of a message can have become one, so there may be several entries. */
function unstand(note: MessageNote, cause: CauseRow, count: number): void {
  let rest = count;
  for (const entry of note.standing ?? []) {
    if (entry.count === 0 || live(entry.cause) !== cause) continue;
    const taken = Math.min(entry.count, rest);
    entry.count -= taken;
    rest -= taken;
    if (entry.count === 0) cause.messages--;
    if (rest === 0) return;
  }
}
