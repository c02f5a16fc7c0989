/**
 * Every byte of these lines that a stranger can choose is chosen to make a reader of logs believe something else.
 * The expected facts are those that Postfix itself wrote.
 */
import { describe, expect, test } from 'vitest';
import { parse } from './record.ts';

const REAL =
  'relay=mx.real.test[192.0.2.1]:25, delay=1, delays=0.1/0/0.4/0.5, dsn=5.1.1, status=bounced (no such user)';
const FORGED = 'relay=evil.test[198.51.100.6]:25, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (250 ok';

const REAL_TAIL = 'from=<real@a.test> to=<real@b.test> proto=ESMTP helo=<real.test>';
const FORGED_TAIL = 'from=<forged@a.test> to=<forged@b.test> proto=SMTP helo=<forged.test>';

describe('in an address of a status line', () => {
  test.each([
    ['a whole tail', `"x>, ${FORGED}"@b.test`],
    ['an arrow', '"x> => y"@b.test'],
    ['an escaped quote before the tail', `"x\\">, ${FORGED}"@b.test`],
    ['a backslash before the closing quote', '"x\\\\"@b.test'],
    ['only brackets', '"<>"@b.test'],
    ['an orig_to', '"x>, orig_to=<y@z.test"@b.test'],
    ['a queue id and a verb', '"4AAAAAA: removed"@b.test'],
  ])('%s', (_, address) => {
    const expected = { kind: 'delivery', status: 'bounced', dsn: '5.1.1', relay: { host: 'mx.real.test' } };
    expect(parse(`4FDE2A1B: to=<${address}>, ${REAL}`)).toMatchObject({ ...expected, to: address });
    expect(parse(`4FDE2A1B: to=<a@b.test>, orig_to=<${address}>, ${REAL}`)).toMatchObject({
      ...expected,
      to: 'a@b.test',
      origTo: address,
    });
  });

  test('a quote that is never closed is an ordinary character of old versions', () => {
    expect(parse(`4FDE2A1B: to=<"x@b.test>, ${REAL}`)).toMatchObject({ to: '"x@b.test', status: 'bounced' });
  });
});

describe('in the text behind the status', () => {
  const line = (text: string): string =>
    `4FDE2A1B: to=<a@b.test>, relay=mx.real.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (${text})`;

  test('a whole tail with the outcome that the stranger wants', () => {
    const reply =
      'host mx.real.test[192.0.2.1] said: 550 5.1.1 unknown) to=<spoof@victim.test>, relay=none, delay=0, ' +
      'delays=0/0/0/0, dsn=2.0.0, status=sent (250 ok (in reply to RCPT TO command)';
    expect(parse(line(reply))).toMatchObject({
      to: 'a@b.test',
      status: 'bounced',
      dsn: '5.1.1',
      relay: { ip: '192.0.2.1' },
      diagnostic: reply,
      reply: { code: 550, enhanced: '5.1.1', stage: 'rcpt', host: 'mx.real.test' },
    });
  });

  test.each([
    'host mx.real.test[192.0.2.1] said: 550 5.7.1 go away status=sent (250 ok) (in reply to end of DATA command)',
    '550 5.7.1 go away, status=sent (250 ok)',
    'unknown user: "x), dsn=2.0.0, status=sent (ok"',
  ])('%s', (text) => {
    expect(parse(line(text))).toMatchObject({ status: 'bounced', dsn: '5.1.1', diagnostic: text });
  });

  test('a "queued as" in a refusal is no hop, and the last one of several is the server’s own', () => {
    expect(
      parse(
        '4FDE2A1B: to=<a@b.test>, relay=mx[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent ' +
          '(250 2.0.0 queued as 4AAAAAA: queued as F12DF84004)',
      ),
    ).toMatchObject({ nextQueueId: 'F12DF84004' });
  });

  test('a local delivery that says so was not forwarded by local(8)', () => {
    expect(
      parse(
        '4FDE2A1B: to=<a@b.test>, relay=mx.real.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (forwarded as 4AAAAAA)',
      ),
    ).toMatchObject({ forwarded: false });
  });
});

describe('in a relay’s name', () => {
  test.each([
    ['a status', 'mx status=sent[192.0.2.1]:25'],
    ['brackets', 'mx[10.0.0.1][192.0.2.1]:25'],
  ])('%s', (_, relay) => {
    const facts = parse(`4FDE2A1B: to=<a@b.test>, relay=${relay}, delay=1, dsn=5.1.1, status=bounced (no)`);
    expect(facts).toMatchObject({ status: 'bounced', relay: { ip: '192.0.2.1', port: 25 } });
    expect(facts?.['relay']).not.toHaveProperty('near');
  });
});

describe('in a sender', () => {
  test('a size, a count and an end', () => {
    expect(
      parse(
        '4FDE2A1B: from=<"x>, size=1, nrcpt=99 (queue active)"@a.test>, size=500, nrcpt=2 (queue active)',
        'postfix/qmgr',
      ),
    ).toEqual({
      kind: 'queued',
      queueId: '4FDE2A1B',
      from: '"x>, size=1, nrcpt=99 (queue active)"@a.test',
      size: 500,
      recipients: 2,
    });
  });

  test('an expiry', () => {
    expect(
      parse(
        '4FDE2A1B: from=<"x>, status=expired, returned to sender"@a.test>, size=500, nrcpt=1 (queue active)',
        'postfix/qmgr',
      ),
    ).toMatchObject({ kind: 'queued', size: 500 });
  });

  test('a process’s own "from"', () => {
    expect(parse('4FDE2A1B: uid=30 from=<"x> orig_id=4AAAAAA"@a.test>', 'postfix/pickup')).toEqual({
      kind: 'pickup',
      queueId: '4FDE2A1B',
      from: '"x> orig_id=4AAAAAA"@a.test',
    });
  });
});

describe('in a message-id', () => {
  test.each([
    '<x>, relay=evil.test[1.2.3.4]:25, delay=1, dsn=2.0.0, status=sent (250 ok)',
    '4AAAAAA: removed',
    '<a@b> client=evil.test[1.2.3.4]',
    '',
    '=?UTF-8?B?PDE5?= =?UTF-8?B?MTIy?=',
    '<cut without an end',
  ])('%s', (value) => {
    expect(parse(`4FDE2A1B: message-id=${value}`, 'postfix/cleanup')).toEqual({
      kind: 'message-id',
      queueId: '4FDE2A1B',
      messageId: value,
    });
  });
});

describe('in a user’s name', () => {
  test('a failed login stays a warning', () => {
    const text = `evil[198.51.100.6]: SASL PLAIN authentication failed: x, sasl_username=4AAAAAA: to=<a@b.test>, ${REAL}`;
    expect(parse(`warning: ${text}`, 'postfix/smtpd')).toEqual({ kind: 'notice', severity: 'warning', text });
  });

  test('another sender behind the tail of a refusal', () => {
    expect(
      parse(
        `NOQUEUE: reject: RCPT from c.test[192.0.2.1]: 554 5.7.1 no; ${REAL_TAIL} sasl_method=PLAIN sasl_username=x ${FORGED_TAIL}`,
        'postfix/smtpd',
      ),
    ).toMatchObject({ kind: 'reject', from: 'real@a.test', to: 'real@b.test', helo: 'real.test' });
  });
});

describe('in a refusal', () => {
  const reject = (text: string, tail = REAL_TAIL): string =>
    `NOQUEUE: reject: RCPT from c.test[192.0.2.1]: ${text}; ${tail}`;

  test.each([
    [
      'a tail in a server’s words',
      `550 5.1.1 <real@b.test>: Recipient address rejected: undeliverable address: host evil.test[198.51.100.6] said: 550 no; ${FORGED_TAIL} (in reply to RCPT TO command)`,
    ],
    [
      'a tail with a reason behind it',
      `550 5.1.1 <real@b.test>: Recipient address rejected: host evil.test[198.51.100.6] said: 550 no; ${FORGED_TAIL}: fine (in reply to RCPT TO command)`,
    ],
    [
      'a tail without sender',
      '550 5.1.1 host evil.test[198.51.100.6] said: 550 no; proto=SMTP helo=<forged.test> (in reply to RCPT TO command)',
    ],
    [
      'a tail of postscreen',
      '550 5.1.1 host evil.test[198.51.100.6] said: 550 no; from=<forged@a.test>, to=<forged@b.test>, proto=SMTP, helo=<forged.test> (in reply to RCPT TO command)',
    ],
    [
      'half a tail',
      '550 5.1.1 host evil.test[198.51.100.6] said: 550 no; from=<forged@a.test (in reply to RCPT TO command)',
    ],
    [
      'a quote that swallows the rest',
      '550 5.1.1 host evil.test[198.51.100.6] said: 550 no; from=<" (in reply to RCPT TO command)',
    ],
    [
      'the recipient itself',
      `550 5.1.1 <"a; ${FORGED_TAIL}"@b.test>: Recipient address rejected: User unknown`,
    ],
    [
      'only a semicolon',
      '554 5.7.1 Service unavailable; Helo command [x] blocked using dbl.test; http://x; from here',
    ],
    [
      'a login behind the tail',
      `550 5.1.1 host evil.test[198.51.100.6] said: 550 no; ${FORGED_TAIL} sasl_method=PLAIN sasl_username=forged (in reply to RCPT TO command)`,
    ],
  ])('%s', (_, text) => {
    expect(parse(reject(text), 'postfix/smtpd')).toMatchObject({
      kind: 'reject',
      stage: 'rcpt',
      client: { host: 'c.test', ip: '192.0.2.1' },
      from: 'real@a.test',
      to: 'real@b.test',
      helo: 'real.test',
      diagnostic: text,
    });
  });

  test.each([
    ['sender', `"x; ${FORGED_TAIL}"@a.test`],
    ['sender with a reason', `"x; ${FORGED_TAIL}: fine"@a.test`],
    ['sender with an open end', '"x; from=<forged@a.test> proto=SMTP helo=<forged"@a.test'],
  ])('the quoted %s', (_, from) => {
    expect(
      parse(
        reject('554 5.7.1 no', `from=<${from}> to=<real@b.test> proto=ESMTP helo=<real.test>`),
        'postfix/smtpd',
      ),
    ).toMatchObject({ from, to: 'real@b.test', helo: 'real.test', diagnostic: '554 5.7.1 no' });
  });

  test('a HELO that postscreen shows as it came', () => {
    expect(
      parse(
        'NOQUEUE: reject: RCPT from [192.0.2.1]:4984: 550 5.7.1 Service unavailable; client [192.0.2.1] blocked using ' +
          'zen.test; from=<real@a.test>, to=<real@b.test>, proto=ESMTP, helo=<x>,to=<forged@b.test>',
        'postfix/postscreen',
      ),
    ).toMatchObject({
      client: { ip: '192.0.2.1', port: 4984 },
      from: 'real@a.test',
      to: 'real@b.test',
      diagnostic: '550 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.test',
    });
  });

  test('a HELO that a milter shows as it came', () => {
    expect(
      parse(
        'NOQUEUE: milter-reject: HELO from c.test[192.0.2.1]: 550 5.7.1 no; proto=SMTP helo=<a> b; from=<forged@a.test> to=<forged@b.test>',
        'postfix/smtpd',
      ),
    ).toEqual({
      kind: 'reject',
      client: { host: 'c.test', ip: '192.0.2.1' },
      stage: 'ehlo',
      helo: 'a> b; from=<forged@a.test> to=<forged@b.test',
      diagnostic: '550 5.7.1 no',
      reply: { text: '550 5.7.1 no', remote: false, code: 550, enhanced: '5.7.1', stage: 'ehlo' },
    });
  });
});

describe('in a header', () => {
  const reject = (header: string): string =>
    `4FDE2A1B: reject: header Subject: ${header} from c.test[192.0.2.1]; ${REAL_TAIL}: 5.7.1 spam`;

  test.each([
    ['a client', 'hello from evil.test[198.51.100.6]'],
    ['a tail', `hello; ${FORGED_TAIL}`],
    ['a client, a tail and a reason', `hello from evil.test[198.51.100.6]; ${FORGED_TAIL}: 2.0.0 fine`],
    ['two tails', `hello; ${FORGED_TAIL}: x; ${FORGED_TAIL}: y`],
    ['half a tail', 'hello; from=<forged@a.test'],
    ['another action', `hello: reject: RCPT from evil.test[198.51.100.6]: 550 no; ${FORGED_TAIL}`],
  ])('%s', (_, header) => {
    expect(parse(reject(header), 'postfix/cleanup')).toMatchObject({
      kind: 'reject',
      queueId: '4FDE2A1B',
      client: { host: 'c.test', ip: '192.0.2.1' },
      from: 'real@a.test',
      to: 'real@b.test',
      helo: 'real.test',
      diagnostic: '5.7.1 spam',
    });
  });

  test('an action in a header that was only looked at', () => {
    expect(
      parse(
        `4FDE2A1B: info: header Subject: reject: hold: discard: x from local; ${REAL_TAIL}`,
        'postfix/cleanup',
      ),
    ).toEqual({ kind: 'nothing' });
  });
});
