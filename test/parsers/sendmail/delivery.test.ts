/** What became of a recipient, in lines of versions from 8.8 to 8.18. */
import { describe, expect, test } from 'vitest';
import { ID, parse } from './record.ts';

/** A payload that brings its queue id. */
const one = (payload: string) => parse(payload, { id: '' });
const Q = ID;
const HEAD = 'to=<a@b.test>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30273';
const REMOTE = `${HEAD}, relay=mx.b.test. [192.0.2.1]`;
const DELIVERY = { kind: 'delivery', queueId: ID, to: 'a@b.test', transport: 'esmtp', delay: 1 };

describe('delivered', () => {
  test.each([
    [
      `${REMOTE}, dsn=2.0.0, stat=Sent (Ok: queued as 7rtzyjp6)`,
      { ...DELIVERY, relay: 'mx.b.test[192.0.2.1]', dsn: '2.0.0', diagnostic: 'Ok: queued as 7rtzyjp6' },
    ],
    // 8.9: neither dsn nor pri
    [
      'to=<a@b.test>, ctladdr=<c@d.test> (16306/1984), delay=2+03:04:05, xdelay=00:00:09, mailer=esmtp, relay=mx.b.test. [192.0.2.1], stat=Sent (Ok)',
      { ...DELIVERY, delay: 183_845, relay: 'mx.b.test[192.0.2.1]', diagnostic: 'Ok' },
    ],
    [
      'to=alice, delay=00:00:00, xdelay=00:00:00, mailer=local, pri=1, dsn=2.0.0, stat=Sent',
      { to: 'alice', relay: 'local' },
    ],
    [
      'to="|/usr/bin/vacation joe", ctladdr=<joe@b.test> (1000/1000), delay=00:00:00, mailer=prog, pri=1, dsn=2.0.0, stat=Sent',
      { to: '"|/usr/bin/vacation joe"', origTo: 'joe@b.test', relay: 'prog' },
    ],
    [
      'to=/dev/null, ctladdr=<x@b.test> (8/0), delay=00:00:00, mailer=*file*, pri=1, dsn=2.0.0, stat=Sent',
      { to: '/dev/null', origTo: 'x@b.test', relay: '*file*' },
    ],
    [
      `${HEAD}, relay=[127.0.0.1] [127.0.0.1], dsn=2.0.0, stat=Sent (6ANKUaji000311 Message accepted for delivery)`,
      { relay: '[127.0.0.1] near', nextQueueId: '6ANKUaji000311' },
    ],
    [
      `${HEAD}, relay=mx.b.test. [IPv6:2001:db8:0:0:0:0:0:1], dsn=2.0.0, stat=Sent (2.0.0 Ok: queued as 6ANKUaji000311)`,
      { relay: 'mx.b.test[2001:db8:0:0:0:0:0:1]', nextQueueId: '6ANKUaji000311' },
    ],
  ])('%s', (line, facts) => {
    expect(parse(line)).toMatchObject({ kind: 'delivery', status: 'delivered', ...facts });
  });

  test('a mailer that throws away', () => {
    expect(parse('to=<a@b.test>, delay=00:00:00, mailer=discard, pri=1, dsn=2.0.0, stat=Sent')).toMatchObject(
      {
        status: 'discarded',
      },
    );
  });

  test('several recipients in a line, and more of them in the next', () => {
    const tail =
      'delay=00:00:01, mailer=esmtp, pri=1, relay=mx.b.test. [192.0.2.1], dsn=2.0.0, stat=Sent (Ok)';
    expect(parse(`to=<a@b.test>,<"b, delay=1"@b.test>,c, [more], ${tail}`)).toMatchObject({
      ...{ to: 'a@b.test', others: ['"b, delay=1"@b.test', 'c'], status: 'delivered', delay: 1 },
    });
  });
});

describe('failed', () => {
  const reply = '550 5.7.1 blocked using zen.example.org';
  const told = { text: reply, remote: true, code: 550, enhanced: '5.7.1' };

  test('the reply tells, not the guess of stat=', () => {
    expect(parse(`${REMOTE}, dsn=5.7.1, reply=${reply}, stat=User unknown`)).toMatchObject({
      ...{ status: 'bounced', dsn: '5.7.1', diagnostic: reply, reply: { ...told, stage: 'rcpt' } },
    });
    expect(parse(`${REMOTE}, dsn=5.2.2, reply=552 5.2.2 Full, stat=Service unavailable`)).toMatchObject({
      ...{ status: 'bounced', diagnostic: '552 5.2.2 Full', reply: { code: 552, enhanced: '5.2.2' } },
    });
  });

  test('without a reply nothing is told by a guess', () => {
    expect(parse(`${REMOTE}, dsn=5.1.1, stat=User unknown`)?.['reply']).toEqual({ text: '', remote: false });
    expect(
      parse('to=x, delay=00:00:00, mailer=local, pri=1, dsn=5.1.1, stat=User unknown')?.['reply'],
    ).toEqual({
      ...{ text: 'User unknown', remote: false },
    });
  });

  test('dsn= decides, then the reply, then stat=', () => {
    expect(parse(`${REMOTE}, dsn=4.2.2, stat=Sent (ok)`)).toMatchObject({ status: 'deferred' });
    expect(parse(`${REMOTE}, dsn=5.2.2, stat=Sent (ok)`)).toMatchObject({ status: 'bounced' });
    // left over from an earlier recipient
    expect(parse(`${REMOTE}, dsn=2.0.0, reply=451 4.3.0 no, stat=Deferred: 451 4.3.0 no`)).toMatchObject({
      status: 'deferred',
    });
    expect(parse(`${REMOTE}, stat=Host unknown (Name server: b.test: host not found)`)).toMatchObject({
      status: 'bounced',
    });
    expect(parse(`${REMOTE}, stat=Deferred: Connection refused by mx.b.test.`)).toMatchObject({
      status: 'deferred',
    });
  });

  test('the reply that came last is not the reason where there is another', () => {
    const line = `${REMOTE}, dsn=4.7.0, reply=454 4.7.0 TLS not available, stat=Deferred: 403 4.7.0 encryption too weak`;
    expect(parse(line)).toMatchObject({ status: 'deferred', diagnostic: '403 4.7.0 encryption too weak' });
  });
});

describe('no attempt', () => {
  const UNASKED =
    'to=<a@b.test>, delay=00:00:33, xdelay=00:00:00, mailer=esmtp, pri=1, relay=mx.b.test., dsn=4.4.1';

  test.each([
    ['Deferred: Connection refused by mx.b.test.', 'Connection refused by mx.b.test.'],
    ['Deferred: mx.b.test.: No route to host', 'mx.b.test.: No route to host'],
    ['Deferred', ''],
  ])('%s of a host that was not asked', (stat, words) => {
    expect(parse(`${UNASKED}, stat=${stat}`)).toMatchObject({
      status: 'deferred',
      suspended: true,
      reply: { text: words },
    });
  });

  test.each([
    // the host was asked, took its time, or has answered
    [`${REMOTE}, dsn=4.4.1, stat=Deferred: Connection refused by mx.b.test.`],
    [`${HEAD}, relay=mx.b.test., dsn=4.4.1, stat=Deferred: Connection timed out with mx.b.test.`],
    [`${UNASKED}, reply=421 4.3.2 busy, stat=Deferred`],
    // a look-up is the message's own
    [`${UNASKED}, stat=Deferred: Name server: b.test.: host name lookup failure`],
    // local delivery has no relay
    ['to=alice, delay=00:00:01, xdelay=00:00:00, mailer=local, pri=1, dsn=4.0.0, stat=Deferred'],
  ])('an attempt: %s', (line) => {
    expect(parse(line)).toMatchObject({ status: 'deferred' });
    expect(parse(line)).not.toHaveProperty('suspended');
  });

  test.each([
    [
      'to=<a@b.test>, delay=00:00:00, mailer=esmtp, pri=1, quarantine=held, for review, stat=quarantined',
      'held',
    ],
    ['to=<a@b.test>, delay=00:00:00, mailer=esmtp, pri=1, dsn=4.2.0, stat=queued', 'deferred'],
  ])('%s', (line, status) => {
    expect(parse(line)).toMatchObject({ to: 'a@b.test', status });
  });

  test('put into the queue', () => {
    expect(parse('to=<a@b.test>, delay=00:00:00, mailer=esmtp, pri=1, stat=queued')).toEqual({
      kind: 'nothing',
    });
  });
});

describe('cut', () => {
  test.each([
    [
      'a host name in its middle',
      `${HEAD}, relay=outlook-test.mail....tion.outlook.test. [192.0.2.1], dsn=2.0.0, stat=Sent`,
      { status: 'delivered', relay: 'outlook-test.mail....tion.outlook.test[192.0.2.1]' },
    ],
    [
      'a reply in its middle',
      `${REMOTE}, dsn=5.7.1, reply=550 5.7.1 Please contact...roubleshooting.aspx, stat=Service unavailable`,
      { status: 'bounced', diagnostic: '550 5.7.1 Please contact...roubleshooting.aspx' },
    ],
    ['before stat=', `${REMOTE}, dsn=5.7.1, reply=550 5.7.1 no, st`, { status: 'bounced', dsn: '5.7.1' }],
    ['behind dsn=', `${REMOTE}, dsn=4.7.1, re`, { status: 'deferred' }],
    [
      'a controller in its middle',
      `to=<a@b.test>, ctladdr=<"${'x'.repeat(38)}...${'y'.repeat(40)}, delay=00:00:01, mailer=esmtp, pri=1, relay=mx. [192.0.2.1], dsn=2.0.0, stat=Sent`,
      { to: 'a@b.test', status: 'delivered' },
    ],
  ])('%s', (_, line, facts) => {
    expect(parse(line)).toMatchObject({ kind: 'delivery', ...facts });
  });

  test.each([
    ['in a recipient', 'to=<a@b.te'],
    ['before its outcome', `${REMOTE}`],
    ['in the dsn', `${REMOTE}, dsn=2.0`],
    ['before the outcome of the dsn', `${REMOTE}, dsn=2.0.0`],
  ])('%s it tells nothing', (_, line) => {
    expect(parse(line)).toBeUndefined();
  });

  test('in parts: the first tells all that matters', () => {
    const first = `to=<a@b.test>, delay=00:00:01, mailer=esmtp, pri=1, relay=mx. [192.0.2.1], dsn=5.1.1, reply=550 no ...`;
    expect(parse(first, { id: `${ID}[1]: ` })).toMatchObject({
      kind: 'delivery',
      to: 'a@b.test',
      status: 'bounced',
    });
    expect(parse('to=<x@y.test>, delay=00:00:01, stat=Sent', { id: `${ID}[2]: ` })).toEqual({
      kind: 'nothing',
    });
  });
});

describe('octal escapes', () => {
  test.each([
    [String.raw`b\303\274r@b.test`, 'bür@b.test'],
    [String.raw`b\374r@b.test`, 'bür@b.test'],
    [String.raw`"a\\\\b"@b.test`, String.raw`"a\\b"@b.test`],
    [String.raw`a\001b@b.test`, String.raw`a\001b@b.test`],
  ])('%s', (logged, address) => {
    const line = `to=<${logged}>, delay=00:00:01, mailer=esmtp, pri=1, relay=mx. [192.0.2.1], dsn=2.0.0, stat=Sent (Empf\\303\\244nger ok)`;
    expect(parse(line)).toMatchObject({ to: address, status: 'delivered', diagnostic: 'Empfänger ok' });
  });
});

test('queue ids of all versions', () => {
  for (const id of [
    '6ANKUZ85000185',
    '6ANKUZ851000185',
    'e6G2PqO05058',
    'e6G2PqO105058',
    'SAA15929',
    'SAA159291',
  ]) {
    expect(parse(`${REMOTE}, stat=Sent`, { id: `${id}: ` }), id).toMatchObject({
      kind: 'delivery',
      queueId: id,
    });
  }
  for (const id of ['6ANKUZ8x00018', '6ANKUZ85_00185', 'saa15929', '6ANKUZ85000185x']) {
    expect(parse(`${REMOTE}, stat=Sent`, { id: `${id}: ` })?.kind, id).not.toBe('delivery');
  }
});

const WHOLE = `${Q}: to=<b@b.test>, delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=30295, relay=mx.b.test. [192.0.2.1]`;

describe('what became of it', () => {
  test.each([
    ['Sent without a word', ', dsn=2.0.0, stat=Sent', { status: 'delivered' }],
    [
      'an old refusal behind a broken connection',
      ', dsn=4.4.2, reply=500 What?, stat=Deferred: Connection reset by mx.b.test.',
      { status: 'deferred', diagnostic: 'Connection reset by mx.b.test.' },
    ],
    ['no dsn, before 8.10', ', stat=Deferred: Connection refused by mx.b.test.', { status: 'deferred' }],
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
    expect(one(WHOLE + tail)).toMatchObject({
      kind: 'delivery',
      queueId: Q,
      to: 'b@b.test',
      delay: 2,
      ...expected,
    });
  });

  test('a dsn that was made up from the code is marked', () => {
    expect(one(`${WHOLE}, dsn=5.1.1, reply=550 go away, stat=User unknown`)).toMatchObject({
      dsnGuessed: true,
    });
    expect(one(`${WHOLE}, dsn=5.7.1, reply=550 5.7.1 go away, stat=User unknown`)).not.toHaveProperty(
      'dsnGuessed',
    );
  });
});

describe('recipients', () => {
  test('of a list are all told', () => {
    expect(
      one(
        `${Q}: to=<a@b.test>,<"b,c"@b.test>,d, [more], delay=1+02:03:04, mailer=esmtp, relay=mx. [192.0.2.1], dsn=2.0.0, stat=Sent`,
      ),
    ).toMatchObject({ to: 'a@b.test', others: ['"b,c"@b.test', 'd'], delay: 93784 });
  });

  test('that are programs are told with their owner', () => {
    expect(
      one(
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
      one(`${Q}: to=<"q\\\\"t"@b\\303\\274.test>, delay=00:00:00, dsn=2.0.0, mailer=x, stat=Sent`),
    ).toBeUndefined();
    expect(
      one(`${Q}: to=<"q\\\\"t"@b\\303\\274.test>, delay=00:00:00, mailer=x, dsn=2.0.0, stat=Sent`),
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
  expect(one(`${WHOLE}, dsn=5.1.1, reply=${reply}, stat=User unknown`)).toMatchObject({
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
    one(`${Q}: to=<a@b.test>, delay=00:00:00, mailer=esmtp, relay=${relay}, dsn=5.0.0, stat=x`)?.['relay'],
  ).toEqual(expected);
});

describe('without a mailer', () => {
  const line = (stat: string) => one(`${Q}: to=<b@b.test>, delay=00:00:00, pri=30273, stat=${stat}`);

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
    expect(one(`${WHOLE}, dsn=2.0.0, stat=${stat}`)?.['nextQueueId']).toBe(expected);
  });
});
