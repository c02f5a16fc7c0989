/**
 * Text from a log is somebody else's: an address can hold escape sequences that repaint the terminal, and marks that
 * turn the direction of writing around.
 */

/**
 * Control and format characters (escape, carriage return, bidirectional overrides, zero-width ones), line and
 * paragraph separators and halves of surrogate pairs: one character class, so nothing to backtrack.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** As above, and whatever a terminal without UTF-8 cannot show. */
const UNSAFE_IN_ASCII = /[^\x20-\x7e]/gu;

/** A reply of several lines, as it is told in one. */
export function inOneLine(reply: string): string {
  return reply.replace(/\n/g, ' ');
}

/**
 * Makes a text safe to print: what a terminal would obey rather than show becomes `\x1b`, `\u202e` or `\u{e0041}`.
 * With `unicode` false, everything outside printable ASCII does.
 */
export function escapeForTerminal(text: string, unicode = true): string {
  return text.replace(unicode ? UNSAFE : UNSAFE_IN_ASCII, (character) => {
    const code = character.codePointAt(0)!;
    const digits = code.toString(16);
    if (code <= 0xff) return `\\x${digits.padStart(2, '0')}`;
    if (code <= 0xffff) return `\\u${digits.padStart(4, '0')}`;
    return `\\u{${digits}}`;
  });
}
