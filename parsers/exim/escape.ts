/**
 * Undoes how Exim writes what does not print (`string_printing`): `\n`, `\t`, `\033`, and bytes of UTF-8 as `\303\274`.
 * A backslash of the text itself is not marked, so that `\n` may also have been written so: it reads well either way.
 */

const NAMED: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['v', '\v'],
  ['f', '\f'],
]);

/** One or more octal escapes, or one named; each is of fixed length, so nothing can backtrack. */
const ESCAPES = /(?:\\[0-3][0-7]{2})+|\\[nrtbvf]/g;

/** The text that `string_printing` was given, as far as it can be told. */
export function unescapePrinting(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPES, (escape) => {
    const named = NAMED.get(escape.charAt(1));
    if (named !== undefined) return named;
    const bytes = Buffer.from(escape.slice(1).split('\\').map((octal) => Number.parseInt(octal, 8)));
    const decoded = bytes.toString();
    return decoded.includes('\ufffd') ? bytes.toString('latin1') : decoded;
  });
}

/** The value of a field in quotes, in which quotes and backslashes have a backslash before them: `C="250 \"ok\"\\n…"`. */
export function unquote(text: string): string {
  return unescapePrinting(text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text);
}
