/**
 * Exim 4.80 to 4.99: mainlog, rejectlog and paniclog, in files or through syslog.
 *
 *   2026-11-23 20:31:28 1xVahE-00001q-03 => bob@b.test R=dnslookup T=remote_smtp H=mx.b.test [192.0.2.1] C="250 OK"
 *   Nov 23 20:31:28 mx1 exim[118]: 2026-11-23 20:31:28 1xVahE-00001q-03 Completed
 *
 * A file's line has no tag: it is Exim's if a message id follows the stamp, or words that only Exim writes.
 * Which fields a line has is a matter of `log_selector`.
 */

import { closingBracket } from '../brackets.ts';
import type { LogLine, LogParser, LogRecord, PartRecord, Program } from '../contract.ts';
import { NOTHING } from '../contract.ts';
import { readArrival } from './arrival.ts';
import { readDelivery } from './delivery.ts';
import { unescapePrinting } from './escape.ts';
import { skipHead } from './head.ts';
import { arrivalOf, endOfMessageId } from './message-id.ts';
import { readClientLine } from './refusal.ts';
import { isKnownBehindId, isKnownWithoutId, isUnmistakable, readNotice } from './shapes.ts';

const BLANK = 0x20;
const OPEN_BRACKET = 0x5b;

/** `exim`, Debian's `exim4`, and what `syslog_processname` makes of it: `exim-out`. */
const TAG = /^exim4?(?:[-_.][\w.-]{1,32})?$/;

/** The two characters behind a message id that say what the line is about. */
const FLAGS: ReadonlySet<string> = new Set(['=>', '->', '>>', '*>', '**', '==']);

/** Ends of a message that no line for a recipient tells: an operator's, a filter's or the age's doing. */
const REMOVALS = [
  'removed by ',
  'cancelled by ',
  'Message removed because older than ',
  'removed because older than ',
] as const;

/** The parser of Exim's logs. */
export const exim: LogParser = {
  id: 'exim',
  name: 'Exim',
  example: '2026-11-23 20:31:28 1xVahE-00001q-03 => bob@example.org R=… T=…',

  program(tag) {
    return TAG.test(tag) ? new EximProgram(tag) : undefined;
  },

  untagged(text, start, end, forced) {
    return forced || isOwn(text, start, end) ? file : undefined;
  },

  renamed(text, start, end) {
    // A part of a text does not tell whose it is.
    return markOf(text, start, end) !== null || isOwn(text, start, end) ? throughSyslog : undefined;
  },

  whole: (text, time) => parse(text, 0, text.length, time, true),

  arrival(payload) {
    const p = skipHead(payload, 0, payload.length);
    const behindId = endOfMessageId(payload, p, payload.length);
    return behindId >= 0 && payload.startsWith(' <= ', behindId) ? arrivalOf(payload, p) : undefined;
  },
};

class EximProgram implements Program {
  readonly mta = 'exim';
  readonly instance: string;

  constructor(instance: string) {
    this.instance = instance;
  }

  parse({ text, start, end, time }: LogLine): LogRecord | undefined {
    const mark = markOf(text, start, end);
    return mark === null ? parse(text, start, end, time, true) : readPart(mark, text, start, end, time);
  }
}

/** Whether a text can only be Exim's. */
function isOwn(text: string, start: number, end: number): boolean {
  const p = skipHead(text, start, end);
  const behindId = endOfMessageId(text, p, end);
  return behindId < 0
    ? isUnmistakable(text, p, end) || readClientLine(text, p, end, undefined) !== undefined
    : text.charCodeAt(behindId) === BLANK;
}

/** Lines through syslog under a name of the site's. */
const throughSyslog: Program = new EximProgram('exim');

/** Lines of log files: they come neither in parts nor, where no other program has passed them on, twice in one file. */
const file: Program = {
  mta: 'exim',
  instance: 'exim',
  inSeveralLogs: true,
  parse: ({ text, start, end, time, pid }) => parse(text, start, end, time, pid > 0),
};

/** The mark of a part, `[1/3] ` (cut for its length) or `[1\3] ` (at a line end within the text). */
const PART = /^\[(\d{1,4})([/\\])(\d{1,4})\] /;

function markOf(text: string, start: number, end: number): RegExpExecArray | null {
  return text.charCodeAt(start) === OPEN_BRACKET
    ? PART.exec(text.slice(start, Math.min(end, start + 14)))
    : null;
}

/**
 * Syslog gets long texts in parts, of which only the first has Exim's stamp and the message id. What follows a line
 * end are headers of a refused message: the text ends there.
 */
function readPart(
  mark: RegExpExecArray,
  text: string,
  start: number,
  end: number,
  time: number,
): LogRecord | undefined {
  const number = Number(mark[1]);
  const from = start + mark[0].length;
  const last = mark[2] === '\\' || mark[1] === mark[3];
  if (number <= 1 && last) return parse(text, from, end, time, true);
  return { kind: 'part', number, last, text: text.slice(from, end) } satisfies PartRecord;
}

/** @param twice whether syslog may get the line once for each of Exim's logs */
function parse(
  text: string,
  start: number,
  end: number,
  time: number,
  twice: boolean,
): LogRecord | undefined {
  const p = skipHead(text, start, end);
  const behindId = endOfMessageId(text, p, end);
  if (behindId < 0 || text.charCodeAt(behindId) !== BLANK) {
    const refused = readClientLine(text, p, end, undefined);
    if (refused !== undefined) return twice ? refused : once(refused);
    const notice = readNotice(text, p, end);
    if (notice !== undefined) return twice ? { ...notice, echo: notice.text } : notice;
    return isKnownWithoutId(text, p) ? NOTHING : undefined;
  }
  const queueId = text.slice(p, behindId);
  const at = behindId + 1;
  const flag = text.slice(at, at + 2);
  if (text.charCodeAt(at + 2) === BLANK) {
    if (flag === '<=' || flag === '(=') return readArrival(text, at + 3, end, queueId);
    if (FLAGS.has(flag)) return readDelivery(text, at + 3, end, queueId, flag, time);
  }
  const life = readLife(text, at, end, queueId);
  if (life !== undefined) return life;
  const refused = readClientLine(text, at, end, queueId);
  if (refused !== undefined) return twice ? refused : once(refused);
  const notice = readNotice(text, at, end);
  if (notice !== undefined) return twice ? { ...notice, echo: notice.text } : notice;
  return isKnownBehindId(text, at, end) ? NOTHING : undefined;
}

function once(record: LogRecord): LogRecord {
  return record.kind === 'reject' ? { ...record, echo: undefined } : record;
}

/** What happened to a message as a whole. */
function readLife(text: string, start: number, end: number, queueId: string): LogRecord | undefined {
  switch (text.charCodeAt(start)) {
    case 0x43: // Completed
      if (text.startsWith('Completed', start) && /^(?: QT=[^ ]{1,32})?$/.test(text.slice(start + 9, end)))
        return { kind: 'removed', queueId, by: 'done' };
      break;
    case 0x46: // Frozen, Frozen (delivery error message), Frozen by the system filter: …
      if (/^Frozen(?: \(| by |$)/.test(text.slice(start, Math.min(end, start + 16)))) {
        // The word alone says no reason: that of a failure before stands.
        const diagnostic = end === start + 6 ? undefined : unescapePrinting(text.slice(start, end));
        return { kind: 'hold', queueId, held: true, diagnostic };
      }
      break;
    case 0x66: // frozen by ACL, frozen by root
      if (text.startsWith('frozen by ', start)) {
        return { kind: 'hold', queueId, held: true, diagnostic: unescapePrinting(text.slice(start, end)) };
      }
      break;
    case 0x72: // rescind the above message-accept: its spool file could not be written after all
      if (text.startsWith('rescind the above message-accept', start)) {
        return { kind: 'removed', queueId, by: 'canceled' };
      }
      break;
    case 0x55: // Unfrozen by errmsg timer
    case 0x75: // unfrozen by root
      if (text.startsWith('nfrozen by ', start + 1)) return { kind: 'hold', queueId, held: false };
      break;
    case 0x61: // address <x@b.test> marked delivered by root
      if (text.startsWith('address <', start)) return readMarked(text, start + 8, end, queueId);
      break;
  }
  // An operator's doing, the system filter's, or `timeout_frozen_after`.
  if (REMOVALS.some((words) => text.startsWith(words, start))) {
    const diagnostic = unescapePrinting(text.slice(start, end));
    return { kind: 'removed', queueId, by: 'operator', diagnostic };
  }
  return undefined;
}

/** `address <x@b.test> marked delivered by root`: an operator took the recipient out of the queue. */
function readMarked(text: string, open: number, end: number, queueId: string): LogRecord | undefined {
  const close = closingBracket(text, open, end);
  if (close < 0 || !text.startsWith(' marked delivered by ', close + 1)) return undefined;
  const diagnostic = unescapePrinting(text.slice(close + 2, end));
  return {
    kind: 'delivery',
    queueId,
    to: unescapePrinting(text.slice(open + 1, close)),
    status: 'deleted',
    suspended: true,
    diagnostic,
    reply: { text: diagnostic, remote: false },
  };
}
