/** Writes what logs tell into a store while they are followed: each line once, as `load` does. */
import type { LineCounts } from '../analysis.ts';
import type { TextPart } from '../follow/input.ts';
import type { Address } from '../store/address.ts';
import { Archive } from '../store/archive.ts';
import { StoreError } from '../store/error.ts';
import { type FedRow, Feed } from '../store/feed.ts';
import { migrate } from '../store/migrations.ts';
import { openStore } from '../store/open.ts';
import { type Patience, patiently } from '../store/patience.ts';
import { headOf, idOf, recognise, type StoredSource, storedSources } from '../store/sources.ts';
import { Spool } from '../store/spool.ts';
import type { Store } from '../store/store.ts';
import type { Connect, Consumer, Reading } from './consumer.ts';
import type { LiveState } from './live.ts';

/** The consumer's name. */
const NAME = 'store';
/** Rows of one insert: a batch that waits in memory or in the spool is not large. */
const BATCH_ROWS = 5000;
/** Following is not given up because a store is away. */
const PATIENCE = { longest: Number.POSITIVE_INFINITY, first: 500 };

/** Where events go. */
export interface StoringOptions {
  readonly address: Address;
  readonly environment: NodeJS.ProcessEnv;
  /** A folder for what waits while the store is away, and the bytes that it may hold. */
  readonly spool: { readonly folder: string; readonly limit: number } | '' | undefined;
  /** What the run before has left. */
  readonly state: LiveState | undefined;
  /** Told what the user should know. */
  readonly note: (message: string) => void;
  readonly stop: AbortSignal;
}

/** Plain data for the next run. */
interface StoringState {
  /** The store: see `keyOf`. */
  readonly store: string;
  /** By the numbers of their texts. */
  readonly sources: ReadonlyMap<number, StoredSource>;
}

/** A store that is fed. */
export class Storing {
  readonly #store: Store;
  readonly #feed: Feed;
  readonly #stored: readonly StoredSource[];
  readonly #options: StoringOptions;
  #isClosed = false;

  private constructor(store: Store, feed: Feed, stored: readonly StoredSource[], options: StoringOptions) {
    this.#store = store;
    this.#feed = feed;
    this.#stored = stored;
    this.#options = options;
  }

  /**
   * Opens a store and waits until it is there.
   * @throws StoreError where it cannot be written to, or lacks what the run before has written
   */
  static async open(options: StoringOptions): Promise<Storing> {
    const { address, environment, state, stop, note } = options;
    const before = state?.consumers.get(NAME) as StoringState | undefined;
    if (state !== undefined && before?.store !== keyOf(address)) {
      throw new StoreError(
        'missing',
        before === undefined
          ? `what was followed with this state so far did not go into ${address.name}`
          : `what was followed with this state so far went into another store, not into ${address.name}`,
        'begin with --from start: what the store has already is skipped',
      );
    }
    const spool = options.spool ? await Spool.open(options.spool.folder, options.spool.limit) : undefined;
    const store = await openStore(address, environment);
    try {
      const stored = await whenThere({ ...PATIENCE, stop }, address, note, async () => {
        await migrate(store);
        return storedSources(store);
      });
      const feed = new Feed(store, { patience: PATIENCE, spool, note, stop });
      return new Storing(store, feed, stored, options);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** What waits on disk, at the moment. */
  readonly backlog = ((storing: Storing) => ({
    get bytes() {
      return storing.#feed.spooledBytes;
    },
    get since() {
      return storing.#feed.spooledSince;
    },
  }))(this);

  readonly connect: Connect = (reading, states) => {
    const before = states?.get(NAME) as StoringState | undefined;
    return new StoreConsumer(reading, {
      feed: this.#feed,
      stored: this.#stored,
      store: keyOf(this.#options.address),
      sources: before?.sources ?? new Map(),
      close: () => this.close(),
    });
  };

  /**
   * Ends; what is on its way still arrives where the store is there.
   * @throws StoreError where the store did not take it
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { address, note, spool } = this.#options;
    try {
      const left = await this.#feed.close();
      if (left > 0) {
        const remedy = spool ? 'they come again in the next run' : 'the next run reads the logs again';
        note(`${left} rows are not in ${address.name} yet; ${remedy}`);
      }
    } finally {
      await this.#store.close();
    }
  }
}

/** The same for the same store, however its address is written and whoever the user is. */
function keyOf(address: Address): string {
  return address.kind === 'embedded' ? `chdb:${address.directory}` : `${address.url}/${address.database}`;
}

/** Does a piece of work when the store is there. */
async function whenThere<T>(
  patience: Patience,
  { name }: Address,
  note: (message: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  let isAway = false;
  const result = await patiently(
    {
      ...patience,
      onWait: (error) => {
        if (!isAway) note(`${name} is away, following begins when it is there: ${error.message}`);
        isAway = true;
      },
    },
    work,
  );
  if (isAway) note(`${name} is back`);
  return result;
}

interface ConsumerOptions extends StoringState {
  readonly feed: Feed;
  /** The logs that the store has. */
  readonly stored: readonly StoredSource[];
  readonly close: () => Promise<void>;
}

/** Takes what logs tell into batches. */
class StoreConsumer implements Consumer {
  readonly name = NAME;
  readonly sink: Archive;
  readonly #reading: Reading;
  readonly #options: ConsumerOptions;
  readonly #sources: Map<number, StoredSource>;
  readonly #sourceIds: string[] = [];
  readonly #parts = new Map<number, TextPart>();
  /** Rows that came since the last batch, by the numbers of their texts. */
  #rows = new Map<number, FedRow[]>();
  #count = 0;
  /** Texts of which lines came since. */
  #changed = new Set<number>();
  #linesBefore: LineCounts;
  #evictedBefore: number;

  constructor(reading: Reading, options: ConsumerOptions) {
    this.#reading = reading;
    this.#options = options;
    this.#sources = new Map(options.sources);
    for (const [number, { id }] of this.#sources) this.#sourceIds[number] = id;
    const { analysis } = reading;
    this.#linesBefore = { ...analysis.lines };
    this.#evictedBefore = analysis.evicted;
    this.sink = new Archive({
      files: reading.names,
      sourceIds: this.#sourceIds,
      place: () => analysis.currentPlace,
      line: () => analysis.currentLine,
      take: ({ source, line, part, values }) => {
        let rows = this.#rows.get(source);
        if (rows === undefined) {
          rows = [];
          this.#rows.set(source, rows);
        }
        rows.push({ line, part, values });
        this.#count += 1;
      },
    });
  }

  get state(): StoringState {
    return { store: this.#options.store, sources: this.#sources };
  }

  async begin(part: TextPart): Promise<void> {
    const { number } = part;
    this.#parts.set(number, part);
    if (this.#sources.has(number)) return;
    const source = this.#sourceOf(part);
    this.#sources.set(number, source);
    this.#sourceIds[number] = source.id;
  }

  async flush(): Promise<void> {
    this.#note();
    if (this.#count >= BATCH_ROWS) this.#dispatch();
    await this.#options.feed.room();
  }

  tick(): void {
    if (this.#options.feed.isIdle) this.#dispatch();
  }

  async settle(): Promise<void> {
    this.#dispatch();
    await this.#options.feed.settle();
  }

  async close(): Promise<void> {
    this.#dispatch();
    await this.#options.close();
  }

  /** The log that a text is, among those that the store has, or a new one. */
  #sourceOf({ name, cut, number, head }: TextPart): StoredSource {
    const beginning = headOf(head());
    const unknown = {
      ...{ name, mta: undefined, lines: 0, used: 0, ignored: 0 },
      ...{ unparsed: 0, evicted: 0, bytes: 0, first: undefined, last: undefined },
    };
    if (cut !== undefined) {
      // The rows of what was cut away have places that its lines have now. As another log it has places of its own.
      const own = `cut at ${cut}, text ${number}\n${beginning}`;
      return { ...unknown, id: idOf(own), head: own };
    }
    const known = recognise([...this.#sources.values(), ...this.#options.stored], beginning);
    return { ...unknown, id: known?.id ?? idOf(beginning), head: known?.head ?? beginning };
  }

  /** Notes what the lines since the last time were: all of one text. */
  #note(): void {
    const { lines, evicted, currentPlace } = this.#reading.analysis;
    const before = this.#linesBefore;
    const source = this.#sources.get(currentPlace.source);
    if (source === undefined || lines.read === before.read) return;
    this.#sources.set(currentPlace.source, {
      ...source,
      used: source.used + lines.used - before.used,
      ignored: source.ignored + lines.ignored - before.ignored,
      unparsed: source.unparsed + lines.unparsed - before.unparsed,
      evicted: source.evicted + evicted - this.#evictedBefore,
      bytes: currentPlace.offset,
    });
    this.#changed.add(currentPlace.source);
    this.#linesBefore = { ...lines };
    this.#evictedBefore = evicted;
  }

  /** Sends off what has come together, with what is known of its log by now. */
  #dispatch(): void {
    const numbers = new Set([...this.#changed, ...this.#rows.keys()]);
    if (numbers.size === 0) return;
    const { sources } = this.#reading.analysis;
    for (const number of numbers) {
      const { mtas, lines = 0, from, to } = sources[number] ?? {};
      const known = this.#sources.get(number)!;
      // The more of its beginning is known, the surer it is known again.
      const head = headOf(this.#parts.get(number)?.head() ?? Buffer.alloc(0));
      const source: StoredSource = {
        ...known,
        head: head.length > known.head.length && head.startsWith(known.head) ? head : known.head,
        mta: mtas && [...mtas][0],
        lines,
        first: from,
        last: to,
      };
      this.#sources.set(number, source);
      this.#options.feed.add({ source, rows: this.#rows.get(number) ?? [] });
    }
    this.#rows = new Map();
    this.#count = 0;
    this.#changed = new Set();
  }
}
