/** What becomes of a message's recipients, told as events. */
import type { DeliveryRecord, DiscardRecord, HoldRecord, RemovedRecord } from '../../parsers/contract.ts';
import type { DeliveryStatus } from '../event/event.ts';
import type { Outcome, TrackSink } from './event.ts';
import { copy, keepDelivery } from './keep.ts';
import { otherwiseNamed } from './naming.ts';
import {
  addRecipient,
  knownRecipient,
  newEvent,
  outcomeOf,
  type Place,
  type Recipient,
  recipientOf,
  renameRecipient,
  type Transaction,
  unnamedOf,
} from './transaction.ts';

/** Final outcomes: nothing can follow for this recipient. */
const FINAL: ReadonlySet<DeliveryStatus> = new Set([
  'delivered',
  'bounced',
  'expired',
  'discarded',
  'deleted',
]);

const NONE: readonly Recipient[] = [];

/** Tells the sink of outcomes, and notes them on the recipients. */
export class Outcomes {
  readonly #sink: TrackSink;

  constructor(sink: TrackSink) {
    this.#sink = sink;
  }

  /**
   * An attempt for the recipients of a line.
   * @param hop the message only went to another queue of this host
   */
  deliver(record: DeliveryRecord, hop: boolean, transaction: Transaction, place: Place): void {
    transaction.announced = undefined;
    const { to, others, origTo } = record;
    const known = knownRecipient(transaction, to, origTo);
    const renamed = known === undefined && record.renames ? rename(transaction, to, origTo) : NONE;
    const first = known ?? renamed[0] ?? addRecipient(transaction, to, origTo);
    // A deferral may be the reason of an end.
    const delivery = record.status === 'deferred' ? keepDelivery(record, first.last?.delivery) : record;
    this.#deliver(delivery, first, hop, transaction, place);
    for (const recipient of renamed) {
      if (recipient !== first) this.#deliver(delivery, recipient, hop, transaction, place);
    }
    if (others === undefined) return;
    for (const other of others) {
      this.#deliver(delivery, recipientOf(transaction, other, origTo), hop, transaction, place);
    }
  }

  /** The queue gave up on all recipients that are still deferred. */
  expire(transaction: Transaction, place: Place): void {
    const left = this.#endNamed(transaction, place, 'expired', isDeferred);
    // The log was cut, and no line names who it was: the line itself still says that somebody's mail expired.
    const unnamed = unnamedAtLeast(transaction);
    if (left === 0 && unnamed > 0) this.endUnnamed(transaction, place, 'expired', unnamed);
  }

  /** The operator, or whoever it was, took the message out of the queue. */
  delete(transaction: Transaction, place: Place, { diagnostic }: RemovedRecord): void {
    const reason = copy(diagnostic);
    this.#endNamed(transaction, place, 'deleted', isOpen, reason);
    const unnamed = transaction.nameless?.left ?? unnamedAtLeast(transaction);
    if (transaction.queued && unnamed > 0 && !this.#decideAnnounced(transaction, place, 'deleted', reason)) {
      this.endUnnamed(transaction, place, 'deleted', unnamed, undefined, reason);
    }
  }

  /** The message waits for the operator, or one recipient does. */
  hold(transaction: Transaction, place: Place, { to, diagnostic }: HoldRecord): void {
    const reason = copy(diagnostic);
    if (to !== undefined) this.#decide(transaction, place, to, 'held', reason);
    else {
      this.#endNamed(transaction, place, 'held', isDeferred, reason);
      this.#holdUnnamed(transaction, place, reason);
    }
  }

  /** The message was thrown away, or was for one recipient. */
  discard(transaction: Transaction, place: Place, { to, diagnostic }: DiscardRecord): void {
    const reason = copy(diagnostic);
    if (to !== undefined) this.#decide(transaction, place, to, 'discarded', reason);
    else if (!this.#decideAnnounced(transaction, place, 'discarded', reason)) {
      this.#endNamed(transaction, place, 'discarded', isOpen, reason);
      const unnamed = unnamedAtLeast(transaction);
      if (unnamed > 0) this.endUnnamed(transaction, place, 'discarded', unnamed, undefined, reason);
    }
  }

  /**
   * `count` recipients that no line has named have their end.
   * @param delivery why, where a line says so
   * @param reason the same, of what is no failure
   */
  endUnnamed(
    transaction: Transaction,
    place: Place,
    status: DeliveryStatus,
    count: number,
    delivery?: DeliveryRecord,
    reason?: string,
  ): void {
    const event = newEvent('delivery', place, transaction);
    event.reason = reason;
    event.status = status;
    event.final = true;
    event.count = count;
    event.prior = transaction.nameless?.outcome;
    transaction.nameless = undefined;
    event.delivery = delivery;
    this.#sink.event(event);
    transaction.recipients = transaction.outcomes.length;
  }

  #deliver(
    record: DeliveryRecord,
    recipient: Recipient,
    hop: boolean,
    transaction: Transaction,
    place: Place,
  ): void {
    const { last } = recipient;
    const event = newEvent('delivery', place, transaction);
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
    this.#sink.event(event);
    // The reason of a failure that is only remembered is that of the last attempt.
    if (record.suspended && record.reply.text === '' && last?.delivery !== undefined) {
      event.delivery = last.delivery;
    }
    recipient.last = outcomeOf(event);
  }

  /** Gives `status` to all recipients of a message of which only its arrival told; false where it named none. */
  #decideAnnounced(transaction: Transaction, place: Place, status: DeliveryStatus, reason?: string): boolean {
    const { announced } = transaction;
    if (announced === undefined) return false;
    transaction.announced = undefined;
    for (const to of announced) this.#decide(transaction, place, to, status, reason);
    return true;
  }

  #decide(
    transaction: Transaction,
    place: Place,
    to: string,
    status: DeliveryStatus,
    reason: string | undefined,
  ): void {
    const recipient = recipientOf(transaction, to, undefined);
    // The command and the end of the message may both say it.
    if (recipient.last?.status === status) return;
    const event = newEvent('delivery', place, transaction);
    event.status = status;
    event.final = FINAL.has(status);
    event.to = recipient.to;
    event.reason = reason;
    event.prior = recipient.last;
    this.#sink.event(event);
    recipient.last = outcomeOf(event);
  }

  /** Gives `status` to all recipients whose latest status `applies`, and says how many they were. */
  #endNamed(
    transaction: Transaction,
    place: Place,
    status: DeliveryStatus,
    applies: (status: DeliveryStatus) => boolean,
    reason?: string,
  ): number {
    let count = 0;
    for (const recipient of transaction.outcomes) {
      const { last } = recipient;
      if (last?.status === undefined || last.hop || !applies(last.status)) continue;
      const event = newEvent('delivery', place, transaction);
      event.status = status;
      event.final = FINAL.has(status);
      event.to = recipient.to;
      event.origTo = recipient.origTo;
      event.delivery = last.delivery;
      event.reason = reason;
      event.attempt = 0;
      event.prior = last;
      this.#sink.event(event);
      recipient.last = outcomeOf(event);
      count += 1;
    }
    return count;
  }

  /** Holds the recipients of a message that was not worked on yet. */
  #holdUnnamed(transaction: Transaction, place: Place, reason: string | undefined): void {
    if (transaction.outcomes.length > 0 || transaction.nameless !== undefined) return;
    if (this.#decideAnnounced(transaction, place, 'held', reason)) return;
    const event = newEvent('delivery', place, transaction);
    event.status = 'held';
    event.reason = reason;
    event.count = unnamedAtLeast(transaction);
    this.#sink.event(event);
    transaction.nameless = { outcome: outcomeOf(event), left: event.count };
  }
}

/** The recipients that a line calls otherwise than the lines before; they go by its name from now on. */
function rename(transaction: Transaction, to: string, origTo: string | undefined): readonly Recipient[] {
  if (transaction.outcomes.length === 0) return NONE;
  const renamed = otherwiseNamed(transaction, to, origTo);
  const [first] = renamed;
  if (first !== undefined && origTo !== undefined) renameRecipient(transaction, first, to, origTo);
  return renamed;
}

function isOpen(status: DeliveryStatus): boolean {
  return !FINAL.has(status);
}

function isDeferred(status: DeliveryStatus): boolean {
  return status === 'deferred';
}

/** How many recipients have no name yet: one at least, where none has. */
function unnamedAtLeast(transaction: Transaction): number {
  return unnamedOf(transaction) || (transaction.outcomes.length === 0 ? 1 : 0);
}

/** What the event left that told of a recipient together with others, where there is one. */
function takeNameless(transaction: Transaction): Outcome | undefined {
  const { nameless } = transaction;
  if (nameless === undefined) return undefined;
  nameless.left -= 1;
  if (nameless.left === 0) transaction.nameless = undefined;
  return nameless.outcome;
}
