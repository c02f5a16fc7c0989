/** The other side of a connection as Exim tells it: `name (helo) [ip]:port*`, of which name, helo and port may be missing. */
import { type Party, takeApart } from '../parties.ts';
import { Recurring } from '../recurring.ts';

const BLANK = 0x20;
const COLON = 0x3a;
const STAR = 0x2a;
const OPEN_BRACKET = 0x5b;
const OPEN_PARENTHESIS = 0x28;

/** The longest address has 45 characters, and may have a zone behind it. */
const LONGEST_ADDRESS = 64;

/** Where the host ends that begins at `start`; -1 where none does. `DS` may stand before the address. */
export function endOfHost(text: string, start: number, end: number): number {
  const open = openingBracket(text, start, end);
  if (open < 0) return -1;
  const close = text.indexOf(']', open);
  if (close < 0 || close >= end || close > open + LONGEST_ADDRESS) return -1;
  let p = close + 1;
  if (text.charCodeAt(p) === COLON && text.charCodeAt(p + 1) !== BLANK) {
    for (p += 1; p < end && isDigit(text.charCodeAt(p)); p++);
  }
  // A second message on the same connection.
  return text.charCodeAt(p) === STAR ? p + 1 : p;
}

/** Where the bracket of the address opens, or -1. */
function openingBracket(text: string, start: number, end: number): number {
  let p = start;
  const first = text.charCodeAt(p);
  if (first !== OPEN_BRACKET && first !== OPEN_PARENTHESIS) {
    const blank = text.indexOf(' ', p);
    if (blank < 0 || blank >= end) return -1;
    p = blank + 1;
    if (text.startsWith('DS ', p)) p += 3;
  }
  if (text.charCodeAt(p) === OPEN_PARENTHESIS) {
    const close = text.indexOf(') [', p);
    if (close < 0 || close >= end) return -1;
    p = close + 2;
  }
  return text.charCodeAt(p) === OPEN_BRACKET ? p : -1;
}

/** What the client of a host called itself, where the host shows it. */
export function heloOf(host: string): string | undefined {
  const open = host.startsWith('(') ? 0 : host.indexOf(' (') + 1;
  const close = host.startsWith('(', open) ? host.indexOf(') [', open) : -1;
  return close < 0 ? undefined : host.slice(open + 1, close);
}

/** Reads a whole host, as `endOfHost` finds it. */
function takeHostApart(host: string): Party {
  const open = openingBracket(host, 0, host.length);
  const blank = host.indexOf(' ');
  const name = host.startsWith('[') || host.startsWith('(') ? '' : host.slice(0, blank);
  const stop = host.charCodeAt(host.length - 1) === STAR ? host.length - 1 : host.length;
  return takeApart(name + host.slice(open, stop));
}

const parties = new Recurring(takeHostApart);

/** The client or relay that a host is, of a batch or whole. */
export function partyOf(text: string, start?: number, end?: number): Party {
  return parties.of(text, start, end);
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}
