/** Orange, Laposte, Free and SFR: the codes are `OFR`/`LPN` with a number; texts are French and English. */
import type { Rule } from '../rule.ts';

/** Orange, Laposte, Free and SFR: the codes are `OFR`/`LPN` with a number; texts are French and English. */
export const FRANCE_RULES: readonly Rule[] = [
  {
    id: 'france.full',
    cause: 'mailbox_full',
    confidence: 0.97,
    any: ['(ofr|lpn)*_417', 'ofr*_515'],
    examples: ['552 5.1.1 No OFR_417 [417]'],
  },
  {
    id: 'france.unknown',
    cause: 'user_unknown',
    detail: 'no_such_user',
    confidence: 0.97,
    any: ['(ofr|lpn)*_416', '(ofr|lpn)*_415'],
    examples: ['550 5.1.1 No OFR_416 [416]'],
  },
  {
    id: 'france.disabled',
    cause: 'mailbox_disabled',
    confidence: 0.96,
    any: ['(ofr|lpn)*_426'],
    examples: ['550 5.5.0 No LPN007_426'],
  },
  {
    id: 'france.spam',
    cause: 'spam_content',
    confidence: 0.93,
    any: ['(ofr|lpn)*_506', 'mail rejete. mail rejected'],
    examples: ['550 5.2.0 No OFR_506 [506]'],
  },
  {
    id: 'france.spf',
    cause: 'spf_fail',
    confidence: 0.9,
    any: ['(ofr|lpn)*_401', 'spf check failed, please verify'],
    examples: ['550 5.5.0 No LPN004_401'],
  },
  {
    id: 'france.authentication',
    cause: 'smtp_auth',
    confidence: 0.93,
    detail: 'required',
    any: ['(ofr|lpn)*_(402|305)'],
    examples: ['550 5.5.0 No LPN105_402'],
  },
  {
    id: 'france.ip',
    cause: 'ip_blocklisted',
    detail: '$list',
    confidence: 0.93,
    any: ['(ofr|lpn)*_(102|103|108|630|513|510)'],
    examples: ['550 No OFR006_102 [102]'],
  },
  {
    id: 'france.sender',
    cause: 'sender_rejected',
    detail: 'domain_invalid',
    confidence: 0.88,
    any: ['(ofr|lpn)*_(109|403|405)'],
    examples: ['550 5.5.0 No OFR_405 [405]'],
  },
  {
    id: 'france.rate',
    cause: 'rate_limited',
    confidence: 0.8,
    any: ['(ofr|lpn)*_(104|105|106|110|111|505)'],
    none: ['service refuse'],
    examples: ['421 No OFR004_104 [104]'],
  },
  {
    id: 'france.refused',
    cause: 'remote_problem',
    detail: 'busy',
    confidence: 0.6,
    any: ['service refuse ~ essayer plus tard', 'service refuse. veuillez'],
    examples: [
      '421 Service refuse. Veuillez essayer plus tard. Service refused, please try later. OFR_999 [999]',
    ],
  },
  {
    id: 'france.free-errors',
    cause: 'rate_limited',
    confidence: 0.85,
    any: ['too many errors from your ip', 'too many spams from your ip'],
    examples: ['451 too many errors from your ip (192.0.2.1), please visit http://postmaster.free.fr/'],
  },
];
