/**
 * All rules in the order in which they are tried: what is said on this machine, what MTAs say themselves, what
 * single providers say, what servers say in words, and at last the bare codes.
 */
import { CODE_RULES } from './codes.ts';
import { GOOGLE_RULES } from './google.ts';
import { MICROSOFT_RULES } from './microsoft.ts';
import { MTA_RULES } from './mta.ts';
import { NEAR_RULES } from './near.ts';
import { POSTFIX_RULES } from './postfix.ts';
import { PROVIDER_RULES } from './providers.ts';
import type { Rule } from './rule.ts';
import { TEXT_RULES } from './text.ts';

/** All rules in the order in which they are tried. */
export const RULES: readonly Rule[] = [
  ...NEAR_RULES,
  ...POSTFIX_RULES,
  ...MTA_RULES,
  ...GOOGLE_RULES,
  ...MICROSOFT_RULES,
  ...PROVIDER_RULES,
  ...TEXT_RULES,
  ...CODE_RULES,
];
