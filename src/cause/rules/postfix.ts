/**
 * What Postfix itself says, after its sources (smtp_connect.c, smtp_addr.c, smtp_proto.c, smtp_tls_policy.c,
 * smtpd_check.c, local(8), pipe(8), bounce): texts that no other software writes in these words.
 */
import type { Rule } from './rule.ts';

/** Postfix's own texts. */
export const POSTFIX_RULES: readonly Rule[] = [
  {
    id: 'postfix.connect-timeout',
    cause: 'connection_failed',
    detail: 'timeout',
    confidence: 0.98,
    any: ['connect to ~ connection timed out', 'connect to ~ operation timed out'],
    examples: ['connect to mx.example.com[192.0.2.1]:25: Connection timed out'],
  },
];
