/**
 * Lines that are understood and decide nothing about a message: sessions, TLS, authentication, aliases, the SMTP
 * dialogue at high log levels, the lives of daemons. What is neither here nor anywhere else in this folder is counted
 * as unparsed. Source: the `sm_syslog` calls of sendmail 8.12 to 8.18.
 */
import { prefixes, startsWithAny } from '../prefixes.ts';

/** What a payload may begin with, behind a queue id or without one. */
const KNOWN = prefixes([
  // srvrsmtp.c: the dialogue (from level 15 on), the session, the checks of its commands
  '--- ',
  '<-- ',
  'connect from ',
  'Authentication-Warning: ',
  'lost input channel from ',
  'rejecting ',
  'delaying=',
  'invalid domain name ',
  'unauthorized PIPELINING',
  'SMTP ',
  'Sending "',
  'ERROR: srv_features=',
  'srvfeatures: ',
  'fcntl(',
  'set automode for ',
  'possible SMTP attack: ',
  // sfsasl.c, tls.c
  'AUTH',
  'STARTTLS',
  'TLS',
  'tls_',
  // milter.c: what filters did, and how they fare
  'milter=',
  'Milter ',
  // collect.c, envelope.c, queue.c
  'collect: ',
  'message size (',
  'dropenvelope',
  'queueup',
  'assigned id',
  'locked',
  'unlock',
  'runqueue: ',
  'run_work_group: ',
  'grew WorkList ',
  // alias.c, recipient.c
  'alias ',
  'forward ',
  // deliver.c, usersmtp.c, domain.c
  'makeconnection',
  'timeout waiting for input ',
  'smtpquit',
  'gethostby',
  // savemail.c
  'Saved message in ',
  // daemon.c, main.c
  'starting daemon ',
  'stopping daemon',
  'restarting ',
  'started as: ',
  'started with: ',
  'accepting connections ',
  'deferring connections ',
  'daemon ',
  'low on space ',
  'unable to qualify ',
  'My unqualified host name ',
  'log terminated, too many parts',
]);

/**
 * What may follow the name of a client or server that begins a payload: `mx.example.com.: SMTP RCPT protocol error: …`,
 * `client.example.com [192.0.2.9]: VRFY joe [rejected]`, `… did not issue MAIL/EXPN/VRFY/ETRN during connection to …`.
 * One word, an address, a remark; each ends with a character that it cannot hold.
 */
const PEER =
  /^[^\s:]{0,256}(?: ?\[[^\]]{1,64}\])?(?: \(may be forged\))?(?: did not issue |: (?:SMTP |VRFY |EXPN |ETRN |HELO |EHLO |probable open proxy: |possible SMTP attack: |Possible SMTP RCPT flood|timeout ))/i;

/** `alias database /etc/mail/aliases rebuilt by root`, `/etc/mail/aliases: 26 aliases, longest 33 bytes, 564 bytes total`. */
const ALIASES = /^[^:\s]{1,256}: \d{1,9} aliases, longest /;

/** `"wiz" command from client.example.com (192.0.2.9)`. */
const BOGUS_COMMAND = /^"[a-z]{1,16}" command from /;

/** No shape needs to be read farther. */
const LONGEST_HEAD = 512;

/** Whether the payload at `start` is known and decides nothing. */
export function isKnown(text: string, start: number, end: number): boolean {
  if (startsWithAny(KNOWN, text, start)) return true;
  const head = text.slice(start, Math.min(start + LONGEST_HEAD, end));
  return PEER.test(head) || ALIASES.test(head) || BOGUS_COMMAND.test(head);
}
