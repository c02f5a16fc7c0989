/** A log that is read in parts and merged gives the same report as the whole, wherever it was cut. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error The benchmarks are plain JavaScript.
import { generate } from '../../bench/generate.mjs';
import { Aggregate } from '../../src/aggregate/aggregate.ts';
import { buildReport } from '../../src/aggregate/report.ts';
import { Analysis } from '../../src/analysis.ts';
import { Classifier } from '../../src/cause/classifier.ts';
import { CauseStage } from '../../src/cause/stage.ts';
import { throughSyslog } from '../exim-forms.ts';
import { LATEST } from './reading.ts';

const classifier = new Classifier();

const EXIM = readFileSync('fixtures/exim/2026-11-23.log', 'latin1');

/** Where each line begins, and where the last one ends. */
function lineStarts(log: string): number[] {
  const starts = [0];
  for (let at = log.indexOf('\n'); at >= 0 && at + 1 < log.length; at = log.indexOf('\n', at + 1))
    starts.push(at + 1);
  return [...starts, log.length];
}

interface Part {
  readonly analysis: Analysis;
  readonly aggregate: Aggregate;
}

/** Reads a part that begins and ends at these characters. The logs here are ASCII: they are its bytes too. */
function readPart(log: string, start: number, end: number): Part {
  const aggregate = new Aggregate();
  const analysis = new Analysis(new CauseStage(classifier, aggregate), { zone: 'UTC', continues: start > 0 });
  analysis.begin(LATEST);
  analysis.read({ text: log.slice(start, end), offset: start, overlong: 0 });
  return { analysis, aggregate };
}

function merge(left: Part, right: Part): void {
  left.aggregate.merge(right.aggregate);
  left.analysis.merge(right.analysis.state);
}

/** The report of a log that is cut before each of these characters. */
function reportOf(log: string, cuts: readonly number[] = []): string {
  const [first, ...others] = [0, ...cuts].map((start, i) => readPart(log, start, cuts[i] ?? log.length));
  for (const other of others) merge(first!, other);
  const { analysis, aggregate } = first!;
  const report = buildReport(aggregate, {
    now: LATEST,
    inputs: [],
    lines: analysis.lines,
    evicted: analysis.evicted,
    top: 50,
  });
  return JSON.stringify(report, undefined, 1);
}

function generated(ids: 'long' | 'short', seed: number): string {
  const blocks: Buffer[] = [];
  generate({
    lines: 3000,
    seed,
    ids,
    postfix: '3.11',
    write: (block: Buffer) => blocks.push(Buffer.from(block)),
  });
  return Buffer.concat(blocks).toString('latin1');
}

const SENDMAIL = readFileSync('fixtures/sendmail/2026-11-23.log', 'latin1');

/** The log of minutes as one of days: messages are settled and forgotten between its lines. */
function slowed(log: string, factor: number): string {
  return log.replace(/^Nov 23 (\d\d):(\d\d):(\d\d)/gm, (_, hours, minutes, seconds) => {
    const since = (Number(hours) - 20) * 3600 + Number(minutes) * 60 + Number(seconds);
    return new Date(Date.UTC(2026, 9, 1) + since * factor * 1000).toISOString().replace('.000Z', '+00:00');
  });
}

describe.each([
  // name, log, every so manieth cut in two is tried
  ['a real day', () => readFileSync('fixtures/postfix/2026-11-23.log', 'latin1'), 300],
  ['a real day of Exim', () => EXIM, 300],
  [
    'Exim through syslog, with texts in parts and lines that come twice',
    () => `${throughSyslog(EXIM.trimEnd().split('\n').slice(0, 3000)).join('\n')}\n`,
    100,
  ],
  ['a real day of sendmail', () => SENDMAIL, 150],
  ['the same, slowed down', () => slowed(SENDMAIL, 240), 150],
  ['a generated log with short ids', () => generated('short', 7), 50],
  ['a generated log with long ids', () => generated('long', 8), 50],
])('%s', (_, load, step) => {
  let log = '';
  let starts: number[] = [];
  let whole = '';
  beforeAll(() => {
    log = load();
    starts = lineStarts(log);
    whole = reportOf(log);
  });

  test('cut at every tenth line into parts of ten lines', () => {
    const cuts = starts.filter((at, i) => i > 0 && i % 10 === 0 && at < log.length);
    expect(cuts.length).toBeGreaterThan(290);
    expect(reportOf(log, cuts)).toBe(whole);
  });

  test('cut in two', () => {
    for (let line = 10; line < starts.length - 1; line += step) {
      expect(reportOf(log, [starts[line]!]), `cut before line ${line + 1}`).toBe(whole);
    }
  });
});

test('parts are merged in any grouping', () => {
  const log = generated('short', 9);
  const starts = lineStarts(log);
  const cuts = [700, 1400, 2100].map((line) => starts[line]!);
  const [a, b, c, d] = [0, ...cuts].map((start, i) => readPart(log, start, cuts[i] ?? log.length));
  merge(c!, d!);
  merge(a!, b!);
  merge(a!, c!);
  expect(JSON.stringify(a!.aggregate.counts)).not.toBe('{}');
  const { analysis, aggregate } = a!;
  const options = { now: LATEST, inputs: [], lines: analysis.lines, evicted: analysis.evicted, top: 50 };
  expect(JSON.stringify(buildReport(aggregate, options), undefined, 1)).toBe(reportOf(log));
});
