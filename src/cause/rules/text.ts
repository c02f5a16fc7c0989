/**
 * What servers say in words, whoever they are. The order of the families settles conflicts: what is most
 * specific goes first, so that "blocked", "denied" and "try again later" only count where nothing better is said.
 */

import { LANGUAGE_RULES } from './languages.ts';
import type { Rule } from './rule.ts';
import { FAMILY_RULES, SESSION_FAMILY_RULES } from './text/families.ts';
import { IDENTITY_RULES } from './text/identity.ts';
import { MESSAGE_RULES } from './text/message.ts';
import { RECIPIENT_RULES } from './text/recipient.ts';
import { TRUST_RULES } from './text/trust.ts';
import { UNMISTAKABLE_RULES } from './text/unmistakable.ts';
import { VAGUE_RULES } from './text/vague.ts';

/** Texts of all servers. */
export const TEXT_RULES: readonly Rule[] = [
  ...UNMISTAKABLE_RULES,
  ...IDENTITY_RULES,
  ...TRUST_RULES,
  ...RECIPIENT_RULES,
  ...MESSAGE_RULES,
  ...LANGUAGE_RULES,
  ...FAMILY_RULES,
  ...VAGUE_RULES,
  ...SESSION_FAMILY_RULES,
];
