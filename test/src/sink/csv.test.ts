import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { formatCsv } from '../../../src/sink/csv.ts';
import { escapeForTerminal } from '../../../src/sink/escape.ts';
import { BREAKDOWNS } from '../../../src/sink/text.ts';
import fc from '../../property.ts';
import { HOSTILE_TEXTS, withTexts } from './hostile.ts';
import { morning } from './morning.ts';

const report = morning();

/** As an independent and strict reader sees it: the rows by their headings. */
function read(text: string): Record<string, string>[] {
  return parse(text, { columns: true, record_delimiter: '\r\n' });
}

test.each(BREAKDOWNS)('a morning by %s', async (by) => {
  await expect(formatCsv(report, by)).toMatchFileSnapshot(`__snapshots__/report-${by}.csv`);
});

test('the rows are those of the report, with its names', () => {
  const rows = read(formatCsv(report, 'domain'));
  expect(rows).toHaveLength(report.domains.length);
  for (const [index, domain] of report.domains.entries()) {
    expect(rows[index]).toEqual(
      Object.fromEntries(Object.entries(domain).map(([key, value]) => [key, String(value)])),
    );
  }
});

test('the null sender and no delay are empty', () => {
  const provider = { ...report.providers[0]!, delay_p50: null };
  expect(read(formatCsv({ ...report, providers: [provider] }, 'provider'))[0]).toMatchObject({
    delay_p50: '',
  });
  const sender = { ...report.senders[0]!, sender: '' };
  expect(read(formatCsv({ ...report, senders: [sender] }, 'sender'))[0]).toMatchObject({ sender: '' });
});

describe('texts of a log', () => {
  const pieces = fc.constantFrom(
    '=',
    '+',
    '-',
    '@',
    '"',
    ',',
    ';',
    '\r',
    '\n',
    '\t',
    ' ',
    "'",
    '\0',
    '\u202e',
    'a',
    '1',
    '|',
    '\uff1d',
  );
  const text = fc.oneof(
    fc.constantFrom(...HOSTILE_TEXTS),
    fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join('')),
  );

  test('come back as they are shown elsewhere, and none can be a formula', () => {
    fc.assert(
      fc.property(text, (domain) => {
        const [row] = read(formatCsv({ ...report, domains: [{ ...report.domains[0]!, domain }] }, 'domain'));
        const cell = row!['domain']!;
        const shown = escapeForTerminal(domain);
        expect([shown, `'${shown}`]).toContain(cell);
        expect(cell).not.toMatch(/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/);
      }),
    );
  });

  test('break no line and no column anywhere', () => {
    for (const by of BREAKDOWNS) {
      const lines = formatCsv(withTexts(report, HOSTILE_TEXTS), by).split('\r\n');
      const harmless = formatCsv(withTexts(report, ['x']), by).split('\r\n');
      expect(lines).toHaveLength(harmless.length);
      expect(read(lines.join('\r\n'))).toHaveLength(harmless.length - 2);
    }
  });
});
