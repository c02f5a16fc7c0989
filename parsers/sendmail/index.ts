/**
 * sendmail 8.8 to 8.18, as daemon, as submission program and as its queue runner. All of them write the same lines under
 * the tag that `-L` gives them: `sm-mta[185]: 6ANKUZ85000185: from=<a@example.net>, …`.
 */
import {
  type ChildRecord,
  type LogLine,
  type LogParser,
  type LogRecord,
  NOTHING,
  type NoticeRecord,
  type Program,
} from '../contract.ts';
import { copy } from '../copy.ts';
import { bareAddress } from './address.ts';
import { readArrival } from './arrival.ts';
import { readDelivery, readFailure } from './delivery.ts';
import { arrivalOf, endOfQueueId, isQueueId } from './queue-id.ts';
import { readMilter, readRuleset, readUserError } from './refusal.ts';
import { readSession } from './session.ts';
import { isKnown } from './shapes.ts';

/** The tags of distributions: `sendmail`, `sm-mta`, `sm-msp-queue`, `sendmail-mta`, `sm-acceptingconnections`. */
const TAG = /^(?:sendmail(?:[-_.].{0,64})?|sm-(?:mta|msp|que|cl|acceptingconnections).{0,64})$/;

/** How lines without a queue id begin that can only be sendmail's. */
const UNMISTAKABLE = [
  'NOQUEUE: ',
  'ruleset=',
  'STARTTLS=',
  'AUTH=server, relay=',
  'AUTH failure (',
  'SYSERR(',
];

/** `QID[2]: …`: the rest of a line that was too long for syslog. The parts say in their number that they are parts. */
const PART = /^\[(\d{1,3})\]: /;
/** Where a part was cut. */
const CUT = ' ...';

/** What is no failure that bounced the message, or tells of more than one. */
const CERTAIN = ['Cannot send message ', 'Warning: ', 'Return receipt'];

/** Trouble of the milters, which concerns the operator. */
const MILTER_TROUBLE =
  /^Milter \([^)]{1,64}\): (?:error|to error state|timeout|init failed|write|read|local socket name)/;

/** The parser of sendmail's logs. */
export const sendmail: LogParser = {
  id: 'sendmail',
  name: 'sendmail',
  example: 'Nov 23 20:30:36 mx1 sm-mta[185]: 6ANKUZ85000185: to=<bob@example.org>, …',

  program(tag) {
    // One queue for all tags: ids are unique on a host, and mail goes from one program to the other.
    return TAG.test(tag) ? program : undefined;
  },

  renamed(text, start, end) {
    const own =
      endOfQueueId(text, start, end) >= 0 || UNMISTAKABLE.some((words) => text.startsWith(words, start));
    return own ? program : undefined;
  },

  arrival(payload) {
    const colon = endOfQueueId(payload, 0, payload.length);
    if (colon < 0 || !payload.startsWith(': from=', colon) || !/, size=\d{1,15}, class=/.test(payload)) {
      return undefined;
    }
    return arrivalOf(payload.slice(0, colon));
  },
};

const program: Program = { mta: 'sendmail', instance: 'sendmail', parse };

function parse({ text, start, end }: LogLine): LogRecord | undefined {
  const stop = endOfQueueId(text, start, end);
  if (stop < 0) {
    return parsePayload(text, text.startsWith('NOQUEUE: ', start) ? start + 9 : start, end, undefined);
  }
  const queueId = text.slice(start, stop);
  if (text.startsWith(': ', stop)) return parsePayload(text, stop + 2, end, queueId);
  const part = PART.exec(text.slice(stop, stop + 8));
  if (part === null) return undefined;
  // The first part names the recipients and, by its dsn, the outcome; the others hold the end of what was said.
  if (part[1] !== '1') return NOTHING;
  return parsePayload(text, stop + part[0].length, text.endsWith(CUT, end) ? end - CUT.length : end, queueId);
}

function parsePayload(
  text: string,
  p: number,
  end: number,
  queueId: string | undefined,
): LogRecord | undefined {
  switch (text.charCodeAt(p)) {
    case 0x74: // to=
      if (queueId !== undefined && text.startsWith('to=', p)) return readDelivery(text, p, end, queueId);
      break;
    case 0x66: // from=
      if (queueId !== undefined && text.startsWith('from=', p)) return readArrival(text, p, end, queueId);
      break;
    case 0x72: // ruleset=
      if (text.startsWith('ruleset=', p)) return readRuleset(text, p, end, queueId);
      break;
    case 0x4d: // Milter
      if (text.startsWith('Milter: ', p)) return readMilter(text, p + 8, end, queueId);
      if (MILTER_TROUBLE.test(text.slice(p, Math.min(p + 128, end)))) return notice('error', text, p, end);
      break;
    case 0x73: // split: count=2, …
      if (queueId !== undefined && text.startsWith('split: ', p)) return readSplit(text, p + 7, end, queueId);
      break;
    case 0x53: // SYSERR(root): …, STARTTLS=server, …
      if (text.startsWith('SYSERR', p)) return notice('error', text, p, end);
      if (text.startsWith('STARTTLS=', p)) return readSession(text, p, end) ?? NOTHING;
      break;
    case 0x4c: // Losing ./qf6ANKUZ85000185: savemail panic: neither the mail nor a notice could be kept
      if (text.startsWith('Losing ', p)) return notice('error', text, p, end);
      break;
    case 0x41: // AUTH failure (LOGIN): …, AUTH=server, …
      if (text.startsWith('AUTH failure', p)) return notice('warning', text, p, end);
      if (text.startsWith('AUTH=', p)) return readSession(text, p, end) ?? NOTHING;
      break;
    case 0x64: // discarded, done; delay=…
      if (queueId === undefined) break;
      if (text.slice(p, end) === 'discarded') return { kind: 'removed', queueId, by: 'discarded' };
      if (text.startsWith('done; delay=', p)) return { kind: 'removed', queueId, by: 'done' };
      break;
  }
  const child = endOfQueueId(text, p, end);
  if (child >= 0 && queueId !== undefined && text.startsWith(': ', child)) {
    const record = readChild(text, child + 2, end, queueId, text.slice(p, child));
    if (record !== undefined) return record;
  }
  if (isKnown(text, p, end)) return NOTHING;
  return readUserError(text, p, end, queueId);
}

/**
 * What was made of a message: `DSN: User unknown`, `return to sender: …`, `postmaster notify: …`,
 * `sender notify: Cannot send message for 5 days` and `sender notify: Warning: could not send message for past 4 hours`,
 * `clone: owner=listadmin`. A child's own lines never tell its sender.
 */
function readChild(
  text: string,
  p: number,
  end: number,
  queueId: string,
  childQueueId: string,
): ChildRecord | undefined {
  if (text.startsWith('clone: owner=', p)) {
    return { kind: 'child', queueId, childQueueId, clone: true, from: bareAddress(text, p + 13, end) };
  }
  const kind = /^(?:DSN|return to sender|postmaster notify|sender notify): /.exec(text.slice(p, p + 20))?.[0];
  if (kind === undefined) return undefined;
  const about = text.slice(p + kind.length, end);
  if (about.startsWith('Cannot send message ')) {
    return { kind: 'child', queueId, childQueueId, from: '', expired: true };
  }
  if (about.startsWith('Warning: ') || about.startsWith('Return receipt')) {
    return { kind: 'child', queueId, childQueueId, from: '' };
  }
  // The line is cut before it tells.
  if (kind === 'sender notify: ' || CERTAIN.some((words) => words.startsWith(about))) return undefined;
  return { kind: 'child', queueId, childQueueId, from: '', failure: readFailure(queueId, about) };
}

/** The queue ids of a split: one, or a list behind `ids=` or with a key for each. Fixed words, then bounded ones. */
const SPLIT = /^(?:maxrcpts=\d{1,9}, rcpts=\d{1,9}, )?count=\d{1,9}, (id[\w=,; ]{1,900})$/;

/**
 * A message with too many recipients, or for several queues, goes on as several ones (`queue.c`):
 * `split: maxrcpts=100, rcpts=250, count=2, ids=6ANKUZ85000186; 6ANKUZ85000187`, `split: count=1, id0=6ANKUZ85000186`.
 */
function readSplit(text: string, p: number, end: number, queueId: string): LogRecord {
  const list = SPLIT.exec(text.slice(p, Math.min(end, p + 1000)))?.[1] ?? '';
  const ids = new Set(list.split(/[,; =]+/).filter((word) => word !== queueId && isQueueId(word)));
  const [childQueueId, ...otherChildren] = [...ids].map(copy);
  if (childQueueId === undefined) return NOTHING;
  return { kind: 'child', queueId, childQueueId, otherChildren, clone: true };
}

function notice(severity: NoticeRecord['severity'], text: string, p: number, end: number): NoticeRecord {
  return { kind: 'notice', severity, text: text.slice(p, end) };
}
