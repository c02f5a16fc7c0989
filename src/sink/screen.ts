/** A terminal of a certain width: measuring, fitting, wrapping, painting and drawing with what it can show. */
import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { escapeForTerminal } from './escape.ts';

/** What the terminal can do; decided by whoever knows the terminal. */
export interface ScreenOptions {
  /** Columns. */
  width: number;
  colour: boolean;
  /** Characters beyond ASCII can be shown. */
  unicode: boolean;
}

/** What a piece of text is, from which its colour follows. */
export type Tone = 'plain' | 'heading' | 'strong' | 'hard' | 'soft' | 'good' | 'secondary';

const STYLES = {
  plain: [],
  heading: ['bold', 'cyan'],
  strong: ['bold'],
  hard: ['red'],
  soft: ['yellow'],
  good: ['green'],
  secondary: ['dim'],
} as const satisfies Record<Tone, readonly Parameters<typeof styleText>[0][]>;

/** No terminal is taken for narrower: a report needs that much. */
const NARROWEST = 60;

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Measures and draws for one terminal. Texts from a log go through `safe` first, then through the rest. */
export class Screen {
  readonly width: number;
  readonly unicode: boolean;
  readonly #colour: boolean;

  constructor({ width, colour, unicode }: ScreenOptions) {
    this.width = Math.max(NARROWEST, width);
    this.unicode = unicode;
    this.#colour = colour;
  }

  /** Gives the text in the colour of its tone. To be done last: measuring and fitting come before. */
  paint(tone: Tone, text: string): string {
    const styles = STYLES[tone];
    if (!this.#colour || styles.length === 0 || text === '') return text;
    return styleText([...styles], text, { validateStream: false });
  }

  /** Makes foreign text safe to show, on one line. */
  safe(text: string): string {
    return escapeForTerminal(text, this.unicode);
  }

  /** Columns that a text takes. */
  widthOf(text: string): number {
    return stringWidth(text);
  }

  /** Cuts a text to a width; what is cut off is shown as an ellipsis. */
  fit(text: string, width: number): string {
    if (stringWidth(text) <= width) return text;
    const mark = this.unicode ? '…' : '...';
    let fitted = '';
    let room = width - mark.length;
    for (const { segment } of GRAPHEMES.segment(text)) {
      room -= stringWidth(segment);
      if (room < 0) break;
      fitted += segment;
    }
    return fitted.trimEnd() + mark;
  }

  /** Cuts or fills a text to exactly a width, with blanks behind it. */
  left(text: string, width: number): string {
    const fitted = this.fit(text, width);
    return fitted + ' '.repeat(width - stringWidth(fitted));
  }

  /** As `left`, with blanks before the text. */
  right(text: string, width: number): string {
    const fitted = this.fit(text, width);
    return ' '.repeat(width - stringWidth(fitted)) + fitted;
  }

  /** Breaks a text between words into lines of a width, of which the last of `most` is cut. */
  wrap(text: string, width: number, most = Infinity): string[] {
    const lines: string[] = [];
    let line = '';
    for (const word of text.split(' ')) {
      if (lines.length + 1 >= most || line === '') line += line === '' ? word : ` ${word}`;
      else if (stringWidth(line) + 1 + stringWidth(word) <= width) line += ` ${word}`;
      else {
        lines.push(line);
        line = word;
      }
    }
    lines.push(line);
    return lines.map((each) => this.fit(each, width));
  }

  /**
   * Breaks a text of sentences into lines of a width, at most `most`. Where it is longer it ends with a sentence, or
   * else between words; a command or a link is whole or not there at all.
   */
  wrapSentences(text: string, width: number, most: number): string[] {
    const whole = this.wrap(text, width);
    if (whole.length <= most) return whole;
    let sentences: string[] | undefined;
    let words: string[] | undefined;
    for (const end of endsOfWords(text.slice(0, 2 * most * width))) {
      const shown = text.slice(0, end);
      const ended = /[.!?]$/.test(shown);
      const lines = this.wrap(ended ? shown : `${shown} ${this.unicode ? '…' : '...'}`, width);
      if (lines.length > most) break;
      if (ended) sentences = lines;
      else words = lines;
    }
    return sentences ?? words ?? this.wrap(text, width, most);
  }

  /** Draws a share (0 to 1) as a bar of at most `width` columns; whatever is not nothing can be seen. */
  bar(share: number, width: number): string {
    const parts = this.unicode ? EIGHTHS : ['', '#'];
    const steps = parts.length - 1;
    const filled = share <= 0 ? 0 : Math.max(1, Math.round(Math.min(1, share) * width * steps));
    return parts[steps]!.repeat(Math.floor(filled / steps)) + parts[filled % steps]!;
  }

  /** Draws values as a row of columns, one character each; the tallest stands for `tallest`. */
  columns(values: readonly number[], tallest: number): string {
    const levels = this.unicode ? COLUMNS : ASCII_COLUMNS;
    return values
      .map(
        (value) => levels[value <= 0 ? 0 : Math.max(1, Math.round((value / tallest) * (levels.length - 1)))],
      )
      .join('');
  }
}

/** Where words end outside of commands in backticks. */
function* endsOfWords(text: string): Generator<number> {
  let inCommand = false;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '`') inCommand = !inCommand;
    else if (text[index] === ' ' && !inCommand) yield index;
  }
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const COLUMNS = ' ▁▂▃▄▅▆▇█';
const ASCII_COLUMNS = ' .:-=+*#';
