/**
 * The notation for phrases in rules, and its compiler.
 *
 * - words and punctuation stand for themselves and begin and end at word boundaries; a blank is also `_` or `-`
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
  /** One of these must be among `anchorsOf(text)` for the phrase to match. */
  readonly anchors: readonly string[];
}

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

/** Compiles one phrase. Throws on a phrase that is not well formed or has no word to look it up by. */
export function compile(source: string): Phrase {
  const anchors = anchorsOfPhrase(source);
  if (anchors.length === 0) throw new Error(`phrase without a word to look it up by: ${source}`);
  let pattern = '';
  for (const char of source) {
    if (char === '~') pattern += '~';
    else if (char === ' ') pattern += '[ _-]';
    else if (char === '*') pattern += '[a-z0-9]{0,24}';
    else if (char === '(') pattern += '(?:';
    else if (char === ')' || char === '|') pattern += char;
    else pattern += char.replace(/[\\^$.+?[\]{}/]/, '\\$&');
  }
  // The blanks around a gap and before an optional group belong to them.
  pattern = pattern
    .replaceAll('[ _-]~[ _-]', `[^a-z0-9](?:.{0,${GAP}}?[^a-z0-9])?`)
    .replace(/\[ _-\]\(\?:([^()]*)\|\)/g, (group, inner: string) =>
      inner.endsWith('[ _-]') ? group : `(?:[ _-](?:${inner}))?`,
    );
  const bare = source.replace(/[()|~* ]/g, '');
  const begin = /^[a-z0-9]/.test(bare) && !FOREIGN_CHARACTER.test(source) ? '(?<![a-z0-9])' : '';
  const end = /[a-z0-9]$/.test(bare) && !FOREIGN_CHARACTER.test(source) ? '(?![a-z0-9])' : '';
  return { pattern: new RegExp(`${begin}(?:${pattern})${end}`), anchors };
}

/** For each way to read the phrase, the beginning of its longest word. */
function anchorsOfPhrase(source: string): string[] {
  if (FOREIGN_CHARACTER.test(source)) return [FOREIGN];
  const anchors = expand(source).map((plain) => {
    const words = [...plain.matchAll(WORD)].map((match) => match[0].slice(0, ANCHOR));
    return words.reduce((longest, word) => (word.length > longest.length ? word : longest), '');
  });
  return anchors.includes('') ? [] : [...new Set(anchors)];
}

/** All readings of a phrase with groups: `a (b|c)` is `a b` and `a c`. Groups do not nest. */
function expand(source: string): string[] {
  let readings = [''];
  for (const part of source.split(/(\([^()]*\))/)) {
    const alternatives = part.startsWith('(') ? part.slice(1, -1).split('|') : [part];
    readings = readings.flatMap((reading) => alternatives.map((alternative) => reading + alternative));
  }
  return readings;
}
