import { describe, expect, test } from 'vitest';
import { Aggregate, type Window } from '../../../src/aggregate/aggregate.ts';
import { Both } from '../../../src/aggregate/both.ts';
import { buildReport } from '../../../src/aggregate/build.ts';
import { changeOf } from '../../../src/aggregate/change.ts';
import type { Report } from '../../../src/aggregate/report.ts';
import { Trend } from '../../../src/aggregate/trend.ts';
import { Analysis } from '../../../src/analysis.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { CauseStage } from '../../../src/cause/stage.ts';
import fc from '../../property.ts';
import { logOf, type Mail, ordinaryDay, ordinaryDays, refusedByGmail, TODAY } from './mail.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CLASSIFIER = new Classifier();

const ON_TODAY = { from: TODAY, until: TODAY + DAY };

/** The report on a window, which is all of the log where it is open. */
function reportOf(mails: readonly Mail[], window: Window = ON_TODAY): Report {
  const log = logOf(mails);
  const { from } = window;
  const days = from === undefined ? [] : [1, 2, 3, 4, 5, 6, 7].map((day) => from - day * DAY);
  const aggregate = new Aggregate(window);
  const trend = new Trend({ window, now: TODAY + DAY, days });
  const analysis = new Analysis(new CauseStage(CLASSIFIER, new Both(trend, aggregate)), { zone: 'UTC' });
  analysis.begin(TODAY + DAY);
  analysis.read({ text: log, offset: 0, overlong: 0 });
  const [summary] = analysis.sources;
  const time = (value: number | undefined) =>
    value === undefined ? undefined : new Date(value).toISOString();
  return buildReport(aggregate, {
    now: TODAY + DAY,
    inputs: [
      {
        file: 'mail.log',
        lines: analysis.lines.read,
        from: time(summary?.from),
        to: time(summary?.to),
      },
    ],
    lines: analysis.lines,
    evicted: 0,
    trend,
  });
}

const textsOf = ({ findings }: Report): string[] => findings.map(({ text }) => text);

describe('beside the seven days before', () => {
  test('what is new comes first, with its beginning, place, sender and reason', () => {
    const report = reportOf([...ordinaryDays(8), ...refusedByGmail(412)]);
    const [first] = report.findings;
    expect(first?.text).toBe(
      'Gmail refused mail of example.com to 412 recipients because neither SPF nor DKIM passed; it began at 14:05; ' +
        'nothing like it in the seven days before.',
    );
    expect(first).toMatchObject({
      what: 'new',
      severity: 'critical',
      cause: 'unauthenticated',
      provider: 'google',
      sender_domain: 'example.com',
      who_acts: "sender's authentication",
      evidence: { recipients: 412, attempts: 412, messages: 412, before: 0, days: 7 },
    });
    expect(first?.evidence.example?.reply).toContain('5.7.26');
    expect(report.comparison).toMatchObject({ days: 7, usual: { delivered: 464, bounced: 16 } });
  });

  test('what this host itself refuses is for its own administrator to mend', () => {
    const full = Array.from({ length: 30 }, (_, n) => ({
      ...{
        time: TODAY + 10 * HOUR + n * 60_000,
        to: `user${n}@example.com`,
        relay: 'mx1[private/dovecot-lmtp]',
      },
      reply: '552 5.2.2 Quota exceeded (mailbox for user is full)',
    }));
    const [first] = reportOf([...ordinaryDays(8), ...full]).findings;
    expect(first?.text).toMatch(/^This host refused mail to 30 recipients because the mailboxes are full;/);
    expect(first).toMatchObject({ provider: 'local', who_acts: 'this server', severity: 'critical' });
  });

  test('what is as ever is said to be so', () => {
    const report = reportOf(ordinaryDays(8));
    expect(textsOf(report)).toEqual([
      'example.net refused mail to 16 recipients because the addresses do not exist; about as usual: the mean of the ' +
        'seven days before is 16 a day.',
    ]);
    expect(report.findings[0]).toMatchObject({ what: 'steady', severity: 'notice' });
  });

  test('what grew is told with how many times, unless all mail grew as much', () => {
    const more = (days: number, count: number) =>
      Array.from(
        { length: count },
        (_, index): Mail => ({
          time: TODAY - days * DAY + 9 * HOUR + index * 1000,
          to: `full${index}@example.org`,
          reply: '552 5.2.2 mailbox full',
        }),
      );
    const before = [1, 2, 3, 4, 5, 6, 7].flatMap((day) => more(day, 10 + (day % 3)));
    const grown = reportOf([...ordinaryDays(8), ...before, ...more(0, 66)]);
    expect(textsOf(grown)[0]).toBe(
      'example.org refused mail to 66 recipients because the mailboxes are full; 6 times as many as usual: the mean of ' +
        'the seven days before is 11 a day.'.replace('is 11 a', `is ${grown.findings[0]?.evidence.before} a`),
    );
    expect(grown.findings[0]).toMatchObject({ what: 'grew', severity: 'warning' });

    const sixfold = [0, 1, 2, 3, 4, 5].flatMap(() => [...ordinaryDay(0), ...more(0, 11)]);
    expect(
      textsOf(reportOf([...ordinaryDays(8).filter(({ time }) => time < TODAY), ...before, ...sixfold])),
    ).not.toEqual(expect.arrayContaining([expect.stringContaining('times as many')]));
  });

  test('what went away is good news', () => {
    const yesterday = refusedByGmail(60).flatMap((mail) =>
      [1, 2, 3, 4].map((day) => ({ ...mail, time: mail.time - day * DAY })),
    );
    const { findings } = reportOf([...ordinaryDays(8), ...yesterday]);
    expect(findings[0]).toMatchObject({ what: 'gone', severity: 'good', who_acts: 'nobody' });
    expect(findings[0]?.text).toBe(
      'Gmail no longer refuses mail of example.com because neither SPF nor DKIM passed; the mean of the seven days ' +
        'before is 34.3 a day.',
    );
  });

  test('no good news where hardly any mail flowed', () => {
    const before = ordinaryDays(8).filter(({ time }) => time < TODAY);
    const { findings } = reportOf([...before, { time: TODAY + HOUR, to: 'a@example.net' }]);
    expect(findings.filter(({ severity }) => severity === 'good')).toEqual([]);
  });

  test('few days are not called seven', () => {
    expect(textsOf(reportOf([...ordinaryDays(3), ...refusedByGmail(40)]))[0]).toContain(
      '; it began at 14:05; nothing like it in the three days before that these logs cover.',
    );
    expect(textsOf(reportOf([...ordinaryDays(1), ...refusedByGmail(40)]))[0]).toContain(
      '; it began at 14:05; nothing like it on the day before, the only one that these logs cover.',
    );
  });

  test('a short window is compared with the same hours', () => {
    const { comparison, findings } = reportOf([...ordinaryDays(8), ...refusedByGmail(40)], {
      from: TODAY + 14 * HOUR,
      until: TODAY + 16 * HOUR,
    });
    expect(comparison).toMatchObject({ days: 7, usual: { delivered: 38, bounced: 2 } });
    expect(findings[0]).toMatchObject({ what: 'new', evidence: { recipients: 40 } });
  });
});

describe('with nothing to compare with', () => {
  test('nothing is said about before', () => {
    for (const report of [
      reportOf([...ordinaryDay(0), ...refusedByGmail(412)]),
      reportOf([...ordinaryDays(8), ...refusedByGmail(412)], {}),
    ]) {
      expect(report.comparison).toBeUndefined();
      expect(textsOf(report)[0]).toBe(
        'Gmail refused mail of example.com to 412 recipients because neither SPF nor DKIM passed.',
      );
      for (const { what, evidence } of report.findings) {
        expect(what).toBe('unknown');
        expect(evidence).toMatchObject({ before: null, days: 0 });
      }
    }
  });
});

test('a day before of which the log has a part is named', () => {
  const late = ordinaryDay(-1).filter(({ time }) => time > TODAY - 12 * HOUR);
  const report = reportOf([...late, ...ordinaryDay(0)]);
  expect(report.comparison).toBeUndefined();
  expect(report.not_compared).toBe(new Date(TODAY - DAY).toISOString().replace('.000', ''));
  expect(reportOf(ordinaryDays(8)).not_compared).toBeUndefined();
  expect(reportOf(ordinaryDay(0)).not_compared).toBeUndefined();
});

describe('of its own kind', () => {
  const busy = (overrides: Partial<Mail>, from: number, count: number, step = 30_000): Mail[] =>
    Array.from({ length: count }, (_, index) => ({
      time: TODAY + from * HOUR + index * step,
      to: `x${index}@example.org`,
      ...overrides,
    }));
  const found = (mails: readonly Mail[], id: string) =>
    reportOf(mails, {}).findings.find((finding) => finding.id.startsWith(id));

  test('a time without deliveries', () => {
    const quiet = ordinaryDay(0).filter(({ time }) => time < TODAY + 12 * HOUR || time > TODAY + 14 * HOUR);
    const stuck = busy({ status: 'deferred', reply: '451 4.3.0 try later' }, 12, 100, 60_000);
    expect(found([...quiet, ...stuck], 'outage')?.text).toMatch(
      /^Nothing was delivered from 2026-11-23 12:00 to 2026-11-23 1[34]:\d\d, while \d+ recipients came in and \d+ attempts failed\.$/,
    );
    expect(found(quiet, 'outage')).toBeUndefined();
  });

  test('a time without any mail, where there is mail on other days', () => {
    const quiet = ordinaryDay(0).filter(({ time }) => time < TODAY + 12 * HOUR || time > TODAY + 14 * HOUR);
    const before = ordinaryDays(8).filter(({ time }) => time < TODAY);
    const { findings } = reportOf([...before, ...quiet]);
    expect(findings[0]).toMatchObject({ id: 'outage', what: 'new', severity: 'critical' });
    expect(findings[0]?.text).toMatch(
      /^Nothing was delivered from 12:00 to 14:05, .*; on earlier days 40 were delivered in these hours\.$/,
    );
  });

  test('a queue that grows', () => {
    const stuck = busy({ status: 'deferred', reply: '451 4.3.0 try later' }, 18, 100, 120_000);
    expect(found([...ordinaryDay(0), ...stuck], 'queue')?.evidence.recipients).toBe(100);
    const through = stuck.map((mail) => ({ ...mail, later: 300_000 }));
    expect(found([...ordinaryDay(0), ...through], 'queue')).toBeUndefined();
  });

  test('one sender with a bad list', () => {
    const reply = '550 5.1.1 User unknown';
    const bad = busy({ from: 'old-list@example.com', reply }, 10, 60);
    const good = busy({ from: 'old-list@example.com' }, 11, 60);
    expect(found([...ordinaryDay(0), ...bad, ...good], 'list')?.text).toBe(
      'old-list@example.com wrote to 60 addresses that do not exist, of 120 in all: its list is out of date.',
    );
  });

  test('a login that was probably stolen', () => {
    const reply = '554 5.7.1 Message rejected as spam';
    const spam = busy({ login: 'erika', from: 'erika@example.com', reply }, 10, 80);
    const finding = reportOf([...ordinaryDays(8), ...spam]).findings.find(
      ({ account }) => account === 'erika',
    );
    expect(finding).toMatchObject({ severity: 'critical', what: 'new' });
    expect(finding?.text).toBe(
      'The login erika sent to 80 recipients, of which 80 were refused; nothing like it in the seven days before; its ' +
        'password may have been stolen.',
    );
    const always = [1, 2, 3, 4, 5, 6, 7].flatMap((day) =>
      spam.map((mail) => ({ ...mail, time: mail.time - day * DAY })),
    );
    expect(
      reportOf([...ordinaryDays(8), ...always, ...spam]).findings.filter(({ account }) => account),
    ).toEqual([]);
  });

  test('what was put off and came through later is less than what stays', () => {
    const grey = {
      status: 'deferred',
      reply: '450 4.7.1 Greylisted, try again later',
      later: 600_000,
    } as const;
    const finding = found([...ordinaryDay(0), ...busy(grey, 10, 50)], 'failed/soft/greylisted');
    expect(finding).toMatchObject({ severity: 'notice', who_acts: 'nobody' });
    expect(finding?.text).toBe(
      'example.org put off mail to 50 recipients because unknown senders must try again later (greylisting); all of ' +
        'them got it later.',
    );
  });

  test('a host that does not answer', () => {
    const down = { status: 'deferred', relay: 'none' } as const;
    const reply = 'connect to mx.example.org[192.0.2.9]:25: Connection timed out';
    expect(
      found([...ordinaryDay(0), ...busy({ ...down, reply }, 10, 30)], 'failed/soft/connection_failed')?.text,
    ).toBe('Mail to 30 recipients of example.org failed because the server did not answer in time.');
  });
});

describe('how unusual a count is', () => {
  const history = { volumeNow: 0, volumeBefore: [], grave: true };
  const change = (now: number, before: number[]) =>
    changeOf({ ...history, now, before, earlier: before.reduce((sum, count) => sum + count, 0) });

  test.each([
    [412, [0, 0, 0, 0, 0, 0, 0], 'new'],
    [2, [0, 0, 0, 0, 0, 0, 0], 'unknown'],
    [30, [10, 12, 9, 11, 10, 8, 10], 'grew'],
    [15, [10, 12, 9, 11, 10, 8, 10], 'steady'],
    // Days that vary a lot allow a lot.
    [60, [2, 55, 3, 40, 1, 30, 8], 'steady'],
    [0, [10, 12, 9, 11, 10, 8, 10], 'gone'],
    [3, [30, 32, 29, 31, 30, 28, 30], 'fell'],
    // One day says little.
    [30, [10], 'steady'],
    [100, [10], 'grew'],
    [5, [], 'unknown'],
  ])('%d after %j is %s', (now, before, what) => {
    expect(change(now, before)).toBe(what);
  });

  test('never stumbles', () => {
    const count = fc.nat({ max: 1e6 });
    fc.assert(
      fc.property(
        count,
        fc.array(count, { maxLength: 7 }),
        count,
        count,
        fc.array(count, { maxLength: 7 }),
        (now, before, earlier, volumeNow, volumeBefore) => {
          const what = changeOf({ now, before, earlier, volumeNow, volumeBefore, grave: false });
          if (before.length === 0) expect(what).toBe('unknown');
          if (what === 'new') expect(earlier).toBe(0);
          if (what === 'gone') expect(now).toBe(0);
        },
      ),
    );
  });
});

test('whatever happened, sentences say what their evidence says, and nothing that has none', () => {
  const mail: fc.Arbitrary<Mail> = fc.record(
    {
      time: fc.integer({ min: TODAY - 7 * DAY, max: TODAY + DAY - 1 }),
      from: fc.constantFrom('a@example.com', 'b@example.org', ''),
      to: fc.constantFrom('u@gmail.com', 'v@example.net', 'w@yahoo.com'),
      reply: fc.constantFrom(
        '550 5.1.1 User unknown',
        '452 4.2.2 Mailbox full',
        '554 5.7.1 SPF fail',
        '421 busy',
      ),
      login: fc.constantFrom('erika', 'max'),
    },
    { requiredKeys: ['time', 'to'] },
  );
  fc.assert(
    fc.property(fc.array(mail, { maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (mails, times) => {
      const report = reportOf(mails.flatMap((each) => Array.from({ length: times }, () => each)));
      expect(report.findings.length).toBeLessThanOrEqual(7);
      expect(new Set(report.findings.map(({ id }) => id)).size).toBe(report.findings.length);
      for (const { text, what, evidence, next_step } of report.findings) {
        expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
        expect(next_step).not.toBe('');
        if (what !== 'gone') expect(text).toContain(evidence.recipients.toLocaleString('en-US'));
        expect(evidence.before === null).toBe(evidence.days === 0);
        if (evidence.days === 0) expect(text).not.toMatch(/before|usual/);
        if (evidence.days < 7) expect(text).not.toContain('seven');
      }
      const causes = new Map(report.causes.map((cause) => [`${cause.kind}/${cause.cause}`, cause]));
      for (const { cause, kind, evidence } of report.findings) {
        if (cause !== undefined && evidence.recipients > 0) expect(causes.has(`${kind}/${cause}`)).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});
