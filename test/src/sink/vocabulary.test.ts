import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import type { Report } from '../../../src/aggregate/report.ts';
import { actors } from '../../../src/sink/answer.ts';
import { formatHtml } from '../../../src/sink/html.ts';
import { formatMail } from '../../../src/sink/mail.ts';
import { formatMarkdown } from '../../../src/sink/markdown.ts';
import { formatText } from '../../../src/sink/text.ts';
import { HEADINGS, replyIn, trendSentence } from '../../../src/sink/vocabulary.ts';
import { morning } from './morning.ts';

const TEXT = { width: 100, colour: false, unicode: true, top: 10, by: 'cause' } as const;
const PAGE = { top: 10, by: 'cause', zone: 'UTC' } as const;

/** A morning that has something for every section. */
function full(): Report {
  const report = morning();
  const counts = { delivered: 900, deferred: 30, bounced: 20, rejected: 0 };
  const [cause] = report.causes;
  return {
    ...report,
    comparison: { days: 3, from: report.window.from!, window: counts, previous: null, usual: counts },
    unclassified: [{ direction: 'outbound', count: 3, first: cause!.first, last: cause!.last }],
  };
}

/** All that is to be read, without markup, marks of Markdown and line breaks. */
const words = (text: string): string =>
  text
    .replace(/<style>.*?<\/style>|<[^>]+>/gs, ' ')
    .replaceAll('&#39;', "'")
    .replace(/[*\\]/g, '')
    .replace(/\s+/g, ' ');

const FORMS: [string, (report: Report) => string | Promise<string>][] = [
  ['text', (report) => formatText(report, TEXT)],
  ['a page', (report) => formatHtml(report, PAGE)],
  ['Markdown', (report) => formatMarkdown(report, PAGE)],
];

test.each(FORMS)('%s has every section, by its heading', async (_, format) => {
  const told = words(await format(full()));
  const { provider: _provider, domain: _domain, sender: _sender, hour: _hour, ...sections } = HEADINGS;
  for (const heading of Object.values(sections)) {
    expect(told.toLowerCase()).toContain(heading.toLowerCase());
  }
});

test.each(FORMS)(
  '%s tells whether it is worse than usual, who must act, and all counts',
  async (_, format) => {
    const report = full();
    const told = words(await format(report));
    expect(told).toMatch(/as usual/i);
    for (const { actor } of actors(report).slice(0, 3)) expect(told).toContain(actor);
    for (const label of ['refused here', 'notices made', 'messages']) {
      expect(told.toLowerCase()).toContain(label);
    }
    expect(told).toContain('0.1 % not understood');
  },
);

test('a mail says it in the same sentence', async () => {
  const report = full();
  const mail = await formatMail(report, { ...PAGE, to: ['a@example.org'], from: undefined });
  const { html } = await PostalMime.parse(mail);
  expect(words(html!)).toContain(trendSentence(report)!.replaceAll('\u00a0', ' '));
});

test.each([
  ['550 no such user', 'host mx said: 550 no such user', '550 no such user'],
  [
    '550',
    'host mx.example.org said: 550 (in reply to RCPT TO command)',
    'host mx.example.org said: 550 (in reply to RCPT TO command)',
  ],
  ['', 'Connection timed out', 'Connection timed out'],
  ['550-one\n550 two', '', '550-one 550 two'],
])('the reply "%s" is told with what stands around it where it has no word', (reply, diagnostic, told) => {
  expect(replyIn({ reply, diagnostic })).toBe(told);
});
