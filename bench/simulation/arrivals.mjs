import { CLIENTS, FIRST, REFUSALS, SELF } from './replies.mjs';
import { MIN, MONTHS, MS, SEC } from './units.mjs';

/** Rate of arrivals over the day, hour by hour, and at weekends. */
const HOURS = [
  0.35, 0.3, 0.28, 0.27, 0.3, 0.4, 0.6, 0.9, 1.4, 1.75, 1.85, 1.75, 1.55, 1.6, 1.7, 1.65, 1.5, 1.3, 1.1, 1.0,
  0.9, 0.8, 0.6, 0.45,
];
const WEEKEND = 0.45;

/**
 * How mail comes in, or does not: sessions of smtpd, submission, pickup, postscreen.
 * @param {object} kit everything of the other modules
 * @returns {(time: number) => void} begins the stream of arrivals
 */
export function createArrivals(kit) {
  const { random, chance, int, pick, between, wait, picker, hex, word, num, anyIp, ARRIVALS, SHARE } = kit;
  const { emit, at, say, other, othersToo, modern, meanGap } = kit;
  const { process, brief, newId, freeInode, postscreen, anvil, dnsblog, pickup, cleanup, relay } = kit;
  const { smtpd, submission, submissions } = kit;
  const { truth, refused } = kit;
  const {
    c,
    TLS13,
    TLS12,
    user,
    ownUser,
    ownAddress,
    domainOf,
    outside,
    smallDestination,
    destinationOf,
    filiale,
  } = kit;
  const {
    newMessage,
    sizeOf,
    messageIdOf,
    received,
    recipient,
    insideRecipient,
    outsideRecipient,
    toFilter,
  } = kit;
  const { status, remove } = kit;

  const refusalPicker = picker(REFUSALS.map((f) => [f.w, f]));
  const clientPicker = picker(CLIENTS.map((f) => [f.w, f]));
  const arrivalPicker = picker(ARRIVALS.filter(([, kind]) => othersToo || kind !== 'others'));

  function connect(time, daemon, name, ip) {
    truth.connections++;
    emit(time, daemon.tag, `connect from ${name}[${ip}]`);
  }
  /** A client from outside: `[host name, ip, sender address, where a bounce to it would go]`. */
  function stranger() {
    const kind = clientPicker();
    if (kind.make === undefined) {
      const dest = smallDestination();
      const [, ip] = dest.provider.id === 'own' ? dest.hosts[0] : ['', anyIp()];
      const host = chance(0.06) ? 'unknown' : `${pick(['mail', 'mx', 'mail1', 'smtp'])}.${dest.domain}`;
      const umlaut = chance(0.004) ? 'jörg.müller' : user();
      return [host, ip, `${umlaut}@${dest.domain}`, dest];
    }
    const [host, ip] = kind.make(c);
    if (kind.from === null) {
      const dest = smallDestination();
      return [host, ip, `bounce+${hex(6)}-${hex(6)}@mail.${dest.domain}`, dest];
    }
    const domain = pick(kind.from);
    return [host, ip, `${user()}@${domain}`, destinationOf(domain)];
  }

  const ARRIVE = {
    inbound(time) {
      const [host, ip, from, fromDest] = stranger();
      const port = 1024 + int(64_000);
      emit(time, postscreen.tag, `CONNECT from [${ip}]:${port} to [${SELF.ip}]:25`);
      const pass = time + (chance(SHARE.screenNew) ? 6 * SEC : MS);
      at(pass, say, postscreen, `PASS ${pass - time > SEC ? 'NEW' : 'OLD'} [${ip}]:${port}`);
      at(pass + 4 * MS, smtpSession, { host, ip, from, fromDest, daemon: smtpd, inbound: true });
    },
    submission(time) {
      const from = ownAddress();
      const ip = anyIp();
      const host = chance(0.5) ? 'unknown' : `dyn-${ip.replaceAll('.', '-')}.pool.example.net`;
      smtpSession(time, { host, ip, from, daemon: chance(0.8) ? submission : submissions, user: from });
    },
    application(time) {
      const from = pick([
        'bestellung@example.org',
        'noreply@example.org',
        'www-data@mx1.example.org',
        'alerts@post.example.net',
      ]);
      const m = newMessage(time, from, sizeOf(), [chance(0.12) ? insideRecipient() : outsideRecipient()]);
      m.messageId = messageIdOf(from, time);
      emit(time, pickup.tag, `${m.id}: uid=${from.startsWith('www') ? 33 : 1001} from=<${from}>`);
      at(time + 4 * MS, received, m);
    },
    newsletter(time) {
      const n = 10 + int(31);
      const issue = hex(6);
      let moment = time;
      for (let i = 0; i < n; i++) {
        const to = outsideRecipient();
        const from = `news+${issue}-${i}@post.example.net`;
        at(moment, smtpSession, {
          host: 'localhost',
          ip: '127.0.0.1',
          from,
          daemon: smtpd,
          recipients: [to],
        });
        moment += between(0.3, 4) * SEC;
      }
    },
    list(time) {
      const recipients = [];
      const n = 8 + int(33);
      const seen = new Set();
      while (recipients.length < n) {
        const r = chance(0.15) ? insideRecipient() : outsideRecipient();
        if (seen.has(r.to)) continue;
        seen.add(r.to);
        recipients.push(r);
      }
      const from = `liste-bounces@verein.example.net`;
      smtpSession(time, { host: 'localhost', ip: '127.0.0.1', from, daemon: smtpd, recipients });
    },
    refused(time) {
      const plan = refusalPicker();
      const daemon = smtpd.take();
      const ip = anyIp();
      const host = chance(0.6) ? 'unknown' : `host-${ip.replaceAll('.', '-')}.static.example.com`;
      c.to = plan.outside ? `${user()}@${outside().domain}` : ownAddress();
      c.from = `${user()}@${smallDestination().domain}`;
      c.domain = domainOf(c.to);
      c.clientIp = ip;
      c.helo = pick(['localhost', 'WIN-CLJ1B0GQ6JP', 'ylmf-pc', 'User', `mail.${smallDestination().domain}`]);
      const who = plan.bare ? '' : ` to=<${c.to}>`;
      const text = `NOQUEUE: reject: ${plan.at} from ${host}[${ip}]: ${plan.text(c)}; from=<${c.from}>${who} proto=ESMTP helo=<${c.helo}>`;
      connect(time, daemon, host, ip);
      at(time + between(100, 900) * MS, (when) => {
        emit(when, daemon.tag, text);
        refused(plan.cause);
        const commands = plan.bare
          ? 'ehlo=1 mail=0/1 quit=1 commands=2/3'
          : 'ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4';
        at(when + 30 * MS, (end) => {
          emit(end, daemon.tag, `disconnect from ${host}[${ip}] ${commands}`);
          smtpd.give(daemon);
        });
      });
    },
    screened(time) {
      const ip = anyIp();
      const client = `[${ip}]:${1024 + int(64_000)}`;
      truth.connections++;
      emit(time, postscreen.tag, `CONNECT from ${client} to [${SELF.ip}]:25`);
      const x = random();
      if (x < 0.2) {
        at(
          time + 200 * MS,
          say,
          postscreen,
          `PREGREET ${14 + int(9)} after 0.${num(2)} from ${client}: EHLO User\\r\\n`,
        );
        at(time + 900 * MS, say, postscreen, `DISCONNECT ${client}`);
        return;
      }
      if (x < 0.45) {
        at(
          time + 2 * SEC,
          say,
          postscreen,
          `HANGUP after 2.${num(1)} from ${client} in tests before SMTP handshake`,
        );
        at(time + 2 * SEC + MS, say, postscreen, `DISCONNECT ${client}`);
        return;
      }
      at(
        time + 30 * MS,
        say,
        dnsblog,
        `addr ${ip} listed by domain zen.spamhaus.org as 127.0.0.${pick([2, 3, 4, 11])}`,
      );
      at(time + 6 * SEC, say, postscreen, `DNSBL rank 3 for ${client}`);
      const from = `${user()}@${smallDestination().domain}`;
      const to = ownAddress();
      at(time + 6.4 * SEC, (when) => {
        emit(
          when,
          postscreen.tag,
          `NOQUEUE: reject: RCPT from ${client}: 550 5.7.1 Service unavailable; client [${ip}] blocked using zen.spamhaus.org; from=<${from}>, to=<${to}>, proto=ESMTP, helo=<${domainOf(from)}>`,
        );
        refused('ip_blocklisted');
      });
      at(time + 6.5 * SEC, say, postscreen, `DISCONNECT ${client}`);
    },
    attack(time) {
      const from = chance(0.7) ? submission : smtpd;
      const daemon = from.take();
      const ip = anyIp();
      connect(time, daemon, 'unknown', ip);
      const login = pick([`, sasl_username=${pick(['info', 'admin', 'test', 'backup'])}@example.org`, '']);
      at(
        time + 1.2 * SEC,
        say,
        daemon,
        `warning: unknown[${ip}]: SASL LOGIN authentication failed: ${login === '' ? 'UGFzc3dvcmQ6' : `authentication failure${login}`}`,
      );
      at(time + 1.3 * SEC, (end) => {
        emit(end, daemon.tag, `disconnect from unknown[${ip}] ehlo=1 auth=0/1 quit=1 commands=2/3`);
        from.give(daemon);
      });
    },
    idle(time) {
      const daemon = smtpd.take();
      const ip = anyIp();
      connect(time, daemon, 'unknown', ip);
      const stage = pick(['EHLO', 'CONNECT', 'AUTH', 'STARTTLS', 'RCPT']);
      at(
        time + 700 * MS,
        say,
        daemon,
        `${modern ? 'NOQUEUE: ' : ''}lost connection after ${stage} from unknown[${ip}]`,
      );
      at(time + 701 * MS, (end) => {
        const commands = stage === 'CONNECT' ? 'commands=0/0' : 'ehlo=1 commands=1';
        emit(end, daemon.tag, `disconnect from unknown[${ip}] ${commands}`);
        smtpd.give(daemon);
      });
    },
    probe(time) {
      const to = `${ownUser()}@filiale.example.net`;
      const r = recipient(to, filiale);
      r.plan = undefined;
      const m = newMessage(time, `double-bounce@${SELF.host}`, 270, [r]);
      m.probe = probe;
      m.messageId = `<${m.id}@${SELF.host}>`;
      received(time, m);
    },
    milter(time) {
      const [host, ip, from] = stranger();
      const daemon = smtpd.take();
      connect(time, daemon, host, ip);
      at(time + 200 * MS, (when) => {
        const { id, inode } = newId(when);
        emit(when, daemon.tag, `${id}: client=${host}[${ip}]`);
        at(when + 40 * MS, (then) => brief(then, cleanup, `${id}: message-id=${messageIdOf(from, when)}`));
        at(when + 300 * MS, (then) => {
          brief(
            then,
            cleanup,
            `${id}: milter-reject: END-OF-MESSAGE from ${host}[${ip}]: 5.7.1 Spam message rejected; from=<${from}> to=<${ownAddress()}> proto=ESMTP helo=<${host === 'unknown' ? 'mail' : host}>`,
          );
          refused('spam_content');
        });
        at(when + 320 * MS, (end) => {
          emit(
            end,
            daemon.tag,
            `disconnect from ${host}[${ip}] ehlo=2 starttls=1 mail=1 rcpt=1 data=0/1 quit=1 commands=6/7`,
          );
          smtpd.give(daemon);
          freeInode(inode);
        });
      });
    },
    others(time) {
      const x = random();
      const pid = num(5);
      const ip = anyIp();
      if (x < 0.5)
        other(
          time,
          'dovecot',
          `imap-login: Login: user=<${ownAddress()}>, method=PLAIN, rip=${ip}, lip=${SELF.ip}, mpid=${pid}, TLS, session=<${word(16)}>`,
        );
      else if (x < 0.75)
        other(
          time,
          'dovecot',
          `imap(${ownAddress()})<${pid}><${word(16)}>: Disconnected: Logged out in=${num(3)} out=${num(4)} deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=0 body_bytes=0`,
        );
      else if (x < 0.87)
        other(
          time,
          `sshd[${pid}]`,
          `Failed password for invalid user ${pick(FIRST)} from ${ip} port ${num(5)} ssh2`,
        );
      else if (x < 0.94)
        other(time, `CRON[${pid}]`, '(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)');
      else
        other(
          time,
          'systemd[1]',
          pick([
            'Started Session 4711 of User root.',
            'Starting Daily apt download activities...',
            'logrotate.service: Deactivated successfully.',
          ]),
        );
    },
  };

  /** smtpd receives one message. */
  function smtpSession(time, s) {
    const daemon = s.daemon.take();
    s.process = daemon;
    connect(time, daemon, s.host, s.ip);
    let moment = time + between(2, 20) * MS;
    const local = s.ip === '127.0.0.1';
    if (!local && (s.user !== undefined || chance(0.85))) {
      moment += between(40, 200) * MS;
      at(
        moment,
        say,
        daemon,
        `Anonymous TLS connection established from ${s.host}[${s.ip}]: ${chance(0.85) ? TLS13 : TLS12}`,
      );
      s.starttls = true;
    }
    moment += between(30, 300) * MS;
    at(moment, transaction, s);
  }
  function transaction(time, s) {
    const { process: daemon } = s;
    let { recipients } = s;
    if (recipients === undefined) {
      const n = chance(0.85) ? 1 : 2 + int(chance(0.9) ? 3 : 12);
      recipients = [];
      const seen = new Set();
      for (let i = 0; i < n; i++) {
        const r = s.inbound || chance(SHARE.localOfSubmission) ? insideRecipient() : outsideRecipient();
        if (!seen.has(r.to)) recipients.push(r);
        seen.add(r.to);
      }
      if (s.inbound && chance(SHARE.filtered)) {
        recipients = recipients.map((after) => {
          const r = recipient(after.to, toFilter, after.orig);
          r.after = after;
          after.orig = undefined;
          return r;
        });
      }
    }
    const m = newMessage(time, s.from, sizeOf(), recipients);
    m.messageId = messageIdOf(s.from, time);
    m.fromDest = s.fromDest;
    m.clientIp = s.ip;
    for (const r of recipients) if (r.after !== undefined) r.after.fromDest = s.fromDest;
    const auth =
      s.user === undefined ? '' : `, sasl_method=${chance(0.8) ? 'PLAIN' : 'LOGIN'}, sasl_username=${s.user}`;
    emit(time, daemon.tag, `${m.id}: client=${s.host}[${s.ip}]${auth}`);
    let extra = 0;
    if (s.inbound && chance(0.01)) {
      // One more recipient was refused after the first was taken: a refusal that carries the queue id.
      extra = 1;
      const wrong = `${user()}@example.org`;
      at(time + 5 * MS, (when) => {
        emit(
          when,
          daemon.tag,
          `${m.id}: reject: RCPT from ${s.host}[${s.ip}]: 550 5.1.1 <${wrong}>: Recipient address rejected: User unknown in virtual mailbox table; from=<${s.from}> to=<${wrong}> proto=ESMTP helo=<${s.host === 'unknown' ? 'mail' : s.host}>`,
        );
        refused('user_unknown');
      });
    }
    if (s.inbound && chance(0.002)) {
      // Gone before the message was whole: the queue id never comes to anything.
      at(time + 2 * SEC, (when) => {
        emit(
          when,
          daemon.tag,
          `${modern ? `${m.id}: ` : ''}lost connection after DATA (${num(5)} bytes) from ${s.host}[${s.ip}]`,
        );
        emit(
          when,
          daemon.tag,
          `disconnect from ${s.host}[${s.ip}] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4`,
        );
        s.daemon.give(daemon);
        freeInode(m.inode);
      });
      return;
    }
    const takes = between(20, 250) * MS + m.size * 0.2;
    at(time + takes, received, m);
    const n = recipients.length;
    const counts = [
      s.starttls ? 'ehlo=2 starttls=1' : 'ehlo=1',
      s.user === undefined ? '' : ' auth=1',
      ` mail=1 rcpt=${extra ? `${n}/${n + 1}` : n} ${s.inbound && s.host.includes('google') ? 'bdat' : 'data'}=1 quit=1 commands=`,
    ].join('');
    const good = (s.starttls ? 3 : 1) + (s.user === undefined ? 0 : 1) + 3 + n;
    at(time + takes + between(20, 90) * MS, (end) => {
      emit(
        end,
        daemon.tag,
        `disconnect from ${s.host}[${s.ip}] ${counts}${extra ? `${good}/${good + 1}` : good}`,
      );
      s.daemon.give(daemon);
    });
  }
  /** A verification probe: looks like a delivery and is none. Sometimes the client is then refused. */
  function probe(time, m, [r]) {
    const agent = relay.take();
    const [host, ip] = filiale.hosts[0];
    const bad = chance(0.5);
    const reply = `550 5.1.1 <${r.to}>: Recipient address rejected: User unknown in virtual mailbox table`;
    const said = `host ${host}[${ip}] said: ${reply} (in reply to RCPT TO command)`;
    const done = time + 60 * MS;
    at(done, (when) => {
      status(when, agent.tag, m, r, {
        begin: time,
        connected: time + 30 * MS,
        relay: `${host}[${ip}]:25`,
        tls: 'may',
        dsn: bad ? '5.1.1' : '2.1.5',
        status: bad ? 'undeliverable' : 'deliverable',
        text: bad ? said : '250 2.1.5 Ok',
      });
      relay.give(agent);
      r.done = true;
    });
    at(done + MS, remove, m);
    if (!bad) return;
    const daemon = smtpd.take();
    const client = anyIp();
    const from = `${user()}@${smallDestination().domain}`;
    connect(time, daemon, 'unknown', client);
    at(done + 900 * MS, (when) => {
      emit(
        when,
        daemon.tag,
        `NOQUEUE: reject: RCPT from unknown[${client}]: 550 5.1.1 <${r.to}>: Recipient address rejected: undeliverable address: ${said}; from=<${from}> to=<${r.to}> proto=ESMTP helo=<${domainOf(from)}>`,
      );
      refused('user_unknown');
    });
    at(done + 950 * MS, (end) => {
      emit(end, daemon.tag, `disconnect from unknown[${client}] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`);
      smtpd.give(daemon);
    });
  }
  function statistics(time) {
    const when = new Date((time - wait(120) * SEC) / 1000).toISOString();
    const since = `${MONTHS[Number(when.slice(5, 7)) - 1]} ${when.slice(8, 10).replace(/^0/, ' ')} ${when.slice(11, 19)}`;
    emit(
      time,
      anvil.tag,
      `statistics: max connection rate ${2 + int(9)}/60s for (smtpd:${anyIp()}) at ${since}`,
    );
    emit(
      time,
      anvil.tag,
      `statistics: max connection count ${1 + int(4)} for (smtpd:${anyIp()}) at ${since}`,
    );
    emit(time, anvil.tag, `statistics: max cache size ${3 + int(30)} at ${since}`);
    at(time + 10 * MIN, statistics);
  }
  function arrive(time) {
    ARRIVE[arrivalPicker()](time);
    const second = time / SEC;
    const hour = (second / 3600) % 24;
    const low = Math.floor(hour);
    const rate = HOURS[low] + (HOURS[(low + 1) % 24] - HOURS[low]) * (hour - low);
    // Day 0 of the epoch was a Thursday.
    const weekday = Math.floor(second / 86400 + 4) % 7;
    const pace = rate * (weekday === 0 || weekday === 6 ? WEEKEND : 1);
    at(time + wait(meanGap / pace), arrive);
  }

  return (time) => {
    emit(time, process('postfix/postfix-script').tag, 'starting the Postfix mail system');
    emit(
      time,
      process('postfix/master').tag,
      `daemon started -- version ${modern ? '3.11.2' : '3.7.11'}, configuration /etc/postfix`,
    );
    at(time + SEC, arrive);
    at(time + 10 * MIN, statistics);
  };
}
