/**
 * Refusals of which the MTA tells the client, and the sender, only at the end of the transaction: they wait for that line.
 */
import type { RejectRecord } from '../../parsers/contract.ts';
import { copy, keepReject } from './keep.ts';
import type { Place } from './transaction.ts';

/** A client that is slow, or is made slow, is not waited for longer. */
const LONGEST_WAIT = 120_000;
/** Refusals that wait at most: beyond, they are told as they are. */
const MOST = 5000;
/** Longer lines do not wait: sendmail writes none. */
const LONGEST_LINE = 4096;

/** A refusal and where its line is. */
export interface Withheld {
  readonly record: RejectRecord;
  readonly place: Place;
  /** The line itself. */
  readonly line: string;
}

/** What waits, by message, the one that has waited longest first. Plain data. */
export interface WithheldState {
  readonly byMessage: Map<string, Withheld[]>;
  count: number;
}

/** Gives a state in which nothing waits. */
export function noneWithheld(): WithheldState {
  return { byMessage: new Map(), count: 0 };
}

/** Keeps a refusal back. Gives false where it cannot wait. */
export function withhold(
  state: WithheldState,
  queueId: string,
  record: RejectRecord,
  place: Place,
  line: string,
): boolean {
  if (state.count >= MOST || line.length > LONGEST_LINE) return false;
  const withheld = { record: keepReject(record), place: { ...place }, line: copy(line) };
  const key = keyOf(queueId, place);
  const others = state.byMessage.get(key);
  if (others === undefined) state.byMessage.set(copy(key), [withheld]);
  else others.push(withheld);
  state.count += 1;
  return true;
}

/** Takes what waits for the end of this message's transaction. */
export function takeWithheld(state: WithheldState, queueId: string, place: Place): readonly Withheld[] {
  return take(state, keyOf(queueId, place));
}

/** Takes what has waited for too long by now; all of it, if there is no later. */
export function takeOverdue(state: WithheldState, now = Infinity): readonly Withheld[] {
  const overdue: Withheld[] = [];
  for (const [key, [first]] of state.byMessage) {
    if (now - first!.place.time <= LONGEST_WAIT) break;
    overdue.push(...take(state, key));
  }
  return overdue;
}

function take(state: WithheldState, key: string): readonly Withheld[] {
  const withheld = state.byMessage.get(key);
  if (withheld === undefined) return [];
  state.byMessage.delete(key);
  state.count -= withheld.length;
  return withheld;
}

function keyOf(queueId: string, { host, instance }: Place): string {
  return `${host}\0${instance}\0${queueId}`;
}
