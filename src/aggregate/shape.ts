/** Two texts of one shape say the same about different addresses, hosts, numbers and ids. */

const SPACE = 0x20;
const DOT = 0x2e;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LESS_THAN = 0x3c;
const EQUALS = 0x3d;
const AT = 0x40;

/** Texts of one shape differ only in what nobody reads beyond this. */
const LONGEST = 400;

/** FNV-1a, 32 bits. */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * Gives a number that is the same for texts of the same words, where a word that differs from case to case (with a
 * digit, an address, a setting, something in angle brackets, a dotted name) is like any other such word.
 */
export function shapeOf(text: string): number {
  const end = Math.min(text.length, LONGEST);
  let shape = BASIS;
  let word = BASIS;
  let variable = false;
  for (let index = 0; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code === SPACE) {
      shape = Math.imul(shape ^ (variable ? AT : word), PRIME);
      word = BASIS;
      variable = false;
    } else if (
      (code >= DIGIT_0 && code <= DIGIT_9) ||
      code === AT ||
      code === LESS_THAN ||
      code === EQUALS ||
      // A full stop ends a word, a dot is inside a name.
      (code === DOT && index + 1 < end && text.charCodeAt(index + 1) !== SPACE)
    ) {
      variable = true;
    } else {
      word = Math.imul(word ^ code, PRIME);
    }
  }
  return Math.imul(shape ^ (variable ? AT : word), PRIME) >>> 0;
}

/** What makes a word variable, as `shapeOf` tells it. */
const VARIABLE = /[0-9@<=]|\../;

/** Gives the text with `<*>` for every word that differs from case to case: the shape in words. */
export function maskVariables(text: string): string {
  return text
    .slice(0, LONGEST)
    .split(' ')
    .map((word) => (VARIABLE.test(word) ? '<*>' : word))
    .join(' ');
}
