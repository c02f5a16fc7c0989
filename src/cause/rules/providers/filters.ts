/** Filtering services: Mimecast (community article on SMTP error codes), Proofpoint, Barracuda, Cisco and others. */
import type { Rule } from '../rule.ts';

/** Filtering services: Mimecast (community article on SMTP error codes), Proofpoint, Barracuda, Cisco and others. */
export const FILTERS_RULES: readonly Rule[] = [
  {
    id: 'proofpoint.block',
    cause: 'ip_blocklisted',
    detail: 'proofpoint',
    confidence: 0.94,
    any: ['proofpoint.com/dnsbl lookup', 'ipcheck.proofpoint.com', 'blocked ~ support.proofpoint.com'],
    examples: ['554 5.7.0 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1'],
  },
  {
    id: 'messagelabs.filtered',
    cause: 'spam_content',
    confidence: 0.85,
    any: ['message filtered. ~ (troubleshooting|messagelabs|symantec|broadcom)'],
    examples: [
      '553-Message filtered. Refer to the troubleshooting page at http://www.symanteccloud.com/troubleshooting',
    ],
  },
  {
    id: 'trendmicro.reputation',
    cause: 'ip_blocklisted',
    detail: 'trendmicro',
    confidence: 0.9,
    any: [
      '(deferred|rejected|blocked) using trend micro',
      'trend micro ~ (reputation|rbl) (database|service)',
      'mail abuse.com',
    ],
    examples: ['450 4.7.1 Mail from 192.0.2.1 deferred using Trend Micro Email Reputation database'],
  },
  {
    id: 'cisco.access',
    cause: 'poor_reputation',
    confidence: 0.75,
    any: ['your access to (submit messages to |)this (e mail|mail) system has been rejected'],
    none: ['listed', 'blacklist*', "sending mta's"],
    examples: ['550 #5.7.1 Your access to submit messages to this e-mail system has been rejected.'],
  },
  {
    id: 'mimecast.greylist',
    cause: 'greylisted',
    confidence: 0.75,
    any: ['internal resources ~ temporarily unavailable'],
    examples: [
      '451 Internal resources are temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451',
    ],
  },
  {
    id: 'mimecast.reputation',
    cause: 'poor_reputation',
    confidence: 0.92,
    any: ['mimecast ~ poor reputation', 'poor reputation sender', 'ct ip reputation'],
    examples: ['550 csi.mimecast.org Poor Reputation Sender.'],
  },
  {
    id: 'mimecast.blocked-sender',
    cause: 'recipient_restricted',
    confidence: 0.75,
    any: ['envelope blocked ~ user', 'manually blocked sender*', 'manual block'],
    examples: ['550 Envelope blocked - User Entry'],
  },
  {
    id: 'mimecast.blocked-policy',
    cause: 'sender_rejected',
    detail: 'address_blocked',
    confidence: 0.88,
    any: ['block policy', 'envelope (blocked|rejected)'],
    none: ['user entry', 'dkim', 'dmarc', 'spf'],
    examples: ['550 Administrative prohibition - envelope blocked'],
  },
  {
    id: 'mimecast.spoofing',
    cause: 'policy_other',
    confidence: 0.85,
    any: ['anti spoofing policy', 'anti spoofing'],
    examples: ['550 Rejected by header-based Anti-Spoofing policy: joe@example.com'],
  },
  {
    id: 'mimecast.security',
    cause: 'spam_content',
    confidence: 0.7,
    any: ['rejected due to security policies'],
    examples: [
      '554 Email rejected due to security policies - https://community.mimecast.com/docs/DOC-1369#554',
    ],
  },
  {
    id: 'mimecast.policy',
    cause: 'policy_other',
    confidence: 0.75,
    any: ['host network not allowed', 'outbounds disabled'],
    examples: ['554 Host network not allowed - https://community.mimecast.com/docs/DOC-1369#554'],
  },
  {
    id: 'mimecast.content',
    cause: 'content_rejected',
    confidence: 0.85,
    any: ['content examination policy'],
    examples: ['550 Message bounced due to Content Examination Policy'],
  },
  {
    id: 'cisco.reputation',
    cause: 'poor_reputation',
    confidence: 0.95,
    any: ["rejected due to the sending mta's poor reputation", "sending mta's poor reputation"],
    examples: [
      "554 Your access to this mail system has been rejected due to the sending MTA's poor reputation.",
    ],
  },
  {
    id: 'barracuda.blocked',
    cause: 'spam_content',
    confidence: 0.6,
    any: ['one or more recipients ~ addr>:blocked'],
    none: ['by user', 'by recipient'],
    examples: ['550 permanent failure for one or more recipients (joe@example.com:blocked)'],
  },
  {
    id: 'barracuda.spam',
    cause: 'spam_content',
    confidence: 0.93,
    any: ['message content rejected, ube', 'barracuda ~ spam'],
    examples: ['550 5.7.1 Message content rejected, UBE, id=12345-01-2'],
  },
  {
    id: 'amavis.spam',
    cause: 'spam_content',
    confidence: 0.95,
    any: ['reject, id=(<n>|<id>) ~ spam', 'id=(<n>|<id>) - spam'],
    examples: ['554 5.7.0 Reject, id=31619-02 - SPAM'],
  },
  {
    id: 'cloudmark.spam',
    cause: 'ip_blocklisted',
    detail: 'cloudmark',
    confidence: 0.9,
    any: ['csi.cloudmark.com/reset request', 'csi.cloudmark.com'],
    examples: ['550 5.7.1 refused, see http://csi.cloudmark.com/reset-request/?ip=192.0.2.1'],
  },
];
