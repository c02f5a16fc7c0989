/**
 * A message came in. Fields in the order of Exim's source (`receive.c`), most of them optional:
 *
 *   <= SENDER R=id H=host (helo) [ip]:port I= U=ident P=protocol X= CV= DN="" A=authenticator:login S=bytes … id=message-id
 *      T="subject" from <sender> for recipient recipient
 */

import { closingBracket } from '../brackets.ts';
import type { ArrivalRecord, Client } from '../contract.ts';
import { readSender } from './address.ts';
import { unescapeAddress, unescapePrinting } from './escape.ts';
import { Fields } from './fields.ts';
import { partyOf } from './host.ts';
import { isMessageId } from './message-id.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = 0x20;

/** Longer lists are counted only. */
const MOST_NAMES = 10;

/** Reads a line behind its `<=`. */
export function readArrival(text: string, start: number, end: number, queueId: string): ArrivalRecord {
  const { from, end: behindSender } = readSender(text, start, end);
  const fields = new Fields(text, behindSender, end);
  let client: Client | undefined;
  let parentQueueId: string | undefined;
  let authUser: string | undefined;
  let authenticated = false;
  let encrypted = false;
  let tls: string | undefined;
  let size: number | undefined;
  let messageId: string | undefined;
  while (fields.next()) {
    switch (fields.key) {
      case 'R':
        if (client === undefined && isMessageId(fields.value)) parentQueueId ??= fields.value;
        break;
      case 'H':
        if (fields.isHost) client ??= partyOf(text, fields.start, fields.end);
        break;
      case 'P':
        // `esmtpsa`: only this says that a login was seen; an `A=` behind it may come from a certificate's name.
        authenticated ||= /^(?:local-)?(?:esmtp|smtp|lmtp)s?a$/.test(fields.value);
        encrypted ||= /^(?:esmtp|smtp|lmtp)sa?$/.test(fields.value);
        break;
      case 'X':
        if (encrypted) tls ??= fields.value;
        break;
      case 'A':
        if (authenticated) authUser ??= loginOf(fields.value);
        break;
      case 'S':
        size ??= bytes(fields.value);
        break;
    }
    if (fields.key === 'id' || fields.key === 'id*') {
      // What follows may be the sender's own words.
      messageId = unescapePrinting(fields.value);
      break;
    }
  }
  const names = readRecipients(text, fields, end);
  return {
    kind: 'arrival',
    queueId,
    from,
    size,
    recipients: names?.length,
    recipientNames:
      names !== undefined && names.length <= MOST_NAMES ? names.map(unescapeAddress) : undefined,
    messageId,
    client,
    authUser,
    tls,
    parentQueueId,
  };
}

/** `plain_server:alice`, `cram:alice:alice@b.test` (the sender that was claimed with it): the login. */
function loginOf(value: string): string | undefined {
  const colon = value.indexOf(':');
  if (colon < 0) return undefined;
  const next = value.indexOf(':', colon + 1);
  return unescapePrinting(value.slice(colon + 1, next < 0 ? undefined : next));
}

function bytes(value: string): number | undefined {
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/**
 * The recipients that ` for a b c` lists (`received_recipients`), behind `T="…"` and ` from <…>` (`received_sender`).
 * Undefined where there is no list or it is cut.
 */
function readRecipients(text: string, fields: Fields, end: number): string[] | undefined {
  while (fields.next()) {
    // T="…", whose quotes are Exim's
  }
  let p = fields.at;
  if (text.startsWith(' from <', p)) {
    const close = closingBracket(text, p + 6, end);
    if (close < 0) return undefined;
    p = close + 1;
  }
  if (!text.startsWith(' for ', p)) return undefined;
  const names: string[] = [];
  let quoted = false;
  let start = p + 5;
  for (let at = start; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === BACKSLASH && quoted) at += 1;
    else if (c === QUOTE) quoted = !quoted;
    else if (c === BLANK && !quoted) {
      names.push(text.slice(start, at));
      start = at + 1;
    }
  }
  names.push(text.slice(start, end));
  const cut = quoted || text.startsWith('<trunc>', end - 7) || text.startsWith('****', end - 4);
  return cut ? undefined : names;
}
