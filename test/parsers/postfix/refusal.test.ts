import { describe, expect, test } from 'vitest';
import { parse } from './record.ts';

const C = { host: 'c.test', ip: '192.0.2.7' };
const TAIL = 'from=<a@a.test> to=<b@b.test> proto=ESMTP helo=<c.test>';

describe('refused by smtpd', () => {
  test('every field', () => {
    expect(
      parse(
        'NOQUEUE: reject: RCPT from c.test[192.0.2.7]: 550 5.1.1 <b@b.test>: Recipient address rejected: User unknown in virtual mailbox table; ' +
          `${TAIL} sasl_method=PLAIN sasl_username=u@a.test sasl_sender=z@a.test`,
        'postfix/smtpd',
      ),
    ).toEqual({
      kind: 'reject',
      client: C,
      stage: 'rcpt',
      from: 'a@a.test',
      to: 'b@b.test',
      helo: 'c.test',
      authUser: 'u@a.test',
      diagnostic: '550 5.1.1 <b@b.test>: Recipient address rejected: User unknown in virtual mailbox table',
      reply: {
        text: '550 5.1.1 <b@b.test>: Recipient address rejected: User unknown in virtual mailbox table',
        remote: false,
        code: 550,
        enhanced: '5.1.1',
        stage: 'rcpt',
      },
    });
  });

  test('with a queue id, once a recipient has been accepted', () => {
    expect(
      parse(`4FDE2A1B: reject: RCPT from c.test[192.0.2.7]: 554 5.7.1 no; ${TAIL}`, 'postfix/smtpd'),
    ).toMatchObject({
      kind: 'reject',
      queueId: '4FDE2A1B',
      to: 'b@b.test',
    });
  });

  test.each([
    ['CONNECT', 'connect', 'proto=SMTP'],
    ['HELO', 'ehlo', 'proto=SMTP helo=<c.test>'],
    ['EHLO', 'ehlo', 'proto=SMTP helo=<c.test>'],
    ['MAIL', 'mail', 'from=<a@a.test> proto=ESMTP helo=<c.test>'],
    ['RCPT', 'rcpt', TAIL],
    ['DATA', 'data', 'from=<a@a.test> proto=ESMTP helo=<c.test>'],
    ['BDAT', 'data', 'from=<a@a.test> proto=ESMTP helo=<c.test>'],
    ['VRFY', 'rcpt', 'to=<b@b.test> proto=SMTP helo=<c.test>'],
    ['END-OF-MESSAGE', 'eom', TAIL],
    ['ETRN', undefined, 'proto=ESMTP helo=<c.test>'],
  ])('at %s', (command, stage, tail) => {
    const facts = parse(
      `NOQUEUE: reject: ${command} from c.test[192.0.2.7]: 454 4.7.1 later; ${tail}`,
      'postfix/smtpd',
    );
    expect(facts).toMatchObject({ kind: 'reject', client: C, diagnostic: '454 4.7.1 later' });
    expect(facts?.['stage']).toBe(stage);
    expect(facts?.['from']).toBe(tail.includes('from=') ? 'a@a.test' : undefined);
    expect(facts?.['to']).toBe(tail.includes('to=<') ? 'b@b.test' : undefined);
  });

  test.each([
    ['no host name', 'unknown[2001:db8::7]', { ip: '2001:db8::7' }],
    ['a port', 'c.test[192.0.2.7]:50001', { ...C, port: 50001 }],
    ['no address', 'unknown[unknown]', {}],
  ])('a client with %s', (_, client, expected) => {
    expect(
      parse(`NOQUEUE: reject: RCPT from ${client}: 554 5.7.1 no; ${TAIL}`, 'postfix/smtpd'),
    ).toMatchObject({
      client: expected,
    });
  });

  test('the null sender', () => {
    expect(
      parse(
        'NOQUEUE: reject: RCPT from c.test[192.0.2.7]: 554 5.7.1 no; from=<> to=<b@b.test> proto=ESMTP helo=<c.test>',
        'postfix/smtpd',
      ),
    ).toMatchObject({ from: '' });
  });

  test.each([
    [
      'proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=31619-02 - spam; from=<> to=<b@b.test> proto=SMTP helo=<c.test>',
    ],
    [
      'NOQUEUE: proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=31619-02 - spam; from=<> to=<b@b.test> proto=SMTP helo=<c.test>',
    ],
  ])('by a filter before the queue: %s', (payload) => {
    expect(parse(payload, 'postfix/smtpd')).toMatchObject({
      kind: 'reject',
      stage: 'eom',
      from: '',
      to: 'b@b.test',
      diagnostic: '554 5.7.0 Reject, id=31619-02 - spam',
      reply: { code: 554, enhanced: '5.7.0' },
    });
  });

  test('by a filter that hung up without a word', () => {
    expect(parse(`proxy-reject: END-OF-MESSAGE: ; ${TAIL}`, 'postfix/smtpd')).toMatchObject({
      kind: 'reject',
      diagnostic: '',
      to: 'b@b.test',
    });
  });

  test.each([
    [
      'Illegal address syntax from c.test[192.0.2.7] in RCPT command: <foo bar@lab.test>',
      { client: C, stage: 'rcpt', to: 'foo bar@lab.test' },
    ],
    [
      'Illegal address syntax from c.test[192.0.2.7] in MAIL command: <<>>',
      { client: C, stage: 'mail', from: '<>' },
    ],
    ['4jYHcP4MhDzKQ8v: message rejected: hopcount exceeded', { queueId: '4jYHcP4MhDzKQ8v', stage: 'eom' }],
    ['4jYHcV1gtczKQF1: queue file size limit exceeded', { queueId: '4jYHcV1gtczKQF1', stage: 'eom' }],
  ])('of which only a warning tells: %s', (text, expected) => {
    expect(parse(`warning: ${text}`, 'postfix/smtpd')).toMatchObject({ kind: 'reject', ...expected });
  });
});

describe('refused by postscreen, with commas and ports', () => {
  test('at RCPT', () => {
    expect(
      parse(
        'NOQUEUE: reject: RCPT from [192.0.2.7]:4984: 550 5.7.1 Service unavailable; client [192.0.2.7] blocked using zen.spamhaus.org; ' +
          'from=<a@a.test>, to=<b@b.test>, proto=ESMTP, helo=<c.test>',
        'postfix/postscreen',
      ),
    ).toEqual({
      kind: 'reject',
      client: { ip: '192.0.2.7', port: 4984 },
      stage: 'rcpt',
      from: 'a@a.test',
      to: 'b@b.test',
      helo: 'c.test',
      diagnostic: '550 5.7.1 Service unavailable; client [192.0.2.7] blocked using zen.spamhaus.org',
      reply: {
        text: '550 5.7.1 Service unavailable; client [192.0.2.7] blocked using zen.spamhaus.org',
        remote: false,
        code: 550,
        enhanced: '5.7.1',
        stage: 'rcpt',
      },
    });
  });

  test.each([['too many connections'], ['all server ports busy']])('at CONNECT: %s', (text) => {
    expect(
      parse(`NOQUEUE: reject: CONNECT from [192.0.2.7]:1337: ${text}`, 'postfix/postscreen'),
    ).toMatchObject({
      kind: 'reject',
      client: { ip: '192.0.2.7', port: 1337 },
      stage: 'connect',
      diagnostic: text,
    });
  });
});

describe('what is done to a message instead', () => {
  const session = (action: string): string =>
    `${action}: RCPT from c.test[192.0.2.7]: <b@b.test>: Recipient address triggers X; ${TAIL}`;
  const content = (action: string, origin = 'c.test[192.0.2.7]'): string =>
    `4FDE2A1B: ${action}: header X-Spam: Yes, score=39.3 from ${origin}; ${TAIL}: because`;

  test.each([
    ['reject', { kind: 'reject', client: C, stage: 'eom', diagnostic: 'because' }],
    ['hold', { kind: 'hold', held: true, diagnostic: 'because' }],
    ['discard', { kind: 'discard', diagnostic: 'because' }],
    ['milter-header-hold', { kind: 'hold', held: true }],
  ])('%s by a check of its content', (action, expected) => {
    expect(parse(content(action), 'postfix/cleanup')).toMatchObject({
      queueId: '4FDE2A1B',
      from: 'a@a.test',
      to: 'b@b.test',
      ...expected,
    });
  });

  test('mail of this host has no client', () => {
    const facts = parse(content('reject', 'local'), 'postfix/cleanup');
    expect(facts).toMatchObject({ kind: 'reject', to: 'b@b.test' });
    expect(facts).not.toHaveProperty('client');
  });

  test('a content check without a reason gives the header', () => {
    expect(
      parse(`4FDE2A1B: reject: body buy now from c.test[192.0.2.7]; ${TAIL}`, 'postfix/cleanup'),
    ).toMatchObject({ kind: 'reject', diagnostic: 'body buy now' });
  });

  test.each([
    ['milter-reject', '4.7.1 Try again later', { kind: 'reject', reply: { enhanced: '4.7.1' } }],
    ['milter-reject', '5.7.1 Blocked by SpamAssassin', { kind: 'reject', reply: { enhanced: '5.7.1' } }],
    ['milter-hold', 'milter triggers HOLD action: virus?', { kind: 'hold', held: true }],
    ['milter-discard', 'milter triggers DISCARD action', { kind: 'discard' }],
  ])('%s at the end of the message: %s', (action, text, expected) => {
    expect(
      parse(
        `4FDE2A1B: ${action}: END-OF-MESSAGE from c.test[192.0.2.7]: ${text}; ${TAIL}`,
        'postfix/cleanup',
      ),
    ).toMatchObject({ queueId: '4FDE2A1B', to: 'b@b.test', diagnostic: text, ...expected });
  });

  test.each([
    ['hold', { kind: 'hold', held: true, from: 'a@a.test', to: 'b@b.test' }],
    ['discard', { kind: 'discard', from: 'a@a.test', to: 'b@b.test' }],
    ['hangup', { kind: 'reject', stage: 'rcpt', from: 'a@a.test', to: 'b@b.test' }],
  ])('%s before there is a queue id', (action, expected) => {
    const facts = parse(`NOQUEUE: ${session(action)}`, 'postfix/smtpd');
    expect(facts).toMatchObject(expected);
    expect(facts).not.toHaveProperty('queueId');
  });

  test.each([
    ...['reject_warning', 'warn', 'info', 'filter', 'redirect', 'bcc', 'delay', 'permit', 'pass', 'prepend'],
  ])('%s by smtpd decides nothing', (action) => {
    expect(parse(`NOQUEUE: ${session(action)}`, 'postfix/smtpd')).toEqual({ kind: 'nothing' });
  });

  test.each([
    ...['warning', 'info', 'filter', 'pass', 'delay', 'prepend', 'replace', 'redirect', 'bcc', 'strip'],
    ...['milter-header-redirect', 'milter-header-add', 'milter-header-replace'],
  ])('%s by cleanup decides nothing', (action) => {
    expect(parse(content(action), 'postfix/cleanup')).toEqual({ kind: 'nothing' });
  });

  test('an unknown action is left unparsed', () => {
    expect(parse(content('explode'), 'postfix/cleanup')).toBeUndefined();
  });
});
