/** What is said of a message before it has a queue id: by the same process, or of the same client and sender. */
import type { Client } from '../../parsers/contract.ts';
import type { Place } from './transaction.ts';

const SECOND = 1000;

/** smtpd logs `NOQUEUE: hold: RCPT …` and the queue id of that message right after. */
const RIGHT_AFTER = 10 * SECOND;
/** Exim tells of a recipient that it discards, then reads the message, and gives it its id when all is there. */
const LONGEST_MESSAGE = 600 * SECOND;
/** So much waits at most; then it is begun anew. */
const MOST = 20_000;

/** How the name of a process ends of which the log does not tell the number. */
const NO_PROCESS = '\0' + '0';

/** What is known of a message by which it may be known again. */
export interface Beginning {
  readonly client?: Client | undefined;
  readonly from?: string | undefined;
}

/** Something that was said of a message, and when. */
export interface Waiting {
  readonly record: Beginning;
  readonly place: Pick<Place, 'time'>;
}

/** All that waits. Plain data. */
export interface Pending<T> {
  readonly sessions: Map<string, T[]>;
  count: number;
}

/** Gives what nothing waits in. */
export function nonePending<T>(): Pending<T> {
  return { sessions: new Map(), count: 0 };
}

/** Keeps what a process said of a message that has no queue id yet. */
export function keepPending<T extends Waiting>(pending: Pending<T>, process: string, waiting: T): void {
  if (pending.count >= MOST) {
    pending.sessions.clear();
    pending.count = 0;
  }
  const session = sessionOf(process, waiting.record);
  const before = pending.sessions.get(session);
  if (before === undefined) pending.sessions.set(session, [waiting]);
  else before.push(waiting);
  pending.count += 1;
}

/** What was said last of a message of which that is known. */
export function lastPending<T>(
  { sessions }: Pending<T>,
  process: string,
  beginning: Beginning,
): T | undefined {
  return sessions.get(sessionOf(process, beginning))?.at(-1);
}

/** Takes what was said just before of the message that begins now. */
export function takePending<T extends Waiting>(
  pending: Pending<T>,
  process: string,
  beginning: Beginning,
  time: number,
): readonly T[] {
  const session = sessionOf(process, beginning);
  // Log files of Exim's name no process: what they say of a local program's mail must not go to a client's.
  const keys = session === process || process.endsWith(NO_PROCESS) ? [session] : [session, process];
  return keys.flatMap((key) => {
    const waiting = pending.sessions.get(key);
    if (waiting === undefined) return [];
    // A rejectlog may be read before the mainlog: what is of later has its message yet to come.
    const later = waiting.filter(({ place }) => place.time > time);
    if (later.length === 0) pending.sessions.delete(key);
    else pending.sessions.set(key, later);
    pending.count -= waiting.length - later.length;
    return waiting.filter(({ record, place }) => {
      const longest = record.client === undefined ? RIGHT_AFTER : LONGEST_MESSAGE;
      return place.time <= time && time - place.time <= longest;
    });
  });
}

/** The process, and which of its clients and senders is meant, where that is told. */
function sessionOf(process: string, { client, from }: Beginning): string {
  return client === undefined ? process : `${process}\0${client.host}\0${client.ip}\0${client.port}\0${from}`;
}
