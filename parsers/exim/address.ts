/**
 * The address of a delivery line and where it came from: `final (parent, parent) <original>`.
 *
 * The final address is printed without the quotes that its local part needs, so it may look like anything at all:
 *
 *   => x R=forged T=forged@b.test <"x R=forged T=forged"@b.test> R=dnslookup T=remote_smtp …
 *
 * What gives it away is the original behind it, which is printed with its quotes.
 */
import { closingBracket } from '../brackets.ts';
import { unescapeAddress } from './escape.ts';
import { LONGEST_KEY } from './fields.ts';

const BLANK = 0x20;
const COLON = 0x3a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_PARENTHESIS = 0x28;
const LESS = 0x3c;
const EQUALS = 0x3d;

/** Exim cuts its lines at this length (`LOG_BUFFER_SIZE`). */
const LONGEST_LINE = 8192;
/** So many beginnings of a quoted original are looked at. */
const MOST_ORIGINALS = 64;

/** How a pipe, a file and an autoreply begin. */
const COMMANDS: ReadonlySet<string> = new Set(['|', '/', '>']);

/** What an address is aliased to that gets no mail. */
export const BLACKHOLE = ':blackhole:';

/** Whom a delivery line is about. */
export interface Recipient {
  /** As printed: an address, a local part, or a pipe, a file or an autoreply. */
  readonly address: string;
  /** The address before aliasing, quoted as Exim quotes it. */
  readonly original: string | undefined;
  /** It is a pipe, a file or an autoreply. */
  readonly command?: true;
  /** Where the line goes on. */
  readonly end: number;
}

/** Reads the address part that begins at `start`; undefined where nothing stands there. */
export function readRecipient(text: string, start: number, end: number): Recipient | undefined {
  const found = readDisguised(text, start, end) ?? readCommand(text, start, end);
  if (found !== undefined) return found;
  let p = start;
  if (text.charCodeAt(start) === QUOTE) p = endOfQuoted(text, start, end);
  else if (text.startsWith(BLACKHOLE, start)) p = start + BLACKHOLE.length;
  else p = endOfPlain(text, start, end);
  if (p <= start) return undefined;
  const address = text.slice(start, p);
  const behindParents = skipParents(text, p, end);
  if (text.startsWith(' <', behindParents)) {
    const close = closingBracket(text, behindParents + 1, end);
    if (close >= 0) {
      return { address, original: text.slice(behindParents + 2, close), end: close + 1 };
    }
  }
  return { address, original: undefined, end: behindParents };
}

/**
 * `a b@c.test <"a b"@c.test>`: an original with quotes that says the same as all before it. Where several do, the last
 * is Exim's: what stands within an address cannot be followed by the original of a shorter one.
 */
function readDisguised(text: string, start: number, end: number): Recipient | undefined {
  const line = text.slice(start, Math.min(end, start + LONGEST_LINE));
  let found: Recipient | undefined;
  let tries = 0;
  // Brackets are rarer than blanks.
  if (!line.includes('<"')) return undefined;
  for (let at = line.indexOf(' <"'); at >= 0 && tries < MOST_ORIGINALS; at = line.indexOf(' <"', at + 1)) {
    tries += 1;
    const close = closingBracket(line, at + 1, line.length);
    if (close < 0) continue;
    const address = line.slice(0, at);
    const original = line.slice(at + 2, close);
    if (sameAddress(address, original)) found = { address, original, end: start + close + 1 };
  }
  return found;
}

/** An address without the quotes of its local part. */
function unquoted(address: string): string {
  const close = address.lastIndexOf('"');
  return address.slice(1, close).replace(/\\(.)/g, '$1') + address.slice(close + 1);
}

/** Whether two texts are the same address but for its quotes and the case of its letters. */
export function sameAddress(address: string, original: string): boolean {
  const plain = original.startsWith('"') ? unquoted(original) : original;
  return address.toLowerCase() === plain.toLowerCase();
}

/** Where the quoted address ends: at the first blank or colon behind its closing quote. */
function endOfQuoted(text: string, start: number, end: number): number {
  let p = start + 1;
  for (; p < end; p++) {
    const c = text.charCodeAt(p);
    if (c === BACKSLASH) p += 1;
    else if (c === QUOTE) break;
  }
  return p >= end ? end : endOfPlain(text, p, end);
}

/** Where the address ends: before ` (`, ` <`, a field, `: ` or ` : `, or words of Exim's such as ` routing`. */
function endOfPlain(text: string, start: number, end: number): number {
  for (let p = start; p < end; p++) {
    const c = text.charCodeAt(p);
    if (c === BLANK && endsAddress(text, p + 1, end)) return p;
    if (c === COLON && (p + 1 === end || text.charCodeAt(p + 1) === BLANK)) return p;
  }
  return end;
}

function endsAddress(text: string, p: number, end: number): boolean {
  const c = text.charCodeAt(p);
  if (c === OPEN_PARENTHESIS || c === LESS || (c === COLON && text.charCodeAt(p + 1) === BLANK)) return true;
  if (c === 0x72) return text.startsWith('routing ', p);
  if (c === 0x64) return text.startsWith('defer (', p);
  if (c === 0x6d) return text.startsWith('mua_wrapper forced failure', p);
  if (!(c >= 0x41 && c <= 0x5a)) return false;
  // `R=`, `QT=`, `DKIM=`
  let letter = p;
  while (letter < end && letter < p + LONGEST_KEY && isCapital(text.charCodeAt(letter))) letter++;
  return text.charCodeAt(letter) === EQUALS;
}

function isCapital(c: number): boolean {
  return c >= 0x41 && c <= 0x5a;
}

/** Behind ` (parent, parent)`, or `start`. */
function skipParents(text: string, start: number, end: number): number {
  if (!text.startsWith(' (', start)) return start;
  const close = text.indexOf(')', start);
  return close < 0 || close >= end ? start : close + 1;
}

/**
 * A pipe, file or autoreply of which the command is printed as it is: `|/bin/x 'a => b' <joe@b.test> R=aliases`. The
 * original is the last one in brackets before a router: the command comes from a file of the user's, whose name must
 * not be another's.
 */
function readCommand(text: string, start: number, end: number): Recipient | undefined {
  if (!COMMANDS.has(text.charAt(start)) && !text.startsWith('save ', start)) return undefined;
  const line = text.slice(start, Math.min(end, start + LONGEST_LINE));
  const at = line.lastIndexOf('> R=');
  const open = line.lastIndexOf(' <', at);
  if (at < 0 || open <= 0) return undefined;
  const original = line.slice(open + 2, at);
  return { address: line.slice(0, open), original, command: true, end: start + at + 1 };
}

function endOfWord(text: string, start: number, end: number): number {
  const blank = text.indexOf(' ', start);
  return blank < 0 || blank > end ? end : blank;
}

/** The sender behind `<=`, with its quotes as printed; `end` is where the line goes on. */
export function readSender(text: string, start: number, end: number): { from: string; end: number } {
  if (text.startsWith('<>', start)) return { from: '', end: start + 2 };
  const from = text.charCodeAt(start) === QUOTE ? endOfQuoted(text, start, end) : start;
  const stop = endOfWord(text, from, end);
  return { from: unescapeAddress(text.slice(start, stop)), end: stop };
}
