/** All rules in the order in which they are tried. */
import { POSTFIX_RULES } from './postfix.ts';
import type { Rule } from './rule.ts';

/** All rules in the order in which they are tried. */
export const RULES: readonly Rule[] = [...POSTFIX_RULES];
