/**
 * What the live screen has to show: counts of the last hour, the newest events, and what became of the messages that were
 * seen lately. All of it is plain data of bounded size, so that the screen can hold a moment fast while logs go on.
 */
import { copy } from '../../../parsers/copy.ts';
import type { Classification } from '../../cause/contract.ts';
import { OTHER } from '../../cause/providers.ts';
import type { DeliveryStatus, Mta } from '../../event/event.ts';
import { inOneLine } from '../../sink/escape.ts';
import type { Message, TrackedEvent, TrackSink } from '../../track/event.ts';
import { isNotification } from '../../track/notification.ts';
import { DeferredQueue } from '../../watch/queue.ts';
import type { Moment } from '../consumer.ts';
import type { State } from '../states.ts';
import { addAt, MINUTE, newSeries, noteAt, type Series } from './series.ts';

/** Events, and failures among them, that can be listed. */
const MOST_EVENTS = 500;
/** Messages whose traces can be opened: those that something failed of, and others. */
const MOST_FAILED = 2000;
const MOST_OTHERS = 2000;
/** Events of a message that are kept: the first one and the newest. */
const MOST_OF_MESSAGE = 20;
/** Replies are cut to so many characters. */
const LONGEST_REPLY = 400;
/** Delays by powers of the square root of two, up to a week and more. */
const DELAY_STEPS = 40;

/** How often one thing happened: attempts with one outcome, or refusals of one cause. */
export interface Cell {
  readonly provider: string;
  readonly state: DeliveryStatus | 'rejected';
  readonly cause: string | undefined;
  readonly series: Series;
}

/** An event as it can be listed. Its texts are those of the log. */
export interface Entry {
  readonly number: number;
  readonly time: number;
  readonly state: State;
  readonly mta: Mta;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly client: string | undefined;
  /** Of a delivery. */
  readonly provider: string | undefined;
  readonly relay: string | undefined;
  readonly classification: Classification | undefined;
  readonly reply: string;
  readonly attempt: number;
  /** It says nothing of a remote server's answer: handed on within the host, or not tried. */
  readonly aside: 'handed on' | 'not tried' | undefined;
  /** Key of its message among `messages`. */
  readonly message: string | undefined;
}

/** A message and what became of it. */
export interface Trace {
  readonly host: string;
  readonly queueId: string;
  messageId: string | undefined;
  from: string | undefined;
  size: number | undefined;
  readonly entries: Entry[];
  /** Events that were left out between the first entry and the others. */
  omitted: number;
  left: boolean;
}

/** All of it. Plain data. */
export interface BoardState {
  /** Where the time of the logs stands, in milliseconds. */
  clock: number;
  /** When the first event came, by the same time; undefined before it. */
  begun: number | undefined;
  readonly cells: Map<string, Cell>;
  /** Attempts for notices, which are in no cell: there is one for every failure, which would halve its share. */
  readonly notices: Series;
  /** Delays of deliveries by provider, one series a step. */
  readonly delays: Map<string, Map<number, Series>>;
  /** Recipients that wait, and since when the first of them does. */
  readonly queue: Series;
  oldest: number | undefined;
  readonly events: Entry[];
  readonly problems: Entry[];
  readonly failed: Map<string, Trace>;
  readonly others: Map<string, Trace>;
  lines: number;
  /** Lines in the last second. */
  rate: number;
  lastLineAt: number | undefined;
  /** Lines wait to be read. */
  hasMore: boolean;
  note: string | undefined;
}

/** Counts events for the screen. */
export class Board implements TrackSink {
  readonly state: BoardState;
  readonly #queue = new DeferredQueue();
  #number = 0;
  #latest: number;
  #tickedAt: number;

  /** @param now milliseconds */
  constructor(now: number) {
    this.#latest = now;
    this.#tickedAt = now;
    this.state = {
      clock: now,
      begun: undefined,
      cells: new Map(),
      notices: newSeries(),
      delays: new Map(),
      queue: newSeries(),
      oldest: undefined,
      events: [],
      problems: [],
      failed: new Map(),
      others: new Map(),
      lines: 0,
      rate: 0,
      lastLineAt: undefined,
      hasMore: false,
      note: undefined,
    };
  }

  event(event: TrackedEvent): void {
    const { state } = this;
    // No stamp can be later than now: one that is would sweep the hour away.
    const time = Math.min(event.time, this.#latest);
    state.begun ??= time;
    this.#queue.observe(event, time);
    if (Math.floor(time / MINUTE) > state.queue.latest) noteAt(state.queue, time, this.#queue.recipients);
    const isTold = event.type === 'delivery' && !event.hop && !isCopied(event);
    const { message } = event;
    if (isTold && message !== undefined && isNotification(message)) {
      addAt(state.notices, time, event.count);
    } else if (isTold || event.type === 'rejected') this.#count(event, time);
    const entry = this.#entryOf(event, time);
    keep(state.events, entry);
    if (isProblem(event)) keep(state.problems, entry);
    if (message !== undefined) this.#trace(message, entry, isProblem(event));
  }

  closed(message: Message): void {
    this.#queue.closed(message);
    const key = keyOf(message);
    const trace = this.state.failed.get(key) ?? this.state.others.get(key);
    if (trace !== undefined) trace.left = true;
  }

  resumed(): void {}

  retracted(): void {}

  notified(): void {}

  notice(): void {}

  /** @param lines that were read so far */
  tick({ now, logTime, lastLineAt, hasMore }: Moment, lines: number): void {
    const { state } = this;
    this.#latest = now;
    // Where no line comes time goes on all the same.
    const passed = lastLineAt === undefined ? 0 : now - lastLineAt;
    state.clock = logTime === undefined ? now : Math.min(now, logTime + passed);
    state.lastLineAt = lastLineAt;
    state.hasMore = hasMore;
    const elapsed = now - this.#tickedAt;
    if (elapsed > 0) state.rate = ((lines - state.lines) * 1000) / elapsed;
    this.#tickedAt = now;
    state.lines = lines;
    noteAt(state.queue, state.clock, this.#queue.recipients);
    state.oldest = this.#queue.oldest;
  }

  /** Something that the user should know, in the place of the last such thing. */
  note(text: string): void {
    this.state.note = text;
  }

  #count(event: TrackedEvent, time: number): void {
    const { provider = OTHER, count, classification, delivery } = event;
    const state = event.type === 'rejected' ? 'rejected' : event.status!;
    const cause = classification?.cause;
    const key = `${provider} ${state} ${cause ?? ''}`;
    let cell = this.state.cells.get(key);
    if (cell === undefined) {
      cell = { provider, state, cause, series: newSeries() };
      this.state.cells.set(key, cell);
    }
    addAt(cell.series, time, count);
    if (state === 'delivered' && delivery?.delay !== undefined)
      this.#countDelay(provider, delivery.delay, time);
  }

  #countDelay(provider: string, seconds: number, time: number): void {
    const { delays } = this.state;
    let steps = delays.get(provider);
    if (steps === undefined) {
      steps = new Map();
      delays.set(provider, steps);
    }
    const step = stepOf(seconds);
    let series = steps.get(step);
    if (series === undefined) {
      series = newSeries();
      steps.set(step, series);
    }
    addAt(series, time, 1);
  }

  #entryOf(event: TrackedEvent, time: number): Entry {
    const { type, status, mta, message, rejection, delivery, classification } = event;
    const client = rejection?.client ?? (type === 'accepted' ? message?.client : undefined);
    const relay = delivery?.relay;
    return {
      number: this.#number++,
      time,
      state: status ?? (type as State),
      mta,
      from: kept(rejection?.from ?? message?.from),
      to: kept(event.to) ?? (event.count > 1 ? `${event.count} recipients` : undefined),
      client: kept(client?.ip ?? client?.host),
      provider: event.provider ?? (type === 'delivery' ? OTHER : undefined),
      relay: kept(relay?.host ?? relay?.ip),
      classification,
      reply: kept(inOneLine((rejection ?? delivery)?.diagnostic.slice(0, LONGEST_REPLY) ?? ''))!,
      attempt: event.attempt,
      aside: event.hop ? 'handed on' : isCopied(event) ? 'not tried' : undefined,
      message: message && keyOf(message),
    };
  }

  #trace(message: Message, entry: Entry, isFailure: boolean): void {
    const { failed, others } = this.state;
    const key = entry.message!;
    const known = failed.get(key) ?? others.get(key);
    const trace: Trace = known ?? {
      host: copy(message.host),
      queueId: copy(message.queueId),
      ...{ messageId: undefined, from: undefined, size: undefined, entries: [], omitted: 0, left: false },
    };
    trace.messageId ??= kept(message.messageId);
    trace.from ??= kept(message.from);
    trace.size ??= message.size;
    trace.entries.push(entry);
    if (trace.entries.length > MOST_OF_MESSAGE) {
      trace.entries.splice(1, 1);
      trace.omitted += 1;
    }
    const isFailed = isFailure || failed.has(key);
    others.delete(key);
    failed.delete(key);
    const traces = isFailed ? failed : others;
    traces.set(key, trace);
    if (traces.size > (isFailed ? MOST_FAILED : MOST_OTHERS)) traces.delete(traces.keys().next().value!);
  }
}

/** The step of a delay in seconds. */
export function stepOf(seconds: number): number {
  return seconds <= 1 ? 0 : Math.min(DELAY_STEPS, Math.ceil(2 * Math.log2(seconds)));
}

/** The delay in seconds at the upper end of a step. */
export function secondsOf(step: number): number {
  return 2 ** (step / 2);
}

function isProblem(event: TrackedEvent): boolean {
  return (
    event.classification !== undefined && !isCopied(event) && !(event.hop && event.status === 'delivered')
  );
}

/** Whether it only copies a failure onto mail that still waits. Mail that expired needs no attempt to be at its end. */
function isCopied({ suspended, status }: TrackedEvent): boolean {
  return suspended && status !== 'expired';
}

/** Adds to a list that may grow to twice what is asked of it, so that it is seldom cut. */
function keep(list: Entry[], entry: Entry): void {
  list.push(entry);
  if (list.length >= 2 * MOST_EVENTS) list.splice(0, list.length - MOST_EVENTS);
}

/** A text that may be a slice of a batch, free of it. */
function kept(text: string | undefined): string | undefined {
  return text === undefined ? undefined : copy(text);
}

function keyOf({ host, instance, queueId }: Message): string {
  return `${host} ${instance} ${queueId}`;
}
