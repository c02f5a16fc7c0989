/**
 * Takes apart what stands in the brackets behind `status=…`, and what smtpd answered to a client it refused.
 *
 * Everything here may have been written by a stranger's server. So nothing is searched for in the middle of a text
 * where Postfix would have put it at an end, and no expression can backtrack over more than one word.
 */
import type { Stage } from '../../src/event/event.ts';
import type { Relay, Reply } from '../contract.ts';
import { partyOf } from '../parties.ts';
import { readReply } from '../reply.ts';

const OPEN_BRACKET = 0x5b;

/** Postfix's names of commands, in `(in reply to … command)` and in refusals (`reject: RCPT from`). */
const STAGES: ReadonlyMap<string, Stage> = new Map([
  ['CONNECT', 'connect'],
  ['HELO', 'ehlo'],
  ['EHLO', 'ehlo'],
  ['LHLO', 'ehlo'],
  ['STARTTLS', 'starttls'],
  ['AUTH', 'auth'],
  ['MAIL', 'mail'],
  ['MAIL FROM', 'mail'],
  ['RCPT', 'rcpt'],
  ['RCPT TO', 'rcpt'],
  ['VRFY', 'rcpt'],
  ['DATA', 'data'],
  ['BDAT', 'data'],
  ['end of DATA', 'eom'],
  ['end of BDAT', 'eom'],
  ['END-OF-MESSAGE', 'eom'],
]);

/** What Postfix was doing when a session broke: `while sending RCPT TO`, `while performing the EHLO handshake`. */
const DOING: readonly (readonly [string, Stage])[] = [
  ['receiving the initial server greeting', 'connect'],
  ['performing the EHLO handshake', 'ehlo'],
  ['performing the LHLO handshake', 'ehlo'],
  ['performing the HELO handshake', 'ehlo'],
  ['performing the initial protocol handshake', 'ehlo'],
  ['sending MAIL FROM', 'mail'],
  ['sending RCPT TO', 'rcpt'],
  ['receiving the STARTTLS response', 'starttls'],
  ['sending DATA command', 'data'],
  ['sending message body', 'data'],
  ['sending end of data', 'eom'],
];

/** The stage behind Postfix's name of a command, or undefined. */
export function stageOf(command: string): Stage | undefined {
  return STAGES.get(command);
}

const SUSPENDED = 'delivery temporarily suspended: ';

/** Takes apart the text behind `status=…`. Never throws; what it does not know it leaves in `text`. */
export function readStatusText(diagnostic: string): Reply {
  const text = diagnostic.startsWith(SUSPENDED) ? diagnostic.slice(SUSPENDED.length) : diagnostic;
  if (text.startsWith('host ') || text.startsWith('SASL authentication failed; server ')) {
    const said = afterPhrase(text, ' said: ');
    if (said >= 0) return readSaid(text, said);
    const refused = afterPhrase(text, ' refused to talk to me: ');
    if (refused >= 0) return reply(text.slice(refused), true, 'connect', hostAfter(text, 'host '));
  }
  if (startsWithCode(text)) return reply(text, true, undefined, undefined);
  return readLocalText(text);
}

/** What smtpd, postscreen or a milter told the client; `stage` is the command that was refused. */
export function readRefusal(diagnostic: string, stage: Stage | undefined): Reply {
  return reply(diagnostic, false, stage, undefined);
}

/** `host mx.example.com[192.0.2.1] said: 550 5.1.1 No such user (in reply to RCPT TO command)`. */
function readSaid(text: string, said: number): Reply {
  const host = hostAfter(text, text.startsWith('host ') ? 'host ' : 'SASL authentication failed; server ');
  // The server's words may hold the same phrase; Postfix's own is the last one.
  const command = text.lastIndexOf('(in reply to ');
  if (command < said - 1 || !text.endsWith(')')) {
    const stage = text.startsWith('SASL') ? 'auth' : undefined;
    return reply(text.slice(said), true, stage, host);
  }
  const name = text.slice(command + 13, -1).replace(/ command$/, '');
  return reply(text.slice(said, command).trimEnd(), true, stageOf(name), host);
}

/** Texts that Postfix made itself. */
function readLocalText(text: string): Reply {
  let stage: Stage | undefined;
  let host: string | undefined;
  let peer: string | undefined;
  if (text.startsWith('connect to ')) {
    stage = 'connect';
    peer = 'connect to ';
  } else if (text.startsWith('lost connection with ') || text.startsWith('conversation with ')) {
    const doing = text.slice(afterPhrase(text, ' while '));
    stage = DOING.find(([phrase]) => doing.startsWith(phrase))?.[1];
    peer = text.startsWith('lost') ? 'lost connection with ' : 'conversation with ';
  } else if (/^(?:TLS is required|Cannot start TLS|Server certificate|certificate verification)/.test(text)) {
    stage = 'starttls';
    const at = text.lastIndexOf(' host ');
    if (at >= 0) host = hostAfter(text.slice(at + 1), 'host ');
  }
  if (peer === undefined) return reply(text, false, stage, host);
  const found = peerAfter(text, peer);
  return {
    ...reply(text, false, stage, hostAfter(text, peer)),
    ...(found !== undefined && { peer: found }),
  };
}

/** `mail.example.org[private/dovecot-lmtp]` behind a prefix. */
function peerAfter(text: string, prefix: string): Relay | undefined {
  const rest = text.slice(prefix.length, prefix.length + 320);
  const open = rest.search(/[[ :,;]/);
  const close = rest.charCodeAt(open) === OPEN_BRACKET ? rest.indexOf(']', open) : -1;
  return close < 0 ? undefined : partyOf(rest.slice(0, close + 1));
}

function reply(text: string, remote: boolean, stage: Stage | undefined, host: string | undefined): Reply {
  return readReply(text, remote, stage, host === undefined ? undefined : { host });
}

/** Where the words behind the first `phrase` begin, or -1. */
function afterPhrase(text: string, phrase: string): number {
  const at = text.indexOf(phrase);
  return at < 0 ? -1 : at + phrase.length;
}

/** The host name that follows a prefix and precedes a bracketed address or a blank. */
function hostAfter(text: string, prefix: string): string | undefined {
  const rest = text.slice(prefix.length, prefix.length + 256);
  const end = rest.search(/[[ :,;]/);
  return end <= 0 ? undefined : rest.slice(0, end);
}

function startsWithCode(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first < 0x32 || first > 0x35) return false;
  const after = text.charCodeAt(3);
  return (after === 0x20 || after === 0x2d) && /^\d\d$/.test(text.slice(1, 3));
}
