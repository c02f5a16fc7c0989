/** Compact codes of further providers and filters, after their postmaster pages. */
import { AMERICA_RULES } from './providers/america.ts';
import { FILTERS_RULES } from './providers/filters.ts';
import { FRANCE_RULES } from './providers/france.ts';
import { GERMANY_RULES } from './providers/germany.ts';
import { OTHERS_RULES } from './providers/others.ts';
import { YAHOO_RULES } from './providers/yahoo.ts';
import type { Rule } from './rule.ts';

/** Codes and set phrases of single providers. */
export const PROVIDER_RULES: readonly Rule[] = [
  ...YAHOO_RULES,
  ...FRANCE_RULES,
  ...GERMANY_RULES,
  ...AMERICA_RULES,
  ...OTHERS_RULES,
  ...FILTERS_RULES,
];
