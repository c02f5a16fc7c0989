/** What the sections of the page share: the report's options, tables, swatches, replies. */
import type { Report, ReportExample } from '../../aggregate/report.ts';
import { fileName } from '../answer.ts';
import { momentIn, number } from '../text/words.ts';
import { replyIn } from '../vocabulary.ts';
import { html, type Markup, type Value } from './markup.ts';

/** How the page is to be. */
export interface HtmlOptions {
  /** Longest list shown. */
  readonly top: number;
  /** IANA name of the time zone that times are shown in. */
  readonly zone: string;
}

/** A section gives its markup; nothing where it has nothing to say. */
export type Section = (report: Report, options: HtmlOptions) => Markup | undefined;

/** A column of a table. */
export interface Heading {
  readonly title: string;
  /** `number` stands to the right, `drawn` is a bar. */
  readonly kind?: 'number' | 'drawn';
  /** Only where the screen is wide. */
  readonly wide?: true;
}

/** The column of bars. */
export const BARS: Heading = { title: '', kind: 'drawn' };

/** A table, of which the first cell of each row names what the row is about. */
export function table(headings: readonly (Heading | string)[], rows: readonly (readonly Value[])[]): Markup {
  const columns = headings.map((heading) => (typeof heading === 'string' ? { title: heading } : heading));
  const classes = columns.map(({ kind, wide }) => [kind, wide && 'wide'].filter(Boolean).join(' '));
  return html`<table><thead><tr>${columns.map(({ title }, index) => html`<th scope="col" class="${classes[index]}">${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([
      name,
      ...cells
    ]) => html`<tr><th scope="row">${name}</th>${cells.map((cell, index) => html`<td class="${classes[index + 1]}">${typeof cell === 'number' ? number(cell) : cell}</td>`)}</tr>
`,
  )}</tbody></table>`;
}

/** Says how many rows are not shown. */
export function more(hidden: number): Markup | false {
  return hidden > 0 && html`<p class="evidence">and ${number(hidden)} more</p>`;
}

/** A small square in the colour of a class, for legends. */
export function swatch(name: string): Markup {
  return html`<svg width="11" height="11" aria-hidden="true" focusable="false"><rect class="${name}" width="11" height="11"/></svg>`;
}

/** Markup with something in between. */
export function joined(parts: readonly Value[], separator: string): Value[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part]));
}

/** A remedy: what stands between backticks is a command. */
export function prose(text: string): Value[] {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));
}

/** Names with their counts, largest first. Where not all fit, those with a count of one tell nothing. */
export function ranking(
  rows: readonly (readonly [name: string, count: number])[],
  total: number,
): Value[] | undefined {
  const most = rows.filter(([, count]) => count > 0).slice(0, 5);
  const complete = sum(most) === total;
  const shown = complete ? most : most.filter(([, count]) => count > 1);
  if (shown.length === 0) return undefined;
  const rest = total - sum(shown);
  const all = [...shown, ...(rest > 0 ? [['others', rest] as const] : [])];
  return joined(
    all.map(([name, count]) => html`${name || '(none)'} <b>${number(count)}</b>`),
    ', ',
  );
}

/** A real reply, and where to look for it. */
export function exampleOf(example: ReportExample, zone: string): Markup {
  const { queue_id, to, time, source_file } = example;
  const where = [
    queue_id,
    to !== undefined && `to ${to}`,
    momentIn(zone, Date.parse(time)),
    source_file !== undefined && fileName(source_file),
  ].filter(Boolean);
  return html`<span class="reply">${replyIn(example)}</span><span class="evidence">${where.join(' · ')}</span>`;
}

function sum(rows: readonly (readonly [name: string, count: number])[]): number {
  return rows.reduce((total, [, count]) => total + count, 0);
}
