/**
 * Joins the records of one queue id into a transaction, and tells each delivery, acceptance and refusal as an event
 * with all that is known about its message by then.
 *
 * Trackers merge. One that `continues` an earlier part of the log does not guess about messages whose beginning it has
 * not seen: it puts their records aside (the head), and `merge` lets the earlier part read them as if it had gone on.
 */
import type {
  ArrivalRecord,
  ChildRecord,
  ClientRecord,
  DeliveryRecord,
  DiscardRecord,
  ExpiredRecord,
  HoldRecord,
  LogRecord,
  MessageIdRecord,
  NoticeRecord,
  PartRecord,
  PickupRecord,
  QueuedRecord,
  RejectRecord,
  RemovedRecord,
} from '../../parsers/contract.ts';
import type { DeliveryStatus, Mta } from '../event/event.ts';
import { copy, detachFields } from './detach.ts';
import type { TrackedEvent, TrackSink } from './event.ts';
import { Fifo } from './fifo.ts';
import { otherwiseNamed } from './naming.ts';
import { Event, type Place, type Recipient, Transaction } from './transaction.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Deferred mail lives five days by default (`maximal_queue_lifetime`), and is tried every hour or so. */
const LONGEST_SILENCE = 7 * DAY;
/** A message that was never queued was refused or given up: its client would have timed out long before. */
const LONGEST_UNQUEUED_SILENCE = DAY;
/** Open messages beyond this number are forgotten, the oldest first: about 100 MB. */
const MOST_OPEN = 100_000;
/** How long a message is remembered after it left the queue, for the filter that still has to report back. */
const RECENTLY = 10 * MINUTE;
/** smtpd logs `NOQUEUE: hold: RCPT …` and the queue id of that message right after. */
const PENDING = 10 * SECOND;
/** A line that comes twice, once for each of an MTA's logs, comes again at once. */
const ECHO = 10 * SECOND;
/** A text in parts is not longer than this; what is beyond it is left away. */
const LONGEST_TEXT = 64 * 1024;
/** Processes of which something is remembered. */
const MOST_PROCESSES = 10_000;
/** What is said of a message before its arrival is logged, at the end of its transaction, is believed for so long. */
const LONGEST_TRANSACTION = 2 * MINUTE;
/** A message without open recipients is remembered for so long: an alias may have more, to be tried one by one. */
const SETTLED = HOUR;
/** Sweeps are made so many records apart at least. */
const SWEEP_EVERY = 20_000;

/** Final outcomes: nothing can follow for this recipient. */
const FINAL: ReadonlySet<DeliveryStatus> = new Set([
  'delivered',
  'bounced',
  'expired',
  'discarded',
  'deleted',
]);

/** MTAs that do not log, at their usual level, when a message leaves the queue. */
const WITHOUT_END: ReadonlySet<Mta> = new Set(['sendmail']);

/** A message of which no recipient is open, and since when. */
interface Settled {
  readonly transaction: Transaction;
  readonly time: number;
}

/** The messages of one queue, by queue id. */
type Queue = Map<string, Transaction>;

/** A text of which parts are still to come. */
interface Unfinished {
  readonly first: PartRecord;
  text: string;
  number: number;
}

/** A record that waits for the earlier part of the log. */
interface HeadEntry {
  readonly record: LogRecord;
  readonly place: Place;
}

/** Reads records in the order of their lines. */
export class Tracker {
  readonly #sink: TrackSink;
  readonly #continues: boolean;
  readonly #queues = new Map<string, Queue>();
  #queue: Queue = new Map();
  #queueHost: string | undefined = undefined;
  #queueInstance: string | undefined = undefined;

  /** Messages that left the queue lately and may be the far side of a hop. */
  readonly #recent = new Map<string, Transaction>();
  /** The same, the oldest first. */
  readonly #leaving = new Fifo<Transaction>();
  /** Queue ids of messages to come, and the message each comes from. */
  readonly #expected = new Map<string, string>();
  /** Holds and discards of messages that had no queue id yet, by process. */
  readonly #pending = new Map<string, HeadEntry>();
  /** Texts that come in parts, by process. */
  readonly #unfinished = new Map<string, Unfinished>();
  /** The last line of a process that may come once more. */
  readonly #echoes = new Map<string, { readonly line: string; readonly time: number }>();

  /** Messages of which no recipient is open, in the order in which that came about; of MTAs that tell no end. */
  readonly #settled = new Fifo<Settled>();

  /** When this tracker continues another: records of messages that began before. */
  #head: HeadEntry[] = [];
  /** When this tracker continues another: the queue ids that the head speaks of. */
  readonly #asideIds = new Set<string>();
  /** When this tracker continues another: the messages of its first minutes, which records of the head may speak of. */
  #early: { readonly transaction: Transaction; readonly process: string }[] = [];
  #firstTime = Number.NaN;

  #open = 0;
  #evicted = 0;
  #sinceSweep = 0;
  #sweptAt = Number.NaN;
  #previousTime = Number.NaN;
  #lastRecord: LogRecord | undefined = undefined;

  /** @param options.continues this is not the beginning of the log: an earlier tracker will `merge` this one */
  constructor(sink: TrackSink, options: { continues?: boolean } = {}) {
    this.#sink = sink;
    this.#continues = options.continues ?? false;
  }

  /** Messages that were forgotten because they were silent for too long or too many. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Reads one record. */
  read(record: LogRecord, place: Place): void {
    this.#lastRecord = record;
    switch (record.kind) {
      case 'nothing':
        return;
      case 'notice':
        if (record.echo !== undefined && this.#isEcho(record, record.echo, place)) return;
        this.#sink.notice(record, place.tag, place.time);
        return;
      case 'delivery':
        this.#delivery(record, place);
        break;
      case 'arrival':
        this.#arrival(record, place);
        break;
      case 'part':
        this.#part(record, place);
        return;
      case 'queued':
        this.#queued(record, place);
        break;
      case 'client':
        this.#client(record, place);
        break;
      case 'message-id':
        this.#messageId(record, place);
        break;
      case 'removed':
        this.#removed(record, place);
        break;
      case 'reject':
        this.#reject(record, place);
        break;
      case 'pickup':
        this.#pickup(record, place);
        break;
      case 'expired':
        this.#expired(record, place);
        break;
      case 'hold':
        this.#hold(record, place);
        break;
      case 'discard':
        this.#discard(record, place);
        break;
      case 'child':
        this.#child(record, place);
        break;
      case 'probe':
        this.#probe(record, place);
        break;
    }
    if (++this.#sinceSweep >= SWEEP_EVERY) this.#sweep(place.time);
    this.#previousTime = place.time;
  }

  /** The record that was read last happened again. */
  repeat(place: Place, times: number): void {
    for (let n = 0; n < times && this.#lastRecord !== undefined; n++) this.read(this.#lastRecord, place);
  }

  /**
   * Goes on where `later` stopped: reads what it put aside, then takes over its open messages.
   * Both must feed the same sink by now, or sinks that are merged as well.
   */
  merge(later: Tracker): void {
    for (const { transaction } of later.#early) this.#meet(transaction);
    for (const { record, place } of later.#head) this.read(record, place);
    for (const [name, queue] of later.#queues) {
      const mine = this.#queues.get(name);
      if (mine === undefined) {
        this.#queues.set(name, queue);
        this.#open += queue.size;
        continue;
      }
      for (const [queueId, transaction] of queue) {
        const known = mine.get(queueId);
        if (known === transaction) continue;
        if (known !== undefined) this.#close(mine, known);
        mine.set(queueId, transaction);
        this.#open += 1;
      }
    }
    this.#queueHost = undefined;
    for (const { transaction, process } of later.#early) {
      if (transaction.begun === 'surely') this.#readPending(process, transaction);
    }
    this.#settled.append(later.#settled);
    for (const [key, transaction] of later.#recent) this.#recent.set(key, transaction);
    this.#leaving.append(later.#leaving);
    for (const [child, parent] of later.#expected) this.#expected.set(child, parent);
    for (const [process, entry] of later.#pending) this.#pending.set(process, entry);
    for (const [process, text] of later.#unfinished) this.#unfinished.set(process, text);
    for (const [process, echo] of later.#echoes) this.#echoes.set(process, echo);
    this.#evicted += later.#evicted;
    this.#lastRecord = later.#lastRecord;
  }

  // --- beginnings -----------------------------------------------------------------------------------------------

  #arrival(record: ArrivalRecord, place: Place): void {
    const known = this.#find(record.queueId, place);
    if (record.late) {
      if (
        known === undefined &&
        (this.#isEarly(place, LONGEST_TRANSACTION) || this.#isAside(record, place))
      ) {
        // What the part before has read of it, or will read in the head, may decide.
        record.client?.detach();
        this.#setAside(record, place);
        return;
      }
      if (known?.queued) return;
    }
    // What was said before: in its transaction, or it was passed on before it was accepted.
    const isSame =
      known !== undefined &&
      !known.queued &&
      (record.late ? place.time - known.lastTime <= LONGEST_TRANSACTION : known.begun === 'unseen');
    const transaction = isSame ? this.#touch(known, place) : this.#begin(record.queueId, place, 'surely');
    transaction.begun = 'surely';
    transaction.from = copy(record.from);
    transaction.size = record.size;
    transaction.recipients = record.recipients;
    transaction.announced = record.recipientNames?.map((name) => copy(name));
    transaction.messageId = copy(record.messageId);
    record.client?.detach();
    transaction.client = record.client;
    transaction.authUser = copy(record.authUser) ?? transaction.authUser;
    transaction.parentQueueId = copy(record.parentQueueId) ?? transaction.parentQueueId;
    if (transaction.refusal === undefined) this.#accept(transaction, place);
    if (record.parentQueueId !== undefined && record.from === '') {
      this.#sink.notified(this.#find(record.parentQueueId, place) ?? transaction, place.time);
    }
  }

  #client(record: ClientRecord, place: Place): void {
    const transaction = this.#begin(record.queueId, place, 'surely');
    record.client?.detach();
    transaction.client = record.client;
    transaction.authUser = copy(record.authUser);
    if (record.parentQueueId !== undefined) {
      transaction.parentQueueId = copy(record.parentQueueId);
      const parent = this.#find(record.parentQueueId, place);
      if (parent !== undefined) parent.children = [...(parent.children ?? []), transaction.queueId];
      else if (this.#continues) {
        this.#setAside(
          { kind: 'child', queueId: record.parentQueueId, childQueueId: record.queueId, hop: true },
          place,
        );
      }
    }
    if (this.#pending.size > 0) this.#readPending(processKey(place), transaction);
  }

  /** A hold or discard that this process logged before the message had a queue id was about this one. */
  #readPending(process: string, transaction: Transaction): void {
    const pending = this.#pending.get(process);
    if (pending === undefined) return;
    this.#pending.delete(process);
    if (transaction.beganAt - pending.place.time > PENDING) return;
    this.read({ ...pending.record, queueId: transaction.queueId } as LogRecord, pending.place);
  }

  #pickup(record: PickupRecord, place: Place): void {
    const transaction = this.#begin(record.queueId, place, 'surely');
    transaction.from = copy(record.from);
    transaction.parentQueueId = copy(record.parentQueueId);
  }

  #messageId(record: MessageIdRecord, place: Place): void {
    const known = this.#find(record.queueId, place);
    if (known === undefined && this.#isEarly(place)) {
      // Its `client=` may have been the last thing before the cut.
      this.#setAside(record, place);
      return;
    }
    // Only mail that this host makes itself (bounces, forwards) begins with its message id.
    const transaction =
      known === undefined || known.queued
        ? this.#begin(record.queueId, place, 'inside')
        : this.#touch(known, place);
    transaction.messageId = copy(record.messageId);
  }

  #queued(record: QueuedRecord, place: Place): void {
    const transaction = this.#known(record, place);
    if (transaction === undefined) return;
    transaction.from = copy(record.from);
    transaction.size = record.size;
    if (transaction.queued) return;
    transaction.queued = true;
    transaction.recipients = record.recipients;
    if (transaction.begun === 'unseen') {
      this.#sink.resumed(transaction, place.time);
      return;
    }
    this.#accept(transaction, place);
  }

  #accept(transaction: Transaction, place: Place): void {
    transaction.queued = true;
    const event = new Event('accepted', place, transaction);
    event.count = transaction.unnamed;
    this.#sink.event(event);
  }

  // --- deliveries -----------------------------------------------------------------------------------------------

  #delivery(record: DeliveryRecord, place: Place): void {
    const transaction =
      record.first && this.#find(record.queueId, place) === undefined
        ? this.#begin(record.queueId, place, 'unseen')
        : this.#known(record, place);
    if (transaction === undefined) return;
    transaction.announced = undefined;
    const hop = record.status === 'delivered' && this.#isHop(record, transaction, place);
    if (record.renames) this.#deliverRenamed(record, hop, transaction, place);
    else this.#deliver(record, transaction.recipient(record.to, record.origTo), hop, transaction, place);
    for (const to of record.others ?? []) {
      this.#deliver(record, transaction.recipient(to, record.origTo), hop, transaction, place);
    }
    this.#settle(transaction, place);
  }

  /** A line may call its recipient otherwise than the lines before, and speak for several of them. */
  #deliverRenamed(record: DeliveryRecord, hop: boolean, transaction: Transaction, place: Place): void {
    transaction.waiting ??= new Set();
    for (const recipient of this.#recipientsOf(record, transaction)) {
      this.#deliver(record, recipient, hop, transaction, place);
      if (FINAL.has(record.status)) transaction.waiting.delete(recipient);
      else transaction.waiting.add(recipient);
    }
  }

  /** The recipients that a line speaks of, if it may call them otherwise than the lines before. */
  #recipientsOf({ to, origTo }: DeliveryRecord, transaction: Transaction): Recipient[] {
    const { waiting } = transaction;
    if (waiting !== undefined && waiting.size > 0 && !transaction.knows(to, origTo)) {
      const others = otherwiseNamed(waiting, to, origTo);
      if (origTo !== undefined && others[0] !== undefined) transaction.rename(others[0], to, origTo);
      if (others.length > 0) return others;
    }
    return [transaction.recipient(to, origTo)];
  }

  #deliver(
    record: DeliveryRecord,
    recipient: Recipient,
    hop: boolean,
    transaction: Transaction,
    place: Place,
  ): void {
    const { last } = recipient;
    const event = new Event('delivery', place, transaction);
    event.status = record.status;
    event.suspended = record.suspended;
    event.to = recipient.to;
    event.origTo = recipient.origTo;
    event.delivery = record;
    event.prior = last ?? takeNameless(transaction);
    // Held before anything was tried.
    if (!record.suspended && record.status !== 'held') event.attempt = ++recipient.attempts;
    event.hop = hop;
    event.final = FINAL.has(record.status) && !hop;
    recipient.last = event;
    this.#sink.event(event);
    event.forget();
    // The reason of a failure that is only remembered is that of the last attempt.
    if (record.suspended && record.reply.text === '' && last?.delivery !== undefined) {
      event.delivery = last.delivery;
    }
  }

  /**
   * Whether the next hop is a queue of this same host: local(8) forwarded it, or a content filter gave it back, which
   * shows by the `client=` of the id that it was `queued as`, or by XFORWARD naming this one. A `queued as` of a
   * remote server is an end, even if its id looks like one of ours.
   */
  #isHop(record: DeliveryRecord, transaction: Transaction, place: Place): boolean {
    const { relay } = record;
    if (relay === undefined) return false;
    const { forwarded } = record;
    if (!forwarded && !relay.near && transaction.children === undefined) return false;
    const childId = record.nextQueueId;
    const known = transaction.children?.includes(childId ?? '') ?? false;
    const child = childId === undefined ? undefined : this.#findRecent(childId, place);
    if (child === undefined || child === transaction) {
      const certain = forwarded === true || known;
      // The child was put aside: it is taken back when the part before has read of its beginning.
      if (certain && this.#continues && childId !== undefined) {
        this.#setAside({ kind: 'probe', queueId: childId }, place);
      }
      return certain;
    }
    const cameBack = child.client !== undefined && (child.client.near || child.client.ip === relay.ip);
    if (!forwarded && !known && !cameBack) return false;
    child.parentQueueId = transaction.queueId;
    this.#retract(child);
    return true;
  }

  #expired(record: ExpiredRecord, place: Place): void {
    const transaction = this.#known(record, place);
    if (transaction === undefined) return;
    transaction.from ??= copy(record.from);
    this.#expire(transaction, place);
  }

  #expire(transaction: Transaction, place: Place): void {
    const left = this.#endOutcomes(transaction, place, 'expired', (status) => status === 'deferred');
    // The log was cut, and no line names who it was: the line itself still says that somebody's mail expired.
    const unnamed = unnamedOf(transaction);
    if (left === 0 && unnamed > 0) this.#endUnnamed(transaction, place, 'expired', unnamed);
  }

  #removed(record: RemovedRecord, place: Place): void {
    const transaction = this.#find(record.queueId, place);
    if (transaction === undefined) {
      if (this.#continues) this.#setAside(record, place);
      else if (record.by === 'operator' || record.by === 'discarded') {
        const unseen = this.#begin(record.queueId, place, 'unseen');
        this.#endUnnamed(unseen, place, record.by === 'operator' ? 'deleted' : 'discarded', 1);
        this.#close(this.#queueOf(place.host, place.instance), unseen);
      }
      return;
    }
    this.#touch(transaction, place);
    if (record.by === 'discarded' && transaction.outcomes.length === 0) {
      this.#endUnnamed(transaction, place, 'discarded', Math.max(1, transaction.unnamed));
    } else if (record.by === 'operator' || record.by === 'unknown') {
      this.#endOutcomes(transaction, place, 'deleted', (status) => !FINAL.has(status));
      const unnamed = transaction.nameless?.left ?? unnamedOf(transaction);
      if (transaction.queued && unnamed > 0 && !this.#decideAnnounced(transaction, place, 'deleted')) {
        this.#endUnnamed(transaction, place, 'deleted', unnamed);
      }
    }
    this.#close(this.#queueOf(place.host, place.instance), transaction);
  }

  #hold(record: HoldRecord, place: Place): void {
    if (record.queueId === undefined) {
      this.#wait(record, place);
      return;
    }
    const transaction = this.#known({ ...record, queueId: record.queueId }, place);
    if (transaction === undefined || !record.held) return;
    transaction.from ??= copy(record.from);
    if (record.to !== undefined) this.#decide(transaction, place, record.to, 'held');
    else {
      this.#endOutcomes(transaction, place, 'held', (status) => status === 'deferred');
      this.#holdUnnamed(transaction, place);
    }
  }

  /** Holds the recipients of a message that was not worked on yet. */
  #holdUnnamed(transaction: Transaction, place: Place): void {
    if (transaction.outcomes.length > 0 || transaction.nameless !== undefined) return;
    if (this.#decideAnnounced(transaction, place, 'held')) return;
    const event = new Event('delivery', place, transaction);
    event.status = 'held';
    event.count = unnamedOf(transaction);
    this.#sink.event(event);
    event.forget();
    transaction.nameless = { event, left: event.count };
  }

  #discard(record: DiscardRecord, place: Place): void {
    if (record.queueId === undefined) {
      this.#wait(record, place);
      return;
    }
    const transaction = this.#known({ ...record, queueId: record.queueId }, place);
    if (transaction === undefined) return;
    transaction.from ??= copy(record.from);
    if (record.to !== undefined) this.#decide(transaction, place, record.to, 'discarded');
    else if (!this.#decideAnnounced(transaction, place, 'discarded')) {
      this.#endUnnamed(transaction, place, 'discarded', Math.max(1, transaction.unnamed));
    }
    this.#settle(transaction, place);
  }

  /** Gives `status` to all recipients of a message of which only its arrival told; false where it named none. */
  #decideAnnounced(transaction: Transaction, place: Place, status: DeliveryStatus): boolean {
    const { announced } = transaction;
    if (announced === undefined || transaction.outcomes.length > 0) return false;
    transaction.announced = undefined;
    for (const to of announced) this.#decide(transaction, place, to, status);
    // Once it is worked on, they may be called by other names.
    if (!FINAL.has(status)) transaction.waiting = new Set(transaction.outcomes);
    return true;
  }

  #decide(transaction: Transaction, place: Place, to: string, status: DeliveryStatus): void {
    const recipient = transaction.recipient(to, undefined);
    // The command and the end of the message may both say it.
    if (recipient.last?.status === status) return;
    const event = new Event('delivery', place, transaction);
    event.status = status;
    event.final = FINAL.has(status);
    event.to = recipient.to;
    event.prior = recipient.last;
    recipient.last = event;
    this.#sink.event(event);
    event.forget();
  }

  /** Gives `status` to all recipients whose latest status `applies`, and says how many they were. */
  #endOutcomes(
    transaction: Transaction,
    place: Place,
    status: DeliveryStatus,
    applies: (status: DeliveryStatus) => boolean,
  ): number {
    let count = 0;
    for (const recipient of transaction.outcomes) {
      const { last } = recipient;
      if (last?.status === undefined || last.hop || !applies(last.status)) continue;
      const event = new Event('delivery', place, transaction);
      event.status = status;
      event.final = FINAL.has(status);
      event.to = recipient.to;
      event.origTo = recipient.origTo;
      event.delivery = last.delivery;
      event.attempt = 0;
      event.prior = last;
      recipient.last = event;
      this.#sink.event(event);
      event.forget();
      count += 1;
    }
    return count;
  }

  #endUnnamed(
    transaction: Transaction,
    place: Place,
    status: DeliveryStatus,
    count: number,
    delivery?: DeliveryRecord,
  ): void {
    const event = new Event('delivery', place, transaction);
    event.status = status;
    event.final = true;
    event.count = count;
    event.prior = transaction.nameless?.event;
    transaction.nameless = undefined;
    event.delivery = delivery;
    this.#sink.event(event);
    transaction.recipients = transaction.outcomes.length;
  }

  // --- everything else ------------------------------------------------------------------------------------------

  #reject(record: RejectRecord, place: Place): void {
    if (record.echo !== undefined && this.#isEcho(record, record.echo, place)) return;
    const transaction = record.queueId === undefined ? undefined : this.#find(record.queueId, place);
    if (record.queueId !== undefined && transaction === undefined && this.#continues) {
      this.#setAside(record, place);
      return;
    }
    if (record.recipientsFollow || record.afterArrival) {
      this.#refuse(record, place);
      return;
    }
    if (transaction !== undefined && record.to === undefined) {
      // smtpd and cleanup may both say that the message is too large.
      if (transaction.refused) return;
      transaction.refused = true;
    }
    this.#tellRefusal(record, transaction, place);
  }

  #tellRefusal(record: RejectRecord, transaction: Transaction | undefined, place: Place): void {
    const event = new Event('rejected', place, transaction);
    event.rejection = record;
    event.to = record.to;
    event.final = true;
    this.#sink.event(event);
  }

  /** Whether this very line came from the same process just before; also where that is left to the part before. */
  #isEcho(record: RejectRecord | NoticeRecord, line: string, place: Place): boolean {
    const process = processKey(place);
    const last = this.#echoes.get(process);
    if (last === undefined && this.#isEarly(place)) {
      this.#setAside(record, place);
      return true;
    }
    if (last?.line === line && place.time - last.time <= ECHO) {
      // The next one is a line of its own again.
      this.#echoes.set(process, { line: '', time: place.time });
      return true;
    }
    if (this.#echoes.size >= MOST_PROCESSES) this.#echoes.clear();
    this.#echoes.set(process, { line: copy(line), time: place.time });
    return false;
  }

  /** Puts a text together that came in parts, and reads it with its last one. */
  #part(record: PartRecord, place: Place): void {
    const process = processKey(place);
    const unfinished = this.#unfinished.get(process);
    if (record.join !== undefined) {
      // What its process did not finish is read as far as it came.
      if (unfinished !== undefined) this.#finish(process, unfinished, place);
      if (this.#unfinished.size >= MOST_PROCESSES) this.#unfinished.clear();
      const { number, text } = record;
      this.#unfinished.set(process, {
        first: record,
        number,
        text: copy(text),
      });
      return;
    }
    if (unfinished === undefined) {
      if (this.#isEarly(place)) this.#setAside(record, place);
      return;
    }
    if (record.number !== unfinished.number + 1) return;
    unfinished.number = record.number;
    if (unfinished.text.length < LONGEST_TEXT) unfinished.text += copy(record.text);
    if (record.last) this.#finish(process, unfinished, place);
  }

  #finish(process: string, { first, text }: Unfinished, place: Place): void {
    this.#unfinished.delete(process);
    const record = first.join?.(text);
    if (record !== undefined) this.read(record, place);
  }

  /** A message that is refused at its end: the reason first, then a line for each recipient, its arrival in between. */
  #refuse(record: RejectRecord, place: Place): void {
    const transaction = this.#known({ ...record, queueId: record.queueId ?? '' }, place);
    if (transaction === undefined) return;
    if (record.recipientsFollow) {
      detachFields(record);
      detachFields(record.reply);
      record.client?.detach();
      transaction.refusal ??= record;
      return;
    }
    if (!transaction.refused) {
      transaction.refused = true;
      // It was told as accepted, and its recipients were taken for open.
      if (transaction.queued) this.#retract(transaction);
      this.#sink.closed(transaction);
      transaction.recipients = undefined;
    }
    const { refusal } = transaction;
    const whole = refusal === undefined ? record : { ...refusal, to: record.to };
    this.#tellRefusal(whole, transaction, place);
    this.#settle(transaction, place);
  }

  #child(record: ChildRecord, place: Place): void {
    const transaction = this.#known(record, place);
    if (transaction === undefined) return;
    if (record.hop) {
      transaction.children = [...(transaction.children ?? []), copy(record.childQueueId)];
      return;
    }
    if (record.clone) {
      this.#clone(record, transaction, place);
      return;
    }
    const { failure } = record;
    if (record.expired) this.#expire(transaction, place);
    else if (failure !== undefined && transaction.outcomes.length === 0 && transaction.unnamed > 0) {
      if (failure.to !== '')
        this.#deliver(failure, transaction.recipient(failure.to, undefined), false, transaction, place);
      else this.#endUnnamed(transaction, place, 'bounced', transaction.unnamed, failure);
    }
    this.#settle(transaction, place);
    this.#sink.notified(transaction, place.time);
    const known = this.#findRecent(record.childQueueId, place);
    if (known !== undefined) known.parentQueueId = transaction.queueId;
    else if (record.from === undefined) this.#expect(record.childQueueId, transaction.queueId, place);
    else {
      const child = this.#begin(record.childQueueId, place, 'inside');
      child.from = copy(record.from);
      child.parentQueueId = transaction.queueId;
      child.recipients = 1;
      this.#accept(child, place);
    }
  }

  /** Some recipients get an envelope of their own. Which they are is not told, so that it brings them as its own. */
  #clone(record: ChildRecord, transaction: Transaction, place: Place): void {
    const child = this.#begin(record.childQueueId, place, 'inside');
    child.from = copy(record.from) ?? transaction.from;
    child.parentQueueId = transaction.queueId;
    child.messageId = transaction.messageId;
    child.size = transaction.size;
    child.client = transaction.client;
    child.authUser = transaction.authUser;
    child.queued = true;
    // One message as before.
    this.#retract(child);
    this.#sink.closed(transaction);
    transaction.recipients = undefined;
    this.#settle(transaction, place);
  }

  #probe(record: LogRecord & { queueId: string }, place: Place): void {
    const transaction = this.#known(record, place);
    if (transaction !== undefined) this.#retract(transaction);
  }

  #retract(transaction: Transaction): void {
    if (transaction.retracted) return;
    transaction.retracted = true;
    this.#sink.retracted(transaction);
  }

  // --- finding --------------------------------------------------------------------------------------------------

  #queueOf(host: string, instance: string): Queue {
    if (host === this.#queueHost && instance === this.#queueInstance) return this.#queue;
    const name = `${host}\0${instance}`;
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new Map();
      this.#queues.set(name, queue);
    }
    this.#queue = queue;
    this.#queueHost = host;
    this.#queueInstance = instance;
    return queue;
  }

  /** The open message of that id, unless it has been silent for too long to be the same one. */
  #find(queueId: string, place: Place): Transaction | undefined {
    const queue = this.#queueOf(place.host, place.instance);
    const transaction = queue.get(queueId);
    if (transaction === undefined) return undefined;
    const { settledAt } = transaction;
    if (settledAt !== undefined && place.time - settledAt > SETTLED) {
      this.#leave(transaction);
      return undefined;
    }
    if (place.time - transaction.lastTime <= silenceOf(transaction)) return transaction;
    this.#evict(queue, transaction);
    return undefined;
  }

  /** The message that a record speaks of: begun unseen where the log was cut, or left to the part before. */
  #known(record: LogRecord & { queueId: string }, place: Place): Transaction | undefined {
    const transaction = this.#find(record.queueId, place);
    if (transaction !== undefined) return this.#touch(transaction, place);
    if (this.#continues) {
      this.#setAside(record, place);
      return undefined;
    }
    return this.#begin(record.queueId, place, 'unseen');
  }

  #findRecent(queueId: string, place: Place): Transaction | undefined {
    const open = this.#find(queueId, place);
    if (open !== undefined) return open;
    const left = this.#recent.get(queueKey(place, queueId));
    return left !== undefined && place.time - left.lastTime <= RECENTLY ? left : undefined;
  }

  #begin(queueId: string, place: Place, begun: Transaction['begun']): Transaction {
    for (let next = this.#settled.first; next !== undefined; next = this.#settled.first) {
      if (place.time - next.time <= SETTLED) break;
      this.#leaveSettled();
    }
    const queue = this.#queueOf(place.host, place.instance);
    const former = queue.get(queueId);
    // Short ids come again: whatever became of the former message, it is in this queue no more.
    if (former !== undefined) this.#close(queue, former);
    const own = copy(queueId);
    const transaction = new Transaction(place.mta, place.host, place.instance, own, begun, place.time);
    queue.set(own, transaction);
    this.#open += 1;
    if (this.#open > MOST_OPEN) this.#makeRoom(queue);
    if (this.#expected.size > 0 && begun === 'inside') {
      const key = queueKey(place, queueId);
      transaction.parentQueueId = this.#expected.get(key);
      this.#expected.delete(key);
    }
    if (this.#isEarly(place)) this.#early.push({ transaction, process: processKey(place) });
    return this.#touch(transaction, place);
  }

  #touch(transaction: Transaction, place: Place): Transaction {
    transaction.lastTime = place.time;
    return transaction;
  }

  // --- forgetting -----------------------------------------------------------------------------------------------

  #close(queue: Queue, transaction: Transaction): void {
    queue.delete(transaction.queueId);
    this.#open -= 1;
    this.#sink.closed(transaction);
    // A filter on this host reports back only after the message it gave back may long be delivered.
    if (transaction.client?.near || transaction.begun === 'inside') {
      this.#remember(transaction);
    }
  }

  /** Keeps a message that left the queue for a while: without its recipients, which nothing can follow for. */
  #remember(transaction: Transaction): void {
    transaction.outcomes.length = 0;
    for (let older = this.#leaving.first; older !== undefined; older = this.#leaving.first) {
      if (transaction.lastTime - older.lastTime <= RECENTLY) break;
      const key = queueKey(older, older.queueId);
      if (this.#recent.get(key) === older) this.#recent.delete(key);
      this.#leaving.shift();
    }
    this.#recent.set(queueKey(transaction, transaction.queueId), transaction);
    this.#leaving.push(transaction);
  }

  /** Notes whether all recipients of a message have their end, where the MTA itself will not tell. */
  #settle(transaction: Transaction, place: Place): void {
    if (!WITHOUT_END.has(transaction.mta)) return;
    const { time } = place;
    if (!transaction.isSettled) transaction.settledAt = undefined;
    else if (transaction.settledAt !== time) {
      transaction.settledAt = time;
      this.#settled.push({ transaction, time });
    }
  }

  /** What settled first goes, unless it is gone already or has been at work since. Tells whether it went. */
  #leaveSettled(): boolean {
    const next = this.#settled.shift();
    return next !== undefined && next.transaction.settledAt === next.time && this.#leave(next.transaction);
  }

  #leave(transaction: Transaction): boolean {
    transaction.settledAt = undefined;
    const queue = this.#queues.get(`${transaction.host}\0${transaction.instance}`);
    if (queue?.get(transaction.queueId) !== transaction) return false;
    this.#close(queue, transaction);
    return true;
  }

  #evict(queue: Queue, transaction: Transaction): void {
    queue.delete(transaction.queueId);
    this.#open -= 1;
    this.#evicted += 1;
  }

  /** The oldest message goes, one that needs nothing any more before any other. */
  #makeRoom(queue: Queue): void {
    while (this.#settled.first !== undefined) {
      if (this.#leaveSettled()) return;
    }
    for (const transaction of queue.values()) {
      this.#evict(queue, transaction);
      return;
    }
  }

  /** Forgets what is too old. One stamp from the future does not count: the line before must agree. */
  #sweep(time: number): void {
    this.#sinceSweep = 0;
    const now = Math.min(time, this.#previousTime);
    if (now - this.#sweptAt < HOUR) return;
    this.#sweptAt = now;
    for (const queue of this.#queues.values()) {
      for (const transaction of queue.values()) {
        if (now - transaction.lastTime > silenceOf(transaction)) this.#evict(queue, transaction);
      }
    }
    if (this.#expected.size > MOST_OPEN) this.#expected.clear();
    if (this.#pending.size > MOST_OPEN) this.#pending.clear();
  }

  // --- parts of a log -------------------------------------------------------------------------------------------

  /** Whether the part before may have seen the beginning of what is going on. */
  #isEarly(place: Place, within = RECENTLY): boolean {
    if (!this.#continues) return false;
    if (Number.isNaN(this.#firstTime)) this.#firstTime = place.time;
    return place.time <= this.#firstTime + within;
  }

  #setAside(record: LogRecord, place: Place): void {
    if (record.kind === 'delivery' && record.nextQueueId !== undefined) {
      // Whether this is a hop will be asked when the child may be forgotten.
      const child = this.#findRecent(record.nextQueueId, place);
      if (child !== undefined) this.#early.push({ transaction: child, process: '' });
    }
    detachFields(record);
    if ('queueId' in record && record.queueId !== undefined) {
      this.#asideIds.add(queueKey(place, record.queueId));
    }
    this.#head.push({ record, place: { ...place } });
  }

  #isAside(record: ArrivalRecord, place: Place): boolean {
    return this.#asideIds.size > 0 && this.#asideIds.has(queueKey(place, record.queueId));
  }

  #wait(record: HoldRecord | DiscardRecord, place: Place): void {
    detachFields(record);
    this.#pending.set(processKey(place), { record, place: { ...place } });
  }

  #expect(childQueueId: string, parentQueueId: string, place: Place): void {
    this.#expected.set(queueKey(place, childQueueId), parentQueueId);
  }

  /** A message of the later part becomes known to this one: records of the head may speak of it. */
  #meet(transaction: Transaction): void {
    this.#recent.set(queueKey(transaction, transaction.queueId), transaction);
    this.#leaving.push(transaction);
  }
}

/** How many recipients have no name yet: one at least, where none has. */
function unnamedOf(transaction: Transaction): number {
  return transaction.unnamed || (transaction.outcomes.length === 0 ? 1 : 0);
}

/** The event that a recipient leaves who was only told of together with others, where there is one. */
function takeNameless(transaction: Transaction): TrackedEvent | undefined {
  const { nameless } = transaction;
  if (nameless === undefined) return undefined;
  nameless.left -= 1;
  if (nameless.left === 0) transaction.nameless = undefined;
  return nameless.event;
}

function silenceOf(transaction: Transaction): number {
  return transaction.queued || transaction.begun === 'unseen' ? LONGEST_SILENCE : LONGEST_UNQUEUED_SILENCE;
}

function queueKey(queue: { host: string; instance: string }, queueId: string): string {
  return `${queue.host}\0${queue.instance}\0${queueId}`;
}

function processKey(place: Place): string {
  return `${place.host}\0${place.pid}`;
}
