/**
 * What a tracker that continues another one leaves to it: records of messages whose beginning it has not seen, and what
 * the part before may know better.
 */
import type { LogRecord } from '../../parsers/contract.ts';
import { keepRecord } from './keep.ts';
import type { Placed } from './processes.ts';
import { RECENTLY } from './queues.ts';
import type { Place, Transaction } from './transaction.ts';

/** What is left to the part before. Plain data. */
export interface Head {
  readonly records: Placed[];
  /** The queue ids that the records speak of. */
  readonly ids: Set<string>;
  /** The messages of the first minutes, which the records may speak of, and the processes that they began with. */
  readonly early: { readonly transaction: Transaction; readonly process: string }[];
  firstTime: number;
}

/** Gives an empty head. */
export function noHead(): Head {
  return { records: [], ids: new Set(), early: [], firstTime: Number.NaN };
}

/** Whether the part before may have seen the beginning of what is going on. */
export function isEarly(head: Head, time: number, within = RECENTLY): boolean {
  if (Number.isNaN(head.firstTime)) head.firstTime = time;
  return time <= head.firstTime + within;
}

/** Leaves a record to the part before. */
export function setAside(head: Head, record: LogRecord, place: Place): void {
  const kept = keepRecord(record);
  if ('queueId' in kept && kept.queueId !== undefined) head.ids.add(keyOf(place, kept.queueId));
  head.records.push({ record: kept, place: { ...place } });
}

/** Whether a record of that message was left to the part before. */
export function isAside({ ids }: Head, queueId: string, place: Place): boolean {
  return ids.size > 0 && ids.has(keyOf(place, queueId));
}

function keyOf({ host, instance }: Place, queueId: string): string {
  return `${host}\0${instance}\0${queueId}`;
}
