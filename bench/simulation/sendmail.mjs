import { SELF } from './replies.mjs';
import { linesOf, printable } from './text.mjs';
import { HOUR, MS, SEC } from './units.mjs';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx';

const TLS = {
  1.3: 'version=TLSv1.3, verify=NO, cipher=TLS_AES_256_GCM_SHA384, bits=256/256',
  1.2: 'version=TLSv1.2, verify=NO, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256/256',
};

/** What sendmail says where no server did; `weak` are the words of its `tls_server` ruleset. */
const WORDS = {
  servfail: {
    dsn: '4.4.3',
    text: (c) => `Deferred: Name server: ${c.domain}.: host name lookup failure`,
  },
  nxdomain: { dsn: '5.1.2', text: (c) => `Host unknown (Name server: ${c.domain}.: host not found)` },
  nodata: { dsn: '5.1.2', text: (c) => `Host unknown (Name server: ${c.domain}.: no data known)` },
  nullmx: { dsn: '5.1.10', text: () => 'Service unavailable' },
  notls: {
    dsn: '4.7.0',
    weak: 'NONE',
    text: () => 'Deferred: 454 4.7.0 encryption too weak 0 less than 112',
  },
  badtls: { dsn: '4.7.0', weak: 'SOFTWARE', text: () => 'Deferred: 454 4.7.0 TLS handshake failed.' },
  lostGreeting: { dsn: '4.4.2', text: (c) => `Deferred: Connection reset by ${c.host}.` },
  lostData: { dsn: '4.4.2', text: (c) => `Deferred: Connection reset by ${c.host}.` },
  timeoutGreeting: {
    dsn: '4.4.2',
    waited: 'client greeting',
    text: (c) => `Deferred: Connection timed out with ${c.host}.`,
  },
  lostRcpt: { dsn: '4.4.2', text: (c) => `Deferred: Connection reset by ${c.host}.` },
  lmtpFull: {
    dsn: '5.2.2',
    reply: (c) => `552 5.2.2 <${c.to}> Quota exceeded (mailbox for user is full)`,
    text: () => 'Service unavailable',
  },
  lmtpUnknown: {
    dsn: '5.1.1',
    reply: (c) => `550 5.1.1 <${c.to}> User doesn't exist: ${c.to}`,
    text: () => 'User unknown',
  },
  lmtpTrouble: {
    dsn: '4.3.0',
    reply: (c) => `451 4.3.0 <${c.to}> Internal error occurred. Refer to server log for more information.`,
    text: (c) =>
      `Deferred: 451 4.3.0 <${c.to}> Internal error occurred. Refer to server log for more information.`,
  },
  localUnknown: { dsn: '5.1.1', text: () => 'User unknown' },
  localTrouble: {
    dsn: '4.0.0',
    text: () => 'Deferred: local mailer (/usr/sbin/sensible-mda) exited with EX_TEMPFAIL',
  },
  virtualUnknown: { dsn: '5.1.1', text: () => 'User unknown' },
  virtualFull: { dsn: '5.2.2', text: () => "Can't create output" },
  pipeUnknown: { dsn: '5.1.1', text: () => 'User unknown' },
  pipeTrouble: { dsn: '4.0.0', text: () => 'Deferred: prog mailer (/bin/sh) exited with EX_TEMPFAIL' },
};
/** How a connection that was never made is told of. */
const CONNECT = {
  'Connection timed out': (host) => `Connection timed out with ${host}`,
  'Connection refused': (host) => `Connection refused by ${host}`,
  'No route to host': (host) => `${host}: No route to host`,
};
/** The code that sendmail makes up where the reply has none. */
const MADE_UP = {
  550: '5.1.1',
  551: '5.1.6',
  552: '5.2.2',
  553: '5.1.3',
  450: '4.2.0',
  451: '4.3.0',
  452: '4.3.1',
};

/** Refusals: by a ruleset where `ruleset` is, else in these words. `early`: before there is a queue id. */
const REFUSALS = [
  { w: 24, cause: 'user_unknown', text: (c) => `<${c.to}>... User unknown` },
  {
    w: 20,
    cause: 'ip_blocklisted',
    early: true,
    text: (c, relay) =>
      `ruleset=check_relay, arg1=${relay.split(' ')[0]}, arg2=127.0.0.4, relay=${relay}, reject=550 5.7.1 Rejected: ${c.clientIp} listed at zen.spamhaus.org`,
  },
  {
    w: 14,
    cause: 'greylisted',
    text: (c) => `Milter: to=<${c.to}>, reject=451 4.7.1 Greylisting in action, please come back in 00:05:00`,
  },
  {
    w: 13,
    cause: 'relay_denied',
    outside: true,
    text: (c, relay) =>
      `ruleset=check_rcpt, arg1=<${c.to}>, relay=${relay}, reject=550 5.7.1 <${c.to}>... Relaying denied. Proper authentication required.`,
  },
  {
    w: 10,
    cause: 'host_identity',
    early: true,
    text: (c, relay) =>
      `ruleset=check_relay, arg1=[${c.clientIp}], arg2=${c.clientIp}, relay=${relay}, reject=550 5.7.1 Fix reverse DNS for ${c.clientIp}`,
  },
  {
    w: 7,
    cause: 'sender_rejected',
    text: (c, relay) =>
      `ruleset=check_mail, arg1=<${c.from}>, relay=${relay}, reject=553 5.1.8 <${c.from}>... Domain of sender address ${c.from} does not exist`,
  },
  {
    w: 3,
    cause: 'sender_rejected',
    text: (c, relay) =>
      `ruleset=check_mail, arg1=<${c.from}>, relay=${relay}, reject=451 4.1.8 Domain of sender address ${c.from} does not resolve`,
  },
];

/** sendmail leaves out the middle of what is longer than it likes. */
function shortened(text, longest) {
  if (text.length <= longest) return text;
  const half = (longest - 3) >> 1;
  return `${text.slice(0, half)}...${text.slice(-half)}`;
}
const two = (n) => String(n).padStart(2, '0');
/** `[days+]HH:MM:SS` */
function clock(micros) {
  const seconds = Math.max(0, Math.floor(micros / SEC));
  const days = Math.floor(seconds / 86400);
  const rest = seconds % 86400;
  return `${days > 0 ? `${days}+` : ''}${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
}

/**
 * sendmail at its usual log level, 9: the submission program, the daemon, and the queue of what was submitted while
 * there was no daemon.
 * @param {object} kit chance, the writer and the calendar; the rest comes into it later
 */
export function createSendmail(kit) {
  const { random, chance, int, pick, between, anyIp, emit, tag, at } = kit;

  let lastPid = 1200 + int(500);
  function process() {
    lastPid += 1 + int(9);
    if (lastPid > 900_000) lastPid = 2000;
    return lastPid;
  }
  let sequence = int(3600);
  /** Time in UTC, two characters of sequence, process id. */
  function idOf(time, pid) {
    sequence = (sequence + 1) % 3600;
    const t = new Date(time / 1000);
    const digits = [
      (t.getUTCFullYear() - 1900) % 60,
      t.getUTCMonth(),
      t.getUTCDate(),
      t.getUTCHours(),
      t.getUTCMinutes(),
      t.getUTCSeconds(),
      Math.floor(sequence / 60),
      sequence % 60,
    ];
    return digits.map((n) => DIGITS[n]).join('') + String(pid).padStart(6, '0');
  }
  function newId(time) {
    const pid = process();
    return { id: idOf(time, pid), pid };
  }
  const write = (time, pid, text, program = 'sm-mta') => emit(time, tag(program, pid), printable(text));

  // --- what comes in ---------------------------------------------------------------------------------------------

  function begin(time) {
    write(time, process(), 'alias database /etc/mail/aliases rebuilt by root', 'sendmail');
    write(time, process(), 'starting daemon (8.17.1.9): SMTP+queueing@00:10:00');
    write(time, process(), 'starting daemon (8.17.1.9): queueing@00:20:00', 'sm-msp-queue');
    at(time + 6 * HOUR, grow);
  }
  function grow(time) {
    write(time, process(), `grew WorkList for /var/spool/mqueue to ${1000 * (1 + int(20))}`);
    at(time + 6 * HOUR, grow);
  }
  const peerOf = (host, ip) => (host === 'unknown' ? `[${ip}]` : `${host} [${ip}]`);

  function session(time, s) {
    kit.truth.connections++;
    const pid = process();
    const peer = peerOf(s.host, s.ip);
    let protocol = 'ESMTP';
    if (s.ip !== '127.0.0.1' && (s.user !== undefined || chance(0.85))) {
      protocol += 'S';
      write(time, pid, `STARTTLS=server, relay=${peer}, ${TLS[chance(0.85) ? '1.3' : '1.2']}`);
    }
    if (s.user !== undefined) {
      protocol += 'A';
      at(
        time + 40 * MS,
        write,
        pid,
        `AUTH=server, relay=${peer}, authid=${s.user}, mech=${chance(0.8) ? 'PLAIN' : 'LOGIN'}, bits=0`,
      );
    }
    at(time + between(50, 400) * MS, transaction, s, { pid, peer, protocol });
  }
  function transaction(time, s, { pid, peer, protocol }) {
    const m = kit.newMessage(time, s.from, kit.sizeOf(), kit.recipientsOf(s));
    m.pid = pid;
    m.id = idOf(time, pid);
    m.messageId = kit.messageIdOf(s.from, time);
    m.fromDest = s.fromDest;
    m.user = s.user;
    const daemon = s.user === undefined ? 'MTA-v4' : 'MSP-v4';
    if (s.kind === 'inbound' && chance(0.01)) {
      write(time, pid, `${m.id}: <${kit.user()}@example.org>... User unknown`);
      kit.refused('user_unknown');
    }
    if (s.kind === 'inbound' && chance(0.002)) {
      at(time + 2 * SEC, lost, m, { peer, protocol, daemon });
      return;
    }
    const body = chance(0.3) ? ', bodytype=8BITMIME' : '';
    const takes = between(20, 250) * MS + m.size * 0.2;
    at(time + takes, accepted, m, `${body}, proto=${protocol}, daemon=${daemon}, relay=${peer}`);
  }
  /** Gone before the message was whole: the line has no message id. */
  function lost(time, m, { peer, protocol, daemon }) {
    write(time, m.pid, `${m.id}: lost input channel from ${peer} to ${daemon} after data`);
    write(
      time,
      m.pid,
      `${m.id}: from=<${m.from}>, size=0, class=0, nrcpts=${m.recipients.length}, proto=${protocol}, daemon=${daemon}, relay=${peer}`,
    );
  }
  const fromOf = (m, from, rest) =>
    `${m.id}: from=${from}, size=${m.size}, class=0, nrcpts=${m.recipients.length}, msgid=${m.messageId.slice(0, 100)}${rest}`;
  function accepted(time, m, rest) {
    write(time, m.pid, fromOf(m, `<${m.from}>`, rest));
    kit.count(m, m.recipients);
    at(time + between(2, 25) * MS, kit.activate, m);
  }
  /** A program on this host calls sendmail, which hands the message to the daemon: two queue ids, one message. */
  function application(time, m) {
    const login = m.from.startsWith('www') ? 'www-data' : 'shop';
    const { recipients } = m;
    m.recipients = recipients.map((r) => kit.recipient(r.orig ?? r.to, kit.toFilter));
    m.pid = process();
    m.id = idOf(time, m.pid);
    m.login = login;
    write(time, m.pid, fromOf(m, login, `, relay=${login}@localhost`), 'sendmail');
    kit.count(m, m.recipients);
    const program = { name: 'sendmail', pid: m.pid };
    if (chance(0.005)) {
      at(time + 20 * MS, refuseHandover, m, { program, recipients });
      return;
    }
    at(time + between(20, 200) * MS, handOver, m, { program, recipients });
  }
  const handover = (time, m, dsn, stat) => {
    const to = m.recipients.map((r) => r.to).join(',');
    return `${m.id}: to=${to}, ctladdr=${m.login} (33/33), delay=${clock(time - m.arrived)}, xdelay=00:00:00, mailer=relay, pri=${30_000 * m.recipients.length + m.size}, relay=[127.0.0.1] [127.0.0.1], dsn=${dsn}, stat=${stat}`;
  };
  /** There is no daemon: tried again from the queue of submitted mail. */
  function refuseHandover(time, m, { program, recipients }) {
    write(
      time,
      program.pid,
      handover(time, m, '4.0.0', 'Deferred: Connection refused by [127.0.0.1]'),
      program.name,
    );
    for (const r of m.recipients) kit.settle(m, r, 'deferred', 'connection_failed');
    at(time + 1200 * SEC, handOver, m, { program: { name: 'sm-msp-queue', pid: process() }, recipients });
  }
  function handOver(time, m, { program, recipients }) {
    const from = m.from.endsWith(SELF.host) ? m.from : `${m.login}@${SELF.host}`;
    const child = kit.newMessage(time, from, m.size + 240, recipients);
    child.messageId = m.messageId;
    accepted(time, child, ', proto=ESMTP, daemon=MTA-v4, relay=localhost [127.0.0.1]');
    at(time + 5 * MS, (when) => {
      write(
        when,
        program.pid,
        handover(when, m, '2.0.0', `Sent (${child.id} Message accepted for delivery)`),
        program.name,
      );
      for (const r of m.recipients) kit.hop(r, child);
    });
  }
  function refused(time, plan) {
    kit.truth.connections++;
    const pid = process();
    const { host, ip } = kit.culprit(plan);
    const peer = peerOf(host, ip);
    const text = plan.text(kit.c, peer);
    const { from } = kit.c;
    const id = idOf(time, pid);
    at(time + between(100, 900) * MS, (when) => {
      write(when, pid, plan.early ? text : `${id}: ${text}`);
      kit.refused(plan.cause);
      at(
        when + 30 * MS,
        write,
        pid,
        plan.early
          ? `${id}: ${peer} did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA-v4`
          : `${id}: from=<${from}>, size=0, class=0, nrcpts=0, proto=ESMTP, daemon=MTA-v4, relay=${peer}`,
      );
    });
  }
  function screened(time) {
    kit.truth.connections++;
    const pid = process();
    const ip = anyIp();
    if (random() < 0.45) {
      write(
        time,
        pid,
        `${idOf(time, pid)}: rejecting commands from [${ip}] due to pre-greeting traffic after ${1 + int(4)} seconds`,
      );
      return;
    }
    write(
      time,
      pid,
      `ruleset=check_relay, arg1=[${ip}], arg2=127.0.0.${pick([2, 3, 4, 11])}, relay=[${ip}], reject=550 5.7.1 Rejected: ${ip} listed at zen.spamhaus.org`,
    );
    kit.refused('ip_blocklisted');
  }
  function attack(time) {
    kit.truth.connections++;
    const pid = process();
    const ip = anyIp();
    const login = pick(['info', 'admin', 'test', 'backup']);
    write(
      time,
      pid,
      `${idOf(time, pid)}: AUTH failure (${pick(['LOGIN', 'PLAIN'])}): ${pick(['authentication failure (-13) SASL(-13): authentication failure: checkpass failed', 'user not found (-20) SASL(-13): user not found: checkpass failed'])}, user=${login}, relay=[${ip}]`,
    );
  }
  function idle(time) {
    kit.truth.connections++;
    const pid = process();
    const ip = anyIp();
    write(
      time,
      pid,
      pick([
        `${idOf(time, pid)}: [${ip}] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA-v4`,
        `${idOf(time, pid)}: lost input channel from [${ip}] to MTA-v4 after startup`,
        `${idOf(time, pid)}: timeout waiting for input from [${ip}] during server cmd read`,
        `STARTTLS=server, error: accept failed=-1, reason=unsupported protocol, SSL_error=1, errno=0, retry=-1, relay=[${ip}]`,
        `${idOf(time, pid)}: [${ip}]: probable open proxy: command=GET / HTTP/1.1\\r\\n`,
      ]),
    );
  }
  /** A milter refuses at the end of the data. */
  function milter(time) {
    kit.truth.connections++;
    const [host, ip, from] = kit.stranger();
    const pid = process();
    const id = idOf(time, pid);
    const to = kit.ownAddress();
    const size = kit.sizeOf();
    write(time, pid, `${id}: Milter: data, reject=554 5.7.1 Spam message rejected`);
    kit.refused('spam_content');
    at(
      time + MS,
      write,
      pid,
      `${id}: to=<${to}>, delay=00:00:01, pri=${30_000 + size}, stat=Spam message rejected`,
    );
    at(
      time + 2 * MS,
      write,
      pid,
      `${id}: from=<${from}>, size=${size}, class=0, nrcpts=0, proto=ESMTP, daemon=MTA-v4, relay=${peerOf(host, ip)}`,
    );
  }

  // --- the queue -------------------------------------------------------------------------------------------------

  function working(_time, m) {
    m.worker = process();
    m.runs = (m.runs ?? -1) + 1;
  }
  const hire = (_dest, m) => m.worker;
  const release = () => {};
  const named = (r) => (r.orig === undefined ? `<${r.to}>` : r.to);
  const localPart = (r) => r.to.slice(0, r.to.lastIndexOf('@'));

  /** One line for several recipients, or more than one where they are too many for a line. */
  function attempt(time, m, list, { to, control, mailer, relay, xdelay, dsn, reply, stat }, book) {
    const ctladdr = control ?? (m.user === undefined ? '' : `, ctladdr=<${m.user}> (1000/1000)`);
    const rest = `${ctladdr}, delay=${clock(time - m.arrived)}, xdelay=${clock(xdelay)}, mailer=${mailer}, pri=${m.size + 30_000 * m.recipients.length + 90_000 * m.runs}${relay === '' ? '' : `, relay=${relay}`}, dsn=${dsn}${reply === undefined ? '' : `, reply=${shortened(reply, 203)}`}, stat=${shortened(stat, 203)}`;
    m.stat = stat;
    const room = 924 - rest.length;
    let i = 0;
    while (i < list.length) {
      const begin = i;
      let text = '';
      do {
        text += `${i > begin ? ',' : ''}${to?.(list[i]) ?? named(list[i])}`;
        i++;
      } while (i < list.length && text.length + list[i].to.length + 3 < room);
      write(time, m.worker, `${m.id}: to=${text}${i < list.length ? ', [more]' : ''}${rest}`);
      kit.count(m, m.recipients);
      for (const r of list.slice(begin, i)) book(r);
    }
  }
  function unreachable() {}
  function firstHost() {}
  function encrypted(time, _m, call) {
    write(
      time,
      call.agent,
      `STARTTLS=client, relay=${call.host}., ${TLS[call.dest.tls].replace('verify=NO', `verify=${call.dest.provider.id === 'own' ? 'FAIL' : 'OK'}`)}`,
    );
  }
  /** sendmail's own code: the server's where its class fits, x.5.0 for a greeting, else what it makes up. */
  function dsnOf(reply, at) {
    const found = /^([45])\d\d[- ]([45]\.\d{1,3}\.\d{1,3})/.exec(reply);
    if (at === 'greeting') return `${reply[0]}.5.0`;
    if (found !== null && found[2][0] === found[1]) return found[2];
    return MADE_UP[reply.slice(0, 3)] ?? `${reply[0]}.0.0`;
  }
  function statOf(reply, at) {
    if (reply[0] === '4') return `Deferred: ${reply}`;
    const code = reply.slice(0, 3);
    if (at === 'rcpt' && ['550', '551', '553'].includes(code)) return 'User unknown';
    if (at === 'mail' && ['501', '553'].includes(code)) return 'Data format error';
    return 'Service unavailable';
  }
  function answered(time, m, call, results) {
    const host = `${call.host}.`;
    const how = {
      mailer: call.dest.agent === 'relay' ? 'smtp' : 'esmtp',
      relay: `${shortened(host, 40)} [${call.ip}]`,
      xdelay: time - call.begin,
      dsn: '2.0.0',
      reply: undefined,
      stat: '',
    };
    // Those that were refused one by one come first, each on its line; the rest shares the answer to the whole.
    const alone = results.filter(({ plan }) => plan?.at === 'rcpt');
    const together = results.filter(({ plan }) => plan?.at !== 'rcpt');
    for (const group of [...alone.map((result) => [result]), together]) {
      if (group.length === 0) continue;
      const [{ plan, status, text }] = group;
      how.reply = undefined;
      if (plan === undefined) {
        how.dsn = text.startsWith('250 2.6.0') ? '2.6.0' : '2.0.0';
        how.stat = `Sent (${text.replace(/^250 (?:2\.\d\.\d )?/, '')})`;
      } else if (plan.errno !== undefined) {
        how.dsn = '4.4.1';
        how.stat = `Deferred: ${CONNECT[plan.errno](host)}`;
      } else if (plan.at === undefined) {
        const { dsn, weak, waited } = WORDS[plan.id];
        how.dsn = dsn;
        how.stat = text;
        if (plan.dns) how.relay = `${shortened(`${call.dest.domain}.`, 40)}`;
        if (weak !== undefined)
          write(
            time,
            call.agent,
            `ruleset=tls_server, arg1=${weak}, relay=${call.host}, reject=${text.slice('Deferred: '.length)}`,
          );
        if (waited !== undefined)
          write(time, call.agent, `${m.id}: timeout waiting for input from ${host} during ${waited}`);
      } else {
        [how.reply] = linesOf(text);
        how.dsn = dsnOf(how.reply, plan.at);
        how.stat = statOf(how.reply, plan.at);
      }
      attempt(
        time,
        m,
        group.map(({ r }) => r),
        how,
        (r) => kit.settle(m, r, status, plan?.cause),
      );
    }
    // What is remembered of a host that could not be reached is told again; of one that answered badly, nothing.
    const known = call.session?.errno !== undefined;
    return {
      relay: shortened(host, 40),
      dsn: known ? how.dsn : '4.0.0',
      stat: known ? how.stat : 'Deferred',
    };
  }
  /** The failure of the host is remembered: no connection, so no address and no time spent. */
  function suspended(time, m, { list }, { said, cause }) {
    attempt(time, m, list, { mailer: 'esmtp', xdelay: 0, ...said }, (r) => kit.suspended(r, cause));
  }
  function stored(time, m, r, plan, { dest }) {
    const word = plan === undefined ? undefined : WORDS[plan.id];
    const how = {
      mailer: 'local',
      relay: '',
      xdelay: time - m.active,
      dsn: word?.dsn ?? '2.0.0',
      reply: word?.reply?.(kit.c),
      stat: word?.text(kit.c) ?? 'Sent',
      to: r.orig === undefined ? undefined : localPart,
      control: undefined,
    };
    if (dest.agent === 'pipe' || dest.agent === 'discard') {
      how.control = `, ctladdr=<${r.orig ?? r.to}> (8/0)`;
      how.mailer = dest.agent === 'pipe' ? 'prog' : '*file*';
      how.to = nameOf;
    }
    attempt(time, m, [r], how, () => kit.settle(m, r, plan?.status ?? 'delivered', plan?.cause));
  }
  /** The name that `to=` has for a recipient: what an alias leads to, not the alias. */
  function nameOf(r) {
    if (r.dest.agent === 'discard') return '/dev/null';
    if (r.dest.agent === 'pipe') return `"|/usr/lib/dovecot/deliver -d ${localPart(r)}"`;
    if (r.dest.agent === 'smtp' || r.dest.agent === 'relay' || r.orig === undefined) return r.to;
    return localPart(r);
  }

  // --- the end ---------------------------------------------------------------------------------------------------

  /** The line that tells of it is the one of the notice. */
  function expired() {}
  /** sendmail does not say at this log level that it is done with a message. */
  function remove(_time, m) {
    m.gone = true;
  }
  /** `5 days`, `16 hours, 12 minutes` */
  function spell(micros) {
    const minutes = Math.floor(micros / (60 * SEC));
    const parts = [
      [Math.floor(minutes / 1440), 'day'],
      [Math.floor(minutes / 60) % 24, 'hour'],
      [minutes % 60, 'minute'],
    ];
    return parts
      .filter(([n]) => n > 0)
      .map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`)
      .join(', ');
  }
  function notify(time, parent, child, { kind, expired: list }) {
    child.id = idOf(time, parent.worker);
    child.pid = parent.worker;
    at(time, (when) => {
      const to = parent.from === '' ? 'postmaster notify' : 'sender notify';
      const text =
        kind === 'delay'
          ? `${to}: Warning: could not send message for past ${spell(kit.delayWarning)}`
          : list.length > 0
            ? `${to}: Cannot send message for ${spell(kit.lifetime)}`
            : `${parent.from === '' ? to : 'DSN'}: ${shortened(parent.stat, 203)}`;
      write(when, parent.worker, `${parent.id}: ${child.id}: ${text}`);
      kit.notified(kind);
      kit.expire(list);
      at(when + between(2, 25) * MS, kit.activate, child);
    });
  }

  return {
    refusals: REFUSALS,
    words: Object.fromEntries(Object.entries(WORDS).map(([id, { text }]) => [id, text])),
    greetingIsFinal: true,
    tellsPostmaster: true,
    postmaster: `postmaster@${SELF.host}`,
    forged: {
      localPart: 'x>, relay=evil [192.0.2.66], dsn=2.0.0, stat=Sent (250 ok',
      messageId: '<a>, relay=evil [192.0.2.66], dsn=2.0.0, stat=Sent>',
      success: 'dsn=2.0.0, stat=Sent (250 ok)',
    },
    nameOf,
    newId,
    begin,
    inbound: session,
    session,
    application,
    refused,
    screened,
    attack,
    idle,
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
    expired,
    remove,
    notify,
  };
}
