/**
 * Sends rows until the store has them, once. A token, which a server remembers, guards against a slow insert that arrives
 * after its repetition; alone it would not do, because a server that is killed can know a token and have lost its rows.
 */
import { StoreError } from './error.ts';
import { type Patience, patiently, Waiting } from './patience.ts';
import type { Rows } from './rows.ts';
import type { Answer, Parameters, Store } from './store.ts';

/** Where a row comes from, within its log. */
export interface RowPlace {
  readonly line: number;
  readonly part: number;
}

/** Rows of one insert, all of one log. */
export interface Batch {
  readonly sourceId: string;
  readonly rows: Rows;
}

/** Asks and tells a store, again and again while it is away. */
export class Sender {
  readonly #store: Store;
  readonly #patience: Patience;

  constructor(store: Store, patience: Patience) {
    this.#store = store;
    this.#patience = patience;
  }

  /** Asks until there is an answer. */
  ask(question: string, parameters: Parameters): Promise<Answer> {
    return patiently(this.#patience, () => this.#store.ask(question, parameters));
  }

  /** The places of a log, between two lines, of which the store has rows: as `placeKey` gives them. */
  placesIn(sourceId: string, from: number, to: number): Promise<Set<string>> {
    return patiently(this.#patience, () => this.#placesIn(sourceId, from, to));
  }

  /** Sends a batch until the store has all of it. */
  async send(batch: Batch): Promise<void> {
    const waiting = new Waiting(this.#patience);
    let { rows } = batch;
    let acknowledged = 0;
    let first = true;
    for (;;) {
      try {
        if (!first) {
          // Whether the last try came through is not known, so what is there counts, not what was said.
          const lines = batch.rows.numbersOf('line');
          const parts = batch.rows.numbersOf('part');
          const sorted = Float64Array.from(lines).sort();
          const known = await this.#placesIn(batch.sourceId, sorted[0]!, sorted.at(-1)!);
          const missing = [...Array(lines.length).keys()].filter(
            (index) => !known.has(placeKey({ line: lines[index]!, part: parts[index]! })),
          );
          if (missing.length === 0) return;
          rows = batch.rows.pick(missing);
        }
        const again = first === false;
        first = false;
        const token = this.#store.address.kind === 'server' ? `r${rows.token}x${acknowledged}` : undefined;
        await this.#store.insert('records', rows, token);
        if (!again) return;
        // Said twice, believed after a look: a token can outlive its rows. The next try then has another one.
        acknowledged += 1;
      } catch (error) {
        if (!(error instanceof StoreError && error.passing)) throw error;
        await waiting.after(error);
      }
    }
  }

  async #placesIn(sourceId: string, from: number, to: number): Promise<Set<string>> {
    const { rows } = await this.#store.ask(
      'SELECT line, part FROM records WHERE source_id = {source:UInt64} AND line BETWEEN {from:UInt64} AND {to:UInt64}',
      { source: sourceId, from, to },
    );
    return new Set(rows.map(([line, part]) => placeKey({ line: Number(line), part: Number(part) })));
  }
}

/** A place as a text, for sets. */
export function placeKey({ line, part }: RowPlace): string {
  return `${line}:${part}`;
}
