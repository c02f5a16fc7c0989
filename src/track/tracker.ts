/**
 * Joins the records of one queue id into a transaction, and tells each delivery, acceptance and refusal as an event
 * with all that is known about its message by then.
 *
 * What it remembers is plain data (`state.ts`), with which another tracker may go on.
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
  PartRecord,
  PickupRecord,
  QueuedRecord,
  RejectRecord,
  RemovedRecord,
} from '../../parsers/contract.ts';
import { readWhole } from '../../parsers/index.ts';
import type { TrackSink } from './event.ts';
import { copy, keepReject } from './keep.ts';
import { Outcomes } from './outcomes.ts';
import { takePending } from './pending.ts';
import { addPart, beginText, isEcho, processOf, type Unfinished, type Waiting, wait } from './processes.ts';
import { Queues } from './queues.ts';
import { Sessions } from './sessions.ts';
import type { TrackerState } from './state.ts';
import { newEvent, type Place, type Transaction, unnamedOf } from './transaction.ts';
import { takeOverdue, takeWithheld, type Withheld, withhold } from './withheld.ts';

const MINUTE = 60_000;

/** What is said of a message before its arrival is logged, at the end of its transaction, is believed for so long. */
const LONGEST_TRANSACTION = 2 * MINUTE;

const NONE: readonly Waiting[] = [];

/** Reads records in the order of their lines. */
export class Tracker {
  /** All that it remembers. */
  readonly state: TrackerState;
  readonly #sink: TrackSink;
  readonly #queues: Queues;
  readonly #sessions: Sessions;
  readonly #outcomes: Outcomes;
  readonly #currentLine: () => string;

  /** @param currentLine the line that is being read, whole */
  constructor(sink: TrackSink, state: TrackerState, currentLine: () => string) {
    this.#currentLine = currentLine;
    this.#sink = sink;
    this.state = state;
    this.#outcomes = new Outcomes(sink);
    this.#sessions = new Sessions(this.state.sessions);
    this.#queues = new Queues(this.state.messages, (transaction) => sink.closed(transaction));
  }

  /** Reads one record. */
  read(record: LogRecord, place: Place): void {
    switch (record.kind) {
      case 'nothing':
        return;
      case 'notice':
        if (record.echo !== undefined && isEcho(this.state.processes, record.echo, place)) return;
        this.#sink.notice(record, place.tag, place.time);
        return;
      case 'delivery':
        this.#delivery(record, place);
        break;
      case 'arrival':
        this.#arrival(record, place);
        this.#endTransaction(record, place);
        break;
      case 'part':
        this.#part(record, place);
        return;
      case 'session':
        this.#sessions.open(record, place);
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
        if (record.by === 'canceled') this.#endTransaction(record, place);
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
        this.#retract(this.#known(record.queueId, place));
        break;
    }
    this.#queues.pass(place.time);
    const { withheld } = this.state;
    if (withheld.count > 0) this.#tellWithheld(takeOverdue(withheld, place.time));
  }

  /** There are no more records: what waits for one is told. */
  end(): void {
    this.#tellWithheld(takeOverdue(this.state.withheld));
  }

  // --- beginnings -----------------------------------------------------------------------------------------------

  #arrival(record: ArrivalRecord, place: Place): void {
    const known = this.#queues.find(record.queueId, place);
    if (record.late && known?.queued) return;
    // What was said before: in its transaction, or it was passed on before it was accepted.
    const isSame =
      known !== undefined &&
      !known.queued &&
      (record.late ? place.time - known.lastTime <= LONGEST_TRANSACTION : known.begun === 'unseen');
    const transaction = isSame
      ? this.#touch(known, place)
      : this.#queues.begin(record.queueId, place, 'surely');
    transaction.begun = 'surely';
    transaction.from = copy(record.from);
    transaction.size = record.size;
    transaction.recipients = record.recipients;
    transaction.announced = record.recipientNames?.map((name) => copy(name));
    transaction.messageId = copy(record.messageId);
    transaction.client = record.client;
    const session = record.client && this.#sessions.from(record.client, place);
    transaction.authUser = copy(record.authUser) ?? session?.authUser ?? transaction.authUser;
    transaction.tls = copy(record.tls) ?? session?.tls;
    transaction.parentQueueId = copy(record.parentQueueId) ?? transaction.parentQueueId;
    const { pending } = this.state.processes;
    const discards =
      pending.count > 0 ? takePending(pending, processOf(place), transaction, place.time) : NONE;
    // The list is of those who are left.
    if (transaction.recipients !== undefined) transaction.recipients += discards.length;
    if (transaction.refusal === undefined) this.#accept(transaction, place);
    for (const discard of discards) this.read({ ...discard.record, queueId: record.queueId }, place);
    if (record.parentQueueId !== undefined && record.from === '') {
      this.#sink.notified(this.#queues.find(record.parentQueueId, place) ?? transaction, place.time);
    }
  }

  #client(record: ClientRecord, place: Place): void {
    const transaction = this.#queues.begin(record.queueId, place, 'surely');
    transaction.client = record.client;
    transaction.authUser = copy(record.authUser);
    if (record.parentQueueId !== undefined) {
      transaction.parentQueueId = copy(record.parentQueueId);
      const parent = this.#queues.find(record.parentQueueId, place);
      if (parent !== undefined) parent.children = [...(parent.children ?? []), transaction.queueId];
    }
    const { pending } = this.state.processes;
    if (pending.count === 0) return;
    // Holds and discards that this process logged before were about this message.
    for (const held of takePending(pending, processOf(place), transaction, place.time)) {
      this.read({ ...held.record, queueId: record.queueId }, held.place);
    }
  }

  #pickup(record: PickupRecord, place: Place): void {
    const transaction = this.#queues.begin(record.queueId, place, 'surely');
    transaction.from = copy(record.from);
    transaction.parentQueueId = copy(record.parentQueueId);
  }

  #messageId(record: MessageIdRecord, place: Place): void {
    const known = this.#queues.find(record.queueId, place);
    // Only mail that this host makes itself (bounces, forwards) begins with its message id.
    const transaction =
      known === undefined || known.queued
        ? this.#queues.begin(record.queueId, place, 'inside')
        : this.#touch(known, place);
    transaction.messageId = copy(record.messageId);
  }

  #queued(record: QueuedRecord, place: Place): void {
    const transaction = this.#known(record.queueId, place);
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
    const event = newEvent('accepted', place, transaction);
    event.count = unnamedOf(transaction);
    this.#sink.event(event);
  }

  // --- deliveries -----------------------------------------------------------------------------------------------

  #delivery(record: DeliveryRecord, place: Place): void {
    if (record.relay?.ip !== undefined && !record.suspended) {
      const tls = this.#sessions.to(record.relay, place)?.tls;
      if (tls !== undefined) record.tls = tls;
    }
    const transaction =
      record.first && this.#queues.find(record.queueId, place) === undefined
        ? this.#queues.begin(record.queueId, place, 'unseen')
        : this.#known(record.queueId, place);
    const hop = record.status === 'delivered' && this.#isHop(record, transaction, place);
    this.#outcomes.deliver(record, hop, transaction, place);
    this.#queues.settle(transaction, place);
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
    const child = childId === undefined ? undefined : this.#queues.findRecent(childId, place);
    if (child === undefined || child === transaction) return forwarded === true || known;
    const cameBack = child.client !== undefined && (child.client.near || child.client.ip === relay.ip);
    if (!forwarded && !known && !cameBack) return false;
    child.parentQueueId = transaction.queueId;
    this.#retract(child);
    return true;
  }

  #expired(record: ExpiredRecord, place: Place): void {
    const transaction = this.#known(record.queueId, place);
    transaction.from ??= copy(record.from);
    this.#outcomes.expire(transaction, place);
  }

  #removed(record: RemovedRecord, place: Place): void {
    const transaction = this.#queues.find(record.queueId, place);
    if (transaction === undefined) {
      if (record.by === 'operator' || record.by === 'discarded') {
        const unseen = this.#queues.begin(record.queueId, place, 'unseen');
        const status = record.by === 'operator' ? 'deleted' : 'discarded';
        this.#outcomes.endUnnamed(unseen, place, status, 1, undefined, copy(record.diagnostic));
        this.#queues.close(unseen, place);
      }
      return;
    }
    this.#touch(transaction, place);
    // It was told as accepted too early.
    if (record.by === 'canceled' && transaction.queued) this.#retract(transaction);
    if (record.by === 'discarded' && transaction.outcomes.length === 0) {
      this.#outcomes.endUnnamed(transaction, place, 'discarded', Math.max(1, unnamedOf(transaction)));
    } else if (record.by === 'operator' || record.by === 'unknown') {
      this.#outcomes.delete(transaction, place, record);
    }
    this.#queues.close(transaction, place);
  }

  #hold(record: HoldRecord, place: Place): void {
    if (record.queueId === undefined) {
      wait(this.state.processes, record, place);
      return;
    }
    const transaction = this.#known(record.queueId, place);
    if (!record.held) return;
    transaction.from ??= copy(record.from);
    this.#outcomes.hold(transaction, place, record);
  }

  #discard(record: DiscardRecord, place: Place): void {
    if (record.queueId === undefined) {
      wait(this.state.processes, record, place);
      return;
    }
    const transaction = this.#known(record.queueId, place);
    transaction.from ??= copy(record.from);
    this.#outcomes.discard(transaction, place, record);
    this.#queues.settle(transaction, place);
  }

  // --- everything else ------------------------------------------------------------------------------------------

  #reject(record: RejectRecord, place: Place): void {
    if (record.echo !== undefined && isEcho(this.state.processes, record.echo, place)) return;
    const transaction = record.queueId === undefined ? undefined : this.#queues.find(record.queueId, place);
    if (record.recipientsFollow || record.afterArrival) {
      this.#refuse(record, place);
      return;
    }
    if (transaction !== undefined && record.to === undefined) {
      // smtpd and cleanup may both say that the message is too large.
      if (transaction.refused) return;
      transaction.refused = true;
    }
    const { clientFollows, queueId } = record;
    if (clientFollows && queueId !== undefined) {
      if (withhold(this.state.withheld, queueId, record, place, this.#currentLine())) return;
    }
    const { pending } = this.state.processes;
    // Whom it would have been discarded for, there is nothing to discard now.
    if (record.stage === 'eom' && pending.count > 0) {
      takePending(pending, processOf(place), record, place.time);
    }
    this.#tellRefusal(record, transaction, place);
  }

  #endTransaction(record: ArrivalRecord | RemovedRecord, place: Place): void {
    const { withheld } = this.state;
    if (withheld.count > 0) this.#tellWithheld(takeWithheld(withheld, record.queueId, place), record);
  }

  /** Tells refusals that waited, of a client and a sender that are known by now or never will be. */
  #tellWithheld(
    refusals: readonly Withheld[],
    { client, from }: Pick<ArrivalRecord | RemovedRecord, 'client' | 'from'> = {},
  ): void {
    for (const { record, place, line } of refusals) {
      const { queueId } = record;
      const transaction = queueId === undefined ? undefined : this.#queues.find(queueId, place);
      const whole = { ...record, client, from: record.from ?? copy(from) };
      this.#tellRefusal(whole, transaction, place, line);
    }
  }

  #tellRefusal(
    record: RejectRecord,
    transaction: Transaction | undefined,
    place: Place,
    line?: string,
  ): void {
    const event = newEvent('rejected', place, transaction);
    event.line = line;
    event.rejection = record;
    event.to = record.to;
    event.final = true;
    this.#sink.event(event);
  }

  /** Puts a text together that came in parts, and reads it with its last one. */
  #part(record: PartRecord, place: Place): void {
    const { processes } = this.state;
    const unfinished = processes.unfinished.get(processOf(place));
    if (record.number <= 1) {
      // What its process did not finish is read as far as it came.
      if (unfinished !== undefined) this.#finish(unfinished, place);
      beginText(processes, record, place);
    } else if (unfinished !== undefined && addPart(unfinished, record) && record.last) {
      this.#finish(unfinished, place);
    }
  }

  #finish({ mta, text, time }: Unfinished, place: Place): void {
    this.state.processes.unfinished.delete(processOf(place));
    const record = readWhole(mta, text, time);
    if (record !== undefined) this.read(record, place);
  }

  /** A message that is refused at its end: the reason first, then a line for each recipient, its arrival in between. */
  #refuse(record: RejectRecord, place: Place): void {
    const transaction = this.#known(record.queueId ?? '', place);
    if (record.recipientsFollow) {
      transaction.refusal ??= keepReject(record);
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
    this.#queues.settle(transaction, place);
  }

  #child(record: ChildRecord, place: Place): void {
    const transaction = this.#known(record.queueId, place);
    if (record.hop) {
      transaction.children = [...(transaction.children ?? []), copy(record.childQueueId)];
      return;
    }
    if (record.clone) {
      this.#clone(record, transaction, place);
      return;
    }
    const { failure } = record;
    if (record.expired) this.#outcomes.expire(transaction, place);
    else if (failure !== undefined && transaction.outcomes.length === 0 && unnamedOf(transaction) > 0) {
      if (failure.to !== '') this.#outcomes.deliver(failure, false, transaction, place);
      else this.#outcomes.endUnnamed(transaction, place, 'bounced', unnamedOf(transaction), failure);
    }
    this.#queues.settle(transaction, place);
    this.#sink.notified(transaction, place.time);
    const known = this.#queues.findRecent(record.childQueueId, place);
    if (known !== undefined) known.parentQueueId = transaction.queueId;
    else if (record.from === undefined) this.#queues.expect(record.childQueueId, transaction.queueId, place);
    else {
      const child = this.#queues.begin(record.childQueueId, place, 'inside');
      child.from = copy(record.from);
      child.parentQueueId = transaction.queueId;
      child.recipients = 1;
      this.#accept(child, place);
    }
  }

  /** Some recipients get envelopes of their own. Which they are is not told, so that these bring them as their own. */
  #clone(record: ChildRecord, transaction: Transaction, place: Place): void {
    for (const queueId of [record.childQueueId, ...(record.otherChildren ?? [])]) {
      const child = this.#queues.begin(queueId, place, 'inside');
      child.from = copy(record.from) ?? transaction.from;
      child.parentQueueId = transaction.queueId;
      child.messageId = transaction.messageId;
      child.size = transaction.size;
      child.client = transaction.client;
      child.authUser = transaction.authUser;
      child.tls = transaction.tls;
      child.queued = true;
      // One message as before.
      this.#retract(child);
    }
    this.#sink.closed(transaction);
    transaction.recipients = undefined;
    this.#queues.settle(transaction, place);
  }

  #retract(transaction: Transaction): void {
    if (transaction.retracted) return;
    transaction.retracted = true;
    this.#sink.retracted(transaction);
  }

  // --- finding --------------------------------------------------------------------------------------------------

  /** The message that a record speaks of: begun unseen where the log was cut. */
  #known(queueId: string, place: Place): Transaction {
    const transaction = this.#queues.find(queueId, place);
    return transaction === undefined
      ? this.#queues.begin(queueId, place, 'unseen')
      : this.#touch(transaction, place);
  }

  #touch(transaction: Transaction, place: Place): Transaction {
    transaction.lastTime = place.time;
    return transaction;
  }
}
