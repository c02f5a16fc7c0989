/** Exim's mainlog, rejectlog and paniclog hold the same lines: each counts once, whichever of them are given. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NOTHING } from '../../../parsers/contract.ts';
import { Analysis } from '../../../src/analysis.ts';
import { Copies, noCopies } from '../../../src/track/copies.ts';
import fc from '../../property.ts';
import { feed, LATEST, Notebook, table } from '../reading.ts';

const MAINLOG = readFileSync('fixtures/exim/2026-11-23.log', 'utf8').trimEnd().split('\n');
/** Of the same day, with the headers of refused messages. */
const REJECTLOG = readFileSync('fixtures/exim/2026-11-23.rejectlog', 'utf8').trimEnd().split('\n');

const readAll = (...logs: readonly (readonly string[])[]) => {
  const notebook = new Notebook(() => analysis.currentLine, logs.map(String));
  const analysis: Analysis = new Analysis(notebook, { zone: 'UTC', several: true });
  for (const log of logs) {
    analysis.begin(LATEST);
    feed(analysis, log);
  }
  const { lines, sources } = analysis;
  expect(lines.used + lines.ignored + lines.unparsed).toBe(lines.read);
  const { events, notices } = notebook;
  return { lines, copies: sources.map((source) => source.copies), events, notices };
};

/** What was told, in no order: files are read one after the other. */
const told = ({ events, notices }: ReturnType<typeof readAll>) => [
  ...table(events, 'time', 'type', 'status', 'queue_id', 'to', 'from', 'diagnostic').map(String).sort(),
  ...notices.map(({ text, time }) => `${time} ${text}`).sort(),
];

const whole = told(readAll(MAINLOG));
const stamped = REJECTLOG.filter((line) => line.startsWith('2026-'));
const REFUSED = 'H=h.test [192.0.2.7] F=<a@a.test> rejected RCPT <b@b.test>: Unknown user';
const at = (second: number, text: string): string => `2026-11-23 20:31:${10 + second} ${text}`;
const passed = (second: number): string[] => [
  at(second, '1xVahE-00001q-03 <= a@a.test H=h.test [192.0.2.7] P=esmtp S=500'),
  at(second, '1xVahE-00001q-03 => b@b.test R=dnslookup T=remote_smtp H=mx.b.test [192.0.2.1] C="250 OK"'),
  at(second, '1xVahE-00001q-03 Completed'),
];

describe('a day and its rejectlog', () => {
  test('is told as the mainlog alone, whichever is read first', () => {
    for (const logs of [
      [MAINLOG, REJECTLOG],
      [REJECTLOG, MAINLOG],
    ]) {
      const reading = readAll(...logs);
      expect(told(reading)).toEqual(whole);
      expect(reading.copies.filter((copies) => copies > 0)).toEqual([104]);
      expect(reading.lines).toEqual({ read: 5870, used: 5692, ignored: 178, unparsed: 0 });
    }
  });

  test('is told so too where the reading stopped between the two', () => {
    const before = new Analysis(new Notebook(() => ''), { zone: 'UTC', several: true });
    before.begin(LATEST);
    feed(before, MAINLOG);
    const notebook = new Notebook(() => '');
    const after = new Analysis(notebook, { zone: 'UTC', state: structuredClone(before.state) });
    after.begin(LATEST);
    feed(after, REJECTLOG);
    expect(notebook.events).toEqual([]);
    expect(after.sources.map(({ copies }) => copies)).toEqual([0, 104]);
  });

  test('is told by the rejectlog alone as far as that goes', () => {
    const { events, copies } = readAll(REJECTLOG);
    expect(events.filter(({ type }) => type === 'rejected')).toHaveLength(89);
    expect(copies).toEqual([0]);
  });

  test('is told by both where each lacks something', () => {
    const without = MAINLOG.filter((line) => !stamped.slice(0, 40).includes(line));
    expect(MAINLOG.length - without.length).toBe(40);
    expect(told(readAll(without, REJECTLOG.slice(0, -20)))).toEqual(whole);
  });

  test('is told once however its lines are spread over further logs, in whatever order these are read', () => {
    const failed = MAINLOG.filter((line) => / (?:==|\*\*) /.test(line));
    const refused = MAINLOG.filter(
      (line) => /rejected|authenticator failed/.test(line) && !failed.includes(line),
    );
    fc.assert(
      fc.property(
        fc.subarray(refused),
        fc.subarray(refused),
        fc.subarray(failed),
        fc.boolean(),
        (rejectlog, panicked, paniclog, first) => {
          const logs = first ? [rejectlog, MAINLOG] : [MAINLOG, rejectlog];
          // Read before its message is known, a failure has no sender: this log is the last.
          expect(told(readAll(...logs, [...panicked, ...paniclog]))).toEqual(whole);
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe('lines that are alike', () => {
  test('count as often as the log has them that has most', () => {
    const log = [REFUSED, REFUSED, REFUSED].map((text) => at(1, text));
    expect(readAll([...log, ...passed(2)]).events).toHaveLength(5);
    expect(readAll([...log, ...passed(2)], log).events).toHaveLength(5);
    expect(readAll([...log.slice(1), ...passed(2)], log).events).toHaveLength(5);
    expect(readAll(log, [...log, ...passed(2)], log.slice(2)).events).toHaveLength(5);
  });

  test('are different lines in the mainlogs of two servers', () => {
    const log = [...passed(0), at(1, REFUSED)];
    const other = [...passed(0), at(1, REFUSED)].map((line) => line.replace('1xVahE', '1xVahF'));
    const { events, copies } = readAll(log, other, [at(1, REFUSED)], [at(1, REFUSED)]);
    expect(events.filter(({ type }) => type === 'rejected')).toHaveLength(2);
    expect(copies).toEqual([0, 0, 1, 1]);
  });

  test('are counted once where syslog writes warnings to a second file', () => {
    const warning =
      'Nov 23 20:31:11 mx1 postfix/smtpd[1]: warning: hostname x.test does not resolve to address 192.0.2.7';
    const delivered =
      'Nov 23 20:31:12 mx1 postfix/smtp[2]: 4AAAAA1: to=<b@b.test>, relay=mx.b.test[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)';
    const { notices, lines } = readAll([warning, delivered], [warning]);
    expect(notices).toHaveLength(1);
    expect(lines).toEqual({ read: 3, used: 2, ignored: 1, unparsed: 0 });
  });

  test('are different lines in one log, and in syslog', () => {
    const analysis = readAll([at(1, REFUSED), at(1, REFUSED)]);
    expect(analysis.events).toHaveLength(2);
    const syslog = [1, 2].map((host) => `Nov 23 20:31:11 mx${host} exim[1]: ${at(1, REFUSED)}`);
    expect(readAll(...syslog.map((line) => [line])).events).toHaveLength(2);
  });
});

describe('memory', () => {
  const trouble = (copies: Copies, text: string) => copies.isCopy(undefined, false, text, 0, text.length);

  test('is bounded, and what cannot be compared any more is counted', () => {
    const state = noCopies();
    const copies = new Copies(state, 10);
    copies.enter(0);
    copies.isCopy({ kind: 'removed', queueId: 'x', by: 'done' }, false, '', 0, 0);
    for (let n = 0; n < 35; n++) expect(trouble(copies, `line ${n}`)).toBe(false);
    copies.enter(1);
    // The last ten to twenty are remembered.
    expect(trouble(copies, 'line 34')).toBe(true);
    expect(trouble(copies, 'line 20')).toBe(true);
    expect(state.uncertain).toBe(0);
    expect(trouble(copies, 'line 0')).toBe(false);
    expect(state.uncertain).toBe(1);
  });

  test('grows with what there is', () => {
    const copies = new Copies(noCopies());
    copies.enter(0);
    copies.isCopy({ kind: 'removed', queueId: 'x', by: 'done' }, false, '', 0, 0);
    for (let n = 0; n < 50_000; n++) trouble(copies, `line ${n}`);
    copies.enter(1);
    for (let n = 0; n < 50_000; n++) {
      if (!trouble(copies, `line ${n}`)) throw new Error(`line ${n} was not found again`);
    }
    expect(copies.isCopy(NOTHING, false, 'line 1', 0, 6)).toBe(false);
  });
});
