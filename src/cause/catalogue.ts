/**
 * The catalogue of causes: what each means, whether a retry can help, who must act and what to do next.
 * Ids and details are public API: add freely, rename never.
 */
import type { DeliveryStatus, Kind, Mta } from '../event/event.ts';
import type { Direction } from './contract.ts';
import { remedyFor } from './places.ts';
import { LOCAL } from './providers.ts';

/** Who must act. A closed set, so that reports can be grouped by it. */
export const ACTORS = [
  'nobody',
  "sender's address list",
  "sender's authentication",
  "sender's configuration",
  "sender's content",
  "sender's reputation",
  "recipient's side",
  'this server',
  'network',
  'forwarder',
] as const;

/** One of `ACTORS`. */
export type Actor = (typeof ACTORS)[number];

/** Who must act, and what to do next in plain words. */
export interface Advice {
  readonly who_acts: Actor;
  readonly remedy: string;
}

/** Advice with what becomes of the mail itself: said only where mail stands so. */
export interface StandingAdvice extends Advice {
  /** While it is in the queue. */
  readonly waiting?: string;
  /** Once it came back to its sender: it bounced or expired. */
  readonly returned?: string;
}

/** A finer split of a cause; what is absent is taken from the cause. */
export interface Detail {
  readonly meaning: string;
  readonly who_acts?: Actor;
  readonly remedy?: string;
  readonly waiting?: string;
  /** Where this server refused somebody else's mail and the advice differs from that of the cause. */
  readonly inbound?: Advice;
}

/** One cause. */
export interface Cause extends StandingAdvice {
  readonly id: CauseId;
  readonly title: string;
  readonly meaning: string;
  /** Used where neither the rule nor a code tells. */
  readonly kind: Kind;
  /** True where `kind` holds even against the class of the codes. */
  readonly kindWins: boolean;
  /** With places in braces, as all texts of advice here: see `places.ts`. */
  readonly remedy: string;
  /** In place of the remedy where the reply was final; what is absent holds for both. */
  readonly whenHard?: string;
  readonly details: Readonly<Record<string, Detail>>;
  /** Where this server refused somebody else's mail and the advice differs. */
  readonly inbound?: Advice;
  /** Where this host itself failed to deliver the mail and the advice differs. */
  readonly local?: StandingAdvice;
}

interface Entry {
  title: string;
  meaning: string;
  kind: Kind;
  kindWins?: true;
  who_acts: Actor;
  remedy: string;
  waiting?: string;
  returned?: string;
  whenHard?: string;
  details?: Record<string, Detail>;
  inbound?: Advice;
  local?: StandingAdvice;
}

/** What becomes of mail that only failed for the time being. */
const TRIED_AGAIN = 'What is still in the queue is tried again by itself.';
const SEND_AGAIN = 'What came back to its sender must be sent again.';
const ROOM_AGAIN = 'What came back to its sender can be sent again once there is room.';
const QUEUE_RUN = 'When it is mended, send what waits: {queue run}.';

/** Of what failed on this host in words that do not tell why. */
const OWN_TROUBLE: StandingAdvice = {
  who_acts: 'this server',
  remedy:
    'This host itself did not deliver it: read what the text says, then the log around that time, and look at disk space and permissions. Check: {own checks}.',
  waiting: QUEUE_RUN,
  returned: SEND_AGAIN,
};

/** The detail of what was put off without an attempt. */
export const NOT_TRIED = 'not_tried';

const ENTRIES = {
  user_unknown: {
    title: 'Address does not exist',
    meaning: 'The receiving server knows no such mailbox.',
    kind: 'hard',
    who_acts: "sender's address list",
    remedy:
      'Check the spelling of the address and take it off the list. If many addresses of one domain fail at once, check where its mail goes: `dig MX example.org`.',
    details: {
      no_such_user: { meaning: 'No mailbox of that name.' },
      bad_address: {
        meaning: 'The address is not well formed.',
        remedy: 'Correct the address: look for blanks, missing parts, stray dots and a wrong domain.',
        inbound: {
          who_acts: "sender's address list",
          remedy:
            'Somebody wrote to an address that is not well formed: usually a slip or spam. Nothing is to be done here.',
        },
      },
      moved: {
        meaning: 'The owner has moved to another address.',
        remedy: 'Ask the owner for the new address (the reply often names it) and replace the old one.',
      },
    },
    local: {
      who_acts: 'this server',
      remedy:
        'This server took mail for an address that it does not have: add it, mend the alias or forward that leads to it, or refuse such mail at the door. Test it: {address test}.',
    },
    inbound: {
      who_acts: "sender's address list",
      remedy:
        'Somebody wrote to an address that does not exist here. If it should exist, add it and test it: {address test}. Else nothing is to be done.',
    },
  },
  mailbox_full: {
    title: 'Mailbox full',
    meaning: "The recipient's mailbox is over its quota.",
    kind: 'soft',
    kindWins: true,
    who_acts: "recipient's side",
    remedy: 'Tell the recipient by other means. Take the address off the list if it stays full for weeks.',
    waiting: TRIED_AGAIN,
    returned: ROOM_AGAIN,
    local: {
      who_acts: 'this server',
      remedy:
        'Raise the quota or let the user clean up: `doveadm quota get -u USER` where Dovecot keeps it; else {mailbox limit}.',
      waiting: TRIED_AGAIN,
      returned: ROOM_AGAIN,
    },
    inbound: {
      who_acts: 'this server',
      remedy:
        'Raise the quota or let the user clean up: `doveadm quota get -u USER` where Dovecot keeps it; else {mailbox limit}.',
    },
  },
  mailbox_disabled: {
    title: 'Mailbox disabled',
    meaning: 'The account exists but is closed, suspended or long unused.',
    kind: 'hard',
    who_acts: "sender's address list",
    remedy: 'Take the address off the list; reach the person by other means.',
    local: {
      who_acts: 'this server',
      remedy: 'Enable the account again if it should take mail; else refuse its mail at the door.',
    },
    inbound: {
      who_acts: 'this server',
      remedy: 'Enable the account again if it should take mail; else nothing is to be done.',
    },
  },
  recipient_restricted: {
    title: 'Recipient does not accept this sender',
    meaning: 'The address exists but takes mail from certain senders only, or has blocked this one.',
    kind: 'hard',
    who_acts: "recipient's side",
    remedy:
      'Ask the recipient or the owner of the group to allow the sender. If both belong to one organisation, send authenticated.',
    inbound: {
      who_acts: 'this server',
      remedy: 'Check the restriction on that recipient: {own rules}.',
    },
  },
  domain_not_found: {
    title: 'Domain does not exist',
    meaning: "DNS has no entry for the recipient's domain.",
    kind: 'hard',
    who_acts: "sender's address list",
    remedy:
      'Look for a typing mistake in the domain and check it: `dig MX example.org`. Take dead domains off the list.',
    inbound: {
      who_acts: 'nobody',
      remedy:
        'The client named a domain that does not exist: `dig MX example.org`. Usually a typing mistake or spam.',
    },
  },
  null_mx: {
    title: 'Domain takes no mail',
    meaning: 'The domain says in DNS that it accepts no mail at all (null MX, RFC 7505).',
    kind: 'hard',
    who_acts: "sender's address list",
    remedy: 'Take the address off the list. `dig MX example.org` shows `0 .`.',
    inbound: {
      who_acts: "sender's configuration",
      remedy:
        'The client named a domain that takes no mail: `dig MX example.org` shows `0 .`. Nothing is to be done here.',
    },
  },
  no_mail_route: {
    title: 'No mail server for the domain',
    meaning: 'The domain exists, but has no usable mail server.',
    kind: 'hard',
    who_acts: "recipient's side",
    remedy:
      "Check `dig MX example.org` and the addresses behind it. If they look wrong, tell the domain's owner; else check this server's own routing: {routing}.",
  },
  dns_failure: {
    title: 'DNS lookup failed',
    meaning: 'The name could not be looked up now; whether it exists is not known.',
    kind: 'soft',
    who_acts: 'network',
    remedy:
      "Check this server's resolver first (`cat /etc/resolv.conf`, `dig MX gmail.com`), then the domain's name servers (`dig +trace MX example.org`).",
    waiting: TRIED_AGAIN,
    returned: SEND_AGAIN,
    inbound: {
      who_acts: 'network',
      remedy:
        'This server could not look up a name that the client used: `dig MX example.org`. If many look-ups fail, mend the resolver of this host (`/etc/resolv.conf`).',
    },
  },
  relay_denied: {
    title: 'Server is not responsible for the address',
    meaning: 'The server that was asked neither hosts the domain nor lets this client send through it.',
    kind: 'hard',
    who_acts: "sender's configuration",
    remedy:
      "If this server sends through a relay, check its name and login: {relay}. Else the recipient domain's MX points to a server that does not know it: `dig MX example.org`, and tell its owner.",
    inbound: {
      who_acts: 'nobody',
      remedy:
        'A client tried to send through this server without the right to. If it is one of yours, it must log in (port 587) or be allowed to relay: {client permission}. If the domain should be hosted here, add it: {own domains}.',
    },
  },
  spf_fail: {
    title: 'SPF check failed',
    meaning:
      "The sending server's IP is not in the SPF record of the sender's domain, or the record is broken.",
    kind: 'hard',
    who_acts: "sender's authentication",
    remedy:
      'Compare the sending IP with the record: `dig TXT example.org | grep spf1`. For forwarded mail rewrite the sender (SRS): {sender rewriting}.',
    inbound: {
      who_acts: "sender's authentication",
      remedy:
        "The client's IP is not allowed by the SPF record of the domain it used: `dig TXT example.org`.",
    },
  },
  dkim_fail: {
    title: 'DKIM check failed',
    meaning: 'The DKIM signature is missing or wrong.',
    kind: 'hard',
    who_acts: "sender's authentication",
    remedy:
      'Check that the key is published, `dig TXT SELECTOR._domainkey.example.org`, and that mail is signed: {signing}. Nothing may change the message after signing.',
    inbound: {
      who_acts: "sender's authentication",
      remedy:
        'The DKIM signature of the message is missing or wrong: `dig TXT SELECTOR._domainkey.example.org` shows the key. Its sender must mend it.',
    },
  },
  dmarc_fail: {
    title: 'DMARC policy',
    meaning: "Neither SPF nor DKIM passed for the domain in From:, and that domain's policy is to refuse.",
    kind: 'hard',
    who_acts: "sender's authentication",
    remedy:
      'Send From: a domain for which SPF or DKIM passes and aligns: `dig TXT _dmarc.example.org`. Mailing lists and forwarders must rewrite From:.',
    inbound: {
      who_acts: "sender's authentication",
      remedy: 'The message failed the DMARC policy of its From: domain: `dig TXT _dmarc.example.org`.',
    },
  },
  arc_fail: {
    title: 'ARC check failed',
    meaning: 'The chain of ARC seals that forwarders add is broken.',
    kind: 'hard',
    who_acts: 'forwarder',
    remedy:
      'Check the ARC sealing of the last forwarder or mailing list, and that nothing changes mail after it.',
    inbound: {
      who_acts: 'forwarder',
      remedy: 'The ARC seal of the last forwarder or mailing list is broken: whoever runs it must mend it.',
    },
  },
  unauthenticated: {
    title: 'Sender is not authenticated',
    meaning: 'Neither SPF nor DKIM passed, or the reply does not say which check failed.',
    kind: 'hard',
    who_acts: "sender's authentication",
    remedy:
      'Set up SPF, DKIM and DMARC for the sending domain: `dig TXT example.org`, `dig TXT SELECTOR._domainkey.example.org`, `dig TXT _dmarc.example.org`.',
    inbound: {
      who_acts: "sender's authentication",
      remedy:
        'Neither SPF nor DKIM of the message passed: `dig TXT example.org`. Its sender must mend it. If you need its mail, exempt the client: {client exemption}.',
    },
  },
  host_identity: {
    title: 'Sending host has no proper name',
    meaning: 'The reverse DNS or the HELO name of the sending server is missing or does not fit.',
    kind: 'hard',
    who_acts: "sender's configuration",
    remedy:
      'Give the sending IP a name that leads back to it: `dig -x IP`, then `dig A NAME`; use the same name in HELO: {helo name}.',
    details: {
      ptr: {
        meaning: 'The IP has no reverse DNS entry (PTR).',
        remedy: 'Have the owner of the IP (your hoster) set a PTR record: `dig -x IP` must give a name.',
      },
      fcrdns: {
        meaning: 'The reverse name does not lead back to the IP.',
        remedy: 'Make both directions agree: `dig -x IP` gives a name, `dig A NAME` must give the same IP.',
      },
      helo: {
        meaning: 'The HELO name is not acceptable.',
        remedy: 'Set a full name that resolves (`dig A NAME`): {helo name}.',
      },
    },
    inbound: {
      who_acts: "sender's configuration",
      remedy:
        'The client has no proper reverse DNS or HELO name (`dig -x IP`). If it is a server you need mail from, exempt it: {client exemption}.',
    },
  },
  sender_rejected: {
    title: 'Sender address refused',
    meaning: 'The envelope sender or its domain was refused: it cannot be verified, or it is blocked.',
    kind: 'hard',
    who_acts: "sender's configuration",
    remedy: 'Check that the sender domain exists and takes mail: `dig MX example.org`, `dig A example.org`.',
    details: {
      domain_invalid: {
        meaning: "The sender's domain has no DNS entry or cannot take replies.",
        remedy:
          'Give the sender domain an MX or A record (`dig MX example.org`), or send from one that has: {sender domain}.',
      },
      unverified: {
        meaning:
          "The recipient's server could not verify the sender: the sender's own server does not know the address, takes no bounces, or did not answer.",
        remedy:
          'See that the sender address exists and takes mail from `<>`, as bounces come: `dig MX example.org` names the server that is asked. Else send from an address that does: {sender domain}.',
      },
      address_blocked: {
        meaning: 'This sender or its domain is blocked or not allowed there.',
        remedy:
          'Ask the recipient or its postmaster to allow the sender; check that this login may use the address.',
      },
    },
    inbound: {
      who_acts: "sender's configuration",
      remedy:
        "The client's sender address cannot be verified or is blocked here. Check the domain (`dig MX example.org`) and the rules here: {sender rules}.",
    },
  },
  ip_blocklisted: {
    title: 'Sending IP is on a blocklist',
    meaning: "The sending server's IP is on a public or private blocklist.",
    kind: 'hard',
    who_acts: "sender's reputation",
    remedy:
      'Look the IP up at the list that the reply names, find what was sent from it by web forms or stolen logins ({logins}), stop that, then ask the list for removal. What else is on its way: {queue}.',
    inbound: {
      who_acts: "sender's reputation",
      remedy:
        'The client is on a blocklist that this server asks: {ip lists}. If you need its mail, exempt it: {client exemption}.',
    },
  },
  domain_blocklisted: {
    title: 'Domain or link is on a blocklist',
    meaning: "The sender's domain, its HELO name or a link in the message is on a blocklist.",
    kind: 'hard',
    who_acts: "sender's reputation",
    remedy:
      'Look up the domain and every link at the list that the reply names, clean up, then ask for removal.',
    inbound: {
      who_acts: "sender's reputation",
      remedy: 'The domain that the client used is on a list that this server asks: {domain lists}.',
    },
  },
  poor_reputation: {
    title: 'Poor reputation of the sender',
    meaning: 'The IP or domain is distrusted because of complaints, bad addresses or low scores.',
    kind: 'hard',
    who_acts: "sender's reputation",
    remedy:
      'Send less and only to people who want it, and clean the list; retrying harder makes it worse. What providers think of you: https://postmaster.google.com, https://sendersupport.olc.protection.outlook.com/snds/, https://senders.yahooinc.com.',
    inbound: {
      who_acts: "sender's reputation",
      remedy:
        'A reputation service that this server asks distrusts the client. If you need its mail, exempt it: {client exemption}.',
    },
  },
  rate_limited: {
    title: 'Too much, too fast',
    meaning: 'A limit on messages, connections or recipients was reached.',
    kind: 'soft',
    kindWins: true,
    who_acts: "sender's configuration",
    remedy: 'Slow down for this destination: {connection limit}.',
    waiting: TRIED_AGAIN,
    returned: 'What came back to its sender must be sent again, more slowly.',
    details: {
      messages: {
        meaning: 'Too many messages in a time.',
        remedy: 'Send slower to this destination: {message rate}.',
      },
      connections: {
        meaning: 'Too many connections at once or in a time.',
        remedy: 'Open fewer connections to this destination: {connection limit}.',
      },
      recipients: {
        meaning: 'Too many recipients in one message or session.',
        remedy: 'Send to fewer recipients at once: {recipient limit}.',
      },
    },
    inbound: {
      who_acts: "sender's configuration",
      remedy: 'A client reached a limit of this server. Raise it if the client is yours: {own limits}.',
    },
  },
  greylisted: {
    title: 'Greylisted',
    meaning: 'The server puts off unknown senders once, on purpose, and takes the mail at a later try.',
    kind: 'soft',
    kindWins: true,
    who_acts: 'nobody',
    remedy: 'If no later try passes, check that retries come from the same IP.',
    waiting: 'Else nothing is to be done: what is still in the queue passes with a later try.',
    returned: SEND_AGAIN,
    whenHard:
      "Ask the domain's postmaster to exempt this server: greylisting that refuses for good is set up wrongly.",
    inbound: {
      who_acts: 'nobody',
      remedy:
        'Nothing is to be done: a server that is one comes again and gets in. If you need the mail of one that does not, exempt it: {client exemption}.',
    },
  },
  spam_content: {
    title: 'Message was judged spam',
    meaning: "The receiving server's filter took the message for spam.",
    kind: 'hard',
    who_acts: "sender's content",
    remedy:
      'Let a filter of your own score the message (`rspamc FILE`, `spamassassin -t < FILE`); check its links and authentication; ask the recipient to allow the sender.',
    inbound: {
      who_acts: "sender's content",
      remedy: "This server's filter took the message for spam: look up the message in the filter's own log.",
    },
  },
  virus: {
    title: 'Malware found',
    meaning: "The receiving server's scanner found malware in the message.",
    kind: 'hard',
    who_acts: "sender's content",
    remedy: 'Do not send it again. Scan the attachment and the machine that it came from.',
    inbound: {
      who_acts: 'nobody',
      remedy: 'Malware was kept out. If it came from inside, scan that machine.',
    },
  },
  content_rejected: {
    title: 'Content not allowed',
    meaning: 'An attachment type, a header or a word in the message is not allowed there.',
    kind: 'hard',
    who_acts: "sender's content",
    remedy: 'Take out what the reply names; send a link in place of the attachment.',
    details: {
      attachment: {
        meaning: 'An attachment of this type is not allowed.',
        remedy: 'Send a link in place of the attachment.',
      },
    },
    inbound: {
      who_acts: "sender's content",
      remedy: 'A content rule of this server matched: {content rules}.',
    },
  },
  malformed_message: {
    title: 'Message is not well formed',
    meaning:
      'The message breaks the mail standard (RFC 5322): headers missing, doubled or broken, bare line feeds.',
    kind: 'hard',
    who_acts: "sender's content",
    remedy:
      'Correct the program that wrote the message: one From:, Date: and Message-ID:, lines below 1000 characters.',
    inbound: {
      who_acts: "sender's content",
      remedy:
        'The message breaks the mail standard. If the program that wrote it is yours, correct it; else nothing is to be done here.',
    },
  },
  message_too_large: {
    title: 'Message too large',
    meaning: 'The message is larger than the receiving server takes.',
    kind: 'hard',
    who_acts: "sender's content",
    remedy: 'Make it smaller or send a link. The limit is in the reply to EHLO (`SIZE`).',
    inbound: {
      who_acts: "sender's content",
      remedy: 'If such mail should come in, raise the limit: {size limit}.',
    },
  },
  policy_other: {
    title: 'Refused by policy',
    meaning: 'The server refuses by a policy that it does not explain.',
    kind: 'hard',
    who_acts: "recipient's side",
    remedy: "Open the URL in the reply if there is one; else ask the domain's postmaster, quoting the reply.",
    local: OWN_TROUBLE,
    inbound: {
      who_acts: 'this server',
      remedy: 'A rule of this server refused it: {own rules}.',
    },
  },
  protocol_error: {
    title: 'SMTP protocol error',
    meaning: 'A command was not understood, came out of order, or an address was not well formed.',
    kind: 'hard',
    who_acts: "sender's configuration",
    remedy:
      'Look for a firewall or proxy that changes SMTP in between; see the conversation: {conversation}.',
    inbound: {
      who_acts: "sender's configuration",
      remedy:
        'The client did not keep to SMTP, as programs for spam and attacks do not. If it is yours, correct it; else nothing is to be done.',
    },
  },
  smtputf8_unsupported: {
    title: 'Server does not support international addresses',
    meaning: 'The address or headers need SMTPUTF8, which the receiving server does not offer.',
    kind: 'hard',
    who_acts: "recipient's side",
    remedy: 'Use an address in plain ASCII letters for this recipient.',
    inbound: {
      who_acts: "sender's address list",
      remedy:
        'The client named an address with letters beyond ASCII, which this server does not take. Nothing is to be done, unless such addresses exist here.',
    },
  },
  tls_failure: {
    title: 'Encryption failed',
    meaning: 'A required TLS connection could not be made or trusted.',
    kind: 'soft',
    who_acts: 'network',
    remedy:
      'Try it: `openssl s_client -starttls smtp -connect HOST:25`; check versions, certificate and policy.',
    waiting: TRIED_AGAIN,
    returned: SEND_AGAIN,
    details: {
      required: {
        meaning: 'TLS is required but was not used or not offered.',
        who_acts: "sender's configuration",
        remedy:
          'If they require it, see that it is on: {tls level}. If this server requires it, check its policy: {tls policy}.',
      },
      handshake: {
        meaning: 'The two sides found no common way to encrypt.',
        remedy:
          'Try `openssl s_client -starttls smtp -connect HOST:25`; compare what this server may use: {tls ciphers}.',
      },
      certificate: {
        meaning: "The server's certificate is not trusted, has expired or does not fit its name.",
        who_acts: "recipient's side",
        remedy:
          'See the certificate: `openssl s_client -starttls smtp -connect HOST:25`; tell its postmaster, or relax the policy for it: {tls policy}.',
      },
      dane: {
        meaning: 'The certificate does not fit the TLSA record of the server, or the record cannot be had.',
        who_acts: "recipient's side",
        remedy: 'Compare `dig TLSA _25._tcp.HOST` with its certificate: {tls test}. Tell its postmaster.',
      },
      mta_sts: {
        meaning: "The connection does not fit the domain's MTA-STS policy.",
        who_acts: "recipient's side",
        remedy:
          'See the policy: `curl https://mta-sts.DOMAIN/.well-known/mta-sts.txt`; MX names and certificate must fit it.',
      },
    },
    inbound: {
      who_acts: "sender's configuration",
      remedy:
        'The client must use TLS here, or its TLS does not fit this server. See what is asked for: {server tls}.',
    },
  },
  smtp_auth: {
    title: 'Login required or refused',
    meaning: 'The server wants a login, or did not accept the one given.',
    kind: 'hard',
    who_acts: "sender's configuration",
    remedy: 'Check name and password of the relay login, and use port 587: {client login}.',
    details: {
      required: {
        meaning: 'No login was given where one is needed.',
        remedy: 'Switch on the login for this relay: {client login}.',
      },
      failed: {
        meaning: 'The login was refused.',
        remedy:
          'Check name and password (some providers want an application password): {client login}. After a change: {password change}.',
      },
    },
    inbound: {
      who_acts: "sender's configuration",
      remedy:
        'A client did not log in or used a wrong password. Many of these from one address is somebody guessing: block it, {client ban}.',
    },
  },
  connection_failed: {
    title: 'No connection to the server',
    meaning: 'No SMTP conversation came about, or it broke off.',
    kind: 'soft',
    who_acts: 'network',
    remedy:
      'Try it: `nc -vz HOST 25`. If many destinations fail at once the fault is here (firewall, port 25 closed by the hoster, IPv6 without a route).',
    waiting: TRIED_AGAIN,
    returned: SEND_AGAIN,
    local: {
      who_acts: 'this server',
      remedy:
        'A service of this server does not answer: start it, look into its own log, and check the socket or port that mail is given to (`ss -ltnx`).',
      waiting: QUEUE_RUN,
    },
    details: {
      timeout: {
        meaning: 'The server did not answer in time.',
        remedy:
          'Try `nc -vz HOST 25`. If all destinations time out, port 25 is closed on your side (firewall, hoster).',
      },
      refused: {
        meaning: 'Nothing takes connections there.',
        remedy:
          'Try `nc -vz HOST 25`; their mail server is down or the MX points to the wrong host: `dig MX example.org`. If HOST is 127.0.0.1 or localhost, your own filter or mailbox server does not run: `ss -ltnp`.',
      },
      lost: {
        meaning: 'The connection broke off in the middle.',
        remedy:
          'Often a filter that hangs up, or a network that loses large packets (MTU). Look at what the session did last. If HOST is 127.0.0.1 or localhost, look at the log of your own filter or mailbox server.',
      },
      unreachable: {
        meaning: 'There is no route to the server.',
        remedy: 'Check `ip route get IP`. For IPv6 addresses without IPv6 here: {ipv4 alone}.',
      },
    },
  },
  remote_problem: {
    title: "Recipient's server has trouble",
    meaning: 'The receiving server says that something is wrong or busy on its side.',
    kind: 'soft',
    who_acts: "recipient's side",
    remedy: 'Their side must mend it; tell their postmaster if it lasts longer than a day.',
    waiting: TRIED_AGAIN,
    returned: SEND_AGAIN,
    whenHard: 'Their side must mend it: tell their postmaster, quoting the reply.',
    local: {
      who_acts: 'this server',
      remedy:
        'The service of this server that takes the mail (LMTP server, delivery program, filter) has trouble: look into its own log, and at `df`.',
      waiting: QUEUE_RUN,
    },
    details: {
      busy: { meaning: 'It is overloaded for the moment.' },
      not_accepting: { meaning: 'It takes no mail now.' },
      storage_full: { meaning: 'Its disk is full.' },
      internal_error: { meaning: 'It has an internal error or a wrong setting.' },
    },
    inbound: {
      who_acts: 'this server',
      remedy:
        "This server could not take the mail: look for warnings and fatal errors in its own log (`grep -E 'fatal|error|warning'`), and at `df`.",
    },
  },
  mail_loop: {
    title: 'Mail goes in circles',
    meaning: 'The message came back to a server that had it before, or passed too many.',
    kind: 'hard',
    who_acts: "sender's configuration",
    remedy:
      'Follow the Received: headers. Check forwards on both sides, and that the MX of the domain is not this server unless it is one of its own: {own domains}.',
    inbound: {
      who_acts: "sender's configuration",
      remedy:
        'Follow the Received: headers of the message to where it turns round. If that is here, mend the alias or forward, and see that the MX of the domain is not this server unless it is one of its own: {own domains}.',
    },
  },
  expired: {
    title: 'Gave up after retrying',
    meaning: 'The mail stayed in the queue too long. The real reason is that of the last failed try.',
    kind: 'hard',
    who_acts: "recipient's side",
    remedy: 'See the reason of the last deferral. How long mail is kept: {queue lifetime}.',
  },
  local_error: {
    title: 'Error on this server',
    meaning: "This server's own delivery, filter or configuration failed.",
    kind: 'hard',
    who_acts: 'this server',
    remedy:
      'Look at the log around the failure for warnings (`grep -E "warning|fatal|error|panic"`), then for disk space and permissions. Check: {own checks}.',
    waiting: QUEUE_RUN,
    returned: SEND_AGAIN,
    details: {
      helper: {
        meaning: 'A filter or a mailbox server on this machine failed, or does not run.',
        remedy:
          'Look what listens (`ss -ltnp`) and what failed (`systemctl --failed`): amavis, rspamd, Dovecot; then read its log.',
        waiting: 'When it runs again, send what waits: {queue run}.',
      },
    },
  },
  suppressed: {
    title: 'On a suppression list',
    meaning: 'The sending service does not send to this address any more.',
    kind: 'hard',
    who_acts: "sender's address list",
    remedy:
      "Do not send to it. Take it off the service's suppression list only when the earlier failure is mended.",
    details: {
      list: { meaning: 'An earlier hard bounce put it on the list.' },
      complaint: {
        meaning: 'The recipient complained about mail from this sender.',
        remedy: 'Do not send to it again.',
      },
    },
  },
  unclassified: {
    title: 'Cause not known',
    meaning: 'The reply does not tell the cause, or tells it in words that are not known here.',
    kind: 'hard',
    who_acts: "recipient's side",
    remedy: "Read the reply; ask the domain's postmaster, quoting it.",
    details: {
      [NOT_TRIED]: {
        meaning:
          'No attempt was made: mail to the same server failed before, and the time to try again has not come.',
        who_acts: 'nobody',
        remedy: 'See why earlier mail to that server failed, in this log or an older one.',
        waiting: 'To try now: {retry}.',
      },
    },
    local: OWN_TROUBLE,
    inbound: {
      who_acts: 'this server',
      remedy: 'Read the reply and look for the rule of this server that gave it: {own rules}.',
    },
  },
} as const satisfies Record<string, Entry>;

/** A cause id, or `unclassified`. */
export type CauseId = keyof typeof ENTRIES;

/** All causes, in the order of the catalogue; `unclassified` last. */
export const CATALOGUE: ReadonlyMap<CauseId, Cause> = new Map(
  Object.entries(ENTRIES as Record<CauseId, Entry>).map(([id, entry]) => [
    id as CauseId,
    { ...entry, id: id as CauseId, kindWins: entry.kindWins ?? false, details: entry.details ?? {} },
  ]),
);

/** Where to look an address up and ask for removal, by a label or word of the list's name. */
const DELISTING: readonly (readonly [string, string])[] = [
  ['spamhaus', 'https://check.spamhaus.org/'],
  ['abuseat', 'https://check.spamhaus.org/'],
  ['spamcop', 'https://www.spamcop.net/bl.shtml'],
  ['barracuda', 'https://www.barracudacentral.org/lookups'],
  ['sorbs', 'SORBS was shut down in 2024: the receiver should stop asking it'],
  ['uceprotect', 'https://www.uceprotect.net/en/rblcheck.php'],
  ['mailspike', 'https://mailspike.org/iplookup.html'],
  ['senderscore', 'https://senderscore.org/'],
  ['uribl', 'https://admin.uribl.com/'],
  ['surbl', 'https://surbl.org/surbl-analysis'],
  ['proofpoint', 'https://ipcheck.proofpoint.com/'],
  ['cloudmark', 'https://csi.cloudmark.com/en/reset/'],
  ['cisco', 'https://talosintelligence.com/reputation_center'],
  ['microsoft', 'https://sender.office.com/, for Outlook.com and Hotmail https://olcsupport.office.com/'],
  ['google', 'https://support.google.com/mail/contact/gmail_bulk_sender_escalation'],
  ['yahoo', 'https://senders.yahooinc.com/'],
  ['apple', 'https://support.apple.com/102322'],
  ['tonline', 'mail to tosa@rx.t-online.de'],
  ['gmx', 'https://postmaster.gmx.net/en/contact'],
  ['psbl', 'https://psbl.org/remove'],
  ['backscatterer', 'https://www.backscatterer.org/'],
];

/** Where the list of that name (`zen.spamhaus.org`) is asked for removal, if known. */
export function delisting(list: string): string | undefined {
  return DELISTING.find(([word]) => list.includes(word))?.[1];
}

/** What the advice depends on beside the cause. */
export interface Situation {
  /** For the blocklist causes the list's name. */
  readonly detail?: string | undefined;
  readonly kind?: Kind | undefined;
  readonly direction?: Direction | undefined;
  /** The mail servers that it occurred with; all of them where none is known. */
  readonly mtas?: readonly Mta[] | undefined;
  /** `local` where all of it failed on this host. */
  readonly provider?: string | undefined;
  /** Where the mail stands now; without it what the kind of the failure lets expect. */
  readonly standing?: Standing | undefined;
}

/** Where mail that failed stands: some of it may wait while other has come back. */
export interface Standing {
  /** Some is in the queue. */
  readonly waits: boolean;
  /** Some bounced or expired. */
  readonly returned: boolean;
}

/** Where the mail of one event stands. */
export function standingOf(status: DeliveryStatus | undefined): Standing {
  return { waits: status === 'deferred', returned: status === 'bounced' || status === 'expired' };
}

/** Gives who must act and what to do. An unknown cause gets the advice of `unclassified`. */
export function advice(cause: string, situation: Situation = {}): Advice {
  const { detail, kind, direction, mtas, provider } = situation;
  const entry = CATALOGUE.get(cause as CauseId) ?? CATALOGUE.get('unclassified')!;
  const finer = detail === undefined ? undefined : entry.details[detail];
  const inbound = direction === 'inbound' ? (finer?.inbound ?? entry.inbound) : undefined;
  if (inbound !== undefined) return { ...inbound, remedy: remedyFor(inbound.remedy, mtas) };
  // What was refused here never was in a queue of this server.
  const expected = { waits: direction !== 'inbound' && kind !== 'hard', returned: direction !== 'inbound' };
  const { waits, returned } = situation.standing ?? expected;
  const said = (base: string, from: Pick<StandingAdvice, 'waiting' | 'returned'>): string =>
    remedyFor([base, waits && from.waiting, returned && from.returned].filter(Boolean).join(' '), mtas);
  if (provider === LOCAL && entry.local !== undefined && detail !== NOT_TRIED) {
    return { who_acts: entry.local.who_acts, remedy: said(entry.local.remedy, entry.local) };
  }
  const general = (kind === 'hard' ? entry.whenHard : undefined) ?? entry.remedy;
  const remedy = said(finer?.remedy ?? general, { ...entry, ...finer });
  const portal = detail !== undefined && cause.endsWith('_blocklisted') ? delisting(detail) : undefined;
  return {
    who_acts: finer?.who_acts ?? entry.who_acts,
    remedy: portal === undefined ? remedy : `${remedy} ${detail}: ${portal}`,
  };
}
