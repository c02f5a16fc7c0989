#!/usr/bin/env node
/**
 * Writes the log of an imaginary busy Postfix server, of any length, together with the truth about it.
 *
 *   node bench/generate.mjs --lines 1000000 --seed 1 --out mail.log --truth truth.json
 *
 * Deterministic: the same options give the same bytes. Memory stays bounded: only mail that is still in the
 * simulated queue is held. Time runs through a calendar of events (buckets of a second, a small heap for the
 * present one), so transactions interleave as they do in a real log, and stamps never go back.
 *
 * The truth is counted where a line is written, never before: it is what can be known from the lines that are
 * there, also where the log is cut in the middle of a transaction.
 *
 * THE MIX (also in README.md; measured shares there). An arrival is one of:
 */
const ARRIVALS = [
  // weight, kind
  [33, 'inbound'], //    mail from outside for this server's domains
  [26, 'submission'], // an authenticated user sends
  [9, 'application'], // a web shop or cron job on the host sends (pickup)
  [0.5, 'newsletter'], // 10 to 40 messages in a row from localhost, one recipient each
  [0.7, 'list'], //      one message to 8 to 40 recipients
  [6.5, 'refused'], //   smtpd says no: NOQUEUE reject
  [3, 'screened'], //    postscreen says no: DNS block lists, early talkers, hangups
  [3.5, 'attack'], //    password guessing
  [4, 'idle'], //        connects and leaves without mail
  [0.3, 'probe'], //     verification of an address before mail is accepted
  [0.15, 'milter'], //   message refused after its content was seen
  [11, 'others'], //     lines of programs that are not Postfix (none in the form `postlogd`)
];

/** Shares inside those, each of the recipients or messages concerned. */
const SHARE = {
  filtered: 0.4, //        inbound messages that pass a content filter (two queue ids, one hop)
  filterDiscards: 0.012, // of those: thrown away as spam by the filter
  filterBounces: 0.003, //  of those: bounced by the filter
  screenNew: 0.02, //      inbound clients that postscreen has not seen before
  alias: 0.08, //          local recipients reached through an alias (`orig_to=`)
  forward: 0.12, //        recipients of the `local` agent that forward to an address outside
  discard: 0.003, //       local recipients that are routed to discard(8)
  localFailure: 0.02, //  local recipients that fail
  lost: 0.004, //          outbound sessions that break
  reused: 0.05, //         outbound deliveries over a connection already open (`conn_use=`)
  suspends: 0.45, //       connection failures after which the destination is left alone for a while
  smallDomain: 0.43, //    outbound recipients outside the big consumer providers
  localOfSubmission: 0.15, // recipients of submitted mail that live on this server
  forged: 1 / 15000, //    addresses, message-ids and replies made to fool log readers
  operator: 1 / 900, //    deferrals that make an operator delete or hold a message
};

import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  BROKEN,
  CLIENTS,
  FIRST,
  HOSTING,
  LAST,
  LOCAL_FAILURES,
  LOST,
  PROVIDERS,
  REFUSALS,
  SELF,
  WORDS,
} from './replies.mjs';

/** Rate of arrivals over the day, hour by hour, and at weekends. */
const HOURS = [
  0.35, 0.3, 0.28, 0.27, 0.3, 0.4, 0.6, 0.9, 1.4, 1.75, 1.85, 1.75, 1.55, 1.6, 1.7, 1.65, 1.5, 1.3, 1.1, 1.0,
  0.9, 0.8, 0.6, 0.45,
];
const WEEKEND = 0.45;

/** This server's own domains and the agent that delivers there. */
const OWN = [
  [42, { domain: 'example.org', agent: 'lmtp' }],
  [26, { domain: 'post.example.net', agent: 'lmtp' }],
  [14, { domain: 'kanzlei.example.net', agent: 'virtual' }],
  [7, { domain: 'verein.example.net', agent: 'pipe' }],
  [6, { domain: SELF.host, agent: 'local' }],
  [5, { domain: 'filiale.example.net', agent: 'relay' }],
];

const TLS13 =
  'TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256';
const TLS12 = 'TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)';

/** Microseconds. */
const MS = 1e3;
const SEC = 1e6;
const MIN = 60 * SEC;
const HOUR = 3600 * SEC;
/** Measured lines that one arrival leads to: turns the wanted length into a rate. */
const LINES_PER_ARRIVAL = 11.2;
const MIN_BACKOFF = 300 * SEC;
const MAX_BACKOFF = 4000 * SEC;

/** Thrown by the writer when the wanted number of lines is there. */
const FULL = Symbol('full');

/**
 * @typedef {object} Options
 * @property {number} lines
 * @property {number} [seed]
 * @property {'rfc3164' | 'rfc3339' | 'rfc5424' | 'postlogd'} [envelope]
 * @property {'long' | 'short'} [ids]
 * @property {'3.7' | '3.11'} [postfix]
 * @property {string} [start] first day, `YYYY-MM-DD` (UTC)
 * @property {(block: Buffer) => void} write
 */

/**
 * Runs the simulation. Returns the truth.
 * @param {Options} options
 */
export function generate(options) {
  const { lines: limit, seed = 1, envelope = 'rfc3164', ids = 'long', postfix = '3.7' } = options;
  const start = Date.parse(`${options.start ?? '2026-11-09'}T00:00:00Z`) * 1000;
  const modern = postfix === '3.11';
  const othersToo = envelope !== 'postlogd';

  // A day to a week, at about four lines a second in between. The queue lives long enough to see mail expire.
  const span = Math.min(7 * 86400, Math.max(86400, limit / 4)) * SEC;
  const lifetime = Math.min(48 * HOUR, span / 3);
  const delayWarning = lifetime / 6;
  const meanGap = (span * LINES_PER_ARRIVAL) / limit;

  // ---------------------------------------------------------------- chance

  let state = (seed * 0x9e3779b9) >>> 0 || 1;
  /** mulberry32: one multiplication-xor round of 32 bits; ample for a mix of mail. */
  function random() {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  }
  const chance = (p) => random() < p;
  const int = (n) => Math.floor(random() * n);
  const between = (low, high) => low + random() * (high - low);
  const pick = (list) => list[int(list.length)];
  /** Exponential with the given mean. */
  const wait = (mean) => -Math.log(1 - random()) * mean;
  /** A picker over `[weight, value]` pairs. */
  function picker(pairs) {
    const live = pairs.filter(([weight]) => weight > 0);
    const total = live.reduce((sum, [weight]) => sum + weight, 0);
    let sum = 0;
    const bounds = live.map(([weight]) => {
      sum += weight / total;
      return sum;
    });
    const values = live.map(([, value]) => value);
    const last = values.length - 1;
    return () => {
      const x = random();
      let i = 0;
      while (i < last && bounds[i] <= x) i++;
      return values[i];
    };
  }
  function token(n, alphabet) {
    let text = '';
    for (let i = 0; i < n; i++) text += alphabet[int(alphabet.length)];
    return text;
  }
  const hex = (n) => token(n, '0123456789abcdef');
  const word = (n) => token(n, '0123456789abcdefghijklmnopqrstuvwxyz');
  /** n digits, the first not 0. */
  const num = (n) => token(1, '123456789') + token(n - 1, '0123456789');
  const octet = () => 1 + int(254);
  const anyIp = () =>
    `${pick([31, 45, 62, 77, 80, 85, 91, 103, 185, 193, 195, 212])}.${octet()}.${octet()}.${octet()}`;

  // ---------------------------------------------------------------- writing

  const block = Buffer.allocUnsafe(1 << 20);
  let filled = 0;
  let chunk = '';
  let written = 0;
  let others = 0;
  let lastTime = start;
  let stampSecond = -1;
  let stamp = '';
  const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

  function flushChunk() {
    // Four bytes a character is more than any text here needs.
    if (block.length - filled < chunk.length * 4) flushBlock();
    filled += block.write(chunk, filled);
    chunk = '';
  }
  function flushBlock() {
    if (filled > 0) options.write(block.subarray(0, filled));
    filled = 0;
  }
  const precise = envelope === 'rfc3339' || envelope === 'rfc5424';
  let stampMinute = -1;
  let stampHead = '';
  function stampOf(second) {
    const minute = Math.floor(second / 60);
    if (minute !== stampMinute) {
      stampMinute = minute;
      const iso = new Date(minute * 60_000).toISOString();
      const day = iso.slice(8, 10);
      // Postfix's own log file has `Nov 09`, syslog has `Nov  9`.
      const shownDay = envelope === 'postlogd' ? day : day.replace(/^0/, ' ');
      const month = months[Number(iso.slice(5, 7)) - 1];
      if (precise) stampHead = `${envelope === 'rfc5424' ? '<22>1 ' : ''}${iso.slice(0, 17)}`;
      else stampHead = `${month} ${shownDay} ${iso.slice(11, 17)}`;
    }
    const seconds = String(second - minute * 60).padStart(2, '0');
    return precise ? stampHead + seconds : `${stampHead}${seconds} ${SELF.name} `;
  }

  /** Writes one line. Two lines never share a microsecond. */
  function emit(time, tag, text) {
    if (written === limit) throw FULL;
    written++;
    const at = time > lastTime ? time : lastTime + 13;
    lastTime = at;
    const second = Math.floor(at / SEC);
    if (second !== stampSecond) {
      stampSecond = second;
      stamp = stampOf(second);
    }
    if (precise) {
      const micros = Math.floor(at - second * SEC);
      chunk += `${stamp}.${String(micros).padStart(6, '0')}+00:00 ${SELF.name} ${tag}${text}\n`;
    } else {
      chunk += `${stamp}${tag}${text}\n`;
    }
    if (chunk.length > 32768) flushChunk();
  }

  // ---------------------------------------------------------------- time

  const buckets = new Map();
  /** The present second: a binary heap by time, then by order of entry. */
  const heap = [];
  let present = Math.floor(start / SEC);
  let entries = 0;
  let scheduled = 0;
  const before = (x, y) => x.time < y.time || (x.time === y.time && x.entry < y.entry);

  function push(event) {
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!before(event, heap[up])) break;
      heap[i] = heap[up];
      i = up;
    }
    heap[i] = event;
  }
  function pop() {
    const top = heap[0];
    const event = heap.pop();
    const size = heap.length;
    if (size === 0) return top;
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= size) break;
      if (down + 1 < size && before(heap[down + 1], heap[down])) down++;
      if (!before(heap[down], event)) break;
      heap[i] = heap[down];
      i = down;
    }
    heap[i] = event;
    return top;
  }
  /** Calls `act(time, a, b)` at that time. */
  function at(time, act, a, b) {
    const event = { time, entry: entries++, act, a, b };
    scheduled++;
    const second = Math.floor(time / SEC);
    if (second <= present) {
      push(event);
      return;
    }
    const bucket = buckets.get(second);
    if (bucket === undefined) buckets.set(second, [event]);
    else bucket.push(event);
  }
  function run() {
    while (scheduled > 0) {
      while (heap.length === 0) {
        present++;
        const bucket = buckets.get(present);
        if (bucket === undefined) continue;
        buckets.delete(present);
        for (const event of bucket) push(event);
      }
      const event = pop();
      scheduled--;
      event.act(event.time, event.a, event.b);
    }
  }
  const say = (time, process, text) => emit(time, process.tag, text);

  // ---------------------------------------------------------------- processes and queue ids

  let nextPid = 1200 + int(500);
  function process(name) {
    nextPid += 1 + int(9);
    if (nextPid > 4_000_000) nextPid = 2000;
    return { tag: envelope === 'rfc5424' ? `${name} ${nextPid} - - ` : `${name}[${nextPid}]: `, uses: 0 };
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

  const DIGITS = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz';
  function digits(value, base, width) {
    let text = '';
    let rest = value;
    do {
      text = DIGITS[rest % base] + text;
      rest = Math.floor(rest / base);
    } while (rest > 0);
    return text.padStart(width, '0');
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

  // ---------------------------------------------------------------- the truth

  const truth = {
    messages: 0,
    notifications: 0,
    delay_notices: 0,
    recipients: 0,
    states: { delivered: 0, deferred: 0, bounced: 0, expired: 0, discarded: 0, held: 0, deleted: 0, open: 0 },
    attempts: { delivered: 0, deferred: 0, bounced: 0 },
    rejected: 0,
    hops: 0,
    suspended: 0,
    suspended_only: 0,
    first_attempt: { delivered: 0, deferred: 0, bounced: 0 },
    connections: 0,
    causes: {},
    attempt_causes: {},
    reject_causes: {},
  };
  const FAILED = new Set(['deferred', 'bounced', 'expired']);
  const bump = (counts, key, by = 1) => {
    counts[key] = (counts[key] ?? 0) + by;
  };
  /** The recipient's last known state becomes `next`; '' takes it out of the count (a hop). */
  function become(recipient, next, cause) {
    if (recipient.state !== '') {
      truth.states[recipient.state]--;
      if (FAILED.has(recipient.state)) bump(truth.causes, recipient.cause, -1);
    }
    recipient.state = next;
    if (cause !== undefined) recipient.cause = cause;
    if (next === '') {
      truth.recipients--;
      return;
    }
    truth.states[next]++;
    if (FAILED.has(next)) bump(truth.causes, recipient.cause);
  }
  function attempted(recipient, result, cause) {
    truth.attempts[result]++;
    if (recipient.tries === 0) truth.first_attempt[result]++;
    if (recipient.onlySuspended) {
      recipient.onlySuspended = false;
      truth.suspended_only--;
    }
    recipient.tries++;
    if (cause !== undefined) bump(truth.attempt_causes, cause);
    become(recipient, result, cause);
  }
  function refused(cause) {
    truth.rejected++;
    bump(truth.reject_causes, cause);
  }

  // ---------------------------------------------------------------- addresses and destinations

  const consumer = picker(Object.values(PROVIDERS).map((provider) => [provider.weight, provider]));
  const hosting = picker(HOSTING.map(([id, weight]) => [weight, PROVIDERS[id]]));
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
  const ownPicker = picker(OWN);
  const refusalPicker = picker(REFUSALS.map((f) => [f.w, f]));
  const clientPicker = picker(CLIENTS.map((f) => [f.w, f]));
  const arrivalPicker = picker(ARRIVALS.filter(([, kind]) => othersToo || kind !== 'others'));

  /** One destination for each consumer domain, shared by all its users. */
  const consumerDestinations = new Map();
  function consumerDestination() {
    const provider = consumer();
    const domain = pick(provider.domains);
    let found = consumerDestinations.get(domain);
    if (found === undefined) {
      found = destination(domain, provider, provider.hosts);
      consumerDestinations.set(domain, found);
    }
    return found;
  }
  function destination(domain, provider, hosts) {
    return {
      domain,
      provider,
      hosts,
      agent: 'smtp',
      broken: undefined,
      deadUntil: 0,
      dead: undefined,
      tls: chance(0.8) ? TLS13 : TLS12,
    };
  }
  const TLDS = ['example', 'example', 'de.example', 'fr.example', 'eu.example', 'co.example'];
  const small = [];
  for (let i = 0; i < 4000; i++) {
    const domain = `${pick(WORDS)}${chance(0.6) ? '-' : ''}${pick(WORDS)}${i % 7 === 0 ? i : ''}.${pick(TLDS)}`;
    let broken;
    let x = random();
    for (const kind of BROKEN) {
      if (x < kind.share) {
        broken = kind;
        break;
      }
      x -= kind.share;
    }
    // Some small domains get much mail, most little; the busiest few work. Big hosters do not break for days.
    if (i < 12) broken = undefined;
    const provider = broken === undefined ? hosting() : PROVIDERS.own;
    const hosts = provider.hosted
      ? provider.hosted(domain, hex(6))
      : chance(0.3)
        ? [
            [`mx1.${domain}`, anyIp()],
            [`mx2.${domain}`, anyIp()],
          ]
        : [[`${pick(['mail', 'mx', 'mail', 'smtp'])}.${domain}`, anyIp()]];
    const made = destination(domain, provider, hosts);
    made.broken = broken;
    small.push(made);
  }
  const smallDestination = () => small[Math.floor(small.length * random() ** 2.2)];
  const outside = () => (chance(SHARE.smallDomain) ? smallDestination() : consumerDestination());
  const filiale = destination('filiale.example.net', PROVIDERS.own, [
    ['mail.filiale.example.net', '192.0.2.40'],
  ]);
  filiale.agent = 'relay';
  const toFilter = { domain: '', agent: 'filter' };
  const inside = new Map(OWN.map(([, own]) => [own.domain, own.agent === 'relay' ? filiale : own]));

  function user() {
    const x = random();
    if (x < 0.4) return `${pick(FIRST)}.${pick(LAST)}`;
    if (x < 0.6) return `${pick(FIRST)}${num(2)}`;
    if (x < 0.75) return `${pick(FIRST)[0]}.${pick(LAST)}`;
    if (x < 0.9) return `${pick(LAST)}${int(999)}`;
    return pick(['info', 'office', 'kontakt', 'bestellung', 'support', 'sales', 'rechnung']);
  }
  /** Users of this server are few and known. */
  const ownUser = () => `${pick(FIRST)}.${LAST[int(12)]}`;
  function ownAddress() {
    const own = ownPicker();
    return `${ownUser()}@${own.domain}`;
  }

  /** The context that reply texts are made from. One object: texts are made at once. */
  const c = {
    to: '',
    user: '',
    from: '',
    fromDomain: '',
    domain: '',
    host: '',
    hostIp: '',
    ip: SELF.ip,
    clientIp: '',
    helo: '',
    hex,
    num,
    word,
    octet,
    iso: () => new Date(lastTime / 1000).toISOString(),
  };
  const domainOf = (address) => address.slice(address.lastIndexOf('@') + 1);

  // ---------------------------------------------------------------- messages

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
      probe: false,
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
    return chance(0.5)
      ? `<${hex(8)}-${hex(4)}-4${hex(3)}-${hex(12)}@${domain}>`
      : `<${Math.floor(time / SEC)}.${num(5)}.${word(8)}@${domain}>`;
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
      if (!m.probe) {
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
      if (m.probe) at(begin, probe, m, list);
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
      const seconds = session.id === 'timeout' ? 30 : 0.05;
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
    const slow = session?.text !== undefined && session.dsn === '4.4.2' && session.w === 20 ? 300 * SEC : 0;
    call.connected = time + between(40, 600) * MS + slow;
    const early = session !== undefined && (session.at === 'greeting' || session.relay === true || slow > 0);
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
      truth.suspended++;
      if (r.tries === 0 && !r.onlySuspended) {
        r.onlySuspended = true;
        truth.suspended_only++;
      }
      become(r, 'deferred', cause);
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
    freeInodes.push(m.inode);
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
    const line = () => {
      brief(lastTime, bounce, `${parent.id}: sender ${kind} notification: ${child.id}`);
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
      freeInodes.push(m.inode);
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

  // ---------------------------------------------------------------- how mail arrives, or does not

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
    let dest = consumerDestinations.get(domain);
    if (dest === undefined) {
      const provider = Object.values(PROVIDERS).find((p) => p.domains.includes(domain));
      dest = destination(domain, provider, provider.hosts);
      consumerDestinations.set(domain, dest);
    }
    return [host, ip, `${user()}@${domain}`, dest];
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
      m.probe = true;
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
          freeInodes.push(inode);
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
        freeInodes.push(m.inode);
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
  /** A line of a program that is not Postfix. */
  function other(time, program, text) {
    const [, name, pid] = /^([^[]+)(?:\[(\d+)\])?$/.exec(program);
    emit(time, envelope === 'rfc5424' ? `${name} ${pid ?? '-'} - - ` : `${program}: `, text);
    others++;
  }

  function statistics(time) {
    const when = new Date((time - wait(120) * SEC) / 1000).toISOString();
    const since = `${months[Number(when.slice(5, 7)) - 1]} ${when.slice(8, 10).replace(/^0/, ' ')} ${when.slice(11, 19)}`;
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

  at(start, (time) => {
    emit(time, process('postfix/postfix-script').tag, 'starting the Postfix mail system');
    emit(
      time,
      process('postfix/master').tag,
      `daemon started -- version ${modern ? '3.11.2' : '3.7.11'}, configuration /etc/postfix`,
    );
    at(time + SEC, arrive);
    at(time + 10 * MIN, statistics);
  });
  try {
    run();
  } catch (error) {
    if (error !== FULL) throw error;
  }
  flushChunk();
  flushBlock();

  const sorted = (counts) =>
    Object.fromEntries(
      Object.entries(counts)
        .filter(([, n]) => n > 0)
        .sort(([x], [y]) => (x < y ? -1 : 1)),
    );
  return {
    options: { lines: limit, seed, envelope, ids, postfix },
    window: { from: new Date(start / 1000).toISOString(), to: new Date(lastTime / 1000).toISOString() },
    lines: { total: written, other_programs: others },
    messages: truth.messages,
    recipients: truth.recipients,
    ...truth.states,
    attempts: truth.attempts,
    rejected: truth.rejected,
    hops: truth.hops,
    suspended: truth.suspended,
    /** Deferred recipients for whom no attempt of their own was made yet. */
    suspended_only: truth.suspended_only,
    notifications: truth.notifications,
    delay_notices: truth.delay_notices,
    first_attempt: truth.first_attempt,
    connections: truth.connections,
    causes: sorted(truth.causes),
    attempt_causes: sorted(truth.attempt_causes),
    reject_causes: sorted(truth.reject_causes),
  };
}

/**
 * Generates into a file; returns the truth.
 * @param {string | undefined} file standard output where undefined
 * @param {Omit<Options, 'write'>} options
 */
export function generateFile(file, options) {
  const fd = file === undefined ? 1 : openSync(file, 'w');
  try {
    return generate({ ...options, write: (block) => writeAll(fd, block) });
  } finally {
    if (file !== undefined) closeSync(fd);
  }
}
/** A pipe may take less than it is given, or nothing for the moment. */
function writeAll(fd, block) {
  let offset = 0;
  while (offset < block.length) {
    try {
      offset += writeSync(fd, block, offset);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

const USAGE = `usage: node bench/generate.mjs --lines N [--seed N] [--out FILE] [--truth FILE]
         [--envelope rfc3164|rfc3339|rfc5424|postlogd] [--ids long|short] [--postfix 3.7|3.11] [--start YYYY-MM-DD]`;

function main() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        lines: { type: 'string', default: '100000' },
        seed: { type: 'string', default: '1' },
        out: { type: 'string' },
        truth: { type: 'string' },
        envelope: { type: 'string', default: 'rfc3164' },
        ids: { type: 'string', default: 'long' },
        postfix: { type: 'string', default: '3.7' },
        start: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return 2;
  }
  const { envelope, ids, postfix, start } = values;
  const lines = Number(values.lines);
  const seed = Number(values.seed);
  const known =
    Number.isInteger(lines) &&
    lines > 0 &&
    Number.isInteger(seed) &&
    ['rfc3164', 'rfc3339', 'rfc5424', 'postlogd'].includes(envelope) &&
    ['long', 'short'].includes(ids) &&
    ['3.7', '3.11'].includes(postfix) &&
    (start === undefined || /^\d{4}-\d\d-\d\d$/.test(start));
  if (!known || values.help) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const begun = performance.now();
  const truth = generateFile(values.out, { lines, seed, envelope, ids, postfix, ...(start && { start }) });
  const seconds = (performance.now() - begun) / 1000;
  if (values.truth !== undefined) writeFileSync(values.truth, `${JSON.stringify(truth, null, 2)}\n`);
  const rate = Math.round(lines / seconds).toLocaleString('en');
  console.error(`${truth.lines.total} lines in ${seconds.toFixed(1)} s (${rate} a second)`);
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main();
