/** What the terminal on the other end can show. Decided here once, so that no other module looks at the environment. */

/** The values of `--color`. */
export const COLOUR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColourChoice = (typeof COLOUR_CHOICES)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** The part of a stream that these decisions need. A file has neither. */
export interface Display {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Width of everything that is no terminal: what mail and paper take. */
const PLAIN_WIDTH = 80;

/** Whether to colour: the flag decides, then FORCE_COLOR, then NO_COLOR (as Node itself does), then the stream. */
export function useColour(choice: ColourChoice, environment: Environment, display: Display): boolean {
  if (choice !== 'auto') return choice === 'always';
  const force = environment['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (environment['NO_COLOR']) return false;
  return display.isTTY === true && environment['TERM'] !== 'dumb';
}

/** Columns of a terminal; for everything else those that COLUMNS asks for, or 80. */
export function widthOf(display: Display, environment: Environment = {}): number {
  if (display.isTTY && display.columns) return display.columns;
  const asked = environment['COLUMNS'] ?? '';
  return /^[1-9]\d{1,3}$/.test(asked) ? Number(asked) : PLAIN_WIDTH;
}

/** Whether the locale can show more than ASCII. The first variable that is set decides, as in POSIX. */
export function useUnicode(environment: Environment): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return /utf-?8/i.test(locale);
}
