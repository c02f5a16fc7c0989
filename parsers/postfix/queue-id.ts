/**
 * Queue ids (Postfix source, `mail_queue.h`). Short: five hex digits of microseconds and the inode in hex.
 * Long: six or more characters of seconds, four of microseconds, `z`, the inode; no vowels, so that no words come out.
 */

const COLON = 0x3a;
const SHORT = 1;
const LONG = 2;

const LONG_DIGITS = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz';

/** For each character code: whether short ids, long ids or both may hold it. */
const CLASSES = new Uint8Array(128);
for (const digit of '0123456789ABCDEF') CLASSES[digit.charCodeAt(0)]! |= SHORT;
for (const digit of LONG_DIGITS) CLASSES[digit.charCodeAt(0)]! |= LONG;

/** The shortest short id that was ever seen has seven characters; the shortest long one needs 6 + 4 + 1 + 1. */
const SHORTEST = 6;
const SHORTEST_LONG = 12;
const LONGEST = 24;

/**
 * Where the queue id that begins at `start` ends, if one does and a colon follows; else -1.
 * Words such as `warning: ` or `statistics: ` hold vowels and lower case, and so are none.
 */
export function endOfQueueId(text: string, start: number, end: number): number {
  let classes = SHORT | LONG;
  const most = Math.min(end, start + LONGEST);
  for (let p = start; p < most; p++) {
    const c = text.charCodeAt(p);
    if (c === COLON) {
      const length = p - start;
      if (length < SHORTEST || (classes === LONG && length < SHORTEST_LONG)) return -1;
      return p;
    }
    classes &= c < 128 ? CLASSES[c]! : 0;
    if (classes === 0) return -1;
  }
  return -1;
}

/** Whether a text is a queue id as a whole. */
export function isQueueId(text: string): boolean {
  return endOfQueueId(`${text}:`, 0, text.length + 1) === text.length;
}

/**
 * When a long queue id was made, in milliseconds UTC; undefined for a short one.
 * `3mPVKl0Mhjz7sXv` was made at 2015-07-05T12:52:11Z.
 */
export function arrivalOf(queueId: string): number | undefined {
  // The inode behind the last `z` holds none itself (base 51), and microseconds take exactly four characters.
  const mark = queueId.lastIndexOf('z');
  if (mark < 10) return undefined;
  let seconds = 0;
  for (const character of queueId.slice(0, mark - 4)) {
    const digit = LONG_DIGITS.indexOf(character);
    if (digit < 0) return undefined;
    seconds = seconds * LONG_DIGITS.length + digit;
  }
  return seconds * 1000;
}
