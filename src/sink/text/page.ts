/** What the sections of a text report share: the report, the screen, and the forms of line they are made of. */
import type { Report } from '../../aggregate/report.ts';
import type { Kind } from '../../event/event.ts';
import { Screen, type ScreenOptions, type Tone } from '../screen.ts';
import { number, percent } from './words.ts';

/** The tables that a report can be broken down by. */
export const BREAKDOWNS = ['cause', 'provider', 'domain', 'sender', 'hour'] as const;

export type Breakdown = (typeof BREAKDOWNS)[number];

export interface TextOptions extends ScreenOptions {
  /** Longest list shown. */
  top: number;
  by: Breakdown;
  /** IANA name of the time zone that times are shown in: default UTC. */
  zone?: string | undefined;
}

/** A section gives its finished lines; none where it has nothing to say. */
export type Section = (page: Page) => string[];

/** Columns that everything below a heading is indented by. */
export const INDENT = 4;

/** Columns of a label before its text. */
export const LABEL = 10;
const KIND = 6;
const COUNT = 10;
const SHARE = 7;
const GAP = 2;

/** A report on a screen. */
export class Page {
  readonly report: Report;
  readonly screen: Screen;
  readonly top: number;
  readonly by: Breakdown;
  readonly zone: string;
  /** Columns behind the indentation. */
  readonly room: number;

  constructor(report: Report, options: TextOptions) {
    this.report = report;
    this.screen = new Screen(options);
    this.top = options.top;
    this.by = options.by;
    this.zone = options.zone ?? 'UTC';
    this.room = this.screen.width - INDENT;
  }

  heading(text: string): string {
    return this.screen.paint('heading', this.screen.fit(text, this.screen.width));
  }

  /** One indented line, cut to the width. */
  line(text: string, tone: Tone = 'plain'): string {
    return ' '.repeat(INDENT) + this.screen.paint(tone, this.screen.fit(text, this.room));
  }

  /** Indented lines, broken between words. */
  paragraph(text: string, tone: Tone = 'plain', indent = INDENT): string[] {
    return this.screen
      .wrap(text, this.screen.width - indent)
      .map((line) => ' '.repeat(indent) + this.screen.paint(tone, line));
  }

  /** A label and its text, of which at most `most` lines are shown. */
  labelled(label: string, text: string, tone: Tone = 'plain', most = Infinity): string[] {
    return this.screen
      .wrap(text, this.room - LABEL, most)
      .map(
        (line, index) =>
          ' '.repeat(INDENT) +
          this.screen.paint('secondary', (index === 0 ? label : '').padEnd(LABEL)) +
          this.screen.paint(tone, line),
      );
  }

  /** As `labelled`, of sentences of which those are shown that fit in whole. */
  labelledSentences(label: string, text: string, most: number): string[] {
    const shown = this.screen.wrapSentences(text, this.room - LABEL, most).join(' ');
    const isCut = shown.length < text.length && /[.!?]$/.test(shown);
    return this.labelled(label, isCut ? `${shown} ${this.screen.unicode ? '…' : '...'}` : shown);
  }

  /** The heading of a ranked list, with the name of what is counted above the counts. */
  rankedHeading(text: string, counted: string): string {
    const width = this.#titleWidth + INDENT + KIND + COUNT;
    return this.heading(text) + this.screen.paint('secondary', counted.padStart(width - text.length));
  }

  /** The first line of an entry of a ranked list: position, title, kind, count, share, and the share as a bar. */
  ranked(entry: {
    position: number;
    title: string;
    /** Behind the title, however long that is. */
    mark?: string;
    kind: Kind;
    count: number;
    share: number;
    largest: number;
  }): string {
    const { screen } = this;
    const { position, title, mark = '', kind, count, share, largest } = entry;
    const bar = share > 0 ? ' '.repeat(GAP) + screen.bar(share / largest, this.#barWidth) : '';
    return (
      screen.paint('secondary', `${position}. `.padStart(INDENT)) +
      screen.paint(
        'strong',
        screen.left(screen.fit(title, this.#titleWidth - mark.length) + mark, this.#titleWidth),
      ) +
      screen.paint(kind, kind.padStart(KIND)) +
      number(count).padStart(COUNT) +
      screen.paint('secondary', percent(share, 1).padStart(SHARE)) +
      screen.paint(kind, bar)
    );
  }

  get #barWidth(): number {
    return Math.max(6, Math.min(24, this.screen.width - 70));
  }

  get #titleWidth(): number {
    return this.room - KIND - COUNT - SHARE - GAP - this.#barWidth;
  }

  /**
   * Names with their counts, largest first, as many as fit on one line, and what is left of `total`. Where not all
   * fit, those with a count of one tell nothing: empty where there are no others.
   */
  ranking(rows: readonly (readonly [string, number])[], total: number): string {
    const all = this.#fitting(rows, total);
    return all.rest === 0
      ? all.text
      : this.#fitting(
          rows.filter(([, count]) => count > 1),
          total,
        ).text;
  }

  #fitting(rows: readonly (readonly [string, number])[], total: number): { text: string; rest: number } {
    const width = this.room - LABEL;
    let text = '';
    let rest = total;
    for (const [name, count] of rows) {
      const next = `${text === '' ? '' : ', '}${this.screen.safe(name) || '(none)'} ${number(count)}`;
      if (text !== '' && this.screen.widthOf(text + next + others(rest - count)) > width) break;
      text += next;
      rest -= count;
    }
    return { text: text === '' ? '' : text + others(rest), rest };
  }
}

function others(count: number): string {
  return count > 0 ? `, others ${number(count)}` : '';
}
