/**
 * Takes apart the text of `**` and `==` lines and of `C="…"`.
 *
 *   SMTP error from remote mail server after RCPT TO:<x@b.test>: 550 5.1.1 No such user
 *   SMTP error from remote mail server after RCPT TO:<x@b.test>: host mx.b.test [192.0.2.1]: 550 …      (up to 4.84)
 *   SMTP timeout after pipelined MAIL FROM:<a@a.test> SIZE=1499: Connection timed out
 *   Remote host closed connection in response to end of data
 *   Malformed SMTP reply in response to RCPT TO:<x@b.test>: go away
 *
 * Exim's own words come first, so a reply cannot pass for them; addresses in them are read with their quotes.
 */
import type { Stage } from '../../src/event/event.ts';
import { closingBracket } from '../brackets.ts';
import type { Relay, Reply } from '../contract.ts';
import { readReply } from '../reply.ts';
import { unescapePrinting } from './escape.ts';
import { partyOf } from './host.ts';

/** How a text begins that names the command it is about, and whether the server's words follow. */
const BEGINNINGS: readonly (readonly [beginning: string, remote: boolean])[] = [
  ['SMTP error from remote mail server after ', true],
  ['SMTP error from remote mailer after ', true],
  ['LMTP error from remote mail server after ', true],
  ['LMTP error after ', true],
  ['SMTP timeout after ', false],
  ['LMTP timeout after ', false],
  ['Remote host closed connection in response to ', false],
  ['Malformed SMTP reply in response to ', false],
  ['Malformed LMTP reply in response to ', false],
];

/** Exim's names of commands. */
const COMMANDS: readonly (readonly [command: string, stage: Stage])[] = [
  ['initial connection', 'connect'],
  ['EHLO', 'ehlo'],
  ['HELO', 'ehlo'],
  ['LHLO', 'ehlo'],
  ['STARTTLS', 'starttls'],
  ['AUTH', 'auth'],
  ['MAIL FROM:', 'mail'],
  ['RCPT TO:', 'rcpt'],
  ['DATA', 'data'],
  ['BDAT', 'data'],
  ['sending data block', 'data'],
  ['sending headers', 'data'],
  ['end of data', 'eom'],
  ['end-of-data', 'eom'],
  ['final dot', 'eom'],
];

/** Texts that Exim made itself and that tell the stage. */
const LOCAL_STAGES: readonly (readonly [beginning: string, stage: Stage])[] = [
  ['Connection refused', 'connect'],
  ['Connection timed out', 'connect'],
  ['No route to host', 'connect'],
  ['Network is unreachable', 'connect'],
  ['a TLS session is required', 'starttls'],
  ['TLS session', 'starttls'],
  ['TLS error', 'starttls'],
  ['authentication required', 'auth'],
];

/**
 * Takes a failure's text apart.
 * @param reason the strerror text that `==` writes before the host and the message
 */
export function readFailureText(text: string, reason: string | undefined): Reply {
  for (const [beginning, remote] of BEGINNINGS) {
    if (text.startsWith(beginning)) return readAfterCommand(text, beginning.length, remote);
  }
  if (startsWithCode(text)) return reply(text, true, undefined);
  const stage = LOCAL_STAGES.find(([words]) => (text === '' ? reason : text)?.startsWith(words))?.[1];
  const whole = reason === undefined || reason === text ? text : text === '' ? reason : `${reason}: ${text}`;
  return reply(whole, false, stage);
}

/** The server's answer to a message that it took; nothing where it was delivered on this host. */
export function readConfirmation(text: string): Reply {
  return text === '' ? { text, remote: false } : reply(text, true, 'eom');
}

/**
 * How the answer of another server begins that was asked whether it would take the mail: `mx.b.test [192.0.2.1] : SMTP
 * error from …`, up to 4.9x `response to "RCPT TO:<x@b.test>" from mx.b.test [192.0.2.1] was: 550 …`. All parts are
 * bounded, and none can begin within another.
 */
const CALLOUT =
  /^(?:\((?:recipient|sender)\): )?(?:response to "[^"]{1,600}" (?:from [^ "]{1,255} \[[^\]]{1,64}\] )?was: |[^ ]{1,255} \[[^\]]{1,64}\](?::\d{1,5})? ?: (?=[SL]MTP error ))/;

/** What this server told a client. Where it had asked another server, that one's words are the reason. */
export function readRefusal(text: string, stage: Stage | undefined, code: number | undefined): Reply {
  const asked = CALLOUT.exec(text.slice(0, 1200));
  if (asked !== null) {
    const said = readFailureText(text.slice(asked[0].length), undefined);
    return {
      ...said,
      remote: false,
      ...(stage !== undefined && { stage }),
      ...(code !== undefined && { code }),
    };
  }
  const read = reply(text, false, stage);
  return read.code === undefined && code !== undefined ? { ...read, code } : read;
}

function readAfterCommand(text: string, start: number, remote: boolean): Reply {
  const p = text.startsWith('pipelined ', start) ? start + 'pipelined '.length : start;
  const known = COMMANDS.find(([command]) => text.startsWith(command, p));
  // Without the server's words Exim's own are the reason: `SMTP timeout after initial connection`.
  if (known === undefined) return reply(text, false, undefined);
  const command = known[0];
  // LMTP answers the end of data for each recipient, and Exim names the command that led there.
  const stage = known[1] === 'data' && text.startsWith('LMTP error after ') ? 'eom' : known[1];
  let end = p + command.length;
  if (command.endsWith(':')) {
    const close = closingBracket(text, end, text.length);
    if (close >= 0) end = close + 1;
  }
  const colon = text.indexOf(': ', end);
  if (!remote || colon < 0) return reply(text, false, stage);
  // Up to 4.84 the host stands before the reply: `host mx.b.test [192.0.2.1]:25: 550 …`. A name has no blank, an
  // address no bracket: no part can begin anew within another.
  const host = /^host ([^ ]{1,255} \[[^\]]{1,64}\](?::\d{1,5})?): /.exec(text.slice(colon + 2, colon + 402));
  const at = colon + 2 + (host?.[0].length ?? 0);
  const peer = host === null ? undefined : partyOf(host[1]!);
  // What has no code is no reply: Exim's words say what is wrong with it.
  return startsWithCode(text.slice(at, at + 4))
    ? reply(text.slice(at), true, stage, peer)
    : reply(text, false, stage, peer);
}

function reply(text: string, remote: boolean, stage: Stage | undefined, peer?: Relay): Reply {
  return readReply(unescapePrinting(text), remote, stage, peer && { peer });
}

function startsWithCode(text: string): boolean {
  return /^[2-5]\d\d(?:[ -]|$)/.test(text.slice(0, 4));
}
