/**
 * The messages in the queues, by queue id: found, begun, and forgotten in time. Ids come again after a while, and some
 * MTAs do not tell when a message leaves the queue.
 */
import type { Mta } from '../event/event.ts';
import { emptyFifo, type Fifo, firstOf, shift } from './fifo.ts';
import { copy } from './keep.ts';
import { isSettled, newTransaction, type Place, type Transaction } from './transaction.ts';

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
/** A message without open recipients is remembered for so long: an alias may have more, to be tried one by one. */
const SETTLED = HOUR;
/** Sweeps are made so many records apart at least. */
const SWEEP_EVERY = 20_000;

/** MTAs that do not log, at their usual level, when a message leaves the queue. */
const WITHOUT_END: ReadonlySet<Mta> = new Set(['sendmail']);

/** The messages of one queue, by queue id. */
interface Queue {
  readonly open: Map<string, Transaction>;
  /** Messages that left the queue lately and may be the far side of a hop. */
  readonly recent: Map<string, Transaction>;
  /** Messages to come, and the message each comes from. */
  readonly expected: Map<string, string>;
}

/** A message of which no recipient is open, and since when. */
interface Settled {
  readonly transaction: Transaction;
  readonly time: number;
}

/** What is remembered of messages. Plain data. */
export interface QueuesState {
  /** By host and instance. */
  readonly queues: Map<string, Queue>;
  /** Messages that left their queue lately, the oldest first. */
  readonly leaving: Fifo<Transaction>;
  /** Messages of which no recipient is open, in the order in which that came about; of MTAs that tell no end. */
  readonly settled: Fifo<Settled>;
  open: number;
  /** Messages that were forgotten because they were silent for too long or too many. */
  evicted: number;
  sinceSweep: number;
  sweptAt: number;
  previousTime: number;
}

/** Gives queues without a message. */
export function noQueues(): QueuesState {
  return {
    queues: new Map(),
    leaving: emptyFifo(),
    settled: emptyFifo(),
    open: 0,
    evicted: 0,
    sinceSweep: 0,
    sweptAt: Number.NaN,
    previousTime: Number.NaN,
  };
}

/** Works on the messages of a state. */
export class Queues {
  readonly state: QueuesState;
  readonly #left: (transaction: Transaction) => void;
  #queue: Queue = newQueue();
  #host: string | undefined = undefined;
  #instance: string | undefined = undefined;

  /** @param left told of every message that leaves its queue */
  constructor(state: QueuesState, left: (transaction: Transaction) => void) {
    this.state = state;
    this.#left = left;
  }

  /** The open message of that id, unless it has been silent for too long to be the same one. */
  find(queueId: string, place: Place): Transaction | undefined {
    const queue = this.#queueOf(place);
    const transaction = queue.open.get(queueId);
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

  /** The message of that id if it is open, or left its queue lately. */
  findRecent(queueId: string, place: Place): Transaction | undefined {
    const open = this.find(queueId, place);
    if (open !== undefined) return open;
    const left = this.#queueOf(place).recent.get(queueId);
    return left !== undefined && place.time - left.lastTime <= RECENTLY ? left : undefined;
  }

  /** Begins a message. Whatever had its id is in this queue no more. */
  begin(queueId: string, place: Place, begun: Transaction['begun']): Transaction {
    const { state } = this;
    for (let next = firstOf(state.settled); next !== undefined; next = firstOf(state.settled)) {
      if (place.time - next.time <= SETTLED) break;
      this.#leaveSettled();
    }
    const queue = this.#queueOf(place);
    const former = queue.open.get(queueId);
    if (former !== undefined) this.#close(queue, former);
    const own = copy(queueId);
    const transaction = newTransaction(place, own, begun);
    queue.open.set(own, transaction);
    state.open += 1;
    if (state.open > MOST_OPEN) this.#makeRoom(queue);
    if (queue.expected.size > 0 && begun === 'inside') {
      transaction.parentQueueId = queue.expected.get(queueId);
      queue.expected.delete(queueId);
    }
    return transaction;
  }

  /** The message left its queue. */
  close(transaction: Transaction, place: Place): void {
    this.#close(this.#queueOf(place), transaction);
  }

  /** A message to come is made from another one. */
  expect(childQueueId: string, parentQueueId: string, place: Place): void {
    this.#queueOf(place).expected.set(copy(childQueueId), parentQueueId);
  }

  /** Notes whether all recipients of a message have their end, where the MTA itself will not tell. */
  settle(transaction: Transaction, { time }: Place): void {
    if (!WITHOUT_END.has(transaction.mta)) return;
    if (!isSettled(transaction)) transaction.settledAt = undefined;
    else if (transaction.settledAt !== time) {
      transaction.settledAt = time;
      this.state.settled.items.push({ transaction, time });
    }
  }

  /** Forgets, every so many records, what is too old. */
  pass(time: number): void {
    if (++this.state.sinceSweep >= SWEEP_EVERY) this.#sweep(time);
    this.state.previousTime = time;
  }

  #queueOf({ host, instance }: { readonly host: string; readonly instance: string }): Queue {
    if (host === this.#host && instance === this.#instance) return this.#queue;
    const name = `${host}\0${instance}`;
    let queue = this.state.queues.get(name);
    if (queue === undefined) {
      queue = newQueue();
      this.state.queues.set(name, queue);
    }
    this.#queue = queue;
    this.#host = host;
    this.#instance = instance;
    return queue;
  }

  #close(queue: Queue, transaction: Transaction): void {
    queue.open.delete(transaction.queueId);
    this.state.open -= 1;
    this.#left(transaction);
    // A filter on this host reports back only after the message it gave back may long be delivered.
    if (transaction.client?.near || transaction.begun === 'inside') this.#remember(transaction);
  }

  /** Keeps a message that left the queue for a while: without its recipients, which nothing can follow for. */
  #remember(transaction: Transaction): void {
    const { leaving } = this.state;
    transaction.outcomes.length = 0;
    transaction.index = undefined;
    for (let older = firstOf(leaving); older !== undefined; older = firstOf(leaving)) {
      if (transaction.lastTime - older.lastTime <= RECENTLY) break;
      const { recent } = this.#queueOf(older);
      if (recent.get(older.queueId) === older) recent.delete(older.queueId);
      shift(leaving);
    }
    this.#queueOf(transaction).recent.set(transaction.queueId, transaction);
    leaving.items.push(transaction);
  }

  /** What settled first goes, unless it is gone already or has been at work since. Tells whether it went. */
  #leaveSettled(): boolean {
    const next = shift(this.state.settled);
    return next !== undefined && next.transaction.settledAt === next.time && this.#leave(next.transaction);
  }

  #leave(transaction: Transaction): boolean {
    transaction.settledAt = undefined;
    const queue = this.#queueOf(transaction);
    if (queue.open.get(transaction.queueId) !== transaction) return false;
    this.#close(queue, transaction);
    return true;
  }

  #evict(queue: Queue, transaction: Transaction): void {
    queue.open.delete(transaction.queueId);
    this.state.open -= 1;
    this.state.evicted += 1;
  }

  /** The oldest message goes, one that needs nothing any more before any other. */
  #makeRoom(queue: Queue): void {
    while (firstOf(this.state.settled) !== undefined) {
      if (this.#leaveSettled()) return;
    }
    for (const transaction of queue.open.values()) {
      this.#evict(queue, transaction);
      return;
    }
  }

  /** One stamp from the future does not count: the line before must agree. */
  #sweep(time: number): void {
    const { state } = this;
    state.sinceSweep = 0;
    const now = Math.min(time, state.previousTime);
    if (now - state.sweptAt < HOUR) return;
    state.sweptAt = now;
    for (const queue of state.queues.values()) {
      for (const transaction of queue.open.values()) {
        if (now - transaction.lastTime > silenceOf(transaction)) this.#evict(queue, transaction);
      }
      if (queue.expected.size > MOST_OPEN) queue.expected.clear();
    }
  }
}

function silenceOf({ queued, begun }: Transaction): number {
  return queued || begun === 'unseen' ? LONGEST_SILENCE : LONGEST_UNQUEUED_SILENCE;
}

function newQueue(): Queue {
  return { open: new Map(), recent: new Map(), expected: new Map() };
}
