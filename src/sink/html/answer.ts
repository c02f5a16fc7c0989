/** The first screen: what failed, worse than usual or not, whose fault it is, and what to do. */
import { mailTotals, type Report, type ReportFinding } from '../../aggregate/report.ts';
import {
  actors,
  failedOf,
  notCompared,
  noticesOf,
  reservations,
  trendInWords,
  trendOf,
  usually,
  verdict,
} from '../answer.ts';
import { number, percent, plural, spanIn } from '../text/words.ts';
import { delayOf, findingsHeading, nothingFound } from '../vocabulary.ts';
import { bar } from './charts.ts';
import { html, type Markup } from './markup.ts';
import { exampleOf, type HtmlOptions, prose, type Section, swatch } from './parts.ts';

/** The answer: what failed, whether that is worse than usual, and who must act. */
export const answer: Section = (report, { zone }) => {
  const totals = mailTotals(report);
  const rest = totals.discarded + totals.held + totals.deleted + totals.open;
  const states = [
    ['delivered', 'delivered', totals.delivered],
    ['bounced', 'bounced', totals.bounced],
    ['expired', 'expired', totals.expired],
    ['deferred', 'still deferred', totals.deferred],
    ['rest', 'held, discarded or open', rest],
  ] as const;
  const whole = Math.max(1, totals.recipients);
  return html`<section class="card answer" id="answer">
${reservations(report).map((text) => html`<p class="reservation">${text}</p>`)}
<h1>${verdict(report)}</h1>
${bar(states.map(([name, , count]) => ({ name, value: count / whole })))}
<ul class="legend">${states.map(
    ([name, words, count]) =>
      count > 0 &&
      html`<li>${swatch(name)}<b>${number(count)}</b> ${words} <span>${percent(count, whole)}</span></li>`,
  )}</ul>
<dl class="facts">
<div><dt>Worse than usual?</dt><dd>${usual(report, zone)}</dd></div>
${whose(report)}
<div><dt>Refused by this server</dt><dd>${plural(report.totals.rejected, 'refusal')}</dd></div>
${delayFact(report)}
${noticeFact(report)}
</dl>
</section>`;
};

function usual(report: Report, zone: string): Markup {
  const trend = trendOf(report);
  if (trend === undefined) {
    return html`<span>${notCompared(report, zone) ?? 'nothing from before to compare with'}</span>`;
  }
  const word = { worse: 'Yes', usual: 'No', better: 'No' }[trend.trend];
  return html`<b class="${trend.trend}">${word}, ${trendInWords(trend, report)}</b> <span>${plural(trend.failed, 'failed attempt')}; ${usually(trend)}</span>`;
}

function whose(report: Report): Markup | undefined {
  const [first, ...others] = actors(report);
  if (first === undefined) return undefined;
  const failed = failedOf(mailTotals(report));
  return html`<div><dt>Who must act</dt><dd>${first.actor} <span>${percent(first.recipients, failed)}${others
    .slice(0, 2)
    .map(({ actor, recipients }) => `, ${actor} ${percent(recipients, failed)}`)
    .join('')}</span></dd></div>`;
}

function delayFact({ delay: { p50, p90 } }: Report): Markup | undefined {
  if (p50 === null || p90 === null) return undefined;
  return html`<div><dt>Half of the mail delivered within</dt><dd>${delayOf(p50)} <span>90 % within ${delayOf(p90)}</span></dd></div>`;
}

function noticeFact(report: Report): Markup | undefined {
  const { recipients } = report.notifications;
  if (recipients === 0) return undefined;
  return html`<div class="whole"><dt>Not counted above</dt><dd>${plural(recipients, 'notice')} <span>mail from &lt;&gt;: ${noticesOf(report)}</span></dd></div>`;
}

/** What matters most, each with what it rests on and what to do next. */
export const findings: Section = (report, options) => {
  const { findings } = report;
  const nothing = nothingFound(report);
  if (findings.length === 0 && nothing === undefined) return undefined;
  return html`<section id="findings"><h2>${findingsHeading(report)}</h2>
${nothing === undefined ? html`<ol class="findings">${findings.map((finding) => findingOf(finding, options))}</ol>` : html`<p class="card">${nothing}</p>`}</section>`;
};

function findingOf(finding: ReportFinding, { zone }: HtmlOptions): Markup {
  const { severity, what, text, evidence, who_acts, next_step } = finding;
  const { first, last, recipients, attempts, before, days, example } = evidence;
  const facts = [
    recipients > 0 && plural(recipients, 'recipient'),
    attempts > 0 && plural(attempts, 'attempt'),
    first !== undefined && last !== undefined && spanIn(zone, Date.parse(first), Date.parse(last)),
    before !== null &&
      (days === 1
        ? `the day before: ${number(before)}`
        : `before: ${number(Math.round(before * 10) / 10)}, as the mean of ${plural(days, 'day')}`),
  ].filter((fact) => fact !== false);
  const change = CHANGE_IN_WORDS[what];
  return html`<li class="card finding ${severity}">
<h3><span class="tag">${severity}${change && `, ${change}`}</span>${text}</h3>
${who_acts !== 'nobody' && html`<p><b>${who_acts}:</b> ${prose(next_step)}</p>`}
${facts.length > 0 && html`<p class="evidence">${facts.join(' · ')}</p>`}
${example !== undefined && html`<details><summary>one real reply</summary>${exampleOf(example, zone)}</details>`}
</li>`;
}

const CHANGE_IN_WORDS = {
  new: 'new',
  grew: 'grew',
  steady: '',
  fell: 'fell',
  gone: 'gone',
  unknown: '',
} as const;
