import { describe, expect, test } from 'vitest';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { buildReport } from '../../../src/aggregate/build.ts';
import { bucketOf, secondsOf } from '../../../src/aggregate/histogram.ts';
import { mergeReports } from '../../../src/aggregate/merged.ts';
import type { Report } from '../../../src/aggregate/report.ts';
import { Analysis } from '../../../src/analysis.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { CauseStage } from '../../../src/cause/stage.ts';
import { logOf, ordinaryDays, refusedByGmail, TODAY } from './mail.ts';

const DAY = 86_400_000;
const CLASSIFIER = new Classifier();
const BEFORE = 6;
// What is still under way at midnight belongs to two days, and is another test's matter.
const LOG = logOf(
  [...ordinaryDays(BEFORE), ...refusedByGmail(60)].filter(({ time }) => (time - TODAY) % DAY !== -1000),
);

function reportOf(log: string, window: { from?: number; until?: number }): Report {
  const aggregate = new Aggregate(window);
  const analysis = new Analysis(new CauseStage(CLASSIFIER, aggregate), { zone: 'UTC' });
  analysis.begin(TODAY + DAY);
  analysis.read({ text: log, offset: 0, overlong: 0 });
  const inputs = [{ file: 'mail.log', mta: 'postfix' as const, lines: analysis.lines.read }];
  return buildReport(aggregate, { now: TODAY, inputs, lines: analysis.lines, evicted: 0, top: 1000 });
}

const asDocument = (report: Report, index: number) => ({
  file: `day${index}.json`,
  value: JSON.parse(JSON.stringify(report)) as unknown,
});

const merge = (reports: readonly Report[]): Report =>
  mergeReports(reports.map(asDocument), { now: TODAY, top: 1000 });

test('seven days make the week', () => {
  const days = Array.from({ length: BEFORE + 1 }, (_, index) => {
    const from = TODAY - (BEFORE - index) * DAY;
    return reportOf(LOG, { from, until: from + DAY });
  });
  const week = merge(days);
  const whole = reportOf(LOG, { from: TODAY - BEFORE * DAY, until: TODAY + DAY });
  // Each day read the whole log.
  const { inputs: _, lines: __, merged, ...sums } = week;
  const { inputs: ___, lines: ____, ...wanted } = whole;
  expect(sums).toEqual(wanted);
  expect(merged).toEqual({ reports: 7, files: days.map((_, index) => `day${index}.json`) });
});

test('one report alone stays what it is', () => {
  const whole = reportOf(LOG, {});
  const { merged: _, ...alone } = merge([whole]);
  expect(alone).toEqual(whole);
});

test('the sums hold for what took from one day into the next, which both have', () => {
  const reply = '450 4.2.0 try later';
  const log = logOf([
    { time: TODAY - 3_600_000, to: 'a@example.org', status: 'deferred', reply, later: 7_200_000 },
  ]);
  const { totals } = merge([
    reportOf(log, { from: TODAY - DAY, until: TODAY }),
    reportOf(log, { from: TODAY, until: TODAY + DAY }),
  ]);
  expect(totals).toMatchObject({ recipients: 2, deferred: 1, delivered: 1 });
});

test('how sure a cause is, is weighed by its attempts', () => {
  const [first, second] = [0, 1].map((day) => reportOf(LOG, { from: TODAY - day * DAY, until: TODAY + DAY }));
  const tell = (report: Report, attempts: number, confidence?: number) => {
    const { confidence: _, ...cause } = report.causes[0]!;
    report.causes = [{ ...cause, attempts, ...(confidence !== undefined && { confidence }) }];
    return report;
  };
  expect(merge([tell(first!, 30, 0.9), tell(second!, 10, 0.5)]).causes[0]!.confidence).toBe(0.8);
  // A report from before it was told.
  expect(merge([tell(first!, 30, 0.9), tell(second!, 10)]).causes[0]!.confidence).toBe(0.9);
});

test('every step of a distribution goes back to where it came from', () => {
  for (let bucket = 1; bucket < 600; bucket++) expect(bucketOf(secondsOf(bucket))).toBe(bucket);
});

describe('what is no report is refused by name', () => {
  const good = reportOf(LOG, {});
  test.each<[unknown, string]>([
    [{}, 'x.json: the document has no schema'],
    [[], 'x.json: the document is not an object'],
    [{ schema: 'other/1' }, 'x.json is not a report of whybounce (schema whybounce.report/1)'],
    [{ ...good, totals: { ...good.totals, bounced: '7' } }, 'x.json: totals.bounced is not a count'],
    [{ ...good, totals: { ...good.totals, bounced: -7 } }, 'x.json: totals.bounced is not a count'],
    [{ ...good, causes: [{ ...good.causes[0], first: 'noon' }] }, 'x.json: causes[0].first is not a time'],
    [{ ...good, hours: 7 }, 'x.json: hours is not a list'],
  ])('%#', (value, message) => {
    expect(() => mergeReports([{ file: 'x.json', value }], { now: TODAY, top: 10 })).toThrow(message);
  });

  test('the same one twice', () => {
    const twice = [good, good].map(asDocument);
    expect(() => mergeReports(twice, { now: TODAY, top: 10 })).toThrow(
      'day1.json is the same report as day0.json',
    );
  });
});

test('findings of two servers on one day name the report', () => {
  const day = reportOf(LOG, { from: TODAY, until: TODAY + DAY });
  const evidence = { recipients: 1, attempts: 1, messages: 1, before: null, days: 0 };
  const found = (text: string) => ({
    ...{
      id: text,
      text,
      evidence,
      what: 'unknown',
      severity: 'notice',
      who_acts: 'nobody',
      next_step: 'None.',
    },
  });
  const at = (file: string, text: string, more = {}) => ({
    file,
    value: JSON.parse(JSON.stringify({ ...day, findings: [{ ...found(text), ...more }] })),
  });
  const options = { now: TODAY, top: 10 };
  const texts = (files: ReturnType<typeof at>[]) =>
    mergeReports(files, options).findings.map(({ text }) => text);
  const date = new Date(TODAY).toISOString().slice(0, 10);
  expect(texts([at('mx1.json', 'One.'), at('mx2.json', 'Two.')]).sort()).toEqual([
    `In mx1.json (${date}): One.`,
    `In mx2.json (${date}): Two.`,
  ]);
  // What the sums of all tell is not told as that of one; what changed in one is.
  const cause = { cause: 'user_unknown', kind: 'hard' };
  expect(texts([at('mx1.json', 'One.', cause), at('mx2.json', 'Two.', { ...cause, what: 'new' })])).toEqual([
    `In mx2.json (${date}): Two.`,
  ]);
  // Merged once more they keep where they come from.
  const merged = mergeReports([at('mx1.json', 'One.')], options);
  expect(texts([{ file: 'all.json', value: JSON.parse(JSON.stringify(merged)) }])).toEqual([
    `On ${date}: One.`,
  ]);
  expect(texts([at('mx1.json', 'One.')])).toContain(`On ${date}: One.`);
});
