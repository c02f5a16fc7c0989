import { HOUR, MS, SEC } from './units.mjs';

const MIN_BACKOFF = 300 * SEC;
const MAX_BACKOFF = 4000 * SEC;

/**
 * The life of a message from the queue to its end: attempts, retries, notices, the operator. What is written of it is
 * the server's business.
 * @param {object} kit everything of the other modules
 */
export function createDelivery(kit) {
  const { chance, int, pick, between, wait, SHARE, server, at, lifetime, delayWarning } = kit;
  const { truth, become, attempted } = kit;
  const { c, domainOf, smallDestination, inside } = kit;
  const { recipient, newMessage, pending, fate, fill } = kit;

  /** Starts (or starts again) to deliver a message. */
  function activate(time, m) {
    if (m.gone || m.held) return;
    const todo = pending(m);
    server.working(time, m, todo);
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
      else if (dest.agent === 'filter') at(begin, server.filter, m, { dest, list, begin });
      else at(begin, store, m, { dest, list, begin });
    }
  }
  /** The log told of this message for the first time, and of its recipients. */
  function count(m, recipients) {
    if (m.counted) return;
    m.counted = true;
    if (m.probe !== undefined) return;
    if (!m.retracted) truth.messages++;
    truth.recipients += recipients.length;
    for (const r of recipients) become(r, 'open');
  }

  /** Delivery by SMTP to one destination. */
  function dial(time, m, job) {
    const { dest, list } = job;
    if (dest.deadUntil > time) {
      server.suspended(time, m, job, dest.dead);
      groupDone(time, m);
      return;
    }
    const plans = list.map(fate);
    // What ends the whole session ends it for all recipients.
    const session = plans.find((plan) => plan !== undefined && plan.at !== 'rcpt');
    const agent = server.hire(dest, m);
    const [host, ip] = pick(dest.hosts);
    const call = {
      dest,
      list,
      begin: job.begin,
      connected: 0,
      agent,
      host,
      ip,
      plans,
      session,
      /** Somebody answered. */
      reached: true,
      /** How many messages went over this connection, this one included. */
      uses: 1,
      /** The connection is encrypted; `asked` for, where it never came so far. */
      encrypted: false,
      asked: true,
    };

    if (session?.errno !== undefined) {
      const seconds = session.seconds ?? 0.05;
      let moment = time;
      for (const [name, address] of dest.hosts) {
        moment += seconds * SEC;
        at(moment, server.unreachable, m, { call, name, address, errno: session.errno });
      }
      [call.host, call.ip] = dest.hosts[dest.hosts.length - 1];
      call.reached = false;
      call.connected = moment;
      at(moment + 30, answer, m, call);
      return;
    }
    if (session?.dns === true) {
      // The name service said no: there was nobody to connect to.
      call.reached = false;
      call.connected = time + between(5, 400) * MS;
      at(call.connected, answer, m, call);
      return;
    }
    call.connected = time + between(40, 600) * MS + (session?.seconds ?? 0) * SEC;
    if (session !== undefined && (session.at === 'greeting' || session.early)) {
      at(call.connected, answer, m, call);
      return;
    }
    // The first of two servers may defer; its answer is then logged without a verdict, and the other is tried.
    if (session === undefined && dest.hosts.length > 1 && plans[0]?.cause === 'greylisted' && chance(0.3)) {
      fill(m, list[0], call);
      const other = dest.hosts[dest.hosts[0][0] === call.host ? 1 : 0];
      const reply = plans[0].text(c);
      at(call.connected - 20 * MS, server.firstHost, m, { call, to: list[0].to, host: other, reply });
    }
    if (chance(SHARE.reused) && session === undefined) {
      call.uses = 2 + int(4);
      call.encrypted = true;
      call.connected = time;
    } else if (chance(0.97)) {
      call.encrypted = true;
      at(call.connected, server.encrypted, m, call);
    } else {
      call.asked = false;
    }
    at(call.connected + between(60, 1500) * MS, answer, m, call);
  }
  /** The session is over: the server writes what came of it. */
  function answer(time, m, call) {
    const { dest, list, plans, session } = call;
    const results = list.map((r, i) => {
      const plan = plans[i]?.at === 'rcpt' && session?.at === 'eom' ? plans[i] : (session ?? plans[i]);
      fill(m, r, call);
      const result = { r, plan, status: plan?.status ?? 'delivered', text: '' };
      if (plan === undefined) result.text = dest.provider.sent(c);
      else if (plan.errno === undefined) {
        result.text = server.words?.[plan.id]?.(c) ?? plan.text(c);
        // Postfix takes any bad greeting for a passing one, others take it by its word.
        if (plan.at === 'greeting' && server.greetingIsFinal && result.text[0] === '5')
          result.status = 'bounced';
      }
      return result;
    });
    const said = server.answered(time, m, call, results);
    if (
      session !== undefined &&
      (session.errno !== undefined || session.at === 'greeting') &&
      results[0].status === 'deferred' &&
      chance(SHARE.suspends)
    ) {
      dest.deadUntil = time + between(60, 300) * SEC;
      dest.dead = { said, cause: session.cause };
    }
    server.release(call.agent);
    groupDone(time, m);
  }
  /** Books what a line said of one recipient. */
  function settle(m, r, status, cause) {
    attempted(r, status, cause);
    if (status === 'deferred') return;
    r.done = true;
    if (status === 'bounced') m.bounced = true;
  }

  /** Delivery into this server's own mailboxes. */
  function store(time, m, job) {
    const { dest, list } = job;
    const agent = server.hire(dest, m);
    const done = time + between(4, dest.agent === 'lmtp' ? 120 : 30) * MS;
    for (const r of list) {
      if (r.plan === 'forward') server.forward(time + MS, m, r);
    }
    at(done, stored, m, { ...job, agent });
  }
  function stored(time, m, job) {
    for (const r of job.list) {
      fill(m, r, job);
      server.stored(time, m, r, fate(r), job);
    }
    server.release(job.agent);
    groupDone(time, m);
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

  function groupDone(time, m) {
    m.waiting--;
    if (m.waiting === 0) at(time + between(0.3, 2) * MS, finish, m);
  }

  /** All destinations were tried: bounce, expire, wait for the next try, or be done. */
  function finish(time, m) {
    let rest = pending(m);
    const age = time - m.arrived;
    let moment = time;
    let expired = [];
    if (rest.length > 0 && age > lifetime) {
      expired = rest;
      rest = [];
      server.expired(time, m, expired);
      m.bounced = true;
    }
    if (m.bounced && (m.from !== '' || server.tellsPostmaster)) {
      notify(time + 2 * MS, m, 'non-delivery', expired);
      moment = time + 8 * MS;
    }
    if (rest.length === 0) {
      at(moment, server.remove, m);
      return;
    }
    if (!m.warned && age > delayWarning && m.from !== '') {
      m.warned = true;
      notify(moment + MS, m, 'delay', expired);
    }
    if (server.operator !== undefined && chance(SHARE.operator) && m.from !== '')
      at(time + between(60, 240) * SEC, operate, m);
    const backoff = Math.min(MAX_BACKOFF, Math.max(MIN_BACKOFF, age));
    const next = time + backoff + between(0, 300) * SEC;
    server.waits?.(time, m, next);
    at(next, activate, m);
  }
  /** What the lines said: the queue gave up on them. */
  function expire(list) {
    for (const r of list) {
      become(r, 'expired');
      r.done = true;
    }
  }
  /** The sender is told: a message with a life of its own. */
  function notify(time, parent, kind, expired) {
    const address = parent.from === '' ? server.postmaster : parent.from;
    const dest = parent.fromDest ?? inside.get(domainOf(address)) ?? smallDestination();
    const child = newMessage(time, '', 2400 + Math.min(parent.size, 20_000), [recipient(address, dest)]);
    server.notify(time, parent, child, { kind, expired });
  }
  /** The line that tells of a notice was written. */
  function notified(kind) {
    truth.notifications++;
    if (kind === 'delay') truth.delay_notices++;
  }

  /** An operator looks at the queue and takes a deferred message out, for good or for a while. */
  function operate(time, m) {
    if (m.gone || m.held || m.waiting > 0) return;
    const operator = server.operator();
    if (chance(0.7)) {
      m.gone = true;
      server.deleted(time, m, pending(m), operator);
      return;
    }
    m.held = true;
    server.held(time, m, pending(m), operator);
    if (chance(0.6)) at(time + between(1, 4) * HOUR, unhold, m);
  }
  function unhold(time, m) {
    m.held = false;
    server.unheld(time, m, pending(m), server.operator());
    at(time + between(1, 300) * SEC, activate, m);
  }

  return { activate, count, settle, hop, expire, groupDone, notified };
}
