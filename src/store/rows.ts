/**
 * Rows on their way to a store, as a block of ClickHouse's Native format: quick to write here, and quickest to read
 * there. Columns in which no row has anything are left out, which most have few of.
 */
import { createHash } from 'node:crypto';
import { type ColumnWriter, type Value, writerOf, writeVarint } from './columns.ts';

export type { Value } from './columns.ts';

/** What a column needs for its values to be sent. */
export interface SentColumn {
  readonly name: string;
  /** Type of ClickHouse, without codec. */
  readonly type: string;
}

/** Rows that are laid out at once: few enough to stay in the processor's cache. */
const AT_ONCE = 256;

/** Rows of one insert. */
export class Rows {
  readonly columns: readonly SentColumn[];
  readonly #writers: readonly ColumnWriter[];
  /** The latest rows, which the writers do not have yet. */
  #latest: (readonly Value[])[] = [];
  #count = 0;

  constructor(columns: readonly SentColumn[]) {
    this.columns = columns;
    this.#writers = columns.map(({ type }) => writerOf(type));
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes, about. */
  get length(): number {
    return this.#writers.reduce((sum, { length }) => sum + length, 0);
  }

  /** Takes a row: its values in the order of the columns. They must not change any more. */
  add(values: readonly Value[]): void {
    this.#latest.push(values);
    this.#count += 1;
    if (this.#latest.length >= AT_ONCE) this.#layOut();
  }

  /** Forgets all rows, and keeps the space. */
  clear(): void {
    for (const writer of this.#writers) writer.clear();
    this.#latest = [];
    this.#count = 0;
  }

  /** The rows at those positions. */
  pick(positions: readonly number[]): Rows {
    this.#layOut();
    const picked = new Rows(this.columns);
    for (const [index, writer] of this.#writers.entries()) picked.#writers[index]!.copy(writer, positions);
    picked.#count = positions.length;
    return picked;
  }

  /** The values of a column of whole numbers. */
  numbersOf(column: string): ArrayLike<number> {
    this.#layOut();
    const numbers = this.#writers[this.columns.findIndex(({ name }) => name === column)]?.numbers;
    if (numbers === undefined) throw new Error(`${column} is no column of numbers`);
    return numbers;
  }

  /** Names of the columns that are sent. */
  get names(): string[] {
    return this.#sent.map(({ name }) => name);
  }

  /** One block: numbers of columns and rows; of each column its name, its type and all its values. */
  get parts(): Buffer[] {
    const sent = this.#sent;
    return [
      Buffer.concat([varint(sent.length), varint(this.#count)]),
      ...sent.flatMap(({ name, writer }) => [
        Buffer.concat([text(name), text(writer.type)]),
        ...writer.parts,
      ]),
    ];
  }

  /** A name that only the same rows have. */
  get token(): string {
    const hash = createHash('sha256');
    for (const part of this.parts) hash.update(part);
    return hash.digest('hex').slice(0, 32);
  }

  get #sent(): { readonly name: string; readonly writer: ColumnWriter }[] {
    this.#layOut();
    return this.columns.flatMap(({ name }, index) => {
      const writer = this.#writers[index]!;
      return writer.empty ? [] : [{ name, writer }];
    });
  }

  #layOut(): void {
    const rows = this.#latest;
    if (rows.length === 0) return;
    this.#latest = [];
    for (const [position, writer] of this.#writers.entries()) writer.add(rows, position);
  }
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(10);
  return bytes.subarray(0, writeVarint(bytes, 0, value));
}

function text(string: string): Buffer {
  const bytes = Buffer.from(string);
  return Buffer.concat([varint(bytes.length), bytes]);
}
