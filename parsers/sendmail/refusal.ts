/**
 * What sendmail refused before a message was its own:
 *
 *   ruleset=check_rcpt, arg1=<x@y>, relay=host [ip], reject=550 5.7.1 <x@y>... Relaying denied
 *   ruleset=check_relay, arg1=host, arg2=ip, relay=host [ip], reject=550 5.7.1 Fix reverse DNS for ip
 *   ruleset=CheckSubject, arg1= anything at all, relay=host [ip], reject=550 5.7.1 no spam
 *   Milter: to=<x@y>, reject=550 5.7.1 Command rejected
 *   <x@y>... User unknown
 */
import type { Stage } from '../../src/event/event.ts';
import {
  type Client,
  type DiscardRecord,
  type HoldRecord,
  type LogRecord,
  NOTHING,
  type RejectRecord,
} from '../contract.ts';
import { readReply } from '../reply.ts';
import { bareAddress, endBefore, endOfAddress } from './address.ts';
import { withLetters } from './escapes.ts';
import { partyOf } from './parties.ts';

/** Rulesets that decide about mail that is coming in, and the command that they answer. */
const STAGES: ReadonlyMap<string, Stage> = new Map([
  ['check_relay', 'connect'],
  ['tls_client', 'starttls'],
  ['check_mail', 'mail'],
  ['check_rcpt', 'rcpt'],
  ['check_data', 'data'],
]);

/** Rulesets about connections to other servers, about questions, and about deliveries that have a line of their own. */
const OTHER_RULESETS = new Set([
  ...['tls_server', 'tls_rcpt', 'try_tls', 'trust_auth', 'authinfo', 'srv_features', 'clt_features'],
  ...['greet_pause', 'check_vrfy', 'check_expn', 'check_etrn', 'check_compat', 'queuegroup'],
]);

/** Reads a line whose `ruleset=` begins at `start`. All other rulesets are those of headers, under any name. */
export function readRuleset(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
): LogRecord | undefined {
  const nameEnd = text.indexOf(', arg1=', start);
  if (nameEnd < 0 || nameEnd >= end) return undefined;
  const name = text.slice(start + 8, nameEnd);
  if (OTHER_RULESETS.has(name)) return NOTHING;
  const stage = STAGES.get(name);
  const argument = nameEnd + 7;
  const isAddress = stage === 'mail' || stage === 'rcpt';
  const argumentEnd = isAddress ? endOfArgument(text, argument, end) : argument;
  // A header holds anything, so that only the last relay is sendmail's own; a host holds no comma.
  const relayAt =
    stage === undefined ? text.lastIndexOf(', relay=', end - 1) : text.indexOf(', relay=', argumentEnd);
  const hasRelay = relayAt >= argumentEnd && relayAt < end;
  const verdictAt = hasRelay
    ? text.indexOf(', ', relayAt + 8)
    : verdictWithoutRelay(text, argumentEnd, end, stage);
  if (verdictAt < 0 || verdictAt >= end) return undefined;
  const address = isAddress ? bareAddress(text, argument, argumentEnd) : undefined;
  return readVerdict(text.slice(verdictAt + 2, end), {
    queueId,
    by: `ruleset=${name}, `,
    stage: stage ?? 'eom',
    client: hasRelay ? partyOf(text, relayAt + 8, verdictAt) : undefined,
    from: stage === 'mail' ? address : undefined,
    to: stage === 'rcpt' ? address : undefined,
    recipientsFollow: stage === undefined && queueId !== undefined,
  });
}

/** Where the address of a command ends: before `, arg2=`, `, relay=` or the verdict. */
function endOfArgument(text: string, start: number, end: number): number {
  const balanced = endOfAddress(text, start, end);
  return balanced >= 0 ? balanced : Math.max(start, text.lastIndexOf(', relay=', end - 1));
}

/** Mail of a local program has no relay. */
function verdictWithoutRelay(text: string, start: number, end: number, stage: Stage | undefined): number {
  if (stage !== undefined) return text.indexOf(', ', start);
  if (text.slice(end - 9, end) === ', discard') return end - 9;
  return Math.max(text.lastIndexOf(', reject=', end - 1), text.lastIndexOf(', quarantine=', end - 1));
}

interface Subject {
  readonly queueId: string | undefined;
  /** What decided, where the verdict alone says too little. */
  readonly by?: string;
  readonly stage: Stage;
  readonly client?: Client | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly recipientsFollow?: boolean;
}

/** `reject=550 …`, `discard`, `quarantine=why`. */
function readVerdict(verdict: string, subject: Subject): LogRecord | undefined {
  const { recipientsFollow = false, by = '', ...facts } = subject;
  const { queueId, client } = subject;
  if (verdict.startsWith('reject=')) {
    const diagnostic = withLetters(verdict.slice(7));
    return {
      kind: 'reject',
      ...facts,
      diagnostic,
      reply: readReply(diagnostic, false, subject.stage),
      recipientsFollow,
      clientFollows: queueId !== undefined && client === undefined && !recipientsFollow,
    } satisfies RejectRecord;
  }
  const { to } = subject;
  const decided = queueId !== undefined && to !== undefined;
  if (verdict === 'discard') {
    // Of a whole message the line `discarded` tells.
    return decided
      ? ({ kind: 'discard', queueId, to, diagnostic: `${by}${verdict}` } satisfies DiscardRecord)
      : NOTHING;
  }
  if (verdict.startsWith('quarantine=')) {
    // Of other recipients `stat=quarantined` tells.
    const diagnostic = withLetters(verdict.slice(11));
    return decided ? ({ kind: 'hold', queueId, held: true, to, diagnostic } satisfies HoldRecord) : NOTHING;
  }
  return undefined;
}

/**
 * Reads what stands behind `Milter: `: `connect: host=h, addr=a, rejecting commands`, `helo=h, reject=…`,
 * `from=<a>, reject=…`, `to=<a>, discard`, `cmd=data, reject=…`, `data, reject=…`.
 */
export function readMilter(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
): LogRecord | undefined {
  const line = text.slice(start, end);
  const connect = /^connect: host=(\S{1,300}), addr=(\S{1,100}), (?:rejecting|temp failing|shutdown)/.exec(
    line,
  );
  if (connect !== null) {
    const diagnostic = line.slice('connect: '.length);
    return {
      kind: 'reject',
      queueId,
      client: partyOf(`${connect[1]} [${connect[2]}]`),
      stage: 'connect',
      diagnostic,
      reply: readReply(diagnostic, false, 'connect'),
    };
  }
  const key = /^(?:helo=|from=|to=|cmd=data, |data, |unknown=)/.exec(line)?.[0];
  if (key === undefined)
    return line.startsWith('connect') || line.startsWith('initialization ') ? NOTHING : undefined;
  if (key === 'cmd=data, ') return readVerdict(line.slice(key.length), { queueId, stage: 'data' });
  if (key === 'data, ') {
    return readVerdict(line.slice(key.length), {
      queueId,
      stage: 'eom',
      recipientsFollow: queueId !== undefined,
    });
  }
  if (line.endsWith(', discard')) return NOTHING;
  const isAddress = key === 'from=' || key === 'to=';
  const stop = isAddress
    ? endBefore(line, key.length, line.length, ', reject=', 0)
    : line.lastIndexOf(', reject=');
  // A command that is none concerns no message.
  if (stop < 0 || key === 'unknown=') return stop < 0 ? undefined : NOTHING;
  const address = isAddress ? bareAddress(line, key.length, stop) : undefined;
  return readVerdict(line.slice(stop + 2), {
    queueId,
    stage: key === 'from=' ? 'mail' : key === 'to=' ? 'rcpt' : 'ehlo',
    from: key === 'from=' ? address : undefined,
    to: key === 'to=' ? address : undefined,
  });
}

/**
 * `<x@y>... User unknown`, `<x@y... Unbalanced '<'`, `8-bit character in mailbox address "<x@y>"`: what was answered
 * to a recipient that sendmail did not take, without its code.
 */
export function readUserError(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
): RejectRecord | undefined {
  const line = text.slice(start, end);
  let to: string | undefined;
  if (!/^(?:8-bit character|Syntax error) in mailbox address "/.test(line)) {
    const stop = line.indexOf('... ', endOfQuotes(line));
    if (stop <= 0 || (line.charCodeAt(0) !== 0x3c && line.slice(0, stop).includes(' '))) return undefined;
    to = bareAddress(line, 0, stop);
  }
  const diagnostic = withLetters(line);
  return {
    kind: 'reject',
    queueId,
    stage: 'rcpt',
    to,
    diagnostic,
    reply: readReply(diagnostic, false, 'rcpt'),
    clientFollows: queueId !== undefined,
  };
}

/** Behind the quoted local part that a text begins with; 0 where there is none. */
function endOfQuotes(line: string): number {
  const open = line.charCodeAt(0) === 0x3c ? 1 : 0;
  if (line.charCodeAt(open) !== 0x22) return 0;
  for (let p = open + 1; p < line.length; p++) {
    const c = line.charCodeAt(p);
    if (c === 0x5c) p += 1;
    else if (c === 0x22) return p;
  }
  return 0;
}
