/**
 * Lines that are understood and decide nothing about a message: sessions, TLS, statistics, the lives of daemons.
 * What is neither here nor anywhere else in this folder is counted as unparsed. Source: the `msg_info` calls of
 * Postfix 2.2 to 3.11.
 */
import { prefixes, startsWithAny } from '../prefixes.ts';

/** What a payload without a queue id may begin with. */
const WITHOUT_QUEUE_ID: readonly string[] = [
  // smtpd; `NOQUEUE: ` before some of them since 3.10
  'connect from ',
  'disconnect from ',
  'lost connection after ',
  'timeout after ',
  'too many errors after ',
  'improper command pipelining after ',
  'bare <LF> received after ',
  'NOQUEUE: lost connection after ',
  'NOQUEUE: timeout after ',
  'NOQUEUE: too many errors after ',
  'NOQUEUE: improper command pipelining after ',
  'NOQUEUE: bare <LF> received after ',
  'NOQUEUE: client=', // smtpd_proxy_filter: the filter gives the message its id
  'NOQUEUE: abort: TLS from ',
  'proxy-accept: ',
  'discarding EHLO keywords: ',
  'SSL_accept error from ',
  // smtp
  'connect to ',
  'SSL_connect error to ',
  'certificate verification failed for ',
  'server certificate verification failed for ',
  // both ways of TLS, up to loglevel 2
  'Anonymous TLS connection ',
  'Untrusted TLS connection ',
  'Trusted TLS connection ',
  'Verified TLS connection ',
  'TLS SNI ',
  'Host offered STARTTLS: ',
  'Peer certificate ',
  'Peer verification: ',
  'verify error:',
  'issuer=',
  'fingerprint=',
  'setting up TLS connection ',
  'initializing the client-side TLS engine',
  'initializing the server-side TLS engine',
  'SSL_accept:',
  'SSL_connect:',
  'SSL3 alert ',
  // postscreen, dnsblog, tlsproxy, verify, anvil, scache
  'CONNECT from ',
  'CONNECT to ',
  'DISCONNECT ',
  'PASS ',
  'HANGUP after ',
  'PREGREET ',
  'DNSBL rank ',
  'BARE NEWLINE from ',
  'NON-SMTP COMMAND from ',
  'COMMAND TIME LIMIT from ',
  'COMMAND COUNT LIMIT from ',
  'COMMAND LENGTH LIMIT from ',
  'COMMAND PIPELINING from ',
  'ALLOWLIST',
  'DENYLIST',
  'WHITELIST',
  'BLACKLIST',
  'entering STRESS mode ',
  'leaving STRESS mode ',
  'addr ',
  'cache ',
  'close database ',
  'statistics: ',
  // postsuper
  'Deleted: ',
  'Requeued: ',
  'Placed on hold: ',
  'Released from hold: ',
  'Force-expired: ',
  'Renamed to match inode number: ',
  // master, postfix-script, and every daemon when a table or the compatibility level concerns it
  'daemon started ',
  'reload ',
  'terminating on signal ',
  'starting the Postfix mail system',
  'stopping the Postfix mail system',
  'aborting the Postfix mail system',
  'refreshing the Postfix mail system',
  'the Postfix mail system is ',
  'flushing the Postfix mail queue',
  'waiting for the Postfix mail system ',
  'Postfix is running with backwards-compatible ',
  'Postfix is using backwards-compatible ',
  'using backwards-compatible ',
  'See http',
  'To disable backwards compatibility ',
  'table ',
  // any daemon with -v: the names of its functions, and the SMTP dialogue
  'auto_clnt_',
  'dict_',
  'event_',
  'idle timeout',
  'input attribute ',
  'mail_',
  'master_notify: ',
  'match_',
  'name_mask: ',
  'private/',
  'public/',
  'resolve_',
  'send attr ',
  'smtp_',
  'smtpd_',
  'tls_',
  'vstream_',
  'watchdog_',
  'xsasl_',
  '< ',
  '> ',
  '<<< ',
  '>>> ',
];

/** What may follow a queue id, where it decides nothing. */
const WITH_QUEUE_ID: readonly string[] = [
  // smtp and lmtp: why one server did not do; the next one is tried, and the status line follows
  'host ',
  'lost connection with ',
  'conversation with ',
  'Protocol error: host ',
  'SASL authentication failed',
  'SASL authentication to ',
  'Cannot start TLS: ',
  'TLS is required, ',
  'TLSA lookup error for ',
  'Server certificate ',
  'message size ',
  'SMTPUTF8 is required, ',
  'Sender requested REQUIRETLS, ',
  // what they had to change
  'enabling PIX ',
  'breaking line > ',
  'using backwards-compatible ',
  // smtpd since 3.10
  'lost connection after ',
  'timeout after ',
  'too many errors after ',
  'improper command pipelining after ',
  'bare <LF> received after ',
  'abort: TLS from ',
  // cleanup, qmgr, local and virtual, postsuper
  'resent-message-id=',
  'skipped, still being delivered',
  'passing ',
  'requeued',
  'expired',
];

const withoutQueueId = prefixes(WITHOUT_QUEUE_ID);
const withQueueId = prefixes(WITH_QUEUE_ID);

/** Whether the payload at `start` is a known line without a queue id that decides nothing. */
export function isKnownWithoutQueueId(text: string, start: number): boolean {
  return startsWithAny(withoutQueueId, text, start);
}

/** Whether what follows a queue id at `start` is known and decides nothing. */
export function isKnownWithQueueId(text: string, start: number): boolean {
  return startsWithAny(withQueueId, text, start);
}
