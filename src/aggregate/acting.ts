/**
 * Who must act on the failures of a cause. What failed on this host is for others to mend than what failed elsewhere:
 * where a cause has both, both are told.
 */
import { type Actor, type Advice, advice, type Standing } from '../cause/catalogue.ts';
import { LOCAL } from '../cause/providers.ts';
import type { Mta } from '../event/event.ts';
import type { CauseName, CauseRow } from './rows.ts';
import { BOUNCED, DEFERRED, EXPIRED } from './rows.ts';
import { counted } from './wording.ts';

/** Advice for a whole cause. */
export interface CauseAdvice extends Advice {
  /** Of the recipients those that failed on this host, where others must act for them. */
  readonly local?: { readonly recipients: number; readonly who_acts: Actor; readonly remedy: string };
}

/** How many recipients failed, and how many of them on this host. */
export interface Places {
  readonly all: number;
  readonly local: number;
}

const NOWHERE: Standing = { waits: false, returned: false };

/** Gives who must act and what to do, for what failed elsewhere and for what failed here. */
export function causeAdvice(
  { cause, detail, kind }: CauseName,
  mtas: readonly Mta[],
  { all, local }: Places,
  standing: Standing | undefined,
): CauseAdvice {
  const situation = { detail, kind, mtas, standing };
  const elsewhere = advice(cause, situation);
  if (local === 0) return elsewhere;
  const here = advice(cause, { ...situation, provider: LOCAL });
  if (local >= all || here.remedy === elsewhere.remedy) return here;
  const bare = advice(cause, { ...situation, provider: LOCAL, standing: NOWHERE });
  // What becomes of the mail is said once where it is the same.
  const fate = here.remedy.slice(bare.remedy.length);
  const told = fate !== '' && elsewhere.remedy.endsWith(fate) ? bare.remedy : here.remedy;
  return {
    ...elsewhere,
    remedy: `${elsewhere.remedy} For the ${counted(local, 'recipient')} on this host: ${told}`,
    ...(here.who_acts !== elsewhere.who_acts && { local: { recipients: local, ...here } }),
  };
}

/** Where the recipients of a cause stand now. */
export function standingOfCause({ states, waiting }: Pick<CauseRow, 'states' | 'waiting'>): Standing {
  return {
    waits: states[DEFERRED]! > 0 || waiting > 0,
    returned: states[BOUNCED]! + states[EXPIRED]! > 0,
  };
}
