/**
 * What smtpd, postscreen, a milter or the content checks of cleanup did to a message before it was queued:
 *
 *   reject: RCPT from H[ip]: 550 5.1.1 <x>: Recipient address rejected: …; from=<..> to=<..> proto=ESMTP helo=<..>
 *   reject: RCPT from [ip]:port: 550 5.7.1 …; from=<..>, to=<..>, proto=ESMTP, helo=<..>          (postscreen)
 *   milter-reject: END-OF-MESSAGE from H[ip]: 4.7.1 Try again later; from=<..> to=<..>
 *   reject: header Subject: … from H[ip]; from=<..> to=<..> proto=ESMTP helo=<..>: 5.7.1 reason   (cleanup)
 *
 * The reply may quote a stranger's server and a header is a stranger's, so a forged `; from=<` may stand in the middle.
 */
import type { Stage } from '../../src/event/event.ts';
import { closingBracket } from '../brackets.ts';
import {
  type Client,
  type DiscardRecord,
  type HoldRecord,
  type LogRecord,
  NOTHING,
  type RejectRecord,
} from '../contract.ts';
import { partyOf } from '../parties.ts';
import { readRefusal, stageOf } from './reply.ts';

/** A tail could be forged any number of times in a long text: so many are tried from either end. */
const MOST_TAILS = 32;

/** `RCPT from H[ip]:port: `, `END-OF-MESSAGE: `; the checks of cleanup begin otherwise. */
const HEAD = /^([A-Z]+(?:-[A-Z]+)*)(?: from ([^ ]{1,300}?\](?::\d{1,5})?))?: /;

/** What an action's word means for the message; words that are not here decide nothing. */
const ACTIONS: ReadonlyMap<string, 'reject' | 'hold' | 'discard' | 'nothing'> = new Map([
  ['reject', 'reject'],
  ['milter-reject', 'reject'],
  ['proxy-reject', 'reject'],
  ['hangup', 'reject'],
  ['hold', 'hold'],
  ['milter-hold', 'hold'],
  ['milter-header-hold', 'hold'],
  ['discard', 'discard'],
  ['milter-discard', 'discard'],
  ['reject_warning', 'nothing'],
  ['warning', 'nothing'],
  ['warn', 'nothing'],
  ['info', 'nothing'],
  ['filter', 'nothing'],
  ['pass', 'nothing'],
  ['permit', 'nothing'],
  ['delay', 'nothing'],
  ['prepend', 'nothing'],
  ['replace', 'nothing'],
  ['redirect', 'nothing'],
  ['bcc', 'nothing'],
  ['strip', 'nothing'],
  ['client', 'nothing'],
  ['proxy-accept', 'nothing'],
]);

interface Tail {
  from: string | undefined;
  to: string | undefined;
  helo: string | undefined;
  authUser: string | undefined;
  /** What cleanup writes behind the tail: the reason. */
  reason: string | undefined;
  /** The line ends, or becomes unreadable, before the tail does. */
  cut: boolean;
}

/**
 * Reads `ACTION: …` at `start`. Undefined where the word is no action.
 * @param queueId undefined for `NOQUEUE`
 */
export function readRefusalLine(
  text: string,
  start: number,
  end: number,
  queueId: string | undefined,
): LogRecord | undefined {
  const colon = text.indexOf(': ', start);
  if (colon < 0 || colon >= end) return undefined;
  const word = text.slice(start, colon);
  // `milter-header-redirect`, `milter-header-add`: what a milter did to a header decides nothing.
  const action = ACTIONS.get(word) ?? (word.startsWith('milter-') ? 'nothing' : undefined);
  if (action === undefined || action === 'nothing') return action === undefined ? undefined : NOTHING;

  const line = text.slice(colon + 2, end);
  const { at, tail } = findTail(line);
  const subject = line.slice(0, at);
  const head = readHead(subject);
  const diagnostic = tail?.reason ?? head.answer;
  if (action === 'hold') {
    return {
      kind: 'hold',
      queueId,
      held: true,
      from: tail?.from,
      to: tail?.to,
      diagnostic,
    } satisfies HoldRecord;
  }
  if (action === 'discard') {
    return { kind: 'discard', queueId, from: tail?.from, to: tail?.to, diagnostic } satisfies DiscardRecord;
  }
  return {
    kind: 'reject',
    queueId,
    client: head.client,
    stage: head.stage,
    from: tail?.from,
    to: tail?.to,
    helo: tail?.helo,
    authUser: tail?.authUser,
    diagnostic,
    reply: readRefusal(diagnostic, head.stage),
  } satisfies RejectRecord;
}

/** `RCPT from H[ip]:port: ANSWER`, `END-OF-MESSAGE: ANSWER` (proxy), `header TEXT from H[ip]` (cleanup). */
function readHead(subject: string): { stage: Stage | undefined; client: Client | undefined; answer: string } {
  const match = HEAD.exec(subject);
  if (match !== null) {
    return {
      stage: stageOf(match[1]!),
      client: match[2] === undefined ? undefined : partyOf(match[2]),
      answer: subject.slice(match[0].length),
    };
  }
  // cleanup: the client is the last thing said before the tail.
  const from = subject.lastIndexOf(' from ');
  const origin = from < 0 ? '' : subject.slice(from + 6);
  return {
    stage: 'eom',
    client: /^[^ ]{1,300}\]$/.test(origin) ? partyOf(origin) : undefined,
    answer: from < 0 ? subject : subject.slice(0, from),
  };
}

/**
 * Finds the tail and reads it. A reply comes before the tail and an address within it, and either can be forged: so
 * the first tail that can be read to its end is the one, unless another follows in what would be its reason.
 */
function findTail(line: string): { at: number; tail: Tail | undefined } {
  const command = HEAD.exec(line)?.[1];
  const rules = { reasons: command === undefined, rawHelo: command === 'HELO' || command === 'EHLO' };
  const places = tailPlaces(line);
  const tails = places.map((at) => readTail(line, at + 2, rules));
  for (const [i, at] of places.entries()) {
    const tail = tails[i];
    if (tail === undefined || tail.cut) continue;
    const reasonAt = line.length - (tail.reason?.length ?? 0);
    if (!tails.some((other, j) => places[j]! >= reasonAt && other?.cut === false)) return { at, tail };
  }
  // The line is cut: where several tails begin, none can be told from a forged one.
  if (places.length === 1) return { at: places[0]!, tail: tails[0] };
  return { at: line.length, tail: undefined };
}

/** Where a tail may begin: the first and the last few of such places. */
function tailPlaces(line: string): number[] {
  const places: number[] = [];
  for (let at = line.indexOf('; '); at >= 0; at = line.indexOf('; ', at + 2)) {
    if (/^(?:from|to|proto|helo)=/.test(line.slice(at + 2, at + 8))) places.push(at);
  }
  if (places.length <= 2 * MOST_TAILS) return places;
  return [...places.slice(0, MOST_TAILS), ...places.slice(-MOST_TAILS)];
}

/**
 * `from=<..> to=<..> proto=ESMTP helo=<..>[ sasl_method=.. sasl_username=..][: reason]`, commas allowed, any part may
 * be missing. Undefined where something else stands there; only a login may hold anything.
 */
function readTail(
  line: string,
  start: number,
  { reasons, rawHelo }: { readonly reasons: boolean; readonly rawHelo: boolean },
): Tail | undefined {
  const tail: Tail = {
    from: undefined,
    to: undefined,
    helo: undefined,
    authUser: undefined,
    reason: undefined,
    cut: false,
  };
  let p = start;
  for (const key of ['from', 'to', 'proto', 'helo', 'sasl_method', 'sasl_username', 'sasl_sender'] as const) {
    if (!line.startsWith(`${key}=`, p)) continue;
    p += key.length + 1;
    let value: string;
    if (line.charCodeAt(p) === 0x3c) {
      const close = key === 'helo' ? closeOfHelo(line, p, rawHelo) : closingBracket(line, p, line.length);
      if (close < 0) return { ...tail, cut: true };
      value = line.slice(p + 1, close);
      if (key !== 'helo' && runsOn(value)) return undefined;
      p = close + 1;
    } else {
      const end = line.slice(p).search(/[ ,:]|$/);
      value = line.slice(p, p + end);
      if (value === '') return { ...tail, cut: true };
      p += end;
    }
    if (key === 'from') tail.from = value;
    else if (key === 'to') tail.to = value;
    else if (key === 'helo') tail.helo = value;
    else if (key === 'sasl_username') tail.authUser = value;
    if (line.charCodeAt(p) === 0x2c) p += 1;
    if (line.charCodeAt(p) === 0x20) p += 1;
  }
  if (p >= line.length) return tail;
  if (reasons && line.startsWith(': ', p)) return { ...tail, reason: line.slice(p + 2) };
  return tail.authUser === undefined ? undefined : { ...tail, cut: true };
}

/** An address that runs into the next field lacks its own end, unless it is quoted. */
function runsOn(address: string): boolean {
  return address.includes('=<') && !(address.startsWith('"') && address.includes('"', 1));
}

/**
 * Where the bracket of a HELO closes: smtpd turns `<>` in it into `?`, postscreen does not but takes one word only,
 * and what a milter refuses at HELO is shown as it came, to the end of the line.
 */
function closeOfHelo(line: string, open: number, raw: boolean): number {
  const blank = raw ? -1 : line.indexOf(' ', open);
  const end = blank < 0 ? line.length : blank;
  let close = line.indexOf('>', open);
  while (close >= 0 && !/^(?:$|: | sasl_|, )/.test(line.slice(close + 1, close + 7))) {
    close = line.indexOf('>', close + 1);
  }
  return close < end ? close : -1;
}
