/** Lists of addresses to suppress, in the forms that other programs take. */
import type { Suppression } from '../aggregate/suppress.ts';
import { CATALOGUE, type Cause } from '../cause/catalogue.ts';

/** Value of `schema` in the JSON form. */
export const SUPPRESS_SCHEMA = 'whybounce.suppress/1';

/** The forms: for spreadsheets and programs, and the access maps of mail servers. */
export const SUPPRESS_FORMATS = ['csv', 'json', 'postfix', 'exim', 'sendmail'] as const;

/** One of `SUPPRESS_FORMATS`. */
export type SuppressFormat = (typeof SUPPRESS_FORMATS)[number];

/** What a list holds besides the addresses. */
export interface SuppressMeta {
  readonly generated_at: string;
  readonly window: { readonly from: string | null; readonly to: string | null };
}

/** Causes are named by rules, as any text. */
const TITLES: ReadonlyMap<string, Cause> = CATALOGUE;

/**
 * Addresses that stand in a map as they are: of letters, digits and the signs of RFC 5322's atoms. Not at the
 * beginning `#`, which makes a comment of the line. One class after the other, so nothing is tried twice.
 */
const PLAIN_ADDRESS = /^(?!#)[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]+@[\p{L}\p{N}.-]+$/u;

/** Whether a map can hold the address. */
export function fitsMap(address: string): boolean {
  return PLAIN_ADDRESS.test(address);
}

/** Whether a form is the access map of a mail server. */
export function isMap(format: SuppressFormat): boolean {
  return format !== 'csv' && format !== 'json';
}

/** Gives the list as one text. Maps leave out what does not fit them. */
export function formatSuppressions(
  list: readonly Suppression[],
  format: SuppressFormat,
  meta: SuppressMeta,
): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ schema: SUPPRESS_SCHEMA, ...meta, addresses: list }, undefined, 2)}\n`;
    case 'csv':
      return [CSV_COLUMNS, ...list.map((row) => CSV_COLUMNS.map((name) => String(row[name] ?? '')))]
        .map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
        .join('');
    case 'postfix':
      return list
        .filter(({ address }) => fitsMap(address))
        .map((row) => `${row.address}\tREJECT 5.1.1 ${reasonOf(row)}\n`)
        .join('');
    case 'exim':
      return list
        .filter(({ address }) => fitsMap(address))
        .map((row) => `${row.address}: ${reasonOf(row)}\n`)
        .join('');
    case 'sendmail':
      // `makemap hash /etc/mail/access`, with FEATURE(`blocklist_recipients'); keys have no capitals.
      return list
        .filter(({ address }) => fitsMap(address))
        .map((row) => `To:${row.address.toLowerCase()}\tERROR:5.1.1:"550 ${reasonOf(row)}"\n`)
        .join('');
  }
}

const CSV_COLUMNS = ['address', 'cause', 'detail', 'count', 'first', 'last', 'reply'] as const;

/** In our words only: a reply is anybody's text. */
function reasonOf({ cause, count, last }: Suppression): string {
  const title = TITLES.get(cause)?.title ?? 'Delivery failed';
  return `${title} (${count} ${count === 1 ? 'failure' : 'failures'}, last ${last.slice(0, 10)})`;
}

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[\s]*[=+\-@\t\r|%]/;

/** A cell after RFC 4180. What a spreadsheet would calculate gets an apostrophe, which it shows as text. */
function csvCell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
