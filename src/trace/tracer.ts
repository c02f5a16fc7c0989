/**
 * Finds messages in logs of any size without keeping them: the logs are read several times. A reading notes the queue
 * ids and message-ids that belong to what is looked for (the watch), and keeps the lines of those that it knew before;
 * once a reading finds nothing more to watch, what it kept is all there is. Mostly that is the second.
 */
import type { DiscardRecord, HoldRecord, LogLine, LogRecord, NoticeRecord } from '../../parsers/contract.ts';
import type { Window } from '../aggregate/aggregate.ts';
import type { DeliveryEvent } from '../event/event.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';
import { copy, detachFields, keepRecord } from '../track/keep.ts';
import { keepPending, nonePending, takePending, type Waiting } from '../track/pending.ts';
import { processOf } from '../track/processes.ts';
import type { Place } from '../track/transaction.ts';
import { KeptLife, keyOf, LONGEST_SILENCE, MOST_LINES, MOST_WATCHED, storiesOf, type Tie } from './lives.ts';
import type { Facts, Query } from './query.ts';
import type { Trace, TracedLine } from './story.ts';

/** Longer queue ids are none. */
const LONGEST_ID = 64;

/** A line about a message that has no queue id yet. */
interface EarlyLine extends Waiting {
  readonly place: TracedLine;
  readonly matched: boolean;
}

const NONE: readonly EarlyLine[] = [];

/** What the next reading looks for. */
export class Watch {
  readonly #ids = new Set<string>();
  readonly #messageIds = new Set<string>();
  /** Something was added. */
  grew = false;
  /** There was no room for more. */
  full = false;

  /** Whether a queue id of a host is watched. */
  hasId(host: string, queueId: string): boolean {
    return this.#ids.has(keyOf(host, queueId));
  }

  hasMessageId(messageId: string): boolean {
    return this.#messageIds.has(messageId);
  }

  addId(host: string, queueId: string): void {
    this.#add(this.#ids, keyOf(host, queueId));
  }

  addMessageId(messageId: string): void {
    if (messageId !== '') this.#add(this.#messageIds, messageId);
  }

  #add(set: Set<string>, key: string): void {
    if (set.has(key)) return;
    if (this.#ids.size + this.#messageIds.size >= MOST_WATCHED) {
      this.full = true;
      return;
    }
    set.add(copy(key));
    this.grew = true;
  }
}

/** One reading of the logs. */
export class Tracer implements TrackSink {
  readonly #query: Query;
  readonly #watch: Watch;
  readonly #render: (event: TrackedEvent) => DeliveryEvent;
  readonly #currentLine: () => string;

  readonly #lives = new Map<string, KeptLife[]>();
  readonly #ties: Tie[] = [];
  readonly #refusals: TracedLine[] = [];
  /** Lines about a message that has no queue id yet. */
  readonly #pending = nonePending<EarlyLine>();
  #kept = 0;
  #cut = false;
  /** The line being read, where it is kept. */
  #line: TracedLine | undefined = undefined;

  /**
   * @param watch what former readings found; this one adds to it
   * @param render makes events public
   * @param currentLine the line being read, whole
   */
  constructor(
    query: Query,
    watch: Watch,
    render: (event: TrackedEvent) => DeliveryEvent,
    currentLine: () => string,
  ) {
    this.#query = query;
    this.#watch = watch;
    this.#render = render;
    this.#currentLine = currentLine;
  }

  /** Takes a line of an MTA, before its events. */
  line(line: LogLine, record: LogRecord | undefined, place: Place): void {
    this.#line = undefined;
    const watch = this.#watch;
    const { host } = place;
    const matched = record !== undefined && this.#matches(record, line);
    const queueId = (record as Facts | undefined)?.queueId ?? this.#idIn(line, host);
    if (queueId === undefined) {
      if (record?.kind === 'hold' || record?.kind === 'discard') this.#wait(record, line, place, matched);
      else if (matched && record?.kind !== 'session') this.#keep(this.#refusals, line, place);
      return;
    }
    const begins = record?.kind === 'client' || record?.kind === 'arrival';
    const pending =
      begins && this.#pending.count > 0
        ? takePending(this.#pending, processOf(place), record, place.time)
        : NONE;
    const asked = matched || pending.some((before) => before.matched);
    if (asked) watch.addId(host, queueId);
    if (record !== undefined) this.#follow(record, queueId, place);
    if (!watch.hasId(host, queueId)) return;
    const life = this.#lifeOf(queueId, record, place);
    if (life === undefined) return;
    life.matched ||= asked;
    for (const before of pending) life.lines.push(before.place);
    this.#note(record, life);
    if (!this.#keep(life.lines, line, place)) life.cut = true;
  }

  event(event: TrackedEvent): void {
    const queueId = event.message?.queueId ?? event.rejection?.queueId;
    if (queueId !== undefined) this.#matchEvent(event, queueId);
    if (this.#line === undefined) return;
    const rendered = this.#render(event);
    detachFields(rendered);
    this.#line.events.push(rendered);
  }

  // What follows is for those who count.
  resumed(): void {}
  closed(): void {}
  retracted(): void {}
  notified(_message: Message, _time: number): void {}
  notice(_record: NoticeRecord, _program: string, _time: number): void {}

  /** What was found, by what happened in the window; whole, if nothing was added to the watch meanwhile. */
  result({ from = -Infinity, until = Infinity }: Window): Trace {
    const inWindow = ({ time }: TracedLine): boolean => time >= from && time < until;
    const stories = storiesOf(this.#lives, this.#ties).filter(({ lines }) => lines.some(inWindow));
    const refusals = this.#refusals.filter(inWindow);
    return { stories, refusals, cut: this.#cut || this.#watch.full };
  }

  /** The record of a probe does not say whose address it was about: the line does. */
  #matches(record: LogRecord, { text, start, end }: LogLine): boolean {
    return (
      this.#query.matches(record) || (record.kind === 'probe' && this.#query.isIn(text.slice(start, end)))
    );
  }

  /** A hold without a queue id names the recipient, and its message never does: the event has both. */
  #matchEvent({ to, origTo, host }: TrackedEvent, queueId: string): void {
    if (!this.#query.isIn(to) && !this.#query.isIn(origTo)) return;
    this.#watch.addId(host, queueId);
    const life = this.#lives.get(keyOf(host, queueId))?.at(-1);
    if (life !== undefined) life.matched = true;
  }

  /** Watches what a line ties to what is watched. */
  #follow(record: LogRecord, queueId: string, { host, time }: Place): void {
    const { messageId, parentQueueId }: Facts = record;
    if (messageId !== undefined) {
      if (this.#watch.hasMessageId(messageId)) this.#watch.addId(host, queueId);
      else if (this.#watch.hasId(host, queueId)) this.#watch.addMessageId(messageId);
    }
    if (parentQueueId !== undefined) this.#tie(host, parentQueueId, queueId, time, false);
    if (record.kind === 'child') {
      const notice = record.hop !== true && record.clone !== true;
      for (const child of [record.childQueueId, ...(record.otherChildren ?? [])]) {
        this.#tie(host, queueId, child, time, notice);
      }
    } else if (record.kind === 'delivery' && record.nextQueueId !== undefined) {
      // A remote server may call its own queue ids what it likes.
      if (record.forwarded || record.relay?.near) this.#tie(host, queueId, record.nextQueueId, time, false);
    }
  }

  #tie(host: string, parent: string, child: string, time: number, notice: boolean): void {
    const watch = this.#watch;
    if (parent === child || !(watch.hasId(host, parent) || watch.hasId(host, child))) return;
    watch.addId(host, parent);
    watch.addId(host, child);
    if (this.#ties.length >= MOST_LINES) this.#cut = true;
    else this.#ties.push({ host, parent: copy(parent), child: copy(child), time, notice });
  }

  /**
   * The watched queue id with which a payload begins, where its record does not say: `4FDE: enabling PIX workarounds`,
   * `warning: 4FDE: …`, `1abcde-000000000ab-1234 Message is frozen`.
   */
  #idIn({ text, start, end }: LogLine, host: string): string | undefined {
    let p = start;
    for (let word = 0; word < 2; word++) {
      const limit = Math.min(end, p + LONGEST_ID);
      let q = p;
      for (let c = text.charCodeAt(q); q < limit && c !== 0x20 && c !== 0x3a; c = text.charCodeAt(q)) q += 1;
      const id = text.slice(p, q);
      if (id !== '' && this.#watch.hasId(host, id)) return id;
      if (text.charCodeAt(q) !== 0x3a) return undefined;
      p = q + 2;
    }
    return undefined;
  }

  #lifeOf(queueId: string, record: LogRecord | undefined, place: Place): KeptLife | undefined {
    const key = keyOf(place.host, queueId);
    let lives = this.#lives.get(key);
    if (lives === undefined) {
      lives = [];
      this.#lives.set(copy(key), lives);
    }
    const last = lives.at(-1);
    const begins = record?.kind === 'client' || record?.kind === 'pickup';
    if (
      last !== undefined &&
      !(begins && last.beginning === false) &&
      place.time - last.lastTime <= LONGEST_SILENCE &&
      !(last.removed && (begins || record?.kind === 'message-id'))
    ) {
      last.lastTime = place.time;
      last.beginning &&= begins;
      last.removed ||= record?.kind === 'removed';
      return last;
    }
    if (this.#kept >= MOST_LINES) {
      this.#cut = true;
      return undefined;
    }
    const life = new KeptLife(place, copy(queueId));
    life.beginning = begins;
    life.removed = record?.kind === 'removed';
    lives.push(life);
    return life;
  }

  #note(record: LogRecord | undefined, life: KeptLife): void {
    if (record === undefined) return;
    const { kind, messageId, from, size }: Facts = record;
    life.messageId ??= copy(messageId);
    // A local program's mail comes from a login name before it comes from an address. A child's sender is not this one's.
    if (kind === 'queued') life.from = copy(from);
    else if (kind !== 'child') life.from ??= copy(from);
    life.size ??= size;
    life.probe ||= kind === 'probe';
    life.canceled ||= record.kind === 'removed' && record.by === 'canceled';
  }

  #wait(record: HoldRecord | DiscardRecord, line: LogLine, place: Place, matched: boolean): void {
    const traced = this.#traced(line, place);
    keepPending(this.#pending, processOf(place), { record: keepRecord(record), place: traced, matched });
  }

  #traced(line: LogLine, { time, source, offset }: Place): TracedLine {
    return { time, source, offset, text: shown(line, time, this.#currentLine()), events: [] };
  }

  /** Gives false where there is no room for the line. */
  #keep(lines: TracedLine[], line: LogLine, place: Place): boolean {
    if (this.#kept >= 2 * MOST_LINES) {
      this.#cut = true;
      return false;
    }
    this.#kept += 1;
    this.#line = this.#traced(line, place);
    lines.push(this.#line);
    return true;
  }
}

/** The line as it is in the log. Of a JSON entry only what a line would say. */
function shown({ text, start, end, host, tag, pid }: LogLine, time: number, line: string): string {
  if (!line.startsWith('{')) return copy(line);
  const stamp = new Date(time).toISOString();
  const process = pid > 0 ? `${tag}[${pid}]` : tag;
  return copy(`${stamp} ${host} ${process}: ${text.slice(start, end)}`);
}
