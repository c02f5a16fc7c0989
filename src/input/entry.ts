/** Entries that are no lines become one JSON line each, with the fields that the envelope's reader looks at. */
import { ENTRY_FIELDS } from '../../parsers/envelope/json.ts';
import { type Batch, LONGEST_LINE } from './batches.ts';

/** One entry while it is being read. */
export class Entry {
  /** Byte of the text where it begins. */
  readonly offset: number;
  readonly #fields = new Map<string, unknown>();
  #length = 0;

  constructor(offset: number) {
    this.offset = offset;
  }

  /** Whether a field is worth the trouble of reading it: one that is looked at and has no value yet. */
  wants(name: string): boolean {
    return ENTRY_FIELDS.has(name) && !this.#fields.has(name);
  }

  /** Takes a field; `length` is what it takes of the memory. */
  add(name: string, value: unknown, length: number): void {
    this.#length += length;
    if (this.#length <= LONGEST_LINE) this.#fields.set(name, value);
  }

  /** Takes note of a field that is too long to be read. */
  addOverlong(): void {
    this.#length = Infinity;
  }

  /**
   * The entry as a line, or the note that it was too long for one. The fields are in an order of their own, so that an
   * entry is the same line in whatever form it came.
   */
  batch(): Batch {
    const { offset } = this;
    if (this.#length > LONGEST_LINE) return { text: '', offset, overlong: 1 };
    const ordered: Record<string, unknown> = {};
    for (const name of ENTRY_FIELDS) if (this.#fields.has(name)) ordered[name] = this.#fields.get(name);
    return { text: JSON.stringify(ordered), offset, overlong: 0 };
  }
}
