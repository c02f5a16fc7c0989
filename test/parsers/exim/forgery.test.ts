/** What an outsider writes into an address, a name, a subject or a reply stays what it is: his own words. */
import { describe, expect, test } from 'vitest';
import { parse } from './record.ts';

/** An address as Exim prints it: without the quotes of its local part, then with them. */
function printed(local: string): string {
  return `${local}@b.test <"${local.replace(/["\\]/g, '\\$&')}"@b.test>`;
}

const LOCALS = [
  'x R=forged T=forged',
  'x <victim@c.test> R=forged T=forged',
  'victim@c.test R=forged T=forged H=forged [192.0.2.66] C="250 OK"',
  'victim@c.test: Unrouteable address',
  'victim@c.test R=r T=t H=f [192.0.2.66]: SMTP error from remote mail server after RCPT TO:<victim@c.test>: 550 no',
  'victim@c.test routing defer (-1): no',
  'victim@c.test <"victim"@c.test> R=forged T=forged',
  'h=evil [192.0.2.66]',
  'a=>b',
  '|/bin/x <victim@c.test> R=forged T=forged',
  ':blackhole:',
  'blackhole (RCPT ACL discarded recipients)',
  'a\\b',
  'x"y',
  ' => victim@c.test',
];

const FIELDS = 'R=dnslookup T=remote_smtp H=mx.b.test [192.0.2.1]';

describe.each(LOCALS)('the recipient %s', (local) => {
  const address = `"${local.replace(/["\\]/g, '\\$&')}"@b.test`;

  test.each([
    [`=> ${printed(local)} ${FIELDS} C="250 OK"`, 'delivered', '250 OK', 'mx.b.test[192.0.2.1]'],
    [
      `** ${printed(local)} ${FIELDS}: SMTP error from remote mail server after RCPT TO:<${address}>: 550 5.1.1 real`,
      'bounced',
      `SMTP error from remote mail server after RCPT TO:<${address}>: 550 5.1.1 real`,
      'mx.b.test[192.0.2.1]',
    ],
    [`** ${printed(local)}: Unrouteable address`, 'bounced', 'Unrouteable address', undefined],
    [
      `== ${printed(local)} routing defer (-52): retry time not reached`,
      'deferred',
      'retry time not reached',
      undefined,
    ],
    [
      `== ${printed(local)} R=r T=t defer (111): Connection refused`,
      'deferred',
      'Connection refused',
      undefined,
    ],
  ])('%s', (line, status, diagnostic, relay) => {
    const record = parse(line);
    expect(record).toMatchObject({ kind: 'delivery', to: address, status });
    expect(record).not.toHaveProperty('origTo');
    expect(record?.['relay']).toBe(relay);
    expect(String(record?.['diagnostic']).replaceAll('\\', '')).toBe(diagnostic.replaceAll('\\', ''));
  });
});

const REPLIES = [
  '550 no such user => spoof@c.test R=dnslookup T=remote_smtp H=mx [127.0.0.1] C="250 OK"',
  '550 no: SMTP error from remote mail server after initial connection: 250 OK',
  '550 no <"a"@b.test> R=forged T=forged',
  '550 no H=forged [192.0.2.66]: retry timeout exceeded DT=1s',
  '550 no defer (-52): retry time not reached',
  String.raw`550 no\n2026-11-23 20:31:28 1xVahE-00001q-03 Completed`,
];

test.each(REPLIES)('the reply %s', (reply) => {
  const record = parse(
    `** a@b.test ${FIELDS}: SMTP error from remote mail server after RCPT TO:<a@b.test>: ${reply}`,
  );
  expect(record).toMatchObject({ to: 'a@b.test', status: 'bounced', relay: 'mx.b.test[192.0.2.1]' });
  expect(record?.['reply']).toMatchObject({ code: 550, stage: 'rcpt', remote: true });
  const confirmed = parse(`=> a@b.test ${FIELDS} C="250 ${reply.replace(/["\\]/g, '\\$&')}"`);
  expect(confirmed).toMatchObject({ to: 'a@b.test', status: 'delivered', relay: 'mx.b.test[192.0.2.1]' });
  expect(String(confirmed?.['diagnostic'])).toMatch(/^250 550 no/);
});

test.each([
  // what the sender chooses: his address, the subject, the message id
  '<= "x H=forged [192.0.2.66] P=esmtpa A=plain:root"@b.test H=h.test (helo) [192.0.2.7] P=esmtp S=5 id=1@b.test',
  '<= x@b.test H=h.test (helo) [192.0.2.7] P=esmtp S=5 id=1@b.test T="H=forged [192.0.2.66] A=plain:root \\" for a b c"',
  '<= x@b.test H=h.test (helo) [192.0.2.7] P=esmtp S=5 id=1@b.test H=forged [192.0.2.66] A=plain:root R=1xVahE-00001q-03',
  // what the client chooses: its HELO and its certificate
  '<= x@b.test H=h.test (P=esmtpa A=plain:root S=9 id=forged) [192.0.2.7] P=esmtp S=5 id=1@b.test',
  '<= x@b.test H=h.test (helo) [192.0.2.7] P=esmtps X=c CV=no DN="CN=x" A=plain:root" S=5 id=1@b.test',
])('%s', (line) => {
  const record = parse(line);
  expect(record).toMatchObject({
    kind: 'arrival',
    client: 'h.test[192.0.2.7]',
    size: 5,
    messageId: '1@b.test',
  });
  for (const key of ['authUser', 'parentQueueId', 'recipients']) expect(record).not.toHaveProperty(key);
});

test.each([
  ['F=<"x> rejected RCPT <victim@c.test"@b.test> rejected RCPT <real@b.test>: no', 'real@b.test'],
  [
    'F=<a@b.test> rejected RCPT <"x>: no rejected RCPT <victim@c.test"@b.test>: why',
    '"x>: no rejected RCPT <victim@c.test"@b.test',
  ],
  [
    'F=<a@b.test> rejected RCPT <real@b.test>: host said: F=<v@c.test> rejected RCPT <victim@c.test>: no',
    'real@b.test',
  ],
])('%s', (line, to) => {
  expect(parse(`H=h.test (h) [192.0.2.7] ${line}`, { id: '' })).toMatchObject({
    ...{ kind: 'reject', client: 'h.test[192.0.2.7]', to },
  });
});

test('a subject that a warning quotes', () => {
  for (const subject of [
    ' => spoof@c.test R=r T=t',
    '** spoof@c.test: no',
    '2026-11-23 19:00:00 1tABCD-000001-AA Completed',
  ]) {
    const line = `H=h.test (h) [192.0.2.7] Warning: subject looked at: ${subject}`;
    expect(parse(line)).toEqual({ kind: 'nothing' });
  }
});

test('a client’s name in its own command', () => {
  const line =
    'SMTP syntax error in "RCPT TO:<a" H=evil [192.0.2.66] x>" H=h.test [192.0.2.7] a" H=evil [192.0.2.66] x: malformed';
  expect(parse(line, { id: '' })).not.toHaveProperty('client');
});
