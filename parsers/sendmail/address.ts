/**
 * Addresses as sendmail logs them: as they were given, with brackets, quotes and comments, which hold whatever the
 * sender likes: `to=<"a>, delay=00:00:01, stat=Sent"@example.net>,<b@example.net>, delay=…`.
 */
import { withLetters } from './escapes.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LESS = 0x3c;
const GREATER = 0x3e;
const COMMA = 0x2c;
const OPEN = 0x28;
const CLOSE = 0x29;

/**
 * Where the address that begins at `start` ends: before the first comma that is outside of quotes, brackets and
 * comments (as sendmail's own `prescan` reads), or at `end`. -1 where it is not balanced: a line or an address was cut.
 */
export function endOfAddress(text: string, start: number, end: number): number {
  let quoted = false;
  let brackets = 0;
  let comments = 0;
  for (let p = start; p < end; p++) {
    const c = text.charCodeAt(p);
    // `\\\\"` is an escaped quote: the log's own escape doubles the backslash.
    if (c === BACKSLASH) p += text.charCodeAt(p + 1) === BACKSLASH ? 2 : 1;
    else if (comments > 0) {
      if (c === OPEN) comments += 1;
      else if (c === CLOSE) comments -= 1;
    } else if (c === QUOTE) quoted = !quoted;
    else if (quoted) continue;
    else if (c === OPEN) comments = 1;
    else if (c === LESS) brackets += 1;
    else if (c === GREATER) brackets = Math.max(0, brackets - 1);
    else if (c === COMMA && brackets === 0) return p;
  }
  return quoted || brackets > 0 || comments > 0 ? -1 : end;
}

/**
 * The same where a key must follow. An address that was cut in its middle may be balanced no more: as sendmail cuts
 * to a fixed length, the key then stands just there, else it is the first one.
 * @param longest what sendmail's `shortenstring` makes of an address that is too long; 0 where it does not cut
 */
export function endBefore(text: string, start: number, end: number, key: string, longest: number): number {
  if (longest > 0 && text.startsWith(key, start + longest)) {
    const dots = text.indexOf('...', start);
    if (dots >= 0 && dots < start + longest) return start + longest;
  }
  const balanced = endOfAddress(text, start, end);
  if (balanced >= 0 && text.startsWith(key, balanced)) return balanced;
  const at = text.indexOf(key, start);
  return at < 0 || at >= end ? -1 : at;
}

/** The address between `start` and `end` without its brackets, and in UTF-8 where it was escaped. */
export function bareAddress(text: string, start: number, end: number): string {
  const bracketed = text.charCodeAt(start) === LESS && text.charCodeAt(end - 1) === GREATER;
  return withLetters(bracketed ? text.slice(start + 1, end - 1) : text.slice(start, end));
}
