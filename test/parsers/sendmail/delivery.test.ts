import { describe, expect, test } from 'vitest';
import { ID, parse as parseText } from './record.ts';

const Q = ID;

/** Payloads here bring their queue ids. */
const parse = (payload: string) => parseText(payload, { id: '' });
const HEAD = `${Q}: to=<b@b.test>, delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=30295, relay=mx.b.test. [192.0.2.1]`;

describe('what became of it', () => {
  test.each([
    [
      'Sent',
      ', dsn=2.0.0, stat=Sent (Ok: queued as 7)',
      { status: 'delivered', diagnostic: 'Ok: queued as 7' },
    ],
    ['Sent without a word', ', dsn=2.0.0, stat=Sent', { status: 'delivered' }],
    [
      'a reply of class 5, whatever stat says',
      ', dsn=5.1.1, reply=550 5.2.2 Mailbox full, stat=User unknown',
      {
        status: 'bounced',
        diagnostic: '550 5.2.2 Mailbox full',
        reply: { code: 550, enhanced: '5.2.2', stage: 'rcpt' },
      },
    ],
    [
      'a reply of class 4',
      ', dsn=4.2.2, reply=452 4.2.2 Full, stat=Deferred: 452 4.2.2 Full',
      { status: 'deferred', diagnostic: '452 4.2.2 Full', reply: { code: 452, enhanced: '4.2.2' } },
    ],
    [
      'a dsn that is another recipient’s',
      ', dsn=2.0.0, reply=451 4.3.0 Error, stat=Deferred: 451 4.3.0 Error',
      { status: 'deferred', reply: { code: 451 } },
    ],
    [
      'an old refusal behind a broken connection',
      ', dsn=4.4.2, reply=500 What?, stat=Deferred: Connection reset by mx.b.test.',
      { status: 'deferred', diagnostic: 'Connection reset by mx.b.test.' },
    ],
    [
      'sendmail’s own reason besides the reply',
      ', dsn=4.7.0, reply=454 4.7.0 No TLS, stat=Deferred: 403 4.7.0 encryption too weak 0 less than 112',
      { status: 'deferred', diagnostic: '403 4.7.0 encryption too weak 0 less than 112' },
    ],
    ['no dsn, before 8.10', ', stat=Deferred: Connection refused by mx.b.test.', { status: 'deferred' }],
    ['no dsn, and a failure', ', stat=User unknown', { status: 'bounced', reply: { text: '' } }],
    [
      'no reply, before 8.16: stat is a guess',
      ', dsn=5.7.1, stat=User unknown',
      { status: 'bounced', dsn: '5.7.1', diagnostic: 'User unknown', reply: { text: '' } },
    ],
    [
      'quarantine',
      ', quarantine=held, for review, stat=quarantined',
      { status: 'held', diagnostic: 'held, for review' },
    ],
    ['queued after a failure', ', dsn=4.4.3, stat=queued', { status: 'deferred' }],
    [
      'another build’s fields',
      ', dsn=5.0.0, ntries=1, stage=RCPT, reply=554 no, stat=Service unavailable',
      { dsn: '5.0.0' },
    ],
  ])('%s', (_, tail, expected) => {
    expect(parse(HEAD + tail)).toMatchObject({
      kind: 'delivery',
      queueId: Q,
      to: 'b@b.test',
      delay: 2,
      ...expected,
    });
  });

  test('queued without an attempt decides nothing', () => {
    expect(parse(`${HEAD}, dsn=2.0.0, stat=queued`)).toEqual({ kind: 'nothing' });
  });

  test('a failure that is only remembered is no attempt', () => {
    const line = HEAD.replace(' [192.0.2.1]', '').replace(/ xdelay=[\d:]+/, ' xdelay=00:00:00');
    expect(parse(`${line}, dsn=4.0.0, stat=Deferred`)).toMatchObject({ status: 'deferred', suspended: true });
    expect(parse(`${HEAD}, dsn=4.4.2, stat=Deferred`)).not.toHaveProperty('suspended');
  });

  test('a dsn that was made up from the code is marked', () => {
    expect(parse(`${HEAD}, dsn=5.1.1, reply=550 go away, stat=User unknown`)).toMatchObject({
      dsnGuessed: true,
    });
    expect(parse(`${HEAD}, dsn=5.7.1, reply=550 5.7.1 go away, stat=User unknown`)).not.toHaveProperty(
      'dsnGuessed',
    );
  });
});

describe('recipients', () => {
  test('of a list are all told', () => {
    expect(
      parse(
        `${Q}: to=<a@b.test>,<"b,c"@b.test>,d, [more], delay=1+02:03:04, mailer=esmtp, relay=mx. [192.0.2.1], dsn=2.0.0, stat=Sent`,
      ),
    ).toMatchObject({ to: 'a@b.test', others: ['"b,c"@b.test', 'd'], delay: 93784 });
  });

  test('that are programs are told with their owner', () => {
    expect(
      parse(
        `${Q}: to="|vacation joe, or not", ctladdr=<joe@b.test> (1000/1000), delay=00:00:00, mailer=prog, pri=1, dsn=5.0.0, stat=Service unavailable`,
      ),
    ).toMatchObject({
      to: '"|vacation joe, or not"',
      origTo: 'joe@b.test',
      relay: 'prog',
      status: 'bounced',
      diagnostic: 'Service unavailable',
    });
  });

  test('get their letters and backslashes back', () => {
    expect(
      parse(`${Q}: to=<"q\\\\"t"@b\\303\\274.test>, delay=00:00:00, dsn=2.0.0, mailer=x, stat=Sent`),
    ).toBeUndefined();
    expect(
      parse(`${Q}: to=<"q\\\\"t"@b\\303\\274.test>, delay=00:00:00, mailer=x, dsn=2.0.0, stat=Sent`),
    ).toMatchObject({
      to: '"q\\"t"@bü.test',
    });
  });
});

test.each([
  ['550 5.1.1 Usu\\303\\241rio desconhecido', '550 5.1.1 Usuário desconhecido'],
  ['552 5.2.2 Bo\\356te aux lettres pleine', '552 5.2.2 Boîte aux lettres pleine'],
  ['550 5.1.1 tab\\tand \\001', '550 5.1.1 tab\\tand \\001'],
])('the reply %s', (reply, expected) => {
  expect(parse(`${HEAD}, dsn=5.1.1, reply=${reply}, stat=User unknown`)).toMatchObject({
    diagnostic: expected,
  });
});

test.each([
  ['mx.b.test. [192.0.2.1]', 'mx.b.test[192.0.2.1]'],
  ['mx.b.test. [IPv6:2001:db8:0:0:0:0:0:1]', 'mx.b.test[2001:db8:0:0:0:0:0:1]'],
  ['[127.0.0.1] [127.0.0.1]', '[127.0.0.1] near'],
  ['mx.b.test.', 'mx.b.test[]'],
  [
    'outlook-test.mail....tion.outlook.test. [192.0.2.2]',
    'outlook-test.mail....tion.outlook.test[192.0.2.2]',
  ],
])('the relay %s', (relay, expected) => {
  expect(
    parse(`${Q}: to=<a@b.test>, delay=00:00:00, mailer=esmtp, relay=${relay}, dsn=5.0.0, stat=x`)?.['relay'],
  ).toEqual(expected);
});

describe('without a mailer', () => {
  const line = (stat: string) => parse(`${Q}: to=<b@b.test>, delay=00:00:00, pri=30273, stat=${stat}`);

  test('the message was refused', () => {
    expect(line('Message exceeds maximum fixed size (200000)')).toMatchObject({
      kind: 'reject',
      to: 'b@b.test',
      stage: 'eom',
      afterArrival: true,
    });
  });

  test('or thrown away', () => {
    expect(line('discarded')).toMatchObject({ kind: 'discard', to: 'b@b.test' });
  });

  test.each(['RSET', 'rset', 'EHLO', 'aborted by sender'])('or given up by the client: %s', (stat) => {
    expect(line(stat)).toEqual({ kind: 'nothing' });
  });
});

describe('the next queue', () => {
  test.each([
    ['Sent (6ANKUaji000311 Message accepted for delivery)', '6ANKUaji000311'],
    ['Sent (Ok: queued as 6ANKUaji000311)', '6ANKUaji000311'],
    ['Sent (Ok: queued as 83t0xkcr)', undefined],
  ])('%s', (stat, expected) => {
    expect(parse(`${HEAD}, dsn=2.0.0, stat=${stat}`)?.['nextQueueId']).toBe(expected);
  });
});
