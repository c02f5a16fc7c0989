/**
 * What stands before the text of a line, in this order (Exim source, `log.c`):
 *
 *   2026-11-23 20:12:28.313 +0000 [16490] 1xVaOq-0004Hy-10 <= …
 *
 * The envelope has read the stamp of a file's line. Through syslog Exim's own stamp comes behind that of syslog
 * (`syslog_timestamp`). Zone, process and message id are optional.
 */

const BLANK = 0x20;
const DOT = 0x2e;
const COLON = 0x3a;
const DASH = 0x2d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Where the text begins behind a stamp and zone of Exim's own, where there are any, and its `[pid]`. */
export function skipHead(text: string, start: number, end: number): number {
  return skipProcess(text, skipStamp(text, start, end), end);
}

/** Behind `2026-11-23 20:12:28[.313] [+0000 ]`, or `start`. */
function skipStamp(text: string, start: number, end: number): number {
  if (
    text.charCodeAt(start + 4) !== DASH ||
    text.charCodeAt(start + 7) !== DASH ||
    text.charCodeAt(start + 10) !== BLANK ||
    text.charCodeAt(start + 13) !== COLON ||
    !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text.slice(start, start + 19))
  )
    return start;
  let p = start + 19;
  if (text.charCodeAt(p) === DOT) for (p += 1; isDigit(text.charCodeAt(p)); p++);
  if (text.charCodeAt(p) !== BLANK || p >= end) return start;
  p += 1;
  return /^[+-]\d{4} $/.test(text.slice(p, p + 6)) ? p + 6 : p;
}

/** Behind `[16490] `, or `start`. */
function skipProcess(text: string, start: number, end: number): number {
  if (text.charCodeAt(start) !== OPEN_BRACKET) return start;
  const most = Math.min(end, start + 12);
  for (let p = start + 1; p < most; p++) {
    const c = text.charCodeAt(p);
    if (c === CLOSE_BRACKET) return p > start + 1 && text.charCodeAt(p + 1) === BLANK ? p + 2 : start;
    if (!isDigit(c)) return start;
  }
  return start;
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}
