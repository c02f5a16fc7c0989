/**
 * What events go to while logs are followed: lines on standard output, the screen, metrics, alerts, a store. Any number
 * of them get the same events, each at its own pace, the slowest one setting that of the reading.
 */
import type { NoticeRecord } from '../../parsers/contract.ts';
import type { Analysis } from '../analysis.ts';
import type { TextPart } from '../follow/input.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';

/** One of those that get the events. */
export interface Consumer {
  /** Unique among the consumers: its state is kept under this name. */
  readonly name: string;
  /**
   * Gets the events with their causes. `mark` of messages and events is for one consumer only, and gone after a restart;
   * what came before the following began is not told, so an event may have a `prior` that nobody was told of.
   */
  readonly sink: TrackSink;
  /** Told before anything of a text is read, once in every run. */
  begin?(part: TextPart): Promise<void>;
  /**
   * Called often: ends when all events so far were taken, and there is room for more. Where it fails, they come again
   * in the next run.
   */
  flush(): Promise<void>;
  /**
   * Called after `flush` before the state is kept: ends when what was taken is safe, since it does not come again. Where
   * it fails, the state is not kept.
   */
  settle?(): Promise<void>;
  /** Called about once a second, and at the end. */
  tick?(moment: Moment): void;
  /** Plain data for the next run, asked for right after `flush`. */
  readonly state?: unknown;
  /** Called once, after the last `flush`, or where that failed. */
  close(): Promise<void>;
}

/** What time it is. */
export interface Moment {
  /** By the system's clock, in milliseconds UTC. */
  readonly now: number;
  /** The latest stamp in the logs; undefined before the first one. */
  readonly logTime: number | undefined;
  /** When the last line came, by the system's clock; undefined before the first one. */
  readonly lastLineAt: number | undefined;
  /** There is more to read than has been read for a while. */
  readonly hasMore: boolean;
}

/** What a consumer may ask about the reading while it gets an event. */
export interface Reading {
  readonly analysis: Analysis;
  /** The names of the logs, by the number of the text that an event is from. */
  readonly names: readonly string[];
}

/** Makes a consumer. `states` are what the consumers of the run before gave, by their names. */
export type Connect = (reading: Reading, states: ReadonlyMap<string, unknown> | undefined) => Consumer;

/** Passes everything on to several sinks, or to none while it is muted. */
export class Fan implements TrackSink {
  muted = false;
  readonly #sinks: TrackSink[] = [];

  add(sink: TrackSink): void {
    this.#sinks.push(sink);
  }

  event(event: TrackedEvent): void {
    if (!this.muted) for (const sink of this.#sinks) sink.event(event);
  }

  resumed(message: Message, time: number): void {
    if (!this.muted) for (const sink of this.#sinks) sink.resumed(message, time);
  }

  closed(message: Message): void {
    if (!this.muted) for (const sink of this.#sinks) sink.closed(message);
  }

  retracted(message: Message): void {
    if (!this.muted) for (const sink of this.#sinks) sink.retracted(message);
  }

  notified(message: Message, time: number): void {
    if (!this.muted) for (const sink of this.#sinks) sink.notified(message, time);
  }

  notice(record: NoticeRecord, program: string, time: number): void {
    if (!this.muted) for (const sink of this.#sinks) sink.notice(record, program, time);
  }
}
