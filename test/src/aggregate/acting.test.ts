import { describe, expect, test } from 'vitest';
import { causeAdvice } from '../../../src/aggregate/acting.ts';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { Both } from '../../../src/aggregate/both.ts';
import { buildReport } from '../../../src/aggregate/build.ts';
import { mergeReports } from '../../../src/aggregate/merged.ts';
import type { Report } from '../../../src/aggregate/report.ts';
import { Trend } from '../../../src/aggregate/trend.ts';
import { CATALOGUE, type CauseId } from '../../../src/cause/catalogue.ts';
import { actors, failedOf, whoActs } from '../../../src/sink/answer.ts';
import { classification, delivery, message, rejected, TEN, UNKNOWN_USER } from './events.ts';

const FULL = classification('mailbox_full', { kind: 'soft' });

/** The report on some events. */
function reportOf(...events: ReturnType<typeof delivery>[]): Report {
  const aggregate = new Aggregate();
  const trend = new Trend({ window: {}, now: TEN, days: [] });
  const both = new Both(trend, aggregate);
  for (const event of events) both.event(event);
  const lines = { read: 0, used: 0, ignored: 0, unparsed: 0 };
  return buildReport(aggregate, { now: TEN, inputs: [], lines, evicted: 0, trend });
}

/** An event of a recipient and one of a later attempt. */
function retried(last: 'expired' | 'deferred' | 'delivered', to: string, provider = 'google') {
  const mail = message();
  const first = delivery(mail, 'deferred', { to, provider, classification: FULL });
  const cause = last === 'delivered' ? {} : { classification: FULL };
  return [first, delivery(mail, last, { to, provider, attempt: 2, prior: first, ...cause })];
}

const bounced = (provider: string, cause = UNKNOWN_USER) =>
  delivery(message(), 'bounced', { provider, classification: cause });

describe('a cause that failed here and elsewhere', () => {
  test('has two actors, each for its own recipients', () => {
    const report = reportOf(bounced('local'), bounced('google'), bounced('google'));
    const [cause] = report.causes;
    expect(cause).toMatchObject({
      who_acts: "sender's address list",
      local: { recipients: 1, who_acts: 'this server' },
    });
    expect(cause!.remedy).toMatch(/^Check the spelling.* For the 1 recipient on this host: This server took/);
    expect(actors(report)).toEqual([
      { actor: "sender's address list", recipients: 2 },
      { actor: 'this server', recipients: 1 },
    ]);
    expect(whoActs(cause!)).toBe("sender's address list; for 1 on this host: this server");
    const [finding] = report.findings;
    expect(finding?.next_step).toContain('For the 1 recipient on this host');
  });

  test('has them in a merged report as well, though other providers have more', () => {
    const elsewhere = Array.from({ length: 24 }, (_, index) => bounced(`p${index % 12}`));
    const report = reportOf(...elsewhere, bounced('local'));
    expect(report.causes[0]!.providers.map(({ provider }) => provider)).not.toContain('local');
    const documents = [{ file: 'a.json', value: JSON.parse(JSON.stringify(report)) as unknown }];
    const [cause] = mergeReports(documents, { now: TEN, top: 50 }).causes;
    expect(cause).toMatchObject({ recipients: 25, local: { recipients: 1, who_acts: 'this server' } });
  });

  test('has one where all of it failed here, or where the same must be done', () => {
    const [here] = reportOf(bounced('local'), bounced('local')).causes;
    expect(here).toMatchObject({ who_acts: 'this server' });
    expect(here).not.toHaveProperty('local');
    const dkim = { cause: 'dkim_fail', detail: undefined, kind: 'hard' } as const;
    expect(causeAdvice(dkim, [], { all: 3, local: 1 }, undefined)).not.toHaveProperty('local');
  });
});

describe('words follow where the mail stands last', () => {
  const told = (...events: ReturnType<typeof delivery>[]) => {
    const report = reportOf(...events);
    return { text: report.findings[0]?.text, remedy: report.causes[0]!.remedy };
  };

  test('what waits is tried again', () => {
    const { text, remedy } = told(...retried('deferred', 'a@example.org'));
    expect(text).toBe('Gmail put off mail to 1 recipient because the mailboxes are full.');
    expect(remedy).toContain('tried again');
    expect(remedy).not.toContain('came back');
  });

  test('what expired has come back', () => {
    const { text, remedy } = told(
      ...retried('expired', 'a@example.org'),
      ...retried('expired', 'b@example.org'),
    );
    expect(text).toBe(
      'Gmail put off mail to 2 recipients because the mailboxes are full; all of them expired.',
    );
    expect(remedy).toContain('came back');
    expect(remedy).not.toContain('tried again');
  });

  test('what bounced was refused, though the cause may pass', () => {
    const { text, remedy } = told(bounced('google', FULL));
    expect(text).toBe('Gmail refused mail to 1 recipient because the mailboxes are full.');
    expect(remedy).not.toContain('tried again');
  });

  test('what stands in several ways is told in all of them', () => {
    const events = [...retried('expired', 'a@example.org', 'gmx'), ...retried('delivered', 'b@example.org')];
    const { text, remedy } = told(...events, bounced('yahoo', FULL), ...retried('deferred', 'd@example.org'));
    expect(text).toBe(
      'Mail to 4 recipients was put off or refused because the mailboxes are full; 1 got it later, 1 bounced, 1 expired.',
    );
    expect(remedy).toMatch(/tried again.*came back/);
  });

  test('of each cause that may pass', () => {
    for (const [id, { kind }] of CATALOGUE) {
      if (kind !== 'soft') continue;
      const cause = classification(id as CauseId, { kind });
      expect(`${id}: ${told(bounced('google', cause)).remedy}`).not.toMatch(/tried again|still in the queue/);
    }
  });
});

test('how sure the causes of refusals are is their mean', () => {
  const sure = (confidence: number) =>
    rejected({ classification: classification('relay_denied', { confidence }) });
  expect(reportOf(sure(0.5), sure(0.8)).rejects).toMatchObject([{ cause: 'relay_denied', confidence: 0.65 }]);
  expect(failedOf(reportOf(sure(1)).totals)).toBe(0);
});
