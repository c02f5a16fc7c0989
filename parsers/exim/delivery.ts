/**
 * What became of one recipient. Fields in the order of Exim's source (`deliver.c`), most of them optional:
 *
 *   => -> >> *>  RECIPIENT F=<> Q= P=<> R=router T=transport S= H=host [ip]:port I= X= CV= DN="" A= … C="reply" QT= DT=
 *   **           RECIPIENT F=<> Q= P=<> R= T= H=host [ip]:port I= X= CV= DN="": strerror: text DT=
 *   ==           RECIPIENT Q= R= T= defer (errno): strerror H=host [ip]:port I= DT=: text
 *
 * Since 4.99 the text of `**` is behind ` : `; up to 4.84 the host is in it. An errno below zero is Exim's own and has
 * no strerror.
 */
import type { DeliveryStatus } from '../../src/event/event.ts';
import type { DeliveryRecord, DiscardRecord, LogRecord, Relay, Reply } from '../contract.ts';
import { NOTHING } from '../contract.ts';
import { partyOf as serviceOf } from '../parties.ts';
import { BLACKHOLE, type Recipient, readRecipient, sameAddress } from './address.ts';
import { unescapeAddress, unescapePrinting, unquote } from './escape.ts';
import { Fields } from './fields.ts';
import { endOfHost, partyOf } from './host.ts';
import { arrivalOf, isMessageId } from './message-id.ts';
import { readConfirmation, readFailureText } from './reply.ts';

/** A message is not older than this when its delivery is told; beyond it, stamp and id are of different clocks. */
const LONGEST_DELAY = 60 * 24 * 3600;

/** The text names no reason of its own: it looks back at earlier attempts. */
const UNEXPLAINED =
  /^(?:retry time(?:out exceeded$| not reached(?: for any host|$))|Retry time not yet reached|all hosts (?:for '[^']*' )?have been failing for a long time)/;

/** No attempt was made, for the reason that the text names: queues and limits of this server's own. */
const NOT_TRIED = /^(?:domain is (?:held|in queue_domains)|concurrency limit reached)/;

/** Failures that Exim would have tried again, had the time not run out. */
const TEMPORARY =
  /^(?:Connection (?:refused|timed out|reset)|No route to host|Network is unreachable|SMTP timeout|Remote host closed connection|host lookup did not complete)/;

/** Words of names that configurations give to transports of this host, and to those that lead to others. */
const LOCAL_NAME =
  /(?:^|[_-])(?:local|localdelivery|userdelivery|pipe|file|directory|reply|autoreply|vacation|maildir|mailbox|mbox|spool|appendfile|procmail|maildrop|dovecot|cyrus|sieve|mailman)(?:[_-]|$)/;
const REMOTE_NAME = /smtp|remote|relay|smarthost/;

/** A delivery line; what most deliveries never need is worked out on first use. */
class Delivery implements DeliveryRecord {
  readonly kind = 'delivery';
  queueId: string;
  to: string;
  origTo: string | undefined;
  status: DeliveryStatus;
  suspended = false;
  unexplained = false;
  first = false;
  readonly renames = true;
  relay: Relay | undefined = undefined;
  transport: string | undefined = undefined;
  tls: string | undefined = undefined;
  delay: number | undefined = undefined;
  /** As printed: `C="…"`, or the text of a failure and the strerror before it. */
  text = '';
  reason: string | undefined = undefined;
  #reply: Reply | undefined;

  constructor(queueId: string, to: string, origTo: string | undefined, status: DeliveryStatus) {
    this.queueId = queueId;
    this.to = to;
    this.origTo = origTo;
    this.status = status;
  }

  get diagnostic(): string {
    if (this.status === 'delivered') return unquote(this.text);
    const { reason, text } = this;
    return unescapePrinting(reason === undefined ? text : text === '' ? reason : `${reason}: ${text}`);
  }

  get reply(): Reply {
    this.#reply ??=
      this.status === 'delivered'
        ? readConfirmation(unquote(this.text))
        : readFailureText(this.text, this.reason);
    return this.#reply;
  }

  /** `C="250 OK id=1xVahE-00001q-03"`, of another Exim or of a filter on this host. */
  get nextQueueId(): string | undefined {
    const at = this.status === 'delivered' ? this.text.lastIndexOf(' id=') : -1;
    const id = at < 0 ? undefined : /^[0-9A-Za-z-]{16,23}/.exec(this.text.slice(at + 4, at + 27))?.[0];
    return id !== undefined && isMessageId(id) ? id : undefined;
  }
}

/**
 * Reads a line behind its flag.
 * @param flag the two characters
 * @param time of the line, milliseconds UTC
 */
export function readDelivery(
  text: string,
  start: number,
  end: number,
  queueId: string,
  flag: string,
  time: number,
): LogRecord | undefined {
  // -N: the delivery was only played.
  if (flag === '*>') return NOTHING;
  const made = flag === '**' ? 'bounced' : flag === '==' ? 'deferred' : 'delivered';
  const recipient = readRecipient(text, start, end);
  if (recipient === undefined) return undefined;
  if (made === 'delivered' && recipient.original === undefined) {
    const discarded = readDiscard(text, start, end, queueId);
    if (discarded !== undefined) return discarded;
  }
  const delivery = begin(queueId, recipient, made);
  delivery.first = flag === '>>';
  delivery.delay = delayOf(queueId, time);
  const stop = made === 'delivered' ? end : withoutTimes(text, start, end);
  if (made === 'deferred') readDeferral(delivery, text, recipient.end, stop);
  else readOutcome(delivery, text, recipient.end, stop);
  return delivery;
}

/**
 * The recipient as an address, where that can be told: a pipe or a file is its owner's mailbox, `:blackhole:` the
 * address that was aliased to it, and a local delivery prints the local part alone.
 */
function begin(queueId: string, { address, original, command }: Recipient, status: DeliveryStatus): Delivery {
  if (original === undefined) return new Delivery(queueId, unescapeAddress(address), undefined, status);
  if (address === BLACKHOLE) return new Delivery(queueId, unescapeAddress(original), undefined, 'discarded');
  const local = !address.includes('@') && original.toLowerCase().startsWith(`${address.toLowerCase()}@`);
  if (command === true || local || sameAddress(address, original)) {
    return new Delivery(queueId, unescapeAddress(original), undefined, status);
  }
  return new Delivery(queueId, unescapeAddress(address), unescapeAddress(original), status);
}

/**
 * `=> blackhole (RCPT ACL discarded recipients): why`, `=> blackhole *why*` (`local_scan()`),
 * `=> discarded (system filter)`: of the whole message.
 */
function readDiscard(text: string, start: number, end: number, queueId: string): DiscardRecord | undefined {
  if (!text.startsWith('blackhole ', start) && !text.startsWith('discarded', start)) return undefined;
  const words = text.slice(start, end);
  if (!/^(?:blackhole [(*]|discarded(?: \(|$))/.test(words)) return undefined;
  return { kind: 'discard', queueId, diagnostic: unescapePrinting(words) };
}

/** The fields of a delivery or a final failure, and the text behind them. */
function readOutcome(delivery: Delivery, text: string, start: number, end: number): void {
  const fields = new Fields(text, start, end);
  while (fields.next()) {
    switch (fields.key) {
      case 'T':
        delivery.transport ??= fields.value;
        break;
      case 'H':
        if (fields.isHost) delivery.relay ??= partyOf(text, fields.start, fields.end);
        break;
      case 'X':
        delivery.tls ??= fields.value;
        break;
      case 'C':
        if (delivery.text === '') delivery.text = fields.value;
        break;
      case 'QT':
        delivery.delay = seconds(fields.value) ?? delivery.delay;
        break;
    }
  }
  const { relay, transport, status } = delivery;
  // What arrived without a host arrived here. What failed without one may never have found one.
  if (relay === undefined && transport !== undefined && (status !== 'bounced' || isLocal(transport))) {
    delivery.relay = serviceOf(transport);
  }
  if (status !== 'bounced') return;
  delivery.text = textAt(text, fields.at, end);
  if (transport !== undefined) delivery.relay ??= relayIn(delivery);
  // Where time ran out, or the last reason was a temporary one, more attempts might have helped.
  delivery.unexplained = UNEXPLAINED.test(delivery.text.slice(0, 300));
  delivery.suspended = delivery.unexplained;
  const { code } = delivery.unexplained ? {} : delivery.reply;
  const temporary =
    code === undefined
      ? TEMPORARY.test(delivery.text) || delivery.text.endsWith(': retry timeout exceeded')
      : code < 500;
  if (delivery.unexplained || temporary) {
    delivery.status = 'expired';
  }
}

/** `R= T= defer (110): Connection timed out H=mx [192.0.2.1]: SMTP timeout after RCPT TO:<…>`. */
function readDeferral(delivery: Delivery, text: string, start: number, end: number): void {
  const fields = new Fields(text, start, end);
  while (fields.next()) {
    if (fields.key === 'T') delivery.transport ??= fields.value;
  }
  let p = fields.at;
  if (text.startsWith(' routing', p)) p += ' routing'.length;
  const errno = /^ defer \(([^) ]{1,16})\)/.exec(text.slice(p, Math.min(end, p + 32)));
  if (errno !== null) p += errno[0].length;
  if (errno !== null && !/^(?:-|0$)/.test(errno[1]!)) {
    // The words of strerror hold neither colon nor `=`; they are of bounded length.
    const match = /^ ?: ([^:=]{1,100}?)(?= H=| DT=| ?: |$)/.exec(text.slice(p, Math.min(end, p + 120)));
    if (match !== null) {
      delivery.reason = match[1];
      p += match[0].length;
    }
  }
  if (text.startsWith(' H=', p)) {
    const behindHost = endOfHost(text, p + 3, end);
    if (behindHost >= 0) {
      delivery.relay = partyOf(text, p + 3, behindHost);
      p = behindHost;
    }
  }
  const { transport } = delivery;
  if (delivery.relay === undefined && transport !== undefined && isLocal(transport)) {
    delivery.relay = serviceOf(transport);
  }
  const rest = new Fields(text, p, end);
  while (rest.next()) {
    // I=, DT=
  }
  delivery.text = textAt(text, rest.at, end);
  if (transport !== undefined) delivery.relay ??= relayIn(delivery);
  const words = delivery.text.slice(0, 300);
  delivery.unexplained = UNEXPLAINED.test(words);
  delivery.suspended = delivery.unexplained || NOT_TRIED.test(words);
  if (words.startsWith('domain is held')) delivery.status = 'held';
}

/** The server that a text names, as it did up to 4.84. */
function relayIn(delivery: Delivery): Relay | undefined {
  return delivery.text.startsWith('SMTP error from remote mail') ? delivery.reply.peer : undefined;
}

/** Whether a transport delivers on this host, by its name. */
function isLocal(transport: string): boolean {
  const name = transport.toLowerCase();
  return LOCAL_NAME.test(name) && !REMOTE_NAME.test(name);
}

/** What is behind `: ` or ` : ` at `p`; a text without either is there whole. */
function textAt(text: string, p: number, end: number): string {
  if (text.startsWith(' : ', p)) return text.slice(Math.min(p + 3, end), end);
  if (text.startsWith(': ', p)) return text.slice(Math.min(p + 2, end), end);
  return text.slice(Math.min(p + 1, end), end);
}

/** Where the line ends without ` QT=…` and ` DT=…`, which `deliver_time` adds behind the text of a failure. */
function withoutTimes(text: string, start: number, end: number): number {
  const tail = text.slice(Math.max(start, end - 48), end);
  const times = /(?: [DQ]T=[\dwdhms.]{1,16}){1,2}$/.exec(tail);
  return times === null ? end : end - times[0].length;
}

/** Seconds from the second in the message's id to the line. */
function delayOf(queueId: string, time: number): number | undefined {
  const delay = Math.round(time - arrivalOf(queueId, 0)) / 1000;
  return delay >= 0 && delay <= LONGEST_DELAY ? delay : undefined;
}

/** `1d2h3m4s`, `0.015s`; undefined for anything else. */
function seconds(text: string): number | undefined {
  const match =
    /^(?:(\d{1,4})w)?(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,6}(?:\.\d{1,6})?)s)?$/.exec(text);
  if (match === null || text === '') return undefined;
  const [, w = '0', d = '0', h = '0', m = '0', s = '0'] = match;
  return (((Number(w) * 7 + Number(d)) * 24 + Number(h)) * 60 + Number(m)) * 60 + Number(s);
}
