/**
 * A report on refused spam must not be taken for spam itself: addresses, hosts and links in it are written so that
 * people can read them and filters and mail programs cannot.
 */
import type { Report } from '../../aggregate/report.ts';

/** The `tt` of a link's scheme. */
const SCHEME = /(?<=h)tt(?=ps?:\/\/)/gi;

/** The dot of a name, before two letters or more: none of a number, an IP address or the end of a sentence. */
const DOT = /(?<=[\p{L}\p{N}\-_])\.(?=\p{L}{2})/gu;

/** The signatures by which filters are tested are words longer than any that people read. */
const LONG_WORD = /\S{60}(?=\S)/g;

/** Makes addresses, hosts and links in a text harmless: `hxxp://www[dot]example[dot]org`, `bob[at]example[dot]org`. */
export function defang(text: string): string {
  return text.replace(SCHEME, 'xx').replaceAll('@', '[at]').replace(DOT, '[dot]').replace(LONG_WORD, '$& ');
}

/** What the program itself says: with links that are meant to be followed, and names of files and commands. */
export const OWN_TEXTS: ReadonlySet<string> = new Set([
  'remedy',
  'next_step',
  'title',
  'meaning',
  'file',
  'source_file',
  'repeats',
  'overlaps',
]);

/** Makes every text of a report harmless that may come from outside. */
export function defangReport(report: Report): Report {
  return defangValue(report) as Report;
}

function defangValue(value: unknown): unknown {
  if (typeof value === 'string') return defang(value);
  if (Array.isArray(value)) return value.map(defangValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, OWN_TEXTS.has(key) ? inner : defangValue(inner)]),
  );
}
