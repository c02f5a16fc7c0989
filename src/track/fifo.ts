/**
 * What waits for its time, first in, first out. A Map or a Set would keep the places of all that it has given away, and
 * step over them at every look at its first.
 */

/** Places given away that are kept before the others move up. */
const MOST_GIVEN_AWAY = 1024;

/** A queue in the order of arrival. */
export class Fifo<T> {
  readonly #items: T[] = [];
  #first = 0;

  /** What came first of those that are still here. */
  get first(): T | undefined {
    return this.#items[this.#first];
  }

  /** Adds at the end. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the first away. */
  shift(): T | undefined {
    const item = this.#items[this.#first];
    if (this.#first < this.#items.length) this.#first += 1;
    if (this.#first > MOST_GIVEN_AWAY && this.#first * 2 > this.#items.length) {
      this.#items.splice(0, this.#first);
      this.#first = 0;
    }
    return item;
  }

  /** Adds all of another one at the end. */
  append(later: Fifo<T>): void {
    for (let at = later.#first; at < later.#items.length; at++) this.#items.push(later.#items[at]!);
  }
}
