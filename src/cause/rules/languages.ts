/** What servers say in other languages than English. */
import {
  CHINESE_RULES,
  JAPANESE_RULES,
  KOREAN_RULES,
  OTHER_LANGUAGE_RULES,
  TURKISH_RULES,
} from './languages/further.ts';
import { DUTCH_RULES, GERMAN_RULES, NORDIC_RULES } from './languages/germanic.ts';
import { RIGHT_TO_LEFT_RULES } from './languages/right-to-left.ts';
import {
  FRENCH_RULES,
  ITALIAN_RULES,
  PORTUGUESE_RULES,
  ROMANIAN_RULES,
  SPANISH_RULES,
} from './languages/romance.ts';
import { CZECH_RULES, POLISH_RULES, RUSSIAN_RULES } from './languages/slavic.ts';
import type { Rule } from './rule.ts';

/** Languages other than English. Those with many words that others have too come last. */
export const LANGUAGE_RULES: readonly Rule[] = [
  ...RUSSIAN_RULES,
  ...JAPANESE_RULES,
  ...CHINESE_RULES,
  ...KOREAN_RULES,
  ...RIGHT_TO_LEFT_RULES,
  ...OTHER_LANGUAGE_RULES,
  ...TURKISH_RULES,
  ...POLISH_RULES,
  ...CZECH_RULES,
  ...NORDIC_RULES,
  ...DUTCH_RULES,
  ...GERMAN_RULES,
  ...ROMANIAN_RULES,
  ...SPANISH_RULES,
  ...PORTUGUESE_RULES,
  ...ITALIAN_RULES,
  ...FRENCH_RULES,
];
