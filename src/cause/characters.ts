/** What single characters are to the scanner, and how those beyond ASCII are written. */

/** Bits, so that one test asks for several. */
export const LETTER = 1;
/** `0` to `9`. */
export const DIGIT = 2;
/** `.`, `-` and `_`, which join letters and digits to one atom. */
export const JOINER = 4;
/** Blanks and control characters. */
export const BLANK = 8;
/** Ends what could be the local part of an address. */
export const STOP = 16;
/** What hexadecimal numbers are made of. */
export const HEX = 32;
/** All that atoms are made of. */
export const ATOM = LETTER | DIGIT | JOINER;

/** The bits of each ASCII character. */
export const CLASS = new Uint8Array(128);
/** Each ASCII character in lower case. */
export const LOWER = new Uint8Array(128);
/** The lower case of letters, 0 for all else. */
export const LETTERS = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  LOWER[code] = char.toLowerCase().charCodeAt(0);
  if (/[a-z]/i.test(char)) CLASS[code] = LETTER;
  else if (/[0-9]/.test(char)) CLASS[code] = DIGIT;
  else if (/[._-]/.test(char)) CLASS[code] = JOINER;
  else if (code <= 32 || code === 127) CLASS[code] = BLANK | STOP;
  else if (/[<>()[\]{};,:"]/.test(char)) CLASS[code] = STOP;
  if (CLASS[code] === LETTER) LETTERS[code] = LOWER[code]!;
  if (/[0-9a-f]/i.test(char)) CLASS[code]! |= HEX;
}

/** Letters of U+00C0 to U+017F without their accents, so that rules are written in ASCII: `é` counts as `e`. */
const FOLDED = new Uint8Array(0x180 - 0xc0);
const NOT_COMPOSED: Readonly<Record<string, string>> = {
  ...{
    ß: 's',
    ø: 'o',
    đ: 'd',
    ð: 'd',
    ł: 'l',
    ı: 'i',
    æ: 'a',
    œ: 'o',
    þ: 't',
    ħ: 'h',
    ŧ: 't',
    ŋ: 'n',
    ĸ: 'k',
  },
};
for (let code = 0xc0; code < 0x180; code++) {
  const lower = String.fromCharCode(code).toLowerCase().normalize('NFD').charAt(0);
  const ascii = NOT_COMPOSED[lower] ?? lower;
  if (ascii < '\x80') FOLDED[code - 0xc0] = ascii.charCodeAt(0);
}

/** How far escapes are undone: more than the scanner reads. */
const MAX_ESCAPED = 8192;

/** Exim and sendmail write what is not ASCII as `\303\251`: gives those bytes back as characters. */
export function unescapeOctal(raw: string): string {
  const end = Math.min(raw.length, MAX_ESCAPED);
  let result = '';
  let from = 0;
  for (let at = raw.indexOf('\\'); at >= 0 && at < end; at = raw.indexOf('\\', at + 1)) {
    const first = raw.charCodeAt(at + 1) - 48;
    const second = raw.charCodeAt(at + 2) - 48;
    const third = raw.charCodeAt(at + 3) - 48;
    if (!(first >= 2 && first <= 3 && second >= 0 && second <= 7 && third >= 0 && third <= 7)) continue;
    result += raw.slice(from, at) + String.fromCharCode(first * 64 + second * 8 + third);
    from = at + 4;
  }
  return from === 0 ? raw : result + raw.slice(from);
}

/** How many characters from `i` are one character's UTF-8 that was read as Latin-1; 1 where they are not. */
export function mistakenUtf8(raw: string, i: number): number {
  const first = raw.charCodeAt(i);
  if (first < 0xc3 || first >= 0xf0 || !isContinuation(raw.charCodeAt(i + 1))) return 1;
  if (first < 0xe0) return 2;
  return isContinuation(raw.charCodeAt(i + 2)) ? 3 : 1;
}

function isContinuation(c: number): boolean {
  return c >= 0x80 && c < 0xc0;
}

/** The code point of the `size` characters from `i` that `mistakenUtf8` found. */
export function decodeUtf8(raw: string, i: number, size: number): number {
  const second = raw.charCodeAt(i + 1) & 0x3f;
  if (size === 2) return ((raw.charCodeAt(i) & 0x1f) << 6) | second;
  return ((raw.charCodeAt(i) & 0xf) << 12) | (second << 6) | (raw.charCodeAt(i + 2) & 0x3f);
}

/** The ASCII letter or sign that stands for a character, or 0. */
export function foldToAscii(c: number): number {
  if (c >= 0xc0 && c < 0x180 && FOLDED[c - 0xc0] !== 0) return FOLDED[c - 0xc0]!;
  // Romanian s and t with a comma below.
  if (c >= 0x218 && c < 0x21c) return c < 0x21a ? 0x73 : 0x74;
  if (c === 0x2019 || c === 0x2018 || c === 0xb4) return 0x27;
  const isBlank = c <= 0xa0 || c === 0x2013 || c === 0x2014 || (c >= 0xd800 && c < 0xe000);
  return isBlank ? 32 : 0;
}
