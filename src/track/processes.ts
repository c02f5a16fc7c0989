/**
 * What is remembered of processes, whose lines belong together although none names a message: texts in parts, lines that
 * come twice, and what is said of a message before it has a queue id.
 */
import type { DiscardRecord, HoldRecord, LogRecord, PartRecord } from '../../parsers/contract.ts';
import type { Mta } from '../event/event.ts';
import { copy, keepRecord } from './keep.ts';
import { keepPending, lastPending, nonePending, type Pending } from './pending.ts';
import type { Place } from './transaction.ts';

const SECOND = 1000;

/** A line that comes twice, once for each of an MTA's logs, comes again at once. */
const ECHO = 10 * SECOND;
/** A text in parts is not longer than this; what is beyond it is left away. */
const LONGEST_TEXT = 64 * 1024;
/** Processes of which something is remembered; then the table is begun anew. */
const MOST = 10_000;

/** A record and where its line is. */
export interface Placed {
  readonly record: LogRecord;
  readonly place: Place;
}

/** A hold or discard of a message that had no queue id yet. */
export interface Waiting {
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
  readonly pending: Pending<Waiting>;
  readonly unfinished: Map<string, Unfinished>;
  /** The last line that may come once more. */
  readonly echoes: Map<string, { readonly line: string; readonly time: number }>;
}

/** Gives an empty memory. */
export function noProcesses(): Processes {
  return { pending: nonePending(), unfinished: new Map(), echoes: new Map() };
}

/** The process that wrote a line. */
export function processOf({ host, pid }: Place): string {
  return `${host}\0${pid}`;
}

/** Keeps what was said of a message until it has a queue id. */
export function wait({ pending }: Processes, record: Waiting['record'], place: Place): void {
  const process = processOf(place);
  // Exim may log the line twice.
  const last = lastPending(pending, process, record);
  if (last !== undefined && last.record.to === record.to && place.time - last.place.time <= SECOND) return;
  keepPending(pending, process, { record: keepRecord(record), place: { ...place } });
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
