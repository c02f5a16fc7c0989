/**
 * The line of a delivery attempt (`logdelivery` in deliver.c):
 *
 *   QID: to=<A>,<B>[, [more]][, ctladdr=<C> (uid/gid)], delay=00:00:01[, xdelay=00:00:01][, mailer=esmtp][, pri=30273]
 *     [, relay=mx.example.com. [192.0.2.1]][, quarantine=Q][, dsn=5.1.1][, ntries=N][, stage=S][, reply=R], stat=S
 *
 * Nothing is quoted, but the order is fixed, and all that a stranger's server says stands behind `dsn=`. What became
 * of the mail is told by sendmail's own dsn; `stat=` is a guess (it calls a full mailbox `User unknown`) and can be
 * forged from within `reply=`.
 */
import type { DeliveryStatus } from '../../src/event/event.ts';
import {
  type DeliveryRecord,
  type DiscardRecord,
  NOTHING,
  type NothingRecord,
  type RejectRecord,
  type Relay,
  type Reply,
} from '../contract.ts';
import { copy } from '../copy.ts';
import { readReply } from '../reply.ts';
import { bareAddress, endBefore, endOfAddress } from './address.ts';
import { withLetters } from './escapes.ts';
import { partyOf, serviceOf } from './parties.ts';
import { isQueueId } from './queue-id.ts';

const BLANK = 0x20;
const PLUS = 0x2b;
const COLON = 0x3a;
const TWO = 0x32;
const FOUR = 0x34;
const FIVE = 0x35;

/** What `shortenstring` makes of a `ctladdr` that is too long. */
const LONGEST_CONTROLLER = 83;

/** sendmail writes no longer lines than syslog takes. */
const LONGEST_MESSAGE = 1024;
/** What `shortenstring` leaves of a relay, with room for its escapes. */
const LONGEST_DETAIL = 256;

/** Mailers that deliver on this host; what stands at `relay=` then is a detail of the address. */
const LOCAL_MAILERS = new Set([
  ...['local', 'prog', '*file*', '*include*', 'procmail', 'cyrus', 'cyrusv2', 'cyrusbb', 'discard', 'usenet'],
]);

/** Local mailers of which the recipient is no address. */
const PROGRAMS = new Set(['prog', '*file*']);

/** Verdicts that must be whole: their beginning says nothing. */
const VERDICTS = [
  'Sent',
  'Deferred',
  'queued',
  'quarantined',
  'discarded',
  'aborted by sender',
  'RSET',
  'HELO',
  'EHLO',
];

const LONGEST_VERDICT = Math.max(...VERDICTS.map((verdict) => verdict.length));

/** Why recipients were dropped without any fault of theirs: the client's command, or its leaving. */
const ABORTED = /^(?:rset|helo|ehlo|quit|aborted by sender)$/i;

/** What is left of a line behind its recipients. */
interface Fields {
  readonly origTo: string | undefined;
  readonly delay: number | undefined;
  /** `xdelay=`, what this attempt took. */
  readonly elapsed: string | undefined;
  readonly mailer: string | undefined;
  readonly relay: Relay | undefined;
  readonly quarantine: string | undefined;
  readonly dsn: string | undefined;
  readonly reply: string | undefined;
  /** Undefined where the line is cut before it. */
  readonly stat: string | undefined;
}

/** A delivery attempt; what most of them never need is worked out on first use. */
class Delivery implements DeliveryRecord {
  readonly kind = 'delivery';
  queueId: string;
  to: string;
  origTo: string | undefined;
  others: readonly string[] | undefined;
  status: DeliveryStatus;
  suspended: boolean;
  relay: Relay | undefined;
  transport: string | undefined;
  delay: number | undefined;
  tls: string | undefined = undefined;
  dsn: string | undefined;
  diagnostic: string;
  /** The words behind the outcome: whose they are is told by `remote`. */
  words: string;
  readonly #remote: boolean;
  readonly #atRecipient: boolean;
  #reply: Reply | undefined;

  constructor(
    queueId: string,
    to: string,
    others: readonly string[] | undefined,
    status: DeliveryStatus,
    fields: Fields,
  ) {
    const { stat = '', reply } = fields;
    this.queueId = queueId;
    this.to = to;
    this.others = others;
    this.status = status;
    this.origTo = fields.origTo;
    this.suspended = reply === undefined && isCopy(stat, fields);
    this.relay = fields.relay;
    this.transport = fields.mailer;
    this.delay = fields.delay;
    this.dsn = fields.dsn;
    const own = withoutVerdict(stat);
    // The last reply that came is not the reason where sendmail gives another one: `reply=454 4.7.0 …,
    // stat=Deferred: 403 4.7.0 encryption too weak`, or `Deferred: Connection reset by …` behind an old 250.
    const replied = reply !== undefined && isRefusal(reply) && !hasOwnReason(stat, reply);
    this.diagnostic = withLetters(replied ? reply : (fields.quarantine ?? own));
    // What was no server's word and no local mailer's is a guess from the reply's code, which is lost.
    const guessed = !replied && stat === 'User unknown' && fields.relay?.ip !== undefined;
    // sysexits.h: a program that fails with EX_UNAVAILABLE is no server.
    const failed = stat === 'Service unavailable' && fields.relay?.service !== undefined;
    if (failed) this.words = `${fields.mailer} mailer exited with EX_UNAVAILABLE`;
    else this.words = guessed || (this.suspended && stat === 'Deferred') ? '' : this.diagnostic;
    this.#remote = replied || isRefusal(own);
    this.#atRecipient = replied && stat === 'User unknown';
  }

  get reply(): Reply {
    this.#reply ??= readReply(this.words, this.#remote, this.#atRecipient ? 'rcpt' : undefined);
    return this.#reply;
  }

  get dsnGuessed(): boolean {
    return this.#remote && this.reply.enhanced === undefined;
  }

  /** `6ANKUaji000311 Message accepted for delivery`, `Ok: queued as 6ANKUaji000311`. */
  get nextQueueId(): string | undefined {
    if (this.status !== 'delivered') return undefined;
    const words = this.diagnostic.slice(0, 200);
    const id =
      / queued as ([0-9A-Za-z]{7,15})$/.exec(words)?.[1] ??
      /^[0-9A-Za-z]{7,15}(?= Message )/.exec(words)?.[0];
    return id !== undefined && isQueueId(id) ? id : undefined;
  }
}

/** Reads a line whose `to=` begins at `start`. Undefined where the fixed order does not hold, or the outcome is cut off. */
export function readDelivery(
  text: string,
  start: number,
  end: number,
  queueId: string,
): DeliveryRecord | RejectRecord | DiscardRecord | NothingRecord | undefined {
  let to: string | undefined;
  let others: string[] | undefined;
  let p = start + 3;
  for (;;) {
    let stop = endOfAddress(text, p, end);
    if (stop < 0) stop = text.indexOf(', delay=', p);
    if (stop < 0 || stop >= end) return undefined;
    const recipient = bareAddress(text, p, stop);
    if (to === undefined) to = recipient;
    else {
      others ??= [];
      others.push(copy(recipient));
    }
    p = stop;
    if (text.charCodeAt(p + 1) === BLANK) break;
    p += 1;
  }
  const fields = readFields(text, p, end, to);
  if (fields === undefined) return undefined;
  const { stat, mailer } = fields;
  if (stat !== undefined && isCutVerdict(stat)) return undefined;
  if (mailer === undefined && stat !== undefined && !/^(?:Sent|Deferred|queued|quarantined)/.test(stat)) {
    return others === undefined ? readUndelivered(queueId, to, stat) : undefined;
  }
  const status = statusOf(fields);
  if (status === undefined || status === 'waiting') return status === undefined ? undefined : NOTHING;
  return new Delivery(queueId, to, others, status, fields);
}

/**
 * What became of a message of which no line names a recipient: `DSN: aliasing/forwarding loop broken`,
 * `DSN: Too many hops 61 (30 max): from <a@example.net> via localhost, to <b@example.org>`.
 */
export function readFailure(queueId: string, text: string): DeliveryRecord {
  const stat = withLetters(text);
  return {
    kind: 'delivery',
    queueId,
    to: text.startsWith('Too many hops ') ? lastRecipient(text) : '',
    status: 'bounced',
    suspended: false,
    diagnostic: stat,
    reply: readReply(stat, false, undefined),
  };
}

/** The address that ends a text behind `, to `: an address that itself holds `, to <x>` does not end with it. */
function lastRecipient(text: string): string {
  if (text.length > LONGEST_MESSAGE) return '';
  for (let at = text.lastIndexOf(', to <'); at > 0; at = text.lastIndexOf(', to <', at - 1)) {
    if (endOfAddress(text, at + 5, text.length) === text.length)
      return bareAddress(text, at + 5, text.length);
  }
  return '';
}

/** `to=` without a mailer (`logundelrcpts`): the message was refused, thrown away or given up before it was queued. */
function readUndelivered(
  queueId: string,
  to: string,
  stat: string,
): RejectRecord | DiscardRecord | NothingRecord {
  if (ABORTED.test(stat)) return NOTHING;
  if (stat === 'discarded') return { kind: 'discard', queueId, to, diagnostic: stat };
  const diagnostic = withLetters(stat);
  return {
    kind: 'reject',
    queueId,
    stage: 'eom',
    to,
    diagnostic,
    reply: readReply(diagnostic, false, 'eom'),
    afterArrival: true,
  };
}

function statusOf({ dsn, reply, stat, mailer }: Fields): DeliveryStatus | 'waiting' | undefined {
  if (stat === 'quarantined') return 'held';
  const own = dsn?.charCodeAt(0);
  // Now and then an earlier recipient's 2.0.0 is left over: `dsn=2.0.0, reply=451 4.3.0 …, stat=Deferred: …`.
  const digit = own === FOUR || own === FIVE || reply === undefined ? own : reply.charCodeAt(0);
  if (digit === FOUR) return 'deferred';
  if (digit === FIVE) return 'bounced';
  if (stat === undefined) return undefined;
  // Put into the queue without an attempt; what failed before has a dsn of class 4.
  if (stat === 'queued') return 'waiting';
  if (stat.startsWith('Sent')) return mailer === 'discard' ? 'discarded' : 'delivered';
  if (stat.startsWith('Deferred')) return 'deferred';
  // sendmail before 8.10 has no dsn.
  return digit === TWO ? undefined : 'bounced';
}

/** Where the value ends whose key stands at `p`, or `p` itself where another key does; -1 where it is cut. */
function endOfValue(text: string, p: number, end: number, key: string): number {
  if (!text.startsWith(key, p)) return p;
  const comma = text.indexOf(',', p + key.length);
  return comma < 0 || comma >= end ? -1 : comma;
}

/** Reads the fields that begin with the comma at `start`. */
function readFields(text: string, start: number, end: number, to: string): Fields | undefined {
  let p = start;
  if (text.startsWith(', [more]', p)) p += 8;
  let controller: string | undefined;
  if (text.startsWith(', ctladdr=', p)) {
    const stop = endBefore(text, p + 10, end, ', delay=', LONGEST_CONTROLLER);
    if (stop < 0) return undefined;
    controller = text.slice(p + 10, stop);
    p = stop;
  }
  const delayAt = p + 8;
  let stop = endOfValue(text, p, end, ', delay=');
  if (stop <= p) return undefined;
  const delay = secondsOf(text, delayAt, stop);
  p = stop;
  // Values that are cut are left out, like those that are not there.
  let elapsed: string | undefined;
  stop = endOfValue(text, p, end, ', xdelay=');
  if (stop > p) {
    elapsed = text.slice(p + 9, stop);
    p = stop;
  }
  let mailer: string | undefined;
  stop = endOfValue(text, p, end, ', mailer=');
  if (stop > p) {
    mailer = mailerOf(text, p + 9, stop);
    p = stop;
  }
  stop = endOfValue(text, p, end, ', pri=');
  if (stop > p) p = stop;
  let relay: Relay | undefined;
  const local = mailer !== undefined && LOCAL_MAILERS.has(mailer);
  if (text.startsWith(', relay=', p)) {
    stop = endOfRelay(text, p + 8, end, local ? to : undefined);
    if (stop < 0) return undefined;
    // `relay=none`: no host was asked.
    const none = stop === p + 12 && text.startsWith('none', p + 8);
    if (!local && !none) relay = partyOf(text, p + 8, stop);
    p = stop;
  }
  if (local) relay = serviceOf(mailer!);
  let quarantine: string | undefined;
  if (text.startsWith(', quarantine=', p)) {
    // Not a stranger's words, but with commas in them; a quarantined message is not tried, so that no reply follows.
    stop = text.lastIndexOf(', stat=', end - 1);
    if (stop <= p) return undefined;
    quarantine = text.slice(p + 13, stop);
    p = stop;
  }
  let dsn: string | undefined;
  stop = endOfValue(text, p, end, ', dsn=');
  if (stop > p) {
    dsn = dsnOf(text, p + 6, stop);
    if (dsn === undefined) return undefined;
    p = stop;
  }
  for (const key of BEFORE_REPLY) {
    stop = endOfValue(text, p, end, key);
    if (stop > p) p = stop;
  }
  let reply: string | undefined;
  let stat: string | undefined;
  if (text.startsWith(', stat=', p)) stat = text.slice(p + 7, end);
  else if (text.startsWith(', reply=', p)) {
    stop = endOfReply(text, p + 8, end);
    reply = text.slice(p + 8, stop);
    if (stop !== end) stat = text.slice(stop + 7, end);
  } else if (dsn === undefined) return undefined;
  // A program and a file are run and written for somebody: `to="|vacation", ctladdr=<joe@example.net> (1000/1000)`.
  const origTo = controller !== undefined && PROGRAMS.has(mailer ?? '') ? ownerOf(controller) : undefined;
  return { origTo, delay, elapsed, mailer, relay, quarantine, dsn, reply, stat };
}

const BEFORE_REPLY = [', ntries=', ', stage='];

/** Names of mailers, which are few. */
function mailerOf(text: string, start: number, end: number): string {
  for (const name of MAILERS) {
    if (end - start === name.length && text.startsWith(name, start)) return name;
  }
  return text.slice(start, end);
}

/** The mailers of most lines. */
const MAILERS = ['esmtp', 'local', 'relay'];

/** `2.0.0` between two positions; undefined where none is. */
function dsnOf(text: string, start: number, end: number): string | undefined {
  if (end - start === 5 && text.startsWith('2.0.0', start)) return '2.0.0';
  const dsn = text.slice(start, end);
  return /^[245]\.\d{1,3}\.\d{1,3}$/.test(dsn) ? dsn : undefined;
}

/** The address before ` (uid/gid)`, where it is one. */
function ownerOf(controller: string): string | undefined {
  const owner = controller.replace(/ \(\d{1,10}\/\d{1,10}\)$/, '');
  return owner.includes('...') ? undefined : bareAddress(owner, 0, owner.length);
}

/**
 * Where the relay that begins at `start` ends. A host name holds no blank, but the detail that a local mailer has there
 * is whatever the sender wrote: as long as it is part of the recipient, a key in it is none.
 */
function endOfRelay(text: string, start: number, end: number, recipient: string | undefined): number {
  let stop = endOfKey(text, start, end);
  for (let next = stop; recipient !== undefined && next >= 0; next = endOfKey(text, next + 2, end)) {
    if (next - start > LONGEST_DETAIL || !recipient.includes(withLetters(text.slice(start, next)))) break;
    stop = next;
  }
  return stop;
}

/** The next place where one of the keys begins that can follow a relay. */
function endOfKey(text: string, start: number, end: number): number {
  for (let p = text.indexOf(', ', start); p >= 0 && p < end; p = text.indexOf(', ', p + 2)) {
    if (text.startsWith('dsn=', p + 2) || text.startsWith('stat=', p + 2)) return p;
    if (text.startsWith('quarantine=', p + 2) || text.startsWith('reply=', p + 2)) return p;
  }
  return -1;
}

/**
 * Where the reply that begins at `start` ends: at the last `, stat=`, since the server may have said one, unless
 * sendmail repeats the reply in its own stat. `end` where the line is cut.
 */
function endOfReply(text: string, start: number, end: number): number {
  if (text.charCodeAt(start) === FOUR) {
    const half = (end - start - DEFERRED.length) / 2;
    const middle = start + half;
    if (
      Number.isInteger(half) &&
      text.startsWith(DEFERRED, middle) &&
      text.startsWith(text.slice(start, middle), middle + DEFERRED.length)
    ) {
      return middle;
    }
  }
  const last = text.lastIndexOf(', stat=', end - 1);
  return last < start ? end : last;
}

const DEFERRED = ', stat=Deferred: ';

/** The line was cut within a verdict. */
function isCutVerdict(stat: string): boolean {
  if (stat.length >= LONGEST_VERDICT) return false;
  for (const verdict of VERDICTS) {
    if (stat.length < verdict.length && verdict.startsWith(stat)) return true;
  }
  return false;
}

/** A reply of class 4 or 5. */
function isRefusal(reply: string): boolean {
  const first = reply.charCodeAt(0);
  if (first !== FOUR && first !== FIVE) return false;
  return /^\d\d\d(?:[ -]|$)/.test(reply.slice(0, 4));
}

/**
 * Whether a host that has just failed for another message was not tried again, which names it without an address:
 * `relay=mx.example.com., dsn=4.0.0, stat=Deferred`, or `xdelay=00:00:00, …, relay=mx.example.com., dsn=4.4.1,
 * stat=Deferred: Connection refused by mx.example.com.`. That a name server did not answer is the message's own.
 */
function isCopy(stat: string, { relay, elapsed }: Fields): boolean {
  if (relay?.host === undefined || relay.ip !== undefined) return false;
  if (stat === 'Deferred') return true;
  return (
    elapsed === '00:00:00' && stat.startsWith('Deferred: ') && !stat.startsWith('Deferred: Name server: ')
  );
}

/** `Deferred: …` with something else than the reply. */
function hasOwnReason(stat: string, reply: string): boolean {
  return stat.startsWith('Deferred: ') && !stat.startsWith(reply.slice(0, 3), 10);
}

/** `Sent (ok)` and `Deferred: Connection refused by mx` without the verdict. */
function withoutVerdict(stat: string): string {
  if (stat.startsWith('Deferred: ')) return stat.slice(10);
  if (stat.startsWith('Sent (')) return stat.slice(6, stat.endsWith(')') ? -1 : undefined);
  return stat;
}

/** `00:00:04` and `2+03:04:05` in seconds. */
function secondsOf(text: string, start: number, end: number): number | undefined {
  const clock = end - 8;
  let days = 0;
  if (clock !== start) {
    // Up to four digits of days, and a plus.
    if (clock < start + 2 || clock > start + 5 || text.charCodeAt(clock - 1) !== PLUS) return undefined;
    for (let p = start; p < clock - 1; p++) days = days * 10 + digitAt(text, p);
  }
  if (text.charCodeAt(clock + 2) !== COLON || text.charCodeAt(clock + 5) !== COLON) return undefined;
  const hours = digitAt(text, clock) * 10 + digitAt(text, clock + 1);
  const minutes = digitAt(text, clock + 3) * 10 + digitAt(text, clock + 4);
  const seconds = digitAt(text, clock + 6) * 10 + digitAt(text, clock + 7);
  const all = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  return Number.isNaN(all) ? undefined : all;
}

/** The digit at a position; NaN where there is none. */
function digitAt(text: string, p: number): number {
  const digit = text.charCodeAt(p) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : Number.NaN;
}
