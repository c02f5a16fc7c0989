/**
 * The table `records`: all that the tracker tells, one row a call, in the order of the log.
 *
 * Events have the columns of the contract. What is no event (a message that was resumed, closed or retracted, a
 * notice) is a row too, with a `type` of its own: from all of them together a report is counted anew, to the last
 * digit. The view `events` shows the events alone. A row of type `moved` tells that recipients left the place where
 * an earlier row had put them, so that a report is also the sum of what its rows change.
 */
import type { DeliveryEvent } from '../event/event.ts';
import type { SentColumn, Value } from './rows.ts';

/** A column: its type, and what else its definition says. Zero or the empty text stands where a value is absent. */
export interface Column<Name extends string = string> {
  readonly name: Name;
  readonly type: string;
  readonly more: string;
}

const column = <N extends string>(name: N, type: string, more = 'CODEC(ZSTD(1))'): Column<N> => ({
  name,
  type,
  more,
});
const few = <N extends string>(name: N): Column<N> => column(name, 'LowCardinality(String)', '');
const text = <N extends string>(name: N): Column<N> => column(name, 'String');
/** Where the empty text or zero means something else than nothing. */
const perhaps = <N extends string>(name: N, type: string): Column<N> => column(name, `Nullable(${type})`);
const moment = <N extends string>(name: N): Column<N> =>
  column(name, "DateTime64(6, 'UTC')", 'CODEC(Delta, ZSTD(1))');
const offset = <N extends string>(name: N): Column<N> => column(name, 'UInt64', 'CODEC(Delta, ZSTD(1))');
const flag = <N extends string>(name: N): Column<N> => column(name, 'Bool');

/** Where a row comes from. The three together are its identity: the same on every load. */
export const PLACE_COLUMNS: readonly Column[] = [
  /** Hash of the beginning of the log, whatever the file is called now. */
  column('source_id', 'UInt64'),
  /** Byte of the log where the line begins that was being read. */
  offset('line'),
  /** Which of the line's rows it is. */
  column('part', 'UInt32'),
];

/** The fields of the public event, under their own names. `schema` is the same for all and not kept. */
export const EVENT_COLUMNS: readonly Column<keyof DeliveryEvent>[] = [
  text('event_id'),
  moment('time'),
  few('type'),
  few('status'),
  flag('final'),
  flag('hop'),
  flag('suspended'),
  few('mta'),
  few('host'),
  few('instance'),
  text('queue_id'),
  text('parent_queue_id'),
  text('message_id'),
  perhaps('from', 'String'),
  perhaps('to', 'String'),
  text('orig_to'),
  perhaps('size', 'UInt64'),
  perhaps('recipients', 'UInt32'),
  text('client_host'),
  text('client_ip'),
  text('auth_user'),
  text('helo'),
  text('relay_host'),
  text('relay_ip'),
  column('relay_port', 'UInt16'),
  few('transport'),
  few('provider'),
  column('attempt', 'UInt32'),
  perhaps('delay', 'Float64'),
  perhaps('delay_before_queue', 'Float64'),
  perhaps('delay_in_queue', 'Float64'),
  perhaps('delay_connect', 'Float64'),
  perhaps('delay_transmit', 'Float64'),
  few('tls'),
  column('reply_code', 'UInt16'),
  few('enhanced_code'),
  few('dsn'),
  few('stage'),
  text('diagnostic'),
  few('cause'),
  few('detail'),
  few('kind'),
  perhaps('confidence', 'Float32'),
  few('rule'),
  few('source_file'),
  offset('source_offset'),
];

/** What a report needs besides: whom the row is about, and what it changes in the sums (see `ledger.ts`). */
export const REPORT_COLUMNS: readonly Column[] = [
  /** Tells messages apart: one life of a queue id. */
  column('message', 'UInt64'),
  /** How many recipients the row speaks for. */
  column('count', 'UInt32'),
  /** The recipient had an event before. */
  flag('again'),
  /** A failure that findings count. */
  flag('failed'),
  /** Where: the provider, or the recipient's domain with its `@`. */
  text('place'),
  /** The sender's domain with its `@`, where the cause of the failure, or of the one before, is the sender's. */
  text('blamed'),
  /** The recipient's event before failed for the same cause. */
  flag('repeats'),
  /** The message has failed for this cause for the first time; at this place for the first time. */
  flag('new_to_cause'),
  flag('new_to_place'),
  /** The recipient's event before was a deferral. */
  flag('waited'),
  /** The recipient's failure before: when it was and, of what was delivered after it, all else; see `failure.ts`. */
  moment('prior_time'),
  few('prior_cause'),
  few('prior_detail'),
  few('prior_kind'),
  text('prior_place'),
  /** The reply without the MTA's wrapping, of failures; of what is held without a reason, that of the failure before. */
  text('reply'),
  /** Of a notice. */
  few('severity'),
  few('program'),
  /** The same for texts that differ only in names and numbers: of failures, refusals and notices. */
  column('shape', 'UInt32'),
  /** The message's first event; the epoch where there is no message. */
  moment('begun'),
  /** The message's latest event until then, where that is later than this one: a clock was set back. */
  moment('set_back'),
  /** Where recipients stand from here on. */
  few('state'),
  /** How many recipients, less than none where they no longer do. */
  column('placed', 'Int32'),
  /** What is counted is a notice, and not mail that somebody wrote. */
  flag('notification'),
  /** Recipients that wait and that no event has named. */
  column('unnamed', 'Int32'),
  /** Recipients of an attempt, or of a refusal. */
  column('tried', 'UInt32'),
  /** Messages. */
  column('messages', 'Int8'),
  /** Messages that have recipients in the row's cause. */
  column('standing', 'Int8'),
  /** Recipients that were delivered after they had failed so. */
  column('recovered', 'UInt32'),
  /** Of a delivered recipient: its delay, in steps that grow by a constant factor. Less than none for all others. */
  column('delay_bucket', 'Int16'),
  /** The other side, as reports name it: a recipient's domain, or the client that was refused. */
  perhaps('peer', 'String'),
  /** In lower case. */
  perhaps('sender', 'String'),
];

export const COLUMNS: readonly Column[] = [...PLACE_COLUMNS, ...EVENT_COLUMNS, ...REPORT_COLUMNS];

/** The same as they are sent. */
export const SENT_COLUMNS: readonly SentColumn[] = COLUMNS.map(({ name, type }) => ({ name, type }));

/** Values of an event's columns, or of some of them. */
export type RecordFields = { readonly [K in keyof DeliveryEvent]?: Value };
