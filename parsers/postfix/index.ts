/**
 * Postfix 2.2 to 3.11. The tag is `$syslog_name/daemon`: the daemon is its last part, the first names the instance.
 *
 * A payload is told by its own beginning rather than by the daemon, since rsyslog's RFC 5424 form loses the daemon:
 * `<22>1 … mx1 postfix 233 - - 13599234B12: to=<bob@lab.test>, relay=local…`.
 */
import {
  type ClientRecord,
  type LogLine,
  type LogParser,
  type LogRecord,
  NOTHING,
  type NoticeRecord,
  type Program,
  type RemovedRecord,
} from '../contract.ts';
import { partyOf } from '../parties.ts';
import { bareAddress, endOfAddress } from './address.ts';
import { readDelivery, readStatusWithoutRecipient } from './delivery.ts';
import { arrivalOf, endOfQueueId, isQueueId } from './queue-id.ts';
import { readRefusalLine } from './refusal.ts';
import { readRefusal, stageOf } from './reply.ts';
import { isKnownWithoutQueueId, isKnownWithQueueId } from './shapes.ts';

/** Daemons and commands of Postfix; in a tag of one part, only these are believed to be Postfix. */
const DAEMONS = new Set([
  ...['smtp', 'lmtp', 'local', 'virtual', 'pipe', 'error', 'retry', 'discard', 'bounce', 'defer', 'trace'],
  ...[
    'qmgr',
    'nqmgr',
    'oqmgr',
    'cleanup',
    'pickup',
    'smtpd',
    'qmqpd',
    'postscreen',
    'dnsblog',
    'tlsproxy',
    'tlsmgr',
  ],
  ...[
    'anvil',
    'scache',
    'trivial-rewrite',
    'verify',
    'master',
    'proxymap',
    'proxywrite',
    'showq',
    'flush',
    'spawn',
  ],
  ...[
    'postsuper',
    'postqueue',
    'postdrop',
    'postmap',
    'postalias',
    'postconf',
    'postlog',
    'postlogd',
    'postfix-script',
  ],
]);

/** Names that other software uses as its tag too. */
const COMMON_NAMES = new Set([
  'error',
  'retry',
  'discard',
  'trace',
  'master',
  'verify',
  'flush',
  'spawn',
  'pipe',
]);

const SEVERITIES = ['warning', 'error', 'fatal', 'panic'] as const;

/** The parser of Postfix's logs. */
export const postfix: LogParser = {
  id: 'postfix',
  name: 'Postfix',
  example: 'Nov 23 20:29:57 mx1 postfix/smtpd[206]: connect from …',

  program(tag) {
    const parts = tag.split('/');
    const daemon = parts.at(-1) ?? '';
    if (parts[0]?.startsWith('postfix')) {
      return new PostfixProgram(parts[0], parts.length > 1 ? daemon : 'postfix', true);
    }
    // `syslog_name = mx-out`: any name before a daemon of ours.
    if (parts.length > 1)
      return DAEMONS.has(daemon) ? new PostfixProgram(parts[0]!, daemon, true) : undefined;
    // `local[375]: fatal: execvp …`: a process that had not read its configuration yet logs its bare name.
    return DAEMONS.has(daemon) && !COMMON_NAMES.has(daemon)
      ? new PostfixProgram('postfix', daemon, false)
      : undefined;
  },

  arrival(payload) {
    const colon = endOfQueueId(payload, 0, payload.length);
    if (colon < 0 || !/^: (?:client=|uid=)/.test(payload.slice(colon, colon + 9))) return undefined;
    return arrivalOf(payload.slice(0, colon));
  },
};

class PostfixProgram implements Program {
  readonly mta = 'postfix';
  readonly instance: string;
  readonly #daemon: string;

  /** @param sure the tag can only be Postfix's, so that a line without a known shape is an unparsed line of Postfix */
  constructor(instance: string, daemon: string, sure: boolean) {
    this.instance = instance;
    this.#daemon = daemon;
    if (!sure) this.parse = (line) => this.#parseUnsure(line);
  }

  parse(line: LogLine): LogRecord | undefined {
    const { text, start, end } = line;
    const colon = endOfQueueId(text, start, end);
    if (colon >= 0) return this.#parseTransaction(text, start, colon, end);
    if (text.startsWith('NOQUEUE: ', start)) {
      const record = readRefusalLine(text, start + 9, end, undefined);
      if (record !== undefined) return record;
    } else if (text.startsWith('proxy-reject: ', start)) {
      return readRefusalLine(text, start, end, undefined);
    }
    if (isKnownWithoutQueueId(text, start)) return NOTHING;
    return readNotice(text, start, end);
  }

  /** A bare tag may be some other program's: without a shape of ours the line is not ours. */
  #parseUnsure(line: LogLine): LogRecord | undefined {
    const colon = endOfQueueId(line.text, line.start, line.end);
    const record = colon >= 0 ? this.#parseTransaction(line.text, line.start, colon, line.end) : undefined;
    return record ?? readNotice(line.text, line.start, line.end);
  }

  #parseTransaction(text: string, start: number, colon: number, end: number): LogRecord | undefined {
    const queueId = text.slice(start, colon);
    const p = colon + 2;
    switch (text.charCodeAt(p)) {
      case 0x74: // to=
        if (text.startsWith('to=', p)) return readDelivery(text, p, end, queueId, this.#daemon);
        break;
      case 0x66: // from=
        if (text.startsWith('from=', p)) return readQueueManager(text, p, end, queueId);
        break;
      case 0x63: // client=
        if (text.startsWith('client=', p)) return readClient(text, p + 7, end, queueId);
        break;
      case 0x6d: // message-id=
        if (text.startsWith('message-id=', p)) {
          return { kind: 'message-id', queueId, messageId: readMessageId(text.slice(p + 11, end)) };
        }
        break;
      case 0x72: // removed
        if (text.startsWith('removed', p)) return this.#readRemoved(text, p, end, queueId);
        if (text.startsWith('released from hold', p)) {
          return { kind: 'hold', queueId, held: false };
        }
        break;
      case 0x70: // placed on hold
        if (text.startsWith('placed on hold', p)) {
          return { kind: 'hold', queueId, held: true, diagnostic: 'placed on hold' };
        }
        if (text.startsWith('postmaster ', p)) return readNotification(text, p, end, queueId);
        break;
      case 0x73: // sender non-delivery notification
        if (text.startsWith('sender ', p)) return readNotification(text, p, end, queueId);
        if (text.startsWith('status=', p)) return readStatusWithoutRecipient(text, p);
        break;
      case 0x75: // uid=
        if (text.startsWith('uid=', p)) return readPickup(text, p, end, queueId);
        break;
    }
    const refusal = readRefusalLine(text, p, end, queueId);
    if (refusal !== undefined) return refusal;
    return isKnownWithQueueId(text, p) ? NOTHING : undefined;
  }

  /** `removed`, and since 3.10 `removed (canceled)` or `removed (discarded)` by cleanup. */
  #readRemoved(text: string, start: number, end: number, queueId: string): RemovedRecord {
    let by: RemovedRecord['by'] = 'unknown';
    if (text.startsWith(' (canceled)', start + 7)) by = 'canceled';
    else if (text.startsWith(' (discarded)', start + 7)) by = 'discarded';
    else if (this.#daemon === 'postsuper') by = 'operator';
    else if (end > start && this.#daemon.endsWith('qmgr')) by = 'done';
    return { kind: 'removed', queueId, by };
  }
}

/** `from=<..>, size=2666, nrcpt=2 (queue active)` or `from=<>, status=expired, returned to sender`. */
function readQueueManager(text: string, start: number, end: number, queueId: string): LogRecord | undefined {
  const p = endOfAddress(text, start + 5, end);
  if (p < 0) return undefined;
  const from = bareAddress(text, start + 5, p);
  if (text.startsWith(', size=', p)) {
    const comma = text.indexOf(',', p + 7);
    if (!text.startsWith(', nrcpt=', comma)) return undefined;
    const blank = text.indexOf(' ', comma + 8);
    return {
      kind: 'queued',
      queueId,
      from,
      size: count(text, p + 7, comma),
      // A line that is cut may have lost digits.
      recipients: blank < 0 || blank >= end ? undefined : count(text, comma + 8, blank),
    };
  }
  // `status=expired`, and `status=force-expired` after postsuper -e.
  if (text.startsWith(', status=expired', p) || text.startsWith(', status=force-expired', p)) {
    return { kind: 'expired', queueId, from };
  }
  return undefined;
}

/** `client=H[ip], sasl_method=.., sasl_username=..[, sasl_sender=..][, orig_queue_id=Q, orig_client=H[ip]]`. */
function readClient(text: string, start: number, end: number, queueId: string): ClientRecord {
  let stop = text.indexOf(', ', start);
  if (stop < 0 || stop > end) stop = end;
  const client = partyOf(text, start, stop);
  if (stop === end) return { kind: 'client', queueId, client };
  const rest = text.slice(stop, end);
  const user = /^, sasl_method=[^,]{0,64}, sasl_username=([^,]{0,300})/.exec(rest)?.[1];
  const origin = / orig_queue_id=([0-9A-Za-z]{6,24})(?:,|$)/.exec(rest)?.[1];
  return {
    kind: 'client',
    queueId,
    client,
    authUser: user,
    parentQueueId: origin !== undefined && isQueueId(origin) ? origin : undefined,
  };
}

/** `uid=30 from=<wwwrun>`, after `postsuper -r` also `orig_id=D2FAE20586`. */
function readPickup(text: string, start: number, end: number, queueId: string): LogRecord | undefined {
  const at = text.indexOf(' from=', start);
  if (at < 0 || at > end) return undefined;
  const stop = endOfAddress(text, at + 6, end);
  const from = stop < 0 ? text.slice(at + 6, end) : bareAddress(text, at + 6, stop);
  const origin = stop < 0 ? undefined : /^ orig_id=([0-9A-Za-z]{6,24})$/.exec(text.slice(stop, end))?.[1];
  return { kind: 'pickup', queueId, from, parentQueueId: origin };
}

/** The header as it is, folded and forged as it may be, without the brackets of an ordinary one. */
function readMessageId(value: string): string {
  return value.startsWith('<') && value.endsWith('>') ? value.slice(1, -1) : value;
}

/** `sender non-delivery notification: ADD2F8052`; also `delivery status` and `delay`, and to the postmaster. */
function readNotification(text: string, start: number, end: number, queueId: string): LogRecord | undefined {
  const match =
    /^(?:sender|postmaster) (?:non-delivery|delivery status|delay) notification: ([0-9A-Za-z]{6,24})$/.exec(
      text.slice(start, end),
    );
  if (match === null) return undefined;
  return { kind: 'child', queueId, childQueueId: match[1]! };
}

/** `warning: …`, `fatal: …`; some of them are the only trace of a refusal. */
function readNotice(text: string, start: number, end: number): LogRecord | undefined {
  const severity = SEVERITIES.find((word) => text.startsWith(`${word}: `, start));
  if (severity === undefined) return undefined;
  const words = text.slice(start + severity.length + 2, end);
  return readSilentRefusal(words) ?? ({ kind: 'notice', severity, text: words } satisfies NoticeRecord);
}

/**
 * Refusals that Postfix logs as a warning alone:
 * `Illegal address syntax from H[ip] in RCPT command: <foo bar@lab.test>`,
 * `4jYHcP4MhDzKQ8v: message rejected: hopcount exceeded`, `4jYHcV1gtczKQF1: queue file size limit exceeded`.
 */
function readSilentRefusal(words: string): LogRecord | undefined {
  const syntax = /^Illegal address syntax from ([^ ]{1,300}) in (MAIL|RCPT) command: (.*)$/.exec(words);
  if (syntax !== null) {
    const stage = stageOf(syntax[2]!);
    const address = syntax[3]!.replace(/^<(.*)>$/, '$1');
    return {
      kind: 'reject',
      client: partyOf(syntax[1]!),
      stage,
      ...(stage === 'mail' ? { from: address } : { to: address }),
      diagnostic: words,
      reply: readRefusal(words, stage),
    };
  }
  const content =
    /^([0-9A-Za-z]{6,24}): (message rejected: hopcount exceeded|queue file size limit exceeded)$/.exec(words);
  if (content === null) return undefined;
  return {
    kind: 'reject',
    queueId: content[1],
    stage: 'eom',
    diagnostic: content[2]!,
    reply: readRefusal(content[2]!, 'eom'),
  };
}

function count(text: string, start: number, end: number): number | undefined {
  const value = Number(text.slice(start, end));
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
