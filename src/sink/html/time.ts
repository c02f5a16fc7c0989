/** When things happened, and how long they took. */
import { type Bucket, bucketsOf, OUTCOMES, stepName, stepOf } from '../buckets.ts';
import { clockIn, dateIn, dayIn, duration, momentIn, number, percent, plural } from '../text/words.ts';
import { delaySentence } from '../vocabulary.ts';
import { bar, type Column, type HeatRow, heatLegend, heatMap, stackedColumns } from './charts.ts';
import { html } from './markup.ts';
import { BARS, type Section, swatch, table } from './parts.ts';

/** Columns that a page has room for. */
const MOST_COLUMNS = 60;

/** How attempts and refusals were spread over time. */
export const volume: Section = ({ hours }, { zone }) => {
  const buckets = bucketsOf(hours, MOST_COLUMNS);
  if (buckets.length < 2) return undefined;
  const columns = columnsOf(buckets, zone);
  const name = `Attempts and refusals by ${stepName(buckets)}`;
  return html`<section id="volume"><h2>${name}</h2><figure class="card">
<ul class="legend">${[...FROM_THE_BOTTOM].reverse().map((outcome) => html`<li>${swatch(outcome)}${OUTCOME_IN_WORDS[outcome]}</li>`)}</ul>
${stackedColumns(name, columns)}
<figcaption>${zone}; failures stand at the bottom.</figcaption>
<details><summary>as a table</summary><div class="scroll">${table(
    ['Begins', ...OUTCOMES.map((outcome) => ({ title: OUTCOME_IN_WORDS[outcome], kind: 'number' as const }))],
    buckets.map((bucket) => [momentIn(zone, bucket.time), ...OUTCOMES.map((outcome) => bucket[outcome])]),
  )}</div></details></figure></section>`;
};

/** Failures are few beside what was delivered: on the ground they can be compared. */
const FROM_THE_BOTTOM = ['bounced', 'deferred', 'rejected', 'delivered'] as const;

const OUTCOME_IN_WORDS = {
  delivered: 'delivered',
  deferred: 'deferred',
  bounced: 'bounced',
  rejected: 'refused here',
} as const;

/** Rows of the heat map. */
const MOST_ROWS = 12;

/** When attempts failed, and at whom. */
export const heat: Section = ({ hours }, { zone }) => {
  const buckets = bucketsOf(hours, MOST_COLUMNS);
  if (buckets.length < 2) return undefined;
  const rows = heatRows(buckets, zone);
  if (rows.length === 0) return undefined;
  const name = `Failed attempts by ${stepName(buckets)} and provider`;
  return html`<section id="heat"><h2>${name}</h2><figure class="card">
${heatMap(name, rows, columnsOf(buckets, zone))}
<ul class="legend">${heatLegend(rows).map(({ name, from, to }) => html`<li>${swatch(name)}${to > from ? `${number(from)} to ${number(to)}` : number(from)}</li>`)}</ul>
<details><summary>as a table</summary><div class="scroll">${table(
    ['Begins', ...rows.map(({ label }) => ({ title: label, kind: 'number' as const }))],
    buckets.map((bucket, column) => [
      momentIn(zone, bucket.time),
      ...rows.map(({ cells }) => cells[column]?.value ?? ''),
    ]),
  )}</div></details></figure></section>`;
};

function heatRows(buckets: readonly Bucket[], zone: string): HeatRow[] {
  const failures = new Map<string, number>();
  for (const { providers } of buckets) {
    for (const [provider, { failed }] of providers)
      failures.set(provider, (failures.get(provider) ?? 0) + failed);
  }
  const ranked = [...failures].filter(([, failed]) => failed > 0).sort(([, a], [, b]) => b - a);
  return ranked.slice(0, MOST_ROWS).map(([provider]) => ({
    label: provider,
    cells: buckets.map((bucket) => {
      const counts = bucket.providers.get(provider);
      if (counts === undefined) return undefined;
      const title = `${provider}, ${momentIn(zone, bucket.time)}: ${number(counts.failed)} of ${plural(counts.attempts, 'attempt')} failed`;
      return { value: counts.failed, title };
    }),
  }));
}

function columnsOf(buckets: readonly Bucket[], zone: string): Column[] {
  const every = Math.max(1, Math.ceil(buckets.length / 8));
  const hours = stepOf(buckets);
  const days = new Set(buckets.map(({ time }) => dateIn(zone, time)));
  return buckets.map((bucket, index) => {
    const counts = FROM_THE_BOTTOM.map((name) => ({ name, value: bucket[name] }));
    const told = counts
      .filter(({ value }) => value > 0)
      .map(({ name, value }) => `${number(value)} ${OUTCOME_IN_WORDS[name]}`);
    return {
      label: index % every > 0 ? '' : (hours >= 24 || days.size > 3 ? dayIn : clockIn)(zone, bucket.time),
      major: (index / every) % 2 === 0,
      title: `${momentIn(zone, bucket.time)}: ${told.join(', ') || 'nothing'}`,
      parts: counts,
    };
  });
}

/** Upper bounds in seconds that people think in. */
const DELAYS = [1, 3, 10, 30, 60, 300, 900, 3600, 4 * 3600, 24 * 3600, 5 * 24 * 3600, Infinity] as const;

/** How long deliveries took. */
export const delays: Section = ({ delay }) => {
  const { distribution } = delay;
  const sentence = delaySentence(delay);
  if (sentence === undefined) return undefined;
  const all = distribution.reduce((sum, { recipients }) => sum + recipients, 0);
  let least = -1;
  const spans = DELAYS.map((most) => {
    const recipients = distribution
      .filter(({ seconds }) => seconds > least && seconds <= most)
      .reduce((sum, { recipients }) => sum + recipients, 0);
    const name = most === Infinity ? `longer than ${duration(least)}` : `up to ${duration(most)}`;
    least = most;
    return { name, recipients };
  });
  const used = spans.slice(0, spans.findLastIndex(({ recipients }) => recipients > 0) + 1);
  const largest = Math.max(...used.map(({ recipients }) => recipients));
  let soFar = 0;
  return html`<section id="delays"><h2>How long delivery took</h2><div class="card">
<p>${sentence}</p>
${table(
  [
    'From arrival to delivery',
    { title: 'Recipients', kind: 'number' },
    { title: 'So far', kind: 'number' },
    BARS,
  ],
  used.map(({ name, recipients }) => {
    soFar += recipients;
    return [name, recipients, percent(soFar, all), bar([{ name: 'plain', value: recipients / largest }])];
  }),
)}</div></section>`;
};
