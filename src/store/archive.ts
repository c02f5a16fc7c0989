/** Turns all that the tracker tells into rows of `records`. */
import { createHash } from 'node:crypto';
import type { NoticeRecord } from '../../parsers/contract.ts';
import { EventRenderer } from '../sink/delivery-event.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';
import { COLUMN_NAMES, cellsOf, type RecordFields } from './records.ts';
import type { Cell } from './store.ts';

/** Where the reading is. */
export interface ReadingPlace {
  /** Position among the inputs. */
  readonly source: number;
  /** Byte where the line begins. */
  readonly offset: number;
  /** The line's time. */
  readonly time: number;
}

/** A row on its way to the store. */
export interface ArchiveRow {
  readonly source: number;
  readonly line: number;
  readonly part: number;
  readonly cells: readonly Cell[];
}

/** What is noted on a message. */
interface MessageNote {
  readonly key: string;
  /** Recipients that no event has named yet. */
  unnamed: number;
  /** Recipients whose latest event is a copy of another message's failure. */
  readonly waiting: Set<string>;
}

/** Where the rows go, and what has to be known for them. */
export interface ArchiveOptions {
  /** Names of the sources, by position. */
  readonly files: readonly string[];
  /** Ids of the sources, by position. */
  readonly sourceIds: readonly string[];
  place(): ReadingPlace;
  line(): string;
  take(row: ArchiveRow): void;
}

/** A sink of the tracker. */
export class Archive implements TrackSink {
  readonly #options: ArchiveOptions;
  readonly #renderer: EventRenderer;
  #source = -1;
  #line = -1;
  #part = 0;

  constructor(options: ArchiveOptions) {
    this.#options = options;
    this.#renderer = new EventRenderer(options.files);
  }

  event(event: TrackedEvent): void {
    const { time, message, count } = event;
    const note = message && this.#noteOf(message);
    if (note !== undefined) follow(note, event);
    const failure = event.classification === undefined ? undefined : (event.delivery ?? event.rejection);
    const fields = this.#renderer.fields(event, this.#options.line());
    this.#add(time, fields, [note?.key ?? 0, count, failure?.reply.text ?? '', '', '']);
  }

  resumed(message: Message, time: number): void {
    const count = message.recipients ?? 0;
    const note = this.#noteOf(message);
    note.unnamed += count;
    this.#tell('resumed', message, time, count);
  }

  closed(message: Message): void {
    const note = message.mark as MessageNote | undefined;
    // Without recipients that are left in doubt it changes nothing: most messages need no such row.
    if (note === undefined || (note.unnamed === 0 && note.waiting.size === 0)) return;
    this.#tell('closed', message, this.#options.place().time);
  }

  retracted(message: Message): void {
    this.#tell('retracted', message, this.#options.place().time);
  }

  notified(message: Message, time: number): void {
    this.#tell('notified', message, time);
  }

  notice({ severity, text }: NoticeRecord, program: string, time: number): void {
    this.#add(time, { type: 'notice', diagnostic: text }, [0, 0, '', severity, program]);
  }

  #tell(type: string, message: Message, time: number, count = 0): void {
    const { key } = this.#noteOf(message);
    const { mta, host, instance, queueId } = message;
    this.#add(time, { type, mta, host, instance, queue_id: queueId }, [key, count, '', '', '']);
  }

  #noteOf(message: Message): MessageNote {
    const known = message.mark as MessageNote | undefined;
    if (known !== undefined) return known;
    const { source, offset } = this.#options.place();
    const name = [this.#options.sourceIds[source], offset, message.host, message.instance, message.queueId];
    const note: MessageNote = { key: hash64(name.join('\0')), unnamed: 0, waiting: new Set() };
    message.mark = note;
    return note;
  }

  /** @param report the cells of `REPORT_COLUMNS` */
  #add(time: number, fields: RecordFields, report: readonly Cell[]): void {
    const { source, offset } = this.#options.place();
    if (source === this.#source && offset === this.#line) this.#part += 1;
    else this.#part = 0;
    this.#source = source;
    this.#line = offset;
    const place = [this.#options.sourceIds[source]!, offset, this.#part];
    const cells = cellsOf(place, fields, report);
    cells[TIME] = microseconds(time);
    this.#options.take({ source, line: offset, part: this.#part, cells });
  }
}

const TIME = COLUMN_NAMES.indexOf('time');

/** Keeps up which recipients of a message a later end would leave in doubt. */
function follow(note: MessageNote, event: TrackedEvent): void {
  if (event.type === 'accepted') note.unnamed += event.count;
  if (event.type !== 'delivery') return;
  if (event.prior === undefined) note.unnamed -= Math.min(note.unnamed, event.count);
  const recipient = recipientKey(event);
  if (event.suspended && !event.final) note.waiting.add(recipient);
  else note.waiting.delete(recipient);
}

/** Tells the recipients of one message apart. */
export function recipientKey({ to, origTo }: { to: string | undefined; origTo: string | undefined }): string {
  return `${to ?? ''}\0${origTo ?? ''}`;
}

/** As the column takes it. */
export function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}

/** The first 64 bits of the SHA-256, in decimal. */
export function hash64(data: string | Buffer): string {
  return createHash('sha256').update(data).digest().readBigUInt64BE().toString();
}
