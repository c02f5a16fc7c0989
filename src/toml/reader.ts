/** Takes the values of a table one by one, each with its check, and collects what is wrong on the way. */
import type { Mistake, Table, Value } from './document.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Mistakes of one file. */
export class Mistakes {
  readonly #list: Mistake[] = [];

  /** In the order of their lines. */
  get sorted(): Mistake[] {
    return this.#list.toSorted((a, b) => a.line - b.line);
  }

  /** Notes one. Gives undefined, for whoever has no value then. */
  add(line: number, message: string): undefined {
    this.#list.push({ line, message });
    return undefined;
  }
}

/** One table. What is never taken is a key that nobody knows: `end` tells of it. */
export class TableReader {
  /** Line where the table begins. */
  readonly line: number;
  readonly #values: Map<string, Value>;
  readonly #mistakes: Mistakes;

  constructor({ line, content }: Value, mistakes: Mistakes) {
    this.line = line;
    this.#mistakes = mistakes;
    this.#values = new Map(content instanceof Map ? (content as Table) : []);
    if (!(content instanceof Map)) mistakes.add(line, 'this is not a table');
  }

  /** Notes that something is wrong in the line of a key, or of the table. */
  wrong(line: number, message: string): undefined {
    return this.#mistakes.add(line, message);
  }

  /** A table within this one, such as an element of a list. */
  within(value: Value): TableReader {
    return new TableReader(value, this.#mistakes);
  }

  /** Line of a key that was not taken yet; of the table where it is not there. */
  lineOf(name: string): number {
    return this.#values.get(name)?.line ?? this.line;
  }

  /** The value of a key as it stands. */
  take(name: string): Value | undefined {
    const value = this.#values.get(name);
    this.#values.delete(name);
    return value;
  }

  /** A string that is not empty. */
  word(name: string): string | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (typeof value.content === 'string' && value.content !== '') return value.content;
    return this.wrong(value.line, `${name} is not a text in quotes`);
  }

  /** One of a few words. */
  oneOf<const T extends string>(name: string, known: readonly T[]): T | undefined {
    const line = this.#values.get(name)?.line;
    const word = this.word(name);
    return word === undefined ? undefined : this.#known(name, word, known, line!);
  }

  /** The same where it must be there. `what` is what it belongs to. */
  needed<const T extends string>(name: string, known: readonly T[], what: string): T | undefined {
    if (this.#values.has(name)) return this.oneOf(name, known);
    return this.wrong(this.line, `${what} has no ${name}: give ${known.join(', ')}`);
  }

  /** A list of texts. */
  words(name: string): string[] | undefined {
    return this.list(name)?.map(({ content, line }) =>
      typeof content === 'string' ? content : (this.wrong(line, `${name} takes texts in quotes`) ?? ''),
    );
  }

  /** A list of words out of a few. */
  someOf<const T extends string>(name: string, known: readonly T[]): T[] | undefined {
    return this.list(name)?.flatMap(({ content, line }) =>
      typeof content === 'string'
        ? (this.#known(name, content, known, line) ?? [])
        : (this.wrong(line, `${name} takes texts in quotes`) ?? []),
    );
  }

  /** True or false; false where it is not there. */
  flag(name: string): boolean {
    const value = this.take(name);
    if (value !== undefined && typeof value.content !== 'boolean')
      this.wrong(value.line, `${name} is true or false`);
    return value?.content === true;
  }

  /** A number between two others. */
  number(name: string, least: number, most: number): number | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    const { content, line } = value;
    if (typeof content === 'number' && content >= least && content <= most) return content;
    return this.wrong(line, `${name} is a number from ${least} to ${most}`);
  }

  /** A time such as `30s`, `10m`, `4h` or `7d`, in milliseconds. */
  duration(name: string): number | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(String(value.content)) ?? [];
    if (number !== undefined) return Number(number) * UNITS[unit!]!;
    return this.wrong(value.line, `${name} is a time such as "30m", "4h" or "7d"`);
  }

  /** The tables of a list, `[[name]]`. */
  tables(name: string): TableReader[] {
    return (this.list(name) ?? []).map((each) => this.within(each));
  }

  /** Tells of keys that were not taken. */
  end(what: string): void {
    for (const [name, { line }] of this.#values) this.wrong(line, `"${name}" is no key of ${what}`);
  }

  /** The values of a list. */
  list(name: string): readonly Value[] | undefined {
    const value = this.take(name);
    if (value === undefined || Array.isArray(value.content))
      return value?.content as readonly Value[] | undefined;
    return this.wrong(value.line, `${name} is not a list`);
  }

  #known<T extends string>(name: string, word: string, known: readonly T[], line: number): T | undefined {
    const found = known.find((each) => each === word);
    if (found !== undefined) return found;
    return this.wrong(line, `${name} "${word}" is not known${hintFor(word, known)}`);
  }
}

/** What may have been meant: words that begin alike, else all of them where they are few. */
export function hintFor(word: string, known: readonly string[]): string {
  if (known.length === 0) return ': there are none';
  const alike = known.filter((each) => each.startsWith(word.slice(0, 3)));
  if (alike.length > 0 && alike.length < 6) return `: is it ${alike.join(' or ')}?`;
  return known.length < 20 ? `: give ${known.join(', ')}` : '';
}
