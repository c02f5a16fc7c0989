/** Text for people: the screen that the output goes to, and lists of labelled fields on it. */
import { Screen, type ScreenOptions } from '../sink/screen.ts';
import type { Context } from './command.ts';
import { type Display, useColour, useUnicode, widthOf } from './terminal.ts';

/** The screen behind stdout. */
export function screenFor(context: Context): Screen {
  return new Screen(screenOptionsFor(context, context.stdout));
}

/** What a stream can show; `{}` stands for a file. */
export function screenOptionsFor({ colour, environment }: Context, display: Display): ScreenOptions {
  return {
    width: widthOf(display, environment),
    colour: useColour(colour, environment, display),
    unicode: useUnicode(environment),
  };
}

/** Lines of `label   text`, the texts below each other. */
export function fields(screen: Screen, entries: readonly (readonly [label: string, text: string])[]): string {
  const column = Math.max(...entries.map(([label]) => label.length)) + 2;
  let page = '';
  for (const [label, text] of entries) {
    const [first, ...rest] = screen.wrap(text, screen.width - column - 2);
    page += `  ${screen.paint('secondary', label.padEnd(column))}${first}\n`;
    for (const line of rest) page += `  ${' '.repeat(column)}${line}\n`;
  }
  return page;
}

/** What hard and soft mean. */
export const KIND_IN_WORDS = {
  hard: 'hard: repeating the attempt is useless',
  soft: 'soft: a later attempt may succeed',
} as const;
