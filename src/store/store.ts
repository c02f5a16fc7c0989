/**
 * What this program asks of a store, whichever it is. It is narrow on purpose: each thing that the back ends do
 * wrong cannot be said through it.
 *
 * - Rows are handed over as values, and never stand within a statement: the embedded engine ends inline data at the
 *   first blank line and runs the rest as SQL. It reads standard input as data too if that is a pipe: it gets its rows
 *   from a file of their own.
 * - Settings stand in the statement. Beside it they would stick to the embedded connection and change later inserts.
 * - Values from outside are parameters, bound by the engine by type: `{name:Type}` in the statement.
 * - Every question ends by itself after a time, since giving up waiting does not stop the embedded engine.
 * - An insert resolves only if the store took every row; a server is asked how many it wrote.
 */
import type { Address } from './address.ts';
import type { Rows } from './rows.ts';

/** A value in a row or of a parameter. Large integers are decimal texts. */
export type Cell = string | number | boolean | null;

/** Values for `{name:Type}` in a statement. */
export type Parameters = Readonly<Record<string, Cell | readonly Cell[]>>;

/** What a question gives. */
export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** One ClickHouse, embedded or a server. */
export interface Store {
  readonly address: Address;
  /** A statement without an answer: DDL. */
  command(statement: string): Promise<void>;
  /** A question: one SELECT. The whole answer comes at once, so that a failure half-way is no short answer. */
  ask(question: string, parameters?: Parameters): Promise<Answer>;
  /**
   * Inserts rows.
   * @param token the same for each try with the same rows: a server takes them once
   */
  insert(table: string, rows: Rows, token?: string): Promise<void>;
  close(): Promise<void>;
}
