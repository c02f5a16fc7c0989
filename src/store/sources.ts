/** The table `sources`: which logs a store holds, and what was in them. */
import type { Mta } from '../event/event.ts';
import { type ArchiveOptions, hash64 } from './archive.ts';
import { Rows, type SentColumn, type Value } from './rows.ts';
import type { Cell, Store } from './store.ts';

/** Bytes at the beginning of a log by which it is known again. */
export const HEAD_LENGTH = 4096;

/** A log, whatever its file is called. */
export interface StoredSource {
  readonly id: string;
  /** Its first whole lines. */
  readonly head: string;
  readonly name: string;
  readonly mta: Mta | undefined;
  readonly lines: number;
  readonly used: number;
  readonly ignored: number;
  readonly unparsed: number;
  /** Messages that were given up because too many were open. */
  readonly evicted: number;
  /** How far it was read. */
  readonly bytes: number;
  /** Earliest and latest stamp in milliseconds UTC. */
  readonly first: number | undefined;
  readonly last: number | undefined;
}

const COLUMNS: readonly SentColumn[] = [
  { name: 'source_id', type: 'UInt64' },
  { name: 'head', type: 'String' },
  { name: 'name', type: 'String' },
  { name: 'mta', type: 'String' },
  { name: 'lines', type: 'UInt64' },
  { name: 'used', type: 'UInt64' },
  { name: 'ignored', type: 'UInt64' },
  { name: 'unparsed', type: 'UInt64' },
  { name: 'evicted', type: 'UInt64' },
  { name: 'bytes', type: 'UInt64' },
  { name: 'first', type: "Nullable(DateTime64(6, 'UTC'))" },
  { name: 'last', type: "Nullable(DateTime64(6, 'UTC'))" },
];

/** All logs in the order of their time. */
export async function storedSources(store: Store): Promise<StoredSource[]> {
  const { rows } = await store.ask(
    'SELECT toString(source_id), head, name, mta, lines, used, ignored, unparsed, evicted, bytes, ' +
      'toUnixTimestamp64Micro(first), toUnixTimestamp64Micro(last) FROM sources FINAL',
  );
  const time = (cell: Cell | undefined): number | undefined =>
    cell === null || cell === undefined ? undefined : Number(cell) / 1000;
  return rows
    .map(
      (row): StoredSource => ({
        id: String(row[0]),
        head: String(row[1]),
        name: String(row[2]),
        mta: (row[3] || undefined) as Mta | undefined,
        lines: Number(row[4]),
        used: Number(row[5]),
        ignored: Number(row[6]),
        unparsed: Number(row[7]),
        evicted: Number(row[8]),
        bytes: Number(row[9]),
        first: time(row[10]),
        last: time(row[11]),
      }),
    )
    .sort((a, b) => (a.first ?? Infinity) - (b.first ?? Infinity) || (a.name < b.name ? -1 : 1));
}

/** Writes what is now known of a log. */
export async function writeSource(store: Store, source: StoredSource): Promise<void> {
  const rows = new Rows(COLUMNS);
  const time = (value: number | undefined): Value =>
    value === undefined ? undefined : Math.round(value * 1000);
  const { id, head, name, mta, lines, used, ignored, unparsed, evicted, bytes, first, last } = source;
  rows.add([
    BigInt(id),
    head,
    name,
    mta,
    lines,
    used,
    ignored,
    unparsed,
    evicted,
    bytes,
    time(first),
    time(last),
  ]);
  await store.insert('sources', rows, `s${rows.token}`);
}

/**
 * The first whole lines of a log, as text: what its identity is made of.
 * @param beginning the first bytes: `HEAD_LENGTH` of them, or all there are
 */
export function headOf(beginning: Buffer): string {
  const head = beginning.subarray(0, HEAD_LENGTH);
  const end = head.lastIndexOf('\n');
  return head.toString('latin1', 0, end < 0 ? head.length : end + 1);
}

/**
 * Finds a log again that has grown since, or of which a shorter copy comes. A name tells nothing: logs are rotated.
 * @returns what is known of it, or undefined for a new one
 */
export function recognise(known: readonly StoredSource[], head: string): StoredSource | undefined {
  return known.find((source) => head.startsWith(source.head) || source.head.startsWith(head));
}

/** The id of a new log. */
export function idOf(head: string): ArchiveOptions['sourceIds'][number] {
  return hash64(head).toString();
}

/**
 * How many refusals of a log are in the store from another one too: Exim writes each to its mainlog and its rejectlog,
 * and logs that are loaded one by one are not compared line by line.
 * @param from earliest and latest stamp of the log in milliseconds UTC
 */
export async function refusalsElsewhere(store: Store, id: string, from: number, to: number): Promise<number> {
  const { rows } = await store.ask(
    "SELECT count() FROM records WHERE source_id = {source:UInt64} AND type = 'rejected' AND event_id IN " +
      "(SELECT event_id FROM records WHERE source_id != {source:UInt64} AND type = 'rejected' AND mta = 'exim' " +
      'AND time BETWEEN fromUnixTimestamp64Milli({from:Int64}) AND fromUnixTimestamp64Milli({to:Int64}))',
    { source: id, from: Math.floor(from), to: Math.ceil(to) },
  );
  return Number(rows[0]?.[0] ?? 0);
}
