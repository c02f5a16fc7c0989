import { REFUSALS, SELF } from './replies.mjs';
import { MIN, MONTHS, MS, SEC } from './units.mjs';

const DIGITS = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz';
/** The number in Postfix's digits: no vowels, so that no words come up. */
function digits(value, base, width) {
  let text = '';
  let rest = value;
  do {
    text = DIGITS[rest % base] + text;
    rest = Math.floor(rest / base);
  } while (rest > 0);
  return text.padStart(width, '0');
}

/** How Postfix words a connection's encryption. */
const TLS = {
  1.3: 'TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256',
  1.2: 'TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)',
};
const IN_REPLY = { mail: 'MAIL FROM', rcpt: 'RCPT TO', data: 'DATA', eom: 'end of DATA' };
const RELAYS = {
  lmtp: `${SELF.host}[private/dovecot-lmtp]`,
  local: 'local',
  virtual: 'virtual',
  pipe: 'dovecot',
  discard: 'none',
};

/**
 * Postfix: its daemons with their process ids, the queue's ids, and the lines.
 * @param {object} kit chance, the writer, the calendar, and `ids`: `long` or `short`. The rest comes into it later.
 */
export function createPostfix(kit) {
  const { random, chance, int, pick, between, wait, word, num, anyIp, SHARE } = kit;
  const { emit, tag, at, say, other, othersToo, ids } = kit;
  const modern = kit.release === '3.11';
  let nextPid = 1200 + int(500);
  function process(name) {
    nextPid += 1 + int(9);
    if (nextPid > 4_000_000) nextPid = 2000;
    return { tag: tag(name, nextPid), uses: 0 };
  }
  /** Postfix keeps idle processes for the next job and lets each do a hundred. */
  function pool(name) {
    const idle = [];
    return {
      take() {
        const found = idle.pop() ?? process(name);
        found.uses++;
        return found;
      },
      give(used) {
        if (used.uses < 100) idle.push(used);
      },
    };
  }
  const qmgr = process('postfix/qmgr');
  const postscreen = process('postfix/postscreen');
  const anvil = process('postfix/anvil');
  const dnsblog = process('postfix/dnsblog');
  const smtpd = pool('postfix/smtpd');
  const submission = pool('postfix/submission/smtpd');
  const submissions = pool('postfix/smtps/smtpd');
  const reinject = pool('postfix/reinject/smtpd');
  const cleanup = pool('postfix/cleanup');
  const pickup = process('postfix/pickup');
  const bounce = pool('postfix/bounce');
  const smtp = pool('postfix/smtp');
  const relay = pool('postfix/relay/smtp');
  const agents = {
    lmtp: pool('postfix/lmtp'),
    local: pool('postfix/local'),
    virtual: pool('postfix/virtual'),
    pipe: pool('postfix/pipe'),
    error: pool('postfix/error'),
    discard: pool('postfix/discard'),
  };
  /** One line of a process that is free again at once. */
  function brief(time, from, text) {
    const one = from.take();
    emit(time, one.tag, text);
    from.give(one);
  }

  /** Inodes are given out again as soon as they are free, as file systems do. */
  const freeInodes = [];
  let nextInode = 131_072 + int(100_000);
  function newId(time) {
    const inode = freeInodes.pop() ?? nextInode++;
    const second = Math.floor(time / SEC);
    const micros = Math.floor(time - second * SEC);
    const id =
      ids === 'long'
        ? `${digits(second, 52, 6)}${digits(micros, 52, 4)}z${digits(inode, 51, 1)}`
        : (micros.toString(16).padStart(5, '0') + inode.toString(16)).toUpperCase();
    return { id, inode };
  }
  const freeInode = (inode) => freeInodes.push(inode);

  const DAEMONS = {
    inbound: smtpd,
    newsletter: smtpd,
    list: smtpd,
    submission,
    submissions,
  };

  // --- what comes in ---------------------------------------------------------------------------------------------

  function begin(time) {
    emit(time, process('postfix/postfix-script').tag, 'starting the Postfix mail system');
    emit(
      time,
      process('postfix/master').tag,
      `daemon started -- version ${modern ? '3.11.2' : '3.7.11'}, configuration /etc/postfix`,
    );
    at(time + 10 * MIN, statistics);
  }
  function connect(time, daemon, name, ip) {
    kit.truth.connections++;
    emit(time, daemon.tag, `connect from ${name}[${ip}]`);
  }
  /** A stranger has to pass postscreen first. */
  function inbound(time, s) {
    const port = 1024 + int(64_000);
    emit(time, postscreen.tag, `CONNECT from [${s.ip}]:${port} to [${SELF.ip}]:25`);
    const pass = time + (chance(SHARE.screenNew) ? 6 * SEC : MS);
    at(pass, say, postscreen, `PASS ${pass - time > SEC ? 'NEW' : 'OLD'} [${s.ip}]:${port}`);
    at(pass + 4 * MS, session, s);
  }
  function application(time, m) {
    emit(time, pickup.tag, `${m.id}: uid=${m.from.startsWith('www') ? 33 : 1001} from=<${m.from}>`);
    at(time + 4 * MS, received, m);
  }
  function refused(time, plan) {
    const daemon = smtpd.take();
    const { host, ip } = kit.culprit(plan);
    const { c } = kit;
    const who = plan.bare ? '' : ` to=<${c.to}>`;
    const text = `NOQUEUE: reject: ${plan.at} from ${host}[${ip}]: ${plan.text(c)}; from=<${c.from}>${who} proto=ESMTP helo=<${c.helo}>`;
    connect(time, daemon, host, ip);
    at(time + between(100, 900) * MS, (when) => {
      emit(when, daemon.tag, text);
      kit.refused(plan.cause);
      const commands = plan.bare
        ? 'ehlo=1 mail=0/1 quit=1 commands=2/3'
        : 'ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4';
      at(when + 30 * MS, (end) => {
        emit(end, daemon.tag, `disconnect from ${host}[${ip}] ${commands}`);
        smtpd.give(daemon);
      });
    });
  }
  function screened(time) {
    const ip = anyIp();
    const client = `[${ip}]:${1024 + int(64_000)}`;
    kit.truth.connections++;
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
    const from = `${kit.user()}@${kit.smallDestination().domain}`;
    const to = kit.ownAddress();
    at(time + 6.4 * SEC, (when) => {
      emit(
        when,
        postscreen.tag,
        `NOQUEUE: reject: RCPT from ${client}: 550 5.7.1 Service unavailable; client [${ip}] blocked using zen.spamhaus.org; from=<${from}>, to=<${to}>, proto=ESMTP, helo=<${kit.domainOf(from)}>`,
      );
      kit.refused('ip_blocklisted');
    });
    at(time + 6.5 * SEC, say, postscreen, `DISCONNECT ${client}`);
  }
  function attack(time) {
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
  }
  function idle(time) {
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
  }
  function verify(time) {
    const to = `${kit.ownUser()}@filiale.example.net`;
    const r = kit.recipient(to, kit.filiale);
    r.plan = undefined;
    const m = kit.newMessage(time, `double-bounce@${SELF.host}`, 270, [r]);
    m.probe = probed;
    m.messageId = `<${m.id}@${SELF.host}>`;
    received(time, m);
  }
  function milter(time) {
    const [host, ip, from] = kit.stranger();
    const daemon = smtpd.take();
    connect(time, daemon, host, ip);
    at(time + 200 * MS, (when) => {
      const { id, inode } = newId(when);
      emit(when, daemon.tag, `${id}: client=${host}[${ip}]`);
      at(when + 40 * MS, (then) => brief(then, cleanup, `${id}: message-id=${kit.messageIdOf(from, when)}`));
      at(when + 300 * MS, (then) => {
        brief(
          then,
          cleanup,
          `${id}: milter-reject: END-OF-MESSAGE from ${host}[${ip}]: 5.7.1 Spam message rejected; from=<${from}> to=<${kit.ownAddress()}> proto=ESMTP helo=<${host === 'unknown' ? 'mail' : host}>`,
        );
        kit.refused('spam_content');
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
  }
  /** smtpd receives one message. */
  function session(time, s) {
    s.service = DAEMONS[s.kind];
    const daemon = s.service.take();
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
        `Anonymous TLS connection established from ${s.host}[${s.ip}]: ${TLS[chance(0.85) ? '1.3' : '1.2']}`,
      );
      s.starttls = true;
    }
    moment += between(30, 300) * MS;
    at(moment, transaction, s);
  }
  function transaction(time, s) {
    const { process: daemon } = s;
    let recipients = kit.recipientsOf(s);
    if (s.kind === 'inbound' && chance(SHARE.filtered)) {
      recipients = recipients.map((after) => {
        const r = kit.recipient(after.to, kit.toFilter, after.orig);
        r.after = after;
        after.orig = undefined;
        return r;
      });
    }
    const m = kit.newMessage(time, s.from, kit.sizeOf(), recipients);
    m.messageId = kit.messageIdOf(s.from, time);
    m.fromDest = s.fromDest;
    m.clientIp = s.ip;
    for (const r of recipients) if (r.after !== undefined) r.after.fromDest = s.fromDest;
    const auth =
      s.user === undefined ? '' : `, sasl_method=${chance(0.8) ? 'PLAIN' : 'LOGIN'}, sasl_username=${s.user}`;
    emit(time, daemon.tag, `${m.id}: client=${s.host}[${s.ip}]${auth}`);
    let extra = 0;
    if (s.kind === 'inbound' && chance(0.01)) {
      // One more recipient was refused after the first was taken: a refusal that carries the queue id.
      extra = 1;
      const wrong = `${kit.user()}@example.org`;
      at(time + 5 * MS, (when) => {
        emit(
          when,
          daemon.tag,
          `${m.id}: reject: RCPT from ${s.host}[${s.ip}]: 550 5.1.1 <${wrong}>: Recipient address rejected: User unknown in virtual mailbox table; from=<${s.from}> to=<${wrong}> proto=ESMTP helo=<${s.host === 'unknown' ? 'mail' : s.host}>`,
        );
        kit.refused('user_unknown');
      });
    }
    if (s.kind === 'inbound' && chance(0.002)) {
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
        s.service.give(daemon);
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
      ` mail=1 rcpt=${extra ? `${n}/${n + 1}` : n} ${s.kind === 'inbound' && s.host.includes('google') ? 'bdat' : 'data'}=1 quit=1 commands=`,
    ].join('');
    const good = (s.starttls ? 3 : 1) + (s.user === undefined ? 0 : 1) + 3 + n;
    at(time + takes + between(20, 90) * MS, (end) => {
      emit(
        end,
        daemon.tag,
        `disconnect from ${s.host}[${s.ip}] ${counts}${extra ? `${good}/${good + 1}` : good}`,
      );
      s.service.give(daemon);
    });
  }
  /** A verification probe: looks like a delivery and is none. Sometimes the client is then refused. */
  function probed(time, m, [r]) {
    const agent = relay.take();
    const [host, ip] = kit.filiale.hosts[0];
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
    const from = `${kit.user()}@${kit.smallDestination().domain}`;
    connect(time, daemon, 'unknown', client);
    at(done + 900 * MS, (when) => {
      emit(
        when,
        daemon.tag,
        `NOQUEUE: reject: RCPT from unknown[${client}]: 550 5.1.1 <${r.to}>: Recipient address rejected: undeliverable address: ${said}; from=<${from}> to=<${r.to}> proto=ESMTP helo=<${kit.domainOf(from)}>`,
      );
      kit.refused('user_unknown');
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
  /** cleanup has it, then it is the queue manager's turn. */
  function received(time, m) {
    brief(time, cleanup, `${m.id}: message-id=${m.messageId}`);
    at(time + between(2, 25) * MS, kit.activate, m);
  }

  // --- the queue -------------------------------------------------------------------------------------------------

  function working(time, m, todo) {
    emit(time, qmgr.tag, `${m.id}: from=<${m.from}>, size=${m.size}, nrcpt=${todo.length} (queue active)`);
    kit.count(m, todo);
  }
  /** An agent for this destination: `release` lets it go. */
  function hire(dest) {
    const from = dest.agent === 'smtp' ? smtp : dest.agent === 'relay' ? relay : agents[dest.agent];
    const agent = from.take();
    agent.pool = from;
    return agent;
  }
  const release = (agent) => agent.pool.give(agent);

  /** Two significant digits, as Postfix prints delays. */
  function shown(micros) {
    const x = micros / SEC;
    if (x >= 9.95) return Math.round(x);
    return x >= 0.995 ? Math.round(x * 10) / 10 : Math.round(x * 100) / 100;
  }
  /** The line of one attempt for one kit.recipient. */
  function status(time, tag, m, r, how) {
    const orig = r.orig === undefined ? '' : `, orig_to=<${r.orig}>`;
    const delays = `${shown(m.active - m.arrived)}/${shown(how.begin - m.active)}/${shown(how.connected - how.begin)}/${shown(time - how.connected)}`;
    const tls = modern && how.tls !== undefined ? `, tls=${how.tls}` : '';
    emit(
      time,
      tag,
      `${m.id}: to=<${r.to}>${orig}, relay=${how.relay}, delay=${shown(time - m.arrived)}, delays=${delays}${tls}, dsn=${how.dsn}, status=${how.status} (${how.text})`,
    );
  }
  const relayOf = ({ host, ip, uses }) => `${host}[${ip}]:25${uses > 1 ? `, conn_use=${uses}` : ''}`;
  function unreachable(time, _m, { call, name, address, errno }) {
    emit(time, call.agent.tag, `connect to ${name}[${address}]:25: ${errno}`);
  }
  function firstHost(time, m, { call, host: [name, ip], reply }) {
    emit(time, call.agent.tag, `${m.id}: host ${name}[${ip}] said: ${reply} (in reply to RCPT TO command)`);
  }
  function encrypted(time, _m, call) {
    emit(
      time,
      call.agent.tag,
      `Untrusted TLS connection established to ${relayOf(call)}: ${TLS[call.dest.tls]}`,
    );
  }
  /** Postfix's own code: the server's where its class fits the reply, else x.0.0. */
  function dsnOf(reply, greeting) {
    const found = /^([45])\d\d[- ]([45])\.(\d{1,3}\.\d{1,3})/.exec(reply);
    if (greeting) return `4.${found === null ? '0.0' : found[3]}`;
    return found !== null && found[1] === found[2] ? `${found[2]}.${found[3]}` : `${reply[0]}.0.0`;
  }
  function answered(time, m, call, results) {
    const how = {
      begin: call.begin,
      connected: call.connected,
      relay: call.reached ? relayOf(call) : 'none',
      tls: call.reached ? (call.asked ? 'may' : 'may:none') : undefined,
      dsn: '',
      status: '',
      text: '',
    };
    for (const { r, plan, status: result, text } of results) {
      how.status = plan === undefined ? 'sent' : result;
      how.text = text;
      if (plan === undefined) how.dsn = text.startsWith('250 2.6.0') ? '2.6.0' : '2.0.0';
      else if (plan.errno !== undefined) {
        how.text = `connect to ${call.host}[${call.ip}]:25: ${plan.errno}`;
        how.dsn = plan.dsn;
      } else if (plan.at === undefined) how.dsn = plan.dsn;
      else {
        how.dsn = dsnOf(text, plan.at === 'greeting');
        how.text =
          plan.at === 'greeting'
            ? `host ${call.host}[${call.ip}] refused to talk to me: ${text}`
            : `host ${call.host}[${call.ip}] said: ${text} (in reply to ${IN_REPLY[plan.at]} command)`;
      }
      status(time, call.agent.tag, m, r, how);
      kit.settle(m, r, result, plan?.cause);
    }
    return { text: how.text, dsn: how.dsn };
  }
  /** The destination is being left alone: the retry agent copies the failure that made it so. */
  function suspended(time, m, { list, begin }, { said, cause }) {
    const agent = agents.error.take();
    for (const r of list) {
      status(time, agent.tag, m, r, {
        relay: 'none',
        begin,
        connected: time,
        dsn: said.dsn,
        status: 'deferred',
        text: `delivery temporarily suspended: ${said.text}`,
      });
      kit.suspended(r, cause);
    }
    agents.error.give(agent);
  }
  /** One of this server's own mailboxes took it, or not. */
  function stored(time, m, r, plan, { dest, agent, begin }) {
    const how = {
      begin,
      connected: Math.max(begin, time - 3 * MS),
      relay: RELAYS[dest.agent],
      tls: dest.agent === 'lmtp' ? 'none' : undefined,
      dsn: '2.0.0',
      status: 'sent',
      text: '',
    };
    if (plan === 'forward') {
      how.text = `forwarded as ${r.child.id}`;
      status(time, agent.tag, m, r, how);
      kit.hop(r, r.child);
      return;
    }
    if (plan !== undefined) {
      how.dsn = plan.dsn;
      how.status = plan.status;
      how.text = plan.text(kit.c);
      status(time, agent.tag, m, r, how);
      kit.settle(m, r, plan.status, plan.cause);
      return;
    }
    if (dest.agent === 'discard') {
      how.text = r.to;
      status(time, agent.tag, m, r, how);
      kit.become(r, 'discarded');
      r.done = true;
      return;
    }
    how.text =
      dest.agent === 'lmtp'
        ? `250 2.0.0 <${r.to}> ${word(22)} Saved`
        : dest.agent === 'pipe'
          ? 'delivered via dovecot service'
          : dest.agent === 'virtual'
            ? 'delivered to maildir'
            : pick([
                'delivered to mailbox',
                'delivered to mailbox',
                'delivered to command: /usr/bin/procmail -a "$EXTENSION"',
              ]);
    status(time, agent.tag, m, r, how);
    kit.settle(m, r, 'delivered');
    if (dest.agent === 'lmtp' && othersToo && chance(0.25)) {
      other(
        time + MS,
        'dovecot',
        `lmtp(${r.to})<${num(5)}><${word(22)}>: sieve: msgid=${m.messageId}: stored mail into mailbox 'INBOX'`,
      );
    }
  }
  /** local(8) makes a new message for the address outside; its lines begin before the parent's says so. */
  function forward(time, m, r) {
    const target = kit.outsideRecipient();
    target.orig = r.orig ?? r.to;
    const child = kit.newMessage(time, m.from, m.size + 160, [target]);
    child.messageId = m.messageId;
    r.child = child;
    brief(time, cleanup, `${child.id}: message-id=${child.messageId}`);
    at(time + MS, kit.activate, child);
  }

  /** Hands the message to the content filter, which usually gives it back under another queue id. */
  function filter(time, m, job) {
    const agent = smtp.take();
    const connected = time + 2 * MS;
    const takes = between(0.2, 3) * SEC;
    const how = {
      begin: job.begin,
      connected,
      relay: '127.0.0.1[127.0.0.1]:10024',
      tls: 'may:none',
      dsn: '2.0.0',
      status: 'sent',
      text: '',
    };
    const amavisId = `${num(5)}-${String(1 + int(20)).padStart(2, '0')}`;
    const x = random();
    if (x < SHARE.filterDiscards) {
      how.dsn = '2.7.0';
      how.text = `250 2.7.0 Ok, discarded, id=${amavisId} - spam`;
      at(time + takes, filtered, m, { ...job, agent, how, fx: 'discard', amavisId });
    } else if (x < SHARE.filterDiscards + SHARE.filterBounces) {
      how.dsn = '5.7.0';
      how.status = 'bounced';
      how.text = `host 127.0.0.1[127.0.0.1] said: 554 5.7.0 Reject, id=${amavisId} - spam (in reply to end of DATA command)`;
      at(time + takes, filtered, m, { ...job, agent, how, fx: 'bounce', amavisId });
    } else {
      at(time + takes, giveBack, m, { ...job, agent, how, fx: 'hop', amavisId });
    }
  }
  function giveBack(time, m, job) {
    const daemon = reinject.take();
    emit(time, daemon.tag, 'connect from localhost[127.0.0.1]');
    const child = kit.newMessage(
      time + MS,
      m.from,
      m.size + 480,
      job.list.map((r) => r.after),
    );
    child.messageId = m.messageId;
    job.child = child;
    at(time + MS, say, daemon, `${child.id}: client=localhost[127.0.0.1]`);
    at(time + 3 * MS, received, child);
    const n = job.list.length;
    at(
      time + 6 * MS,
      say,
      daemon,
      `disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=${n} data=1 quit=1 commands=${4 + n}`,
    );
    job.how.text = `250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as ${child.id}`;
    at(time + 6 * MS, () => reinject.give(daemon));
    at(time + between(7, 40) * MS, filtered, m, job);
  }
  function filtered(time, m, job) {
    if (othersToo) {
      const verdict =
        job.fx === 'hop'
          ? 'Passed CLEAN {RelayedInbound}'
          : job.fx === 'discard'
            ? 'Blocked SPAM {DiscardedInbound,Quarantined}'
            : 'Blocked SPAM {BouncedInbound}';
      const queued = job.child === undefined ? '' : `, queued_as: ${job.child.id}`;
      other(
        time,
        'amavis',
        `(${job.amavisId}) ${verdict}, [${m.clientIp}]:${num(5)} [${m.clientIp}] <${m.from}> -> ${job.list.map((r) => `<${r.to}>`).join(',')}, Queue-ID: ${m.id}, Message-ID: ${m.messageId}, mail_id: ${word(12)}, Hits: ${job.fx === 'hop' ? '-1.9' : '16.2'}, size: ${m.size}${queued}, ${num(3)} ms`,
      );
    }
    for (const r of job.list) {
      status(time, job.agent.tag, m, r, job.how);
      if (job.fx === 'hop') kit.hop(r, job.child);
      else if (job.fx === 'discard') {
        kit.become(r, 'discarded');
        r.done = true;
      } else kit.settle(m, r, 'bounced', 'spam_content');
    }
    smtp.give(job.agent);
    kit.groupDone(time, m);
  }

  // --- the end ---------------------------------------------------------------------------------------------------

  function expired(time, m, list) {
    emit(time, qmgr.tag, `${m.id}: from=<${m.from}>, status=expired, returned to sender`);
    kit.expire(list);
  }
  function remove(time, m) {
    emit(time, qmgr.tag, `${m.id}: removed`);
    m.gone = true;
    freeInode(m.inode);
  }
  function notify(time, parent, child, { kind }) {
    child.messageId =
      ids === 'long'
        ? `<${child.id}@${SELF.host}>`
        : `<${new Date(time / 1000).toISOString().replace(/\D/g, '').slice(0, 14)}.${child.id}@${SELF.host}>`;
    const line = (when) => {
      brief(when, bounce, `${parent.id}: sender ${kind} notification: ${child.id}`);
      kit.notified(kind);
    };
    // Up to 3.10 this line comes after the child's first lines, from 3.11 on before them.
    if (modern) at(time, line);
    at(time + 100, () => brief(time + 100, cleanup, `${child.id}: message-id=${child.messageId}`));
    if (!modern) at(time + 2 * MS, line);
    at(time + between(1, 4) * MS, kit.activate, child);
  }
  const operator = () => process('postfix/postsuper');
  function deleted(time, m, list, postsuper) {
    emit(time, postsuper.tag, `${m.id}: removed`);
    for (const r of list) kit.become(r, 'deleted');
    freeInode(m.inode);
    emit(time, postsuper.tag, 'Deleted: 1 message');
  }
  function held(time, m, list, postsuper) {
    emit(time, postsuper.tag, `${m.id}: placed on hold`);
    for (const r of list) kit.become(r, 'held');
    emit(time, postsuper.tag, 'Placed on hold: 1 message');
  }
  function unheld(time, m, list, postsuper) {
    emit(time, postsuper.tag, `${m.id}: released from hold`);
    for (const r of list) kit.become(r, 'deferred');
    emit(time, postsuper.tag, 'Released from hold: 1 message');
  }

  return {
    refusals: REFUSALS,
    forged: {
      localPart: 'x>, relay=evil[192.0.2.66]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok',
      messageId: '<a> from=<evil@example.com>, status=sent>',
      success: 'status=sent (250 ok)',
    },
    nameOf: (r) => r.to,
    newId,
    begin,
    inbound,
    session,
    application,
    refused,
    screened,
    attack,
    idle,
    probe: verify,
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
    forward,
    filter,
    expired,
    remove,
    notify,
    operator,
    deleted,
    held,
    unheld,
  };
}
