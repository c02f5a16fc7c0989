/** Who was hit, what the mail server said of itself, and the sums that back all of it up. */
import { mailTotals, type PartyCounts } from '../../aggregate/report.ts';
import { STATES } from '../../aggregate/rows.ts';
import { failedOf } from '../answer.ts';
import { momentIn, number, percent } from '../text/words.ts';
import { countsOf, delayOf, HEADINGS, linesRemark, recipientsRemark } from '../vocabulary.ts';
import { bar } from './charts.ts';
import { html, type Markup, type Value } from './markup.ts';
import { BARS, type Heading, more, type Section, table } from './parts.ts';

const NUMBER: Heading = { title: '', kind: 'number' };
const MAIL: Heading = { title: 'Mail', kind: 'number' };
const NOTICES: Heading = { title: 'Notices', kind: 'number' };

/** Recipients by provider, with what became of them. */
export const providers: Section = ({ providers, distinct }, { top }) =>
  parties(
    'providers',
    HEADINGS.provider,
    'Provider',
    providers.map((row) => [row.provider, row, row.delay_p50 === null ? '' : delayOf(row.delay_p50)]),
    distinct.providers,
    top,
  );

/** Recipients by domain, with what became of them. */
export const domains: Section = ({ domains, distinct }, { top }) =>
  parties(
    'domains',
    HEADINGS.domain,
    'Domain',
    domains.map((row) => [row.domain || '(none)', row, undefined]),
    distinct.domains,
    top,
  );

function parties(
  id: string,
  title: string,
  column: string,
  rows: readonly (readonly [name: string, counts: PartyCounts, delay: string | undefined])[],
  all: number,
  top: number,
): Markup | undefined {
  if (rows.length === 0) return undefined;
  const shown = rows.slice(0, top);
  const withDelay = shown.some(([, , delay]) => delay !== undefined);
  return html`<section id="${id}"><h2>${title}</h2><div class="card">
${table(
  [
    column,
    { title: 'Recipients', kind: 'number', wide: true },
    { title: 'Failed', kind: 'number' },
    { title: 'Share', kind: 'number' },
    ...(withDelay ? [{ title: 'Median delay', kind: 'number', wide: true } as const] : []),
    BARS,
  ],
  shown.map(([name, counts, delay]) => [
    name,
    counts.recipients,
    failedOf(counts),
    percent(failedOf(counts), counts.recipients),
    ...(withDelay ? [delay ?? ''] : []),
    bar(
      FAILED_THEN_DELIVERED.map((state) => ({
        name: state,
        value: counts.recipients === 0 ? 0 : counts[state] / counts.recipients,
      })),
    ),
  ]),
)}${more(all - shown.length)}</div></section>`;
}

const FAILED_THEN_DELIVERED = ['bounced', 'expired', 'deferred', 'delivered'] as const;

/** Whose mail failed for good. */
export const hardSenders: Section = ({ hard_senders: senders, distinct }, { top }) => {
  if (senders.length === 0) return undefined;
  const shown = senders.slice(0, top);
  const largest = Math.max(...shown.map(({ hard }) => hard));
  return html`<section id="senders"><h2>Senders with the most hard failures</h2><div class="card">
${table(
  [
    'Sender',
    { title: 'Hard failures', kind: 'number' },
    { title: 'Of recipients', kind: 'number', wide: true },
    { title: 'Share', kind: 'number' },
    BARS,
  ],
  shown.map(({ sender, hard, recipients }) => [
    sender || '<>',
    hard,
    recipients,
    percent(hard, recipients),
    bar([{ name: 'bounced', value: hard / largest }]),
  ]),
)}${more(distinct.hard_senders - shown.length)}</div></section>`;
};

/** What the MTA said about its own trouble. */
export const notices: Section = ({ notices, distinct }, { top }) => {
  if (notices.length === 0) return undefined;
  const shown = notices.slice(0, top);
  return html`<section id="notices"><h2>${HEADINGS.notices}</h2><div class="card">
${table(
  ['Notice', { title: 'Program', wide: true }, { title: 'Times', kind: 'number' }],
  shown.map(({ severity, program, text, example, count }) => [
    html`${severity !== 'warning' && html`<span class="tag hard">${severity}</span>`}${count === 1 ? example : text}`,
    program,
    count,
  ]),
)}${more(distinct.notices - shown.length)}</div></section>`;
};

/** The counts, the sums that must hold, and what was read. */
export const checks: Section = (report, { zone }) => {
  const { totals, notifications, lines, inputs } = report;
  const mail = mailTotals(report);
  const told = notifications.recipients > 0;
  const headings = told ? [MAIL, NOTICES] : [NUMBER];
  const row = (name: Value, count: number, notices: number | '' = ''): Value[] =>
    told ? [name, count, notices] : [name, count];
  return html`<section id="checks"><h2>${HEADINGS.totals} and ${HEADINGS.checks.toLowerCase()}</h2><div class="card">
<div class="columns">
${table(
  ['Recipients by last known state', ...headings],
  [
    row('all', mail.recipients, notifications.recipients),
    ...STATES.map((state) => row(state, mail[state], notifications[state])),
  ],
)}
${table(
  ['Attempts and messages', ...headings],
  countsOf(report).map(([name, count, notices]) =>
    row(name.startsWith(' ') ? html`<span class="part">${name.trim()}</span>` : name, count, notices),
  ),
)}
</div>
<ul class="checks">
${check(
  ['recipients', totals.recipients],
  STATES.map((state) => [state, totals[state]]),
  recipientsRemark(report),
)}
${check(
  ['lines read', lines.read],
  [
    ['used', lines.used],
    ['ignored', lines.ignored],
    ['unparsed', lines.unparsed],
  ],
  linesRemark(report),
)}
</ul>
<div class="scroll">${table(
    ['Read', 'Mail server', { title: 'Lines', kind: 'number' }, 'From', 'To'],
    inputs.map(({ file, mta, lines, from, to, repeats }) => [
      repeats === undefined ? file : `${file} (in ${repeats})`,
      mta ?? '',
      lines,
      from === undefined ? '' : momentIn(zone, Date.parse(from)),
      to === undefined ? '' : momentIn(zone, Date.parse(to)),
    ]),
  )}</div></div></section>`;
};

function check(
  [name, whole]: readonly [string, number],
  parts: readonly (readonly [string, number])[],
  remark = '',
): Markup {
  const sum = parts.reduce((total, [, count]) => total + count, 0);
  const terms = parts.map(([part, count]) => `${part} ${number(count)}`).join(' + ');
  return sum === whole
    ? html`<li><span class="holds">✓</span>${name} ${number(whole)} = ${terms}${remark}</li>`
    : html`<li><span class="fails">✗</span>${name} ${number(whole)} = ${terms}${remark}: WRONG, the parts make ${number(sum)}</li>`;
}
