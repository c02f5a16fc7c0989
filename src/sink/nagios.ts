/**
 * The answer of a check after the convention of Nagios and its kin: one line with a status, then after a bar the
 * figures as `label=value;warning;critical;least;most`.
 */
import { mailTotals, type Report } from '../aggregate/report.ts';
import type { Measured, Threshold } from '../aggregate/threshold.ts';
import { verdict } from './answer.ts';
import { escapeForTerminal } from './escape.ts';
import { number } from './text/words.ts';

/** Statuses; the position is the exit code. */
export const NAGIOS_STATUSES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

/** One of `NAGIOS_STATUSES`. */
export type NagiosStatus = (typeof NAGIOS_STATUSES)[number];

/** Figures of mail that are always told, so that a graph has no gaps. */
const ALWAYS = ['recipients', 'delivered', 'deferred', 'bounced', 'expired'] as const;

/** Gives the status and the line of a report. */
export function formatNagios(
  report: Report,
  warning: readonly Measured[],
  critical: readonly Measured[],
): { status: NagiosStatus; line: string } {
  const crossed = [...critical, ...warning].filter((each) => each.crossed);
  const status = critical.some((each) => each.crossed)
    ? 'CRITICAL'
    : crossed.length > 0
      ? 'WARNING'
      : isEmpty(report)
        ? 'UNKNOWN'
        : 'OK';
  // What is critical is beyond its warning too, and one of them says it.
  const told = new Map<string, Measured>();
  for (const each of crossed) {
    const key = figureKey(each);
    if (!told.has(key)) told.set(key, each);
  }
  const why = [...told.values()].map(reasonOf).join(', ');
  const said = verdict(report).replaceAll('\u00a0', ' ');
  const text = why === '' ? said : `${why}. ${said}`;
  const totals = mailTotals(report);
  const figures = [
    ...ALWAYS.map((name) => `${name}=${totals[name]};;;0`),
    `rejected=${report.totals.rejected};;;0`,
    `notices=${report.notifications.recipients};;;0`,
    ...merged(warning, critical).map(figureOf),
  ];
  return { status, line: `${statusLine(status, text)} | ${figures.join(' ')}` };
}

/** Whether nothing was seen that could be judged: a log that is not written to, or not the right one. */
function isEmpty({ totals }: Report): boolean {
  return totals.recipients === 0 && totals.rejected === 0;
}

/** Gives a status with its text. A bar in it would begin the figures. */
export function statusLine(status: NagiosStatus, text: string): string {
  return `WHYBOUNCE ${status} - ${escapeForTerminal(text).replaceAll('|', '/')}`;
}

/** Gives what was measured, and where that lies: `hard is 7.3 %, more than 5 %`. */
export function reasonOf({ threshold, value, part, whole }: Measured): string {
  const { quantity, operator, limit, percent } = threshold;
  const words = { '>': 'more than', '>=': 'at least', '<': 'less than', '<=': 'at most' }[operator];
  if (!percent) return `${quantity} is ${counted(value)}, ${words} ${counted(limit)}`;
  return `${quantity} is ${rounded(value)} % (${counted(part)} of ${counted(whole)}), ${words} ${limit} %`;
}

interface Figure {
  readonly measured: Measured;
  warning: Threshold | undefined;
  critical: Threshold | undefined;
}

/** A figure for everything that has a threshold, with both of its thresholds. */
function merged(warning: readonly Measured[], critical: readonly Measured[]): Figure[] {
  const figures = new Map<string, Figure>();
  const figureFor = (measured: Measured): Figure => {
    const key = figureKey(measured);
    let figure = figures.get(key);
    if (figure === undefined) {
      figure = { measured, warning: undefined, critical: undefined };
      figures.set(key, figure);
    }
    return figure;
  };
  for (const each of warning) figureFor(each).warning ??= each.threshold;
  for (const each of critical) figureFor(each).critical ??= each.threshold;
  return [...figures.values()];
}

/** What is the same of a warning and a critical threshold of one figure. */
function figureKey({ threshold: { quantity, percent } }: Measured): string {
  return `${quantity} ${percent}`;
}

/** Labels that are told twice would be one figure to whoever reads them. */
function figureOf({ measured, warning, critical }: Figure): string {
  const { quantity, percent } = measured.threshold;
  const label = percent ? `${quantity}_share` : `${quantity}_count`;
  const value = percent ? `${rounded(measured.value)}%` : String(measured.value);
  const ends = percent ? ';0;100' : ';0';
  return `'${label}'=${value};${rangeOf(warning)};${rangeOf(critical)}${ends}`;
}

/** The range outside of which, or with `@` inside of which, a check is not well. */
function rangeOf(threshold: Threshold | undefined): string {
  if (threshold === undefined) return '';
  const { operator, limit } = threshold;
  return { '>': `${limit}`, '>=': `@${limit}:`, '<': `${limit}:`, '<=': `@~:${limit}` }[operator];
}

/** As all other texts write numbers; only figures for machines are bare. */
function counted(value: number): string {
  return number(value).replaceAll('\u00a0', ' ');
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
