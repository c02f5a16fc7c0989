/**
 * Undoes how Exim writes what does not print (`string_printing`): `\n`, `\t`, `\033`, and bytes of UTF-8 as `\303\274`.
 * A backslash of the text itself is not marked, so that `\n` may also have been written so: it reads well either way.
 */
import { isUtf8 } from 'node:buffer';

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\\n', '\n'],
  ['\\r', '\r'],
  ['\\t', '\t'],
]);

/** A backslash before another, which stays; octal escapes; named ones. Each is of fixed length: nothing can backtrack. */
const ESCAPES = /\\\\|(?:\\[0-3][0-7]{2})+|\\[nrt]/g;

/** In an address, bytes beyond ASCII alone: all else in it may be the backslash of a quoted local part. */
const BYTES = /(?:\\[23][0-7]{2})+/g;

/** The text that `string_printing` was given, as far as it can be told. */
export function unescapePrinting(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPES, (written) =>
    written === '\\\\' ? written : (NAMED.get(written) ?? decodeOctal(written)),
  );
}

/** The address that was printed, which may be of SMTPUTF8. */
export function unescapeAddress(text: string): string {
  return text.includes('\\') ? text.replace(BYTES, decodeOctal) : text;
}

/** The value of a field in quotes, in which quotes and backslashes have a backslash before them: `C="250 \"ok\"\\n…"`. */
export function unquote(text: string): string {
  return text.includes('\\') ? unescapePrinting(text.replace(/\\(["\\])/g, '$1')) : text;
}

/** Bytes as UTF-8, or as Latin-1 where they are none. */
function decodeOctal(escapes: string): string {
  const bytes = Buffer.from(
    escapes
      .slice(1)
      .split('\\')
      .map((octal) => Number.parseInt(octal, 8)),
  );
  return isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1');
}
