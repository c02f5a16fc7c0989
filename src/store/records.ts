/**
 * The table `records`: all that the tracker tells, one row a call, in the order of the log.
 *
 * Events have the columns of the contract. What is no event (a message that was resumed, closed or retracted, a
 * notice) is a row too, with a `type` of its own: from all of them together a report is counted anew, to the last
 * digit. The view `events` shows the events alone.
 */
import type { DeliveryEvent } from '../event/event.ts';
import type { Cell } from './store.ts';

/** A column: its type with its codec, and what stands where the value is absent. */
export interface Column<Name extends string = string> {
  readonly name: Name;
  readonly type: string;
  readonly absent: Cell;
}

const few = <N extends string>(name: N): Column<N> => ({ name, type: 'LowCardinality(String)', absent: '' });
const text = <N extends string>(name: N): Column<N> => ({ name, type: 'String CODEC(ZSTD(1))', absent: '' });
/** Where the empty text or zero means something else than nothing. */
const perhaps = <N extends string>(name: N, type: string): Column<N> => ({
  name,
  type: `Nullable(${type}) CODEC(ZSTD(1))`,
  absent: null,
});
const number = <N extends string>(name: N, type: string, codec = 'ZSTD(1)'): Column<N> => ({
  name,
  type: `${type} CODEC(${codec})`,
  absent: 0,
});
const flag = <N extends string>(name: N): Column<N> => ({ name, type: 'Bool CODEC(ZSTD(1))', absent: false });

/** Where a row comes from. The three together are its identity: the same on every load. */
export const PLACE_COLUMNS: readonly Column[] = [
  /** Hash of the beginning of the log, whatever the file is called now. */
  number('source_id', 'UInt64'),
  /** Byte of the log where the line begins that was being read. */
  number('line', 'UInt64', 'Delta, ZSTD(1)'),
  /** Which of the line's rows it is. */
  number('part', 'UInt32'),
];

/** The fields of the public event, under their own names. `schema` is the same for all and not kept. */
export const EVENT_COLUMNS: readonly Column<keyof DeliveryEvent>[] = [
  text('event_id'),
  { name: 'time', type: "DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1))", absent: 0 },
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
  number('relay_port', 'UInt16'),
  few('transport'),
  few('provider'),
  number('attempt', 'UInt32'),
  perhaps('delay', 'Float64'),
  perhaps('delay_before_queue', 'Float64'),
  perhaps('delay_in_queue', 'Float64'),
  perhaps('delay_connect', 'Float64'),
  perhaps('delay_transmit', 'Float64'),
  few('tls'),
  number('reply_code', 'UInt16'),
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
  number('source_offset', 'UInt64', 'Delta, ZSTD(1)'),
];

/** What a report needs besides. */
export const REPORT_COLUMNS: readonly Column[] = [
  /** Tells messages apart: one life of a queue id. */
  number('message', 'UInt64'),
  /** How many recipients the row speaks for. */
  number('count', 'UInt32'),
  /** The reply without the MTA's wrapping, of failures. */
  text('reply'),
  /** Of a notice. */
  few('severity'),
  few('program'),
];

export const COLUMNS: readonly Column[] = [...PLACE_COLUMNS, ...EVENT_COLUMNS, ...REPORT_COLUMNS];

export const COLUMN_NAMES: readonly string[] = COLUMNS.map(({ name }) => name);

/** The recipient's domain, as the projection of days spells it: questions must use the same words to be answered from it. */
export const DOMAIN = "lower(substringIndex(`to`, '@', -1))";

/** Values of an event's columns, or of some of them. */
export type RecordFields = { readonly [K in keyof DeliveryEvent]?: Cell | undefined };

/** All cells of a row in the order of the columns. */
export function cellsOf(place: readonly Cell[], fields: RecordFields, report: readonly Cell[]): Cell[] {
  const cells = [...place];
  for (const { name, absent } of EVENT_COLUMNS) cells.push(fields[name] ?? absent);
  cells.push(...report);
  return cells;
}
