/** GMX, WEB.DE, mail.com, IONOS (https://postmaster.gmx.net/en/error-messages) and T-Online. */
import type { Rule } from '../rule.ts';

/** GMX, WEB.DE, mail.com, IONOS (https://postmaster.gmx.net/en/error-messages) and T-Online. */
export const GERMANY_RULES: readonly Rule[] = [
  {
    id: 'gmx.block-listed',
    cause: 'ip_blocklisted',
    detail: 'gmx',
    confidence: 0.96,
    any: ['error messages?ip=<ip>&c=bl', 'ip address is block listed', 'ip address is black listed'],
    examples: [
      '554-IP address is block listed. For explanation visit https://postmaster.gmx.net/en/error-messages?ip=192.0.2.1&c=bl',
    ],
    nearMisses: [
      '554 Bad DNS PTR resource record. For explanation visit https://postmaster.gmx.net/en/error-messages?ip=192.0.2.1&c=rdns',
    ],
  },
  {
    // Of the sender's domain, which must be able to take answers.
    id: 'gmx.sender-dns',
    cause: 'sender_rejected',
    detail: 'domain_invalid',
    confidence: 0.9,
    any: ['invalid dns mx or a/aaaa resource record'],
    examples: [
      '550 Requested action not taken: mailbox unavailable 550 invalid DNS MX or A/AAAA resource record',
    ],
    nearMisses: ['550 Requested action not taken: mailbox unavailable'],
  },
  {
    id: 'gmx.limit',
    cause: 'rate_limited',
    detail: 'messages',
    confidence: 0.95,
    any: ['mail send limit exceeded', '&c=irl'],
    examples: ['450 Requested mail action not taken: mailbox unavailable 450 Mail send limit exceeded.'],
    nearMisses: ['450 Requested mail action not taken: mailbox unavailable'],
  },
  {
    id: 'gmx.reverse',
    cause: 'host_identity',
    detail: 'ptr',
    confidence: 0.95,
    any: ['&c=rdns', 'dynamic ip range', 'bad dns ptr resource record', 'invalid dns ptr'],
    examples: ['554 Bad DNS PTR resource record. For explanation visit https://postmaster.gmx.net/'],
    nearMisses: [
      '554 IP address is block listed. For explanation visit https://postmaster.gmx.net/en/error-messages?ip=192.0.2.1&c=bl',
    ],
  },
  {
    id: 'gmx.policy',
    cause: 'policy_other',
    confidence: 0.75,
    any: ['reject due to policy restrictions'],
    examples: ['554-Transaction failed 554-Reject due to policy restrictions.'],
  },
  {
    id: 'gmx.dmarc',
    cause: 'dmarc_fail',
    confidence: 0.93,
    any: ['&c=dmarc', '&c=adr'],
    examples: [
      '554 No. For explanation visit https://postmaster.gmx.net/en/error-messages?ip=192.0.2.1&c=dmarc',
    ],
    nearMisses: [
      '554 No. For explanation visit https://postmaster.gmx.net/en/error-messages?ip=192.0.2.1&c=bl',
    ],
  },
  {
    // A greeting of several lines of which the log kept the first. The reasons that follow are all about the IP.
    id: 'gmx.greeting',
    cause: 'ip_blocklisted',
    detail: 'gmx',
    confidence: 0.6,
    any: ['nemesis esmtp service not available'],
    none: ['ptr', 'reputation', 'policy', 'too many', 'limit', 'temporar*'],
    reply: [5],
    examples: ['554-gmx.net (mxgmx117) Nemesis ESMTP Service not available'],
    nearMisses: [
      '421-gmx.net (mxgmx117) Nemesis ESMTP Service not available',
      '554-gmx.net (mxgmx117) Nemesis ESMTP Service not available 554-No SMTP service 554-Bad DNS PTR resource record.',
    ],
  },
  {
    id: 'strato.attachment',
    cause: 'content_rejected',
    detail: 'attachment',
    confidence: 0.89,
    any: ['(b attach)', '(b exe)'],
    examples: ['554 5.7.1 Refused by local policy. (B-ATTACH)'],
  },
  {
    id: 'intrusion-prevention',
    cause: 'ip_blocklisted',
    detail: '$list',
    confidence: 0.8,
    any: ['intrusion (prevention|detection)'],
    examples: ['421 4.7.1 Intrusion prevention active for [192.0.2.1]'],
  },
  {
    id: 'tonline.block-listed',
    cause: 'ip_blocklisted',
    detail: 'tonline',
    confidence: 0.96,
    any: ['a problem occurred. ~ ask your postmaster'],
    examples: [
      '554 IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help or to contact tosa@rx.t-online.de to clarify.) (BL)',
    ],
    nearMisses: ['451 A problem occurred. Try again later'],
  },
];
