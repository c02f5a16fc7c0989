/** What sendmail refused, parked or threw away before a message was its own. */
import { describe, expect, test } from 'vitest';
import { ID, parse } from './record.ts';

const NO_ID = { id: '' };
const Q = ID;

describe('refusals', () => {
  const client = 'h.test[192.0.2.7]';

  test.each([
    [
      'ruleset=check_rcpt, arg1=<x@y.test>, relay=h.test [192.0.2.7], reject=550 5.7.1 <x@y.test>... Relaying denied',
      { client, stage: 'rcpt', to: 'x@y.test', diagnostic: '550 5.7.1 <x@y.test>... Relaying denied' },
      { code: 550, enhanced: '5.7.1' },
    ],
    [
      'ruleset=check_mail, arg1=<a@b.test>, relay=h.test [192.0.2.7], reject=553 5.1.8 <a@b.test>... no',
      { client, stage: 'mail', from: 'a@b.test', diagnostic: '553 5.1.8 <a@b.test>... no' },
      { code: 553, enhanced: '5.1.8' },
    ],
    [
      'ruleset=check_relay, arg1=h.test, arg2=192.0.2.7, relay=h.test [192.0.2.7], reject=550 5.7.1 Fix reverse DNS',
      { client, stage: 'connect', diagnostic: '550 5.7.1 Fix reverse DNS' },
      { code: 550, enhanced: '5.7.1' },
    ],
    [
      'ruleset=CheckSubject, arg1= win, relay=evil, now, relay=h.test [192.0.2.7], reject=550 5.7.1 no',
      { client, stage: 'eom', diagnostic: '550 5.7.1 no', recipientsFollow: true },
      { code: 550, enhanced: '5.7.1' },
    ],
    [
      'Milter: to=<x@y.test>, reject=550 5.7.1 Command rejected',
      { stage: 'rcpt', to: 'x@y.test', diagnostic: '550 5.7.1 Command rejected', clientFollows: true },
      { code: 550, enhanced: '5.7.1' },
    ],
    [
      'Milter: from=<a@b.test>, reject=451 4.7.1 later',
      { stage: 'mail', from: 'a@b.test', diagnostic: '451 4.7.1 later', clientFollows: true },
      { code: 451, enhanced: '4.7.1' },
    ],
    [
      'Milter: helo=x, reject=550 5.7.1 no',
      { stage: 'ehlo', diagnostic: '550 5.7.1 no', clientFollows: true },
      { code: 550, enhanced: '5.7.1' },
    ],
    [
      'Milter: data, reject=554 5.7.1 virus found',
      { stage: 'eom', diagnostic: '554 5.7.1 virus found', recipientsFollow: true },
      { code: 554, enhanced: '5.7.1' },
    ],
    [
      '<x@y.test>... User unknown',
      { stage: 'rcpt', to: 'x@y.test', diagnostic: '<x@y.test>... User unknown', clientFollows: true },
      {},
    ],
    [
      '8-bit character in mailbox address "<p?@y.test>"',
      { stage: 'rcpt', diagnostic: '8-bit character in mailbox address "<p?@y.test>"', clientFollows: true },
      {},
    ],
  ])('%s', (line, facts, codes) => {
    expect(parse(line)).toEqual({
      ...{ kind: 'reject', queueId: ID, ...facts },
      reply: { text: facts.diagnostic, remote: false, stage: facts.stage, ...codes },
    });
  });

  test('before there is a queue id', () => {
    const line =
      'ruleset=check_relay, arg1=h.test, arg2=192.0.2.7, relay=h.test [192.0.2.7], reject=451 4.1.8 no';
    for (const id of ['', 'NOQUEUE: ']) {
      expect(parse(line, { id })).toMatchObject({ kind: 'reject', stage: 'connect', client });
      expect(parse(line, { id })).not.toHaveProperty('queueId');
    }
    expect(parse('Milter: connect: host=h.test, addr=192.0.2.7, rejecting commands', NO_ID)).toMatchObject({
      ...{ kind: 'reject', stage: 'connect', client },
    });
  });

  test.each([
    [
      'ruleset=check_rcpt, arg1=<x@y.test>, relay=h.test [192.0.2.7], discard',
      { kind: 'discard', to: 'x@y.test' },
    ],
    [
      'ruleset=check_rcpt, arg1=<x@y.test>, relay=h.test [192.0.2.7], quarantine=parked, by policy',
      { kind: 'hold', held: true, to: 'x@y.test', diagnostic: 'parked, by policy' },
    ],
    ['ruleset=CheckSubject, arg1= x, relay=h.test [192.0.2.7], quarantine=held', { kind: 'nothing' }],
    [
      'ruleset=tls_server, arg1=FAIL, relay=mx.b.test, reject=454 4.7.0 authentication failed',
      { kind: 'nothing' },
    ],
    ['discarded', { kind: 'removed', by: 'discarded' }],
    ['done; delay=00:00:01, ntries=1', { kind: 'removed', by: 'done' }],
  ])('%s', (line, record) => {
    expect(parse(line)).toMatchObject(record);
  });
});

test.each([
  [
    `${Q}: ruleset=check_rcpt, arg1=<b@b.test>, reject=450 4.7.1 later`,
    { stage: 'rcpt', to: 'b@b.test', reply: { code: 450 } },
  ],
  [`${Q}: ruleset=check_data, arg1=1, relay=c.test [192.0.2.7], reject=550 no`, { stage: 'data' }],
  [`${Q}: Milter: cmd=data, reject=550 no`, { stage: 'data' }],
  ['Milter: helo=x, reject=Command rejected', { stage: 'ehlo', diagnostic: 'Command rejected' }],
  [`${Q}: <foo bar@b.test>... User unknown`, { stage: 'rcpt', to: 'foo bar@b.test' }],
  [`${Q}: <b@b.test... Unbalanced '<'`, { stage: 'rcpt' }],
])('%s', (payload, expected) => {
  expect(parse(payload, NO_ID)).toMatchObject({ kind: 'reject', ...expected });
});
