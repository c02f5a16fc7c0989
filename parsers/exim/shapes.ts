/**
 * Lines that are understood and decide nothing about a recipient, and those in which Exim speaks of its own trouble.
 * What is neither here nor anywhere else in this folder is counted as unparsed: an ACL may log any text at all.
 * Source: the `log_write` calls of Exim 4.80 to 4.99.
 */
import type { NoticeRecord } from '../contract.ts';
import { endOfHost } from './host.ts';

/** What a text without a message id may begin with that can only be Exim's, tag or no tag. */
const UNMISTAKABLE: readonly string[] = [
  'Start queue run: pid=',
  'End queue run: pid=',
  'cwd=',
  'SMTP connection from ',
  'SMTP protocol error in "',
  'SMTP command timeout on ',
  'SMTP data timeout (message abandoned) ',
  'SMTP protocol synchronization error (input sent without waiting for greeting)',
  'no MAIL in SMTP connection from ',
  'no MAIL in TLS connection from ',
  'no host name found for IP address ',
  'no IP address found for host ',
  'unexpected disconnection while reading SMTP command ',
  'incomplete transaction (',
  'TLS client disconnected cleanly',
  'VRFY failed for ',
  'ETRN ',
  'list matching forced to fail: ',
  'ignoring AUTH=',
  'overlong message header line received from ',
  'Deferred, connection ',
  'SSL verify error: depth=',
  'timed out while reading local message',
  'NOTQUIT reason: ',
];

/** What else it may begin with, behind a tag. */
const WITHOUT_ID: readonly string[] = [
  'exim ',
  'pid ',
  'SIGHUP received: ',
  'daemon ',
  'queue run',
  'SMTP connection ',
  'SMTP protocol ',
  'unexpected ',
  'host name ',
  'EXPN ',
  'TCP_NODELAY ',
  'TFO mode ',
  'TLS ',
  'SSL ',
  '[', // [192.0.2.1] SSL verify error: …
  'DANE ',
  'STARTTLS ',
  'DKIM',
  'PDKIM: ',
  'ARC ',
  'DMARC ',
  'SPF ',
  'mail accepted ',
];

/** What may follow a message id. */
const BEHIND_ID: readonly string[] = [
  // one host did not do; the verdict follows
  'SMTP error from ',
  'LMTP error ',
  'SMTP timeout ',
  'SMTP connection ',
  'SMTP data timeout ',
  'Malformed SMTP reply ',
  'Remote host ',
  'TLS ',
  'SSL ',
  '[',
  'a TLS session is required for ',
  'DANE ',
  'lowest numbered MX record points to local host',
  'remote host address is the local host',
  'PRDR ',
  // signatures and policies
  'DKIM',
  'PDKIM: ',
  'ARC ',
  'DMARC ',
  'SPF ',
  // the message as a whole
  'Message is frozen',
  'Unfrozen ',
  'Spool file ',
  'no immediate delivery: ',
  'original recipients ignored',
  'no recipients ',
  're-exec of ',
  'moved from input, msglog to ',
  'new file name is ',
  'recipient <',
  'sender <',
  'sender address changed to <',
  'timed out while reading local message',
  'NOTQUIT reason: ',
  'Delivery deferred by system filter',
  'smtp transport process returned ',
  'retry ',
];

/** Behind a message id: an address or a host first, then what happened to it; each ends at its first words. */
const BEHIND_ID_AND_NAME: readonly RegExp[] = [
  // `root@test.ex: error ignored`
  /^[^ ]{1,320}(?: <[^ ]{1,320}>)?: error ignored/,
  // `aliases router: skipped error: …`, `<|/bin/x>: address_pipe transport output: …`
  /^[^ ]{1,64} router: /,
  /^<[^>]{1,1000}>: [^ ]{1,64} transport output: /,
  /^[^ ]{1,64} transport process returned /,
  // `plain authenticator failed H=192.0.2.1 [192.0.2.1] 535 …`, as a client
  /^[^ ]{1,64} authenticator (?:failed|cancelled|cannot|error)/,
  // a filter's own log line, and what the test of a filter logs
  /^"[^"]{0,300}" (?:not )?first delivery/,
];

/** Trouble of Exim's own, and logins that failed. Those that can only be Exim's may stand without a tag. */
const NOTICES: readonly (readonly [
  beginning: string,
  severity: NoticeRecord['severity'],
  unmistakable?: true,
])[] = [
  ['Warning: purging the environment', 'warning', true],
  ['Warning: ', 'warning'],
  ['TLS error on connection ', 'warning', true],
  ['TLS error on TLS connection ', 'warning', true],
  ['Exim configuration error', 'error', true],
  ['exim user lost privilege ', 'warning', true],
  ['spool directory space check failed', 'error', true],
  ['local_scan() function ', 'warning', true],
  ['malware acl condition: ', 'error', true],
  ['spam acl condition: ', 'error', true],
  ['configured error code starts with ', 'warning', true],
  ['failed to expand "', 'error', true],
  ['failed to ', 'error'],
  ['Failed ', 'error'],
  ['Cannot ', 'error'],
  ['cannot ', 'error'],
  ['unable to ', 'error'],
  ['could not ', 'error'],
  ['socket bind() to port ', 'error', true],
  ['socket ', 'error'],
  ['bind() ', 'error'],
  ['daemon: ', 'error'],
  ['DNS ', 'warning'],
  ['ACL ', 'warning'],
  ['Error ', 'error'],
  ['error ', 'error'],
  ['internal problem ', 'error'],
  ['invalid ', 'error'],
  ['Data file ', 'error'],
  ['Format error in spool file ', 'error'],
  ['setuid failed ', 'error'],
  ['**** SPOOL FILE ', 'error'],
  ['Tainted ', 'error'],
  ['tainted ', 'error'],
];

/** `plain_server authenticator failed for host (helo) [ip]: 535 Incorrect authentication data (set_id=bob)`. */
const LOGIN_FAILED = /^[^ ]{1,64} authenticator failed for /;
/** The daemon's own line; its beginning alone would claim other programs' lines. */
const DAEMON_STARTED = /^exim [^ ]{1,20} daemon started: pid=/;

function byFirstCharacter<T extends readonly [string, ...unknown[]]>(
  entries: readonly T[],
): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const entry of entries) {
    const first = entry[0].charCodeAt(0);
    groups.set(first, [...(groups.get(first) ?? []), entry]);
  }
  return groups;
}

const unmistakable = byFirstCharacter(UNMISTAKABLE.map((words) => [words] as const));
const withoutId = byFirstCharacter([...UNMISTAKABLE, ...WITHOUT_ID].map((words) => [words] as const));
const behindId = byFirstCharacter(BEHIND_ID.map((words) => [words] as const));
const notices = byFirstCharacter(NOTICES);

/** Whether the text at `start`, which has no message id, is known and decides nothing. */
export function isKnownWithoutId(text: string, start: number): boolean {
  return find(withoutId, text, start) !== undefined;
}

/** Whether what follows a message id at `start` is known and decides nothing. */
export function isKnownBehindId(text: string, start: number, end: number): boolean {
  if (find(behindId, text, start) !== undefined) return true;
  // `mx.b.test [192.0.2.1] Connection refused`: of one host, up to 4.84.
  if (endOfHost(text, start, end) >= 0) return true;
  const words = text.slice(start, Math.min(end, start + 1200));
  return BEHIND_ID_AND_NAME.some((shape) => shape.test(words));
}

/** Whether the text at `start`, which has neither tag nor message id, can only be Exim's. */
export function isUnmistakable(text: string, start: number, end: number): boolean {
  if (find(unmistakable, text, start) !== undefined) return true;
  if (find(notices, text, start)?.[2]) return true;
  const words = text.slice(start, Math.min(end, start + 100));
  return LOGIN_FAILED.test(words) || DAEMON_STARTED.test(words);
}

/** Reads what Exim says of its own trouble; undefined where the text is nothing of that kind. */
export function readNotice(text: string, start: number, end: number): NoticeRecord | undefined {
  const severity = find(notices, text, start)?.[1];
  if (severity !== undefined) return { kind: 'notice', severity, text: text.slice(start, end) };
  if (!LOGIN_FAILED.test(text.slice(start, Math.min(end, start + 100)))) return undefined;
  return { kind: 'notice', severity: 'warning', text: text.slice(start, end) };
}

function find<T extends readonly [string, ...unknown[]]>(
  groups: ReadonlyMap<number, readonly T[]>,
  text: string,
  start: number,
): T | undefined {
  return groups.get(text.charCodeAt(start))?.find(([words]) => text.startsWith(words, start));
}
