import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { buildReport } from '../../../src/aggregate/build.ts';
import { formatHtml } from '../../../src/sink/html.ts';
import { formatJson } from '../../../src/sink/json.ts';
import { Screen } from '../../../src/sink/screen.ts';
import { BREAKDOWNS, formatText, type TextOptions } from '../../../src/sink/text.ts';
import fc from '../../property.ts';
import { classification, client, delivery, message, record, rejected, TEN } from '../aggregate/events.ts';
import { morning } from './morning.ts';

const PLAIN: TextOptions = { width: 80, colour: false, unicode: true, top: 10, by: 'cause' };

describe('the report of a morning', () => {
  const report = morning();

  test('in 80 columns', async () => {
    await expect(formatText(report, PLAIN)).toMatchFileSnapshot('__snapshots__/report-80.txt');
  });

  test('in 60 columns without Unicode', async () => {
    const text = formatText(report, { ...PLAIN, width: 60, unicode: false, top: 2 });
    await expect(text).toMatchFileSnapshot('__snapshots__/report-60-ascii.txt');
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
  });

  test.each(BREAKDOWNS.filter((by) => by !== 'cause'))('by %s', async (by) => {
    const text = formatText(report, { ...PLAIN, by, top: 3 });
    await expect(text).toMatchFileSnapshot(`__snapshots__/report-by-${by}.txt`);
  });

  test('in colour says the same', () => {
    const coloured = formatText(report, { ...PLAIN, colour: true });
    expect(coloured).toContain('\x1b[31m');
    expect(stripVTControlCharacters(coloured)).toBe(formatText(report, PLAIN));
  });

  test('in the zone of the reader', () => {
    const text = formatText(report, { ...PLAIN, zone: 'Asia/Kolkata' });
    expect(text).toContain('9 Nov 2026 15:30 to 23:30 Asia/Kolkata');
  });

  test('as JSON is one document that ends with a line feed', () => {
    expect(JSON.parse(formatJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
    expect(formatJson(report)).toMatch(/^\{\n {2}"schema": "whybounce.report\/1",\n/);
    expect(formatJson(report)).toMatch(/\n\}\n$/);
    expect(formatJson(morning())).toBe(formatJson(report));
  });
});

test('sums that do not hold are pointed out', () => {
  const report = morning();
  report.lines.used -= 1;
  const text = formatText(report, PLAIN);
  expect(text).toContain(' ✓  recipients 1,200 =');
  expect(text).toContain(' ✗  lines read 9,000 =');
  expect(text.replace(/\s+/g, ' ')).toContain('WRONG, the parts make 8,999');
});

test('one is not many, and nothing is not something', () => {
  const aggregate = new Aggregate();
  const empty = { inputs: [], lines: { read: 0, used: 0, ignored: 0, unparsed: 0 }, evicted: 0, now: TEN };
  expect(formatText(buildReport(aggregate, empty), PLAIN)).toContain('No mail was seen.');
  aggregate.event(delivery(message(), 'delivered'));
  aggregate.event(rejected());
  const fine = formatText(buildReport(aggregate, empty), PLAIN);
  expect(fine).toContain('Nothing failed: 1 recipient.\n1 delivered, 1 refusal by this server.');
  aggregate.event(delivery(message(), 'bounced'));
  expect(formatText(buildReport(aggregate, empty), PLAIN)).toContain(
    '1 of 2 recipients failed (50 %): 1 bounced.',
  );
});

test('what came out of the log can neither steer the terminal nor break the lines', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      '\x1b[2J\x1b]0;title\x07',
      'a\r\nb',
      '\u202egpj.exe',
      '日本語'.repeat(60),
      '🧨'.repeat(80),
      '\u00a0',
    ),
  );
  fc.assert(
    fc.property(
      fc.array(nasty, { minLength: 12, maxLength: 12 }),
      fc.integer({ min: 60, max: 130 }),
      fc.constantFrom(...BREAKDOWNS),
      fc.boolean(),
      (words, width, by, unicode) => {
        const [to, from, queueId, text, provider, host, ip, detail, cause, program, file, notice] = words as [
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
        ];
        const aggregate = new Aggregate();
        const facts = { to, provider, classification: classification(cause, { detail }) };
        aggregate.event(
          delivery(message({ queueId, from }), 'bounced', {
            ...facts,
            delivery: record({ diagnostic: text }),
          }),
        );
        const gone = delivery(message({ from: to }), 'deferred', { to: from, provider });
        aggregate.event(gone);
        aggregate.event(delivery(gone.message!, 'delivered', { to: from, provider, prior: gone }));
        aggregate.event(rejected(facts, { diagnostic: text, client: client({ host, ip }) }));
        aggregate.event(rejected({}, { client: client({ host }) }));
        aggregate.notice({ kind: 'notice', severity: 'warning', text: notice }, program, TEN);
        const report = buildReport(aggregate, {
          now: TEN,
          inputs: [{ file, lines: 1 }],
          lines: { read: 1, used: 1, ignored: 0, unparsed: 0 },
          evicted: 0,
        });
        const page = formatText(report, { width, colour: false, unicode, top: 10, by });
        expect(page).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        for (const line of page.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      },
    ),
    { numRuns: 100 },
  );
});

describe('a text of more lines than there is room for', () => {
  const screen = new Screen({ width: 80, colour: false, unicode: true });

  test('ends with a sentence', () => {
    expect(screen.wrapSentences('One two three. Four five. Six seven eight.', 14, 2)).toEqual([
      'One two three.',
      'Four five.',
    ]);
  });

  test('ends between words, not within a command', () => {
    const text = 'Look at it with `mailq and more` and again and again';
    expect(screen.wrapSentences(text, 14, 2)).toEqual(['Look at it', 'with …']);
    expect(screen.wrapSentences(text, 16, 3)).toEqual([
      'Look at it with',
      '`mailq and more`',
      'and again and …',
    ]);
  });

  test('is whole where it fits', () => {
    expect(screen.wrapSentences('One two', 7, 1)).toEqual(['One two']);
  });

  test('shows only words of the text', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z`.]{1,12}$/), { minLength: 1 }), (words) => {
        const lines = screen.wrapSentences(words.join(' '), 20, 3);
        expect(lines.length).toBeLessThanOrEqual(3);
        const shown = lines.join(' ').split(' ');
        if (shown.at(-1) === '…') shown.pop();
        if (!words.join(' ').includes('`')) expect(words.slice(0, shown.length)).toEqual(shown);
      }),
    );
  });
});

test('notices that are cut off to the same are told as one', () => {
  const report = morning();
  const long = `${'word '.repeat(60)}end`;
  const notice = { ...report.notices[0]!, severity: 'warning', count: 7 };
  report.notices = ['one', 'two'].map((end) => ({
    ...notice,
    text: `${long} ${end}`,
    example: `${long} ${end}`,
  }));
  const text = formatText(report, PLAIN);
  expect(text).toContain('14 x  ');
  expect(text).not.toMatch(/ 7 x {2}/);
});

test('a day before that is covered in part is said not to be compared with', () => {
  const report = { ...morning(), not_compared: '2026-11-08T00:00:00Z' };
  expect(formatText(report, PLAIN)).toContain('8 Nov 2026 is not covered whole, so it is not compared with.');
  expect(formatHtml(report, { top: 3, zone: 'UTC' })).toContain('8 Nov 2026 is not covered whole');
});
