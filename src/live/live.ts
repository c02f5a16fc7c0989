/**
 * Follows logs: reads what comes, turns it into events, lets the consumers take them, and notes now and then how far it
 * got. Nothing is read while a consumer is busy, so memory stays flat however slow one is.
 */
import { deserialize, serialize } from 'node:v8';
import { Analysis, type AnalysisOptions, type AnalysisState, type LineCounts } from '../analysis.ts';
import type { Classifier } from '../cause/classifier.ts';
import { CauseStage } from '../cause/stage.ts';
import type { LiveInput, Piece, TextPart } from '../follow/input.ts';
import type { TrackSink } from '../track/event.ts';
import { withoutMarks } from '../track/state.ts';
import { type Connect, type Consumer, Fan, type Moment } from './consumer.ts';

/** Inputs are read at least this often: on some file systems nothing tells of changes. Milliseconds. */
const POLL = 250;
/** And not more often than this, however fast lines come: each time costs a few calls to the system. */
const PAUSE = 15;
const TICK = 1000;
/** Between two checkpoints lie so many milliseconds, and so many times what the last one took. */
const CHECKPOINT = 2000;
const CHECKPOINT_SHARE = 50;

/** All that is needed to go on in another run. Plain data. */
export interface LiveState {
  readonly analysis: AnalysisState;
  /** By their names. */
  readonly inputs: ReadonlyMap<string, unknown>;
  readonly consumers: ReadonlyMap<string, unknown>;
  /** The names of the logs, by the numbers of their texts. */
  readonly names: readonly string[];
}

/** How logs are followed. */
export interface LiveOptions {
  /** What stands between the causes and those who take the events. */
  readonly before?: (sink: TrackSink) => TrackSink;
  readonly classifier: Classifier;
  readonly reading: Omit<AnalysisOptions, 'state'>;
  readonly state?: LiveState | undefined;
  /** Keeps a state, which `restored` reads, once all consumers have taken what came before. */
  readonly save?: ((state: Buffer) => Promise<void>) | undefined;
  readonly stop: AbortSignal;
}

/** The state behind the bytes that `LiveOptions.save` was given. */
export function restored(state: Buffer): LiveState {
  return deserialize(state);
}

/**
 * Follows inputs until they end or `stop` fires.
 * @returns what became of the lines, in this run
 */
export async function follow(
  inputs: readonly LiveInput[],
  connect: readonly Connect[],
  options: LiveOptions,
): Promise<Pick<Analysis, 'lines' | 'others'>> {
  const live = new Live(inputs, connect, options);
  try {
    await live.run();
  } finally {
    await live.close();
  }
  return live.result;
}

/** The reading of inputs and the working through of what comes, a round at a time. */
export class Live {
  readonly #inputs: readonly LiveInput[];
  readonly #consumers: readonly Consumer[];
  readonly #options: LiveOptions;
  readonly #analysis: Analysis;
  readonly #fan = new Fan();
  readonly #names: string[];
  /** The texts that the analysis knows, by their numbers. */
  readonly #begun: Set<number>;
  /** The number of the newest text of each log. */
  readonly #newest = new Map<string, number>();
  readonly #entered = new Set<TextPart>();
  readonly #alarm: Alarm;
  #lastLineAt: number | undefined;
  #tickedAt = -Infinity;
  /** When the round began; infinite between rounds. */
  #roundBegan = Infinity;
  #toldOfMore = false;
  #savedAt = performance.now();
  #saveAfter = CHECKPOINT;
  readonly #linesBefore: LineCounts;
  #linesSaved: number;

  constructor(inputs: readonly LiveInput[], connect: readonly Connect[], options: LiveOptions) {
    this.#inputs = inputs;
    this.#options = options;
    const { classifier, before, reading, state, stop } = options;
    this.#names = [...(state?.names ?? [])];
    for (const [number, name] of this.#names.entries()) this.#newest.set(name, number);
    this.#begun = new Set(state?.analysis.sources.keys());
    this.#analysis = new Analysis(new CauseStage(classifier, before?.(this.#fan) ?? this.#fan), {
      ...reading,
      state: state?.analysis,
    });
    this.#linesBefore = { ...this.#analysis.lines };
    this.#linesSaved = this.#linesBefore.read;
    const about = { analysis: this.#analysis, names: this.#names };
    this.#consumers = connect.map((make) => make(about, state?.consumers));
    for (const { sink } of this.#consumers) this.#fan.add(sink);
    this.#alarm = new Alarm(stop);
    for (const input of inputs) input.watch(() => this.#alarm.ring());
  }

  /** What became of the lines, in this run. */
  get result(): Pick<Analysis, 'lines' | 'others'> {
    const { lines, others } = this.#analysis;
    const before = this.#linesBefore;
    const own: LineCounts = {
      read: lines.read - before.read,
      used: lines.used - before.used,
      ignored: lines.ignored - before.ignored,
      unparsed: lines.unparsed - before.unparsed,
    };
    return { lines: own, others };
  }

  /** Reads until all inputs end or it is stopped, and keeps the state. */
  async run(): Promise<void> {
    for (let rounds = 0; ; rounds++) {
      const began = performance.now();
      await this.round(began);
      // Whatever happens from now on, the next run begins where this one did, not where the logs end by then.
      if (rounds === 0) await this.save();
      this.#tick(this.#toldOfMore);
      if (this.#options.stop.aborted || this.#inputs.every(({ ended }) => ended)) break;
      await this.#saveIfDue();
      await this.#alarm.wait(Math.max(0, began + PAUSE - performance.now()), POLL);
    }
    if (!this.#options.stop.aborted) {
      this.#analysis.end();
      await this.#flush();
    }
    this.#tick(true);
    await this.save();
  }

  /**
   * Works through all that has come to each input.
   * @param now milliseconds of a clock that only goes forward
   */
  async round(now: number): Promise<void> {
    this.#roundBegan = now;
    for (const input of this.#inputs) {
      for await (const piece of input.read(now)) {
        await this.#work(piece);
        if (this.#options.stop.aborted) return;
      }
    }
    this.#roundBegan = Infinity;
  }

  /** Lets go of inputs and consumers. */
  async close(): Promise<void> {
    this.#alarm.close();
    for (const input of this.#inputs) await input.close();
    for (const consumer of this.#consumers) await consumer.close();
  }

  async #work({ part, batches, past = false }: Piece): Promise<void> {
    await this.#enter(part);
    this.#fan.muted = past;
    for (const batch of batches) this.#analysis.read(batch);
    if (!past) this.#lastLineAt = Date.now();
    await this.#flush();
    this.#tick();
    await this.#saveIfDue();
  }

  async #enter(part: TextPart): Promise<void> {
    const { number, name } = part;
    const now = Date.now();
    if (!this.#begun.has(number)) {
      // What is known of the stamps of a log, and its last line, hold for the text after its rotation too.
      const before = this.#newest.get(name);
      if (before !== undefined && this.#begun.has(before)) this.#analysis.resume(before, now);
      const clock = before === undefined ? undefined : this.#analysis.state.sources.get(before)?.clock;
      this.#analysis.begin(now, { number, clock });
      this.#begun.add(number);
      this.#names[number] = name;
      this.#newest.set(name, number);
    } else this.#analysis.resume(number, now);
    if (this.#entered.has(part)) return;
    this.#entered.add(part);
    for (const consumer of this.#consumers) await consumer.begin?.(part);
  }

  async #flush(): Promise<void> {
    for (const consumer of this.#consumers) await consumer.flush();
  }

  /** @param atOnce what was told last is no longer so, or this is the end */
  #tick(atOnce = false): void {
    const now = performance.now();
    if (now - this.#tickedAt < TICK && !atOnce) return;
    this.#tickedAt = now;
    // What has come since the last round is read in a moment, unless it is very much.
    this.#toldOfMore = now - this.#roundBegan > TICK;
    const time = this.#analysis.currentPlace.time || undefined;
    const moment: Moment = {
      ...{ now: Date.now(), logTime: time, lastLineAt: this.#lastLineAt },
      hasMore: this.#toldOfMore,
    };
    for (const consumer of this.#consumers) consumer.tick?.(moment);
  }

  async #saveIfDue(): Promise<void> {
    if (performance.now() - this.#savedAt < this.#saveAfter || this.#analysis.lines.read === this.#linesSaved)
      return;
    await this.save();
  }

  /** Keeps the state, once all that came is taken. */
  async save(): Promise<void> {
    await this.#flush();
    const { save } = this.#options;
    if (save === undefined) return;
    for (const consumer of this.#consumers) await consumer.settle?.();
    // Only now: a store that was waited for makes no state dearer to write.
    const began = performance.now();
    const analysis = this.#analysis.state;
    const state: LiveState = {
      analysis,
      inputs: new Map(this.#inputs.map((input) => [input.name, input.state])),
      consumers: new Map(this.#consumers.map((consumer) => [consumer.name, consumer.state])),
      names: this.#names,
    };
    await save(withoutMarks(analysis.tracker, () => serialize(state)));
    this.#linesSaved = this.#analysis.lines.read;
    this.#savedAt = performance.now();
    this.#saveAfter = Math.max(CHECKPOINT, CHECKPOINT_SHARE * (this.#savedAt - began));
  }
}

/** Wakes the reading. */
class Alarm {
  readonly #stop: AbortSignal;
  readonly #onStop = () => this.ring();
  #rang = false;
  #wake: (() => void) | undefined;

  constructor(stop: AbortSignal) {
    this.#stop = stop;
    stop.addEventListener('abort', this.#onStop);
  }

  ring(): void {
    this.#rang = true;
    this.#wake?.();
  }

  /** Waits until it rings, at least and at most so many milliseconds. */
  async wait(least: number, most: number): Promise<void> {
    if (!this.#rang) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, most);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    } else if (least > 0 && !this.#stop.aborted) {
      await new Promise((resolve) => setTimeout(resolve, least));
    }
    this.#rang = false;
  }

  close(): void {
    this.#stop.removeEventListener('abort', this.#onStop);
  }
}
