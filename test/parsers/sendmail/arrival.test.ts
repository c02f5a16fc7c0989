/** Messages that came in, and what was made of them. */
import { describe, expect, test } from 'vitest';
import { ID, parse } from './record.ts';

describe('arrivals', () => {
  test.each([
    [
      'from=<a@b.test>, size=302, class=0, nrcpts=1, msgid=<1@b.test>, bodytype=8BITMIME, proto=ESMTP, daemon=MTA-v4, relay=client.b.test [192.0.2.9]',
      {
        from: 'a@b.test',
        size: 302,
        recipients: 1,
        messageId: '1@b.test',
        client: 'client.b.test[192.0.2.9]',
      },
    ],
    [
      'from=root, size=20, class=-60, pri=30020, nrcpts=2, msgid=<1@b.test>, relay=root@localhost',
      { from: 'root', size: 20, recipients: 2, messageId: '1@b.test', client: 'localhost[] near' },
    ],
    [
      'from=<>, size=9, class=0, nrcpts=1, msgid=<1@b.test>, relay=localhost [[UNIX: localhost]]',
      { from: '', size: 9, recipients: 1, messageId: '1@b.test', client: 'localhost[] near' },
    ],
    [
      'from=<a@b.test>, size=9, class=0, nrcpts=1, msgid=<1@b.test>, proto=ESMTP, daemon=MTA, relay=forged.b.test [192.0.2.9] (may be forged)',
      { from: 'a@b.test', size: 9, recipients: 1, messageId: '1@b.test', client: '[192.0.2.9]' },
    ],
    [
      'from=<a@a.test>, size=1, class=0, nrcpts=1, msgid=<m@a>, proto=SMTP, daemon=MTA-v6, relay=[IPv6:2001:db8:0:0:0:0:0:7]',
      { from: 'a@a.test', size: 1, recipients: 1, messageId: 'm@a', client: '[2001:db8:0:0:0:0:0:7]' },
    ],
  ])('%s', (line, facts) => {
    expect(parse(line)).toEqual({ kind: 'arrival', queueId: ID, ...facts });
  });

  test.each([
    'from=<a@b.test>, size=302, class=0, nrcpts=0, proto=ESMTP, daemon=MTA-v4, relay=c.b.test [192.0.2.9]',
    'from=<a@b.test>, size=0, class=0, nrcpts=1, proto=ESMTP, daemon=MTA-v4, relay=c.b.test [192.0.2.9]',
  ])('no message: %s', (line) => {
    expect(parse(line)).toEqual({
      ...{ kind: 'removed', queueId: ID, by: 'canceled' },
      ...{ from: 'a@b.test', client: 'c.b.test[192.0.2.9]' },
    });
  });

  test('a long sender is cut to two hundred characters', () => {
    const from = `<"${'x'.repeat(98)}...${'y'.repeat(93)}@b.test`;
    expect(
      parse(`from=${from}, size=9, class=0, nrcpts=1, msgid=<1@b.test>, relay=c [192.0.2.9]`),
    ).toMatchObject({
      kind: 'arrival',
      messageId: '1@b.test',
    });
  });
});

describe('what was made of a message', () => {
  const CHILD = '6ANKUZ85000186';

  test.each([
    ['DSN: User unknown', { from: '', failure: { status: 'bounced', to: '', diagnostic: 'User unknown' } }],
    ['return to sender: Service unavailable', { from: '', failure: { diagnostic: 'Service unavailable' } }],
    ['postmaster notify: User unknown', { from: '' }],
    ['sender notify: Cannot send message for 5 days', { from: '', expired: true }],
    ['clone: owner=listadmin', { from: 'listadmin', clone: true }],
    [
      'DSN: Too many hops 61 (30 max): from <a@b.test> via localhost, to <"x, to <v@c.test>"@b.test>',
      { failure: { to: '"x, to <v@c.test>"@b.test' } },
    ],
  ])('%s', (text, facts) => {
    expect(parse(`${CHILD}: ${text}`)).toMatchObject({
      kind: 'child',
      queueId: ID,
      childQueueId: CHILD,
      ...facts,
    });
  });

  test.each(['sender notify: Warning: could not send message for past 4 hours', 'DSN: Return receipt'])(
    'no failure: %s',
    (text) => {
      const record = parse(`${CHILD}: ${text}`);
      expect(record).toMatchObject({ kind: 'child', childQueueId: CHILD });
      expect(record).not.toHaveProperty('expired');
      expect(record).not.toHaveProperty('failure');
    },
  );
});
