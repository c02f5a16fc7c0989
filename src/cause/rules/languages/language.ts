/** The form in which a language's rules are written: for each cause its phrases and an example. */
import type { CauseId } from '../../catalogue.ts';
import type { Rule } from '../rule.ts';

/** What servers say of one cause in one language. */
interface Wording {
  readonly cause: CauseId;
  readonly detail?: string;
  readonly any: readonly string[];
  readonly none?: readonly string[];
  readonly reply?: readonly number[];
  readonly examples: readonly string[];
  readonly nearMisses?: readonly string[];
}

/** How often a phrase of a language other than English is right: such texts are rare, and seldom ambiguous. */
const CONFIDENCE = 0.85;

/** Takes a language's name and its wordings in the order in which they are tried, gives their rules. */
export function language(name: string, wordings: readonly Wording[]): Rule[] {
  return wordings.map(({ cause, detail, ...rest }) => ({
    id: `${name}.${cause.replaceAll('_', '-')}${detail === undefined || detail === '$list' ? '' : `-${detail.replaceAll('_', '-')}`}`,
    cause,
    ...(detail === undefined ? {} : { detail }),
    confidence: CONFIDENCE,
    ...rest,
  }));
}
