import { mailTotals } from '../../aggregate/report.ts';
import {
  actors,
  failedOf,
  notCompared,
  noticesInFull,
  remainder,
  reservations,
  sourceOf,
  verdictInFull,
} from '../answer.ts';
import { trendSentence } from '../vocabulary.ts';
import type { Section } from './page.ts';
import { number, spanIn } from './words.ts';

/** What was read, and in one sentence the answer to the question that a report is read for. */
export const headline: Section = (page) => {
  const { window } = page.report;
  const failed = failedOf(mailTotals(page.report));
  const source = page.screen.safe(sourceOf(page.report));
  const time =
    window.from === null || window.to === null
      ? []
      : [spanIn(page.zone, Date.parse(window.from), Date.parse(window.to))];
  const rest = remainder(page.report);
  const acting = actors(page.report);
  const trend = trendSentence(page.report);
  const partial = notCompared(page.report, page.zone);
  const aside = noticesInFull(page.report);
  return [
    page.screen.paint(
      'secondary',
      page.screen.fit(['whybounce', ...time, source].join('  '), page.screen.width),
    ),
    '',
    ...reservations(page.report).flatMap((text) => page.paragraph(page.screen.safe(text), 'hard', 0)),
    ...page.paragraph(verdictInFull(page.report), failed > 0 ? 'strong' : 'good', 0),
    ...(rest === '' ? [] : page.paragraph(rest, 'plain', 0)),
    ...(acting.length === 0
      ? []
      : page.paragraph(
          `Who must act: ${acting.map(({ actor, recipients }) => `${actor} ${number(recipients)}`).join(', ')}.`,
          'plain',
          0,
        )),
    ...(aside === undefined ? [] : page.paragraph(aside, 'secondary', 0)),
    ...(trend === undefined ? [] : page.paragraph(trend, 'plain', 0)),
    ...(partial === undefined ? [] : page.paragraph(`${partial}.`, 'secondary', 0)),
  ];
};
