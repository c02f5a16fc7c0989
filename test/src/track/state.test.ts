/** A reading that is stopped at any line and goes on in another process tells the same as one that is not. */
import { readFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { buildReport } from '../../../src/aggregate/build.ts';
import { Analysis, type AnalysisState } from '../../../src/analysis.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { CauseStage } from '../../../src/cause/stage.ts';
import type { TrackSink } from '../../../src/track/event.ts';
import { withoutMarks } from '../../../src/track/state.ts';
import { throughSyslog } from '../../exim-forms.ts';
import fc from '../../property.ts';
import { LATEST, Notebook } from '../reading.ts';

const classifier = new Classifier();

function linesOf(mta: string): string[] {
  return readFileSync(`fixtures/${mta}/2026-11-23.log`, 'latin1').trimEnd().split('\n');
}

/** What `serialize` makes of it is all that another process would get. */
function elsewhere<T>(value: T): T {
  return deserialize(serialize(value)) as T;
}

/** Gives the lines from one cut to the next to an analysis, as a batch. */
function feed(analysis: Analysis, lines: readonly string[], from: number, to: number): void {
  const offset = lines.slice(0, from).reduce((sum, line) => sum + line.length + 1, 0);
  analysis.read({ text: lines.slice(from, to).join('\n'), offset, overlong: 0 });
}

/** Reads a log; `carry` takes the state across every cut and gives the sink to go on with. */
function readIn(
  lines: readonly string[],
  cuts: readonly number[],
  first: TrackSink,
  carry: (analysis: Analysis) => { state: AnalysisState; sink: TrackSink },
  notice: (analysis: Analysis) => void = () => undefined,
): Analysis {
  let analysis = new Analysis(new CauseStage(classifier, first), { zone: 'UTC' });
  notice(analysis);
  analysis.begin(LATEST);
  const all = [...cuts].sort((a, b) => a - b);
  for (const [at, from] of [0, ...all].entries()) {
    if (at > 0) {
      const { state, sink } = carry(analysis);
      analysis = new Analysis(new CauseStage(classifier, sink), { zone: 'UTC', state });
      notice(analysis);
      analysis.resume(0, LATEST);
    }
    feed(analysis, lines, from, all[at] ?? lines.length);
  }
  return analysis;
}

/** All that is told, with the state carried across the cuts without marks: nobody counts. */
function told(lines: readonly string[], cuts: readonly number[] = []): unknown {
  let current: Analysis;
  const notebook = new Notebook(() => current.currentLine);
  const analysis = readIn(
    lines,
    cuts,
    notebook,
    ({ state }) => ({ state: elsewhere(state), sink: notebook }),
    (now) => {
      current = now;
    },
  );
  const { events, calls, notices } = notebook;
  return { events, calls, notices, lines: analysis.lines, sources: analysis.sources };
}

/** The report, with the counts carried across together with the state. */
function reported(lines: readonly string[], cuts: readonly number[] = []): string {
  let aggregate = new Aggregate();
  const analysis = readIn(lines, cuts, aggregate, (before) => {
    const { counts: mail, ofNotifications } = aggregate;
    const { state, counts } = elsewhere({ state: before.state, counts: [mail, ofNotifications] as const });
    aggregate = new Aggregate({}, ...counts);
    return { state, sink: aggregate };
  });
  const { evicted } = analysis;
  const options = { now: LATEST, inputs: [], lines: analysis.lines, evicted, top: 50 };
  return JSON.stringify(buildReport(aggregate, options));
}

const REPEATS = [
  'Nov 23 10:00:00 mx1 postfix/smtp[1]: 4FDE2A1B: to=<b@b.test>, relay=mx.b.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)',
  'Nov 23 10:00:01 mx1 last message repeated 2 times',
  'Nov 23 10:00:02 mx1 sshd[1]: Accepted publickey for root',
  'Nov 23 10:00:03 mx1 last message repeated 4 times',
];

const DENIED =
  '554 5.7.1 <b@b.test>: Relay access denied; from=<a@a.test> to=<b@b.test> proto=ESMTP helo=<a>';

/** Stamps without a year, over two ends of a year. */
const YEARS = ['Nov 23', 'Dec 31', 'Jan  1', 'Dec 31', 'Jun 30', 'Dec 31', 'Jan  1'].map(
  (day, n) =>
    `${day} 10:00:00 mx1 postfix/smtpd[7]: NOQUEUE: reject: RCPT from a.test[192.0.2.${n}]: ${DENIED}`,
);

describe.each([
  ['a real day of Postfix', linesOf('postfix')],
  ['a real day of Exim', linesOf('exim')],
  ['Exim through syslog, with texts in parts and lines that come twice', throughSyslog(linesOf('exim'))],
  ['a real day of sendmail', linesOf('sendmail')],
  ['lines that are repeated', REPEATS],
  ['years', YEARS],
])('%s', (_, lines) => {
  const cuts = fc.array(fc.nat(lines.length), { minLength: 1, maxLength: 6 });

  test('events', () => {
    const whole = told(lines);
    fc.assert(
      fc.property(cuts, (at) => {
        expect(told(lines, at)).toEqual(whole);
      }),
      { numRuns: 8 },
    );
  });

  test('counts', () => {
    const whole = reported(lines);
    fc.assert(
      fc.property(cuts, (at) => {
        expect(reported(lines, at)).toBe(whole);
      }),
      { numRuns: 8 },
    );
  });
});

test('marks are left out where the state is saved without the counts, and are still there afterwards', () => {
  const lines = linesOf('postfix');
  const cut = lines.length >> 1;
  const aggregate = new Aggregate();
  const analysis = new Analysis(new CauseStage(classifier, aggregate), { zone: 'UTC' });
  analysis.begin(LATEST);
  feed(analysis, lines, 0, cut);
  const { state } = analysis;
  const saved = withoutMarks(state.tracker, () => serialize(state));
  // A key that only rows of counts have.
  expect(saved.includes('failures')).toBe(false);
  expect(serialize(state).includes('failures')).toBe(true);

  feed(analysis, lines, cut, lines.length);
  const { evicted } = analysis;
  const options = { now: LATEST, inputs: [], lines: analysis.lines, evicted, top: 50 };
  expect(JSON.stringify(buildReport(aggregate, options))).toBe(reported(lines));

  const notebook = new Notebook(() => restored.currentLine);
  const restored = new Analysis(new CauseStage(classifier, notebook), {
    zone: 'UTC',
    state: deserialize(saved) as AnalysisState,
  });
  restored.resume(0, LATEST);
  feed(restored, lines, cut, lines.length);
  const { events } = told(lines) as { events: { source_offset: number; from?: string }[] };
  const behind = lines.slice(0, cut).join('\n').length;
  const withoutId = (all: readonly object[]) => all.map((event) => ({ ...event, event_id: '' }));
  expect(withoutId(notebook.events)).toEqual(
    withoutId(events.filter(({ source_offset }) => source_offset > behind)),
  );
});
