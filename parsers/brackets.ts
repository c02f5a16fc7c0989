/** Addresses in angle brackets, which Postfix and Exim write alike. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
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
