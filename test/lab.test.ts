/**
 * Real days of real MTAs against their truth: what the client sent and the scripted servers answered, none of it
 * taken from the log. Every message and recipient must come to the outcome that is true, with a cause that is true.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { DeliveryEvent, Mta } from '../src/event/event.ts';
import { read } from './src/reading.ts';

/** One message and one of its final recipients. */
interface Entry {
  readonly n: number;
  /** As told to the client; null where the client got none. */
  readonly queue_id: string | null;
  readonly message_id: string | null;
  /** Address of the client. */
  readonly client: string;
  /** How often the scripted servers were given this recipient; null where they were not asked. */
  readonly attempts: number | null;
  readonly sender: string;
  readonly recipient: string;
  readonly outcome: 'delivered' | 'bounced' | 'expired' | 'deferred' | 'held' | 'discarded' | 'rejected';
  /** The address that was aliased to the recipient. */
  readonly orig_recipient?: string;
  readonly cause: string | null;
  /** What the client, or this server as a client, was told. */
  readonly final_reply?: { readonly stage: string; readonly text: string };
}

/** For each label of the truth, the causes of the catalogue that count as right; none: any that is not sure. */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  'user-unknown': ['user_unknown', 'recipient_restricted'],
  'user-moved': ['user_unknown'],
  'user-disabled': ['mailbox_disabled'],
  'mailbox-full': ['mailbox_full'],
  'host-unknown': ['domain_not_found', 'no_mail_route'],
  'null-mx': ['null_mx'],
  'dns-temp': ['dns_failure'],
  'connection-timeout': ['connection_failed'],
  'connection-refused': ['connection_failed'],
  'connection-lost': ['connection_failed'],
  'host-unreachable': ['connection_failed'],
  'network-unreachable': ['connection_failed'],
  'relay-denied': ['relay_denied'],
  'rate-limited': ['rate_limited', 'poor_reputation'],
  greylisted: ['greylisted'],
  'server-temp-error': ['remote_problem', 'local_error'],
  loop: ['mail_loop'],
  'pipe-failed': ['local_error'],
  'address-syntax': ['protocol_error', 'user_unknown', 'sender_rejected', 'smtputf8_unsupported'],
  policy: ['policy_other', 'recipient_restricted', 'content_rejected', 'sender_rejected', 'poor_reputation'],
  'tls-failure': ['tls_failure'],
  'tls-required': ['tls_failure'],
  'auth-required': ['smtp_auth'],
  'auth-fail': ['smtp_auth'],
  'spf-fail': ['spf_fail', 'unauthenticated'],
  'dkim-fail': ['dkim_fail', 'unauthenticated'],
  'dmarc-fail': ['dmarc_fail', 'unauthenticated'],
  'no-ptr': ['host_identity'],
  'helo-reject': ['host_identity'],
  'ip-blocklisted': ['ip_blocklisted', 'poor_reputation'],
  'sender-domain-blocklisted': ['domain_blocklisted'],
  'sender-domain-unknown': ['sender_rejected'],
  'sender-verify-failed': ['sender_rejected'],
  'sender-domain-temp': ['sender_rejected', 'dns_failure'],
  'spam-content': ['spam_content', 'domain_blocklisted', 'content_rejected'],
  'virus-or-attachment': ['virus', 'content_rejected'],
  'too-large': ['message_too_large'],
  'bad-message': ['malformed_message'],
  'protocol-error': ['protocol_error', 'malformed_message', 'smtputf8_unsupported'],
  unknown: [],
};

/** Postfix quotes a local part where RFC 5321 asks for it, whatever the client wrote. */
function unquoted(address: string | undefined): string | undefined {
  return address?.replace(/^"((?:[^"\\]|\\.)*)"(?=@|$)/, (_, local: string) => local.replace(/\\(.)/g, '$1'));
}

function grouped<T>(items: readonly T[], key: (item: T) => string | undefined): Map<string | undefined, T[]> {
  const groups = new Map<string | undefined, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

const isOutcome = (event: DeliveryEvent): boolean => event.type === 'delivery' && !event.hop;

/** Postfix shows a control character as a question mark. */
function sameAddress(logged: string | undefined, sent: string | undefined): boolean {
  return unquoted(logged) === unquoted(sent)?.replace(/[\0-\x1f]/g, '?');
}

/** Whether a refusal of Postfix was this client's, of this sender or recipient, and told what the client has heard. */
function refusedByPostfix(event: DeliveryEvent, entry: Entry): boolean {
  if (event.client_ip !== entry.client) return false;
  if (event.to === undefined ? event.from === undefined : !sameAddress(event.to, entry.recipient))
    return false;
  if (event.from !== undefined && !sameAddress(event.from, entry.sender)) return false;
  const { text, stage } = entry.final_reply ?? {};
  return (
    event.diagnostic === text ||
    // the client took UTF-8 for Latin-1
    (text !== undefined && event.diagnostic === Buffer.from(text, 'latin1').toString()) ||
    // the text of a check of the content goes without its code
    `550 ${event.diagnostic}` === text ||
    // what the log says instead of the reply
    (event.diagnostic?.startsWith('Illegal address syntax ') && event.stage?.toUpperCase() === stage) === true
  );
}

/**
 * Whether a refusal of Exim was this client's, at the same stage, of this sender or recipient where the line names
 * one. What it logs is not what it tells the client.
 */
function refusedByExim(event: DeliveryEvent, entry: Entry): boolean {
  const stage = entry.final_reply?.stage.toLowerCase().replace('eod', 'eom');
  return (
    event.client_ip === entry.client &&
    event.stage === stage &&
    (event.to === undefined || event.to === entry.recipient || event.to.startsWith('nosuch+yyyy')) &&
    (event.from === undefined || unquoted(event.from) === unquoted(entry.sender))
  );
}

/** Exim prints the address in lower case and without quotes, and of a delivery on its host the local part alone. */
function sameRecipientInExim(logged: string | undefined, entry: Entry): boolean {
  const [address, recipient] = [unquoted(logged)?.toLowerCase(), unquoted(entry.recipient)!.toLowerCase()];
  return address === recipient || (address !== undefined && `${address}@lab.test` === recipient);
}

/** sendmail leaves a hundred characters of either end of a long address. */
function sameAddressInSendmail(logged: string | undefined, sent: string): boolean {
  const given = `<${sent}>`;
  const shown = given.length > 203 ? `${given.slice(0, 100)}...${given.slice(-100)}` : given;
  return `<${logged}>` === shown;
}

/**
 * Whether a refusal of sendmail was this client's, of this sender or recipient where the line names one. A client that
 * is refused for its address is greeted all the same, and hears of it at its first command.
 */
function refusedBySendmail(event: DeliveryEvent, entry: Entry): boolean {
  if (event.client_ip !== undefined && event.client_ip !== entry.client) return false;
  const { text, stage } = entry.final_reply ?? {};
  if (event.stage === 'connect') return event.diagnostic === text;
  if (event.stage !== stage?.toLowerCase().replace('eod', 'eom')) return false;
  if (event.to !== undefined) return sameAddressInSendmail(event.to, entry.recipient);
  // `8-bit character in mailbox address "…"`, without its code
  return event.from === entry.sender || text?.endsWith(` ${event.diagnostic}`) === true;
}

/**
 * Of a delivery on its host sendmail logs the local part alone, and of an address of its `virtusertable` what it was
 * before.
 */
function sameRecipientInSendmail(logged: string | undefined, { recipient, orig_recipient }: Entry): boolean {
  return (
    logged !== undefined &&
    [recipient, orig_recipient].some((address) => address === logged || address === `${logged}@lab.test`)
  );
}

/** A day of one MTA. */
interface Lab {
  readonly mta: Mta;
  readonly lines: number;
  /** How many of them are of other programs. */
  readonly foreign?: number;
  readonly recipients: number;
  readonly refused: (event: DeliveryEvent, entry: Entry) => boolean;
  readonly sameRecipient: (logged: string | undefined, entry: Entry) => boolean;
  /** `number recipient: true outcome, outcome as read` of those that the log cannot tell. */
  readonly wrongOutcomes: readonly string[];
  /**
   * `number recipient: true attempts, attempts as read`, where an attempt of the MTA is one of the servers' and the log
   * shows each.
   */
  readonly wrongAttempts?: readonly string[];
  /** By `true cause, read as cause`, the numbers of those where the reply says something else than was arranged. */
  readonly wrongCauses: Readonly<Record<string, readonly number[]>>;
}

const LABS: readonly Lab[] = [
  {
    mta: 'postfix',
    lines: 10690,
    recipients: 1096,
    refused: refusedByPostfix,
    sameRecipient: (logged, { recipient }) => sameAddress(logged, recipient),
    wrongOutcomes: [
      // "hopcount exceeded" is told of a queue id that the client never learnt, before sender and message-id are logged
      '484 tom.kowalski880@gmail.test: rejected, nothing',
      // a header check that holds a message of two recipients names the first
      '486 anna.brown882@icloud.test: held, nothing',
      // smtpd answers 501 to what it cannot take apart, and logs nothing
      '561 alice@lab.test: rejected, nothing',
      // only planned: Postfix took it as mail for MAILER-DAEMON, which local(8) throws away
      '563 @lab.test: rejected, discarded',
      '584 nosuch4@lab.test: rejected, nothing',
    ],
    wrongCauses: {
      // the address is refused for its HELO, before anyone has asked who the user is
      'user-unknown, read as host_identity': [567, 568, 569, 570, 571, 572, 574, 575, 576, 577, 578],
      // a local part that routes elsewhere (`nosuch%gmail.test@lab.test`) is refused as a relay
      'user-unknown, read as relay_denied': [592, 593, 594],
      'address-syntax, read as relay_denied': [565],
      // taken as mail for MAILER-DAEMON: no failure
      'address-syntax, read as undefined': [563],
      // of two servers one refuses the connection; the other, which the log names, greets with "too many connections"
      'connection-refused, read as rate_limited': [314, 315],
      // "blocked using zen.spamhaus.org; Error: open resolver": the list refused the query, the sender is not on it
      'ip-blocklisted, read as remote_problem': [47, 195],
      // the label means SPF and DKIM, not a login: Gmail's 5.7.26, Outlook's 5.7.515
      'auth-fail, read as unauthenticated': [2, 205],
      'auth-fail, read as dmarc_fail': [21, 226, 226, 226, 226],
      // "no valid recipients" in answer to DATA follows the refusal of all recipients, whatever that was for
      'protocol-error, read as user_unknown': [70, 166, 215],
      // Yahoo's 5.7.9 "not accepted for policy reasons" does not say which policy
      'dmarc-fail, read as policy_other': [33, 206, 483],
    },
  },
  {
    mta: 'exim',
    lines: 5686,
    recipients: 1066,
    refused: refusedByExim,
    sameRecipient: sameRecipientInExim,
    wrongOutcomes: [
      // a command with an address that cannot be read is refused without a line, unless `smtp_syntax_error` is selected
      '411 user811@[127.0.2.6]: rejected, nothing',
      '412 user812@[127.0.2.6]: rejected, nothing',
      '557 alice@lab.test: rejected, nothing',
      // logged as foo=bar@lab.test
      '558 foo bar@lab.test: rejected, nothing',
      '559 alice@lab.test: rejected, nothing',
      '560 alice@: rejected, nothing',
      '561 @lab.test: rejected, nothing',
      '562 alice@lab..test: rejected, nothing',
      '563 a@b@lab.test: rejected, nothing',
      '564 alice@[999.1.1.1]: rejected, nothing',
      '579 nosuch4@lab.test: rejected, nothing',
      '580 nosuch4@lab.test: rejected, nothing',
      '581 nosuch4@lab.test: rejected, nothing',
      '582 nosuch4@lab.test: rejected, nothing',
    ],
    wrongCauses: {
      // refused for a HELO that was not given or not accepted, before anyone has asked who the user is
      'user-unknown, read as host_identity': [565, 566, 567, 568, 569, 570, 572, 573, 574, 575, 576],
      // an alias that points to itself ends as "Unknown user"
      'loop, read as user_unknown': [460],
      // refused without a reason: "Administrative prohibition" is all that the client hears, too
      'relay-denied, read as policy_other': [522, 523],
      // "999 what is this" is no reply of SMTP's
      'protocol-error, read as unclassified': [165, 205, 220],
      // "Message size exceeds fixed limit"
      'server-temp-error, read as message_too_large': [367],
      // of two servers one refuses the connection; the other, which the log names, greets with "too many connections"
      'connection-refused, read as rate_limited': [315],
      // never tried itself: all that is told of it is that its host has been failing for other messages
      'rate-limited, read as expired': [240],
      'tls-failure, read as expired': [271],
      // "blocked using zen.spamhaus.org; Error: open resolver": the list refused the query, the sender is not on it
      'ip-blocklisted, read as remote_problem': [47],
      // the label means SPF and DKIM, not a login: Gmail's 5.7.26, Outlook's 5.7.515
      'auth-fail, read as unauthenticated': [2, 218],
      'auth-fail, read as dmarc_fail': [21, 183, 183, 215, 226],
      // "no valid recipients" in answer to DATA follows the refusal of all recipients, whatever that was for
      'protocol-error, read as user_unknown': [70, 218],
      // Yahoo's 5.7.9 "not accepted for policy reasons" does not say which policy
      'dmarc-fail, read as policy_other': [33, 481],
    },
  },
  {
    mta: 'sendmail',
    lines: 4507,
    // smrsh, which runs the programs of aliases
    foreign: 1,
    recipients: 1030,
    refused: refusedBySendmail,
    sameRecipient: sameRecipientInSendmail,
    wrongOutcomes: [
      // only planned: sendmail took these, and delivered them
      '527 alice@lab.test: rejected, delivered',
      '528 alice@lab.test: rejected, delivered',
      '529 alice@lab.test: rejected, delivered',
      '530 alice@lab.test: rejected, delivered',
      // what is refused at MAIL for its size or its syntax leaves no line but a `from=` with nrcpts=0
      '536 alice@lab.test: rejected, nothing',
      '546 alice@lab.test: rejected, delivered',
      '555 alice@lab.test: rejected, delivered',
      '557 alice@lab.test: rejected, nothing',
      '578 nosuch4@lab.test: rejected, nothing',
      '579 nosuch4@lab.test: rejected, nothing',
      '580 nosuch4@lab.test: rejected, nothing',
    ],
    wrongAttempts: [
      // the server twice put off the sender, and was given the recipient only then
      '260 anna620@mailfrom-temp.test: 1, 3',
      '261 asilva621@mailfrom-temp.test: 1, 3',
    ],
    wrongCauses: {
      // taken and delivered: no failure
      'sender-domain-unknown, read as undefined': [527],
      'helo-reject, read as undefined': [528, 529, 530],
      'virus-or-attachment, read as undefined': [546],
      'address-syntax, read as undefined': [555],
      // of a reply only the first line is logged, and that does not tell, or tells something else
      'policy, read as unclassified': [45],
      'ip-blocklisted, read as unclassified': [236, 237],
      // "mailbox unavailable", "ESMTP Service not available", and from Spamhaus the answer that a list refused the query
      'rate-limited, read as remote_problem': [43, 179, 641],
      'ip-blocklisted, read as remote_problem': [47, 176],
      // cut in its middle, where "part of their network is on our block list" stood
      'ip-blocklisted, read as policy_other': [15],
      // "exited with EX_TEMPFAIL": what a program says is not logged, nor its exit code
      'mailbox-full, read as local_error': [461, 462, 463],
      // "Host unknown": sendmail asks for the domain as it was written
      'protocol-error, read as domain_not_found': [431],
      // "Mailbox disabled for this recipient" is what the access map says
      'policy, read as mailbox_disabled': [540],
      // a sender that is refused itself, before anyone has asked who the user is
      'user-unknown, read as sender_rejected': [577],
      // a local part that routes elsewhere (`nosuch%gmail.test@lab.test`) is refused as a relay
      'user-unknown, read as relay_denied': [588, 589, 590],
      'address-syntax, read as relay_denied': [562],
      // "Message size exceeds fixed limit"
      'server-temp-error, read as message_too_large': [365],
      // of two servers one refuses the connection; the other, which the log names, greets with "too many connections"
      'connection-refused, read as rate_limited': [314, 315],
      // the label means SPF and DKIM, not a login: Gmail's 5.7.26, Outlook's 5.7.515
      'auth-fail, read as unauthenticated': [2, 182, 219],
      'auth-fail, read as dmarc_fail': [21],
      // "no valid recipients" in answer to DATA follows the refusal of all recipients, whatever that was for
      'protocol-error, read as user_unknown': [70, 166, 196, 226, 226, 226, 226],
      // Yahoo's 5.7.9 "not accepted for policy reasons" does not say which policy
      'dmarc-fail, read as policy_other': [33, 193, 193, 206, 479],
    },
  },
];

describe.each(LABS)(
  '$mta',
  ({ mta, lines: count, foreign = 0, recipients, refused, sameRecipient, ...wrong }) => {
    const day = `fixtures/${mta}/2026-11-23`;
    const { entries } = JSON.parse(readFileSync(`${day}.truth.json`, 'utf8')) as {
      readonly entries: readonly Entry[];
    };
    const { events, lines } = read(readFileSync(`${day}.log`));
    const byMessageId = grouped(events, (event) => event.message_id);
    const byQueueId = grouped(events, (event) => event.queue_id);
    const refusals = events.filter((event) => event.type === 'rejected');

    /** All that the log says of a message: by its message-id it is followed over forwards and through the content filter. */
    function eventsOf(entry: Entry): DeliveryEvent[] {
      return [
        ...(byQueueId.get(entry.queue_id ?? '') ?? []),
        ...(byMessageId.get(entry.message_id?.slice(1, -1)) ?? []),
      ];
    }

    /** The last thing that the log says of a message and a recipient. */
    function lastEvent(entry: Entry): DeliveryEvent | undefined {
      const own = eventsOf(entry);
      const outcomes = own.filter(isOutcome);
      return (
        outcomes.findLast((event) => sameRecipient(event.to, entry)) ??
        // local(8) names the last alias of a loop, and the first one beside it
        outcomes.findLast((event) => sameRecipient(event.orig_to, entry)) ??
        outcomes.findLast((event) => event.to === undefined) ??
        refusals.find(
          (event) => refused(event, entry) && entry.final_reply?.text.endsWith(event.diagnostic ?? ''),
        ) ??
        refusals.find((event) => refused(event, entry)) ??
        own.findLast((event) => event.type === 'rejected' && event.to === undefined)
      );
    }

    test('every line is understood', () => {
      expect(lines).toEqual({ read: count, used: count - foreign, ignored: foreign, unparsed: 0 });
      expect(entries).toHaveLength(recipients);
    });

    test('every outcome is true but for those that the log cannot tell', () => {
      const found = entries
        .map((entry) => ({ entry, outcome: outcomeOf(lastEvent(entry)) }))
        .filter(({ entry, outcome }) => outcome !== entry.outcome)
        .map(
          ({ entry: { n, recipient, outcome }, outcome: read }) => `${n} ${recipient}: ${outcome}, ${read}`,
        );
      expect(found.sort()).toEqual(wrong.wrongOutcomes);
    });

    // Of the other days it was not noted how often each recipient was tried.
    if (wrong.wrongAttempts !== undefined)
      test('every attempt is counted, and no copy of another failure', () => {
        const found = entries
          .filter(({ attempts, outcome }) => attempts !== null && attempts > 0 && outcome !== 'rejected')
          .map(
            (entry) =>
              [
                entry,
                [...new Set(eventsOf(entry))].filter(
                  (event) =>
                    isOutcome(event) && sameRecipient(event.to, entry) && event.attempt !== undefined,
                ).length,
              ] as const,
          )
          .filter(([entry, attempts]) => attempts !== entry.attempts)
          .map(([{ n, recipient, attempts }, read]) => `${n} ${recipient}: ${attempts}, ${read}`);
        expect(found.sort()).toEqual(wrong.wrongAttempts);
      });

    test('every cause is true but for those where the reply says something else than was arranged', () => {
      const found = new Map<string, number[]>();
      for (const entry of entries) {
        const event = lastEvent(entry);
        if (entry.cause === null || event === undefined) continue;
        const accepted = CAUSES[entry.cause]!;
        if (accepted.length > 0 ? accepted.includes(event.cause ?? '') : (event.confidence ?? 0) < 0.9)
          continue;
        const mistake = `${entry.cause}, read as ${event.cause}`;
        found.set(
          mistake,
          [...(found.get(mistake) ?? []), entry.n].sort((a, b) => a - b),
        );
      }
      expect(Object.fromEntries(found)).toEqual(wrong.wrongCauses);
    });
  },
);

function outcomeOf(event: DeliveryEvent | undefined): string {
  return event?.type === 'rejected' ? 'rejected' : (event?.status ?? 'nothing');
}
