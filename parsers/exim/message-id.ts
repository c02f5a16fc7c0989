/**
 * Message ids (Exim source, `receive.c`): `1xVahE-00001q-03` up to 4.96, `1tixMn-00000000C5j-1wRa` since 4.97. The first
 * six characters are the second of arrival in UTC, in base 62.
 */

const DASH = 0x2d;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** For each character code its value in base 62, or -1. */
const VALUES = new Int8Array(128).fill(-1);
for (const [value, digit] of [...DIGITS].entries()) VALUES[digit.charCodeAt(0)] = value;

/** Where the second and third parts of an id end, in both lengths. */
const SHORT = { second: 13, third: 16 } as const;
const LONG = { second: 18, third: 23 } as const;

/** Where the message id that begins at `start` ends, or -1. */
export function endOfMessageId(text: string, start: number, end: number): number {
  if (start + SHORT.third > end || text.charCodeAt(start + 6) !== DASH) return -1;
  const { second, third } = text.charCodeAt(start + SHORT.second) === DASH ? SHORT : LONG;
  if (start + third > end || text.charCodeAt(start + second) !== DASH) return -1;
  for (let p = start; p < start + third; p++) {
    const c = text.charCodeAt(p);
    if (c > 127 || (VALUES[c]! < 0 && p !== start + 6 && p !== start + second)) return -1;
  }
  return start + third;
}

/** Whether a text is a message id as a whole. */
export function isMessageId(text: string): boolean {
  return endOfMessageId(text, 0, text.length) === text.length;
}

/** When the id that begins at `start` was made, in milliseconds UTC. */
export function arrivalOf(text: string, start: number): number {
  let seconds = 0;
  for (let p = start; p < start + 6; p++) seconds = seconds * DIGITS.length + VALUES[text.charCodeAt(p)]!;
  return seconds * 1000;
}
