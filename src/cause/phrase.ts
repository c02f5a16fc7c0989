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

/** The anchors of a canonical text: the first letters of each of its words. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  let start = -1;
  let foreign = false;
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : 32;
    const inside = (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39);
    if (c > 0x7f) foreign = true;
    if (inside) {
      if (start < 0) start = i;
    } else if (start >= 0) {
      anchors.add(text.slice(start, Math.min(i, start + ANCHOR)));
      start = -1;
    }
  }
  if (foreign) anchors.add(FOREIGN);
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
    .replace(/\[ _-\]\(\?:([^()]*)\|\)/g, '(?:[ _-](?:$1))?');
  const bare = source.replace(/[()|~* ]/g, '');
  const begin = /^[a-z0-9]/.test(bare) && !FOREIGN_CHARACTER.test(source) ? '(?<![a-z0-9])' : '';
  const end = /[a-z0-9]$/.test(bare) && !FOREIGN_CHARACTER.test(source) ? '(?![a-z0-9])' : '';
  return { pattern: new RegExp(`${begin}(?:${pattern})${end}`), anchors };
}

/** The words that must be there: of all parts of the phrase, the one whose shortest word is longest. */
function anchorsOfPhrase(source: string): string[] {
  if (FOREIGN_CHARACTER.test(source)) return [FOREIGN];
  let best: string[] = [];
  let bestLength = 0;
  for (const part of source.split(/(\([^()]*\))/)) {
    const alternatives = part.startsWith('(') ? part.slice(1, -1).split('|') : [part];
    // Outside groups each word stands alone; inside, each alternative gives its longest.
    const options = alternatives.map((text) => longestWord(text));
    const shortest = Math.min(...options.map((word) => word.length));
    if (shortest > bestLength) {
      bestLength = shortest;
      best = options;
    }
  }
  return [...new Set(best)];
}

function longestWord(text: string): string {
  let best = '';
  for (const match of text.matchAll(WORD)) {
    // Letters before `*` may be the whole word or not: only what is sure counts.
    const word = match[0].slice(0, ANCHOR);
    const open = text.charAt(match.index + match[0].length) === '*' && match[0].length < ANCHOR;
    if (!open && word.length > best.length) best = word;
  }
  return best;
}
