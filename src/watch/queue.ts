/** Recipients whose mail waits for another attempt: how many, and since when the oldest does. */
import type { Message, TrackedEvent } from '../track/event.ts';

/** Messages that are remembered; beyond this the oldest are forgotten. */
const MOST_MESSAGES = 100_000;
/** Nothing is heard of a message for so long: it is gone, whatever the log said. */
const LONGEST_SILENCE = 7 * 24 * 3_600_000;

/** What waits of one message. */
interface Waiting {
  recipients: number;
  /** Of the first deferral, in milliseconds. */
  readonly since: number;
  last: number;
}

/** Plain data, for the disk: by queue and id, in the order of their first deferral. */
export type QueueState = Map<string, Waiting>;

/** Keeps the count. */
export class DeferredQueue {
  readonly state: QueueState;
  /** Recipients that wait. */
  recipients = 0;

  constructor(state: QueueState = new Map()) {
    this.state = state;
    for (const { recipients } of state.values()) this.recipients += recipients;
  }

  /** Takes note of one event. `time` is when it is taken to have happened, in milliseconds. */
  observe({ type, status, message, count, prior, hop }: TrackedEvent, time: number): void {
    if (type !== 'delivery' || message === undefined || hop) return;
    const change = (status === 'deferred' ? count : 0) - (prior?.status === 'deferred' ? prior.count : 0);
    const key = keyOf(message);
    const known = this.state.get(key);
    if (known === undefined) {
      if (change <= 0) return;
      if (this.state.size >= MOST_MESSAGES) this.#forget(this.state.keys().next().value!);
      this.state.set(key, { recipients: change, since: time, last: time });
      this.recipients += change;
      return;
    }
    const before = known.recipients;
    known.recipients = Math.max(0, before + change);
    known.last = time;
    this.recipients += known.recipients - before;
    if (known.recipients === 0) this.state.delete(key);
  }

  /** The message left its queue. */
  closed(message: Message): void {
    this.#forget(keyOf(message));
  }

  /** Time of the first deferral of what waits longest; undefined where nothing waits. */
  get oldest(): number | undefined {
    const [first] = this.state.values();
    return first?.since;
  }

  /** Forgets what has been silent for too long. */
  prune(now: number): void {
    for (const [key, { last }] of this.state) if (now - last > LONGEST_SILENCE) this.#forget(key);
  }

  #forget(key: string): void {
    const known = this.state.get(key);
    if (known === undefined) return;
    this.recipients -= known.recipients;
    this.state.delete(key);
  }
}

function keyOf({ host, instance, queueId }: Message): string {
  return `${host}\0${instance}\0${queueId}`;
}
