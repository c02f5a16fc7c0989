/**
 * Columns of one block in ClickHouse's Native format: all values of a column together. Each kind of column takes the
 * values of many rows at once, since what it works with stays at hand then: value by value it took twice as long.
 */

/** A value for a column; undefined for what stands where nothing is. */
export type Value = string | number | bigint | boolean | null | undefined;

/** Takes the values of a column. */
export interface ColumnWriter {
  readonly type: string;
  /** No value but what stands where nothing is: the store puts that in by itself. */
  readonly empty: boolean;
  /** Bytes, about. */
  readonly length: number;
  readonly parts: Buffer[];
  /** Of whole numbers: all of them, until more come. */
  readonly numbers?: Float64Array;
  /** Takes what the rows have at that position. */
  add(rows: readonly (readonly Value[])[], position: number): void;
  /** Takes what another writer of the same kind has at those places. */
  copy(from: ColumnWriter, places: readonly number[]): void;
  /** Forgets all values, and keeps the space. */
  clear(): void;
}

/** Makes the writer for a type of ClickHouse. */
export function writerOf(type: string): ColumnWriter {
  if (type === 'LowCardinality(String)') return new FewWriter();
  const inner = /^Nullable\((.+)\)$/.exec(type)?.[1];
  if (inner !== undefined) return new PerhapsWriter(writerOf(inner));
  if (type === 'String') return new TextWriter();
  if (type === 'UInt64' || type.startsWith('DateTime64')) return new LongWriter(type);
  const kind = NUMBERS[type];
  if (kind === undefined) throw new Error(`no way to send ${type}`);
  return new NumberWriter(type, kind);
}

/** Bytes of a column of texts at first, and rows of one of numbers: enough for what comes in a second. */
const FIRST_LENGTH = 32 * 1024;
const FIRST_ROWS = 1024;

/** The largest length that is written in one byte. */
const SHORT = 127;
/** What stands before a text of that length. */
const LENGTHS: readonly string[] = Array.from({ length: SHORT + 1 }, (_, length) =>
  String.fromCharCode(length),
);

/**
 * Texts, each after its length. Short ones are joined to one text, lengths and all, and written at once: a call of Node for
 * each takes several times as long, and so does a loop over their characters.
 */
class TextWriter implements ColumnWriter {
  readonly type = 'String';
  empty = true;
  #bytes = Buffer.allocUnsafe(FIRST_LENGTH);
  #end = 0;
  /** So many empty texts stand behind the end. */
  #absent = 0;

  get length(): number {
    return this.#end + this.#absent;
  }

  get parts(): Buffer[] {
    this.#writeAbsent();
    return [this.#bytes.subarray(0, this.#end)];
  }

  add(rows: readonly (readonly Value[])[], position: number): void {
    let joined = '';
    for (const row of rows) {
      const text = row[position] as string | null | undefined;
      if (!text) {
        if (joined === '') this.#absent += 1;
        else joined += LENGTHS[0]!;
        continue;
      }
      if (joined === '') this.#writeAbsent();
      if (text.length <= SHORT) joined += LENGTHS[text.length]! + text;
      else {
        this.#writeJoined(joined);
        joined = '';
        this.#write(text);
      }
    }
    this.#writeJoined(joined);
  }

  copy(from: TextWriter, places: readonly number[]): void {
    const wanted = new Set(places);
    const [bytes] = from.parts as [Buffer];
    let place = 0;
    for (let at = 0; at < bytes.length; place++) {
      let end = at;
      let size = 0;
      let shift = 0;
      do {
        size += (bytes[end]! & 0x7f) * 2 ** shift;
        shift += 7;
      } while (bytes[end++]! >= 0x80);
      end += size;
      if (wanted.has(place)) {
        this.#reserve(end - at);
        bytes.copy(this.#bytes, this.#end, at, end);
        this.#end += end - at;
        if (size > 0) this.empty = false;
      }
      at = end;
    }
  }

  clear(): void {
    this.empty = true;
    this.#end = 0;
    this.#absent = 0;
  }

  #writeAbsent(): void {
    const end = this.#end + this.#absent;
    this.#reserve(this.#absent);
    this.#bytes.fill(0, this.#end, end);
    this.#end = end;
    this.#absent = 0;
  }

  #writeJoined(joined: string): void {
    if (joined === '') return;
    this.empty = false;
    this.#reserve(3 * joined.length);
    const written = this.#bytes.write(joined, this.#end, 'utf8');
    // Of ASCII alone the lengths are right as they are.
    if (written === joined.length) {
      this.#end += written;
      return;
    }
    for (let at = 0; at < joined.length; ) {
      const begin = at + 1;
      at = begin + joined.charCodeAt(at);
      this.#write(joined.slice(begin, at));
    }
  }

  /** Writes a text after its length in bytes. Halves of surrogate pairs, which are no characters, become U+FFFD. */
  #write(text: string): void {
    this.empty = false;
    // UTF-8 has at most three bytes for each UTF-16 unit; and the length before it five.
    this.#reserve(3 * text.length + 5);
    this.#end = writeVarint(this.#bytes, this.#end, Buffer.byteLength(text));
    this.#end += this.#bytes.write(text, this.#end, 'utf8');
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + length));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

/** How numbers lie in a block, and which of them there are. */
interface NumberKind {
  readonly least: number;
  readonly most: number;
  lay(numbers: Float64Array): ArrayBufferView;
}

const kind = (least: number, most: number, lay: NumberKind['lay']): NumberKind => ({ least, most, lay });

const NUMBERS: Readonly<Record<string, NumberKind>> = {
  Bool: kind(0, 1, (numbers) => new Uint8Array(numbers)),
  Int8: kind(-0x80, 0x7f, (numbers) => new Int8Array(numbers)),
  Int16: kind(-0x8000, 0x7fff, (numbers) => new Int16Array(numbers)),
  UInt16: kind(0, 0xffff, (numbers) => new Uint16Array(numbers)),
  Int32: kind(-(2 ** 31), 2 ** 31 - 1, (numbers) => new Int32Array(numbers)),
  UInt32: kind(0, 2 ** 32 - 1, (numbers) => new Uint32Array(numbers)),
  Float32: kind(-Infinity, Infinity, (numbers) => new Float32Array(numbers)),
  Float64: kind(-Infinity, Infinity, (numbers) => numbers),
};

/**
 * Numbers of any kind, which get their own form at last: to write into arrays of many kinds from one place takes
 * several times as long as all of that.
 */
class NumberWriter implements ColumnWriter {
  readonly type: string;
  empty = true;
  readonly #kind: NumberKind;
  /** Zero behind the end. */
  #values: Float64Array = new Float64Array(FIRST_ROWS);
  #rows = 0;

  constructor(type: string, kind: NumberKind) {
    this.type = type;
    this.#kind = kind;
  }

  get length(): number {
    return this.#rows * this.#values.BYTES_PER_ELEMENT;
  }

  get parts(): Buffer[] {
    return [bytesOf(this.#kind.lay(this.numbers))];
  }

  get numbers(): Float64Array {
    return this.#values.subarray(0, this.#rows);
  }

  add(rows: readonly (readonly Value[])[], position: number): void {
    const { least, most } = this.#kind;
    const begin = this.#rows;
    const values = withRoom(this.#values, begin + rows.length);
    for (let index = 0; index < rows.length; index++) {
      const number = Number(rows[index]![position] ?? 0);
      // Also what is no number.
      if (!number) continue;
      // What a log says can be any number: what is too large for its column is the largest that fits.
      values[begin + index] = number > most ? most : Math.max(number, least);
      this.empty = false;
    }
    this.#values = values;
    this.#rows = begin + rows.length;
  }

  copy(from: NumberWriter, places: readonly number[]): void {
    this.#values = Float64Array.from(places, (place) => from.#values[place]!);
    this.#rows = places.length;
    this.empty = from.empty;
  }

  clear(): void {
    this.#values.fill(0, 0, this.#rows);
    this.empty = true;
    this.#rows = 0;
  }
}

/** Integers of 64 bits, of which a number fills 53: those that are larger come as what they are. */
class LongWriter implements ColumnWriter {
  readonly type: string;
  empty = true;
  /** Zero behind the end. */
  #values: BigUint64Array = new BigUint64Array(FIRST_ROWS);
  #rows = 0;

  constructor(type: string) {
    this.type = type;
  }

  get length(): number {
    return this.#rows * this.#values.BYTES_PER_ELEMENT;
  }

  get parts(): Buffer[] {
    return [bytesOf(this.#values.subarray(0, this.#rows))];
  }

  get numbers(): Float64Array {
    return Float64Array.from(this.#values.subarray(0, this.#rows), Number);
  }

  add(rows: readonly (readonly Value[])[], position: number): void {
    const begin = this.#rows;
    const values = withRoom(this.#values, begin + rows.length);
    const halves = new Uint32Array(values.buffer);
    for (let index = 0; index < rows.length; index++) {
      const value = rows[index]![position];
      if (!value) continue;
      const place = begin + index;
      if (typeof value === 'bigint') values[place] = value;
      else {
        const number = Number(value);
        halves[2 * place] = number;
        halves[2 * place + 1] = Math.floor(number / 2 ** 32);
      }
      this.empty = false;
    }
    this.#values = values;
    this.#rows = begin + rows.length;
  }

  copy(from: LongWriter, places: readonly number[]): void {
    this.#values = BigUint64Array.from(places, (place) => from.#values[place]!);
    this.#rows = places.length;
    this.empty = from.empty;
  }

  clear(): void {
    this.#values.fill(0n, 0, this.#rows);
    this.empty = true;
    this.#rows = 0;
  }
}

/** Values that can be absent: which are, then all of them. */
class PerhapsWriter implements ColumnWriter {
  readonly type: string;
  empty = true;
  readonly #values: ColumnWriter;
  #absent: Uint8Array = new Uint8Array(FIRST_ROWS);
  #rows = 0;

  constructor(values: ColumnWriter) {
    this.#values = values;
    this.type = `Nullable(${values.type})`;
  }

  get length(): number {
    return this.#rows + this.#values.length;
  }

  get parts(): Buffer[] {
    return [bytesOf(this.#absent.subarray(0, this.#rows)), ...this.#values.parts];
  }

  add(rows: readonly (readonly Value[])[], position: number): void {
    const begin = this.#rows;
    const absent = withRoom(this.#absent, begin + rows.length);
    for (let index = 0; index < rows.length; index++) {
      const value = rows[index]![position];
      const isAbsent = value === undefined || value === null;
      absent[begin + index] = isAbsent ? 1 : 0;
      if (!isAbsent) this.empty = false;
    }
    this.#absent = absent;
    this.#rows = begin + rows.length;
    this.#values.add(rows, position);
  }

  copy(from: PerhapsWriter, places: readonly number[]): void {
    this.#absent = Uint8Array.from(places, (place) => from.#absent[place]!);
    this.#rows = places.length;
    this.empty = from.empty;
    this.#values.copy(from.#values, places);
  }

  clear(): void {
    this.empty = true;
    this.#rows = 0;
    this.#values.clear();
  }
}

/** Of a block with few different texts: a dictionary of its own, whose numbers stand in the rows. */
class FewWriter implements ColumnWriter {
  readonly type = 'LowCardinality(String)';
  /** The first is the empty text: it stands where nothing is. */
  #keys = new Map<string, number>([['', 0]]);
  #numbers: Uint32Array = new Uint32Array(FIRST_ROWS);
  #rows = 0;

  get empty(): boolean {
    return this.#keys.size === 1;
  }

  get length(): number {
    return this.#rows * this.#numbers.BYTES_PER_ELEMENT;
  }

  get parts(): Buffer[] {
    const texts = new TextWriter();
    texts.add(
      Array.from(this.#keys.keys(), (key) => [key]),
      0,
    );
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

  add(rows: readonly (readonly Value[])[], position: number): void {
    const keys = this.#keys;
    const begin = this.#rows;
    const numbers = withRoom(this.#numbers, begin + rows.length);
    let latest = '';
    let number = 0;
    for (let index = 0; index < rows.length; index++) {
      const text = (rows[index]![position] ?? '') as string;
      // Most rows have the text of the row before.
      if (text !== latest) {
        const known = keys.get(text);
        number = known ?? keys.size;
        if (known === undefined) keys.set(text, number);
        latest = text;
      }
      numbers[begin + index] = number;
    }
    this.#numbers = numbers;
    this.#rows = begin + rows.length;
  }

  copy(from: FewWriter, places: readonly number[]): void {
    this.#keys = new Map(from.#keys);
    this.#numbers = Uint32Array.from(places, (place) => from.#numbers[place]!);
    this.#rows = places.length;
  }

  clear(): void {
    this.#keys = new Map([['', 0]]);
    this.#rows = 0;
  }
}

/** How the Native format begins a dictionary: keys of this block alone come along, and the size of their numbers. */
const DICTIONARY_VERSION = 1;
const DICTIONARY_FLAGS = 0x600;

function longs(...values: readonly number[]): Buffer {
  return bytesOf(BigUint64Array.from(values, BigInt));
}

/** The same numbers with room for so many, and zero in the new room. */
function withRoom<T extends Uint8Array | Uint32Array | Float64Array | BigUint64Array>(
  numbers: T,
  least: number,
): T {
  if (numbers.length >= least) return numbers;
  const larger = new (numbers.constructor as new (length: number) => T)(Math.max(2 * numbers.length, least));
  larger.set(numbers as never);
  return larger;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Writes a whole number, seven bits a byte. Gives the position behind it. */
export function writeVarint(bytes: Buffer, at: number, value: number): number {
  let end = at;
  let rest = value;
  while (rest >= 0x80) {
    bytes[end++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[end++] = rest;
  return end;
}
