/** Turns all that the tracker tells into rows of `records`. */
import { hash } from 'node:crypto';
import type { NoticeRecord } from '../../parsers/contract.ts';
import { wordsOfHold } from '../aggregate/held.ts';
import { shapeOf } from '../aggregate/shape.ts';
import { EventRenderer } from '../sink/delivery-event.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';
import { type FailureFacts, failureFacts, NO_FAILURE } from './failure.ts';
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
import type { RecordFields } from './records.ts';
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
  /** In the order of `COLUMNS`. */
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
          : admit(note, message, time, count);
    if (message === undefined) change.begun = Number.NaN;
    const said = event.classification === undefined ? undefined : (event.delivery ?? event.rejection);
    this.#take(
      time,
      note.key,
      this.#renderer.fields(event, this.#options.line(), ''),
      {
        count,
        again: event.prior !== undefined,
        failure: failureFacts(event, note),
        reply: said?.reply.text ?? wordsBeforeHold(event),
        shape: said === undefined ? 0 : shapeOf(said.diagnostic),
      },
      change,
    );
    this.#move(note, moves);
  }

  resumed(message: Message, time: number): void {
    const count = message.recipients ?? 0;
    this.#tell('resumed', message, time, admit(this.#noteOf(message), message, time, count), count);
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
    const fields = { type: 'notice', diagnostic: text };
    this.#take(time, 0n, fields, { severity, program, shape: shapeOf(text) }, noChange());
  }

  #tell(type: string, message: Message, time: number, { change, moves }: Entry, count = 0): void {
    const note = this.#noteOf(message);
    const { mta, host, instance, queueId, from } = message;
    this.#take(time, note.key, { type, mta, host, instance, queue_id: queueId, from }, { count }, change);
    this.#move(note, moves);
  }

  #move({ key }: MessageNote, moves: readonly Move[]): void {
    for (const { time, cause, provider, change } of moves) {
      this.#take(time, key, { type: 'moved', provider, ...cause }, {}, change);
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

  #take(time: number, message: bigint, fields: RecordFields, facts: Facts, change: Change): void {
    const { source, offset } = this.#options.place();
    if (source === this.#source && offset === this.#line) this.#part += 1;
    else this.#part = 0;
    if (source !== this.#source) this.#sourceId = BigInt(this.#options.sourceIds[source]!);
    this.#source = source;
    this.#line = offset;
    const part = this.#part;
    const values = valuesOf(this.#sourceId, offset, part, time, message, fields, facts, change);
    this.#options.take({ source, line: offset, part, values });
  }
}

/** Of a recipient that is held without a reason in the log: the words of the failure before. */
function wordsBeforeHold(event: TrackedEvent): string | undefined {
  if (event.status !== 'held') return undefined;
  const { stated, words } = wordsOfHold(event);
  return stated ? undefined : words;
}

/** What else a row has. */
interface Facts {
  readonly count?: number;
  readonly again?: boolean;
  readonly failure?: FailureFacts;
  readonly reply?: string | undefined;
  readonly severity?: string;
  readonly program?: string;
  readonly shape?: number;
}

/** A row in the order of `COLUMNS`. In one piece and by name: anything else takes several times as long. */
function valuesOf(
  sourceId: bigint,
  line: number,
  part: number,
  time: number,
  message: bigint,
  fields: RecordFields,
  { count, again, failure = NO_FAILURE, reply, severity, program, shape }: Facts,
  change: Change,
): Value[] {
  const { before, placeBefore } = failure;
  // Of a failure the same once more nothing is new but when.
  const causeBefore = placeBefore === undefined ? undefined : before?.classification;
  return [
    sourceId,
    line,
    part,
    // Of an event.
    fields.event_id,
    microseconds(time),
    fields.type,
    fields.status,
    fields.final,
    fields.hop,
    fields.suspended,
    fields.mta,
    fields.host,
    fields.instance,
    fields.queue_id,
    fields.parent_queue_id,
    fields.message_id,
    fields.from,
    fields.to,
    fields.orig_to,
    fields.size,
    fields.recipients,
    fields.client_host,
    fields.client_ip,
    fields.auth_user,
    fields.helo,
    fields.relay_host,
    fields.relay_ip,
    fields.relay_port,
    fields.transport,
    fields.provider,
    fields.attempt,
    fields.delay,
    fields.delay_before_queue,
    fields.delay_in_queue,
    fields.delay_connect,
    fields.delay_transmit,
    fields.tls,
    fields.reply_code,
    fields.enhanced_code,
    fields.dsn,
    fields.stage,
    fields.diagnostic,
    fields.cause,
    fields.detail,
    fields.kind,
    fields.confidence,
    fields.rule,
    fields.source_file,
    fields.source_offset,
    // For findings.
    message,
    count,
    again,
    failure.failed,
    failure.place,
    failure.blamed,
    failure.repeats,
    failure.newToCause,
    failure.newToPlace,
    failure.waited,
    before === undefined ? undefined : microseconds(before.time),
    causeBefore?.cause,
    causeBefore?.detail,
    causeBefore?.kind,
    placeBefore,
    reply,
    severity,
    program,
    shape,
    // What it changes.
    timeOrNone(change.begun),
    timeOrNone(change.setBack),
    change.state,
    change.placed,
    change.notification,
    change.unnamed,
    change.tried,
    change.messages,
    change.standing,
    change.recovered,
    change.bucket,
    change.peer,
    change.sender,
  ];
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
