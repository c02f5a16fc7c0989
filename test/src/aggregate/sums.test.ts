import { expect, test } from 'vitest';
import { Aggregate, type Window } from '../../../src/aggregate/aggregate.ts';
import { mailAttempts, mailTotals } from '../../../src/aggregate/report.ts';
import { STATES } from '../../../src/aggregate/rows.ts';
import fc from '../../property.ts';
import { history, type Step, tell, window } from './random-log.ts';
import { reportOf } from './reports.ts';

function whole(steps: readonly Step[], range: Window): Aggregate {
  const aggregate = new Aggregate(range);
  for (const call of tell(steps)) call.make(aggregate);
  return aggregate;
}

test('the sums hold, and nothing is negative, whatever happens', () => {
  fc.assert(
    fc.property(history, window, (steps, range) => {
      const report = reportOf(whole(steps, range));
      const { causes, providers, domains, senders, hours, notifications } = report;
      for (const counts of [report.totals, notifications]) {
        expect(counts.recipients).toBe(STATES.reduce((total, state) => total + counts[state], 0));
      }
      const failedNotices = notifications.deferred + notifications.bounced + notifications.expired;
      expect(notifications.causes.reduce((total, { recipients }) => total + recipients, 0)).toBe(
        failedNotices,
      );
      const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
      expect(sum(report.held.map(({ recipients }) => recipients))).toBe(report.totals.held);
      for (const { recipients, messages } of report.held) {
        expect(sum(messages.map((message) => message.recipients))).toBe(recipients);
      }
      // Lists are of what is no notice.
      const totals = mailTotals(report);
      const attempts = mailAttempts(report);

      expect(totals.recipients).toBe(sum(STATES.map((state) => totals[state])));
      const failed = totals.deferred + totals.bounced + totals.expired;
      expect(sum(causes.map((cause) => cause.recipients))).toBe(failed);
      for (const parties of [providers, domains, senders]) {
        for (const state of STATES.filter((state) => state !== 'open')) {
          expect(sum(parties.map((row) => row[state]))).toBe(totals[state]);
        }
        expect(sum(parties.map((row) => row.open))).toBeLessThanOrEqual(totals.open);
        expect(sum(parties.map((row) => row.failed_attempts))).toBe(attempts.deferred + attempts.bounced);
      }
      const hard = sum(causes.filter(({ kind }) => kind === 'hard').map((cause) => cause.recipients));
      for (const parties of [providers, domains]) expect(sum(parties.map((row) => row.hard))).toBe(hard);
      expect(sum(report.hard_senders.map((row) => row.hard))).toBe(sum(senders.map((row) => row.hard)));
      expect(sum(report.delay.distribution.map((row) => row.recipients))).toBeLessThanOrEqual(
        totals.delivered,
      );
      for (const cause of causes) {
        expect(cause.messages).toBeLessThanOrEqual(cause.recipients);
        expect(sum(cause.domains.map((row) => row.recipients))).toBe(cause.recipients);
        expect(sum(cause.providers.map((row) => row.recipients))).toBe(cause.recipients);
      }
      for (const result of ['delivered', 'deferred', 'bounced'] as const) {
        expect(sum(hours.map((hour) => hour[result]))).toBe(attempts[result]);
        for (const hour of hours) expect(sum(hour.providers.map((row) => row[result]))).toBe(hour[result]);
      }
      expect(JSON.stringify(report)).not.toMatch(/:-\d/);
    }),
    { numRuns: 1000 },
  );
});

test('the same history gives the same bytes', () => {
  fc.assert(
    fc.property(history, window, (steps, range) => {
      expect(JSON.stringify(reportOf(whole(steps, range)))).toBe(
        JSON.stringify(reportOf(whole(steps, range))),
      );
    }),
  );
});
