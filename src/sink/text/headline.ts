import { basename } from 'node:path';
import type { Report } from '../../aggregate/report.ts';
import { failedOf, failuresOf, type Section } from './page.ts';
import { number, percent, plural, spanIn } from './words.ts';

/** What was read, and in one sentence the answer to the question that a report is read for. */
export const headline: Section = (page) => {
  const { inputs, window, totals, incomplete } = page.report;
  const source =
    inputs.length === 1 ? page.screen.safe(basename(inputs[0]!.file)) : plural(inputs.length, 'input');
  const time =
    window.from === null || window.to === null
      ? []
      : [spanIn(page.zone, Date.parse(window.from), Date.parse(window.to))];
  const rest = restOf(page.report);
  const actors = actorsOf(page.report);
  return [
    page.screen.paint(
      'secondary',
      page.screen.fit(['whybounce', ...time, source].join('  '), page.screen.width),
    ),
    '',
    ...(incomplete ?? []).flatMap((reason) => page.paragraph(`Incomplete: ${reason}.`, 'hard', 0)),
    ...page.paragraph(sentence(page.report), failedOf(totals) > 0 ? 'strong' : 'good', 0),
    ...(rest === '' ? [] : page.paragraph(rest, 'plain', 0)),
    ...(actors === '' ? [] : page.paragraph(`Who must act: ${actors}.`, 'plain', 0)),
  ];
};

function sentence({ totals }: Report): string {
  const failed = failedOf(totals);
  if (totals.recipients === 0) return 'No mail was seen.';
  if (failed === 0) return `Nothing failed: ${plural(totals.recipients, 'recipient')}.`;
  const share = percent(failed, totals.recipients);
  return `${number(failed)} of ${plural(totals.recipients, 'recipient')} failed (${share}): ${failuresOf(totals)}.`;
}

/** What became of the others. */
function restOf({ totals }: Report): string {
  const parts = [
    [totals.delivered, 'delivered'],
    [totals.open, 'without an outcome yet'],
    [totals.held, 'held'],
    [totals.discarded, 'discarded'],
    [totals.deleted, 'deleted'],
  ] as const;
  const rest = parts.filter(([count]) => count > 0).map(([count, word]) => `${number(count)} ${word}`);
  if (totals.rejected > 0) rest.push(`${plural(totals.rejected, 'refusal')} by this server`);
  return rest.length === 0 ? '' : `${rest.join(', ')}.`;
}

/** How much of what failed is whose to mend. */
function actorsOf({ causes }: Report): string {
  const recipients = new Map<string, number>();
  for (const cause of causes) {
    recipients.set(cause.who_acts, (recipients.get(cause.who_acts) ?? 0) + cause.recipients);
  }
  return [...recipients]
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([actor, count]) => `${actor} ${number(count)}`)
    .join(', ');
}
