/**
 * Brings rows into a store exactly once while logs are followed: in the order of their lines, in batches, and by way of a
 * spool on disk while the store is away.
 *
 * Rows that come again, after a crash, come with the same places. What the store has of them is asked when a batch is
 * sent, not before: by then an earlier batch of the spool may have brought it.
 */
import { deserialize, serialize } from 'node:v8';
import { StoreError } from './error.ts';
import { type Patience, patiently } from './patience.ts';
import { COLUMNS, SENT_COLUMNS } from './records.ts';
import { Rows, type Value } from './rows.ts';
import { placeKey, type RowPlace, Sender } from './sender.ts';
import { type StoredSource, writeSource } from './sources.ts';
import type { Spool } from './spool.ts';
import type { Store } from './store.ts';

/** Batches in memory: more of them hold up the reading. */
const MOST_WAITING = 4;
/** A store that takes so long, in milliseconds, is not waited for where the spool has much room. */
const SLOW = 5000;
/** At the end a store that is at work is waited for so long, in milliseconds. */
const LAST_WAIT = 10_000;

/** A row that waits. */
export interface FedRow extends RowPlace {
  /** In the order of `COLUMNS`. */
  readonly values: readonly Value[];
}

/** What is known of a log by now, and rows of it. */
export interface FeedBatch {
  readonly source: StoredSource;
  readonly rows: readonly FedRow[];
}

/** A batch on its way. */
interface Item {
  /** Undefined while it is only in the spool. */
  batch: FeedBatch | undefined;
  /** Its number in the spool. */
  number: number | undefined;
  isDone: boolean;
}

/** How a store is fed. */
export interface FeedOptions {
  /** How long to try, and what is said of it, is the feed's own business. */
  readonly patience: Omit<Patience, 'onWait' | 'stop'>;
  /** Where batches wait while the store is away; without one the reading waits. */
  readonly spool: Spool | undefined;
  /** Told what the user should know. */
  readonly note: (message: string) => void;
  /** Fires when the program is to end. */
  readonly stop: AbortSignal;
}

/** The way of batches into a store. */
export class Feed {
  readonly #store: Store;
  readonly #options: FeedOptions;
  readonly #sender: Sender;
  readonly #patience: Patience;
  readonly #quit = new AbortController();
  /** The oldest first. */
  readonly #items: Item[] = [];
  /** The last line of each log that the store has rows of. */
  readonly #reached = new Map<string, number>();
  readonly #working: Promise<void>;
  #isAway = false;
  #failure: unknown;
  #waiters: (() => void)[] = [];

  constructor(store: Store, options: FeedOptions) {
    this.#store = store;
    this.#options = options;
    this.#patience = {
      ...options.patience,
      stop: this.#quit.signal,
      onWait: (error) => this.#noteAbsence(error),
    };
    this.#sender = new Sender(store, this.#patience);
    for (const number of options.spool?.numbers ?? []) {
      this.#items.push({ batch: undefined, number, isDone: false });
    }
    options.stop.addEventListener('abort', this.#change);
    this.#working = this.#work();
  }

  /** Since when batches wait in the spool, in milliseconds. */
  get spooledSince(): number | undefined {
    return this.#options.spool?.since;
  }

  /** Bytes in the spool. */
  get spooledBytes(): number {
    return this.#options.spool?.bytes ?? 0;
  }

  /** Whether nothing is on its way. */
  get isIdle(): boolean {
    return this.#items.length === 0;
  }

  /** Takes a batch. `room` must be waited for before the next one. */
  add(batch: FeedBatch): void {
    this.#items.push({ batch, number: undefined, isDone: false });
    this.#change();
  }

  /**
   * Waits until there is room for more.
   * @throws StoreError where the store does not take it, or the spool is full
   */
  async room(): Promise<void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#inMemory.length < MOST_WAITING) return;
      const { spool, stop } = this.#options;
      if (spool !== undefined && this.#isAway) return this.#putDown(spool);
      // What does not come in now is read again in the next run.
      if (stop.aborted && this.#isAway) return;
      await this.#nextChange();
    }
  }

  /**
   * Waits until all batches are in the store or in the spool.
   * @throws StoreError as `room`
   */
  async settle(): Promise<void> {
    const slow = AbortSignal.timeout(SLOW);
    slow.addEventListener('abort', this.#change);
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#inMemory.length === 0) return;
      const { spool } = this.#options;
      if (spool !== undefined && (this.#isAway || (slow.aborted && spool.isHalfEmpty)))
        return this.#putDown(spool);
      await this.#nextChange();
    }
  }

  /** Ends: what is on its way still arrives where the store is there. Gives the number of rows that did not. Throws as `room` does. */
  async close(): Promise<number> {
    const late = AbortSignal.timeout(LAST_WAIT);
    late.addEventListener('abort', this.#change);
    while (this.#inMemory.length > 0 && this.#failure === undefined && !this.#isAway && !late.aborted) {
      await this.#nextChange();
    }
    this.#options.stop.removeEventListener('abort', this.#change);
    this.#quit.abort();
    this.#change();
    // A store is not closed under an insert.
    await this.#working;
    if (this.#failure !== undefined) throw this.#failure;
    return this.#inMemory.reduce((sum, { batch }) => sum + (batch?.rows.length ?? 0), 0);
  }

  get #inMemory(): Item[] {
    return this.#items.filter(({ number }) => number === undefined);
  }

  readonly #change = (): void => {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  };

  #nextChange(): Promise<void> {
    return new Promise((wake) => {
      this.#waiters.push(wake);
    });
  }

  /** Puts all that is in memory into the spool. */
  async #putDown(spool: Spool): Promise<void> {
    for (const item of this.#inMemory) {
      const { batch } = item;
      if (batch === undefined || item.isDone) continue;
      const number = await spool.add(packed(batch));
      if (item.isDone) await spool.remove(number);
      else {
        item.number = number;
        if (item !== this.#items[0]) item.batch = undefined;
      }
    }
  }

  /** Sends one batch after the other. */
  async #work(): Promise<void> {
    const { signal } = this.#quit;
    try {
      while (!signal.aborted) {
        const item = this.#items[0];
        if (item === undefined) {
          await this.#nextChange();
          continue;
        }
        item.batch ??= unpacked(await this.#options.spool!.read(item.number!));
        await this.#deliver(item.batch);
        if (this.#isAway) {
          this.#isAway = false;
          this.#options.note(`${this.#store.address.name} is back`);
        }
        item.isDone = true;
        if (item.number !== undefined) await this.#options.spool!.remove(item.number);
        this.#items.shift();
        this.#change();
      }
    } catch (error) {
      if (!signal.aborted) this.#failure = error;
      this.#change();
    }
  }

  async #deliver({ source, rows }: FeedBatch): Promise<void> {
    const sender = this.#sender;
    // Named before its rows come, so that it is known again whatever happens in between.
    await patiently(this.#patience, () => writeSource(this.#store, source));
    if (rows.length === 0) return;
    const { id } = source;
    let first = Infinity;
    let last = -Infinity;
    for (const { line } of rows) {
      first = Math.min(first, line);
      last = Math.max(last, line);
    }
    let reached = this.#reached.get(id) ?? (await this.#lastLineOf(id));
    let missing = rows;
    if (first <= reached) {
      const known = await sender.placesIn(id, first, last);
      missing = rows.filter((row) => !known.has(placeKey(row)));
    }
    const sent = new Rows(SENT_COLUMNS);
    for (const { values } of missing) sent.add(values);
    if (missing.length > 0) await sender.send({ sourceId: id, rows: sent });
    reached = Math.max(reached, last);
    this.#reached.set(id, reached);
  }

  async #lastLineOf(sourceId: string): Promise<number> {
    const { rows } = await this.#sender.ask(
      'SELECT max(line), count() FROM records WHERE source_id = {source:UInt64}',
      { source: sourceId },
    );
    const [last, count] = rows[0] ?? [];
    return Number(count) === 0 ? -1 : Number(last);
  }

  #noteAbsence(error: Error): void {
    if (!this.#isAway) {
      const { spool, note } = this.#options;
      const meanwhile =
        spool === undefined ? 'reading waits for it' : 'what comes meanwhile is kept in the spool';
      note(`${this.#store.address.name} is away, ${meanwhile}: ${error.message}`);
    }
    this.#isAway = true;
    this.#change();
  }
}

/** The columns are named: another version, which may have more of them, can go on with it. */
function packed({ source, rows }: FeedBatch): Buffer {
  return serialize({ source, columns: COLUMNS.map(({ name }) => name), rows });
}

function unpacked(bytes: Buffer): FeedBatch {
  const { source, columns, rows } = deserialize(bytes) as FeedBatch & { readonly columns: readonly string[] };
  const unknown = columns.find((column) => COLUMNS.every(({ name }) => name !== column));
  if (unknown !== undefined) {
    throw new StoreError(
      'version',
      `the spool was written by a newer whybounce, which knows a column "${unknown}"`,
      'use that one',
    );
  }
  if (columns.length === COLUMNS.length && columns.every((name, index) => name === COLUMNS[index]!.name)) {
    return { source, rows };
  }
  const positions = COLUMNS.map(({ name }) => columns.indexOf(name));
  return {
    source,
    rows: rows.map(({ line, part, values }) => ({
      line,
      part,
      values: positions.map((position) => values[position]),
    })),
  };
}
