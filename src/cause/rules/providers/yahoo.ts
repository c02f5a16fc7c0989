/** Yahoo and AOL: https://senders.yahooinc.com/smtp-error-codes/ */
import type { Rule } from '../rule.ts';

/** Yahoo and AOL: https://senders.yahooinc.com/smtp-error-codes/ */
export const YAHOO_RULES: readonly Rule[] = [
  {
    id: 'yahoo.spamhaus',
    cause: 'ip_blocklisted',
    detail: '$list',
    confidence: 0.97,
    any: ['[bl2*]'],
    examples: ['553 5.7.1 [BL21] Connections from 192.0.2.1 are not taken'],
  },
  {
    id: 'yahoo.greylist',
    cause: 'greylisted',
    confidence: 0.85,
    any: ['[gl0*]'],
    examples: ['421 4.7.0 [GL01] Message from 192.0.2.1 put off'],
  },
  {
    id: 'aol.url',
    cause: 'domain_blocklisted',
    detail: 'yahoo',
    confidence: 0.85,
    any: ['hvu:b*'],
    examples: ['554 5.7.1 : (HVU:B1) https://postmaster.aol.com/error-codes'],
  },
  {
    id: 'aol.reputation',
    cause: 'poor_reputation',
    confidence: 0.85,
    any: ['(rtr|rly|con|dyn|ipt|ips|snd|cnct):(b|c|d|g|s|t|n|1|2|i)*'],
    examples: [
      '421 4.7.1 : (DYN:T1) https://postmaster.aol.com/error-codes',
      '554 (RTR:BB) https://postmaster.aol.com',
    ],
  },
  {
    id: 'aol.ptr',
    cause: 'host_identity',
    detail: 'ptr',
    confidence: 0.88,
    any: ['dns:(b1|b2|nr|1|2)'],
    examples: ['554 (DNS:B1) https://postmaster.aol.com/error-codes'],
  },
  {
    id: 'yahoo.deferred',
    cause: 'poor_reputation',
    confidence: 0.9,
    any: [
      'tss0*',
      'tss1*',
      'ts0*',
      'tss0',
      'due to (unexpected volume or |)user complaints',
      'temporarily deferred due to (unexpected|user)',
      'will be permanently deferred',
    ],
    examples: [
      '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred',
      '553 5.7.2 [TSS09] All messages from 192.0.2.1 will be permanently deferred',
    ],
  },
  {
    id: 'yahoo.no-account',
    cause: 'user_unknown',
    detail: 'no_such_user',
    confidence: 0.98,
    any: ["(user|recipient) doesn't have a ~ account"],
    examples: ["554 delivery error: dd This user doesn't have a yahoo.com account (joe@yahoo.com) [0]"],
  },
  {
    id: 'yahoo.disabled',
    cause: 'mailbox_disabled',
    confidence: 0.97,
    any: ['mailbox is disabled', '554.30'],
    examples: [
      '554 delivery error: dd Sorry, your message cannot be delivered. This mailbox is disabled (554.30).',
    ],
  },
  {
    id: 'yahoo.authentication-policy',
    cause: 'dmarc_fail',
    confidence: 0.75,
    any: ['message not accepted for policy reasons'],
    enhanced: ['7.9'],
    examples: [
      '554 5.7.9 Message not accepted for policy reasons. See https://senders.yahooinc.com/error-codes',
    ],
  },
  {
    id: 'yahoo.suspicious',
    cause: 'spam_content',
    confidence: 0.7,
    any: ['ph01'],
    examples: ['554 Message not allowed - [PH01] refused'],
  },
  {
    id: 'yahoo.policy',
    cause: 'policy_other',
    confidence: 0.8,
    any: ['message not (accepted|allowed) ~ policy reasons', 'not accepted for policy reasons'],
    examples: ['554 Message not accepted for policy reasons.'],
  },
  {
    id: 'yahoo.authentication',
    cause: 'unauthenticated',
    confidence: 0.92,
    any: ['authenticate with either spf or dkim', 'sender is unauthenticated'],
    examples: ['550 5.7.9 This mail has been blocked because the sender is unauthenticated.'],
  },
  {
    id: 'yahoo.message-deferred',
    cause: 'poor_reputation',
    confidence: 0.6,
    any: ['message temporarily deferred'],
    none: ['unresolvable', 'greylist*'],
    examples: ['451 Message temporarily deferred - [160]'],
  },
  {
    id: 'yahoo.unresolvable-from',
    cause: 'sender_rejected',
    detail: 'domain_invalid',
    confidence: 0.93,
    any: ['unresolvable ~ from domain', 'unresolvable from domain'],
    examples: ['451 Message temporarily deferred due to unresolvable RFC.5321 from domain'],
  },
];
