/** What is said of one event on the live screen. */
import { advice, standingOf } from '../../cause/catalogue.ts';
import { isDoubtful } from '../../cause/contract.ts';
import { isNamed } from '../../cause/providers.ts';
import type { Screen } from '../../sink/screen.ts';
import type { Entry } from './board.ts';
import { titleOf } from './picture.ts';

/** Whom it is about. */
export function partiesOf({ state, from, to, client }: Entry): string {
  if (state === 'accepted' || state === 'rejected') {
    const sender = from === undefined ? '' : from === '' ? '<>' : from;
    const parties = state === 'accepted' ? sender : [sender, to].filter(Boolean).join(' to ');
    return [parties, client].filter(Boolean).join(' from ');
  }
  return to ?? '';
}

/** What happened and why, in short. */
export function aboutOf({ provider, classification, aside, attempt, state }: Entry): string {
  const about: string[] = [];
  if (isNamed(provider)) about.push(provider);
  if (classification !== undefined) {
    const { cause, detail } = classification;
    about.push(
      `${titleOf(cause)}${detail === undefined ? '' : ` (${detail})`}${isDoubtful(classification) ? '?' : ''}`,
    );
  }
  if (aside !== undefined) about.push(aside);
  if (attempt > 1 && state !== 'delivered') about.push(`attempt ${attempt}`);
  return about.join('  ');
}

/** Who must act and what to do, in lines; none where nothing failed. */
export function remedyOf(
  screen: Screen,
  { classification, state, mta, provider }: Entry,
  width: number,
  most: number,
): string[] {
  if (classification === undefined) return [];
  const { cause, detail, kind } = classification;
  const direction = state === 'rejected' ? 'inbound' : 'outbound';
  const standing = standingOf(state === 'accepted' || state === 'rejected' ? undefined : state);
  const { who_acts, remedy } = advice(cause, { detail, kind, direction, mtas: [mta], provider, standing });
  const actor = `${who_acts}: `;
  const [first = '', ...rest] = screen.wrapSentences(screen.safe(`${actor}${remedy}`), width, most);
  return [`${screen.paint('strong', first.slice(0, actor.length))}${first.slice(actor.length)}`, ...rest];
}
