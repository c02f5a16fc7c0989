/**
 * What this program asks of a store, whichever it is. It is narrow on purpose: each thing that the back ends do
 * wrong cannot be said through it.
 *
 * - Rows are handed over as values and encoded here, one JSON array a line. The embedded engine ends inline data at
 *   the first blank line and runs the rest as SQL; JSON strings hold no line break, and no row is empty.
 *   It reads standard input as data too if that is a pipe: it gets its rows from a file of their own.
 * - Settings stand in the statement. Beside it they would stick to the embedded connection and change later inserts.
 * - Values from outside are parameters, bound by the engine by type: `{name:Type}` in the statement.
 * - Every question ends by itself after a time, since giving up waiting does not stop the embedded engine.
 * - An insert resolves only if the store took every row; a server is asked how many it wrote.
 */
import type { Address } from './address.ts';

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
   * Inserts the rows of a batch.
   * @param token the same for each try with the same rows: a server takes them once
   */
  insert(table: string, columns: readonly string[], rows: RowText, token?: string): Promise<void>;
  close(): Promise<void>;
}

/** Rows in the form in which they are sent. */
export class RowText {
  #lines: string[] = [];
  #length = 0;

  get count(): number {
    return this.#lines.length;
  }

  /** Characters. */
  get length(): number {
    return this.#length;
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  add(cells: readonly Cell[]): void {
    const line = encode(cells);
    this.#lines.push(line);
    this.#length += line.length + 1;
  }

  /** The rows at those positions. */
  pick(positions: readonly number[]): RowText {
    const picked = new RowText();
    for (const position of positions) {
      const line = this.#lines[position]!;
      picked.#lines.push(line);
      picked.#length += line.length + 1;
    }
    return picked;
  }
}

/** Half of a surrogate pair is no character; a whole batch would be refused for it. */
function encode(cells: readonly Cell[]): string {
  const line = JSON.stringify(cells);
  // JSON.stringify writes halves, and nothing else, as \ud800 to \udfff.
  if (!line.includes('\\ud')) return line;
  return JSON.stringify(cells.map((cell) => (typeof cell === 'string' ? cell.toWellFormed() : cell)));
}
