/**
 * Charts as SVG. Across, all lengths are percentages, so that a chart fills a telephone and a wide screen alike and
 * its words keep their size; colours are classes, so that they follow the colour scheme. Nothing is styled by
 * attributes that a strict policy forbids.
 */
import { scaleBand, scaleLinear, scaleQuantize } from 'd3-scale';
import { number } from '../text/words.ts';
import { html, type Markup } from './markup.ts';

/** A part of a bar or column: the class that paints it, and its size. */
export interface Part {
  readonly name: string;
  readonly value: number;
}

/** What stands at one place of an axis. */
export interface Column {
  /** Below the column; empty for none. */
  readonly label: string;
  /** Also on a narrow screen. */
  readonly major: boolean;
  /** Shown on pointing at it, and read out. */
  readonly title: string;
  readonly parts: readonly Part[];
}

/** A row of a heat map. */
export interface HeatRow {
  readonly label: string;
  /** `undefined` where nothing happened. */
  readonly cells: readonly ({ readonly value: number; readonly title: string } | undefined)[];
}

/** The shades of a heat map: 0 for nothing, then up. */
const SHADES = [1, 2, 3, 4, 5] as const;

/** Draws shares of a whole (0 to 1) side by side. */
export function bar(parts: readonly Part[]): Markup {
  const scale = percentages();
  let begin = 0;
  const rects = parts.map(({ name, value }) => {
    const rect = html`<rect class="${name}" x="${scale(begin)}%" width="${scale(value)}%" height="100%"/>`;
    begin += value;
    return value > 0 && rect;
  });
  return html`<svg class="bar" width="100%" height="10" aria-hidden="true" focusable="false">${rects}</svg>`;
}

const COLUMNS_HEIGHT = 220;
const AXIS = 22;
const TOP = 8;

/** Draws stacked columns over an axis, the first part of each at the bottom. */
export function stackedColumns(name: string, columns: readonly Column[]): Markup {
  const sums = columns.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const y = scaleLinear()
    .domain([0, Math.max(1, ...sums)])
    .nice(4)
    .range([COLUMNS_HEIGHT, TOP]);
  const x = bands(columns.length, 0.14);
  const ticks = y.ticks(4).filter(Number.isInteger);
  return html`<div class="plot">
<svg class="axis" width="56" height="${COLUMNS_HEIGHT + AXIS}" aria-hidden="true" focusable="false">
${ticks.map((tick) => html`<text x="48" y="${y(tick) + 4}" text-anchor="end">${number(tick)}</text>`)}
</svg>
<svg width="100%" height="${COLUMNS_HEIGHT + AXIS}" role="img" aria-label="${name}">
<title>${name}</title>
${ticks.map((tick) => html`<line class="grid" x1="0%" x2="100%" y1="${y(tick)}" y2="${y(tick)}"/>`)}
${columns.map(
  (column, index) => html`<g><title>${column.title}</title>${stack(column, x.of(index), x.width, y)}</g>
${labelOf(column, index, columns.length, x, COLUMNS_HEIGHT)}`,
)}
</svg>
</div>`;
}

const ROW = 24;

/** Draws a table of shades: rows with labels, columns with the labels of `columns`. */
export function heatMap(name: string, rows: readonly HeatRow[], columns: readonly Column[]): Markup {
  const level = levels(rows);
  const x = bands(columns.length, 0.06);
  const height = rows.length * ROW;
  return html`<div class="plot">
<svg class="axis names" width="112" height="${height + AXIS}" aria-hidden="true" focusable="false">
${rows.map(({ label }, index) => html`<text x="104" y="${index * ROW + 16}" text-anchor="end">${short(label)}</text>`)}
</svg>
<svg width="100%" height="${height + AXIS}" role="img" aria-label="${name}">
<title>${name}</title>
${rows.map((row, index) =>
  row.cells.map(
    (cell, column) =>
      cell !== undefined &&
      html`<rect class="heat${level(cell.value)}" x="${x.of(column)}%" width="${x.width}%" y="${index * ROW + 1}" height="${ROW - 2}"><title>${cell.title}</title></rect>`,
  ),
)}
${columns.map((column, index) => labelOf(column, index, columns.length, x, height))}
</svg>
</div>`;
}

/** What the shades of a heat map stand for: the class of each with its largest and smallest value. */
export function heatLegend(rows: readonly HeatRow[]): { name: string; from: number; to: number }[] {
  const level = levels(rows);
  const values = rows.flatMap(({ cells }) => cells.flatMap((cell) => cell?.value ?? []));
  return [0, ...SHADES].flatMap((shade) => {
    const within = values.filter((value) => level(value) === shade);
    if (within.length === 0) return [];
    return [{ name: `heat${shade}`, from: Math.min(...within), to: Math.max(...within) }];
  });
}

/** By the square root, so that small values are told apart although one is large. */
function levels(rows: readonly HeatRow[]): (value: number) => number {
  const most = Math.max(1, ...rows.flatMap(({ cells }) => cells.map((cell) => cell?.value ?? 0)));
  const scale = scaleQuantize<number>()
    .domain([0, Math.sqrt(most)])
    .range(SHADES);
  return (value) => (value === 0 ? 0 : scale(Math.sqrt(value)));
}

/** Smallest height of what is not nothing. */
const LEAST = 1.5;

function stack({ parts }: Column, x: number, width: number, y: (value: number) => number): Markup[] {
  let below = 0;
  let bottom = y(0);
  return parts
    .filter(({ value }) => value > 0)
    .map(({ name, value }) => {
      below += value;
      const top = Math.min(y(below), bottom - LEAST);
      const rect = html`<rect class="${name}" x="${x}%" width="${width}%" y="${round(top)}" height="${round(bottom - top)}"/>`;
      bottom = top;
      return rect;
    });
}

interface Bands {
  /** Where a band begins, in percent. */
  of(index: number): number;
  readonly width: number;
}

function bands(count: number, padding: number): Bands {
  const scale = scaleBand<number>()
    .domain(Array.from({ length: count }, (_, index) => index))
    .range([0, 100])
    .paddingInner(padding);
  return { of: (index) => round(scale(index)!), width: round(scale.bandwidth()) };
}

/** The labels at both ends stay inside. */
function labelOf(
  { label, major }: Column,
  index: number,
  count: number,
  x: Bands,
  height: number,
): Markup | false {
  if (label === '') return false;
  const middle = x.of(index) + x.width / 2;
  const anchor = middle < 4 ? 'start' : middle > 96 ? 'end' : 'middle';
  const at = anchor === 'start' ? x.of(index) : anchor === 'end' ? x.of(count - 1) + x.width : middle;
  return html`<text${!major && html` class="minor"`} x="${round(at)}%" y="${height + 16}" text-anchor="${anchor}">${label}</text>`;
}

function percentages(): (share: number) => number {
  const scale = scaleLinear().range([0, 100]).clamp(true);
  return (share) => round(scale(share));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** What fits beside a row. */
function short(label: string): string {
  return label.length <= 15 ? label : `${label.slice(0, 14)}…`;
}
