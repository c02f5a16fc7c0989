/**
 * What this server refused (Exim source, `acl.c`, `smtp_in.c`, `receive.c`):
 *
 *   H=host (helo) [ip]:port F=<sender> rejected RCPT <x@b.test>: why
 *   H=host [ip] temporarily rejected connection in "connect" ACL: why
 *   ID H=host (helo) [ip] F=<sender> rejected after DATA: why
 *   ID rejected from <sender> H=host [ip]: message too big: read=248596 max=204800
 *   rejected MAIL FROM:<sender> H=host [ip]: message too big: size=300000 max=204800
 *   rejected EHLO from host [ip]: syntactically invalid argument(s): [1.2.3
 *   unqualified recipient rejected: <x> H=host [ip]
 *   SMTP call from host [ip] dropped: too many unrecognized commands (last was "FOO")
 *   SMTP syntax error in "RCPT TO:<alice@>" H=host [ip] alice@: domain missing or malformed
 *   refused connection from host [ip] (host_reject_connection)
 *   too many recipients: excess temporarily rejected: sender=<sender> H=host [ip]
 *
 * The reason comes last, so that what it quotes cannot pass for a field.
 */
import type { Stage } from '../../src/event/event.ts';
import { closingBracket } from '../brackets.ts';
import { type Client, type DiscardRecord, type LogRecord, NOTHING, type RejectRecord } from '../contract.ts';
import { unescapeAddress, unescapePrinting } from './escape.ts';
import { Fields } from './fields.ts';
import { endOfHost, heloOf, partyOf } from './host.ts';
import { readRefusal } from './reply.ts';

const BLANK = 0x20;
const LESS = 0x3c;
const QUOTE = 0x22;

/** What was refused, by Exim's words for it, and the code that Exim sends unless the configuration names another. */
const VERBS: readonly (readonly [verb: string, stage: Stage | undefined])[] = [
  ['RCPT', 'rcpt'],
  ['MAIL', 'mail'],
  ['after DATA', 'eom'],
  ['after PRDR', 'eom'],
  ['during MIME ACL checks', 'eom'],
  ['DKIM', 'eom'],
  ['by local_scan()', 'eom'],
  ['by non-SMTP ACL', undefined],
  ['by DATA ACL', 'eom'],
  ['predata', 'data'],
  ['DATA', 'data'],
  ['BDAT', 'data'],
  ['connection', 'connect'],
  ['EHLO or HELO', 'ehlo'],
  ['EHLO', 'ehlo'],
  ['HELO', 'ehlo'],
  ['STARTTLS', 'starttls'],
  ['AUTH', 'auth'],
  ['VRFY', 'rcpt'],
  ['EXPN', 'rcpt'],
  ['ETRN', undefined],
  ['ATRN', undefined],
  ['QUIT', undefined],
];

/** What Exim answers where the configuration gives no text. */
const DEFAULT_TEXT = 'Administrative prohibition';
const DEFAULT_TEMPORARY_TEXT = 'Temporary local problem - please try later';

/** What is known before the reason. */
interface Refused {
  readonly client: Client | undefined;
  readonly helo: string | undefined;
  readonly from: string | undefined;
  readonly to?: string | undefined;
  readonly authUser?: string | undefined;
  readonly stage: Stage | undefined;
  readonly temporary?: boolean;
  readonly code?: number | undefined;
  readonly reason: string;
}

/**
 * Reads a refusal, or another line about a client that begins as one. Undefined where it is neither.
 * @param queueId where the message had one already
 */
export function readClientLine(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
): LogRecord | undefined {
  switch (text.charCodeAt(start)) {
    case 0x48: // H=
    case 0x55: // U=
    case 0x46: // F=
      if (text.charCodeAt(start + 1) === 0x3d) return readAclLine(text, start, end, queueId);
      break;
    case 0x72: // rejected, refused
      if (text.startsWith('rejected ', start)) return readRejected(text, start + 9, end, queueId);
      if (text.startsWith('refused connection from ', start)) {
        return readDropped(text, start + 24, end, queueId);
      }
      break;
    case 0x74: // too many recipients: …, temporarily rejected by local_scan()
      if (text.startsWith('too many recipients: ', start)) return readTooMany(text, start, end, queueId);
      if (text.startsWith('temporarily rejected ', start)) {
        return readAclLine(text, start, end, queueId);
      }
      break;
    case 0x75: // unqualified
      return readUnqualified(text, start, end, queueId);
    case 0x53: // SMTP call from
      if (text.startsWith('SMTP call from ', start)) return readDropped(text, start + 15, end, queueId);
      if (text.startsWith('SMTP syntax error in "', start)) return readSyntaxError(text, start, end, queueId);
      if (text.startsWith('SMTP protocol synchronization error (', start)) {
        return readSynchronization(text, start, end, queueId);
      }
      break;
    case 0x43: // Connection from
      if (text.startsWith('Connection from ', start)) return readDropped(text, start + 16, end, queueId);
      break;
  }
  return undefined;
}

/** `H=… U=… F=<…> A=… [temporarily ]rejected VERB: why`. */
function readAclLine(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
): LogRecord | undefined {
  const { client, helo, from, authUser, at } = readParty(text, start, end, true);
  let p = text.charCodeAt(at) === BLANK ? at + 1 : at;
  const temporary = text.startsWith('temporarily ', p);
  if (temporary) p += 12;
  if (!text.startsWith('rejected ', p)) {
    // What a `warn` logs, and what comes before a refusal.
    if (text.startsWith('Warning: ', p) || text.startsWith('sender verify ', p)) return NOTHING;
    if (text.startsWith('discarded', p)) return NOTHING;
    return text.startsWith('RCPT <', p) ? readDiscard(text, p + 4, end, { client, from }) : undefined;
  }
  p += 9;
  const verb = VERBS.find(([words]) => text.startsWith(words, p));
  if (verb === undefined) return undefined;
  const [words, stage] = verb;
  const argument = readArgument(text, p + words.length, end, words);
  const { address } = argument;
  const reason = argument.reason === '' ? undefined : argument.reason;
  // A discard was called a refusal up to 4.80.
  const discarded = words === 'RCPT' ? readDiscard(text, p + 4, end, { client, from }) : undefined;
  if (discarded !== undefined) return discarded;
  return refusal(text, start, end, queueId, {
    client,
    helo,
    from: words === 'MAIL' ? (address ?? from) : from,
    to: words === 'RCPT' ? address : undefined,
    authUser,
    stage,
    temporary,
    code: temporary ? 451 : 550,
    reason: reason ?? (temporary ? DEFAULT_TEMPORARY_TEXT : DEFAULT_TEXT),
  });
}

/**
 * ` <x@b.test>: discarded by RCPT ACL: why`: the client was told that the recipient was taken. The message goes to its
 * other recipients; it gets its id when it is there.
 */
function readDiscard(
  text: string,
  start: number,
  end: number,
  { client, from }: Pick<Refused, 'client' | 'from'>,
): DiscardRecord | undefined {
  const { address, reason } = readArgument(text, start, end, 'RCPT');
  if (address === undefined || !/^discarded by (?:MAIL|RCPT) ACL(?:: |$)/.test(reason)) return undefined;
  const diagnostic = unescapePrinting(reason);
  return { kind: 'discard', queueId: undefined, client, from, to: address, diagnostic };
}

/** `rejected from <…> H=…: why`, `rejected MAIL FROM:<…> H=…: why`, `rejected EHLO from host [ip]: why`. */
function readRejected(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
): LogRecord | undefined {
  for (const [words, stage] of [
    ['from ', 'eom'],
    ['MAIL FROM:', 'mail'],
  ] as const) {
    if (!text.startsWith(words, start) || text.charCodeAt(start + words.length) !== LESS) continue;
    const open = start + words.length;
    const close = closingBracket(text, open, end);
    if (close < 0) return undefined;
    const party = readParty(text, close + 1, end);
    const reason = textBehind(text, party.at, end);
    return refusal(text, start, end, queueId, {
      ...party,
      from: unescapeAddress(text.slice(open + 1, close)),
      stage,
      code: reason.startsWith('message too big') ? 552 : 550,
      reason,
    });
  }
  const verb = VERBS.find(([words]) => text.startsWith(words, start));
  if (verb === undefined) return undefined;
  const [words, stage] = verb;
  const p = start + words.length;
  if (!text.startsWith(' from ', p) && !text.startsWith(' command ', p)) return undefined;
  const behindHost = endOfHost(text, p + 6, end);
  const host = behindHost < 0 ? undefined : text.slice(p + 6, behindHost);
  const said = behindHost < 0 ? p : behindHost;
  return refusal(text, start, end, queueId, {
    client: host === undefined ? undefined : partyOf(host),
    helo: host === undefined ? undefined : heloOf(host),
    from: undefined,
    stage,
    code: text.startsWith(': syntactically invalid', said) ? 501 : 503,
    reason: textBehind(text, said, end),
  });
}

/** `unqualified recipient rejected: <x> H=…`; also `sender`. */
function readUnqualified(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
): LogRecord | undefined {
  const match = /^unqualified (sender|recipient) rejected: </.exec(text.slice(start, start + 40));
  // VRFY and EXPN ask, nothing more.
  if (text.startsWith('unqualified verify rejected: ', start)) return NOTHING;
  if (match === null) return undefined;
  const open = start + match[0].length - 1;
  const close = closingBracket(text, open, end);
  if (close < 0) return undefined;
  const address = unescapeAddress(text.slice(open + 1, close));
  const sender = match[1] === 'sender';
  const party = readParty(text, close + 1, end);
  return refusal(text, start, end, queueId, {
    ...party,
    from: sender ? address : party.from,
    to: sender ? undefined : address,
    stage: sender ? 'mail' : 'rcpt',
    code: 501,
    reason: `unqualified ${match[1]} rejected`,
  });
}

/** `too many recipients: message rejected: sender=<…> H=…`, with `recipients_max_reject` not set `excess temporarily rejected`. */
function readTooMany(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
): LogRecord | undefined {
  const match = /^too many recipients: (?:message|excess (temporarily)) rejected: sender=</.exec(
    text.slice(start, start + 80),
  );
  if (match === null) return undefined;
  const open = start + match[0].length - 1;
  const close = closingBracket(text, open, end);
  if (close < 0) return undefined;
  const temporary = match[1] !== undefined;
  return refusal(text, start, end, queueId, {
    ...readParty(text, close + 1, end),
    from: unescapeAddress(text.slice(open + 1, close)),
    stage: 'rcpt',
    temporary,
    code: temporary ? 452 : 552,
    reason: 'too many recipients',
  });
}

/** `SMTP call from host [ip] dropped: why`, `Connection from host [ip] refused: why`, `refused connection from …`. */
function readDropped(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
): LogRecord | undefined {
  const behindHost = endOfHost(text, start, end);
  const host = behindHost < 0 ? undefined : text.slice(start, behindHost);
  const p = host === undefined ? start : behindHost;
  // A local process has no host: `SMTP call from joe dropped: …`.
  const match = /^(?: [IU]=[^ ]{1,128}){0,2}(?:[^ :]{0,128})? ?(?:dropped|refused)?:? ?/.exec(
    text.slice(p, p + 400),
  );
  return refusal(text, start, end, queueId, {
    client: host === undefined ? undefined : partyOf(host),
    helo: host === undefined ? undefined : heloOf(host),
    from: undefined,
    stage: 'connect',
    reason: text.slice(p + (match?.[0].length ?? 0), end),
  });
}

/**
 * `SMTP syntax error in "RCPT TO:<alice@>" H=host [ip] alice@: domain missing or malformed` (`smtp_syntax_error`): the
 * only trace of an address that could not be read. The command and the reason are the client's words: where the
 * client's name may stand in either, it is not believed.
 */
function readSyntaxError(text: string, start: number, end: number, queueId: string | undefined): LogRecord {
  const line = text.slice(start, end);
  const command = /^SMTP syntax error in "(MAIL FROM|RCPT TO): ?/i.exec(line);
  const at = line.indexOf('" H=');
  if (command === null || at < 0) return NOTHING;
  const certain = line.indexOf(' H=', at + 4) < 0;
  const party = certain ? readParty(line, at + 1, line.length) : undefined;
  const stage = command[1]!.toUpperCase() === 'MAIL FROM' ? 'mail' : 'rcpt';
  const address = unescapeAddress(
    line
      .slice(command[0].length, at)
      .replace(/^</, '')
      .replace(/>[^>]*$/, ''),
  );
  return refusal(text, start, end, queueId, {
    client: party?.client,
    helo: party?.helo,
    from: stage === 'mail' ? address : undefined,
    to: stage === 'rcpt' ? address : undefined,
    stage,
    code: 501,
    reason: party === undefined ? line.slice(0, at + 1) : line.slice(party.at + 1),
  });
}

/** `SMTP protocol synchronization error (…): rejected "DATA" H=… next input="…"`: who speaks out of turn is cut off. */
function readSynchronization(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
): LogRecord {
  const line = text.slice(start, end);
  const at = line.search(/" H=|: rejected connection from H=/);
  const party = at < 0 ? undefined : readParty(text, text.indexOf(' H=', start + at), end);
  return refusal(text, start, end, queueId, {
    client: party?.client,
    helo: party?.helo,
    from: undefined,
    stage: /: rejected "DATA"/i.test(line.slice(0, 200)) ? 'data' : undefined,
    code: 554,
    reason: line.slice(0, Math.max(line.indexOf('): ') + 1, 0) || line.length),
  });
}

/** The fields about a client, up to the word behind them. */
function readParty(
  text: string,
  start: number,
  end: number,
  begins = false,
): Pick<Refused, 'client' | 'helo' | 'from' | 'authUser'> & { readonly at: number } {
  let client: Client | undefined;
  let helo: string | undefined;
  let from: string | undefined;
  let authUser: string | undefined;
  const fields = new Fields(text, start, end, begins);
  while (fields.next()) {
    if (fields.key === 'H' && client === undefined && fields.isHost) {
      const host = fields.value;
      client = partyOf(host);
      const said = heloOf(host);
      helo = said === undefined ? undefined : unescapePrinting(said);
    } else if (fields.key === 'F') from ??= unescapeAddress(fields.value);
    else if (fields.key === 'A') authUser ??= fields.value.split(':')[1];
  }
  return { client, helo, from, authUser, at: fields.at };
}

/** What follows a verb: ` <address>` or another argument, then `: why`. */
function readArgument(
  text: string,
  start: number,
  end: number,
  verb: string,
): { address: string | undefined; reason: string } {
  let p = start + 1;
  if (text.charCodeAt(p) === LESS) {
    const close = closingBracket(text, p, end);
    const address = close < 0 ? '' : text.slice(p + 1, close);
    // Exim cuts a long argument, and its bracket with it: `rejected RCPT <aaaa…aaaa: Unknown user`.
    if (close >= 0 && (text.charCodeAt(p + 1) === QUOTE || !address.includes(': '))) {
      // Options of the command follow: `MAIL <a@b.test> SIZE=12`.
      return { address: unescapeAddress(address), reason: textFrom(text, close + 1, end) };
    }
    p += 1;
  }
  const colon = text.indexOf(': ', start);
  const stop = colon < 0 || colon >= end ? end : colon;
  const address = verb === 'RCPT' || verb === 'MAIL' ? text.slice(p, stop) : undefined;
  return {
    address: address === undefined || address === '' ? undefined : unescapeAddress(address),
    reason: textFrom(text, stop, end),
  };
}

/** What is behind the next `: `, or nothing. */
function textFrom(text: string, start: number, end: number): string {
  const colon = text.indexOf(': ', start);
  return colon < 0 || colon + 2 >= end ? '' : text.slice(colon + 2, end);
}

/** What is behind a `: ` that must be here. */
function textBehind(text: string, p: number, end: number): string {
  return text.startsWith(': ', p) ? text.slice(p + 2, end) : text.slice(Math.min(p + 1, end), end);
}

function refusal(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
  { reason, temporary, code, ...refused }: Refused,
): RejectRecord {
  const diagnostic = unescapePrinting(reason);
  return {
    kind: 'reject',
    queueId,
    ...refused,
    echo: text.slice(start, end),
    diagnostic,
    reply: readRefusal(diagnostic, refused.stage, temporary ? (code ?? 451) : code),
  };
}
