import { describe, expect, test } from 'vitest';
import { sendmail } from '../../../parsers/sendmail/index.ts';
import { ID, parse as parseText } from './record.ts';

const Q = ID;

/** Payloads here bring their queue ids. */
const parse = (payload: string) => parseText(payload, { id: '' });

test.each([
  ...[
    'sendmail',
    'sm-mta',
    'sm-msp-queue',
    'sendmail-mta',
    'sendmail-msp',
    'sm-que',
    'sm-acceptingconnections',
  ],
])('the tag %s is sendmail’s', (tag) => {
  expect(sendmail.program(tag)).toMatchObject({ mta: 'sendmail', instance: 'sendmail' });
});

test.each(['sm-notify', 'postfix/sendmail', 'smrsh', 'msmtp', 'sendmailanalyzer'])(
  'the tag %s is not',
  (tag) => {
    expect(sendmail.program(tag)).toBeUndefined();
  },
);

describe('an arrival', () => {
  test('tells all at once', () => {
    expect(
      parse(
        `${Q}: from=<a@a.test>, size=302, class=0, nrcpts=2, msgid=<m@a.test>, bodytype=8BITMIME, proto=ESMTP, daemon=MTA-v4, relay=c.test [192.0.2.7]`,
      ),
    ).toEqual({
      kind: 'arrival',
      queueId: Q,
      from: 'a@a.test',
      size: 302,
      recipients: 2,
      messageId: 'm@a.test',
      client: 'c.test[192.0.2.7]',
    });
  });

  test.each([
    [
      'a program',
      'from=root, size=20, class=0, nrcpts=1, msgid=<m@a>, relay=root@localhost',
      'localhost[] near',
    ],
    [
      'a socket',
      'from=<>, size=20, class=0, nrcpts=1, msgid=<m@a>, relay=localhost [[UNIX: localhost]]',
      'localhost[] near',
    ],
    [
      '8.9',
      'from=<a@a.test>, size=20, class=-60, pri=31234, nrcpts=1, msgid=<m@a>, proto=SMTP, relay=c.test [192.0.2.7]',
      'c.test[192.0.2.7]',
    ],
    [
      'IPv6',
      'from=<a@a.test>, size=1, class=0, nrcpts=1, msgid=<m@a>, proto=SMTP, daemon=MTA-v6, relay=[IPv6:2001:db8:0:0:0:0:0:7]',
      '[2001:db8:0:0:0:0:0:7]',
    ],
  ])('from %s', (_, payload, client) => {
    expect(parse(`${Q}: ${payload}`)).toMatchObject({ kind: 'arrival', client });
  });

  test.each([
    [
      'all recipients were refused',
      'size=302, class=0, nrcpts=0, proto=ESMTP, daemon=MTA-v4, relay=c.test [192.0.2.7]',
    ],
    [
      'the client vanished',
      'size=0, class=0, nrcpts=1, proto=ESMTP, daemon=MTA-v4, relay=c.test [192.0.2.7]',
    ],
  ])('is none where %s', (_, rest) => {
    expect(parse(`${Q}: from=<a@a.test>, ${rest}`)).toEqual({ kind: 'removed', queueId: Q, by: 'canceled' });
  });
});

describe('what is made of a message', () => {
  const C = '6ANKUZ85000190';
  test.each([
    ['DSN: User unknown', { from: '', failure: { status: 'bounced', diagnostic: 'User unknown', to: '' } }],
    ['DSN: Return receipt', { from: '' }],
    ['return to sender: Service unavailable', { from: '' }],
    ['postmaster notify: User unknown', { from: '' }],
    ['sender notify: Cannot send message for 5 days', { from: '', expired: true }],
    ['sender notify: Warning: could not send message for past 4 hours', { from: '' }],
    ['clone: owner=list-owner', { from: 'list-owner', clone: true }],
  ])('%s', (text, expected) => {
    const record = parse(`${Q}: ${C}: ${text}`);
    expect(record).toMatchObject({ kind: 'child', queueId: Q, childQueueId: C, ...expected });
    if (!('failure' in expected) && text.includes('notify: ') && text.startsWith('sender')) {
      expect(record).not.toHaveProperty('failure');
    }
  });
});

describe('refusals', () => {
  test.each([
    [
      'ruleset=check_relay, arg1=[192.0.2.7], arg2=192.0.2.7, relay=[192.0.2.7], reject=550 5.7.1 Fix reverse DNS',
      { stage: 'connect', client: '[192.0.2.7]', reply: { code: 550, enhanced: '5.7.1' } },
    ],
    [
      `${Q}: ruleset=check_mail, arg1=<a@a.test>, relay=c.test [192.0.2.7], reject=553 5.1.8 <a@a.test>... no such domain`,
      { queueId: Q, stage: 'mail', from: 'a@a.test' },
    ],
    [
      `${Q}: ruleset=check_rcpt, arg1=<b@b.test>, reject=450 4.7.1 later`,
      { stage: 'rcpt', to: 'b@b.test', reply: { code: 450 } },
    ],
    [`${Q}: ruleset=check_data, arg1=1, relay=c.test [192.0.2.7], reject=550 no`, { stage: 'data' }],
    [
      `${Q}: Milter: from=<a@a.test>, reject=451 4.7.1 later`,
      { stage: 'mail', from: 'a@a.test', reply: { code: 451 } },
    ],
    [`${Q}: Milter: to=<b@b.test>, reject=550 5.7.1 Command rejected`, { stage: 'rcpt', to: 'b@b.test' }],
    [
      `${Q}: Milter: data, reject=554 5.7.1 virus`,
      { stage: 'eom', recipientsFollow: true, reply: { code: 554 } },
    ],
    [`${Q}: Milter: cmd=data, reject=550 no`, { stage: 'data' }],
    ['Milter: helo=x, reject=Command rejected', { stage: 'ehlo', diagnostic: 'Command rejected' }],
    [
      'Milter: connect: host=c.test, addr=192.0.2.7, rejecting commands',
      { stage: 'connect', client: 'c.test[192.0.2.7]' },
    ],
    [`${Q}: <b@b.test>... User unknown`, { stage: 'rcpt', to: 'b@b.test' }],
    [`${Q}: <foo bar@b.test>... User unknown`, { stage: 'rcpt', to: 'foo bar@b.test' }],
    [`${Q}: <b@b.test... Unbalanced '<'`, { stage: 'rcpt' }],
    [`${Q}: 8-bit character in mailbox address "<P?P>@b.test>"`, { stage: 'rcpt' }],
  ])('%s', (payload, expected) => {
    expect(parse(payload)).toMatchObject({ kind: 'reject', ...expected });
  });

  test.each([
    [
      `${Q}: ruleset=check_rcpt, arg1=<b@b.test>, relay=c.test [192.0.2.7], discard`,
      { kind: 'discard', to: 'b@b.test' },
    ],
    [
      `${Q}: ruleset=check_rcpt, arg1=<b@b.test>, relay=c.test [192.0.2.7], quarantine=parked, by policy`,
      { kind: 'hold', held: true, to: 'b@b.test', diagnostic: 'parked, by policy' },
    ],
    [`${Q}: discarded`, { kind: 'removed', by: 'discarded' }],
    [`${Q}: done; delay=00:00:01, ntries=1`, { kind: 'removed', by: 'done' }],
  ])('%s', (payload, expected) => {
    expect(parse(payload)).toMatchObject(expected);
  });
});

test.each([
  'starting daemon (8.17.1.9): SMTP+queueing@00:15:00',
  'alias database /etc/mail/aliases rebuilt by root',
  '/etc/mail/aliases: 26 aliases, longest 33 bytes, 564 bytes total',
  'ruleset=tls_server, arg1=NONE, relay=mx.b.test, reject=403 4.7.0 encryption too weak 0 less than 112',
  'NOQUEUE: connect from c.test [192.0.2.7]',
  `${Q}: c.test [192.0.2.7] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA-v4`,
  `${Q}: c.test [192.0.2.7]: VRFY nosuch [rejected]`,
  `${Q}: c.test [192.0.2.7]: possible SMTP attack: command=AUTH, count=5`,
  `${Q}: mx.b.test.: SMTP RCPT protocol error: 999 what is this`,
  `${Q}: lost input channel from c.test [192.0.2.7] to MTA-v4 after rcpt`,
  `${Q}: timeout waiting for input from mx.b.test. during client greeting`,
  `${Q}: collect: premature EOM: unexpected close`,
  `${Q}: Authentication-Warning: mx1.b.test: c.test [192.0.2.7] didn't use HELO protocol`,
  `${Q}: alias <list@b.test> => a@b.test`,
  `${Q}: --- 250 2.0.0 ${Q} Message accepted for delivery`,
  `${Q}: milter=clam, action=rcpt, reject=550 5.7.1 no`,
  `${Q}: Milter (clam): init success to negotiate`,
  `${Q}: Milter accept: message`,
  `${Q}[2]: stat=User unknown`,
  'grew WorkList for /var/spool/mqueue-client to 52000',
])('understood: %s', (payload) => {
  expect(parse(payload)).toEqual({ kind: 'nothing' });
});

test.each([
  ['SYSERR(root): hash map "access": missing map file', 'error'],
  [`${Q}: SYSERR(root): MX list for b.test. points back to mx1.b.test`, 'error'],
  [`${Q}: Milter (clam): error connecting to filter: Connection refused by /run/clam`, 'error'],
  [
    `${Q}: AUTH failure (LOGIN): user not found (-20) SASL(-13): user not found, user=x, relay=c.test [192.0.2.7]`,
    'warning',
  ],
])('trouble: %s', (payload, severity) => {
  expect(parse(payload)).toMatchObject({ kind: 'notice', severity });
});

test.each([
  '',
  'whatever',
  `${Q}: whatever`,
  `${Q}: to=<a@b.test>`,
  `${Q}: from=<a@b.test>, size=1`,
  'to=<a@b.test>, delay=00:00:00, stat=Sent',
])('not understood: %j', (payload) => {
  expect(parse(payload)).toBeUndefined();
});

test('a queue id tells year and zone', () => {
  const at = (id: string) => sendmail.arrival(`${id}: from=<a@a.test>, size=1, class=0, nrcpts=0, relay=x`);
  expect(at(Q)).toBe(Date.UTC(2026, 10, 23, 20, 30, 35));
  expect(at('s1P819mk027713')).toBe(Date.UTC(2014, 1, 25, 8, 1, 9));
  expect(at('e6G2PqO05058')).toBeUndefined();
  expect(sendmail.arrival(`${Q}: to=<a@b.test>, delay=00:00:00`)).toBeUndefined();
});
