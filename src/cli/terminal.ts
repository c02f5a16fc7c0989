/** What the terminal on the other end can show. Decided here once, so that no other module looks at the environment. */

/** The values of `--color`. */
export const COLOUR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColourChoice = (typeof COLOUR_CHOICES)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** The part of a stream that these decisions need. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Width of everything that is no terminal: what mail and paper take. */
const PLAIN_WIDTH = 80;

/** Whether to colour: the flag decides, then FORCE_COLOR, then NO_COLOR (as Node itself does), then the stream. */
export function useColour(choice: ColourChoice, environment: Environment, screen: Screen): boolean {
  if (choice !== 'auto') return choice === 'always';
  const force = environment['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (environment['NO_COLOR']) return false;
  return screen.isTTY === true && environment['TERM'] !== 'dumb';
}

/** Columns of a terminal, 80 for everything else. */
export function widthOf(screen: Screen): number {
  return screen.isTTY && screen.columns ? screen.columns : PLAIN_WIDTH;
}

/** Whether the locale can show more than ASCII. The first variable that is set decides, as in POSIX. */
export function useUnicode(environment: Environment): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return /utf-?8/i.test(locale);
}

/**
 * Characters that move a cursor, colour a screen or reorder a line: C0, DEL, C1, and the Unicode controls of
 * direction and of line breaks. One class without repetition: linear.
 */
const UNPRINTABLE = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text of unknown origin made fit for a terminal and for one line: `\x1b` instead of an escape. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
