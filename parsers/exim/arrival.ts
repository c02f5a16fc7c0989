/**
 * A message came in. Fields in the order of Exim's source (`receive.c`), most of them optional:
 *
 *   <= SENDER R=id H=host (helo) [ip]:port I= U=ident P=protocol X= CV= DN="" A=authenticator:login S=bytes … id=message-id
 *      T="subject" from <sender> for recipient recipient
 */
import type { ArrivalRecord, Client } from '../contract.ts';
import { closingBracket } from '../postfix/address.ts';
import { clientOf } from '../postfix/parties.ts';
import { readSender } from './address.ts';
import { unescapePrinting } from './escape.ts';
import { Fields, partyText } from './fields.ts';
import { isMessageId } from './message-id.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = 0x20;

/** Reads a line behind its `<=`. */
export function readArrival(text: string, start: number, end: number, queueId: string): ArrivalRecord {
  const { from, end: behindSender } = readSender(text, start, end);
  const fields = new Fields(text, behindSender, end);
  let client: Client | undefined;
  let parentQueueId: string | undefined;
  let authUser: string | undefined;
  let authenticated = false;
  let size: number | undefined;
  let messageId: string | undefined;
  while (fields.next()) {
    switch (fields.key) {
      case 'R':
        if (client === undefined && isMessageId(fields.value)) parentQueueId ??= fields.value;
        break;
      case 'H':
        if (fields.host !== undefined) client ??= clientOf(partyText(fields.host));
        break;
      case 'P':
        // `esmtpsa`: only this says that a login was seen; an `A=` behind it may come from a certificate's name.
        authenticated ||= /^(?:local-)?(?:esmtp|smtp|lmtp)s?a$/.test(fields.value);
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
  return {
    kind: 'arrival',
    queueId,
    from,
    size,
    recipients: countRecipients(text, fields, end),
    messageId,
    client,
    authUser,
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
 * How many recipients ` for a b c` lists (`received_recipients`), behind `T="…"` and ` from <…>` (`received_sender`).
 * Undefined where there is no list or it is cut.
 */
function countRecipients(text: string, fields: Fields, end: number): number | undefined {
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
  let count = 0;
  let quoted = false;
  for (let at = p + 4; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === BACKSLASH && quoted) at += 1;
    else if (c === QUOTE) quoted = !quoted;
    else if (c === BLANK && !quoted) count += 1;
  }
  const cut = quoted || text.startsWith('<trunc>', end - 7) || text.startsWith('****', end - 4);
  return cut ? undefined : count;
}
