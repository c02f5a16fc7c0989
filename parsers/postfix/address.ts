/**
 * Addresses as Postfix logs them: in angle brackets, with the local part quoted (since 3.5) where it holds anything
 * that could be mistaken for the log's own syntax: `to=<"x>, relay=evil[1.2.3.4]:25"@example.net>`.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LESS = 0x3c;
const GREATER = 0x3e;
const AT = 0x40;

/**
 * Where the `>` is that closes the bracket at `start`, or -1. Quotes are respected only where the local part begins
 * with one: Postfix quotes a local part whole or not at all.
 */
export function closingBracket(text: string, start: number, end: number): number {
  let p = start + 1;
  if (text.charCodeAt(p) === QUOTE) {
    for (p += 1; p < end; p++) {
      const c = text.charCodeAt(p);
      if (c === BACKSLASH) p += 1;
      else if (c === QUOTE) break;
    }
    // Without a closing quote before the domain it was none: old versions log `<"x@example.net>` raw.
    const next = text.charCodeAt(p + 1);
    if (p >= end || (next !== AT && next !== GREATER)) p = start + 1;
  }
  const close = text.indexOf('>', p);
  return close < 0 || close >= end ? -1 : close;
}

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
