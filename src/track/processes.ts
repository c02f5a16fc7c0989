/**
 * What is remembered of processes, whose lines belong together although none names a message: texts in parts, lines that
 * come twice, and what is said of a message before it has a queue id.
 */
import type { Client, DiscardRecord, HoldRecord, LogRecord, PartRecord } from '../../parsers/contract.ts';
import type { Mta } from '../event/event.ts';
import { copy, keepRecord } from './keep.ts';
import type { Place } from './transaction.ts';

const SECOND = 1000;

/** smtpd logs `NOQUEUE: hold: RCPT …` and the queue id of that message right after. */
const PENDING = 10 * SECOND;
/** Exim tells of a recipient that it discards, then reads the message, and gives it its id when all is there. */
const LONGEST_MESSAGE = 600 * SECOND;
/** What is said of one message before it has an id, at most. */
const MOST_PENDING = 1000;
/** A line that comes twice, once for each of an MTA's logs, comes again at once. */
const ECHO = 10 * SECOND;
/** A text in parts is not longer than this; what is beyond it is left away. */
const LONGEST_TEXT = 64 * 1024;
/** Processes of which something is remembered; then the table is begun anew. */
const MOST = 10_000;

/** How the name of a process ends of which the log does not tell the number. */
const NO_PROCESS = '\0' + '0';

/** A record and where its line is. */
export interface Placed {
  readonly record: LogRecord;
  readonly place: Place;
}

/** What is known of a message by which it may be known again before it has its queue id. */
export interface Beginning {
  readonly client?: Client | undefined;
  readonly from?: string | undefined;
}

/** Something that was said of a message that had no queue id yet. */
export interface Waits {
  readonly record: Beginning;
  readonly place: Pick<Place, 'time'>;
}

/** A hold or discard of such a message. */
export interface Waiting extends Waits {
  readonly record: HoldRecord | DiscardRecord;
  readonly place: Place;
}

/** A text of which parts are still to come. */
export interface Unfinished {
  readonly mta: Mta;
  /** Of its first part. */
  readonly time: number;
  text: string;
  number: number;
}

/** What is remembered, by process. Plain data. */
export interface Processes {
  readonly pending: Map<string, Waiting[]>;
  readonly unfinished: Map<string, Unfinished>;
  /** The last line that may come once more. */
  readonly echoes: Map<string, { readonly line: string; readonly time: number }>;
}

/** Gives an empty memory. */
export function noProcesses(): Processes {
  return { pending: new Map(), unfinished: new Map(), echoes: new Map() };
}

/** The process that wrote a line. */
export function processOf({ host, pid }: Place): string {
  return `${host}\0${pid}`;
}

/** Keeps what was said of a message until it has a queue id. */
export function wait({ pending }: Processes, record: Waiting['record'], place: Place): void {
  const session = sessionOf(processOf(place), record);
  // Exim may log the line twice.
  const last = pending.get(session)?.at(-1);
  if (last !== undefined && last.record.to === record.to && place.time - last.place.time <= SECOND) return;
  keepWaiting(pending, session, { record: keepRecord(record), place: { ...place } });
}

/** Keeps something that is said of a message which has no queue id yet. */
export function keepWaiting<T>(pending: Map<string, T[]>, session: string, waiting: T): void {
  const before = pending.get(session);
  if (before !== undefined) {
    if (before.length < MOST_PENDING) before.push(waiting);
    return;
  }
  if (pending.size >= MOST) pending.clear();
  pending.set(session, [waiting]);
}

/** Takes what was said just before of the message that begins now. */
export function takeWaiting<T extends Waits>(
  pending: Map<string, T[]>,
  process: string,
  beginning: Beginning,
  time: number,
): readonly T[] {
  const session = sessionOf(process, beginning);
  // Log files of Exim's name no process: what they say of a local program's mail must not go to a client's.
  const sessions = session === process || process.endsWith(NO_PROCESS) ? [session] : [session, process];
  return sessions.flatMap((key) => {
    const waiting = pending.get(key);
    if (waiting === undefined) return [];
    // A rejectlog may be read before the mainlog: what is of later has its message yet to come.
    const later = waiting.filter(({ place }) => place.time > time);
    if (later.length === 0) pending.delete(key);
    else pending.set(key, later);
    return waiting.filter(({ record, place }) => {
      const longest = record.client === undefined ? PENDING : LONGEST_MESSAGE;
      return place.time <= time && time - place.time <= longest;
    });
  });
}

/** The process, and which of its clients and senders is meant, where that is told. */
export function sessionOf(process: string, { client, from }: Beginning): string {
  return client === undefined ? process : `${process}\0${client.host}\0${client.ip}\0${client.port}\0${from}`;
}

/** Whether this very line came from the same process just before; remembers it if not. */
export function isEcho({ echoes }: Processes, line: string, place: Place): boolean {
  const process = processOf(place);
  const last = echoes.get(process);
  const again = last?.line === line && place.time - last.time <= ECHO;
  if (echoes.size >= MOST && last === undefined) echoes.clear();
  // The next one is a line of its own again.
  echoes.set(process, { line: again ? '' : copy(line), time: place.time });
  return again;
}

/** Begins a text that comes in parts. */
export function beginText({ unfinished }: Processes, { number, text }: PartRecord, place: Place): void {
  if (unfinished.size >= MOST) unfinished.clear();
  unfinished.set(processOf(place), { mta: place.mta, time: place.time, number, text: copy(text) });
}

/** Adds a part that fits to its text. Gives false where it is not the next one. */
export function addPart(unfinished: Unfinished, { number, text }: PartRecord): boolean {
  if (number !== unfinished.number + 1) return false;
  unfinished.number = number;
  if (unfinished.text.length < LONGEST_TEXT) unfinished.text += copy(text);
  return true;
}
