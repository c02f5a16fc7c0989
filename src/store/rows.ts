/**
 * Rows on their way to a store, column by column in ClickHouse's Native format: quick to write here, and quickest to
 * read there. Columns in which no row has anything are left out, which most have few of.
 */
import { createHash } from 'node:crypto';

/** What a column needs for its values to be sent. */
export interface SentColumn {
  readonly name: string;
  /** Type of ClickHouse, without codec. */
  readonly type: string;
}

/** A value for a column; undefined for what stands where nothing is. */
export type Value = string | number | bigint | boolean | null | undefined;

type Present = Exclude<Value, null | undefined>;

/** Rows of one insert. */
export class Rows {
  readonly columns: readonly SentColumn[];
  readonly #writers: readonly ColumnWriter[];
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

  /** Takes a row: its values in the order of the columns. */
  add(values: readonly Value[]): void {
    const row = this.#count;
    // Most columns of most rows have nothing: that is made up for when something comes.
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      if (value !== undefined && value !== null) this.#writers[index]!.add(value, row);
    }
    this.#count = row + 1;
  }

  /** Forgets all rows, and keeps the space. */
  clear(): void {
    for (const writer of this.#writers) writer.clear();
    this.#count = 0;
  }

  /** The rows at those positions. */
  pick(positions: readonly number[]): Rows {
    const picked = new Rows(this.columns);
    this.#fill();
    for (const [index, writer] of this.#writers.entries()) picked.#writers[index]!.copy(writer, positions);
    picked.#count = positions.length;
    return picked;
  }

  #fill(): void {
    for (const writer of this.#writers) writer.fill(this.#count);
  }

  /** Names of the columns that are sent. */
  get names(): string[] {
    return this.columns.filter((_, index) => !this.#writers[index]!.empty).map(({ name }) => name);
  }

  /** One block: numbers of columns and rows; of each column its name, its type and all its values. */
  get parts(): Buffer[] {
    this.#fill();
    const sent = this.columns.flatMap(({ name }, index) => {
      const writer = this.#writers[index]!;
      return writer.empty ? [] : [{ name, writer }];
    });
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
}

/** Takes the values of a column. */
interface ColumnWriter {
  readonly type: string;
  /** No value but what stands where nothing is: the store puts that in by itself. */
  readonly empty: boolean;
  readonly length: number;
  readonly parts: Buffer[];
  /** Takes the value of a row. Rows before it that were left out have nothing. */
  add(value: Present, row: number): void;
  /** Makes up for rows that were left out, up to so many. */
  fill(rows: number): void;
  /** Takes values of another writer of the same kind, in which no row is left out. */
  copy(from: ColumnWriter, positions: readonly number[]): void;
  clear(): void;
}

/** Bytes of a column at first: enough for numbers of some thousand rows. */
const FIRST_LENGTH = 32 * 1024;

/** Up to this length texts are written here; longer ones by Node, whose call costs as much. */
const SHORT = 24;
/** A text of so many UTF-16 units takes less than 128 bytes, whose number is one byte. */
const ONE_BYTE = 42;

/** Texts, each after its length. */
class TextWriter implements ColumnWriter {
  readonly type = 'String';
  empty = true;
  #bytes = Buffer.allocUnsafe(FIRST_LENGTH);
  #end = 0;
  #rows = 0;

  get length(): number {
    return this.#end;
  }

  get parts(): Buffer[] {
    return [this.#bytes.subarray(0, this.#end)];
  }

  fill(rows: number): void {
    const left = rows - this.#rows;
    if (left <= 0) return;
    if (this.#end + left > this.#bytes.length) this.#grow(left);
    this.#bytes.fill(0, this.#end, this.#end + left);
    this.#end += left;
    this.#rows = rows;
  }

  clear(): void {
    this.empty = true;
    this.#end = 0;
    this.#rows = 0;
  }

  add(value: Present, row: number): void {
    if (value === '') return;
    const string = value as string;
    const { length } = string;
    if (row > this.#rows) this.fill(row);
    this.#rows += 1;
    // UTF-8 has at most three bytes for each UTF-16 unit; and the length before it five.
    if (this.#end + 3 * length + 5 > this.#bytes.length) this.#grow(3 * length + 5);
    const bytes = this.#bytes;
    this.empty = false;
    if (length <= SHORT) {
      const begin = this.#end + 1;
      let index = 0;
      for (; index < length; index++) {
        const code = string.charCodeAt(index);
        if (code > 0x7f) break;
        bytes[begin + index] = code;
      }
      if (index === length) {
        bytes[this.#end] = length;
        this.#end = begin + length;
        return;
      }
    }
    // Halves of surrogate pairs, which are no characters, become U+FFFD.
    if (length <= ONE_BYTE) {
      const written = bytes.write(string, this.#end + 1, 'utf8');
      bytes[this.#end] = written;
      this.#end += written + 1;
      return;
    }
    this.#end = writeVarint(bytes, this.#end, Buffer.byteLength(string));
    this.#end += bytes.write(string, this.#end, 'utf8');
  }

  copy(from: TextWriter, positions: readonly number[]): void {
    const wanted = new Set(positions);
    const bytes = from.#bytes;
    let position = 0;
    for (let at = 0; at < from.#end; position++) {
      let end = at;
      let size = 0;
      let shift = 0;
      do {
        size += (bytes[end]! & 0x7f) * 2 ** shift;
        shift += 7;
      } while (bytes[end++]! >= 0x80);
      end += size;
      if (wanted.has(position)) {
        if (this.#end + end - at > this.#bytes.length) this.#grow(end - at);
        bytes.copy(this.#bytes, this.#end, at, end);
        this.#end += end - at;
        this.#rows += 1;
        if (size > 0) this.empty = false;
      }
      at = end;
    }
  }

  #grow(by: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + by));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** A type of numbers, how they lie in memory, and which of them there are. */
interface NumberKind {
  readonly type: string;
  readonly size: number;
  readonly least: number;
  readonly most: number;
  view(bytes: Buffer): Numbers;
}

const kind = (
  type: string,
  size: number,
  least: number,
  most: number,
  view: NumberKind['view'],
): NumberKind => ({
  ...{ type, size, least, most, view },
});

const NUMBERS: readonly NumberKind[] = [
  kind('Bool', 1, 0, 1, ({ buffer }) => new Uint8Array(buffer)),
  kind('Int8', 1, -0x80, 0x7f, ({ buffer }) => new Int8Array(buffer)),
  kind('Int16', 2, -0x8000, 0x7fff, ({ buffer }) => new Int16Array(buffer)),
  kind('UInt16', 2, 0, 0xffff, ({ buffer }) => new Uint16Array(buffer)),
  kind('Int32', 4, -(2 ** 31), 2 ** 31 - 1, ({ buffer }) => new Int32Array(buffer)),
  kind('UInt32', 4, 0, 2 ** 32 - 1, ({ buffer }) => new Uint32Array(buffer)),
  kind('Float32', 4, -Infinity, Infinity, ({ buffer }) => new Float32Array(buffer)),
  kind('Float64', 8, -Infinity, Infinity, ({ buffer }) => new Float64Array(buffer)),
];

/** Values of a fixed size. What was left out is zero, which is there already. */
abstract class FixedWriter implements ColumnWriter {
  readonly type: string;
  empty = true;
  readonly #size: number;
  /** Zero behind the end, and alone in its memory, so that it can be seen as numbers. */
  protected bytes: Buffer = Buffer.alloc(FIRST_LENGTH);
  protected end = 0;

  constructor(type: string, size: number) {
    this.type = type;
    this.#size = size;
  }

  get length(): number {
    return this.end;
  }

  get parts(): Buffer[] {
    return [this.bytes.subarray(0, this.end)];
  }

  abstract add(value: Present, row: number): void;

  /** Called when the bytes lie somewhere else. */
  protected abstract moved(): void;

  fill(rows: number): void {
    this.reserve(rows);
    this.end = rows * this.#size;
  }

  clear(): void {
    this.bytes.fill(0, 0, this.end);
    this.empty = true;
    this.end = 0;
  }

  copy(from: ColumnWriter, positions: readonly number[]): void {
    const { bytes, empty } = from as FixedWriter;
    const size = this.#size;
    this.reserve(positions.length);
    for (const position of positions) {
      bytes.copy(this.bytes, this.end, position * size, (position + 1) * size);
      this.end += size;
    }
    this.empty = empty;
  }

  /** Makes room for so many rows. */
  protected reserve(rows: number): void {
    if (rows * this.#size <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.bytes.length * 2, Math.ceil(rows / 8) * 8 * this.#size));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
    this.moved();
  }
}

class NumberWriter extends FixedWriter {
  readonly #kind: NumberKind;
  #numbers: Numbers;

  constructor(kind: NumberKind) {
    super(kind.type, kind.size);
    this.#kind = kind;
    this.#numbers = kind.view(this.bytes);
  }

  add(value: Present, row: number): void {
    const number = Number(value);
    // Also what is no number.
    if (!number) return;
    const { size, least, most } = this.#kind;
    this.reserve(row + 1);
    // What a log says can be any number: what is too large for its column is the largest that fits.
    this.#numbers[row] = Math.min(most, Math.max(least, number));
    this.empty = false;
    this.end = (row + 1) * size;
  }

  protected moved(): void {
    this.#numbers = this.#kind.view(this.bytes);
  }
}

/** Integers of 64 bits, of which a number fills 53: those that are larger come as what they are. */
class LongWriter extends FixedWriter {
  #halves = new Uint32Array(this.bytes.buffer);
  #wholes = new BigUint64Array(this.bytes.buffer);

  constructor(type: string) {
    super(type, 8);
  }

  add(value: Present, row: number): void {
    this.reserve(row + 1);
    if (typeof value === 'bigint') {
      this.#wholes[row] = value;
    } else {
      const number = Number(value);
      this.#halves[2 * row] = number;
      this.#halves[2 * row + 1] = Math.floor(number / 2 ** 32);
    }
    this.empty = false;
    this.end = (row + 1) * 8;
  }

  protected moved(): void {
    this.#halves = new Uint32Array(this.bytes.buffer);
    this.#wholes = new BigUint64Array(this.bytes.buffer);
  }
}

/** Values that can be absent: which are there, then all of them. */
class PerhapsWriter implements ColumnWriter {
  readonly type: string;
  empty = true;
  readonly #present = new NumberWriter(NUMBERS[0]!);
  readonly #values: ColumnWriter;

  constructor(values: ColumnWriter) {
    this.#values = values;
    this.type = `Nullable(${values.type})`;
  }

  get length(): number {
    return this.#present.length + this.#values.length;
  }

  get parts(): Buffer[] {
    const absent = Buffer.concat(this.#present.parts);
    // The format tells which are absent.
    for (let row = 0; row < absent.length; row++) absent[row]! ^= 1;
    return [absent, ...this.#values.parts];
  }

  add(value: Present, row: number): void {
    this.#present.add(true, row);
    this.#values.add(value, row);
    this.empty = false;
  }

  fill(rows: number): void {
    this.#present.fill(rows);
    this.#values.fill(rows);
  }

  copy(from: PerhapsWriter, positions: readonly number[]): void {
    this.#present.copy(from.#present, positions);
    this.#values.copy(from.#values, positions);
    this.empty = from.empty;
  }

  clear(): void {
    this.#present.clear();
    this.#values.clear();
    this.empty = true;
  }
}

function writerOf(type: string): ColumnWriter {
  const inner = /^(?:Nullable|LowCardinality)\((.+)\)$/.exec(type)?.[1];
  if (inner !== undefined) {
    // What is told few of is told in words: the store makes its own dictionary.
    return type.startsWith('Nullable') ? new PerhapsWriter(writerOf(inner)) : writerOf(inner);
  }
  if (type === 'String') return new TextWriter();
  if (type === 'UInt64' || type.startsWith('DateTime64')) return new LongWriter(type);
  const kind = NUMBERS.find((each) => each.type === type);
  if (kind === undefined) throw new Error(`no way to send ${type}`);
  return new NumberWriter(kind);
}

function writeVarint(bytes: Buffer, at: number, value: number): number {
  let end = at;
  let rest = value;
  while (rest >= 0x80) {
    bytes[end++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[end++] = rest;
  return end;
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(10);
  return bytes.subarray(0, writeVarint(bytes, 0, value));
}

function text(string: string): Buffer {
  const bytes = Buffer.from(string);
  return Buffer.concat([varint(bytes.length), bytes]);
}
