import { linesOf, printable } from './text.mjs';
import { MIN, MS, SEC } from './units.mjs';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
function base62(value, width) {
  let text = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) text = DIGITS[rest % 62] + text;
  return text.padStart(width, '0');
}

const TLS = {
  1.3: 'TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256',
  1.2: 'TLS1.2:ECDHE_SECP256R1__RSA_SHA256__AES_256_GCM:256',
};
const CONNECT_CODES = { 'Connection timed out': 110, 'Connection refused': 111, 'No route to host': 113 };
/** Exim's numbers for a reply 4xx at this point of the dialogue. */
const REPLY_CODES = { greeting: 0, mail: -45, rcpt: -44, data: -46, eom: -46 };

/** What Exim says where no server did; `code` where it defers, `router` false where routing came to no result. */
const WORDS = {
  servfail: { code: -1, routing: true, text: () => 'host lookup did not complete' },
  nxdomain: { routing: true, text: () => 'Unrouteable address' },
  nodata: { routing: true, text: () => 'Unrouteable address' },
  nullmx: { routing: true, text: () => 'an MX or SRV record indicated no SMTP service' },
  notls: { code: -38, text: () => 'a TLS session is required, but the server did not offer TLS support' },
  badtls: { code: -37, text: () => 'TLS session: (gnutls_handshake): A TLS fatal alert has been received.' },
  lostGreeting: { code: -18, text: () => 'Remote host closed connection in response to initial connection' },
  lostData: { code: -18, text: () => 'Remote host closed connection in response to end of data' },
  timeoutGreeting: { code: 110, timeout: true, text: () => 'SMTP timeout after initial connection' },
  lostRcpt: {
    code: -18,
    text: (c) => `Remote host closed connection in response to pipelined RCPT TO:<${c.to}>`,
  },
  lmtpFull: {
    text: (c) =>
      `LMTP error after end of data: 552 5.2.2 <${c.to}> Quota exceeded (mailbox for user is full)`,
  },
  lmtpUnknown: {
    text: (c) => `LMTP error after RCPT TO:<${c.to}>: 550 5.1.1 <${c.to}> User doesn't exist: ${c.to}`,
  },
  lmtpTrouble: {
    code: -46,
    text: (c) =>
      `LMTP error after end of data: 451 4.3.0 <${c.to}> Internal error occurred. Refer to server log for more information.`,
  },
  localUnknown: { routing: true, text: () => 'Unknown user' },
  localTrouble: {
    code: 0,
    text: () =>
      'Child process of procmail_pipe transport returned 75 (could mean temporary error) from command: /usr/bin/procmail',
  },
  virtualUnknown: { routing: true, text: () => 'Unknown user' },
  virtualFull: { text: () => 'mailbox is full' },
  pipeUnknown: {
    text: () =>
      'Child process of dovecot_pipe transport returned 67 (could mean user nonexistent) from command: /usr/lib/dovecot/dovecot-lda',
  },
  pipeTrouble: {
    code: 0,
    text: () =>
      'Child process of dovecot_pipe transport returned 75 (could mean temporary error) from command: /usr/lib/dovecot/dovecot-lda',
  },
};

/** Routers and transports of this server's own domains. */
const ROUTES = {
  lmtp: 'R=dovecot_user T=dovecot_lmtp',
  local: 'R=procmail T=procmail_pipe',
  virtual: 'R=virtual_user T=virtual_maildir',
  pipe: 'R=club_user T=dovecot_pipe',
};

/** Refusals: `verb` and what was refused, then the ACL's message. */
const REFUSALS = [
  { w: 24, cause: 'user_unknown', text: (c) => `rejected RCPT <${c.to}>: Unknown user` },
  {
    w: 20,
    cause: 'ip_blocklisted',
    text: (c) =>
      `rejected RCPT <${c.to}>: ${c.clientIp} is listed at zen.spamhaus.org (127.0.0.4: https://www.spamhaus.org/query/ip/${c.clientIp})`,
  },
  {
    w: 14,
    cause: 'greylisted',
    text: (c) => `temporarily rejected RCPT <${c.to}>: greylisted, try again in 300 seconds`,
  },
  {
    w: 13,
    cause: 'relay_denied',
    outside: true,
    text: (c) => `rejected RCPT <${c.to}>: relay not permitted`,
  },
  {
    w: 10,
    cause: 'host_identity',
    text: (c) => `rejected RCPT <${c.to}>: host lookup failed (failed to find host name from IP address)`,
  },
  {
    w: 8,
    cause: 'host_identity',
    bare: true,
    text: (c) => `rejected EHLO or HELO ${c.helo}: need fully-qualified hostname`,
  },
  {
    w: 7,
    cause: 'sender_rejected',
    verifies: true,
    text: (c) => `rejected RCPT <${c.to}>: Sender verify failed`,
  },
  {
    w: 4,
    cause: 'spf_fail',
    text: (c) =>
      `rejected RCPT <${c.to}>: SPF check failed: ${c.clientIp} is not allowed to send mail from ${c.domainOfFrom}`,
  },
];

/**
 * Exim: its main log, by itself or through syslog, with the selectors that Debian chooses.
 * @param {object} kit chance, the writer and the calendar; the rest comes into it later
 */
export function createExim(kit) {
  const { random, chance, int, pick, between, num, anyIp, emit, tag, at } = kit;
  const modern = kit.release === '4.99';
  /** What stands between the fields and the words of a failure. */
  const failure = modern ? ' : ' : ': ';

  let lastPid = 1200 + int(500);
  function process() {
    lastPid += 1 + int(9);
    if (lastPid > 4_000_000) lastPid = 2000;
    return lastPid;
  }
  function newId(time) {
    const pid = process();
    const second = Math.floor(time / SEC);
    const micros = Math.floor(time - second * SEC);
    const id = modern
      ? `${base62(second, 6)}-${base62(pid, 11)}-${base62(micros, 4)}`
      : `${base62(second, 6)}-${base62(pid, 6)}-${base62(Math.floor(micros / 500), 2)}`;
    return { id, pid };
  }
  const write = (time, pid, text) => emit(time, tag('exim', pid), printable(text), true);

  // --- what comes in ---------------------------------------------------------------------------------------------

  function begin(time) {
    const pid = process();
    write(
      time,
      pid,
      `exim ${modern ? '4.99.1' : '4.96'} daemon started: pid=${pid}, -q30m, listening for SMTP on port 25 (IPv6 and IPv4) port 587 (IPv6 and IPv4) and for SMTPS on port 465 (IPv6 and IPv4)`,
    );
    at(time + 30 * MIN, queueRun);
  }
  function queueRun(time) {
    const pid = process();
    write(time, pid, `Start queue run: pid=${pid}`);
    at(time + between(1, 9) * SEC, (end) => write(end, pid, `End queue run: pid=${pid}`));
    at(time + 30 * MIN, queueRun);
  }
  /** A client as Exim names it. */
  const clientOf = (host, helo, ip) => {
    if (host === 'unknown') return `(${helo}) [${ip}]`;
    return host === helo ? `${host} [${ip}]` : `${host} (${helo}) [${ip}]`;
  };
  function session(time, s) {
    const pid = process();
    kit.truth.connections++;
    const near = s.ip === '127.0.0.1';
    const helo = near
      ? 'app.example.org'
      : s.host === 'unknown'
        ? pick(['mail', '[192.168.1.10]', 'PC01'])
        : s.host;
    const client = clientOf(s.host, helo, s.ip);
    if (s.host === 'unknown' && chance(0.6)) write(time, pid, `no host name found for IP address ${s.ip}`);
    const tls =
      !near && (s.user !== undefined || chance(0.85)) ? TLS[chance(0.85) ? '1.3' : '1.2'] : undefined;
    at(time + between(50, 400) * MS, transaction, s, { pid, client, tls });
  }
  function transaction(time, s, { pid, client, tls }) {
    const recipients = kit.recipientsOf(s);
    const m = kit.newMessage(time, s.from, kit.sizeOf(), recipients);
    m.pid = pid;
    m.messageId = kit.messageIdOf(s.from, time);
    m.fromDest = s.fromDest;
    if (s.kind === 'inbound' && chance(0.01)) {
      const wrong = `${kit.user()}@example.org`;
      write(time, pid, `H=${client}${tlsOf(tls)} F=<${s.from}> rejected RCPT <${wrong}>: Unknown user`);
      kit.refused('user_unknown');
    }
    if (s.kind === 'inbound' && chance(0.002)) {
      at(
        time + 2 * SEC,
        write,
        pid,
        `SMTP data timeout (message abandoned) on connection from ${client} F=<${s.from}>`,
      );
      return;
    }
    const takes = between(20, 250) * MS + m.size * 0.2;
    if (s.kind === 'inbound' && chance(0.04)) {
      at(
        time + takes - MS,
        write,
        pid,
        `${m.id} DKIM: d=${kit.domainOf(s.from)} s=mail2024 c=relaxed/relaxed a=rsa-sha256 b=2048 [verification failed - body hash mismatch (body probably modified in transit)]`,
      );
    }
    const protocol = `esmtp${tls === undefined ? '' : 's'}${s.user === undefined ? '' : 'a'}`;
    const signer = s.kind === 'inbound' && chance(0.7) ? ` DKIM=${kit.domainOf(s.from)}` : '';
    const login = s.user === undefined ? '' : ` A=${chance(0.8) ? 'plain' : 'login'}_server:${s.user}`;
    at(time + takes, accepted, m, `H=${client} P=${protocol}${tlsOf(tls)}${login} S=${m.size}${signer}`);
  }
  const tlsOf = (tls) => (tls === undefined ? '' : ` X=${tls} CV=no`);
  function accepted(time, m, fields) {
    write(
      time,
      m.pid,
      `${m.id} <= ${m.from === '' ? '<>' : m.from} ${fields}${m.messageId === '' ? '' : ` id=${m.messageId.slice(1, -1)}`}`,
    );
    kit.count(m, []);
    at(time + between(2, 25) * MS, kit.activate, m);
  }
  function application(time, m) {
    const login = m.from.startsWith('www') ? 'www-data' : 'shop';
    accepted(time, m, `U=${login} P=local S=${m.size}`);
  }
  function refused(time, plan) {
    const pid = process();
    const { host, ip } = kit.culprit(plan);
    const { c } = kit;
    c.domainOfFrom = kit.domainOf(c.from);
    const client = clientOf(host, c.helo, ip);
    kit.truth.connections++;
    const text = `H=${client}${plan.bare ? '' : ` F=<${c.from}>`} ${plan.text(c)}`;
    const verifies = plan.verifies
      ? `H=${client} sender verify fail for <${c.from}>: Unrouteable address`
      : undefined;
    at(time + between(100, 900) * MS, (when) => {
      if (verifies !== undefined) write(when, pid, verifies);
      write(when, pid, text);
      kit.refused(plan.cause);
    });
  }
  /** Listed addresses are turned away when they connect. */
  function screened(time) {
    const pid = process();
    const ip = anyIp();
    kit.truth.connections++;
    if (random() < 0.45) {
      write(time, pid, `SMTP connection from [${ip}] closed by DROP in ACL`);
      return;
    }
    write(
      time,
      pid,
      `H=[${ip}] rejected connection in "connect" ACL: ${ip} is listed at zen.spamhaus.org (127.0.0.${pick([2, 3, 4, 11])}: https://www.spamhaus.org/query/ip/${ip})`,
    );
    kit.refused('ip_blocklisted');
  }
  function attack(time) {
    const pid = process();
    const ip = anyIp();
    kit.truth.connections++;
    const login = pick(['info', 'admin', 'test', 'backup']);
    write(
      time,
      pid,
      `${pick(['plain', 'login'])}_server authenticator failed for (${pick(['User', 'ylmf-pc', 'localhost'])}) [${ip}]: 535 Incorrect authentication data (set_id=${login}@example.org)`,
    );
    if (chance(0.5))
      at(
        time + 700 * MS,
        write,
        pid,
        `unexpected disconnection while reading SMTP command from (User) [${ip}] D=1s`,
      );
  }
  function idle(time) {
    const pid = process();
    const ip = anyIp();
    kit.truth.connections++;
    write(
      time,
      pid,
      pick([
        `unexpected disconnection while reading SMTP command from [${ip}] D=${int(20)}s`,
        `no MAIL in SMTP connection from (mail) [${ip}] D=${int(20)}s C=EHLO,QUIT`,
        `TLS error on connection from (mail) [${ip}] (gnutls_handshake): The TLS connection was non-properly terminated.`,
        `SMTP command timeout on connection from [${ip}] D=5m`,
        `SMTP syntax error in "GET / HTTP/1.1" H=[${ip}] unrecognized command`,
      ]),
    );
  }
  /** A callout found that the address does not exist. */
  function probe(time) {
    const to = `${kit.ownUser()}@filiale.example.net`;
    const [host, ip] = kit.filiale.hosts[0];
    const pid = process();
    const client = anyIp();
    kit.truth.connections++;
    write(
      time,
      pid,
      `H=(mail) [${client}] F=<${kit.user()}@${kit.smallDestination().domain}> rejected RCPT <${to}>: ${host} [${ip}] : SMTP error from remote mail server after RCPT TO:<${to}>: 550 5.1.1 <${to}>: Recipient address rejected: User unknown in virtual mailbox table`,
    );
    kit.refused('user_unknown');
  }
  /** Refused after its content was seen. */
  function milter(time) {
    const [host, ip, from] = kit.stranger();
    kit.truth.connections++;
    const { id, pid } = newId(time);
    write(
      time,
      pid,
      `${id} H=${clientOf(host, host === 'unknown' ? 'mail' : host, ip)} F=<${from}> rejected after DATA: This message scored 1${num(1)}.2 spam points.`,
    );
    kit.refused('spam_content');
  }

  // --- the queue -------------------------------------------------------------------------------------------------

  function working(_time, m) {
    m.worker = process();
  }
  const hire = (_dest, m) => m.worker;
  const release = () => {};

  /** An address with the one it came from: Exim prints the final one without quotes. */
  function named(r, shown = r.to) {
    const plain = shown.replace(/^"(.*)"@/, '$1@');
    if (r.orig !== undefined) return `${plain} <${r.orig}>`;
    return plain === r.to ? plain : `${plain} <${r.to}>`;
  }
  const localPart = (r) => r.to.slice(0, r.to.lastIndexOf('@'));
  const routeOf = (dest) => (dest.agent === 'relay' ? 'R=branch T=remote_smtp' : 'R=dnslookup T=remote_smtp');
  const peerOf = (call) => `H=${call.host} [${call.ip}]`;

  function unreachable(time, m, { call, name, address, errno }) {
    write(time, call.agent, `${m.id} H=${name} [${address}] ${errno}`);
  }
  function firstHost(time, m, { call, to, host: [name, ip], reply }) {
    write(
      time,
      call.agent,
      `${m.id} H=${name} [${ip}]: SMTP error from remote mail server after RCPT TO:<${to}>: ${linesOf(reply).join('\\n')}`,
    );
  }
  function encrypted() {}
  /** The stage of the dialogue in Exim's words. */
  function stageOf(plan, m, r) {
    if (plan.at === 'greeting') return 'initial connection';
    if (plan.at === 'mail') return `pipelined MAIL FROM:<${m.from}> SIZE=${m.size + 1024}`;
    if (plan.at === 'rcpt') return `RCPT TO:<${r.to}>`;
    return plan.at === 'data' ? 'pipelined DATA' : 'end of data';
  }
  function answered(time, m, call, results) {
    const route = routeOf(call.dest);
    const tls = call.encrypted ? `${tlsOf(TLS[call.dest.tls])} DN="CN=${call.host}"` : '';
    let mark = '=>';
    let told = false;
    for (const { r, plan, status, text } of results) {
      if (plan === undefined) {
        write(
          time,
          call.agent,
          `${m.id} ${mark} ${named(r)} ${route} ${peerOf(call)}${call.uses > 1 ? '*' : ''}${tls} C="${text}"`,
        );
        mark = '->';
      } else if (plan.errno !== undefined) {
        write(
          time,
          call.agent,
          `${m.id} == ${named(r)} ${route} defer (${CONNECT_CODES[plan.errno]}): ${plan.errno}`,
        );
      } else if (plan.at === undefined && WORDS[plan.id].routing) {
        const { code } = WORDS[plan.id];
        write(
          time,
          call.agent,
          code === undefined
            ? `${m.id} ** ${named(r)}: ${text}`
            : `${m.id} == ${named(r)} R=dnslookup defer (${code}): ${text}`,
        );
      } else {
        const words =
          plan.at === undefined
            ? text
            : `SMTP error from remote mail server after ${stageOf(plan, m, r)}: ${linesOf(text).join('\\n')}`;
        // What ends the session is told of the host first, once.
        if (plan.at !== 'rcpt' && !told) {
          told = true;
          const timeout = WORDS[plan.id]?.timeout ? ': Connection timed out' : '';
          if (status === 'deferred' || plan.at === 'greeting')
            write(time, call.agent, `${m.id} ${peerOf(call)}: ${words}${timeout}`);
        }
        if (status === 'bounced')
          write(time, call.agent, `${m.id} ** ${named(r)} ${route} ${peerOf(call)}${tls}${failure}${words}`);
        else {
          const word = WORDS[plan.id];
          const code = word?.code ?? REPLY_CODES[plan.at];
          const why = word?.timeout ? ': Connection timed out' : '';
          write(
            time,
            call.agent,
            `${m.id} == ${named(r)} ${route} defer (${code})${why} ${peerOf(call)}: ${words}`,
          );
        }
      }
      kit.met(r);
      kit.settle(m, r, status, plan?.cause);
    }
  }
  /** The retry time of the hosts has not come. */
  function suspended(time, m, { dest, list }, { cause }) {
    for (const r of list) {
      write(
        time,
        m.worker,
        `${m.id} == ${named(r)} ${routeOf(dest)} defer (-54): retry time not reached for any host for '${dest.domain}'`,
      );
      kit.met(r);
      kit.suspended(r, cause);
    }
  }
  function stored(time, m, r, plan, { dest, agent }) {
    if (dest.agent === 'discard') {
      write(time, agent, `${m.id} => :blackhole: <${r.to}> R=system_aliases`);
      kit.met(r);
      kit.become(r, 'discarded');
      r.done = true;
      return;
    }
    const name = dest.agent === 'lmtp' ? named(r) : named(r, localPart(r));
    if (plan === undefined) {
      const reply = dest.agent === 'lmtp' ? ` C="250 2.0.0 <${r.to}> ${kit.word(22)} Saved"` : '';
      write(time, agent, `${m.id} => ${name} ${ROUTES[dest.agent]}${reply}`);
      kit.met(r);
      kit.settle(m, r, 'delivered');
      return;
    }
    const { code, routing, text } = WORDS[plan.id];
    const words = text(kit.c);
    if (code !== undefined)
      write(time, agent, `${m.id} == ${name} ${ROUTES[dest.agent]} defer (${code}): ${words}`);
    else if (routing) write(time, agent, `${m.id} ** ${named(r)}: ${words}`);
    else write(time, agent, `${m.id} ** ${name} ${ROUTES[dest.agent]}: ${words}`);
    kit.met(r);
    kit.settle(m, r, plan.status, plan.cause);
  }
  /** A queue run looks at the message before it is time. */
  function waits(time, m, next) {
    if (!chance(0.4)) return;
    at(time + (next - time) * between(0.2, 0.8), (when) => {
      if (m.gone) return;
      const pid = process();
      if (m.held) {
        write(when, pid, `${m.id} Message is frozen`);
        return;
      }
      if (chance(0.1)) {
        write(
          when,
          pid,
          `${m.id} Spool file for ${m.id} is locked (another process is handling this message)`,
        );
        return;
      }
      for (const r of kit.pending(m)) {
        write(when, pid, `${m.id} == ${shownBefore(r)} routing defer (-52): retry time not reached`);
        kit.met(r);
        kit.suspended(r, r.cause);
      }
    });
  }
  /** The name that the recipient has in its other lines. */
  const shownBefore = (r) =>
    ['local', 'virtual', 'pipe'].includes(r.dest.agent) ? named(r, localPart(r)) : named(r);

  // --- the end ---------------------------------------------------------------------------------------------------

  function expired(time, m, list) {
    for (const r of list) {
      const hosts = r.dest.deadUntil > time || r.plan?.errno !== undefined;
      write(
        time,
        m.worker,
        hosts
          ? `${m.id} ** ${named(r)} ${routeOf(r.dest)}: all hosts for '${r.dest.domain}' have been failing for a long time (and retry time not reached)`
          : `${m.id} ** ${shownBefore(r)}: retry timeout exceeded`,
      );
      kit.met(r);
      kit.expire([r]);
    }
  }
  function remove(time, m) {
    // Nobody can be told that a bounce could not be delivered.
    if (m.from === '' && m.bounced) {
      write(time, m.worker, `${m.id} Frozen (delivery error message)`);
      at(time + kit.lifetime, (end) => {
        const pid = process();
        write(end, pid, `${m.id} cancelled by timeout_frozen_after`);
        write(end, pid, `${m.id} Completed`);
      });
      return;
    }
    m.gone = true;
    write(time, m.worker, `${m.id} Completed`);
  }
  function notify(time, parent, child, { kind }) {
    at(time, (when) => {
      write(when, child.pid, `${child.id} <= <> R=${parent.id} U=Debian-exim P=local S=${child.size}`);
      kit.count(child, []);
      kit.notified(kind);
      at(when + between(2, 25) * MS, kit.activate, child);
    });
  }
  const operator = process;
  function deleted(time, m, list, pid) {
    write(time, pid, `${m.id} removed by root`);
    for (const r of list) kit.become(r, 'deleted');
    write(time, pid, `${m.id} Completed`);
  }
  function held(time, m, list, pid) {
    write(time, pid, `${m.id} frozen by root`);
    for (const r of list) kit.become(r, 'held');
  }
  function unheld(time, m, list, pid) {
    write(time, pid, `${m.id} unfrozen by root`);
    for (const r of list) kit.become(r, 'deferred');
  }

  return {
    refusals: REFUSALS,
    words: Object.fromEntries(Object.entries(WORDS).map(([id, { text }]) => [id, text])),
    greetingIsFinal: true,
    forged: {
      localPart: 'a => x@evil.example R=dnslookup T=remote_smtp H=evil [192.0.2.66] C=250',
      messageId: '<a> => x@evil.example R=r T=t H=evil [192.0.2.66] Completed>',
      success: '=> x@evil.example R=dnslookup T=remote_smtp C="250 ok"',
    },
    nameOf: (r) => r.to,
    newId,
    begin,
    inbound: session,
    session,
    application,
    refused,
    screened,
    attack,
    idle,
    probe,
    milter,
    working,
    hire,
    release,
    unreachable,
    firstHost,
    encrypted,
    answered,
    suspended,
    stored,
    waits,
    expired,
    remove,
    notify,
    operator,
    deleted,
    held,
    unheld,
  };
}
