/**
 * Takes the envelope off a log line: time, host, program tag. Every form may follow every other in one file.
 *
 * RFC 3164    `Nov 23 20:29:57 mx1 postfix/smtpd[206]: connect from …` (one or two blanks or a zero before the day)
 * RFC 3339    `2026-11-23T20:29:57.755361+01:00 mx1 postfix/smtpd[206]: …`, also journald's short-iso (`+0100`)
 * RFC 5424    `<22>1 2026-11-23T20:29:57.755361+01:00 mx1 postfix/smtpd 206 - - …`
 * log files   `2026-11-23 20:31:28 1xVahE-00001q-03 => …`: without host and tag, where a parser knows the text for its own
 * journald    `{"__REALTIME_TIMESTAMP":"1795…","_HOSTNAME":"mx1","SYSLOG_IDENTIFIER":"postfix/smtpd","MESSAGE":"…"}`
 * containers  `mail-1  | …`, `docker[32360]: …`, `2026-…Z stdout F …`, `{"log":"…","time":"…"}` before any of these
 *
 * The header of the line before is remembered, since most lines begin like their neighbour: comparing is an order of
 * magnitude cheaper than reading.
 */
import type { LogLine, Program } from '../contract.ts';
import { copy } from '../copy.ts';
import type { Clock } from './clock.ts';
import { readJsonEnvelope } from './json.ts';
import { monthOf } from './months.ts';

const BLANK = 0x20;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LESS = 0x3c;
const DOT = 0x2e;
const DASH = 0x2d;
const PLUS = 0x2b;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distinct tags that are remembered; then the table is begun anew. */
const MOST_TAGS = 10_000;
/** Places for the tags seen last, a power of two. */
const RECENT_TAGS = 256;
const LONGEST_TAG = 128;
const LONGEST_PID = 10;
/** An envelope within an envelope within an envelope is as deep as containers go. */
const MOST_DEPTH = 3;

/** A tag without its process id. */
interface Tag {
  readonly name: string;
  readonly program: Program | undefined;
}

/** Finds the program that wrote the text between two positions, which stands behind nothing but a stamp. */
export type Untagged = (text: string, start: number, end: number) => Program | undefined;

/** Reads the envelopes of one source, line by line, in order. */
export class Envelope {
  readonly #clock: Clock;
  readonly #resolve: (tag: string) => Program | undefined;
  readonly #untagged: Untagged;
  readonly #tags = new Map<string, Tag>();
  /** The tags seen last, by a sum of their characters. */
  readonly #recent: (Tag | undefined)[] = new Array(RECENT_TAGS).fill(undefined);

  /** RFC 3164 head of the line before, up to its minute (`Nov 23 20:29:`), and the minute's time. */
  #head = '';
  #headTime = 0;
  /** What stands between its seconds and its tag (` mx1 `), and the host in it. */
  #tail = '';
  #tailHost = '';
  /** The host of the line before, in whatever form. */
  #host = '';
  /** RFC 3339 stamp of the line before up to its seconds (`2026-11-23T20:29:`), and its wall-clock time. */
  #minute = '';
  #minuteWall = 0;
  /** RFC 3339 zone of the line before with the blank behind it, and its distance from UTC in milliseconds. */
  #zone = '';
  #zoneOffset = 0;
  /** Set by the readers of stamps: where the text goes on. */
  #next = 0;

  /**
   * @param clock gives years and zones where the stamps lack them
   * @param resolve finds the program behind a tag; asked once for each distinct tag
   * @param untagged finds the program behind a line of a log file, which has no tag
   */
  constructor(
    clock: Clock,
    resolve: (tag: string) => Program | undefined,
    untagged: Untagged = () => undefined,
  ) {
    this.#clock = clock;
    this.#resolve = resolve;
    this.#untagged = untagged;
  }

  /**
   * Reads the line in `text` from `start` to `end` into `line`. Gives false where there is no envelope.
   * A classic `last message repeated 3 times` comes with an empty tag and `repeats` 3.
   */
  read(text: string, start: number, end: number, line: LogLine): boolean {
    line.text = text;
    line.end = end;
    line.repeats = 1;
    if (this.#head !== '' && text.startsWith(this.#head, start)) {
      const seconds = start + this.#head.length;
      if (text.startsWith(this.#tail, seconds + 2)) {
        line.time = this.#headTime + twoDigits(text, seconds) * SECOND;
        line.host = this.#tailHost;
        if (!Number.isNaN(line.time))
          return this.#readTag(text, seconds + 2 + this.#tail.length, end, line, 0);
      }
    }
    return this.#readHead(text, start, end, line, 0);
  }

  #readHead(text: string, start: number, end: number, line: LogLine, depth: number): boolean {
    const first = text.charCodeAt(start);
    if (first === 0x7b) return this.#readJson(text, start, end, line, depth);
    let p = start;
    if (first === LESS) {
      p = text.indexOf('>', start) + 1;
      if (p === 0 || p > start + 5) return false;
    }
    const stamped = this.#readStamp(text, p, end, line, depth);
    if (stamped) return this.#readLine(text, start, p, end, line, depth);
    // RFC 5424: the version before the stamp.
    if (text.startsWith('1 ', p) && this.#readStamp(text, p + 2, end, line, depth)) {
      return this.#readStructured(text, this.#next, end, line);
    }
    // docker compose: `mail-1  | Nov 23 …`
    if (depth < MOST_DEPTH && first !== LESS) {
      const bar = text.slice(start, Math.min(start + 64, end)).indexOf(' | ');
      if (bar > 0 && this.#readStamp(text, start + bar + 3, end, line, depth)) {
        return this.#readLine(text, start, start + bar + 3, end, line, depth);
      }
    }
    return false;
  }

  /** Behind the stamp that began at `stamp`: the text of a log file, or a host and a tag. */
  #readLine(text: string, start: number, stamp: number, end: number, line: LogLine, depth: number): boolean {
    const next = this.#next;
    // Log files have a blank between date and time, as most others have not.
    const program =
      text.charCodeAt(stamp + 10) === BLANK && text.charCodeAt(stamp + 4) === DASH
        ? this.#untagged(text, next, end)
        : undefined;
    if (program === undefined) return this.#readBehindStamp(text, start, next, end, line, depth);
    // Within another envelope host and process are that one's.
    if (depth === 0) {
      line.host = '';
      line.pid = 0;
    }
    line.tag = program.instance;
    line.program = program;
    line.start = next;
    return true;
  }

  /** Reads a stamp of any form into `line.time` (the outermost wins) and sets `#next` behind it and its blank. */
  #readStamp(text: string, p: number, end: number, line: LogLine, depth: number): boolean {
    const first = text.charCodeAt(p);
    const time =
      first >= 0x30 && first <= 0x39 ? this.#readDateTime(text, p, end) : this.#readMonthDay(text, p, end);
    if (Number.isNaN(time)) return false;
    // In a container both stamps tell the same moment, but only the outer one is sure to be in the zone of the rest.
    if (depth === 0) line.time = time;
    return true;
  }

  /** `2026-11-23T20:29:57.755361+01:00 `: NaN where it is none. */
  #readDateTime(text: string, start: number, end: number): number {
    if (start + 20 > end) return Number.NaN;
    if (!text.startsWith(this.#minute, start) || this.#minute === '') {
      const stamp = text.slice(start, start + 17);
      if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:$/.test(stamp)) return Number.NaN;
      this.#minuteWall = Date.UTC(
        Number(stamp.slice(0, 4)),
        Number(stamp.slice(5, 7)) - 1,
        Number(stamp.slice(8, 10)),
        Number(stamp.slice(11, 13)),
        Number(stamp.slice(14, 16)),
      );
      this.#minute = stamp;
    }
    let wall = this.#minuteWall + twoDigits(text, start + 17) * SECOND;
    let p = start + 19;
    if (text.charCodeAt(p) === DOT || text.charCodeAt(p) === 0x2c) {
      let micros = 0;
      let scale = 100_000;
      for (p += 1; p < end; p++) {
        const digit = text.charCodeAt(p) - 0x30;
        if (!(digit >= 0 && digit <= 9)) break;
        micros += digit * scale;
        scale = Math.floor(scale / 10);
      }
      wall += micros / 1000;
    }
    if (this.#zone !== '' && text.startsWith(this.#zone, p)) {
      this.#next = p + this.#zone.length;
      return wall - this.#zoneOffset;
    }
    if (text.charCodeAt(p) === BLANK) {
      const sign = text.charCodeAt(p + 1);
      if (sign !== PLUS && sign !== DASH) {
        this.#next = p + 1;
        return this.#clock.utc(wall);
      }
    }
    // Exim has a blank before its zone: ` +0100 `.
    const zone = /^(?:Z| ?([+-])(\d\d):?(\d\d))? /.exec(text.slice(p, Math.min(p + 8, end)));
    if (zone === null) return Number.NaN;
    this.#next = p + zone[0].length;
    if (zone[0] === ' ') return this.#clock.utc(wall);
    this.#zone = zone[0];
    this.#zoneOffset =
      zone[1] === undefined
        ? 0
        : (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * HOUR + Number(zone[3]) * MINUTE);
    return wall - this.#zoneOffset;
  }

  /** `Nov 23 20:29:57 `, with a fraction in journald's short-precise: NaN where it is none. */
  #readMonthDay(text: string, start: number, end: number): number {
    // The longest month name known has five characters; day, time and blanks take 13 more.
    const blank = text.slice(start, Math.min(start + 6, end)).indexOf(' ');
    if (blank < 3) return Number.NaN;
    const month = monthOf(text.slice(start, start + blank));
    if (month === undefined) return Number.NaN;
    let p = start + blank + 1;
    if (text.charCodeAt(p) === BLANK) p += 1;
    let day = text.charCodeAt(p) - 0x30;
    if (text.charCodeAt(p + 1) !== BLANK) {
      day = twoDigits(text, p);
      p += 1;
    }
    p += 2;
    if (text.charCodeAt(p + 2) !== COLON || text.charCodeAt(p + 5) !== COLON) return Number.NaN;
    let rest =
      (day - 1) * DAY +
      twoDigits(text, p) * HOUR +
      twoDigits(text, p + 3) * MINUTE +
      twoDigits(text, p + 6) * SECOND;
    p += 8;
    if (text.charCodeAt(p) === DOT) {
      const blankAfter = text.indexOf(' ', p);
      if (blankAfter < 0 || blankAfter > p + 10) return Number.NaN;
      rest += Math.round(Number(text.slice(p, blankAfter)) * 1e6) / 1000;
      p = blankAfter;
    }
    if (Number.isNaN(rest) || p >= end || text.charCodeAt(p) !== BLANK) return Number.NaN;
    this.#next = p + 1;
    return this.#clock.yearless(month, rest);
  }

  /** Behind a stamp: a host and a tag, or what a container runtime puts before the line of the program. */
  #readBehindStamp(
    text: string,
    start: number,
    afterStamp: number,
    end: number,
    line: LogLine,
    depth: number,
  ): boolean {
    let p = afterStamp;
    if (depth < MOST_DEPTH) {
      // Kubernetes: `2026-11-23T20:29:57.1Z stdout F Nov 23 …`
      if (text.startsWith('stdout ', p) || text.startsWith('stderr ', p)) p += 9;
      // docker logs -t: a stamp, then the line with a stamp of its own.
      if (looksStamped(text, p)) {
        if (depth === 0) line.host = '';
        return this.#readHead(text, p, end, line, depth + 1);
      }
    }
    // FreeBSD with -vv: `Nov 23 20:29:57 <mail.info> mx1 postfix/…`
    if (text.charCodeAt(p) === LESS) p = text.indexOf(' ', p) + 1 || end;
    const blank = text.indexOf(' ', p);
    if (blank < 0 || blank >= end) return false;
    if (text.charCodeAt(blank - 1) === COLON) {
      // A form without a host: `Nov 23 20:29:57 postfix/smtpd[206]: …`
      line.host = '';
      return this.#readTag(text, p, end, line, depth);
    }
    if (!text.startsWith(this.#host, p) || blank - p !== this.#host.length) {
      this.#host = copy(text.slice(p, blank));
    }
    line.host = this.#host;
    if (depth === 0) this.#rememberHead(text, start, p, blank + 1, line);
    return this.#readTag(text, blank + 1, end, line, depth);
  }

  /** The head of a line `Nov 23 20:29:57 mx1 …`: with a fraction, or in another form, it would be compared in vain. */
  #rememberHead(text: string, start: number, host: number, tag: number, line: LogLine): void {
    const seconds = host - 3;
    const first = text.charCodeAt(start);
    if ((first >= 0x30 && first <= 0x39) || text.charCodeAt(seconds - 1) !== COLON) return;
    this.#head = copy(text.slice(start, seconds));
    this.#headTime = line.time - twoDigits(text, seconds) * SECOND;
    this.#tail = copy(text.slice(seconds + 2, tag));
    this.#tailHost = this.#host;
  }

  /** `postfix/smtpd[206]: `, and what may stand between it and the payload. */
  #readTag(text: string, start: number, end: number, line: LogLine, depth: number): boolean {
    let p = start;
    let sum = 0;
    let c = 0;
    for (const most = Math.min(end, start + LONGEST_TAG + 1); p < most; p++) {
      c = text.charCodeAt(p);
      if (c === OPEN_BRACKET || c === COLON || c === BLANK) break;
      sum = (sum * 31 + c) | 0;
    }
    const nameEnd = p;
    let pid = 0;
    if (c === OPEN_BRACKET) {
      for (p += 1; ; p++) {
        c = text.charCodeAt(p);
        if (!(c >= 0x30 && c <= 0x39)) break;
        pid = pid * 10 + (c - 0x30);
      }
      const digits = p - nameEnd - 1;
      if (c !== CLOSE_BRACKET || digits < 1 || digits > LONGEST_PID) c = 0;
      else c = text.charCodeAt(++p);
    }
    // No blank comes behind the colon where the payload is empty.
    const isTag = c === COLON && p < end && (p + 1 === end || text.charCodeAt(p + 1) === BLANK);
    const tag = isTag ? this.#tagOf(text, start, nameEnd, sum & (RECENT_TAGS - 1)) : undefined;
    if (tag === undefined) return this.#readTagless(text, start, end, line);
    p = Math.min(p + 2, end);
    line.tag = tag.name;
    line.program = tag.program;
    line.pid = pid;
    line.start = p;
    const first = text.charCodeAt(p);
    if (first === OPEN_BRACKET && text.startsWith('[ID ', p)) {
      // Solaris: `postfix/cleanup[14194]: [ID 197553 mail.info] EC2B339E5: …`
      const close = text.indexOf('] ', p);
      if (close > 0 && close < end) line.start = close + 2;
    } else if (first === 0x6d && text.startsWith('message repeated ', p)) {
      this.#readRepeated(text, p, end, line);
    } else if (tag.program === undefined && depth < MOST_DEPTH && looksStamped(text, p)) {
      // `docker[32360]: May  2 20:56:17 mx postfix/smtp[17742]: …`: without an inner envelope it stays as it is.
      const { host } = line;
      if (!this.#readHead(text, p, end, line, depth + 1)) {
        Object.assign(line, { host, pid, tag: tag.name, program: undefined, start: p });
      }
    }
    return true;
  }

  /** The tag between two positions; undefined where the text is none. */
  #tagOf(text: string, start: number, end: number, place: number): Tag | undefined {
    const recent = this.#recent[place];
    if (recent !== undefined && recent.name.length === end - start && text.startsWith(recent.name, start)) {
      return recent;
    }
    const name = text.slice(start, end);
    if (name === '' || name.includes(']')) return undefined;
    const tag = this.#tagNamed(name);
    this.#recent[place] = tag;
    return tag;
  }

  #tagNamed(name: string): Tag {
    const known = this.#tags.get(name);
    if (known !== undefined) return known;
    if (this.#tags.size >= MOST_TAGS) this.#tags.clear();
    const own = copy(name);
    const tag = { name: own, program: this.#resolve(own) };
    this.#tags.set(own, tag);
    return tag;
  }

  /** rsyslog: `message repeated 2 times: [ C71221E1E6C: to=<…>, … (…)]`. */
  #readRepeated(text: string, p: number, end: number, line: LogLine): void {
    const match = /^message repeated (\d{1,6}) times: \[ ?/.exec(text.slice(p, Math.min(p + 48, end)));
    if (match === null) return;
    line.repeats = Number(match[1]);
    line.start = p + match[0].length;
    if (text.charCodeAt(end - 1) === CLOSE_BRACKET) line.end = end - 1;
  }

  /** Classic syslogd: `Nov 23 20:29:57 mx1 last message repeated 3 times`, without a tag. */
  #readTagless(text: string, start: number, end: number, line: LogLine): boolean {
    const match = /^last message repeated (\d{1,6}) times?/.exec(
      text.slice(start, Math.min(start + 48, end)),
    );
    if (match === null) return false;
    line.tag = '';
    line.program = undefined;
    line.pid = 0;
    line.start = start;
    line.repeats = Number(match[1]);
    return true;
  }

  /** RFC 5424 behind the stamp: host, app-name, procid, msgid, structured data, message. */
  #readStructured(text: string, start: number, end: number, line: LogLine): boolean {
    const fields: string[] = [];
    let p = start;
    while (fields.length < 4) {
      const blank = text.indexOf(' ', p);
      if (blank < 0 || blank > end) return false;
      fields.push(text.slice(p, blank));
      p = blank + 1;
    }
    if (text.charCodeAt(p) === OPEN_BRACKET) {
      p = endOfStructuredData(text, p, end);
    } else {
      p += 1;
    }
    if (text.charCodeAt(p) === BLANK) p += 1;
    // The message may begin with a byte order mark (RFC 5424 section 6.4).
    if (text.charCodeAt(p) === 0xfeff) p += 1;
    else if (text.startsWith('\u00ef\u00bb\u00bf', p)) p += 3;
    const [host, app, process] = fields as [string, string, string];
    if (host !== this.#host) this.#host = copy(host);
    line.host = this.#host;
    return this.#found(line, app, Number(process), text, Math.min(p, end), end);
  }

  #readJson(text: string, start: number, end: number, line: LogLine, depth: number): boolean {
    const entry = depth < MOST_DEPTH ? readJsonEnvelope(text.slice(start, end)) : undefined;
    if (entry === undefined) return false;
    if (entry.time !== undefined && depth === 0) line.time = entry.time;
    line.text = entry.message;
    line.end = entry.message.length;
    if (entry.tag === undefined) {
      // The entry is only a wrapping: its message is a line with an envelope of its own.
      if (depth === 0) line.host = '';
      return this.#readHead(entry.message, 0, line.end, line, entry.time === undefined ? depth : depth + 1);
    }
    if (entry.time === undefined) return false;
    if (entry.host !== this.#host) this.#host = entry.host;
    line.host = this.#host;
    return this.#found(line, entry.tag, entry.pid, entry.message, 0, line.end);
  }

  /** A tag that came as a field of its own rather than before a colon. */
  #found(line: LogLine, name: string, pid: number, text: string, start: number, end: number): boolean {
    const tag = this.#tagNamed(name);
    line.tag = tag.name;
    line.program = tag.program;
    line.pid = Number.isNaN(pid) ? 0 : pid;
    line.start = start;
    line.end = end;
    if (text.startsWith('message repeated ', start)) this.#readRepeated(text, start, end, line);
    return true;
  }
}

/** A cheap guess whether a stamp begins here, before the costly attempt to read one. */
function looksStamped(text: string, p: number): boolean {
  const first = text.charCodeAt(p);
  if (first === 0x32) return text.charCodeAt(p + 4) === 0x2d && text.charCodeAt(p + 7) === 0x2d;
  return (
    first >= 0x41 && first <= 0x53 && text.charCodeAt(p + 3) === BLANK && text.charCodeAt(p + 9) === COLON
  );
}

/** Where the structured data that begins at `p` ends: at the first `]` outside quotes that no `[` follows. */
function endOfStructuredData(text: string, p: number, end: number): number {
  let quoted = false;
  for (let i = p; i < end; i++) {
    const c = text.charCodeAt(i);
    if (quoted && c === 0x5c) i += 1;
    else if (c === 0x22) quoted = !quoted;
    else if (!quoted && c === CLOSE_BRACKET && text.charCodeAt(i + 1) !== OPEN_BRACKET) return i + 1;
  }
  return end;
}

function twoDigits(text: string, p: number): number {
  const tens = text.charCodeAt(p) - 0x30;
  const ones = text.charCodeAt(p + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
