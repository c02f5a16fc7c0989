/**
 * Lines that are understood and decide nothing about a message: sessions, TLS, statistics, the lives of daemons.
 * What is neither here nor anywhere else in this folder is counted as unparsed. Source: the `msg_info` calls of
 * Postfix 2.2 to 3.11.
 */

/** What a payload without a queue id may begin with. */
const WITHOUT_QUEUE_ID: readonly string[] = [
  // smtpd
  'connect from ',
  'disconnect from ',
  'lost connection after ',
  'lost connection while ',
  'timeout after ',
  'too many errors after ',
  'improper command pipelining after ',
  'SSL_accept error from ',
  'SSL_accept:',
  'SSL_connect:',
  'setting up TLS connection ',
  'initializing the ',
  'Anonymous TLS connection ',
  'Untrusted TLS connection ',
  'Trusted TLS connection ',
  'Verified TLS connection ',
  'abort all TLS',
  'initializing ',
  'proxy-accept: ',
  'discarding EHLO keywords: ',
  'sender change: ',
  'client=',
  'abort ',
  'idle timeout',
  'reject: ',
  'NOQUEUE: client=',
  'filter: ',
  // smtp
  'connect to ',
  'SSL_connect error to ',
  'certificate verification failed for ',
  'certificate verification depth ',
  'server certificate verification failed for ',
  'host ',
  'conversation with ',
  'enabling PIX ',
  'verify error:',
  'Host offered STARTTLS',
  'TLS SNI ',
  'Peer ',
  'issuer=',
  'subject=',
  'fingerprint=',
  'cert ',
  // postscreen, dnsblog, tlsproxy, verify, anvil, scache
  'CONNECT from ',
  'CONNECT to ',
  'DISCONNECT ',
  'PASS ',
  'HANGUP ',
  'PREGREET ',
  'DNSBL rank ',
  'BARE NEWLINE ',
  'NON-SMTP COMMAND ',
  'COMMAND ',
  'NOQUEUE: ',
  'ALLOWLIST',
  'DENYLIST',
  'WHITELIST',
  'BLACKLIST',
  'addr ',
  'cache ',
  'close database ',
  'entering ',
  'leaving ',
  'statistics: ',
  // qmgr, postsuper, pickup, cleanup, local
  'Deleted: ',
  'Requeued: ',
  'Placed on hold: ',
  'Released from hold: ',
  'Expired: ',
  'Force-expired: ',
  'Renamed ',
  'Restored ',
  'scan ',
  'qmgr ',
  'name_mask: ',
  'passing ',
  // master, postfix-script, postlogd, tlsmgr
  'daemon started ',
  'reload ',
  'reload configuration ',
  'terminating on signal ',
  'starting the Postfix mail system',
  'stopping the Postfix mail system',
  'aborting the Postfix mail system',
  'refreshing the Postfix mail system',
  'the Postfix mail system is ',
  'flushing the Postfix mail queue',
  'waiting for the Postfix mail system ',
  'Postfix is ',
  'Postfix is using ',
  'Postfix mail system ',
  'using backwards-compatible ',
  'stopping',
  'mail system ',
  'open ',
  'fix ',
  'set permissions ',
  'creating missing ',
  'ownership ',
  'table ',
  'seed ',
  'To disable ',
  'to disable ',
  'See http',
  'See the ',
  'see http',
  'Compatibility level ',
  'master_notify: ',
  'consider ',
  'consult ',
  'these ',
  'process id ',
  'generating ',
  'rotating ',
  'logfile ',
  'dict_',
  'mapped ',
  'replacing ',
  'lookup ',
  'watchdog ',
  'send attr ',
  'auto_clnt_',
  'event_',
  'private/',
  'public/',
  'run ',
  'resolve_',
  'smtp_',
  'smtpd_',
  'tls_',
  'xsasl_',
  'mail_',
  'vstream_',
  'input attribute ',
  '< ',
  '> ',
  '>>> ',
  '<<< ',
];

/** What may follow a queue id, where it decides nothing. */
const WITH_QUEUE_ID: readonly string[] = [
  'host ', // `host X said: 450 …` or `refused to talk to me`: the next MX is tried, the status line follows
  'lost connection ',
  'conversation with ',
  'timeout ',
  'too many errors ',
  'improper command pipelining ',
  'Cannot start TLS',
  'TLS ',
  'Server certificate ',
  'SASL ',
  'connect to ',
  'enabling PIX ',
  'breaking line ',
  'converting ',
  'skipped, still being delivered',
  'passing ',
  'resent-message-id=',
  'sender=',
  'requeued',
  'expired',
  'client certificate',
  'table ',
  'queue file ',
  'original ',
  'retry ',
  'command ',
  'copy ',
  'uid=',
  'from=',
  'authentication ',
  'using ',
  'certificate ',
  'dane ',
  'DANE ',
  'TLSA ',
  'no DSN ',
  'DSN ',
  'undeliverable ',
  'mail for ',
];

const byFirstCharacter = (prefixes: readonly string[]): ReadonlyMap<number, readonly string[]> => {
  const groups = new Map<number, string[]>();
  for (const prefix of prefixes) {
    const first = prefix.charCodeAt(0);
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [prefix]);
    else group.push(prefix);
  }
  return groups;
};

const withoutQueueId = byFirstCharacter(WITHOUT_QUEUE_ID);
const withQueueId = byFirstCharacter(WITH_QUEUE_ID);

/** Whether the payload at `start` is a known line without a queue id that decides nothing. */
export function isKnownWithoutQueueId(text: string, start: number): boolean {
  return matches(withoutQueueId, text, start);
}

/** Whether what follows a queue id at `start` is known and decides nothing. */
export function isKnownWithQueueId(text: string, start: number): boolean {
  return matches(withQueueId, text, start);
}

function matches(groups: ReadonlyMap<number, readonly string[]>, text: string, start: number): boolean {
  const group = groups.get(text.charCodeAt(start));
  if (group === undefined) return false;
  for (const prefix of group) {
    if (text.startsWith(prefix, start)) return true;
  }
  return false;
}
