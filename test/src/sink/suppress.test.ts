import { expect, test } from 'vitest';
import type { Suppression } from '../../../src/aggregate/suppress.ts';
import { formatSuppressions, type SuppressFormat } from '../../../src/sink/suppress.ts';

const entry = (address: string, reply = '550 5.1.1 User unknown'): Suppression => ({
  address,
  cause: 'user_unknown',
  detail: 'no_such_user',
  count: 2,
  first: '2026-11-20T10:00:00Z',
  last: '2026-11-23T10:00:00Z',
  reply,
});

const format = (list: Suppression[], form: SuppressFormat) =>
  formatSuppressions(list, form, {
    generated_at: '2026-11-24T08:00:00Z',
    window: { from: null, to: null },
  });

test('CSV, in which nothing is a formula and nothing breaks out of its cell', () => {
  const hostile = [
    entry('=cmd|calc!a1@example.com', 'say "no",\r\nplease'),
    entry('+1@example.com', '@SUM(A1)'),
  ];
  expect(format([entry('bob@example.com'), ...hostile], 'csv')).toBe(
    'address,cause,detail,count,first,last,reply\r\n' +
      'bob@example.com,user_unknown,no_such_user,2,2026-11-20T10:00:00Z,2026-11-23T10:00:00Z,550 5.1.1 User unknown\r\n' +
      `'=cmd|calc!a1@example.com,user_unknown,no_such_user,2,2026-11-20T10:00:00Z,2026-11-23T10:00:00Z,"say ""no"",\r\nplease"\r\n` +
      `'+1@example.com,user_unknown,no_such_user,2,2026-11-20T10:00:00Z,2026-11-23T10:00:00Z,'@SUM(A1)\r\n`,
  );
});

test('JSON', () => {
  expect(JSON.parse(format([entry('bob@example.com')], 'json'))).toMatchObject({
    schema: 'whybounce.suppress/1',
    addresses: [{ address: 'bob@example.com', count: 2 }],
  });
});

test('access maps, without what would be another line, key or comment', () => {
  const list = [
    entry('bob@example.com', 'OK permit'),
    ...['#x@example.com', 'a b@example.com', 'a\nb OK@example.com', 'a:b@example.com', '"q"@example.com'].map(
      (a) => entry(a),
    ),
  ];
  expect(format(list, 'postfix')).toBe(
    'bob@example.com\tREJECT 5.1.1 Address does not exist (2 failures, last 2026-11-23)\n',
  );
  expect(format(list, 'exim')).toBe(
    'bob@example.com: Address does not exist (2 failures, last 2026-11-23)\n',
  );
  expect(format([...list, entry('Ann@example.com')], 'sendmail')).toBe(
    'To:bob@example.com\tERROR:5.1.1:"550 Address does not exist (2 failures, last 2026-11-23)"\n' +
      'To:ann@example.com\tERROR:5.1.1:"550 Address does not exist (2 failures, last 2026-11-23)"\n',
  );
});
