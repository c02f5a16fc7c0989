/**
 * The line of a message's arrival (`logsenderline` in envelope.c):
 *
 *   QID: from=<A>, size=302, class=0[, pri=N], nrcpts=1[, msgid=<M>][, bodytype=8BITMIME][, proto=ESMTP]
 *     [, daemon=MTA-v4], relay=client.example.com [192.0.2.9]
 *
 * It is logged at the end of every transaction. Only a message that was read to its end has a message-id: sendmail
 * makes one where it lacks.
 */
import type { ArrivalRecord, RemovedRecord } from '../contract.ts';
import { bareAddress, endBefore } from './address.ts';
import { partyOf } from './parties.ts';

const MINUS = 0x2d;
const CLOSE_BRACKET = 0x5d;

/** What `shortenstring` makes of a sender that is too long. */
const LONGEST_SENDER = 203;

/** Reads a line whose `from=` begins at `start`. */
export function readArrival(
  text: string,
  start: number,
  end: number,
  queueId: string,
): ArrivalRecord | RemovedRecord | undefined {
  const stop = endBefore(text, start + 5, end, ', size=', LONGEST_SENDER);
  if (stop < 0) return undefined;
  // `, size=302, class=0, nrcpts=1, `, with `pri=` where it is old; the number of recipients must be whole.
  const sizeEnd = behindDigits(text, stop + 7, 15);
  if (!text.startsWith(', class=', sizeEnd)) return undefined;
  let p = behindDigits(text, behindSign(text, sizeEnd + 8), 6);
  if (text.startsWith(', pri=', p)) p = behindDigits(text, behindSign(text, p + 6), 15);
  if (!text.startsWith(', nrcpts=', p)) return undefined;
  const count = p + 9;
  const countEnd = behindDigits(text, count, 9);
  if (!text.startsWith(', ', countEnd)) return undefined;
  const recipients = Number(text.slice(count, countEnd));
  p = countEnd + 2;
  // The line is cut before it tells.
  if (end - p < 6 && 'msgid='.startsWith(text.slice(p, end))) return undefined;
  const accepted = recipients > 0 && text.startsWith('msgid=', p);
  const from = bareAddress(text, start + 5, stop);
  const client = readClient(text, p, end);
  if (!accepted) return { kind: 'removed', queueId, by: 'canceled', from, client };
  return {
    kind: 'arrival',
    queueId,
    from,
    size: Number(text.slice(stop + 7, sizeEnd)),
    recipients,
    messageId: readMessageId(text, p + 6, end),
    client,
    late: true,
  };
}

/** Behind the digits at `p`; where there are none or more than `most`, the end of the text, where nothing follows. */
function behindDigits(text: string, p: number, most: number): number {
  let q = p;
  while (text.charCodeAt(q) >= 0x30 && text.charCodeAt(q) <= 0x39) q += 1;
  return q === p || q > p + most ? text.length : q;
}

function behindSign(text: string, p: number): number {
  return text.charCodeAt(p) === MINUS ? p + 1 : p;
}

/** Whatever stands in the header, up to its bracket, or to the next field where it is cut or has none. */
function readMessageId(text: string, start: number, end: number): string | undefined {
  const comma = text.indexOf(', ', start);
  const stop = comma < 0 || comma > end ? end : comma;
  const close = text.startsWith('<', start) ? text.indexOf('>', start) : -1;
  if (close > 0 && close < end) return text.slice(start + 1, close);
  // Cut to a hundred characters, it is another one's.
  return text.startsWith('<', start) || stop === start ? undefined : text.slice(start, stop);
}

/** The last field: what a message-id or an ident server says stands before it. */
function readClient(text: string, start: number, end: number): ArrivalRecord['client'] {
  const at = text.lastIndexOf(', relay=', end - 1);
  if (at < start) return undefined;
  // `localhost`, `root@localhost` come from a program; without the bracket at its end the line is cut.
  const isWhole =
    text.charCodeAt(end - 1) === CLOSE_BRACKET || /\)$|^(?:[^[]*@)?localhost$/.test(text.slice(at + 8, end));
  return isWhole ? partyOf(text, at + 8, end) : undefined;
}
