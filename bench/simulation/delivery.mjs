import { LOCAL_FAILURES, LOST, PROVIDERS, SELF } from './replies.mjs';
import { HOUR, MS, SEC } from './units.mjs';

const MIN_BACKOFF = 300 * SEC;
const MAX_BACKOFF = 4000 * SEC;

/**
 * The life of a message from the queue to its end: attempts, filter, retries, notices, the operator.
 * @param {object} kit everything of the other modules
 */
export function createDelivery(kit) {
  const { random, chance, int, pick, between, wait, picker, hex, word, num, SHARE } = kit;
  const { emit, at, say, other, othersToo, modern, ids, lifetime, delayWarning } = kit;
  const { process, brief, newId, freeInode, agents, qmgr, reinject, cleanup, bounce, smtp, relay } = kit;
  const { truth, become, attempted, suspended } = kit;
  const { c, user, ownUser, domainOf, outside, smallDestination, inside, ownPicker } = kit;

  const failurePickers = new Map();
  /** The failures of one provider with one status, by weight. */
  function failureOf(provider, status) {
    const key = `${provider.id} ${status}`;
    let picked = failurePickers.get(key);
    if (picked === undefined) {
      picked = picker(provider.failures.filter((f) => f.status === status).map((f) => [f.w, f]));
      failurePickers.set(key, picked);
    }
    return picked();
  }
  const lostPicker = picker(LOST.map((f) => [f.w, f]));
  const localPickers = Object.fromEntries(
    Object.entries(LOCAL_FAILURES).map(([agent, list]) => [agent, picker(list.map((f) => [f.w, f]))]),
  );
  const toFilter = { domain: '', agent: 'filter' };

  /**
   * A recipient and what fate has in store: `plan` is undefined (goes through) or a failure.
   * `dest` is a destination outside, one of this server's own, or the content filter.
   */
  function recipient(to, dest, orig) {
    return {
      to,
      orig,
      dest,
      plan: planFor(dest),
      state: '',
      cause: '',
      tries: 0,
      onlySuspended: false,
      done: false,
    };
  }
  function planFor(dest) {
    if (dest.agent === 'filter' || dest.agent === 'discard') return undefined;
    if (dest.agent !== 'smtp') {
      if (dest.agent === 'relay' || !chance(SHARE.localFailure)) return undefined;
      return localPickers[dest.agent]();
    }
    if (dest.broken !== undefined) return dest.broken;
    const x = random();
    const { provider } = dest;
    if (x < provider.bounce) return failureOf(provider, 'bounced');
    if (x < provider.bounce + provider.defer) return failureOf(provider, 'deferred');
    if (x < provider.bounce + provider.defer + SHARE.lost) return lostPicker();
    return undefined;
  }
  function outsideRecipient() {
    const dest = outside();
    if (chance(SHARE.forged)) {
      const forged = `"x>, relay=evil[192.0.2.66]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok"@${dest.domain}`;
      const made = recipient(forged, dest);
      if (dest.broken === undefined && dest.provider.id === 'own') made.plan = PROVIDERS.own.failures[0];
      return made;
    }
    return recipient(`${user()}@${dest.domain}`, dest);
  }
  function insideRecipient() {
    const own = ownPicker();
    const dest = inside.get(own.domain);
    const to = `${ownUser()}@${own.domain}`;
    if (dest.agent === 'relay') return recipient(to, dest);
    if (chance(SHARE.discard))
      return recipient(`noreply@${own.domain}`, { domain: own.domain, agent: 'discard' });
    const made = recipient(
      to,
      dest,
      chance(SHARE.alias) ? `${pick(['info', 'team', 'office', 'postmaster'])}@${own.domain}` : undefined,
    );
    if (dest.agent === 'local' && made.plan === undefined && chance(SHARE.forward)) made.plan = 'forward';
    return made;
  }

  function newMessage(time, from, size, recipients) {
    const { id, inode } = newId(time);
    return {
      id,
      inode,
      arrived: time,
      from,
      size,
      recipients,
      messageId: '',
      /** Lines of the far side of a hop are no message of their own: told by the hop's line. */
      counted: false,
      retracted: false,
      /** For a verification probe: what happens in place of delivery. */
      probe: undefined,
      /** Destinations that are being tried. */
      waiting: 0,
      active: 0,
      bounced: false,
      warned: false,
      held: false,
      gone: false,
    };
  }
  const sizeOf = () => Math.floor(1200 + wait(9000) + (chance(0.15) ? wait(900_000) : 0));
  function messageIdOf(from, time) {
    if (chance(SHARE.forged)) return '<a> from=<evil@example.com>, status=sent>';
    const domain = from === '' ? SELF.host : domainOf(from);
    if (chance(0.5)) return `<${Math.floor(time / SEC)}.${num(5)}.${word(8)}@${domain}>`;
    return `<${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}@${domain}>`;
  }
  /** What the daemon logs when a message has been received, then the queue manager's turn. */
  function received(time, m) {
    brief(time, cleanup, `${m.id}: message-id=${m.messageId}`);
    at(time + between(2, 25) * MS, activate, m);
  }
  const pending = (m) => m.recipients.filter((r) => !r.done);

  /** The queue manager starts (or starts again) to deliver a message. */
  function activate(time, m) {
    if (m.gone || m.held) return;
    const todo = pending(m);
    emit(time, qmgr.tag, `${m.id}: from=<${m.from}>, size=${m.size}, nrcpt=${todo.length} (queue active)`);
    if (!m.counted) {
      m.counted = true;
      if (m.probe === undefined) {
        if (!m.retracted) truth.messages++;
        truth.recipients += todo.length;
        for (const r of todo) become(r, 'open');
      }
    }
    m.active = time;
    m.bounced = false;
    const groups = new Map();
    for (const r of todo) {
      const list = groups.get(r.dest);
      if (list === undefined) groups.set(r.dest, [r]);
      else list.push(r);
    }
    m.waiting = groups.size;
    for (const [dest, list] of groups) {
      const begin = time + between(1, 20) * MS + (chance(0.05) ? wait(2) * SEC : 0);
      if (m.probe !== undefined) at(begin, m.probe, m, list);
      else if (dest.agent === 'smtp' || dest.agent === 'relay') at(begin, dial, m, { dest, list, begin });
      else if (dest.agent === 'filter') at(begin, filter, m, { dest, list, begin });
      else at(begin, store, m, { dest, list, begin });
    }
  }

  /** Two significant digits, as Postfix prints delays. */
  function shown(micros) {
    const x = micros / SEC;
    if (x >= 9.95) return Math.round(x);
    return x >= 0.995 ? Math.round(x * 10) / 10 : Math.round(x * 100) / 100;
  }
  /** The line of one attempt for one recipient. */
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

  /** A recipient whose failure lasted until now may be lucky this time. */
  function fate(r) {
    const { plan } = r;
    if (plan !== undefined && plan.status === 'deferred' && r.tries > 0 && chance(plan.heal))
      r.plan = undefined;
    return r.plan;
  }
  const IN_REPLY = { mail: 'MAIL FROM', rcpt: 'RCPT TO', data: 'DATA', eom: 'end of DATA' };

  /** Delivery by SMTP to one destination. */
  function dial(time, m, job) {
    const { dest, list } = job;
    if (dest.deadUntil > time) {
      suspend(time, m, job);
      return;
    }
    const plans = list.map(fate);
    // What ends the whole session ends it for all recipients.
    const session = plans.find((plan) => plan !== undefined && plan.at !== 'rcpt');
    const from = dest.agent === 'relay' ? relay : smtp;
    const agent = from.take();
    const server = pick(dest.hosts);
    const call = {
      dest,
      list,
      begin: job.begin,
      connected: 0,
      agent,
      from,
      host: server[0],
      ip: server[1],
      plans,
      session,
      relay: `${server[0]}[${server[1]}]:25`,
      tls: 'may',
      dsn: '',
      status: '',
      text: '',
    };

    if (session?.errno !== undefined) {
      const seconds = session.seconds ?? 0.05;
      let moment = time;
      for (const [name, address] of dest.hosts) {
        moment += seconds * SEC;
        at(moment, say, agent, `connect to ${name}[${address}]:25: ${session.errno}`);
      }
      [call.host, call.ip] = dest.hosts[dest.hosts.length - 1];
      call.relay = 'none';
      call.tls = undefined;
      call.connected = moment;
      at(moment + 30, answer, m, call);
      return;
    }
    if (
      session !== undefined &&
      session.at === undefined &&
      session.relay !== true &&
      dest.broken !== undefined
    ) {
      // The name service said no: there was nobody to connect to.
      call.relay = 'none';
      call.tls = undefined;
      call.connected = time + between(5, 400) * MS;
      at(call.connected, answer, m, call);
      return;
    }
    call.connected = time + between(40, 600) * MS + (session?.seconds ?? 0) * SEC;
    const early = session !== undefined && (session.at === 'greeting' || session.relay || session.early);
    if (early) {
      at(call.connected, answer, m, call);
      return;
    }
    // The first of two servers may defer; Postfix then logs its answer without a status and tries the other.
    if (session === undefined && dest.hosts.length > 1 && plans[0]?.cause === 'greylisted' && chance(0.3)) {
      fill(m, list[0], call);
      const other = dest.hosts[dest.hosts[0][0] === call.host ? 1 : 0];
      at(
        call.connected - 20 * MS,
        say,
        agent,
        `${m.id}: host ${other[0]}[${other[1]}] said: ${plans[0].text(c)} (in reply to RCPT TO command)`,
      );
    }
    if (chance(SHARE.reused) && session === undefined) {
      call.relay += `, conn_use=${2 + int(4)}`;
      call.connected = time;
    } else if (chance(0.97)) {
      at(call.connected, say, agent, `Untrusted TLS connection established to ${call.relay}: ${dest.tls}`);
    } else {
      call.tls = 'may:none';
    }
    at(call.connected + between(60, 1500) * MS, answer, m, call);
  }
  function fill(m, r, call) {
    c.to = r.to;
    c.user = r.to.slice(0, r.to.lastIndexOf('@'));
    c.from = m.from;
    c.fromDomain = m.from === '' ? SELF.host : domainOf(m.from);
    c.domain = domainOf(r.to);
    c.host = call.host ?? '';
    c.hostIp = call.ip ?? '';
  }
  /** Postfix's own code: the server's where its class fits the reply, else x.0.0. */
  function dsnOf(reply, greeting) {
    const found = /^([45])\d\d[- ]([45])\.(\d{1,3}\.\d{1,3})/.exec(reply);
    if (greeting) return `4.${found === null ? '0.0' : found[3]}`;
    return found !== null && found[1] === found[2] ? `${found[2]}.${found[3]}` : `${reply[0]}.0.0`;
  }
  /** The session is over: one line for each recipient. */
  function answer(time, m, call) {
    const { dest, list, plans, session } = call;
    for (let i = 0; i < list.length; i++) {
      const r = list[i];
      const plan = plans[i]?.at === 'rcpt' && session?.at === 'eom' ? plans[i] : (session ?? plans[i]);
      fill(m, r, call);
      let failure;
      if (plan === undefined) {
        call.status = 'sent';
        call.dsn = '2.0.0';
        call.text = dest.provider.sent(c);
        if (call.text.startsWith('250 2.6.0')) call.dsn = '2.6.0';
      } else {
        failure = plan;
        call.status = plan.status;
        if (plan.errno !== undefined) {
          call.text = `connect to ${call.host}[${call.ip}]:25: ${plan.errno}`;
          call.dsn = plan.dsn;
        } else if (plan.at === undefined) {
          call.text = plan.text(c);
          call.dsn = plan.dsn;
        } else {
          const reply = plan.text(c);
          call.dsn = dsnOf(reply, plan.at === 'greeting');
          call.text =
            plan.at === 'greeting'
              ? `host ${call.host}[${call.ip}] refused to talk to me: ${reply}`
              : `host ${call.host}[${call.ip}] said: ${reply} (in reply to ${IN_REPLY[plan.at]} command)`;
        }
      }
      status(time, call.agent.tag, m, r, call);
      settle(m, r, failure);
    }
    if (
      session !== undefined &&
      (session.errno !== undefined || session.at === 'greeting') &&
      chance(SHARE.suspends)
    ) {
      dest.deadUntil = time + between(60, 300) * SEC;
      dest.dead = { text: call.text, dsn: call.dsn, cause: session.cause };
    }
    call.from.give(call.agent);
    groupDone(time, m);
  }
  /** Books what a status line said of one recipient. */
  function settle(m, r, failure) {
    if (failure === undefined) {
      attempted(r, 'delivered');
      r.done = true;
      return;
    }
    attempted(r, failure.status, failure.cause);
    if (failure.status === 'bounced') {
      r.done = true;
      m.bounced = true;
    }
  }
  /** The destination is being left alone: the retry agent copies the failure that made it so. */
  function suspend(time, m, { dest, list, begin }) {
    const agent = agents.error.take();
    const { text, dsn, cause } = dest.dead;
    for (const r of list) {
      status(time, agent.tag, m, r, {
        relay: 'none',
        begin,
        connected: time,
        dsn,
        status: 'deferred',
        text: `delivery temporarily suspended: ${text}`,
      });
      suspended(r, cause);
    }
    agents.error.give(agent);
    groupDone(time, m);
  }

  /** Delivery into this server's own mailboxes. */
  function store(time, m, job) {
    const { dest, list, begin } = job;
    const from = agents[dest.agent];
    const agent = from.take();
    const done = time + between(4, dest.agent === 'lmtp' ? 120 : 30) * MS;
    for (const r of list) {
      if (r.plan === 'forward') forward(time + MS, m, r);
    }
    at(done, stored, m, { ...job, begin, agent, from });
  }
  const RELAYS = {
    lmtp: `${SELF.host}[private/dovecot-lmtp]`,
    local: 'local',
    virtual: 'virtual',
    pipe: 'dovecot',
    discard: 'none',
  };
  function stored(time, m, job) {
    const { dest, list, agent, from, begin } = job;
    const how = {
      begin,
      connected: time - 3 * MS,
      relay: RELAYS[dest.agent],
      tls: dest.agent === 'lmtp' ? 'none' : undefined,
      dsn: '2.0.0',
      status: 'sent',
      text: '',
    };
    if (how.connected < begin) how.connected = begin;
    for (const r of list) {
      fill(m, r, job);
      const plan = fate(r);
      how.dsn = '2.0.0';
      how.status = 'sent';
      if (plan === 'forward') {
        how.text = `forwarded as ${r.child.id}`;
        status(time, agent.tag, m, r, how);
        hop(r, r.child);
        continue;
      }
      if (plan !== undefined) {
        how.dsn = plan.dsn;
        how.status = plan.status;
        how.text = plan.text(c);
        status(time, agent.tag, m, r, how);
        settle(m, r, plan);
        continue;
      }
      if (dest.agent === 'discard') {
        how.text = r.to;
        status(time, agent.tag, m, r, how);
        become(r, 'discarded');
        r.done = true;
        continue;
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
      settle(m, r, undefined);
      if (dest.agent === 'lmtp' && othersToo && chance(0.25)) {
        other(
          time + MS,
          'dovecot',
          `lmtp(${r.to})<${num(5)}><${word(22)}>: sieve: msgid=${m.messageId}: stored mail into mailbox 'INBOX'`,
        );
      }
    }
    from.give(agent);
    groupDone(time, m);
  }
  /** local(8) makes a new message for the address outside; its lines begin before the parent's says so. */
  function forward(time, m, r) {
    const target = outsideRecipient();
    target.orig = r.orig ?? r.to;
    const child = newMessage(time, m.from, m.size + 160, [target]);
    child.messageId = m.messageId;
    r.child = child;
    brief(time, cleanup, `${child.id}: message-id=${child.messageId}`);
    at(time + MS, activate, child);
  }
  /** The recipient went on under another queue id: it counts there, and that id is no message of its own. */
  function hop(r, child) {
    truth.hops++;
    become(r, '');
    r.done = true;
    if (!child.retracted) {
      child.retracted = true;
      if (child.counted) truth.messages--;
    }
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
    const child = newMessage(
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
      if (job.fx === 'hop') hop(r, job.child);
      else if (job.fx === 'discard') {
        become(r, 'discarded');
        r.done = true;
      } else settle(m, r, { status: 'bounced', cause: 'spam_content' });
    }
    smtp.give(job.agent);
    groupDone(time, m);
  }

  function groupDone(time, m) {
    m.waiting--;
    if (m.waiting === 0) at(time + between(0.3, 2) * MS, finish, m);
  }

  /** All destinations were tried: bounce, expire, wait for the next try, or be done. */
  function finish(time, m) {
    const rest = pending(m);
    const age = time - m.arrived;
    let moment = time;
    if (rest.length > 0 && age > lifetime) {
      emit(time, qmgr.tag, `${m.id}: from=<${m.from}>, status=expired, returned to sender`);
      for (const r of rest) {
        become(r, 'expired');
        r.done = true;
      }
      rest.length = 0;
      m.bounced = true;
    }
    if (m.bounced && m.from !== '') {
      notify(time + 2 * MS, m, 'non-delivery');
      moment = time + 8 * MS;
    }
    if (rest.length === 0) {
      at(moment, remove, m);
      return;
    }
    if (!m.warned && age > delayWarning && m.from !== '') {
      m.warned = true;
      notify(moment + MS, m, 'delay');
    }
    if (chance(SHARE.operator) && m.from !== '') at(time + between(60, 240) * SEC, operate, m);
    const backoff = Math.min(MAX_BACKOFF, Math.max(MIN_BACKOFF, age));
    at(time + backoff + between(0, 300) * SEC, activate, m);
  }
  function remove(time, m) {
    emit(time, qmgr.tag, `${m.id}: removed`);
    m.gone = true;
    freeInode(m.inode);
  }
  /** The sender is told: a message with a life of its own. */
  function notify(time, parent, kind) {
    const address = parent.from;
    const dest = parent.fromDest ?? inside.get(domainOf(address)) ?? smallDestination();
    const child = newMessage(time, '', 2400 + Math.min(parent.size, 20_000), [recipient(address, dest)]);
    child.messageId =
      ids === 'long'
        ? `<${child.id}@${SELF.host}>`
        : `<${new Date(time / 1000).toISOString().replace(/\D/g, '').slice(0, 14)}.${child.id}@${SELF.host}>`;
    const line = (when) => {
      brief(when, bounce, `${parent.id}: sender ${kind} notification: ${child.id}`);
      truth.notifications++;
      if (kind === 'delay') truth.delay_notices++;
    };
    // Up to 3.10 this line comes after the child's first lines, from 3.11 on before them.
    if (modern) at(time, line);
    at(time + 100, () => brief(time + 100, cleanup, `${child.id}: message-id=${child.messageId}`));
    if (!modern) at(time + 2 * MS, line);
    at(time + between(1, 4) * MS, activate, child);
  }
  /** An operator looks at the queue and takes a deferred message out, for good or for a while. */
  function operate(time, m) {
    if (m.gone || m.held || m.waiting > 0) return;
    const postsuper = process('postfix/postsuper');
    const rest = pending(m);
    if (chance(0.7)) {
      emit(time, postsuper.tag, `${m.id}: removed`);
      for (const r of rest) become(r, 'deleted');
      m.gone = true;
      freeInode(m.inode);
      emit(time, postsuper.tag, 'Deleted: 1 message');
      return;
    }
    emit(time, postsuper.tag, `${m.id}: placed on hold`);
    for (const r of rest) become(r, 'held');
    m.held = true;
    emit(time, postsuper.tag, 'Placed on hold: 1 message');
    if (chance(0.6)) at(time + between(1, 4) * HOUR, release, m);
  }
  function release(time, m) {
    const postsuper = process('postfix/postsuper');
    emit(time, postsuper.tag, `${m.id}: released from hold`);
    for (const r of pending(m)) become(r, 'deferred');
    m.held = false;
    emit(time, postsuper.tag, 'Released from hold: 1 message');
    at(time + between(1, 300) * SEC, activate, m);
  }

  return {
    newMessage,
    sizeOf,
    messageIdOf,
    received,
    recipient,
    insideRecipient,
    outsideRecipient,
    toFilter,
    status,
    remove,
  };
}
