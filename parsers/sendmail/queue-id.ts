/**
 * Queue ids (sendmail source, `assign_queueid` in queue.c).
 * Since 8.12 `6ANKUZ85000185`: year, month, day, hour, minute, second in UTC, one character each of sixty, two that
 * count, and the process id in six or seven digits. 8.10 and 8.11 count with one and have five digits or six:
 * `e6G2PqO05058`. Before that `SAA15929`: the hour, two that count, the process id.
 */

const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;

/** What the characters of a time stand for: the year since 1900 modulo 60, the month from 0, the rest as it is. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx';

const LONGEST = 15;
/** Characters before the process id, by the length of the whole; 0: no id has that length. */
const HEADS = [0, 0, 0, 0, 0, 0, 0, 3, 3, 3, 0, 0, 7, 7, 8, 8];

/** `x` of 36 stands for 1996: sendmail did not write such ids before, nor will it after 2055. */
const FIRST_CENTURY_MARK = 36;

/** Where the queue id that begins at `start` ends, if one does and a colon or the number of a part follows; else -1. */
export function endOfQueueId(text: string, start: number, end: number): number {
  const most = Math.min(end - 1, start + LONGEST);
  for (let p = start; p <= most; p++) {
    const c = text.charCodeAt(p);
    if (c === COLON || c === OPEN_BRACKET) return isQueueIdAt(text, start, p) ? p : -1;
    if (!isDigit(c) && !isUpper(c) && !(c >= 0x61 && c <= 0x7a)) return -1;
  }
  return -1;
}

/** Whether a text is a queue id as a whole. */
export function isQueueId(text: string): boolean {
  return text.length <= LONGEST && /^[0-9A-Za-z]+$/.test(text) && isQueueIdAt(text, 0, text.length);
}

/** When a queue id of 8.12 or later was made, in milliseconds UTC; undefined for older forms. */
export function arrivalOf(queueId: string): number | undefined {
  if (queueId.length < 14) return undefined;
  const [year, month, day, hour, minute, second] = [...queueId.slice(0, 6)].map((c) => DIGITS.indexOf(c));
  if (year === undefined || year < 0 || month! > 11 || day! < 1 || day! > 31 || hour! > 23) return undefined;
  if (minute! < 0 || second! < 0 || month! < 0 || hour! < 0) return undefined;
  return Date.UTC(year + (year < FIRST_CENTURY_MARK ? 2020 : 1960), month!, day, hour, minute, second);
}

/** The alphabet is known to hold between `start` and `end`; what is left are the digits of the process id. */
function isQueueIdAt(text: string, start: number, end: number): boolean {
  const head = HEADS[end - start] ?? 0;
  if (head === 0) return false;
  for (let p = start + head; p < end; p++) {
    if (!isDigit(text.charCodeAt(p))) return false;
  }
  if (head > 3) return true;
  return [0, 1, 2].every((at) => isUpper(text.charCodeAt(start + at)));
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

function isUpper(c: number): boolean {
  return c >= 0x41 && c <= 0x5a;
}
