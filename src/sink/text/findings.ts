import type { ReportFinding, Severity } from '../../aggregate/report.ts';
import type { Tone } from '../screen.ts';
import { findingsHeading, nothingFound } from '../vocabulary.ts';
import type { Page, Section } from './page.ts';

const TONES: Readonly<Record<Severity, Tone>> = {
  critical: 'hard',
  warning: 'soft',
  notice: 'plain',
  good: 'good',
};

/** A letter or sign for each, since colour is not everywhere. */
const MARKS: Readonly<Record<Severity, string>> = { critical: '!!', warning: '!', notice: '-', good: '+' };

/**
 * What is new, what grew and what went away, with the next step. Without days to compare with, the causes below
 * would only be said twice: then what is told here is what no table shows.
 */
export const findings: Section = (page) => {
  const { comparison, findings, merged } = page.report;
  const told =
    comparison === undefined && merged === undefined
      ? findings.filter(({ cause }) => cause === undefined)
      : findings;
  const heading = page.heading(findingsHeading(page.report));
  const nothing = nothingFound(page.report);
  if (nothing !== undefined) return [heading, ...page.paragraph(nothing, 'good')];
  if (told.length === 0) return [];
  return [heading, ...told.flatMap((finding) => linesOf(page, finding))];
};

function linesOf(page: Page, finding: ReportFinding): string[] {
  const { severity, text, what } = finding;
  const { screen } = page;
  const [first = '', ...others] = page.screen.wrap(screen.safe(text), page.room);
  const steady = what === 'steady' || severity === 'good';
  return [
    `${screen.paint(TONES[severity], MARKS[severity].padStart(2))}  ${screen.paint(steady ? 'plain' : 'strong', first)}`,
    ...others.map((line) => page.line(line, steady ? 'plain' : 'strong')),
    ...(steady ? [] : toDo(page, finding)),
  ];
}

/** Lines of a next step that the causes below tell in full. */
const MOST_LINES = 3;

function toDo(page: Page, { cause, next_step }: ReportFinding): string[] {
  const { by, report, screen, top } = page;
  const below = report.causes.slice(0, top);
  const isToldBelow =
    by === 'cause' && below.some(({ cause: each, remedy }) => each === cause && remedy === next_step);
  return page.labelledSentences('to do', screen.safe(next_step), isToldBelow ? MOST_LINES : Infinity);
}
