/** Messages that came in, and those that were refused. */
import { describe, expect, test } from 'vitest';
import { ID, parse } from './record.ts';

describe('arrivals', () => {
  test.each([
    [
      '<= a@b.test H=mx1.b.test (app.b.test) [192.0.2.7]:5 I=[192.0.2.9]:25 P=esmtps L. X=TLS1.3:X:256 CV=no DN="CN=a A=plain:root S=1" SNI=b.test S=523 M8S=0 DKIM=b.test RT=0.1s id=1@b.test T="a \\"b\\" for c" from <a@b.test> for x@y.test "o d"@y.test z@y.test',
      {
        from: 'a@b.test',
        client: 'mx1.b.test[192.0.2.7]:5',
        tls: 'TLS1.3:X:256',
        size: 523,
        messageId: '1@b.test',
        recipients: 3,
        recipientNames: ['x@y.test', '"o d"@y.test', 'z@y.test'],
      },
    ],
    [
      '<= <> R=1xVahE-00001r-04 U=Debian-exim P=local S=3553',
      { from: '', size: 3553, parentQueueId: '1xVahE-00001r-04' },
    ],
    // What an ident server says comes before what Exim says of the connection.
    [
      '<= a@b.test H=h [192.0.2.7] U=x X=TLS1.3:forged:256 P=esmtp S=9',
      { from: 'a@b.test', client: 'h[192.0.2.7]', size: 9 },
    ],
    ['<= a@b.test U=spaced user P=local S=320', { from: 'a@b.test', size: 320 }],
    ['<= a@b.test H=[192.0.2.7] P=smtp S=sss', { from: 'a@b.test', client: '[192.0.2.7]' }],
    [
      '<= a@b.test H=(helo) [2001:db8::7] P=esmtp S=9',
      { from: 'a@b.test', client: '[2001:db8::7]', size: 9 },
    ],
    [
      '<= a@b.test H=h.test [192.0.2.7] P=esmtpsa X=TLS1.3:X:256 CV=no A=plain_server:alice S=9 id=1@b.test',
      {
        from: 'a@b.test',
        client: 'h.test[192.0.2.7]',
        authUser: 'alice',
        tls: 'TLS1.3:X:256',
        size: 9,
        messageId: '1@b.test',
      },
    ],
    [
      '<= a@b.test H=h [192.0.2.7] P=esmtpa A=cram:joe:joe@b.test S=9',
      { from: 'a@b.test', client: 'h[192.0.2.7]', authUser: 'joe', size: 9 },
    ],
    [
      '<= a@b.test U=x P=local S=9 id*=1@b.test for a@b.test',
      { from: 'a@b.test', size: 9, messageId: '1@b.test', recipients: 1, recipientNames: ['a@b.test'] },
    ],
    ['<= a@b.test U=x P=local S=9 for a@b.test b@b.test <trunc>', { from: 'a@b.test', size: 9 }],
    ['(= a@b.test H=[192.0.2.7] P=smtp S=9', { from: 'a@b.test', client: '[192.0.2.7]', size: 9 }],
  ])('%s', (line, facts) => {
    expect(parse(line)).toEqual({ kind: 'arrival', queueId: ID, ...facts });
  });
});

describe('refusals', () => {
  const CLIENT = 'H=h.test (helo.test) [192.0.2.7]:5 I=[192.0.2.9]:25';
  const party = { client: 'h.test[192.0.2.7]:5', helo: 'helo.test' };

  test.each([
    [
      `${CLIENT} X=TLS1.3:X:256 CV=no F=<a@b.test> A=plain:joe rejected RCPT <x@y.test>: Unknown user`,
      {
        ...party,
        from: 'a@b.test',
        to: 'x@y.test',
        authUser: 'joe',
        stage: 'rcpt',
        diagnostic: 'Unknown user',
      },
      { code: 550 },
    ],
    [
      `${CLIENT} F=<> temporarily rejected RCPT <x@y.test>: 4.7.1 greylisted`,
      { ...party, from: '', to: 'x@y.test', stage: 'rcpt', diagnostic: '4.7.1 greylisted' },
      { code: 451, enhanced: '4.7.1' },
    ],
    [
      `${CLIENT} F=<a@b.test> rejected RCPT <x@y.test>`,
      { ...party, from: 'a@b.test', to: 'x@y.test', stage: 'rcpt', diagnostic: 'Administrative prohibition' },
      { code: 550 },
    ],
    [
      'H=(h) [192.0.2.7] F=<a@b.test> rejected RCPT <nosuch+yyyyyy: Unknown user',
      {
        client: '[192.0.2.7]',
        helo: 'h',
        from: 'a@b.test',
        to: 'nosuch+yyyyyy',
        stage: 'rcpt',
        diagnostic: 'Unknown user',
      },
      { code: 550 },
    ],
    [
      `${CLIENT} rejected MAIL <a@b.test> SIZE=12: no`,
      { ...party, from: 'a@b.test', stage: 'mail', diagnostic: 'no' },
      { code: 550 },
    ],
    [
      'H=[192.0.2.7] rejected connection in "connect" ACL: no',
      { client: '[192.0.2.7]', stage: 'connect', diagnostic: 'no' },
      { code: 550 },
    ],
    [
      `${CLIENT} rejected EHLO or HELO x.test: you are not me`,
      { ...party, stage: 'ehlo', diagnostic: 'you are not me' },
      { code: 550 },
    ],
    [
      'rejected EHLO from h.test [192.0.2.7]: syntactically invalid argument(s): x>, to=<a@b.test>',
      {
        client: 'h.test[192.0.2.7]',
        stage: 'ehlo',
        diagnostic: 'syntactically invalid argument(s): x>, to=<a@b.test>',
      },
      { code: 501 },
    ],
    [
      'rejected MAIL FROM:<a@b.test> H=h.test [192.0.2.7]: message too big: size=9 max=8',
      {
        client: 'h.test[192.0.2.7]',
        from: 'a@b.test',
        stage: 'mail',
        diagnostic: 'message too big: size=9 max=8',
      },
      { code: 552 },
    ],
    [
      'unqualified recipient rejected: <ok+> H=h.test [192.0.2.7]',
      { client: 'h.test[192.0.2.7]', to: 'ok+', stage: 'rcpt', diagnostic: 'unqualified recipient rejected' },
      { code: 501 },
    ],
    [
      'SMTP call from h.test [192.0.2.7] dropped: too many nonmail commands (last was "ehlo")',
      {
        client: 'h.test[192.0.2.7]',
        stage: 'connect',
        diagnostic: 'too many nonmail commands (last was "ehlo")',
      },
      {},
    ],
    [
      'SMTP syntax error in "RCPT TO:<alice@>" H=h.test (h) [192.0.2.7] alice@: domain missing or malformed',
      {
        client: 'h.test[192.0.2.7]',
        helo: 'h',
        to: 'alice@',
        stage: 'rcpt',
        diagnostic: 'alice@: domain missing or malformed',
      },
      { code: 501 },
    ],
  ])('%s', (line, facts, codes) => {
    const record = parse(line, { id: '' });
    expect(record).toEqual({
      kind: 'reject',
      ...facts,
      reply: { text: facts.diagnostic, remote: false, stage: facts.stage, ...codes },
    });
  });

  test('of a message that had its id', () => {
    expect(parse(`${CLIENT} F=<a@b.test> rejected after DATA: virus found`)).toMatchObject({
      ...{ kind: 'reject', queueId: ID, ...party, from: 'a@b.test', stage: 'eom', diagnostic: 'virus found' },
    });
    expect(
      parse('rejected from <a@b.test> H=h.test [192.0.2.7]: message too big: read=9 max=8'),
    ).toMatchObject({
      ...{ kind: 'reject', queueId: ID, from: 'a@b.test', stage: 'eom', reply: { code: 552 } },
    });
  });

  test.each([
    `${CLIENT} Warning: F=<a@b.test> rejected RCPT <x@y.test>: no`,
    `${CLIENT} sender verify fail for <a@b.test>: Unrouteable address`,
    'unqualified verify rejected: <alice> H=h.test [192.0.2.7]',
    'Start queue run: pid=105',
    'no MAIL in SMTP connection from h.test [192.0.2.7] D=0.501s C=EHLO,QUIT',
    'SMTP connection from [192.0.2.7]:5 I=[192.0.2.9]:25 (TCP/IP connection count = 1)',
  ])('no refusal: %s', (line) => {
    expect(parse(line, { id: '' })).toEqual({ kind: 'nothing' });
  });

  test.each([
    ['RCPT <x@y.test>: discarded by RCPT ACL: policy', 'discarded by RCPT ACL: policy'],
    // up to 4.80
    ['rejected RCPT <x@y.test>: discarded by MAIL ACL', 'discarded by MAIL ACL'],
  ])('a recipient that is thrown away is not refused: %s', (words, diagnostic) => {
    expect(parse(`${CLIENT} F=<a@b.test> ${words}`, { id: '' })).toEqual({
      ...{ kind: 'discard', from: 'a@b.test', to: 'x@y.test', diagnostic },
      client: 'h.test[192.0.2.7]:5',
    });
  });

  test("words like those in an address or a reason are none of Exim's", () => {
    const said = `F=<a@b.test> rejected RCPT <"RCPT <x@y.test>: discarded by RCPT ACL"@z.test>: no`;
    expect(parse(`${CLIENT} ${said}`, { id: '' })).toMatchObject({ kind: 'reject', diagnostic: 'no' });
    const reason = 'RCPT <x@y.test>: discarded by RCPT ACL';
    const refused = parse(`${CLIENT} F=<a@b.test> rejected RCPT <x@y.test>: ${reason}`, { id: '' });
    expect(refused).toMatchObject({ kind: 'reject', diagnostic: reason });
  });

  test.each([
    ['excess temporarily rejected', 452],
    ['message rejected', 552],
  ])('too many recipients: %s', (verdict, code) => {
    const line = `too many recipients: ${verdict}: sender=<a@b.test> H=h.test [192.0.2.7]`;
    expect(parse(line, { id: '' })).toMatchObject({
      ...{ kind: 'reject', stage: 'rcpt', from: 'a@b.test', client: 'h.test[192.0.2.7]', reply: { code } },
    });
  });

  test.each([
    'mx.b.test [192.0.2.1] : SMTP error from remote mail server after RCPT TO:<x@y.test>: ',
    'mx.b.test [192.0.2.1]:25: SMTP error from remote mail server after pipelined RCPT TO:<x@y.test>: ',
    '(recipient): response to "RCPT TO:<x@y.test>" from mx.b.test [192.0.2.1] was: ',
    'response to "RCPT TO:<x@y.test>" was: ',
  ])('what another server answered that was asked is the reason: %s', (head) => {
    const line = `${CLIENT} F=<a@b.test> rejected RCPT <x@y.test>: ${head}552 5.2.2 Mailbox full`;
    expect(parse(line, { id: '' })).toMatchObject({
      ...{ to: 'x@y.test', stage: 'rcpt', diagnostic: `${head}552 5.2.2 Mailbox full` },
      reply: { text: '552 5.2.2 Mailbox full', remote: false, code: 550, enhanced: '5.2.2' },
    });
  });

  test('logins that failed are told of as trouble', () => {
    const text =
      'plain_server authenticator failed for h.test (h) [192.0.2.7]: 535 Incorrect authentication data (set_id=bob)';
    expect(parse(text, { id: '' })).toEqual({ kind: 'notice', severity: 'warning', text });
  });
});

describe('parts', () => {
  test.each([
    ['[1/2] 2026-11-23 20:31:28 1xVahE-00001q-03 ** a@b.test R=r T=t: no', { kind: 'part', number: 1 }],
    ['[2/3] and more', { kind: 'part', number: 2, text: 'and more' }],
    ['[3/3] the end', { kind: 'part', number: 3, last: true, text: 'the end' }],
    ['[2\\11] Envelope-from: <a@b.test>', { kind: 'part', number: 2, last: true }],
    ['[1\\2] 2026-11-23 20:31:28 1xVahE-00001q-03 Completed', { kind: 'removed', by: 'done' }],
  ])('%s', (line, record) => {
    expect(parse(line, { id: '' })).toMatchObject(record);
  });
});
