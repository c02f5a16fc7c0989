/** Putting text on a page of fixed width. */
import { styleText } from 'node:util';

/** What makes text stand out. */
export type Format = Parameters<typeof styleText>[0];

/** Formats text, or leaves it as it is. */
export type Paint = (format: Format, text: string) => string;

/** Gives the painter for a stream; whether it takes colour was decided elsewhere. */
export function painter(colour: boolean): Paint {
  return colour ? (format, text) => styleText(format, text, { validateStream: false }) : (_, text) => text;
}

/** Breaks text at blanks so that lines stay within `width`; all lines but the first are indented. */
export function wrap(text: string, width: number, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width - indent) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}

/** Lines of `label   text`, the texts below each other. */
export function fields(
  entries: readonly (readonly [label: string, text: string])[],
  width: number,
  paint: Paint,
): string {
  const indent = Math.max(...entries.map(([label]) => label.length)) + 4;
  return entries
    .map(([label, text]) => `  ${paint('dim', label.padEnd(indent - 2))}${wrap(text, width, indent)}\n`)
    .join('');
}
