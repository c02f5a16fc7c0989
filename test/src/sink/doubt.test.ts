import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import { formatHtml } from '../../../src/sink/html.ts';
import { formatMail } from '../../../src/sink/mail.ts';
import { formatMarkdown } from '../../../src/sink/markdown.ts';
import { formatText } from '../../../src/sink/text.ts';
import { morning } from './morning.ts';

const TEXT = { width: 80, colour: false, unicode: true, top: 10, by: 'cause' } as const;
const PAGE = { top: 10, by: 'cause', zone: 'UTC' } as const;

/** A morning whose first cause is as sure as that. */
function sure(confidence: number, cause = 'user_unknown') {
  const report = morning();
  report.causes[0] = { ...report.causes[0]!, cause, confidence };
  return report;
}

async function mailed(report: ReturnType<typeof morning>): Promise<string> {
  const mail = await formatMail(report, { ...PAGE, to: ['a@example.org'], from: undefined });
  return (await PostalMime.parse(mail)).html!;
}

const FORMS: [string, (report: ReturnType<typeof morning>) => string | Promise<string>][] = [
  ['text', (report) => formatText(report, TEXT)],
  ['a page', (report) => formatHtml(report, PAGE)],
  ['Markdown', (report) => formatMarkdown(report, PAGE)],
  ['a mail', mailed],
];

test.each(FORMS)('a cause in doubt has a mark in %s, which is explained', async (_, format) => {
  const doubtful = await format(sure(0.69));
  expect(doubtful).toContain('no such user?');
  expect(doubtful.replace(/\s+/g, ' ')).toContain('less than 70 %');
  expect(await format(sure(0.7))).not.toMatch(/no such user\?|less than 70/);
  // That nothing is known is no doubt.
  expect(await format(sure(0.2, 'unclassified'))).not.toMatch(/no such user\?|less than 70/);
});

test.each(FORMS)('a refusal in doubt has one as well, in %s', async (_, format) => {
  const report = morning();
  for (const cause of report.causes) cause.confidence = 1;
  const [first, ...others] = report.rejects;
  const doubtful = await format({
    ...report,
    rejects: [{ ...first!, title: 'No relay', confidence: 0.5 }, ...others],
  });
  expect(doubtful).toContain('No relay?');
  expect(doubtful.replace(/\s+/g, ' ')).toContain('less than 70 %');
  expect(await format(report)).not.toMatch(/less than 70/);
});

test('the mark stands behind a title that is cut', () => {
  const report = sure(0.5);
  report.causes[0]!.title = 'Recipient’s server has trouble of a kind that takes many words to tell';
  expect(formatText(report, TEXT)).toMatch(/…\? +hard/);
});
