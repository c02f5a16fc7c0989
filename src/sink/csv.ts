/**
 * One table of a report as CSV (RFC 4180), for spreadsheets. A text that a spreadsheet would run as a formula gets a
 * quote before it, as the spreadsheet's own users would write it.
 */
import type { Report } from '../aggregate/report.ts';
import { escapeForTerminal } from './escape.ts';
import type { Breakdown } from './text.ts';
import { replyIn } from './vocabulary.ts';

type Cell = string | number | null | undefined;

/** Gives the table that a breakdown stands for, with its headings. Columns are named as in JSON. */
export function formatCsv(report: Report, by: Breakdown): string {
  const rows = TABLES[by](report);
  const columns = COLUMNS[by];
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((cells) => `${cells.map(cellOf).join(',')}\r\n`)
    .join('');
}

type Row = Readonly<Record<string, Cell>>;

const PARTY = [
  'recipients',
  'delivered',
  'deferred',
  'bounced',
  'expired',
  'discarded',
  'held',
  'deleted',
  'open',
  'failed_attempts',
  'hard',
];

/** Columns that a program may rely on: added to at the end, never renamed or moved. */
const COLUMNS: Readonly<Record<Breakdown, readonly string[]>> = {
  cause: [
    ...['cause', 'detail', 'kind', 'title', 'recipients', 'attempts', 'messages', 'share'],
    ...['deferred', 'bounced', 'expired', 'waiting', 'recovered', 'first', 'last', 'who_acts', 'remedy'],
    ...['example_to', 'example_reply', 'confidence', 'local_recipients', 'local_who_acts'],
  ],
  provider: ['provider', ...PARTY, 'delay_p50'],
  domain: ['domain', ...PARTY],
  sender: ['sender', ...PARTY],
  hour: ['hour', 'delivered', 'deferred', 'bounced', 'rejected'],
};

const TABLES: Readonly<Record<Breakdown, (report: Report) => readonly Row[]>> = {
  cause: ({ causes }) =>
    causes.map(({ providers: _, domains: __, examples: [example], local, ...cause }) => ({
      ...cause,
      local_recipients: local?.recipients,
      local_who_acts: local?.who_acts,
      example_to: example?.to,
      example_reply: example && replyIn(example),
    })),
  provider: ({ providers }) => providers.map(({ delays: _, ...row }) => row),
  domain: ({ domains }) => domains.map((row) => ({ ...row })),
  sender: ({ senders }) => senders.map((row) => ({ ...row })),
  hour: ({ hours }) => hours.map(({ providers: _, ...hour }) => hour),
};

/** What spreadsheets take for the beginning of a formula; a tab or line end before it is already escaped. */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/;

function cellOf(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const shown = escapeForTerminal(cell);
  const text = FORMULA.test(shown.trimStart()) ? `'${shown}` : shown;
  return /[",]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;
}
