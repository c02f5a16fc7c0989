/**
 * What waits for its time, first in, first out. A Map or a Set would keep the places of all that it has given away, and
 * step over them at every look at its first. Plain data.
 */

/** Places given away that are kept before the others move up. */
const MOST_GIVEN_AWAY = 1024;

/** A queue in the order of arrival. */
export interface Fifo<T> {
  /** Undefined where it was given away. */
  readonly items: (T | undefined)[];
  /** Position of the first that is still here. */
  first: number;
}

/** Gives an empty queue. */
export function emptyFifo<T>(): Fifo<T> {
  return { items: [], first: 0 };
}

/** What came first of those that are still here. */
export function firstOf<T>(queue: Fifo<T>): T | undefined {
  return queue.items[queue.first];
}

/** Takes the first away. */
export function shift<T>(queue: Fifo<T>): T | undefined {
  const { items } = queue;
  if (queue.first >= items.length) return undefined;
  const item = items[queue.first];
  items[queue.first] = undefined;
  queue.first += 1;
  if (queue.first > MOST_GIVEN_AWAY && queue.first * 2 > items.length) {
    items.splice(0, queue.first);
    queue.first = 0;
  }
  return item;
}
