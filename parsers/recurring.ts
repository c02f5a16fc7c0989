/**
 * What stands for texts that logs name over and over: hosts, ciphers. One that was seen lately is found by comparing it
 * where it stands in the batch, without cutting it out.
 */
import { copy } from './copy.ts';

/** Places for texts, a power of two; each has room for the two that were asked for last. */
const PLACES = 4096;
/** No name with its address is longer; texts beyond are read every time. */
const LONGEST = 400;

/** So many characters at the end tell most texts apart: names of hosts end with their address. */
const DISTINCTIVE = 14;

/** A text and what stands for it. */
interface Entry<T> {
  readonly text: string;
  readonly value: T;
}

/** Gives the same value for the same text, unless others came between. */
export class Recurring<T> {
  readonly #entries: (Entry<T> | undefined)[] = new Array(2 * PLACES).fill(undefined);
  readonly #make: (text: string) => T;

  /** @param make reads a text that was not seen lately, and which shares nothing with the batch */
  constructor(make: (text: string) => T) {
    this.#make = make;
  }

  /** What stands for the text between two positions, of a batch or whole. */
  of(text: string, start = 0, end = text.length): T {
    const length = end - start;
    if (length > LONGEST) return this.#make(copy(text.slice(start, end)));
    let hash = length;
    for (let p = Math.max(start, end - DISTINCTIVE); p < end; p++) {
      hash = (Math.imul(hash, 31) + text.charCodeAt(p)) | 0;
    }
    const entries = this.#entries;
    const place = 2 * ((hash ^ (hash >>> 15)) & (PLACES - 1));
    const latest = entries[place];
    if (latest?.text.length === length && text.startsWith(latest.text, start)) return latest.value;
    const other = entries[place + 1];
    const isOther = other?.text.length === length && text.startsWith(other.text, start);
    const entry = isOther ? other : this.#read(text.slice(start, end));
    entries[place + 1] = latest;
    entries[place] = entry;
    return entry.value;
  }

  #read(text: string): Entry<T> {
    const own = copy(text);
    return { text: own, value: this.#make(own) };
  }
}
