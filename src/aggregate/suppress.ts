/**
 * Addresses that one should stop writing to. Only what is wrong with the address itself counts: never what a server
 * said of the sender, the message or the moment, which the next message may be spared.
 */
import { copy } from '../../parsers/copy.ts';
import type { TrackedEvent, TrackSink } from '../track/event.ts';
import type { Window } from './aggregate.ts';
import { timeOf } from './time.ts';

/** Once is enough: nobody is there. */
const GONE: ReadonlySet<string> = new Set([
  'user_unknown',
  'mailbox_disabled',
  'domain_not_found',
  'null_mx',
  'suppressed',
]);

/** May pass: counts only if it lasts. */
const PERHAPS_GONE: ReadonlySet<string> = new Set(['mailbox_full', 'mailbox_disabled']);

/** All that an address can be listed for. */
export const SUPPRESSING: readonly string[] = [...GONE, ...PERHAPS_GONE];

/** Who is taken off a list by mistake does not come back: what the classifier is less sure of counts for nothing. */
const LEAST_CONFIDENCE = 0.8;

const DAY = 86_400_000;
const LONGEST_ADDRESS = 320;
const LONGEST_REPLY = 300;
/** Addresses that are watched; further ones are only counted. */
const MOST_ADDRESSES = 500_000;

/** An address with what speaks against it. The names are those of the JSON form. */
export interface Suppression {
  address: string;
  cause: string;
  detail?: string;
  /** Failures for this cause. */
  count: number;
  first: string;
  last: string;
  /** What the server said last. */
  reply: string;
}

interface Watched {
  readonly gone: boolean;
  cause: string;
  detail: string | undefined;
  count: number;
  first: number;
  last: number;
  reply: string;
}

/** Watches addresses. Give it the events in their order: a delivery clears the address. */
export class Suppressions implements TrackSink {
  readonly #from: number;
  readonly #until: number;
  readonly #longest: number;
  readonly #watched = new Map<string, Watched>();
  /** Addresses that could not be watched, since there were too many. */
  unwatched = 0;

  /** @param days how long a full or disabled mailbox is waited for */
  constructor({ from, until }: Window, days: number) {
    this.#from = from ?? -Infinity;
    this.#until = until ?? Infinity;
    this.#longest = days * DAY;
  }

  /** In the order of the addresses. */
  get list(): Suppression[] {
    return [...this.#watched]
      .filter(([, { gone, first, last }]) => gone || last - first >= this.#longest)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([address, { cause, detail, count, first, last, reply }]) => ({
        address,
        cause,
        ...(detail !== undefined && { detail }),
        count,
        first: timeOf(first),
        last: timeOf(last),
        reply,
      }));
  }

  event(event: TrackedEvent): void {
    const { type, time, to, status, hop } = event;
    if (type !== 'delivery' || hop || to === undefined) return;
    if (time < this.#from || time >= this.#until) return;
    const at = to.lastIndexOf('@');
    // A local part alone names nobody outside.
    if (at < 1 || at === to.length - 1 || to.length > LONGEST_ADDRESS) return;
    if (status === 'delivered') {
      if (this.#watched.size > 0) this.#watched.delete(to.toLowerCase());
    } else if (event.classification !== undefined && !event.suspended) {
      this.#fail(event, to.toLowerCase());
    }
  }

  // What follows is for those who count messages.
  resumed(): void {}
  closed(): void {}
  retracted(): void {}
  notified(): void {}
  notice(): void {}

  #fail({ classification, status, time, delivery }: TrackedEvent, address: string): void {
    const { cause, detail, kind, confidence } = classification!;
    const gone = GONE.has(cause) && kind === 'hard' && status === 'bounced';
    if (!gone && !PERHAPS_GONE.has(cause)) return;
    if (confidence < LEAST_CONFIDENCE) return;
    const known = this.#watched.get(address);
    const reply = (delivery?.reply.text || delivery?.diagnostic) ?? '';
    if (known !== undefined && known.gone === gone && known.cause === cause) {
      known.count += 1;
      if (time >= known.last) {
        known.last = time;
        known.detail = detail;
        if (reply !== '') known.reply = copy(reply.slice(0, LONGEST_REPLY));
      }
      return;
    }
    // That nobody is there outweighs that the mailbox is full.
    if (known?.gone) return;
    if (known === undefined && this.#watched.size >= MOST_ADDRESSES) {
      this.unwatched += 1;
      return;
    }
    this.#watched.set(copy(address), {
      gone,
      cause,
      detail,
      count: 1,
      first: time,
      last: time,
      reply: copy(reply.slice(0, LONGEST_REPLY)),
    });
  }
}
