/**
 * The report as one page that needs nothing else: no script, no file beside it, no network. Its policy forbids all
 * three, so that a text from a log which got past the escaping could do nothing either.
 */
import { createHash } from 'node:crypto';
import type { Report } from '../aggregate/report.ts';
import { sourceOf, verdict } from './answer.ts';
import { answer, findings } from './html/answer.ts';
import { causes, failedNotices, held, recovered, rejects, unclassified } from './html/causes.ts';
import { html, Markup } from './html/markup.ts';
import type { HtmlOptions, Section } from './html/parts.ts';
import { STYLE } from './html/style.ts';
import { checks, domains, hardSenders, notices, providers } from './html/tables.ts';
import { delays, heat, volume } from './html/time.ts';
import { momentIn, spanIn } from './text/words.ts';

export type { HtmlOptions } from './html/parts.ts';

/** The sections below the answer, with what the way to them is called. */
const SECTIONS: readonly (readonly [id: string, name: string, section: Section])[] = [
  ['findings', 'Findings', findings],
  ['causes', 'Causes', causes],
  ['held', 'On hold', held],
  ['volume', 'Over time', volume],
  ['heat', 'Heat map', heat],
  ['delays', 'Delays', delays],
  ['providers', 'Providers', providers],
  ['domains', 'Domains', domains],
  ['senders', 'Senders', hardSenders],
  ['rejects', 'Refused here', rejects],
  ['unclassified', 'Unknown replies', unclassified],
  ['recovered', 'Recovered', recovered],
  ['failed-notices', 'Failed notices', failedNotices],
  ['notices', 'Server', notices],
  ['checks', 'Checks', checks],
];

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/** Gives the report as a whole HTML document. */
export function formatHtml(report: Report, options: HtmlOptions): string {
  const { window, generated_at } = report;
  const source = sourceOf(report);
  const time =
    window.from === null || window.to === null
      ? ''
      : spanIn(options.zone, Date.parse(window.from), Date.parse(window.to));
  const sections = SECTIONS.map(([id, name, section]) => ({
    id,
    name,
    markup: section(report, options),
  })).filter(({ markup }) => markup !== undefined);
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${verdict(report)} ${source}</title>
${Markup.trusted(`<style>${STYLE}</style>`)}
</head>
<body>
<main>
<p class="top"><b>whybounce</b> ${[time, source].filter(Boolean).join(' · ')}</p>
${answer(report, options)}
<nav aria-label="Sections">${sections.map(({ id, name }) => html`<a href="#${id}">${name}</a>`)}</nav>
${sections.map(({ markup }) => markup)}
</main>
<footer>Made by whybounce on ${momentIn(options.zone, Date.parse(generated_at))} ${options.zone}. This page runs no script and fetches nothing.</footer>
</body>
</html>
`.toString();
}
