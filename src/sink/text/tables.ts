import type { PartyCounts } from '../../aggregate/report.ts';
import { failedOf } from '../answer.ts';
import { bucketsOf, OUTCOMES, stepName, stepOf } from '../buckets.ts';
import { HEADINGS } from '../vocabulary.ts';
import { INDENT, type Page, type Section } from './page.ts';
import { dateIn, momentIn, number, percent } from './words.ts';

/** The table that was asked for instead of the causes in full. */
export const breakdown: Section = (page) => {
  const { providers, domains, senders, distinct } = page.report;
  switch (page.by) {
    case 'cause':
      return [];
    case 'provider':
      return parties(
        page,
        HEADINGS.provider,
        providers.map((row) => [row.provider, row]),
        distinct.providers,
      );
    case 'domain':
      return parties(
        page,
        HEADINGS.domain,
        domains.map((row) => [row.domain || '(none)', row]),
        distinct.domains,
      );
    case 'sender':
      return parties(
        page,
        HEADINGS.sender,
        senders.map((row) => [row.sender || '<>', row]),
        distinct.senders,
      );
    case 'hour':
      return hourTable(page);
  }
};

/** Columns before and behind the timeline. */
const LABEL = 11;
const REMARK = 27;

/** How attempts and refusals were spread over time, one column of characters for an hour or more. */
export const timeline: Section = (page) => {
  const { screen, zone } = page;
  const { hours } = page.report;
  const buckets = bucketsOf(hours, page.room - LABEL - REMARK);
  if (page.by === 'hour' || buckets.length < 2) return [];
  const rows = [
    ['delivered', 'good', buckets.map((bucket) => bucket.delivered)],
    ['failed', 'hard', buckets.map((bucket) => bucket.deferred + bucket.bounced)],
    ['refused', 'soft', buckets.map((bucket) => bucket.rejected)],
  ] as const;
  const name = stepOf(buckets) < 24 ? momentIn : dateIn;
  const [first, last] = [buckets[0]!, buckets.at(-1)!].map(({ time }) => name(zone, time));
  return [
    page.heading(`Attempts by ${stepName(buckets)}, ${zone}`),
    ...rows
      .filter(([, , values]) => values.some((value) => value > 0))
      .map(([label, tone, values]) => {
        const tallest = Math.max(...values);
        const peak = buckets[values.indexOf(tallest)]!;
        const columns = screen.columns(values, tallest);
        const most = `  most ${number(tallest)}, ${name(zone, peak.time)}`;
        return (
          ' '.repeat(INDENT) +
          label.padEnd(LABEL) +
          screen.paint(tone, columns) +
          screen.paint('secondary', screen.fit(most, page.room - LABEL - columns.length))
        );
      }),
    page.line(`${' '.repeat(LABEL)}${first} to ${last}`, 'secondary'),
  ];
};

function parties(page: Page, title: string, rows: [string, PartyCounts][], all: number): string[] {
  if (rows.length === 0) return [];
  const { screen } = page;
  const shown = rows.slice(0, page.top);
  const longest = Math.max(...shown.map(([key]) => screen.widthOf(screen.safe(key)))) + 1;
  // Names in full are worth more than columns that only split what another one has.
  const columns = longest <= page.room - widthOf(WIDE) ? WIDE : NARROW;
  const name = Math.min(Math.max(longest, 20), page.room - widthOf(columns));
  const headings = columns.map(({ title, width }) => title.padStart(width)).join('');
  return [
    page.heading(title),
    ' '.repeat(INDENT) + screen.paint('secondary', ' '.repeat(name) + headings),
    ...shown.map(
      ([key, row]) =>
        ' '.repeat(INDENT) +
        screen.left(screen.safe(key), name) +
        columns.map(({ value, width }) => value(row).padStart(width)).join(''),
    ),
    ...(all > shown.length ? [page.line(`and ${number(all - shown.length)} more`, 'secondary')] : []),
  ];
}

function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0);
}

interface Column {
  title: string;
  width: number;
  value(row: PartyCounts): string;
}

const NARROW: readonly Column[] = [
  { title: 'failed', width: 9, value: (row) => number(failedOf(row)) },
  { title: 'of', width: 10, value: (row) => number(row.recipients) },
  { title: '%', width: 8, value: (row) => percent(failedOf(row), row.recipients) },
];

const WIDE: readonly Column[] = [
  ...NARROW,
  { title: 'bounced', width: 9, value: (row) => number(row.bounced) },
  { title: 'expired', width: 9, value: (row) => number(row.expired) },
  { title: 'deferred', width: 10, value: (row) => number(row.deferred) },
];

/** Rows of the table by hour. */
const MOST_ROWS = 48;

function hourTable(page: Page): string[] {
  const { screen, zone } = page;
  const buckets = bucketsOf(page.report.hours, MOST_ROWS);
  if (buckets.length === 0) return [];
  const time = 13;
  const width = 10;
  const bar = Math.min(24, page.room - time - OUTCOMES.length * width - 2);
  const largest = Math.max(...buckets.map((bucket) => bucket.deferred + bucket.bounced));
  const headings = OUTCOMES.map((result) => result.padStart(width)).join('');
  return [
    page.heading(`Attempts by ${stepName(buckets)}, ${zone}`),
    page.line(`${' '.repeat(time)}${headings}${bar < 8 ? '' : '  failed'}`, 'secondary'),
    ...buckets.map((bucket) => {
      const failed = bucket.deferred + bucket.bounced;
      const cells = OUTCOMES.map((result) => number(bucket[result]).padStart(width)).join('');
      const drawn =
        bar < 8 || failed === 0 ? '' : `  ${screen.paint('hard', screen.bar(failed / largest, bar))}`;
      return (
        ' '.repeat(INDENT) +
        momentIn(zone, bucket.time)
          .padStart(time - 1)
          .padEnd(time) +
        cells +
        drawn
      );
    }),
  ];
}
