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

  /** The values of a column of whole numbers. */
  numbersOf(column: string): ArrayLike<number> {
    this.#fill();
    const writer = this.#writers[this.columns.findIndex(({ name }) => name === column)];
    if (writer instanceof NumberWriter) return writer.values;
    if (writer instanceof LongWriter) return Float64Array.from(writer.values, Number);
    throw new Error(`${column} is no column of numbers`);
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

/** Bytes of a column of texts at first, and rows of one of numbers: enough for what comes in a second. */
const FIRST_LENGTH = 32 * 1024;
const FIRST_ROWS = 1024;

/** Up to this length texts are written here; longer ones by Node, whose call costs as much. */
const SHORT = 40;
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

/** A type of numbers, how they lie in a block, and which of them there are. */
interface NumberKind {
  readonly type: string;
  readonly size: number;
  readonly least: number;
  readonly most: number;
  lay(numbers: Float64Array): ArrayBufferView;
}

const kind = (
  type: string,
  size: number,
  least: number,
  most: number,
  lay: NumberKind['lay'],
): NumberKind => ({
  ...{ type, size, least, most, lay },
});

const NUMBERS: readonly NumberKind[] = [
  kind('Bool', 1, 0, 1, (numbers) => new Uint8Array(numbers)),
  kind('Int8', 1, -0x80, 0x7f, (numbers) => new Int8Array(numbers)),
  kind('Int16', 2, -0x8000, 0x7fff, (numbers) => new Int16Array(numbers)),
  kind('UInt16', 2, 0, 0xffff, (numbers) => new Uint16Array(numbers)),
  kind('Int32', 4, -(2 ** 31), 2 ** 31 - 1, (numbers) => new Int32Array(numbers)),
  kind('UInt32', 4, 0, 2 ** 32 - 1, (numbers) => new Uint32Array(numbers)),
  kind('Float32', 4, -Infinity, Infinity, (numbers) => new Float32Array(numbers)),
  kind('Float64', 8, -Infinity, Infinity, (numbers) => numbers),
];

const NUMBER_BY_TYPE: Readonly<Record<string, NumberKind>> = Object.fromEntries(
  NUMBERS.map((each) => [each.type, each]),
);

/**
 * Numbers of any kind, which get their own form at last: to write into arrays of many kinds from one place takes
 * several times as long as all of that. What was left out is zero, which is there already.
 */
class NumberWriter implements ColumnWriter {
  readonly type: string;
  empty = true;
  readonly #kind: NumberKind;
  /** Zero behind the end. */
  #values = new Float64Array(FIRST_ROWS);
  #rows = 0;

  constructor(kind: NumberKind) {
    this.type = kind.type;
    this.#kind = kind;
  }

  get length(): number {
    return this.#rows * this.#kind.size;
  }

  get parts(): Buffer[] {
    return [bytesOf(this.#kind.lay(this.values))];
  }

  /** All of them, until the next comes. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#rows);
  }

  add(value: Present, row: number): void {
    const number = Number(value);
    // Also what is no number.
    if (!number) return;
    const { least, most } = this.#kind;
    if (row >= this.#values.length) this.#reserve(row + 1);
    // What a log says can be any number: what is too large for its column is the largest that fits.
    this.#values[row] = number > most ? most : Math.max(number, least);
    this.empty = false;
    this.#rows = row + 1;
  }

  fill(rows: number): void {
    this.#reserve(rows);
    this.#rows = rows;
  }

  copy(from: NumberWriter, positions: readonly number[]): void {
    this.#reserve(positions.length);
    for (const position of positions) this.#values[this.#rows++] = from.#values[position]!;
    this.empty = from.empty;
  }

  clear(): void {
    this.#values.fill(0, 0, this.#rows);
    this.empty = true;
    this.#rows = 0;
  }

  #reserve(rows: number): void {
    if (rows <= this.#values.length) return;
    const larger = new Float64Array(Math.max(this.#values.length * 2, rows));
    larger.set(this.#values);
    this.#values = larger;
  }
}

/** Integers of 64 bits, of which a number fills 53: those that are larger come as what they are. */
class LongWriter implements ColumnWriter {
  readonly type: string;
  empty = true;
  /** Zero behind the end. */
  #wholes = new BigUint64Array(FIRST_ROWS);
  #halves = new Uint32Array(this.#wholes.buffer);
  #rows = 0;

  constructor(type: string) {
    this.type = type;
  }

  get length(): number {
    return this.#rows * 8;
  }

  get parts(): Buffer[] {
    return [bytesOf(this.values)];
  }

  /** All of them, until the next comes. */
  get values(): BigUint64Array {
    return this.#wholes.subarray(0, this.#rows);
  }

  add(value: Present, row: number): void {
    if (row >= this.#wholes.length) this.#reserve(row + 1);
    if (typeof value === 'bigint') {
      this.#wholes[row] = value;
    } else {
      const number = Number(value);
      this.#halves[2 * row] = number;
      this.#halves[2 * row + 1] = Math.floor(number / 2 ** 32);
    }
    this.empty = false;
    this.#rows = row + 1;
  }

  fill(rows: number): void {
    this.#reserve(rows);
    this.#rows = rows;
  }

  copy(from: LongWriter, positions: readonly number[]): void {
    this.#reserve(positions.length);
    for (const position of positions) this.#wholes[this.#rows++] = from.#wholes[position]!;
    this.empty = from.empty;
  }

  clear(): void {
    this.#wholes.fill(0n, 0, this.#rows);
    this.empty = true;
    this.#rows = 0;
  }

  #reserve(rows: number): void {
    if (rows <= this.#wholes.length) return;
    const larger = new BigUint64Array(Math.max(this.#wholes.length * 2, rows));
    larger.set(this.#wholes);
    this.#wholes = larger;
    this.#halves = new Uint32Array(larger.buffer);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Values that can be absent: which are there, then all of them. */
class PerhapsWriter implements ColumnWriter {
  readonly type: string;
  empty = true;
  readonly #present = new NumberWriter(NUMBER_BY_TYPE['Bool']!);
  readonly #values: ColumnWriter;

  constructor(values: ColumnWriter) {
    this.#values = values;
    this.type = `Nullable(${values.type})`;
  }

  get length(): number {
    return this.#present.length + this.#values.length;
  }

  get parts(): Buffer[] {
    // The format tells which are absent.
    const present = this.#present.values;
    const absent = new Uint8Array(present.length);
    for (let row = 0; row < present.length; row++) absent[row] = 1 - present[row]!;
    return [bytesOf(absent), ...this.#values.parts];
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

/** Of a block with few different texts: a dictionary of its own, whose numbers stand in the rows. */
class FewWriter implements ColumnWriter {
  readonly type = 'LowCardinality(String)';
  empty = true;
  /** The first is the empty text, so that it is what was left out. */
  #keys = new Map<string, number>([['', 0]]);
  readonly #numbers = new NumberWriter(NUMBER_BY_TYPE['UInt32']!);
  #latest = '';
  #latestNumber = 0;

  get length(): number {
    return this.#numbers.values.length;
  }

  get parts(): Buffer[] {
    const texts = new TextWriter();
    for (const [key, number] of this.#keys) texts.add(key, number);
    texts.fill(this.#keys.size);
    const { size } = this.#keys;
    const width = size <= 0x100 ? 0 : size <= 0x10000 ? 1 : 2;
    const { values } = this.#numbers;
    const numbers = [Uint8Array, Uint16Array, Uint32Array][width]!;
    return [
      longs(DICTIONARY_VERSION, DICTIONARY_FLAGS + width, size),
      ...texts.parts,
      longs(values.length),
      bytesOf(new numbers(values)),
    ];
  }

  add(value: Present, row: number): void {
    const text = value as string;
    let number = this.#latestNumber;
    // Most rows have the text of the row before.
    if (text !== this.#latest) {
      const known = this.#keys.get(text);
      number = known ?? this.#keys.size;
      if (known === undefined) this.#keys.set(text, number);
      this.#latest = text;
      this.#latestNumber = number;
    }
    if (number === 0) return;
    this.#numbers.add(number, row);
    this.empty = false;
  }

  fill(rows: number): void {
    this.#numbers.fill(rows);
  }

  copy(from: FewWriter, positions: readonly number[]): void {
    this.#keys = new Map(from.#keys);
    this.#numbers.copy(from.#numbers, positions);
    this.empty = from.empty;
  }

  clear(): void {
    this.#keys = new Map([['', 0]]);
    this.#latest = '';
    this.#latestNumber = 0;
    this.#numbers.clear();
    this.empty = true;
  }
}

/** How the Native format begins a dictionary: keys of this block alone come along, and the size of their numbers. */
const DICTIONARY_VERSION = 1;
const DICTIONARY_FLAGS = 0x600;

function longs(...values: readonly number[]): Buffer {
  return bytesOf(BigUint64Array.from(values, BigInt));
}

function writerOf(type: string): ColumnWriter {
  if (type === 'LowCardinality(String)') return new FewWriter();
  const inner = /^Nullable\((.+)\)$/.exec(type)?.[1];
  if (inner !== undefined) return new PerhapsWriter(writerOf(inner));
  if (type === 'String') return new TextWriter();
  if (type === 'UInt64' || type.startsWith('DateTime64')) return new LongWriter(type);
  const kind = NUMBER_BY_TYPE[type];
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
