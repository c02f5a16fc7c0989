/**
 * Addresses as Postfix logs them: in angle brackets, with the local part quoted (since 3.5) where it holds anything
 * that could be mistaken for the log's own syntax: `to=<"x>, relay=evil[1.2.3.4]:25"@example.net>`.
 */
import { closingBracket } from '../brackets.ts';

const LESS = 0x3c;

/** Where the address that begins at `start` ends: behind its `>`, or before a comma where it has no brackets; or -1. */
export function endOfAddress(text: string, start: number, end: number): number {
  if (text.charCodeAt(start) === LESS) {
    const close = closingBracket(text, start, end);
    return close < 0 ? -1 : close + 1;
  }
  // Some anonymisers and rsyslog rules take the brackets away: `to=user@host.example.com, orig_to=root@localhost`.
  const comma = text.indexOf(', ', start);
  return comma < 0 || comma > end ? -1 : comma;
}

/** The address between `start` and `end` without its brackets. */
export function bareAddress(text: string, start: number, end: number): string {
  return text.charCodeAt(start) === LESS ? text.slice(start + 1, end - 1) : text.slice(start, end);
}
