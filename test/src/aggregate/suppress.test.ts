import { describe, expect, test } from 'vitest';
import { Suppressions } from '../../../src/aggregate/suppress.ts';
import { Analysis } from '../../../src/analysis.ts';
import { CATALOGUE } from '../../../src/cause/catalogue.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { CauseStage } from '../../../src/cause/stage.ts';
import type { Kind } from '../../../src/event/event.ts';
import { classification, delivery, message } from './events.ts';
import { GMAIL, logOf, type Mail, TODAY, UNAUTHENTICATED } from './mail.ts';

const DAY = 86_400_000;
const CLASSIFIER = new Classifier();

function listOf(mails: readonly Mail[], days = 14, window = {}) {
  const found = new Suppressions(window, days);
  const analysis = new Analysis(new CauseStage(CLASSIFIER, found), { zone: 'UTC' });
  analysis.begin(TODAY + DAY);
  analysis.read({ text: logOf(mails), offset: 0, overlong: 0 });
  return found.list;
}

const UNKNOWN = '550 5.1.1 <bob@example.net>: Recipient address rejected: User unknown';
const FULL = '452 4.2.2 The mailbox is full';

describe('of every cause', () => {
  const GONE = ['user_unknown', 'mailbox_disabled', 'domain_not_found', 'null_mx', 'suppressed'];
  const LASTING = ['mailbox_full', 'mailbox_disabled'];

  /** Two bounces, or failures for now, three weeks apart, for one cause. */
  function listed(cause: string, kind: Kind, confidence = 1): string[] {
    const found = new Suppressions({}, 14);
    const name = { ...classification(cause, { kind }), confidence };
    for (const time of [TODAY - 21 * DAY, TODAY]) {
      const mail = message();
      const status = kind === 'hard' ? 'bounced' : 'deferred';
      found.event(delivery(mail, status, { time, to: 'bob@example.net', classification: name }));
    }
    return found.list.map((entry) => entry.cause);
  }

  test.each([...CATALOGUE.keys()])('%s', (cause) => {
    expect(listed(cause, 'hard')).toEqual(GONE.includes(cause) || LASTING.includes(cause) ? [cause] : []);
    expect(listed(cause, 'soft')).toEqual(LASTING.includes(cause) ? [cause] : []);
    expect(listed(cause, 'hard', 0.6)).toEqual([]);
  });
});

test('first and last evidence, and how often', () => {
  const mails = [5, 3, 1].map((day) => ({ time: TODAY - day * DAY, to: 'Bob@Example.net', reply: UNKNOWN }));
  expect(listOf(mails)).toEqual([
    {
      address: 'bob@example.net',
      cause: 'user_unknown',
      detail: 'no_such_user',
      count: 3,
      first: '2026-11-18T00:00:01Z',
      last: '2026-11-22T00:00:01Z',
      reply: UNKNOWN,
    },
  ]);
});

test('what was delivered later is off the list', () => {
  const mails: Mail[] = [{ time: TODAY, to: 'bob@example.net', reply: UNKNOWN }];
  expect(listOf(mails)).toHaveLength(1);
  expect(listOf([...mails, { time: TODAY + 1000_000, to: 'bob@example.net' }])).toEqual([]);
});

test('a mailbox must be full for long', () => {
  const full = [0, 10].map(
    (day): Mail => ({ time: TODAY - day * DAY, to: 'bob@example.net', reply: FULL, status: 'deferred' }),
  );
  expect(listOf(full)).toEqual([]);
  expect(listOf(full, 10)).toMatchObject([{ cause: 'mailbox_full', count: 2 }]);
});

test('that nobody is there outweighs that the mailbox was full', () => {
  const at = (day: number, reply: string): Mail => ({
    time: TODAY - day * DAY,
    to: 'bob@example.net',
    reply,
  });
  expect(listOf([at(3, FULL), at(2, UNKNOWN), at(1, FULL)])).toMatchObject([
    { cause: 'user_unknown', count: 1 },
  ]);
});

test('never for what the sender did', () => {
  const replies = [
    UNAUTHENTICATED,
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
    '450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents delivery',
    '554 5.7.1 Message rejected as spam',
  ];
  expect(listOf(replies.map((reply) => ({ time: TODAY, to: 'bob@gmail.com', relay: GMAIL, reply })))).toEqual(
    [],
  );
});

test('only evidence of the window counts', () => {
  const mails = [{ time: TODAY - DAY, to: 'bob@example.net', reply: UNKNOWN }];
  expect(listOf(mails, 14, { from: TODAY })).toEqual([]);
});
