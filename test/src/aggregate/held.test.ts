import { expect, test } from 'vitest';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { mergeReports } from '../../../src/aggregate/merged.ts';
import type { Report } from '../../../src/aggregate/report.ts';
import type { Mta } from '../../../src/event/event.ts';
import type { Message, TrackedEvent } from '../../../src/track/event.ts';
import { classification, delivery, MINUTE, message, record, TEN } from './events.ts';
import { reportOf } from './reports.ts';

const LOOP = classification('mail_loop', { kind: 'soft' });

/** A recipient is put on hold. */
function held(of: Message, facts: Partial<TrackedEvent>): TrackedEvent {
  return delivery(of, 'held', { mta: of.mta, attempt: 0, delivery: undefined, ...facts });
}

test('mail on hold is told with its reason, its messages and commands for the oldest', () => {
  const aggregate = new Aggregate();
  const first = message({ queueId: '4jYHcS3cVnzKQJ7' });
  const second = message({ queueId: '4jYHcb0bk2zKQN3' });
  const notice = message({ queueId: '4jYHcS3G1LzKQB8', from: '' });
  const reason = 'held for review';
  aggregate.event(held(second, { time: TEN + MINUTE, to: 'b@b.example', reason }));
  aggregate.event(held(first, { time: TEN, to: 'c@c.example', reason }));
  aggregate.event(held(first, { time: TEN, to: 'd@d.example', reason }));
  aggregate.event(held(notice, { to: 'e@e.example', reason: '<e@e.example>: parked by policy' }));

  const report = reportOf(aggregate);
  expect(report.totals.held).toBe(4);
  expect(report.held).toMatchObject([
    {
      mta: 'postfix',
      reason,
      recipients: 3,
      since: '2026-11-09T10:00:00Z',
      messages: [
        { queue_id: '4jYHcS3cVnzKQJ7', host: 'mx1', from: 'shop@sender.example', recipients: 2 },
        { queue_id: '4jYHcb0bk2zKQN3', to: 'b@b.example', recipients: 1, since: '2026-11-09T10:01:00Z' },
      ],
    },
    { reason: '<e@e.example>: parked by policy', messages: [{ from: '', to: 'e@e.example' }] },
  ]);
  expect(report.held[0]!.messages[0]).not.toHaveProperty('to');
  expect(report.held[0]!.remedy).toContain('`postsuper -H 4jYHcS3cVnzKQJ7`');
});

test('who is let go, deleted or delivered is on hold no longer', () => {
  const aggregate = new Aggregate();
  const of = message();
  const waits = held(of, { to: 'a@a.example', reason: 'placed on hold' });
  const stays = held(of, { to: 'b@b.example', reason: 'placed on hold' });
  aggregate.event(waits);
  aggregate.event(stays);
  aggregate.event(delivery(of, 'delivered', { to: 'a@a.example', prior: waits }));
  expect(reportOf(aggregate).held).toMatchObject([{ recipients: 1 }]);
  aggregate.event(delivery(of, 'deleted', { to: 'b@b.example', prior: stays }));
  expect(reportOf(aggregate)).toMatchObject({ held: [], totals: { held: 0, delivered: 1, deleted: 1 } });
});

test('without a reason in the log it is the failure before', () => {
  const aggregate = new Aggregate();
  const of = message({ mta: 'exim', queueId: '1xVahR-0000T4-2W', host: '' });
  const said = record({ status: 'deferred', diagnostic: 'lowest numbered MX record points to local host' });
  const failed = delivery(of, 'deferred', { to: 'a@a.example', classification: LOOP, delivery: said });
  aggregate.event(failed);
  aggregate.event(held(of, { to: 'a@a.example', prior: failed, delivery: said }));
  const [told] = reportOf(aggregate).held;
  expect(told).toMatchObject({
    failure: { cause: 'mail_loop', kind: 'soft', title: 'Mail goes in circles' },
    reply: said.reply.text || said.diagnostic,
    messages: [{ queue_id: '1xVahR-0000T4-2W' }],
  });
  expect(told).not.toHaveProperty('reason');
  expect(told!.remedy).toContain('`exim -Mt 1xVahR-0000T4-2W`');
});

test.each<[Mta, Partial<TrackedEvent>, string]>([
  ['sendmail', { reason: 'parked by policy' }, '`sendmail -qQ -Q -qI4jN9jB4F1gz18ZP`'],
  // The message is not frozen: the option holds the domain.
  ['exim', { delivery: record({ status: 'held', diagnostic: 'domain is held' }) }, '`hold_domains`'],
])('what to do with %s', (mta, facts, command) => {
  const aggregate = new Aggregate();
  aggregate.event(held(message({ mta }), { to: 'a@a.example', ...facts }));
  expect(reportOf(aggregate).held[0]!.remedy).toContain(command);
});

test('an id that no mail server makes is no part of a command', () => {
  const aggregate = new Aggregate();
  const of = message({ queueId: '4jN9jB4F;reboot' });
  aggregate.event(held(of, { to: 'a@a.example', reason: 'x' }));
  const [told] = reportOf(aggregate).held;
  expect(told!.messages[0]!.queue_id).toBe('4jN9jB4F;reboot');
  expect(told!.remedy).toContain('`postsuper -H ID`');
});

test('reports that are merged tell it together, and how many more there are', () => {
  const day = (first: number, count: number): Report => {
    const aggregate = new Aggregate();
    for (let index = 0; index < count; index++) {
      const of = message({ queueId: `4jYHcS3cVnz${first + index}` });
      const at = { time: TEN + index * MINUTE, to: `u${index}@a.example` };
      aggregate.event(held(of, { ...at, reason: 'held for review' }));
    }
    return reportOf(aggregate);
  };
  const documents = [day(100, 12), day(200, 3)].map((value, index) => ({
    file: `${index}.json`,
    value: JSON.parse(JSON.stringify(value)) as unknown,
  }));
  const merged = mergeReports(documents, { now: TEN, top: 50 });
  expect(merged.totals.held).toBe(15);
  expect(merged.held).toMatchObject([{ reason: 'held for review', recipients: 15 }]);
  expect(merged.held[0]!.messages).toHaveLength(10);
  expect(merged.held[0]!.messages.map(({ queue_id }) => queue_id)).toContain('4jYHcS3cVnz200');
  // What a merged report does not list, another merging still counts.
  const again = mergeReports([{ file: 'merged.json', value: merged }], { now: TEN, top: 50 });
  expect(again.held).toEqual(merged.held);
});
