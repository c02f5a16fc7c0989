/** Messages that came in, those that were refused, and what was made of them; then all lines that tell nothing. */
import { describe, expect, test } from 'vitest';
import { ID, parse } from './record.ts';

const NO_ID = { id: '' };

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
  ])('%s', (line, facts) => {
    expect(parse(line)).toEqual({ kind: 'arrival', queueId: ID, ...facts });
  });

  test.each([
    'from=<a@b.test>, size=302, class=0, nrcpts=0, proto=ESMTP, daemon=MTA-v4, relay=c.b.test [192.0.2.9]',
    'from=<a@b.test>, size=0, class=0, nrcpts=1, proto=ESMTP, daemon=MTA-v4, relay=c.b.test [192.0.2.9]',
  ])('no message: %s', (line) => {
    expect(parse(line)).toEqual({ kind: 'removed', queueId: ID, by: 'canceled' });
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
      { stage: 'rcpt', to: 'x@y.test', diagnostic: '550 5.7.1 Command rejected' },
      { code: 550, enhanced: '5.7.1' },
    ],
    [
      'Milter: from=<a@b.test>, reject=451 4.7.1 later',
      { stage: 'mail', from: 'a@b.test', diagnostic: '451 4.7.1 later' },
      { code: 451, enhanced: '4.7.1' },
    ],
    [
      'Milter: helo=x, reject=550 5.7.1 no',
      { stage: 'ehlo', diagnostic: '550 5.7.1 no' },
      { code: 550, enhanced: '5.7.1' },
    ],
    [
      'Milter: data, reject=554 5.7.1 virus found',
      { stage: 'eom', diagnostic: '554 5.7.1 virus found', recipientsFollow: true },
      { code: 554, enhanced: '5.7.1' },
    ],
    [
      '<x@y.test>... User unknown',
      { stage: 'rcpt', to: 'x@y.test', diagnostic: '<x@y.test>... User unknown' },
      {},
    ],
    [
      '8-bit character in mailbox address "<p?@y.test>"',
      { stage: 'rcpt', diagnostic: '8-bit character in mailbox address "<p?@y.test>"' },
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

describe('lines that tell nothing of a message', () => {
  test.each([
    // level 9
    'STARTTLS=client, error: connect failed=-1, reason=wrong version number, SSL_error=1, errno=0, retry=-1, relay=mx.b.test.',
    'STARTTLS: read error=timeout (-1)',
    'lost input channel from h.test [192.0.2.7] to MTA-v4 after mail',
    'h.test [192.0.2.7] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA-v4',
    'timeout waiting for input from mx.b.test during client RCPT',
    'rejecting commands from h.test [192.0.2.7] due to pre-greeting traffic after 6 seconds',
    'h.test [192.0.2.7]: possible SMTP attack: command=AUTH, count=5',
    'message size (394268) exceeds maximum (200000)',
    'alias database /etc/mail/aliases rebuilt by root',
    '/etc/mail/aliases: 26 aliases, longest 33 bytes, 564 bytes total',
    'starting daemon (8.17.1.9): SMTP+queueing@00:15:00',
    'rejecting connections on daemon MTA: load average: 12',
    'grew WorkList for /var/spool/mqueue-client to 52000',
    'h.test [192.0.2.7]: VRFY joe [rejected]',
    'log terminated, too many parts',
    'split: count=2',
    // 10 and above
    'alias <list@b.test> => joe,jane',
    'forward /home/joe/.forward => joe@b.test',
    'SMTP connect from h.test [192.0.2.7] (192.0.2.7)',
    'Milter add: header: X-Scanned: to=<a@b.test>, delay=00:00:00, stat=Sent',
    'milter=clamav, action=mail, continue',
    'Milter accept: message',
    // 12 to 15 and above: connections, the dialogue
    'SMTP outgoing connect on mx1.b.test',
    '--- 250 2.1.5 <a@b.test>... Recipient ok, stat=Sent',
    '<-- MAIL FROM:<a@b.test>',
    'dropenvelope, e_flags=0x3001<OLDSTYLE,INQUEUE,HAS_DF>, OpMode=d, pid=1',
    'makeconnection (mx.b.test. [192.0.2.1]) failed: errno=111, h_errno=0, Connection refused',
    'unlock',
  ])('%s', (line) => {
    expect(parse(line)).toEqual({ kind: 'nothing' });
  });

  test('trouble is told of', () => {
    expect(parse('SYSERR(root): cannot open /etc/mail/virtusertable')).toMatchObject({
      kind: 'notice',
      severity: 'error',
    });
    expect(parse('Milter (clamav): error connecting to filter: refused')).toMatchObject({
      kind: 'notice',
      severity: 'error',
    });
    expect(parse('AUTH failure (LOGIN): user not found (-20), user=bob, relay=h [192.0.2.7]')).toMatchObject({
      ...{ kind: 'notice', severity: 'warning' },
    });
  });

  test('what nobody knows is not understood', () => {
    for (const text of ['', 'this is a text', 'to=', 'from=', 'ruleset=', 'Milter: ', 'x... y']) {
      expect(['reject', undefined], text).toContain(parse(text)?.kind);
    }
    expect(parse('this is a text')).toBeUndefined();
  });
});
