/** Turns all that the tracker tells into rows of `records`. */
import { hash } from 'node:crypto';
import type { NoticeRecord } from '../../parsers/contract.ts';
import { shapeOf } from '../aggregate/shape.ts';
import { EventRenderer } from '../sink/delivery-event.ts';
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
import { COLUMNS, valuesOf } from './records.ts';
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
    // The keys of fields are the columns, in the same order, behind the name of the schema: see `valuesOf`.
    const [, ...values]: Value[] = Object.values(this.#renderer.fields(event, this.#options.line(), ''));
    const shape = failure === undefined ? 0 : shapeOf(failure.diagnostic);
    this.#add(
      time,
      values,
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
    const values = valuesOf({ type: 'notice', diagnostic: text });
    this.#add(time, values, 0n, { severity, program, shape: shapeOf(text) }, noChange());
  }

  #tell(type: string, message: Message, time: number, { change, moves }: Entry, count = 0): void {
    const note = this.#noteOf(message);
    const { mta, host, instance, queueId } = message;
    const values = valuesOf({ type, mta, host, instance, queue_id: queueId });
    this.#add(time, values, note.key, { count }, change);
    this.#move(note, moves);
  }

  #move({ key }: MessageNote, moves: readonly Move[]): void {
    for (const { time, cause, provider, change } of moves) {
      this.#add(time, valuesOf({ type: 'moved', provider, ...cause }), key, {}, change);
    }
  }

  #noteOf(message: Message): MessageNote {
    const known = message.entry as MessageNote | undefined;
    if (known !== undefined) return known;
    const { source, offset } = this.#options.place();
    const name = [this.#options.sourceIds[source], offset, message.host, message.instance, message.queueId];
    const note = newNote(hash64(name.join('\0')));
    message.entry = note;
    return note;
  }

  #add(time: number, values: readonly Value[], message: bigint, facts: Facts, change: Change): void {
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
    for (let index = 0; index < values.length; index++) row[at++] = values[index];
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

const TIME = COLUMNS.findIndex(({ name }) => name === 'time');

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

/** The first 64 bits of the SHA-256. */
export function hash64(data: string): bigint {
  return BigInt(`0x${hash('sha256', data, 'hex').slice(0, 16)}`);
}
