/**
 * The notation for phrases in rules, and its compiler.
 *
 * - words and punctuation stand for themselves and begin and end at word boundaries; a blank is also `_` or `-`
 * - `<ip>`, `<addr>`, `<host>`, `<n>` and `<id>` are what the canonical text has in their place; they are no words
 * - `(a|b c|)` is one of the alternatives; an empty one makes the group optional
 * - `~` is a gap of at most 60 characters
 * - `*` at the end of a word is the rest of the word: `blacklist*`
 *
 * A phrase becomes one regular expression whose every repetition is bounded, so its cost is linear in the text,
 * and a set of anchors: words of which at least one must be in the text. The classifier looks up rules by them.
 */

/** The widest gap that `~` stands for. */
const GAP = 60;

/** How many letters of a word the index looks at; long enough to tell words apart, short enough for `*`. */
const ANCHOR = 5;

/** Anchor of texts and phrases with characters beyond ASCII, where words have no known boundaries. */
export const FOREIGN = '\u0080';

/** A phrase, compiled. */
export interface Phrase {
  readonly pattern: RegExp;
  /** The words of a canonical text that match, or undefined. */
  find(text: string): string | undefined;
  /** One of these must be among `anchorsOf(text)` for the phrase to match. */
  readonly anchors: readonly string[];
}

/** What a blank stands for, as an expression. */
const BLANK = '[ _-]';

const WORD = /[a-z0-9]+/g;
const FOREIGN_CHARACTER = /[^\x00-\x7f]/;

/** The anchors of a canonical text: the beginnings of its words, since a phrase may know no more of a word. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [word] of text.matchAll(WORD)) {
    for (let size = 1; size <= ANCHOR && size <= word.length; size++) anchors.add(word.slice(0, size));
  }
  if (FOREIGN_CHARACTER.test(text)) anchors.add(FOREIGN);
  return anchors;
}

/** What is wrong with a phrase, if anything. */
export function mistakeIn(source: string): string | undefined {
  if (/[^ ]~|~[^ ]|~$|^~/.test(source)) return `a gap stands between blanks: ${source}`;
  if (/[()|]/.test(source.replace(/\([^()]*\)/g, ''))) {
    return `alternatives stand in brackets, which are closed and not nested: ${source}`;
  }
  return anchorsOfPhrase(source).length === 0 ? `there is no word to look it up by: ${source}` : undefined;
}

/** Compiles one phrase in which there is no mistake; bit by bit as it is used, since most never are. */
export function compile(source: string): Phrase {
  let needs: string[][] | undefined;
  let compiled: RegExp | undefined;
  return {
    find(text) {
      // Looking for words costs a hundredth of compiling an expression and trying it for the first time.
      needs ??= needsOf(source);
      if (!hasInOrder(text, needs)) return undefined;
      return this.pattern.exec(text)?.[0];
    },
    get anchors() {
      return anchorsOfPhrase(source);
    },
    get pattern() {
      compiled ??= expressionOf(source);
      return compiled;
    },
  };
}

function expressionOf(source: string): RegExp {
  const pattern = source
    .replace(/[\\^$.+?[\]{}/]/g, '\\$&')
    .replaceAll(' ', BLANK)
    .replaceAll('*', '[a-z0-9]{0,24}')
    .replaceAll('(', '(?:')
    // The blanks around a gap and before an optional group belong to them.
    .replaceAll(`${BLANK}~${BLANK}`, `[^a-z0-9<](?:.{0,${GAP}}?[^a-z0-9<])?`)
    .replace(/\[ _-\]\(\?:([^()]*)\|\)/g, (group, inner: string) =>
      inner.endsWith(BLANK) ? group : `(?:${BLANK}(?:${inner}))?`,
    );
  const bare = FOREIGN_CHARACTER.test(source) ? '' : source.replace(/[()|~* ]/g, '');
  const begin = /^[a-z0-9]/.test(bare) ? '(?<![a-z0-9<])' : '';
  const end = /[a-z0-9]$/.test(bare) ? '(?![a-z0-9])' : '';
  return new RegExp(`${begin}(?:${pattern})${end}`);
}

/**
 * For each part of a phrase (a group, or what stands between groups) the longest word of each alternative: a text that
 * matches has one of them, of every part and in their order. Parts that can be left out need nothing.
 */
function needsOf(source: string): string[][] {
  const needs: string[][] = [];
  for (const part of source.split(/(\([^()]*\))/)) {
    const alternatives = part.startsWith('(') ? part.slice(1, -1).split('|') : [part];
    const words = alternatives.map((text) => longest(text.match(NEEDED) ?? []));
    if (words.every((word) => word !== '')) needs.push([...new Set(words)]);
  }
  return needs;
}

/** True where the text has one word of each list, none before that of the list before. */
function hasInOrder(text: string, needs: readonly (readonly string[])[]): boolean {
  let from = 0;
  for (const words of needs) {
    let first = text.length;
    for (const word of words) {
      const at = text.indexOf(word, from);
      if (at >= 0 && at < first) first = at;
    }
    if (first === text.length) return false;
    from = first;
  }
  return true;
}

/** Letters and digits of any script, as they stand in every text that has them. */
const NEEDED = /[a-z0-9\u0080-\uffff]+/g;

function longest(words: readonly string[]): string {
  return words.reduce((best, word) => (word.length > best.length ? word : best), '');
}

/**
 * The beginnings of the words that the phrase cannot do without: of all its parts, a group or what stands between
 * groups, the one whose shortest alternative is longest.
 */
function anchorsOfPhrase(source: string): string[] {
  if (FOREIGN_CHARACTER.test(source)) return [FOREIGN];
  let best: string[] = [];
  let bestSize = 0;
  /** False where the part before may end inside a word: the next word then has an unknown beginning. */
  let atBoundary = true;
  for (const part of source.split(/(\([^()]*\))/)) {
    const alternatives = part.startsWith('(') ? part.slice(1, -1).split('|') : [part];
    const words = alternatives.map((text) => longestWord(text, atBoundary));
    const size = Math.min(...words.map((word) => word.length));
    if (size > bestSize) {
      best = words;
      bestSize = size;
    }
    atBoundary = alternatives.every((text) => (text === '' ? atBoundary : !/[a-z0-9*]$/.test(text)));
  }
  return [...new Set(best)];
}

function longestWord(text: string, atBoundary: boolean): string {
  let best = '';
  for (const match of text.matchAll(WORD)) {
    if ((match.index === 0 && !atBoundary) || text.charAt(match.index - 1) === '*') continue;
    const word = match[0].slice(0, ANCHOR);
    if (word.length > best.length) best = word;
  }
  return best;
}
