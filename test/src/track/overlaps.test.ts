/** Logs of the same mail in several forms would count it twice, half merged: that must be noticed, and nothing else. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Analysis } from '../../../src/analysis.ts';
import { noOverlaps, Overlaps } from '../../../src/track/overlaps.ts';
import { throughSyslog } from '../../exim-forms.ts';
import { feed, LATEST, Notebook } from '../reading.ts';

const lines = (mta: string) => readFileSync(`fixtures/${mta}/2026-11-23.log`, 'utf8').trimEnd().split('\n');

const overlapsOf = (...logs: readonly (readonly string[])[]) => {
  const analysis: Analysis = new Analysis(new Notebook(() => analysis.currentLine), {
    ...{ zone: 'UTC', year: 2026, several: true },
  });
  for (const log of logs) {
    analysis.begin(LATEST);
    feed(analysis, log);
  }
  return analysis.overlaps.map(({ source, earlier, share }) => [source, earlier, Math.round(share * 100)]);
};

/** As `journalctl -o json` has a line of syslog, and as newer syslogs write it. */
function otherForms(line: string): [entry: string, iso: string] {
  const [, time, host, tag, pid, message] = /^Nov 23 (\S+) (\S+) ([^[]+)\[(\d+)\]: (.*)$/.exec(line)!;
  const entry = JSON.stringify({
    ...{
      __REALTIME_TIMESTAMP: `${Date.parse(`2026-11-23T${time}.5Z`)}000`,
      _HOSTNAME: `${host}.example.com`,
    },
    ...{ SYSLOG_IDENTIFIER: tag, SYSLOG_PID: pid, MESSAGE: message },
  });
  return [entry, `2026-11-23T${time}.519628+00:00 ${host} ${tag}[${pid}]: ${message}`];
}

describe('the same mail', () => {
  // A program of sendmail's has no process id.
  const sendmail = lines('sendmail').filter((line) => line.includes(']: '));

  test('in three forms is told of each form but the first', () => {
    const forms = [
      sendmail,
      sendmail.map((line) => otherForms(line)[0]),
      sendmail.map((line) => otherForms(line)[1]),
    ];
    expect(overlapsOf(...forms)).toEqual([
      [1, 0, 100],
      [2, 0, 100],
    ]);
  });

  test('in the mainlog and through syslog', () => {
    const mainlog = lines('exim');
    const [[source, earlier, share] = []] = overlapsOf(mainlog, throughSyslog(mainlog));
    expect([source, earlier]).toEqual([1, 0]);
    expect(share).toBeGreaterThan(95);
  });

  test('in a part of the log', () => {
    const postfix = lines('postfix');
    expect(overlapsOf(postfix.slice(0, 5000), postfix.slice(4000, 9000))).toEqual([
      [1, 0, expect.any(Number)],
    ]);
    expect(overlapsOf(postfix, postfix.slice(4000, 4100))).toEqual([[1, 0, 100]]);
  });
});

describe('other mail', () => {
  test.each(['postfix', 'exim', 'sendmail'])('of %s in the next file of a rotation', (mta) => {
    const log = lines(mta).slice(0, 3000);
    for (const at of [1, 1000, 2000]) {
      expect(overlapsOf(log.slice(0, at), log.slice(at))).toEqual([]);
    }
  });

  test('of other servers', () => {
    expect(overlapsOf(lines('postfix'), lines('exim'), lines('sendmail'))).toEqual([]);
  });
});

test('memory is bounded, and a sample of seconds is enough', () => {
  const overlaps = new Overlaps(noOverlaps(), 1000);
  const tell = (second: number) =>
    overlaps.add({ kind: 'removed', queueId: `id${second}`, by: 'done' }, second * 1000);
  overlaps.enter(0);
  for (let second = 0; second < 100_000; second++) tell(second);
  overlaps.enter(1);
  for (let second = 50_000; second < 150_000; second++) tell(second);
  const [{ share } = { share: 0 }] = overlaps.found();
  expect(share).toBeGreaterThan(0.4);
  expect(share).toBeLessThan(0.6);
});
