/**
 * The report for an administrator who has one minute: what failed, who must act and what to do next come first,
 * the counts that back it up come last.
 */
import type { Report } from '../aggregate/report.ts';
import { causes, failedNotices, held, recovered, rejects, unclassified } from './text/causes.ts';
import { findings } from './text/findings.ts';
import { headline } from './text/headline.ts';
import { Page, type Section, type TextOptions } from './text/page.ts';
import { breakdown, timeline } from './text/tables.ts';
import { identities, notices, totals } from './text/totals.ts';

export { BREAKDOWNS, type Breakdown, type TextOptions } from './text/page.ts';

/** From what is to be done to what backs it up. */
const SECTIONS: readonly Section[] = [
  headline,
  findings,
  breakdown,
  causes,
  held,
  recovered,
  failedNotices,
  rejects,
  unclassified,
  totals,
  timeline,
  notices,
  identities,
];

/** Gives the report as text, ended by a line feed. No line is wider than `options.width` (60 at least). */
export function formatText(report: Report, options: TextOptions): string {
  const page = new Page(report, options);
  const sections = SECTIONS.map((section) => section(page)).filter((lines) => lines.length > 0);
  const text = `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  // No-break spaces have done their work when the lines are broken.
  return text.replaceAll('\u00a0', ' ');
}
