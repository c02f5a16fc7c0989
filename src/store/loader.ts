/**
 * Brings rows into a store exactly once, whatever happens to this program or to the store.
 *
 * The rows of a log are cut at fixed places: every `BLOCK` bytes of it. The store is asked how many rows it has of
 * each block: those that are there are skipped, those of which a part is there are compared row by row. Nothing has
 * to be remembered outside the store, since reading the same log again gives the same rows.
 */
import type { ArchiveRow } from './archive.ts';
import type { Patience } from './patience.ts';
import { SENT_COLUMNS } from './records.ts';
import { Rows } from './rows.ts';
import { type Batch, placeKey, Sender } from './sender.ts';
import type { Store } from './store.ts';

/** Bytes of a log whose rows are counted together. Never change it: nothing breaks, but all would be compared. */
const BLOCK = 1024 * 1024;
/**
 * Rows of one insert: more take memory; but each insert makes a part, with some hundred files for its columns and sums, and
 * parts are written again when they are merged. A third of the rows took the engine two and a half times the work.
 */
const BATCH_ROWS = 65_000;
const BATCH_LENGTH = 48 * 1024 * 1024;
/** While one insert is being worked on, the next is made. */
const MOST_IN_FLIGHT = 1;

/** Rows of one block. */
interface Block {
  readonly number: number;
  readonly rows: ArchiveRow[];
}

/** Loads the rows of one source after the other. */
export class Loader {
  /** Rows that were sent, and rows that the store had already. */
  readonly counts = { added: 0, known: 0 };
  readonly #sender: Sender;
  #sourceId = '';
  /** How many rows the store had of each block when the source was begun. */
  #stored = new Map<number, number>();
  /** The block whose rows are still coming, of those that the store has something of. */
  #open: Block = { number: -1, rows: [] };
  #complete: Block[] = [];
  #batch = newBatch('');
  /** Rows of batches that were sent, whose space is used again. */
  readonly #spare: Rows[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  #failure: unknown;

  constructor(store: Store, patience: Patience) {
    this.#sender = new Sender(store, patience);
  }

  /** Begins a source. The one before must have been ended. */
  async begin(sourceId: string): Promise<void> {
    const { rows } = await this.#sender.ask(
      `SELECT intDiv(line, ${BLOCK}), count() FROM records WHERE source_id = {source:UInt64} GROUP BY 1`,
      { source: sourceId },
    );
    this.#stored = new Map(rows.map(([block, count]) => [Number(block), Number(count)]));
    this.#sourceId = sourceId;
    this.#batch = newBatch(sourceId, this.#spare.pop());
    this.#open = { number: -1, rows: [] };
  }

  /** Takes a row. Does not wait: `advance` must be called often. */
  take(row: ArchiveRow): void {
    const number = Math.floor(row.line / BLOCK);
    if (!this.#stored.has(number)) {
      this.#add(row);
      return;
    }
    if (number !== this.#open.number) {
      this.#complete.push(this.#open);
      this.#open = { number, rows: [] };
    }
    this.#open.rows.push(row);
  }

  /** Sends what has come together; waits while too much is on its way. */
  async advance(): Promise<void> {
    const blocks = this.#complete;
    this.#complete = [];
    for (const block of blocks) {
      await this.#select(block);
    }
    const { rows } = this.#batch;
    if (rows.count >= BATCH_ROWS || rows.length >= BATCH_LENGTH) await this.#dispatch();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Ends the source: all of its rows are in the store now. */
  async end(): Promise<void> {
    this.#complete.push(this.#open);
    this.#open = { number: -1, rows: [] };
    await this.advance();
    await this.#dispatch();
    await Promise.all(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Waits until nothing is on its way any more, however it ended: a store is not closed under an insert. */
  async settle(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  /** Puts those rows of a block into the batch that the store does not have. */
  async #select({ number, rows }: Block): Promise<void> {
    const stored = this.#stored.get(number) ?? 0;
    if (stored === rows.length) {
      this.counts.known += rows.length;
      return;
    }
    const first = number * BLOCK;
    const known = await this.#sender.placesIn(this.#sourceId, first, first + BLOCK - 1);
    const missing = rows.filter((row) => !known.has(placeKey(row)));
    this.counts.known += rows.length - missing.length;
    for (const row of missing) this.#add(row);
  }

  #add({ values }: ArchiveRow): void {
    this.#batch.rows.add(values);
  }

  async #dispatch(): Promise<void> {
    const batch = this.#batch;
    if (batch.rows.count === 0) return;
    this.#batch = newBatch(this.#sourceId, this.#spare.pop());
    while (this.#inFlight.size >= MOST_IN_FLIGHT) await Promise.race(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure;
    const sending = this.#sender
      .send(batch)
      .then(() => {
        this.counts.added += batch.rows.count;
        batch.rows.clear();
        this.#spare.push(batch.rows);
      })
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#inFlight.delete(sending));
    this.#inFlight.add(sending);
  }
}

function newBatch(sourceId: string, rows = new Rows(SENT_COLUMNS)): Batch {
  return { sourceId, rows };
}
