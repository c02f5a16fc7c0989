/** The one pass over the characters of a reply; what it gives is told in `normalise.ts`. */
import type { Stage } from '../event/event.ts';
import {
  ATOM,
  BLANK,
  CLASS,
  DIGIT,
  decodeUtf8,
  foldToAscii,
  HEX,
  LETTER,
  LETTERS,
  LOWER,
  mistakenUtf8,
  STOP,
  unescapeOctal,
} from './characters.ts';
import {
  bytesOf,
  dropNumericLabels,
  isIpv6,
  isIpv6Part,
  isSentenceStart,
  isShortToken,
  isTopLevel,
  keepsHost,
  skipDomain,
} from './names.ts';

/** Only so much of a reply counts: longer ones repeat themselves, or carry what does not belong there. */
export const MAX_LENGTH = 2048;

/** Bytes kept free before the canonical text, for the classifier's cache key. */
export const HEADER = 9;

const ADDR = bytesOf('<addr>');
const IP = bytesOf('<ip>');
const HOST = bytesOf('<host>');
const NUMBER = bytesOf('<n>');
const ID = bytesOf('<id>');

/** What Postfix says after `in reply to` and Exim after `after`, to the stage. Longest first where they overlap. */
const STAGES: readonly (readonly [string, Stage])[] = [
  ['RCPT TO', 'rcpt'],
  ['MAIL FROM', 'mail'],
  ['end of DATA', 'eom'],
  ['end of data', 'eom'],
  ['DATA', 'data'],
  ['initial connection', 'connect'],
  ['EHLO', 'ehlo'],
  ['HELO', 'ehlo'],
  ['LHLO', 'ehlo'],
  ['STARTTLS', 'starttls'],
  ['AUTH', 'auth'],
  ['sending data block', 'eom'],
  ['pipelined RCPT TO', 'rcpt'],
  ['pipelined MAIL FROM', 'mail'],
  ['pipelined end of data', 'eom'],
  ['pipelined DATA', 'data'],
  ['TLS negotiation', 'starttls'],
];

const SUSPENDED = 'delivery temporarily suspended: ';
/** Postfix writes the path of a socket where the address of a host would be. */
const SOCKET = '[private/';
const REMOTE_HOST_SAID = '_host_said:_';
const REMOTE_ERROR = 'SMTP error from remote mail';
const IN_REPLY_TO = 'in reply to ';

/**
 * The scanner. It keeps its buffer between calls, so one instance serves one caller at a time; the fields hold
 * the result of the last `scan`.
 */
export class Scanner {
  /** `HEADER` free bytes, then the canonical text up to `length`. */
  readonly out: Buffer = Buffer.alloc(HEADER + MAX_LENGTH * 4);
  length = HEADER;
  /** False where the canonical text holds more than ASCII. */
  ascii = true;
  reply = 0;
  /** Class, subject and detail as one number: 5.7.26 is 5007026. */
  enhanced = 0;
  stage: Stage | undefined;
  /** The text that was scanned, which `hostStart` and `hostEnd` point into. */
  source = '';
  hostStart = 0;
  hostEnd = 0;
  /** The wrapper names a socket of this machine. */
  socket = false;

  /** Where the scan is in the raw text, and where that ends for it. */
  #at = 0;
  #end = 0;
  /** Where the next byte is written. */
  #to = HEADER;
  /** Where the word that could become an address begins in `out`. */
  #word = HEADER;
  /** Inside a URL hosts stay, since they tell who speaks. */
  #url = false;
  #underscored = false;

  /** The text of the last scan, with or without the header; always a string of its own. */
  slice(from: number): string {
    return this.ascii
      ? this.out.toString('latin1', from, this.length)
      : this.out.toString('utf8', from, this.length);
  }

  /** The host that the wrapper of the last scan named. */
  host(): string | undefined {
    return this.hostEnd > this.hostStart ? this.source.slice(this.hostStart, this.hostEnd) : undefined;
  }

  /** Scans one raw reply; the fields then hold the result. Never throws. */
  scan(reply: string): void {
    const raw = reply.indexOf('\\') < 0 ? reply : unescapeOctal(reply);
    this.source = raw;
    this.length = HEADER;
    this.ascii = true;
    this.reply = 0;
    this.enhanced = 0;
    this.stage = undefined;
    this.hostStart = 0;
    this.hostEnd = 0;
    this.socket = false;
    const start = this.#unwrap(raw);
    const end = raw.length - start > MAX_LENGTH ? start + MAX_LENGTH : raw.length;
    // qmail writes whole replies with underscores for blanks: `Remote_host_said:_550_no_such_user`.
    const underscore = raw.indexOf('_', start);
    this.#underscored =
      underscore >= 0 &&
      ((raw.indexOf(' ', start) < 0 && raw.indexOf('\\n', start) < 0) ||
        raw.indexOf(REMOTE_HOST_SAID, underscore) >= 0);
    this.#run(raw, start, end);
  }

  /** Finds where the reply itself begins, behind the MTA's wrappers. */
  #unwrap(raw: string): number {
    let at = 0;
    while (raw.startsWith(SUSPENDED, at)) at += SUSPENDED.length;
    switch (raw.charCodeAt(at)) {
      case 0x68: // h: Postfix, `host mx.example.com[192.0.2.1] said: `
        if (raw.startsWith('host ', at)) return this.#unwrapPostfix(raw, at);
        return at;
      case 0x48: // H: Exim's log, `H=mx.example.com [192.0.2.1]: SMTP error from …`
        if (raw.startsWith('H=', at)) {
          this.#noteHost(raw, at + 2);
          return this.#unwrapExim(raw, at);
        }
        return at;
      case 0x53: // S: Exim's bounce, `SMTP error from remote mail server after RCPT TO:<…>: host …`
        return this.#unwrapExim(raw, at);
      case 0x6c: // l: Postfix, `lost connection with mail.example.com[private/dovecot-lmtp] while …`
      case 0x63: // c: `conversation with …`
        this.socket = raw.startsWith(SOCKET, raw.indexOf('[', at));
        return at;
      case 0x44: // D: sendmail, `Deferred: 451 …`
        return raw.startsWith('Deferred: ', at) ? at + 10 : at;
      default:
        return at;
    }
  }

  #noteHost(raw: string, start: number): void {
    let end = start;
    while (end < raw.length && (CLASS[raw.charCodeAt(end)] ?? 0) & ATOM) end++;
    this.hostStart = start;
    this.hostEnd = end;
    this.socket = raw.startsWith(SOCKET, end);
  }

  #unwrapPostfix(raw: string, at: number): number {
    const bracket = raw.indexOf(']', at);
    if (bracket >= 0 && raw.startsWith('] said: ', bracket)) {
      this.#noteHost(raw, at + 5);
      return bracket + 8;
    }
    if (bracket >= 0 && raw.startsWith('] refused to talk to me: ', bracket)) {
      this.#noteHost(raw, at + 5);
      this.stage = 'connect';
      return bracket + 25;
    }
    // Exim: `host mx.example.com [192.0.2.1]: 550 …` or `… SMTP error from remote mail server after …`
    this.#noteHost(raw, at + 5);
    if (bracket >= 0 && raw.startsWith(']: ', bracket)) return this.#unwrapExim(raw, bracket + 3);
    return this.#unwrapExim(raw, at);
  }

  #unwrapExim(raw: string, at: number): number {
    const error = raw.indexOf(REMOTE_ERROR, at);
    if (error < 0 || error > at + 512) return at;
    const after = raw.indexOf(' after ', error);
    if (after < 0 || after > error + 48) return at;
    this.stage = stageAt(raw, after + 7);
    let colon = raw.indexOf(': ', after);
    if (colon < 0) return at;
    // `after MAIL FROM:<…> SIZE=1024: host mx [192.0.2.1]: 550 …`
    if (raw.startsWith('host ', colon + 2)) {
      this.#noteHost(raw, colon + 7);
      const bracket = raw.indexOf(']: ', colon);
      if (bracket >= 0) colon = bracket + 1;
    }
    return colon + 2;
  }

  #run(raw: string, start: number, end: number): void {
    this.#at = start;
    this.#end = end;
    this.#to = HEADER;
    this.#word = HEADER;
    this.#url = false;
    while (this.#at < end) {
      const c = raw.charCodeAt(this.#at);
      const kind = this.#kindOf(c);
      if (kind & BLANK) this.#blank(1);
      else if (kind & (LETTER | DIGIT)) this.#atom(raw, c);
      else this.#punctuation(raw, c, kind);
    }
    let to = this.#to;
    while (to > HEADER && (this.out[to - 1] === 32 || this.out[to - 1] === 0x2e)) to--;
    this.length = to;
  }

  #kindOf(c: number): number {
    if (c === 0x5f && this.#underscored) return BLANK | STOP;
    return c < 128 ? CLASS[c]! : LETTER;
  }

  /** Writes one blank for however many there are; `size` is what it takes in the raw text. */
  #blank(size: number): void {
    this.#at += size;
    const to = this.#to;
    if (to > HEADER && this.out[to - 1] !== 32) this.out[this.#to++] = 32;
    this.#word = this.#to;
    this.#url = false;
  }

  /** Puts a token over what was written from `from`. */
  #put(token: Uint8Array, from: number): void {
    const out = this.out;
    for (let i = 0; i < token.length; i++) out[from + i] = token[i]!;
    this.#to = from + token.length;
  }

  /** An atom: letters, digits and what joins them. Written in lower case at once, then replaced if need be. */
  #atom(raw: string, first: number): void {
    const out = this.out;
    const end = this.#end;
    const start = this.#at;
    let to = this.#to;
    let i = start;
    if (first < 128 && LETTERS[first] !== 0) {
      // Most atoms are plain words.
      let c = first;
      do {
        out[to++] = LETTERS[c]!;
        i++;
        c = i < end ? raw.charCodeAt(i) : 32;
      } while (c < 128 && LETTERS[c] !== 0);
      const isEnd = c < 128 && c !== 0x3a && c !== 0x40 && !(CLASS[c]! & ATOM);
      if (isEnd || (c === 0x2e && (i + 1 >= end || raw.charCodeAt(i + 1) === 32))) {
        this.#at = i;
        this.#to = to;
        return;
      }
      i = start;
      to = this.#to;
    } else if (first === 0x34 || first === 0x35 || first === 0x32) {
      const next = this.#code(raw, i);
      if (next > i) {
        this.#at = next;
        return;
      }
    }
    let letters = 0;
    let digits = 0;
    let dots = 0;
    let colons = 0;
    let hex = true;
    /** Scripts without blanks write numbers between their words: no id has other letters than ASCII. */
    let foreign = false;
    let lastDot = 0;
    let rawLastDot = 0;
    let c = first;
    let kind = c < 128 ? CLASS[c]! : LETTER;
    for (;;) {
      if (c >= 128) {
        const size = mistakenUtf8(raw, i);
        to = this.#wide(size > 1 ? decodeUtf8(raw, i, size) : c, to);
        i += size;
        letters++;
        hex = false;
        foreign = true;
      } else {
        out[to++] = LOWER[c]!;
        if (kind & DIGIT) digits++;
        else if (kind & LETTER) {
          letters++;
          if (!(kind & HEX)) hex = false;
        } else if (c === 0x2e) {
          dots++;
          lastDot = to;
          rawLastDot = i;
        } else if (c === 0x3a) colons++;
        i++;
      }
      if (i >= end) break;
      const previous = kind;
      c = raw.charCodeAt(i);
      kind = this.#kindOf(c);
      // `denied...4f2a`: dots in a row end a word.
      if (c === 0x2e && raw.charCodeAt(i - 1) === 0x2e) break;
      if (kind & ATOM) continue;
      // A colon joins the parts of a time or of an IPv6 address.
      if (c !== 0x3a || dots > 0 || !(previous & HEX || colons > 0) || i + 1 >= end) break;
      const follower = raw.charCodeAt(i + 1);
      const followerKind = follower < 128 ? CLASS[follower]! : 0;
      const isInside = followerKind & HEX || follower === 0x3a || raw.charCodeAt(i - 1) === 0x3a;
      const inIpv6 = hex && isInside && isIpv6(raw, start, end);
      const inTime = previous & DIGIT && followerKind & DIGIT && (letters === 0 || digits > 4);
      if (!inIpv6 && !inTime) break;
    }
    // Joiners at the end belong to the sentence.
    while (to > this.#to && isJoiner(out[to - 1]!)) {
      if (out[to - 1] === 0x2e) {
        dots--;
        if (lastDot === to) lastDot = 0;
      }
      to--;
      i--;
    }
    const atom = this.#to;
    this.#to = to;
    this.#at = i;
    if (to === atom) {
      this.#at++;
      return;
    }
    if (raw.charCodeAt(i) === 0x40 && this.#address(raw, i)) return;
    if (digits === 0 && dots === 0 && colons === 0) {
      if (raw.charCodeAt(i) === 0x3a) this.#scheme(raw, atom);
      return;
    }
    const size = to - atom;
    if (letters === 0) {
      if (colons > 0) this.#put(isIpv6(raw, start, end) ? IP : NUMBER, atom);
      else if (dots === 3) this.#put(IP, atom);
      else if (digits >= 8) this.#put(ID, atom);
      else if (dots === 0 && size !== 3 && out[atom - 1] !== 0x23) this.#put(NUMBER, atom);
    } else if (colons > 0) this.#put(colons > 1 && hex ? IP : ID, atom);
    // The domain in a path, as in `…/help/example.com.html`, tells one recipient from another.
    else if (dots > 1 && this.#url && out[atom - 1] === 0x2f && out[atom - 2] !== 0x2f) this.#put(HOST, atom);
    else if (lastDot > 0 && isTopLevel(out, lastDot, to) && !isSentenceStart(raw, rawLastDot + 1)) {
      if (this.#url || raw.charCodeAt(i) === 0x2f) this.#url = true;
      else if (!keepsHost(out, atom, to)) {
        this.#put(HOST, atom);
        return;
      }
      this.#to = dropNumericLabels(out, atom, to);
    } else if (digits >= 2 && size >= 8 && !foreign && !isShortToken(out, atom, to)) this.#put(ID, atom);
    else if (size === 4 && out[atom] === 0x69 && out[to - 1] === 0x36 && raw.charCodeAt(i) === 0x3a) {
      // `[IPv6:2001:db8::1]` is an address like any other.
      this.#to = atom;
      this.#at++;
    }
  }

  /** Replaces the whole word before the `@` at `i`, and the domain behind it; false where it is no address. */
  #address(raw: string, i: number): boolean {
    const next = skipDomain(raw, i + 1, this.#end);
    if (next === i + 1) return false;
    this.#at = next;
    this.#put(ADDR, this.#word);
    this.#word = this.#to;
    return true;
  }

  /** Where the atom is `http` or `https` before `://`, a URL begins. `https: //` is a line break inside one. */
  #scheme(raw: string, atom: number): void {
    const size = this.#to - atom;
    if (!((size === 4 || size === 5) && this.out[atom] === 0x68 && this.out[atom + 1] === 0x74)) return;
    let slashes = this.#at + 1;
    while (raw.charCodeAt(slashes) === 32) slashes++;
    if (raw.charCodeAt(slashes) !== 0x2f || raw.charCodeAt(slashes + 1) !== 0x2f) return;
    this.#url = true;
    this.#at = slashes + 2;
    this.out[this.#to++] = 0x3a;
    this.out[this.#to++] = 0x2f;
    this.out[this.#to++] = 0x2f;
    this.#word = this.#to;
  }

  #punctuation(raw: string, c: number, kind: number): void {
    const out = this.out;
    const i = this.#at;
    if (c === 0x3c) {
      const next = this.#angle(raw, i, this.#end);
      this.#at = next > 0 ? next : i + 1;
      if (next > 0) this.#put(isIpv4(raw, i + 1, next - 1) ? IP : ADDR, this.#to);
      this.#word = this.#to;
      return;
    }
    if (c === 0x28 && raw.startsWith(IN_REPLY_TO, i + 1)) {
      const close = raw.indexOf(')', i);
      this.stage = stageAt(raw, i + 1 + IN_REPLY_TO.length);
      this.#at = close < 0 ? this.#end : close + 1;
      this.#word = this.#to;
      return;
    }
    // Exim writes the line ends of a reply as `\n`.
    if (c === 0x5c && raw.charCodeAt(i + 1) === 0x6e) {
      this.#blank(2);
      return;
    }
    if (c === 0x3a && raw.charCodeAt(i + 1) === 0x3a && isIpv6(raw, i, this.#end)) {
      while (this.#at < this.#end && isIpv6Part(raw, this.#at)) this.#at++;
      this.#put(IP, this.#to);
      return;
    }
    this.#at++;
    const isQuote = c === 0x22 || c === 0x3e;
    // Dots in a row, and the dot that opens nothing, say nothing.
    const isIdle =
      c === 0x2e && (this.#to === HEADER || out[this.#to - 1] === 0x2e || out[this.#to - 1] === 32);
    if (!isQuote && !isIdle) out[this.#to++] = c;
    if (kind & STOP || isQuote) this.#word = this.#to;
  }

  /** Writes one character that is not ASCII at `to`; gives where the next one goes. */
  #wide(c: number, to: number): number {
    const ascii = foldToAscii(c);
    if (ascii > 0) {
      this.out[to] = ascii;
      return to + 1;
    }
    this.ascii = false;
    // Cyrillic and Greek have capitals; further scripts have none.
    const lower = c >= 0x370 && c < 0x530 ? String.fromCharCode(c).toLowerCase().charCodeAt(0) : c;
    return to + this.out.write(String.fromCharCode(lower), to, 'utf8');
  }

  /**
   * Reads a reply code or an enhanced code where one begins at `i`; gives the position behind it, or `i` where
   * the digits are no code. Codes do not stay in the text.
   */
  #code(raw: string, i: number): number {
    if (raw.charCodeAt(i + 1) === 0x2e) return this.#enhancedCode(raw, i);
    const second = raw.charCodeAt(i + 1);
    const third = raw.charCodeAt(i + 2);
    if (!(second >= 0x30 && second <= 0x37 && third >= 0x30 && third <= 0x39)) return i;
    const behind = i + 3 < this.#end ? raw.charCodeAt(i + 3) : 32;
    const behindKind = behind < 128 ? CLASS[behind]! : LETTER;
    if (behindKind & (LETTER | DIGIT) || behind === 0x2e) return i;
    const code = (raw.charCodeAt(i) - 48) * 100 + (second - 48) * 10 + (third - 48);
    const isSeparated = behind === 0x2d || behind === 0x5f || (behindKind & BLANK) !== 0;
    const withEnhanced = isSeparated && this.#startsEnhanced(raw, i + 4, raw.charCodeAt(i));
    if (this.reply === 0) {
      // `smtp; 550 …`, `said: 550 …`, `'550 …'`: after punctuation, or with an enhanced code behind it.
      if (!withEnhanced && !this.#opensReply()) return i;
      this.reply = code;
    } else if (code !== this.reply && !withEnhanced && this.#to > HEADER) return i;
    return behind === 0x2d ? i + 4 : i + 3;
  }

  /** True where nothing was written yet, or what was ends like the introduction of a quoted reply. */
  #opensReply(): boolean {
    let last = this.#to - 1;
    if (this.out[last] === 32) last--;
    if (last < HEADER) return true;
    const c = this.out[last];
    return c === 0x3a || c === 0x3b || c === 0x27 || c === 0x3e;
  }

  #startsEnhanced(raw: string, i: number, classDigit: number): boolean {
    let at = i;
    while (raw.charCodeAt(at) === 32) at++;
    return raw.charCodeAt(at) === classDigit && raw.charCodeAt(at + 1) === 0x2e;
  }

  #enhancedCode(raw: string, i: number): number {
    let at = i + 2;
    let subject = 0;
    let detail = 0;
    let digits = 0;
    let c = raw.charCodeAt(at);
    while (c >= 0x30 && c <= 0x39 && digits < 3) {
      subject = subject * 10 + c - 48;
      digits++;
      c = raw.charCodeAt(++at);
    }
    if (digits === 0 || c !== 0x2e) return i;
    digits = 0;
    c = raw.charCodeAt(++at);
    while (c >= 0x30 && c <= 0x39 && digits < 3) {
      detail = detail * 10 + c - 48;
      digits++;
      c = raw.charCodeAt(++at);
    }
    const kind = at < this.#end ? (c < 128 ? CLASS[c]! : LETTER) : BLANK;
    // `joe+4.0.0@example.com` holds no code.
    if (digits === 0 || kind & (LETTER | DIGIT) || c === 0x40 || raw.charCodeAt(i - 1) === 0x2b) return i;
    if (c === 0x2e && raw.charCodeAt(at + 1) >= 0x30 && raw.charCodeAt(at + 1) <= 0x39) return i;
    // A line wrapped inside the code: `5.7.51 1 Access denied` is 5.7.511.
    if (digits === 2 && detail >= 50 && detail < 90 && c === 32) {
      const wrapped = raw.charCodeAt(at + 1);
      if (wrapped >= 0x30 && wrapped <= 0x39 && raw.charCodeAt(at + 2) === 32) {
        detail = detail * 10 + wrapped - 48;
        at += 2;
      }
    }
    const classDigit = raw.charCodeAt(i) - 48;
    const code = classDigit * 1_000_000 + subject * 1000 + detail;
    if (classDigit !== 2 && (this.enhanced === 0 || subject + detail > 0)) this.enhanced = code;
    return at;
  }

  /**
   * Decides what stands in angle brackets from `i`: gives the position behind them where it is an address or a
   * name, else 0 (`<552 5.2.2 Over quota>` and `<https://…>` are read).
   */
  #angle(raw: string, i: number, end: number): number {
    let at = i + 1;
    let quoted = false;
    if (raw.charCodeAt(at) === 0x22) {
      // A quoted local part may hold anything: `<"a> b"@example.com>`.
      const last = Math.min(end, at + 320);
      for (let quote = at + 1; quote < last; quote++) {
        if (raw.charCodeAt(quote) === 0x22 && raw.charCodeAt(quote + 1) === 0x40) {
          at = quote + 1;
          quoted = true;
          break;
        }
      }
    }
    let address = quoted;
    let blank = false;
    for (; at < end; at++) {
      const c = raw.charCodeAt(at);
      if (c === 0x3e) return address || !blank ? at + 1 : 0;
      if (c === 0x40) address = true;
      else if (c === 32) blank = true;
      else if (c === 0x3c || (c === 0x2f && raw.charCodeAt(at + 1) === 0x2f)) return 0;
    }
    return 0;
  }
}

/** True for four numbers joined by dots: `<192.0.2.1>` is a host, not somebody's address. */
function isIpv4(raw: string, from: number, to: number): boolean {
  let dots = 0;
  for (let at = from; at < to; at++) {
    const c = raw.charCodeAt(at);
    if (c === 0x2e) dots++;
    else if (c < 0x30 || c > 0x39) return false;
  }
  return dots === 3;
}

function isJoiner(c: number): boolean {
  return c === 0x2e || c === 0x2d || c === 0x5f;
}

function stageAt(raw: string, at: number): Stage | undefined {
  for (const [words, stage] of STAGES) if (raw.startsWith(words, at)) return stage;
  return undefined;
}
