import { describe, expect, test } from 'vitest';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import type { Mta } from '../../../src/event/event.ts';
import type { TrackedEvent } from '../../../src/track/event.ts';
import {
  accepted,
  classification,
  client,
  delivery,
  GREYLISTED,
  HOUR,
  MINUTE,
  message,
  record,
  rejected,
  TEN,
  TIMEOUT,
  UNKNOWN_USER,
} from './events.ts';
import { reportOf, totalsOf } from './reports.ts';

test('a remedy is for the mail servers that the cause occurred with', () => {
  const limited = classification('rate_limited', { detail: 'recipients', kind: 'soft' });
  const deferredBy = (...mtas: Mta[]) => {
    const aggregate = new Aggregate();
    for (const mta of mtas) {
      aggregate.event(delivery(message({ mta }), 'deferred', { mta, classification: limited }));
      aggregate.event(rejected({ mta }));
    }
    return aggregate;
  };
  const remedies = (aggregate: Aggregate) => {
    const { causes, rejects } = reportOf(aggregate);
    return [...causes, ...rejects].map(({ remedy }) => remedy);
  };
  expect(remedies(deferredBy('exim'))).toEqual([
    expect.stringMatching(/^Send to fewer recipients at once: `max_rcpt`[^;]*$/),
    expect.stringMatching(/`relay_from_hosts`.*`exim -bP \+local_domains`/),
  ]);
  const both = deferredBy('sendmail', 'postfix');
  expect(remedies(both)[0]).toMatch(/with Postfix `smtp_destination.*with sendmail `SMTP_MAILER_MAXRCPTS`/);
  expect(remedies(both).join()).not.toMatch(/exim/i);
});

describe('recipients by their last known state', () => {
  test('an accepted message is open until its recipients have outcomes', () => {
    const aggregate = new Aggregate();
    const mail = message();
    aggregate.event(accepted(mail, 2));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 2, open: 2 });
    aggregate.event(delivery(mail, 'delivered'));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 2, delivered: 1, open: 1 });
  });

  test('a retry that succeeds leaves the attempts and no failed recipient', () => {
    const aggregate = new Aggregate();
    const mail = message();
    const first = delivery(mail, 'deferred', { classification: GREYLISTED });
    aggregate.event(accepted(mail, 1));
    aggregate.event(first);
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, deferred: 1 });
    aggregate.event(delivery(mail, 'delivered', { attempt: 2, prior: first }));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, delivered: 1 });
    const report = reportOf(aggregate);
    expect(report.attempts).toEqual({ delivered: 1, deferred: 1, bounced: 0 });
    expect(report.causes).toMatchObject([
      { cause: 'greylisted', recipients: 0, attempts: 1, messages: 0, share: 0, recovered: 1 },
    ]);
    expect(report.causes[0]!.domains).toEqual([]);
  });

  test('an expiry is no attempt and stands under the cause of the last deferral', () => {
    const aggregate = new Aggregate();
    const mail = message();
    const deferred = delivery(mail, 'deferred');
    aggregate.event(accepted(mail, 1));
    aggregate.event(deferred);
    const words = record({ status: 'deferred', diagnostic: 'Connection timed out for the last time' });
    aggregate.event(delivery(mail, 'expired', { prior: deferred, attempt: 1, delivery: words }));
    const report = reportOf(aggregate);
    // An example of an expiry quotes the attempt before it, and must be told from one.
    expect(report.causes[0]!.examples.map(({ status }) => status)).toEqual(['deferred', 'expired']);
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, expired: 1 });
    expect(report.attempts).toEqual({ delivered: 0, deferred: 1, bounced: 0 });
    expect(report.causes).toMatchObject([
      {
        cause: 'connection_failed',
        detail: 'timeout',
        recipients: 1,
        attempts: 1,
        messages: 1,
        expired: 1,
        deferred: 0,
      },
    ]);
  });

  test('held, discarded and deleted are states without attempts', () => {
    const aggregate = new Aggregate();
    const mail = message();
    const held = delivery(mail, 'held');
    aggregate.event(accepted(mail, 3));
    aggregate.event(held);
    aggregate.event(delivery(mail, 'discarded', { to: 'ann@example.org' }));
    aggregate.event(delivery(mail, 'deleted', { to: 'eve@example.org' }));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 3, held: 1, discarded: 1, deleted: 1 });
    aggregate.event(delivery(mail, 'bounced', { prior: held }));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 3, bounced: 1, discarded: 1, deleted: 1 });
    expect(reportOf(aggregate).attempts).toEqual({ delivered: 0, deferred: 0, bounced: 1 });
  });

  test('more recipients than were announced are counted as they come', () => {
    const aggregate = new Aggregate();
    const mail = message();
    aggregate.event(accepted(mail, 1));
    aggregate.event(delivery(mail, 'delivered'));
    aggregate.event(delivery(mail, 'delivered', { to: 'ann@example.org' }));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 2, delivered: 2 });
  });

  test('one event can speak for several recipients without names, and be followed one by one', () => {
    const aggregate = new Aggregate();
    const mail = message();
    const held = delivery(mail, 'held', { to: undefined, count: 3 });
    aggregate.event(accepted(mail, 3));
    aggregate.event(held);
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 3, held: 3 });
    aggregate.event(delivery(mail, 'delivered', { prior: held }));
    aggregate.event(delivery(mail, 'delivered', { prior: held }));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 3, delivered: 2, held: 1 });
  });

  test('a message already in the queue counts as one that was accepted', () => {
    const aggregate = new Aggregate();
    const mail = message({ recipients: 2 });
    aggregate.resumed(mail, TEN);
    aggregate.event(delivery(mail, 'bounced'));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 2, bounced: 1, open: 1 });
  });

  test('a closed message has no open recipients', () => {
    const aggregate = new Aggregate();
    const mail = message();
    aggregate.event(accepted(mail, 3));
    aggregate.event(delivery(mail, 'delivered'));
    aggregate.closed(mail);
    aggregate.closed(mail);
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, delivered: 1 });
  });

  test('a hop takes its recipient along to the message on the far side', () => {
    const aggregate = new Aggregate();
    const before = message();
    const after = message({ queueId: '4jN9jB4F1gz18ZQ', parentQueueId: before.queueId });
    aggregate.event(accepted(before, 1));
    aggregate.event(accepted(after, 1));
    aggregate.event(delivery(before, 'delivered', { hop: true }));
    aggregate.retracted(after);
    aggregate.event(delivery(after, 'bounced'));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, bounced: 1 });
    expect(reportOf(aggregate).attempts).toEqual({ delivered: 0, deferred: 0, bounced: 1 });
  });

  test('a probe that was taken back is no message', () => {
    const aggregate = new Aggregate();
    const probe = message();
    aggregate.event(accepted(probe, 1));
    aggregate.retracted(probe);
    aggregate.retracted(probe);
    aggregate.closed(probe);
    expect(totalsOf(aggregate)).toEqual({});
  });

  test('notices that were made are counted', () => {
    const aggregate = new Aggregate({ from: TEN });
    aggregate.notified(message(), TEN);
    aggregate.notified(message(), TEN - 1);
    expect(totalsOf(aggregate)).toEqual({ notifications: 1 });
  });
});

describe('copies of another failure', () => {
  const suspended = { suspended: true, attempt: 0 } as const;

  test('a recipient without an attempt stays open and waits behind the cause', () => {
    const aggregate = new Aggregate();
    const mail = message();
    const waiting = delivery(mail, 'deferred', suspended);
    aggregate.event(accepted(mail, 1));
    aggregate.event(waiting);
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, open: 1 });
    expect(reportOf(aggregate)).toMatchObject({
      attempts: { deferred: 0 },
      causes: [{ recipients: 0, attempts: 0, waiting: 1, messages: 0 }],
      domains: [{ domain: 'example.org', recipients: 1, open: 1 }],
    });
    aggregate.event(delivery(mail, 'delivered', { prior: waiting }));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, delivered: 1 });
    expect(reportOf(aggregate).causes).toEqual([]);
  });

  test('a recipient that had failed stays where it stood', () => {
    const aggregate = new Aggregate();
    const mail = message();
    const failed = delivery(mail, 'deferred');
    const copied = delivery(mail, 'deferred', { ...suspended, prior: failed, classification: GREYLISTED });
    aggregate.event(accepted(mail, 1));
    aggregate.event(failed);
    aggregate.event(copied);
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, deferred: 1 });
    aggregate.event(delivery(mail, 'expired', { prior: copied }));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, expired: 1 });
    expect(reportOf(aggregate).causes).toMatchObject([{ recipients: 1, attempts: 1, waiting: 0 }]);
  });

  test('waiting recipients of a closed message are gone', () => {
    const aggregate = new Aggregate();
    const mail = message();
    aggregate.event(accepted(mail, 1));
    aggregate.event(delivery(mail, 'deferred', suspended));
    aggregate.event(delivery(mail, 'deferred', { ...suspended, to: 'ann@example.org' }));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 2, open: 2 });
    aggregate.closed(mail);
    expect(totalsOf(aggregate)).toEqual({ messages: 1 });
    expect(reportOf(aggregate).causes).toEqual([]);
  });
});

describe('the window', () => {
  const window = { from: TEN, until: TEN + HOUR };

  test('is half-open', () => {
    const aggregate = new Aggregate(window);
    for (const time of [TEN - 1, TEN, TEN + HOUR - 1, TEN + HOUR]) {
      aggregate.event(delivery(message(), 'bounced', { time }));
      aggregate.event(rejected({ time }));
    }
    expect(totalsOf(aggregate)).toEqual({ messages: 2, recipients: 2, bounced: 2, rejected: 2 });
  });

  test('a delivery of a message accepted before it counts the message', () => {
    const aggregate = new Aggregate(window);
    const mail = message();
    const early = delivery(mail, 'deferred', { time: TEN - MINUTE });
    aggregate.event(accepted(mail, 2, { time: TEN - HOUR }));
    aggregate.event(early);
    aggregate.event(delivery(mail, 'delivered', { prior: early }));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, delivered: 1 });
  });

  test('what happens after it changes nothing in it', () => {
    const aggregate = new Aggregate(window);
    const mail = message();
    const failed = delivery(mail, 'deferred');
    const late = TEN + 2 * HOUR;
    aggregate.event(accepted(mail, 2));
    aggregate.event(failed);
    aggregate.event(delivery(mail, 'delivered', { prior: failed, time: late }));
    aggregate.event(delivery(mail, 'bounced', { to: 'ann@example.org', time: late }));
    aggregate.closed(mail);
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 2, deferred: 1, open: 1 });
  });

  test('a recipient that waited at its end stays open, also when the message is closed later', () => {
    const aggregate = new Aggregate(window);
    const mail = message();
    const waiting = delivery(mail, 'deferred', { suspended: true, attempt: 0 });
    aggregate.event(accepted(mail, 1));
    aggregate.event(waiting);
    aggregate.event(delivery(mail, 'delivered', { prior: waiting, time: TEN + 2 * HOUR }));
    aggregate.closed(mail);
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, open: 1 });
  });

  test('a clock that is set back does not count a recipient twice', () => {
    const aggregate = new Aggregate(window);
    const mail = message();
    const first = delivery(mail, 'deferred', { time: TEN });
    const second = delivery(mail, 'deferred', { time: TEN + 2 * HOUR, prior: first });
    aggregate.event(accepted(mail, 1));
    aggregate.event(first);
    aggregate.event(second);
    aggregate.event(delivery(mail, 'delivered', { time: TEN + MINUTE, prior: second }));
    expect(totalsOf(aggregate)).toEqual({ messages: 1, recipients: 1, delivered: 1 });
  });
});

describe('causes', () => {
  test('are split by cause, detail and kind, and count each message once', () => {
    const aggregate = new Aggregate();
    const mail = message();
    const soft = classification('user_unknown', { detail: 'no_such_user', kind: 'soft' });
    aggregate.event(accepted(mail, 3));
    aggregate.event(delivery(mail, 'bounced', { to: 'a@one.example', provider: 'google' }));
    aggregate.event(delivery(mail, 'bounced', { to: 'b@ONE.example', provider: 'google' }));
    aggregate.event(delivery(mail, 'deferred', { to: 'c@two.example', classification: soft }));
    expect(reportOf(aggregate).causes).toMatchObject([
      {
        cause: 'user_unknown',
        detail: 'no_such_user',
        kind: 'hard',
        title: 'Address does not exist',
        recipients: 2,
        messages: 1,
        share: 0.6667,
        providers: [{ provider: 'google', recipients: 2 }],
        domains: [{ domain: 'one.example', recipients: 2 }],
      },
      { kind: 'soft', recipients: 1, messages: 1, share: 0.3333 },
    ]);
  });

  test('a failure that no classifier saw is unclassified', () => {
    const aggregate = new Aggregate();
    aggregate.event(delivery(message(), 'bounced', { classification: undefined }));
    aggregate.event(delivery(message(), 'deferred', { classification: undefined }));
    expect(reportOf(aggregate).causes).toMatchObject([
      { cause: 'unclassified', kind: 'hard' },
      { cause: 'unclassified', kind: 'soft' },
    ]);
  });

  test('show the earliest case of three different replies', () => {
    const aggregate = new Aggregate();
    const say = (diagnostic: string, offset: number): void =>
      aggregate.event(
        delivery(message(), 'bounced', {
          offset,
          to: `at${offset}@example.org`,
          delivery: record({ diagnostic }),
        }),
      );
    say('550 no such user d9@example.org', 900);
    say('550 mailbox gone', 500);
    say('550 no such user a1@example.org', 100);
    say('550 who is that', 400);
    say('550 unknown here', 600);
    say('550 no such user b2@example.org', 200);
    expect(reportOf(aggregate).causes[0]!.examples).toMatchObject([
      { to: 'at100@example.org', diagnostic: '550 no such user a1@example.org', source_file: 'mail.log' },
      { to: 'at400@example.org', diagnostic: '550 who is that' },
      { to: 'at500@example.org', diagnostic: '550 mailbox gone' },
    ]);
  });
});

describe('the other tables', () => {
  test('refusals by cause, with the clients', () => {
    const aggregate = new Aggregate();
    aggregate.event(rejected());
    aggregate.event(rejected());
    aggregate.event(
      rejected({ classification: UNKNOWN_USER }, { client: client({ host: 'nameless.example' }) }),
    );
    expect(reportOf(aggregate)).toMatchObject({
      totals: { rejected: 3, messages: 0, recipients: 0 },
      rejects: [
        { cause: 'relay_denied', count: 2, share: 0.6667, clients: [{ client: '203.0.113.7', count: 2 }] },
        { cause: 'user_unknown', count: 1, clients: [{ client: 'nameless.example', count: 1 }] },
      ],
    });
  });

  test('attempts and refusals by hour', () => {
    const aggregate = new Aggregate();
    aggregate.event(delivery(message(), 'delivered', { time: TEN + HOUR }));
    aggregate.event(delivery(message(), 'deferred', { provider: 'yahoo' }));
    aggregate.event(delivery(message(), 'deferred'));
    aggregate.event(delivery(message(), 'bounced', { time: TEN + 59 * MINUTE }));
    aggregate.event(rejected());
    expect(reportOf(aggregate).hours).toEqual([
      {
        ...{ hour: '2026-11-09T10:00:00Z', delivered: 0, deferred: 2, bounced: 1, rejected: 1 },
        providers: [
          { provider: 'other', delivered: 0, deferred: 1, bounced: 1 },
          { provider: 'yahoo', delivered: 0, deferred: 1, bounced: 0 },
        ],
      },
      {
        ...{ hour: '2026-11-09T11:00:00Z', delivered: 1, deferred: 0, bounced: 0, rejected: 0 },
        providers: [{ provider: 'other', delivered: 1, deferred: 0, bounced: 0 }],
      },
    ]);
  });

  test('senders, domains and providers with what failed first', () => {
    const aggregate = new Aggregate();
    const news = message({ from: 'News@sender.example' });
    aggregate.event(delivery(news, 'delivered', { to: 'a@good.example', provider: 'yahoo' }));
    aggregate.event(delivery(news, 'delivered', { to: 'b@good.example', provider: 'yahoo' }));
    aggregate.event(delivery(message(), 'bounced', { to: 'c@bad.example', provider: 'google' }));
    aggregate.event(delivery(message({ from: undefined }), 'deferred', { to: 'root' }));
    const report = reportOf(aggregate);
    expect(report.providers.map(({ provider, delay_p50 }) => [provider, delay_p50])).toEqual([
      ['google', null],
      ['other', null],
      ['yahoo', expect.closeTo(1.5, 1)],
    ]);
    expect(report.domains).toMatchObject([
      { domain: '', recipients: 1, deferred: 1, failed_attempts: 1 },
      { domain: 'bad.example', recipients: 1, bounced: 1, failed_attempts: 1 },
      { domain: 'good.example', recipients: 2, delivered: 2, failed_attempts: 0 },
    ]);
    expect(report.senders.map(({ sender }) => sender)).toEqual([
      'shop@sender.example',
      'news@sender.example',
    ]);
    expect(report.distinct).toMatchObject({ providers: 3, domains: 3, senders: 2 });
  });

  test('notices are in the totals and in no list', () => {
    const aggregate = new Aggregate();
    const notice = message({ from: '' });
    aggregate.event(accepted(notice, 2));
    aggregate.event(delivery(notice, 'delivered', { to: 'a@good.example', provider: 'local' }));
    aggregate.event(
      delivery(notice, 'bounced', { to: 'b@bad.example', provider: 'google', classification: UNKNOWN_USER }),
    );
    // Postfix's own to the postmaster; with another mail server it is a sender like others.
    const toPostmaster = message({ from: 'double-bounce@mx1.example' });
    aggregate.event(delivery(toPostmaster, 'delivered', { to: 'postmaster@mx1.example' }));
    const written = message({ from: 'double-bounce@mx1.example', mta: 'exim' });
    aggregate.event(delivery(written, 'bounced', { to: 'c@bad.example', classification: UNKNOWN_USER }));
    // Whose sender is not known is mail.
    aggregate.event(delivery(message({ from: undefined }), 'delivered', { to: 'd@good.example' }));

    const report = reportOf(aggregate);
    expect(report.totals).toMatchObject({ messages: 4, recipients: 5, delivered: 3, bounced: 2, open: 0 });
    expect(report.attempts).toEqual({ delivered: 3, deferred: 0, bounced: 2 });
    const { causes, ...notifications } = report.notifications;
    expect(notifications).toMatchObject({ messages: 2, recipients: 3, delivered: 2, bounced: 1, open: 0 });
    expect(notifications.attempts).toEqual({ delivered: 2, deferred: 0, bounced: 1 });
    expect(causes).toMatchObject([
      { cause: 'user_unknown', recipients: 1, share: 1, domains: [{ domain: 'bad.example' }] },
    ]);
    expect(causes[0]!.examples).toMatchObject([{ from: '', to: 'b@bad.example' }]);
    expect(report.causes).toMatchObject([{ recipients: 1, share: 1, examples: [{ to: 'c@bad.example' }] }]);
    expect(report.providers).toMatchObject([{ provider: 'other', recipients: 2 }]);
    expect(report.senders).toMatchObject([{ sender: 'double-bounce@mx1.example', recipients: 1 }]);
    expect(report.hours).toMatchObject([{ delivered: 1, bounced: 1 }]);
    expect(report.delay.distribution.reduce((sum, { recipients }) => sum + recipients, 0)).toBe(1);
  });

  test('a recipient stays what it was first counted as', () => {
    const aggregate = new Aggregate();
    const late = { ...message({ from: undefined }) };
    aggregate.event(accepted(late, 1));
    Object.assign(late, { from: '' });
    aggregate.event(delivery(late, 'delivered', { to: 'a@good.example' }));
    expect(reportOf(aggregate)).toMatchObject({
      totals: { recipients: 1, delivered: 1, open: 0 },
      notifications: { recipients: 0, delivered: 0, open: 0 },
    });
  });

  test('notices of one shape are one, told by the earliest text', () => {
    const aggregate = new Aggregate();
    const warn = (text: string, time: number): void =>
      aggregate.notice({ kind: 'notice', severity: 'warning', text }, 'postfix/smtpd', time);
    warn('hostname b.example does not resolve to address 192.0.2.2', TEN + 1);
    warn('hostname a.example does not resolve to address 192.0.2.1', TEN);
    warn('disk is full', TEN);
    expect(reportOf(aggregate).notices).toMatchObject([
      {
        severity: 'warning',
        program: 'postfix/smtpd',
        text: 'hostname <*> does not resolve to address <*>',
        example: 'hostname a.example does not resolve to address 192.0.2.1',
        count: 2,
      },
      { text: 'disk is full', count: 1 },
    ]);
  });

  test('the delay of a delivery that was taken back is gone', () => {
    const aggregate = new Aggregate();
    const mail = message();
    const first = delivery(mail, 'delivered', { final: false });
    aggregate.event(first);
    expect(reportOf(aggregate).delay.p50).toBeCloseTo(1.5, 1);
    aggregate.event(delivery(mail, 'bounced', { prior: first }));
    expect(reportOf(aggregate).delay).toEqual({ p50: null, p90: null, p99: null, distribution: [] });
  });

  test('hard failures are counted for whom they hit, as long as they stand', () => {
    const aggregate = new Aggregate();
    const [shop, news] = [message(), message({ from: 'news@sender.example' })];
    const to = 'bob@example.org';
    const first = delivery(shop, 'bounced', { to, final: false });
    aggregate.event(first);
    aggregate.event(delivery(news, 'bounced', { to }));
    aggregate.event(delivery(message({ from: 'soft@sender.example' }), 'deferred', { to }));
    const before = reportOf(aggregate);
    expect(before.hard_senders.map(({ sender, hard }) => [sender, hard])).toEqual([
      ['news@sender.example', 1],
      ['shop@sender.example', 1],
    ]);
    expect(before.distinct.hard_senders).toBe(2);
    expect([before.domains[0]!.hard, before.providers[0]!.hard]).toEqual([2, 2]);
    aggregate.event(delivery(shop, 'delivered', { to, prior: first }));
    const after = reportOf(aggregate);
    expect(after.hard_senders.map(({ sender }) => sender)).toEqual(['news@sender.example']);
    expect([after.domains[0]!.hard, after.providers[0]!.hard]).toEqual([1, 1]);
  });

  test('replies that no rule knows are counted by their shape', () => {
    const aggregate = new Aggregate();
    const classified = { classification: classification('unclassified', { kind: 'soft' }) };
    const reply = (diagnostic: string): Partial<TrackedEvent> => ({
      ...classified,
      delivery: record({ status: 'deferred', diagnostic }),
    });
    aggregate.event(
      delivery(message(), 'deferred', { ...reply('450 moon is down at 10:01'), time: TEN + 1 }),
    );
    aggregate.event(delivery(message(), 'deferred', reply('450 moon is down at 10:00')));
    aggregate.event(delivery(message(), 'expired', reply('450 moon is down at 10:02')));
    aggregate.event(rejected(classified, { diagnostic: '450 moon is down at 10:03' }));
    aggregate.event(delivery(message(), 'deferred'));
    expect(reportOf(aggregate).unclassified).toMatchObject([
      { direction: 'outbound', count: 2, example: { diagnostic: '450 moon is down at 10:01' } },
      { direction: 'inbound', count: 1, example: { diagnostic: '450 moon is down at 10:03' } },
    ]);
  });
});

test('counts and marks go on after they were cloned to another thread', () => {
  const part = new Aggregate();
  const mail = message();
  const failed = delivery(mail, 'deferred', { classification: TIMEOUT });
  part.event(accepted(mail, 2));
  part.event(failed);
  const clone = structuredClone({ counts: part.counts, mail, failed });
  const whole = new Aggregate({}, clone.counts);
  whole.event(delivery(clone.mail, 'delivered', { prior: clone.failed }));
  expect(totalsOf(whole)).toEqual({ messages: 1, recipients: 2, delivered: 1, open: 1 });
  expect(reportOf(whole).causes).toMatchObject([{ recipients: 0, attempts: 1, recovered: 1 }]);
});

test('a log with endless names takes bounded memory and keeps its sums', () => {
  const aggregate = new Aggregate();
  const names = 45_000;
  for (let index = 0; index < names; index++) {
    const mail = message({ from: `sender${index}@sender.example` });
    const provider = `provider${index}`;
    const cause = classification(`cause${index % 1000}`, { detail: `detail${index % 5000}` });
    aggregate.event(
      delivery(mail, 'bounced', { to: `bob@d${index}.example`, provider, classification: cause }),
    );
    const ip = `192.0.2.${index}`;
    aggregate.event(rejected({ classification: cause }, { client: client({ ip }) }));
    const text = `problem ${index.toString(2).replaceAll('0', 'a').replaceAll('1', 'b')}`;
    aggregate.notice({ kind: 'notice', severity: 'warning', text }, 'postfix/smtpd', TEN);
  }
  const { counts } = aggregate;
  expect(counts.domains.rows.size).toBeLessThanOrEqual(20_000);
  expect(counts.senders.rows.size).toBeLessThanOrEqual(20_000);
  expect(counts.causes.rows.size).toBeLessThanOrEqual(300);
  expect(counts.rejects.rows.size).toBeLessThanOrEqual(300);
  expect(counts.notices.rows.size).toBeLessThanOrEqual(1000);
  for (const hour of counts.hours.rows.values()) expect(hour.providers.rows.size).toBeLessThanOrEqual(50);
  const report = reportOf(aggregate, 100_000);
  const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
  for (const rows of [report.domains, report.providers, report.senders, report.causes]) {
    expect(sum(rows.map((row) => row.recipients))).toBe(names);
  }
  expect(sum(report.rejects.map((row) => row.count))).toBe(names);
  expect(sum(report.notices.map((row) => row.count))).toBe(names);
  expect(report.domains.at(-1)).toMatchObject({ domain: '(other)' });
  expect(report.causes.at(-1)).toMatchObject({ cause: '(other)', title: 'All other causes' });
});

test('unknown replies of endless shapes take bounded memory and keep their sum', () => {
  const aggregate = new Aggregate();
  const replies = 2000;
  for (let index = 0; index < replies; index++) {
    const diagnostic = `moon is ${index.toString(2).replaceAll('0', 'a').replaceAll('1', 'b')}`;
    const facts = { classification: classification('unclassified'), delivery: record({ diagnostic }) };
    aggregate.event(delivery(message(), 'bounced', facts));
  }
  expect(aggregate.counts.unclassified.rows.size).toBeLessThanOrEqual(300);
  const { unclassified } = reportOf(aggregate, 1000);
  expect(unclassified.reduce((total, { count }) => total + count, 0)).toBe(replies);
});
