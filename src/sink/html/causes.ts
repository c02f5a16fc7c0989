/** Why mail failed, there and here. */
import type { ReportCause, ReportHeld, ReportReject } from '../../aggregate/report.ts';
import { OTHER } from '../../cause/providers.ts';
import { doubtOf, failuresOf, legendOf, stands, titleOf, whoActs } from '../answer.ts';
import { inOneLine } from '../escape.ts';
import { heldParties, heldRemedies, heldTitle, MOST_HELD, noLongerFailing } from '../held.ts';
import { momentIn, number, percent, plural } from '../text/words.ts';
import { HEADINGS, replyLabel } from '../vocabulary.ts';
import { bar } from './charts.ts';
import { html, type Markup } from './markup.ts';
import { BARS, exampleOf, type HtmlOptions, more, prose, ranking, type Section, table } from './parts.ts';

/** Why mail failed: for every cause how much, who must act, what to do, where, and one real case. */
export const causes: Section = (report, options) => {
  const standing = report.causes.filter(stands);
  if (standing.length === 0) return undefined;
  const full = standing.slice(0, Math.min(FULL_CAUSES, options.top));
  const rarer = standing.slice(full.length);
  const largest = Math.max(...standing.map(({ share }) => share));
  const legend = legendOf(standing);
  return html`<section id="causes"><h2>${HEADINGS.causes}</h2>${legend !== undefined && html`<p class="quiet">${legend}</p>`}
${full.map((cause) => causeOf(cause, largest, options))}
${rarer.length > 0 && rarerCauses(rarer, largest)}
</section>`;
};

/** Causes told in full; the others are one line each. */
const FULL_CAUSES = 10;

function causeOf(cause: ReportCause, largest: number, { zone }: HtmlOptions): Markup {
  const { kind, recipients, share, waiting, providers, domains, examples } = cause;
  const behind = waiting > 0 && `${number(waiting)} waiting behind ${recipients > 0 ? 'them' : 'other mail'}`;
  const named = providers.filter(({ provider }) => provider !== OTHER);
  const [example] = examples;
  const where = [
    [
      'where',
      ranking(
        named.map(({ provider, recipients }) => [provider, recipients]),
        recipients,
      ),
    ],
    [
      'domains',
      ranking(
        domains.map(({ domain, recipients }) => [domain, recipients]),
        recipients,
      ),
    ],
  ] as const;
  return html`<article class="card cause">
<div><h3>${titleOf(cause)}${doubtOf(cause)}</h3>
<p class="evidence"><span class="tag ${kind}">${kind}</span>${[failuresOf(cause), behind].filter(Boolean).join(', ')} <code>${cause.detail === undefined ? cause.cause : `${cause.cause}/${cause.detail}`}</code></p></div>
<div class="size"><b>${number(recipients)}</b> <span class="quiet">${percent(share, 1)}</span>${bar([{ name: kind, value: share / Math.max(largest, Number.MIN_VALUE) }])}</div>
<dl class="pairs">
<dt>who acts</dt><dd><b>${whoActs(cause)}</b></dd>
<dt>to do</dt><dd>${prose(cause.remedy)}</dd>
${where.map(([label, names]) => names !== undefined && html`<dt>${label}</dt><dd>${names}</dd>`)}
${example !== undefined && html`<dt>${replyLabel(example)}</dt><dd>${exampleOf(example, zone)}</dd>`}
</dl></article>`;
}

function rarerCauses(rarer: readonly ReportCause[], largest: number): Markup {
  return html`<details class="more"><summary>${plural(rarer.length, 'rarer cause')}</summary>
<div class="card">${table(
    ['Cause', { title: 'Kind', wide: true }, 'Who acts', { title: 'Recipients', kind: 'number' }, BARS],
    rarer.map((cause) => [
      titleOf(cause) + doubtOf(cause),
      cause.kind,
      whoActs(cause),
      cause.recipients,
      bar([{ name: cause.kind, value: cause.share / Math.max(largest, Number.MIN_VALUE) }]),
    ]),
  )}</div></details>`;
}

/** Why notices failed. They concern nobody's mail, but tell of what this server should have refused. */
export const failedNotices: Section = ({ notifications: { causes } }, { top, zone }) => {
  const standing = causes.filter(stands);
  if (standing.length === 0) return undefined;
  const shown = standing.slice(0, top);
  return html`<section id="failed-notices"><h2>${HEADINGS.failedNotices}</h2><div class="card">
<p>Often to senders that were forged (backscatter).</p>
${table(
  ['Cause', { title: 'Recipients', kind: 'number' }],
  shown.map(({ recipients, waiting, examples: [example], ...cause }) => [
    html`${titleOf(cause)}${doubtOf(cause)}${example !== undefined && html`<details><summary>example</summary>${exampleOf(example, zone)}</details>`}`,
    recipients || waiting,
  ]),
)}${more(standing.length - shown.length)}</div></section>`;
};

/** What is on hold: why, since when, which messages, and what can be done. */
export const held: Section = ({ held }, { top, zone }) => {
  if (held.length === 0) return undefined;
  const shown = held.slice(0, top);
  return html`<section id="held"><h2>${HEADINGS.held}</h2><div class="card">
${table(
  ['Reason', { title: 'Recipients', kind: 'number' }],
  shown.map((each) => [
    html`${heldTitle(each)}${each.reply !== undefined && html`<p class="evidence">${inOneLine(each.reply)}</p>`}
${messagesOf(each, zone)}`,
    each.recipients,
  ]),
)}${more(held.length - shown.length)}
${heldRemedies(shown).map((remedy) => html`<p class="evidence">${prose(remedy)}</p>`)}</div></section>`;
};

/** The oldest at once, the others on demand. */
function messagesOf({ messages, recipients }: ReportHeld, zone: string): Markup {
  const lines = messages.map(
    (message) =>
      html`<p class="evidence"><code>${message.queue_id}</code> ${heldParties(message)}, since ${momentIn(zone, Date.parse(message.since))}</p>`,
  );
  const told = messages.reduce((sum, message) => sum + message.recipients, 0);
  const others =
    recipients > told && html`<p class="evidence">and ${plural(recipients - told, 'recipient')} more</p>`;
  const rest = lines.slice(MOST_HELD);
  return html`${lines.slice(0, MOST_HELD)}${
    rest.length > 0
      ? html`<details><summary>${plural(rest.length, 'more message')}</summary>${rest}${others}</details>`
      : others
  }`;
}

/** Failures that nobody has to act on any more. */
export const recovered: Section = (report) => {
  const gone = noLongerFailing(report);
  if (gone.length === 0) return undefined;
  const some = gone.some(({ onHold }) => onHold > 0);
  return html`<section id="recovered"><h2>${HEADINGS.recovered}</h2><div class="card">${table(
    [
      'Cause',
      { title: 'Failed attempts', kind: 'number' },
      { title: 'Delivered later', kind: 'number' },
      ...(some ? [{ title: 'On hold', kind: 'number' } as const] : []),
    ],
    gone.map(({ cause, onHold }) => [
      titleOf(cause) + doubtOf(cause),
      ...[cause.attempts, cause.recovered],
      ...(some ? [onHold] : []),
    ]),
  )}</div></section>`;
};

/** What this server refused, and from whom. */
export const rejects: Section = ({ rejects }, { top, zone }) => {
  if (rejects.length === 0) return undefined;
  const shown = rejects.slice(0, top);
  const largest = Math.max(...shown.map(({ count }) => count));
  const legend = legendOf(shown);
  return html`<section id="rejects"><h2>${HEADINGS.rejects}</h2>${legend !== undefined && html`<p class="quiet">${legend}</p>`}<div class="card">
${table(
  [
    'Reason',
    { title: 'Kind', wide: true },
    { title: 'Refusals', kind: 'number' },
    { title: 'Share', kind: 'number' },
    { title: 'Most from', wide: true },
    BARS,
  ],
  shown.map((reject) => [
    refusal(reject, zone),
    reject.kind,
    reject.count,
    percent(reject.share, 1),
    ranking(
      reject.clients.map(({ client, count }) => [client, count]),
      reject.count,
    ),
    bar([{ name: 'rejected', value: reject.count / largest }]),
  ]),
)}${more(rejects.length - shown.length)}</div></section>`;
};

/** Most refusals are as they should be: only those are explained that this side can do something about. */
function refusal(reject: ReportReject, zone: string): Markup {
  const [example] = reject.examples;
  return html`${titleOf(reject)}${doubtOf(reject)}${reject.who_acts === 'this server' && html`<p class="evidence">${prose(reject.remedy)}</p>`}
${example !== undefined && html`<details><summary>example</summary>${exampleOf(example, zone)}</details>`}`;
}

/** Replies that no rule knows: what there is to teach. */
export const unclassified: Section = ({ unclassified, distinct }, { top, zone }) => {
  if (unclassified.length === 0) return undefined;
  const shown = unclassified.slice(0, top);
  return html`<section id="unclassified"><h2>${HEADINGS.unclassified}</h2><div class="card">
${table(
  ['Reply', { title: 'Said by', wide: true }, { title: 'Times', kind: 'number' }],
  shown.map(({ direction, count, example }) => [
    example === undefined ? 'several rare ones' : exampleOf(example, zone),
    direction === 'inbound' ? 'this server' : (example?.relay_host ?? 'others'),
    count,
  ]),
)}${more(distinct.unclassified - shown.length)}
<p class="evidence">Rules for them can be written: <code>whybounce report --unknown-replies</code> makes their beginnings.</p></div></section>`;
};
