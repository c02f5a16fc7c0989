/**
 * Tables of counters that stay small whatever the log holds, and that can be added to each other.
 *
 * A row can be folded into another one: into the row of the same key when two tables are merged, into the table's
 * `other` row when the table overflows. A folded row points to where its counts went, so that whoever still holds
 * it takes back from the right place. Rows and tables are plain data: `structuredClone` and `postMessage` keep
 * them, with the references between them.
 */
import { copy } from '../../parsers/copy.ts';

/** What every row has. `into` is set once the row was folded: its counts are there now. */
export interface Row<R> {
  readonly key: string;
  into: R | undefined;
}

/** Rows by key; `other` holds the sum of what no longer has a row of its own. */
export interface Table<R> {
  readonly rows: Map<string, R>;
  other: R | undefined;
}

/** What the functions here need to know about one kind of row. */
export interface RowKind<R> {
  /** Rows that a table of this kind holds at most. */
  readonly limit: number;
  make(key: string): R;
  /** Adds the counts of `from` to `into`. */
  add(into: R, from: R): void;
  /** How much would be lost from sight by folding the row: the lightest are folded first. */
  weight(row: R): number;
}

/** Key of the row that stands for all folded ones. Its parentheses keep it apart from domains and addresses. */
export const OTHER = '(other)';

/** No domain, address or host name is longer; what is cut off a longer key is noise. */
const LONGEST_KEY = 320;

/** Gives an empty table. */
export function emptyTable<R>(): Table<R> {
  return { rows: new Map(), other: undefined };
}

/** Gives the row that holds the counts of `row` today. */
export function live<R extends Row<R>>(row: R): R {
  let end = row;
  while (end.into !== undefined) end = end.into;
  // Long chains would be walked again by everyone who holds the row: shorten them.
  if (row.into !== undefined && row.into !== end) row.into = end;
  return end;
}

/** Gives the row for `key`, which may be a slice of a batch; makes it at first sight. */
export function rowFor<R extends Row<R>>(table: Table<R>, kind: RowKind<R>, key: string): R {
  return table.rows.get(key) ?? insert(table, kind, key);
}

/** As `rowFor`, for keys whose letter case does not matter: rows are kept in lower case. */
export function rowForName<R extends Row<R>>(table: Table<R>, kind: RowKind<R>, name: string): R {
  const known = table.rows.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  return lower === name ? insert(table, kind, name) : rowFor(table, kind, lower);
}

/** The key under which `rowForName` keeps a name. */
export function foldedKey(name: string): string {
  return name.toLowerCase().slice(0, LONGEST_KEY);
}

/** Makes the row for a key that has none. */
function insert<R extends Row<R>>(table: Table<R>, kind: RowKind<R>, wanted: string): R {
  if (wanted.length > LONGEST_KEY) return rowFor(table, kind, wanted.slice(0, LONGEST_KEY));
  const key = copy(wanted);
  // A row as heavy as nothing would be the first to go: make room before it comes.
  if (table.rows.size >= kind.limit) foldRarest(table, kind);
  const row = kind.make(key);
  table.rows.set(key, row);
  return row;
}

/** Adds all rows of `from` to `into`. `from` is spent: its rows live on in `into`. */
export function mergeTables<R extends Row<R>>(into: Table<R>, from: Table<R>, kind: RowKind<R>): void {
  for (const [key, row] of from.rows) {
    const same = into.rows.get(key);
    if (same === undefined) into.rows.set(key, row);
    else fold(same, row, kind);
  }
  if (from.other !== undefined) foldIntoOther(into, from.other, kind);
  while (into.rows.size > kind.limit) foldRarest(into, kind);
}

/**
 * Folds every row that is no heavier than the median, so that the cost is spread over many insertions. The choice
 * depends on the weights alone: a table of nothing but single counts, which is noise, is folded whole.
 */
function foldRarest<R extends Row<R>>(table: Table<R>, kind: RowKind<R>): void {
  const rows = [...table.rows.values()];
  const weights = Float64Array.from(rows, (row) => kind.weight(row));
  const median = weights.slice().sort()[(weights.length - 1) >> 1]!;
  rows.forEach((row, index) => {
    if (weights[index]! > median) return;
    table.rows.delete(row.key);
    foldIntoOther(table, row, kind);
  });
}

function foldIntoOther<R extends Row<R>>(table: Table<R>, row: R, kind: RowKind<R>): void {
  table.other ??= kind.make(OTHER);
  fold(table.other, row, kind);
}

function fold<R extends Row<R>>(into: R, from: R, kind: RowKind<R>): void {
  kind.add(into, from);
  from.into = into;
}

/** Orders texts by code unit: the same everywhere, whatever the locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
