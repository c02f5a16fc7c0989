/**
 * What servers say in words, whoever they are. The order of the families settles conflicts: what is most
 * specific goes first, so that "blocked", "denied" and "try again later" only count where nothing better is said.
 */

import type { Rule } from './rule.ts';
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
  ...VAGUE_RULES,
];
