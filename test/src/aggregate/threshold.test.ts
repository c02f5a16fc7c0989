import { describe, expect, test } from 'vitest';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import type { Report } from '../../../src/aggregate/report.ts';
import { measure, parseThresholds } from '../../../src/aggregate/threshold.ts';
import { formatNagios } from '../../../src/sink/nagios.ts';
import { classification, delivery, message } from './events.ts';
import { reportOf } from './reports.ts';

const CAUSES = ['spf_fail', 'user_unknown'];

/** 200 recipients, of which 10 bounced: 6 for want of SPF, 4 for want of a mailbox. */
function sample(): Report {
  const aggregate = new Aggregate();
  for (let index = 0; index < 200; index++) {
    const cause = index < 6 ? 'spf_fail' : 'user_unknown';
    const name = { classification: classification(cause, { kind: 'hard' }) };
    aggregate.event(
      index < 10
        ? delivery(message(), 'bounced', { to: `u${index}@example.com`, ...name })
        : delivery(message(), 'delivered', { to: `u${index}@example.com` }),
    );
  }
  // Notices are none of the 200.
  for (const status of ['delivered', 'delivered', 'bounced'] as const) {
    const name = status === 'bounced' ? { classification: classification('user_unknown') } : {};
    aggregate.event(delivery(message({ from: '' }), status, { to: 'forged@example.org', ...name }));
  }
  return reportOf(aggregate);
}

const crossed = (report: Report, text: string): string[] =>
  measure(report, parseThresholds(text, CAUSES))
    .filter((each) => each.crossed)
    .map(({ threshold }) => threshold.text);

test.each([
  ['hard>5%', []],
  ['hard>=5%', ['hard>=5%']],
  ['hard > 4.9 %'.replace(' %', '%'), ['hard>4.9%']],
  ['cause:spf_fail>0', ['cause:spf_fail>0']],
  ['cause:spf_fail>6, cause:user_unknown>3', ['cause:user_unknown>3']],
  ['deferred>1000,bounced>9,delivered<191', ['bounced>9', 'delivered<191']],
  ['unparsed>0%', []],
  ['failed>10,recipients>200', []],
  ['notices>2,notices_failed>0', ['notices>2', 'notices_failed>0']],
  ['notices_failed>33%,notices_failed>34%,notices<2%', ['notices_failed>33%', 'notices<2%']],
])('%s', (text, wanted) => {
  expect(crossed(sample(), text)).toEqual(wanted);
});

test('of nothing every share is none', () => {
  expect(crossed(reportOf(new Aggregate()), 'hard>0%,failed>0,recipients<1')).toEqual(['recipients<1']);
});

test.each([
  ['', 1, 'a threshold is missing'],
  ['hard>5%,', 9, 'a threshold is missing'],
  ['hard', 5, '> or < and a number are missing behind hard'],
  ['hard>5%, soft>x', 15, '"x" is not a number or percentage'],
  ['spam>1', 1, '"spam" is nothing that is counted'],
  ['deferred>1,cause:spf>1', 12, 'there is no cause "spf"'],
  ['constructor>1', 1, '"constructor" is nothing that is counted'],
])('%s is refused at character %d', (text, position, message) => {
  expect(() => parseThresholds(text, CAUSES)).toThrow(expect.objectContaining({ position, message }));
});

describe('for Nagios', () => {
  const answer = (warning: string, critical: string) => {
    const report = sample();
    const read = (text: string) => (text === '' ? [] : measure(report, parseThresholds(text, CAUSES)));
    return formatNagios(report, read(warning), read(critical));
  };

  test('a line with a status and figures', () => {
    expect(answer('hard>4%', 'hard>20%,delivered<10')).toEqual({
      status: 'WARNING',
      line:
        'WHYBOUNCE WARNING - hard is 5 % (10 of 200), more than 4 %. 10 of 200 recipients failed (5 %) | ' +
        "recipients=200;;;0 delivered=190;;;0 deferred=0;;;0 bounced=10;;;0 expired=0;;;0 rejected=0;;;0 notices=3;;;0 'hard_share'=5%;4;20;0;100 " +
        "'delivered_count'=190;;10:;0",
    });
  });

  test('the worse of two', () => {
    expect(answer('hard>1%', 'hard>=5%')).toMatchObject({ status: 'CRITICAL' });
    expect(answer('hard>10%', '')).toMatchObject({ status: 'OK' });
  });
});
