/** Turns all that the tracker tells into rows of `records`. */
import { hash } from 'node:crypto';
import type { NoticeRecord } from '../../parsers/contract.ts';
import { shapeOf } from '../aggregate/shape.ts';
import { type EventFields, EventRenderer } from '../sink/delivery-event.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';
import { type FailureFacts, failureFacts } from './failure.ts';
import {
  admit,
  type Change,
  close,
  deliver,
  type Entry,
  isOpen,
  type MessageNote,
  type Move,
  newNote,
  noChange,
  notify,
  refuse,
  retract,
} from './ledger.ts';
import { COLUMNS, EVENT_COLUMNS, PLACE_COLUMNS, type RecordFields } from './records.ts';
import type { Value } from './rows.ts';

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
  /** In the order of `COLUMNS`; gone with the next row. */
  readonly values: readonly Value[];
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
  #sourceId = 0n;
  #line = -1;
  #part = 0;
  /** One row after the other. */
  readonly #row: Value[] = COLUMNS.map(() => undefined);

  constructor(options: ArchiveOptions) {
    this.#options = options;
    this.#renderer = new EventRenderer(options.files);
  }

  event(event: TrackedEvent): void {
    const { type, time, message, count } = event;
    const note = message === undefined ? newNote(0n) : this.#noteOf(message);
    const { change, moves } =
      type === 'delivery'
        ? deliver(note, event)
        : type === 'rejected'
          ? refuse(event)
          : admit(note, time, count);
    if (message === undefined) change.begun = Number.NaN;
    const failure = event.classification === undefined ? undefined : (event.delivery ?? event.rejection);
    putEvent(this.#row, this.#renderer.fields(event, this.#options.line(), ''));
    const shape = failure === undefined ? 0 : shapeOf(failure.diagnostic);
    this.#add(
      time,
      note.key,
      {
        count,
        again: event.prior !== undefined,
        failure: failureFacts(event, note),
        reply: failure?.reply.text,
        shape,
      },
      change,
    );
    this.#move(note, moves);
  }

  resumed(message: Message, time: number): void {
    const count = message.recipients ?? 0;
    this.#tell('resumed', message, time, admit(this.#noteOf(message), time, count), count);
  }

  closed(message: Message): void {
    const note = message.entry as MessageNote | undefined;
    // Without recipients that are left in doubt it changes nothing: most messages need no such row.
    if (note === undefined || !isOpen(note)) return;
    // What it changes was so from the message's beginning on.
    this.#tell('closed', message, note.begun, close(note));
  }

  retracted(message: Message): void {
    const note = this.#noteOf(message);
    const time = Number.isNaN(note.begun) ? this.#options.place().time : note.begun;
    this.#tell('retracted', message, time, retract(note, time));
  }

  notified(message: Message, time: number): void {
    this.#tell('notified', message, time, notify(this.#noteOf(message), time));
  }

  notice({ severity, text }: NoticeRecord, program: string, time: number): void {
    this.#put({ type: 'notice', diagnostic: text });
    this.#add(time, 0n, { severity, program, shape: shapeOf(text) }, noChange());
  }

  #tell(type: string, message: Message, time: number, { change, moves }: Entry, count = 0): void {
    const note = this.#noteOf(message);
    const { mta, host, instance, queueId } = message;
    this.#put({ type, mta, host, instance, queue_id: queueId });
    this.#add(time, note.key, { count }, change);
    this.#move(note, moves);
  }

  #move({ key }: MessageNote, moves: readonly Move[]): void {
    for (const { time, cause, provider, change } of moves) {
      this.#put({ type: 'moved', provider, ...cause });
      this.#add(time, key, {}, change);
    }
  }

  #noteOf(message: Message): MessageNote {
    const known = message.entry as MessageNote | undefined;
    if (known !== undefined) return known;
    const { source, offset } = this.#options.place();
    const { host, instance, queueId } = message;
    const note = newNote(
      hash64(`${this.#options.sourceIds[source]}\0${offset}\0${host}\0${instance}\0${queueId}`),
    );
    message.entry = note;
    return note;
  }

  /** Puts in some of an event's columns, and nothing into the others. */
  #put(fields: RecordFields): void {
    this.#row.fill(undefined, FIRST_FIELD, FIRST_FACT);
    for (const [name, value] of Object.entries(fields)) {
      // The cause of a move knows more than its name.
      const position = FIELD_POSITIONS.get(name);
      if (position !== undefined) this.#row[position] = value;
    }
  }

  /** Sends the row, whose columns of an event are there. */
  #add(time: number, message: bigint, facts: Facts, change: Change): void {
    const { source, offset } = this.#options.place();
    if (source === this.#source && offset === this.#line) this.#part += 1;
    else this.#part = 0;
    if (source !== this.#source) this.#sourceId = BigInt(this.#options.sourceIds[source]!);
    this.#source = source;
    this.#line = offset;
    const { count, again, failure, reply, severity, program, shape } = facts;
    const { state, placed, unnamed, tried, messages, standing, recovered, bucket, peer, sender } = change;
    const row = this.#row;
    let at = 0;
    row[at++] = this.#sourceId;
    row[at++] = offset;
    row[at++] = this.#part;
    at = FIRST_FACT;
    row[at++] = message;
    row[at++] = count;
    row[at++] = again;
    at = putFailure(row, at, failure);
    row[at++] = reply;
    row[at++] = severity;
    row[at++] = program;
    row[at++] = shape;
    row[at++] = timeOrNone(change.begun);
    row[at++] = timeOrNone(change.setBack);
    row[at++] = state;
    row[at++] = placed;
    row[at++] = unnamed;
    row[at++] = tried;
    row[at++] = messages;
    row[at++] = standing;
    row[at++] = recovered;
    row[at++] = bucket;
    row[at++] = peer;
    row[at++] = sender;
    row[TIME] = microseconds(time);
    this.#options.take({ source, line: offset, part: this.#part, values: row });
  }
}

/** What else a row has. */
interface Facts {
  readonly count?: number;
  readonly again?: boolean;
  readonly failure?: FailureFacts | undefined;
  readonly reply?: string | undefined;
  readonly severity?: string;
  readonly program?: string;
  readonly shape?: number;
}

const FIRST_FIELD = PLACE_COLUMNS.length;
const FIRST_FACT = FIRST_FIELD + EVENT_COLUMNS.length;
const FIELD_POSITIONS: ReadonlyMap<string, number> = new Map(
  EVENT_COLUMNS.map(({ name }, position) => [name, FIRST_FIELD + position]),
);
const TIME = FIELD_POSITIONS.get('time')!;

/**
 * Puts the fields of an event into their columns, in the order of `EVENT_COLUMNS`. By name: to go over the keys of an object
 * takes several times as long, and this is done for most rows.
 */
function putEvent(row: Value[], fields: EventFields): void {
  let at = FIRST_FIELD;
  row[at++] = fields.event_id;
  row[at++] = fields.time;
  row[at++] = fields.type;
  row[at++] = fields.status;
  row[at++] = fields.final;
  row[at++] = fields.hop;
  row[at++] = fields.suspended;
  row[at++] = fields.mta;
  row[at++] = fields.host;
  row[at++] = fields.instance;
  row[at++] = fields.queue_id;
  row[at++] = fields.parent_queue_id;
  row[at++] = fields.message_id;
  row[at++] = fields.from;
  row[at++] = fields.to;
  row[at++] = fields.orig_to;
  row[at++] = fields.size;
  row[at++] = fields.recipients;
  row[at++] = fields.client_host;
  row[at++] = fields.client_ip;
  row[at++] = fields.auth_user;
  row[at++] = fields.helo;
  row[at++] = fields.relay_host;
  row[at++] = fields.relay_ip;
  row[at++] = fields.relay_port;
  row[at++] = fields.transport;
  row[at++] = fields.provider;
  row[at++] = fields.attempt;
  row[at++] = fields.delay;
  row[at++] = fields.delay_before_queue;
  row[at++] = fields.delay_in_queue;
  row[at++] = fields.delay_connect;
  row[at++] = fields.delay_transmit;
  row[at++] = fields.tls;
  row[at++] = fields.reply_code;
  row[at++] = fields.enhanced_code;
  row[at++] = fields.dsn;
  row[at++] = fields.stage;
  row[at++] = fields.diagnostic;
  row[at++] = fields.cause;
  row[at++] = fields.detail;
  row[at++] = fields.kind;
  row[at++] = fields.confidence;
  row[at++] = fields.rule;
  row[at++] = fields.source_file;
  row[at++] = fields.source_offset;
}

/** Puts in from a position on what findings have to know. Gives the next position. */
function putFailure(row: Value[], position: number, facts: FailureFacts | undefined): number {
  const { failed, place, blamed, repeats, newToCause, newToPlace, waited, before, placeBefore } = facts ?? {};
  // Of a failure the same once more nothing is new but when.
  const cause = placeBefore === undefined ? undefined : before?.classification;
  let at = position;
  row[at++] = failed;
  row[at++] = place;
  row[at++] = blamed;
  row[at++] = repeats;
  row[at++] = newToCause;
  row[at++] = newToPlace;
  row[at++] = waited;
  row[at++] = before === undefined ? undefined : microseconds(before.time);
  row[at++] = cause?.cause;
  row[at++] = cause?.detail;
  row[at++] = cause?.kind;
  row[at++] = placeBefore;
  return at;
}

/** Tells the recipients of one message apart. */
export function recipientKey({ to, origTo }: { to: string | undefined; origTo: string | undefined }): string {
  return `${to ?? ''}\0${origTo ?? ''}`;
}

/** As the column takes it. */
export function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}

function timeOrNone(milliseconds: number): number | undefined {
  return Number.isNaN(milliseconds) ? undefined : microseconds(milliseconds);
}

const halves = new Uint32Array(2);
const whole = new BigUint64Array(halves.buffer);

/** The first 64 bits of the SHA-256. */
export function hash64(data: string): bigint {
  const digits = hash('sha256', data, 'hex');
  // Several times quicker than to read all of it as one.
  halves[0] = Number.parseInt(digits.slice(8, 16), 16);
  halves[1] = Number.parseInt(digits.slice(0, 8), 16);
  return whole[0]!;
}
