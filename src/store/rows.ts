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
  /** Where zero and the empty text are something. */
  readonly #nullable: readonly boolean[];
  #count = 0;

  constructor(columns: readonly SentColumn[]) {
    this.columns = columns;
    this.#writers = columns.map(({ type }) => writerOf(type));
    this.#nullable = columns.map(({ type }) => type.startsWith('Nullable('));
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
      if (value || (value !== undefined && value !== null && this.#nullable[index])) {
        this.#writers[index]!.add(value, row);
      }
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

/** The largest length that is written in one byte. */
const SHORT = 127;
/** Short texts are put together until they have so many UTF-16 units. */
const PENDING = 4 * 1024;
/** What stands before a text of that length. */
const LENGTHS: readonly string[] = Array.from({ length: SHORT + 1 }, (_, length) =>
  String.fromCharCode(length),
);
/** So many empty texts. */
const ABSENT: readonly string[] = Array.from({ length: 64 }, (_, count) => '\0'.repeat(count));

/**
 * Texts, each after its length. Short ones are joined to one text, lengths and all, and written at once: a call of Node for
 * each takes several times as long, and so does a loop over their characters.
 */
class TextWriter implements ColumnWriter {
  readonly type = 'String';
  empty = true;
  #bytes = Buffer.allocUnsafe(FIRST_LENGTH);
  #end = 0;
  #rows = 0;
  /** Short texts that are not among the bytes yet, each after its length. */
  #pending = '';

  get length(): number {
    return this.#end + this.#pending.length;
  }

  get parts(): Buffer[] {
    this.#flush();
    return [this.#bytes.subarray(0, this.#end)];
  }

  fill(rows: number): void {
    const left = rows - this.#rows;
    if (left <= 0) return;
    this.#flush();
    this.#reserve(left);
    this.#bytes.fill(0, this.#end, this.#end + left);
    this.#end += left;
    this.#rows = rows;
  }

  clear(): void {
    this.empty = true;
    this.#end = 0;
    this.#rows = 0;
    this.#pending = '';
  }

  add(value: Present, row: number): void {
    if (value === '') return;
    const string = value as string;
    const { length } = string;
    const left = row - this.#rows;
    if (left >= ABSENT.length) this.fill(row);
    else if (left > 0) this.#pending += ABSENT[left]!;
    this.#rows = row + 1;
    this.empty = false;
    if (length <= SHORT) {
      this.#pending += LENGTHS[length]! + string;
      if (this.#pending.length >= PENDING) this.#flush();
      return;
    }
    this.#flush();
    this.#write(string);
  }

  copy(from: TextWriter, positions: readonly number[]): void {
    const wanted = new Set(positions);
    const [bytes] = from.parts as [Buffer];
    let position = 0;
    for (let at = 0; at < bytes.length; position++) {
      let end = at;
      let size = 0;
      let shift = 0;
      do {
        size += (bytes[end]! & 0x7f) * 2 ** shift;
        shift += 7;
      } while (bytes[end++]! >= 0x80);
      end += size;
      if (wanted.has(position)) {
        this.#reserve(end - at);
        bytes.copy(this.#bytes, this.#end, at, end);
        this.#end += end - at;
        this.#rows += 1;
        if (size > 0) this.empty = false;
      }
      at = end;
    }
  }

  /** Writes what is pending. */
  #flush(): void {
    const pending = this.#pending;
    if (pending === '') return;
    this.#pending = '';
    this.#reserve(3 * pending.length);
    const written = this.#bytes.write(pending, this.#end, 'utf8');
    // Of ASCII alone the lengths are right as they are.
    if (written === pending.length) {
      this.#end += written;
      return;
    }
    for (let at = 0; at < pending.length; ) {
      const begin = at + 1;
      at = begin + pending.charCodeAt(at);
      this.#write(pending.slice(begin, at));
    }
  }

  /** Writes a text after its length in bytes. Halves of surrogate pairs, which are no characters, become U+FFFD. */
  #write(string: string): void {
    // UTF-8 has at most three bytes for each UTF-16 unit; and the length before it five.
    this.#reserve(3 * string.length + 5);
    this.#end = writeVarint(this.#bytes, this.#end, Buffer.byteLength(string));
    this.#end += this.#bytes.write(string, this.#end, 'utf8');
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + length));
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

/** Values that can be absent: which are, then all of them. */
class PerhapsWriter implements ColumnWriter {
  readonly type: string;
  readonly #values: ColumnWriter;
  /** One for each that is there. Zero behind the end. */
  #present = new Uint8Array(FIRST_ROWS);
  #rows = 0;

  constructor(values: ColumnWriter) {
    this.#values = values;
    this.type = `Nullable(${values.type})`;
  }

  get empty(): boolean {
    return this.#present.indexOf(1) < 0;
  }

  get length(): number {
    return this.#rows + this.#values.length;
  }

  get parts(): Buffer[] {
    // The format tells which are absent.
    const absent = this.#present.subarray(0, this.#rows).map((present) => 1 - present);
    return [bytesOf(absent), ...this.#values.parts];
  }

  add(value: Present, row: number): void {
    if (row >= this.#present.length) this.#present = larger(this.#present, row + 1);
    this.#present[row] = 1;
    this.#rows = row + 1;
    this.#values.add(value, row);
  }

  fill(rows: number): void {
    if (rows > this.#present.length) this.#present = larger(this.#present, rows);
    this.#rows = rows;
    this.#values.fill(rows);
  }

  copy(from: PerhapsWriter, positions: readonly number[]): void {
    this.#present = Uint8Array.from(positions, (position) => from.#present[position]!);
    this.#rows = positions.length;
    this.#values.copy(from.#values, positions);
  }

  clear(): void {
    this.#present.fill(0, 0, this.#rows);
    this.#rows = 0;
    this.#values.clear();
  }
}

/** Of a block with few different texts: a dictionary of its own, whose numbers stand in the rows. */
class FewWriter implements ColumnWriter {
  readonly type = 'LowCardinality(String)';
  /** The first is the empty text, so that it is what was left out. */
  #keys = new Map<string, number>([['', 0]]);
  /** Zero behind the end. */
  #numbers = new Uint32Array(FIRST_ROWS);
  #rows = 0;
  #latest = '';
  #latestNumber = 0;

  get empty(): boolean {
    return this.#keys.size === 1;
  }

  get length(): number {
    return this.#rows;
  }

  get parts(): Buffer[] {
    const texts = new TextWriter();
    for (const [key, number] of this.#keys) texts.add(key, number);
    texts.fill(this.#keys.size);
    const { size } = this.#keys;
    const width = size <= 0x100 ? 0 : size <= 0x10000 ? 1 : 2;
    const numbers = [Uint8Array, Uint16Array, Uint32Array][width]!;
    return [
      longs(DICTIONARY_VERSION, DICTIONARY_FLAGS + width, size),
      ...texts.parts,
      longs(this.#rows),
      bytesOf(new numbers(this.#numbers.subarray(0, this.#rows))),
    ];
  }

  add(value: Present, row: number): void {
    const text = value as string;
    // Most rows have the text of the row before.
    if (text !== this.#latest) {
      let number = this.#keys.get(text);
      if (number === undefined) {
        number = this.#keys.size;
        this.#keys.set(text, number);
      }
      this.#latest = text;
      this.#latestNumber = number;
    }
    if (row >= this.#numbers.length) this.#numbers = larger(this.#numbers, row + 1);
    this.#numbers[row] = this.#latestNumber;
    this.#rows = row + 1;
  }

  fill(rows: number): void {
    if (rows > this.#numbers.length) this.#numbers = larger(this.#numbers, rows);
    this.#rows = rows;
  }

  copy(from: FewWriter, positions: readonly number[]): void {
    this.#keys = new Map(from.#keys);
    this.#numbers = Uint32Array.from(positions, (position) => from.#numbers[position]!);
    this.#rows = positions.length;
  }

  clear(): void {
    this.#keys = new Map([['', 0]]);
    this.#latest = '';
    this.#latestNumber = 0;
    this.#numbers.fill(0, 0, this.#rows);
    this.#rows = 0;
  }
}

/** The same numbers with room for more: at least so many. Zero behind the end. */
function larger<T extends Uint8Array | Uint32Array | Float64Array | BigUint64Array>(
  numbers: T,
  least: number,
): T {
  const grown = new (numbers.constructor as new (length: number) => T)(Math.max(2 * numbers.length, least));
  grown.set(numbers as never);
  return grown;
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
