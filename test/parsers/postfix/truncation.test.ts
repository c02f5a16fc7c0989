/** syslog cuts lines, a full disk cuts files: whatever is left of a line is unparsed or still right, never another outcome. */
import { expect, test } from 'vitest';
import { parse } from './record.ts';

const TO = 'to=<"a>, x"@b.test>, orig_to=<c@d.test>, relay=mx.b.test[192.0.2.1]:25';
const DELAYS = 'delay=5.4, delays=0.08/0.01/3.5/1.9';
const TAIL = 'from=<a@a.test> to=<b@b.test> proto=ESMTP helo=<c.test>';

/** Each line with the facts that may never be contradicted, however much of it is missing. */
const LINES: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ...['sent', 'deferred', 'bounced', 'SOFTBOUNCE'].map(
    (status) =>
      [
        'postfix/smtp',
        `4FDE2A1B: ${TO}, conn_use=2, ${DELAYS}, tls=may, dsn=2.0.0, status=${status} (host mx.b.test[192.0.2.1] said: 550 5.1.1 no) to=<x@y.test>, relay=none, delay=0, dsn=2.0.0, status=sent (250 ok (in reply to RCPT TO command))`,
        {
          kind: 'delivery',
          queueId: '4FDE2A1B',
          to: '"a>, x"@b.test',
          origTo: 'c@d.test',
          status: status === 'sent' ? 'delivered' : status === 'bounced' ? 'bounced' : 'deferred',
          delay: 5.4,
          delays: [0.08, 0.01, 3.5, 1.9],
          tls: 'may',
          dsn: '2.0.0',
        },
      ] as const,
  ),
  [
    'postfix/smtp',
    `4FDE2A1B: to=<a@b.test>, relay=none, ${DELAYS}, dsn=5.1.1, status=undeliverable-but-not-cached (User unknown)`,
    { kind: 'probe', queueId: '4FDE2A1B' },
  ],
  [
    'postfix/qmgr',
    '4FDE2A1B: from=<a@a.test>, size=12345, nrcpt=12 (queue active)',
    { kind: 'queued', from: 'a@a.test', size: 12345, recipients: 12 },
  ],
  [
    'postfix/qmgr',
    '4FDE2A1B: from=<a@a.test>, status=expired, returned to sender',
    { kind: 'expired', from: 'a@a.test' },
  ],
  ['postfix/qmgr', '4FDE2A1B: removed', { kind: 'removed', by: 'done' }],
  ['postfix/postsuper', '4FDE2A1B: placed on hold', { kind: 'hold', held: true }],
  ['postfix/postsuper', '4FDE2A1B: released from hold', { kind: 'hold', held: false }],
  [
    'postfix/smtpd',
    `NOQUEUE: reject: RCPT from c.test[192.0.2.7]: 550 5.1.1 <b@b.test>: User unknown; ${TAIL}`,
    { kind: 'reject', from: 'a@a.test', to: 'b@b.test', helo: 'c.test' },
  ],
  [
    'postfix/cleanup',
    `4FDE2A1B: discard: header Subject: x from c.test[192.0.2.7]; ${TAIL}: because`,
    { kind: 'discard', queueId: '4FDE2A1B', from: 'a@a.test', to: 'b@b.test' },
  ],
  [
    'postfix/cleanup',
    `4FDE2A1B: milter-hold: END-OF-MESSAGE from c.test[192.0.2.7]: held; ${TAIL}`,
    { kind: 'hold', queueId: '4FDE2A1B', held: true, from: 'a@a.test', to: 'b@b.test' },
  ],
];

test.each(LINES)('%s: %s', (tag, payload, facts) => {
  expect(parse(payload, tag)).toMatchObject(facts);
  for (let length = 0; length < payload.length; length++) {
    const read = parse(payload.slice(0, length), tag);
    if (read === undefined || read.kind === 'nothing') continue;
    const seen = payload.slice(0, length);
    for (const [key, value] of Object.entries(facts)) {
      expect(read[key] === undefined && key !== 'kind' ? value : read[key], `${key} of ${seen}`).toEqual(
        value,
      );
    }
  }
});

test('a status word is believed only when it is whole', () => {
  const line = `4FDE2A1B: ${TO}, ${DELAYS}, dsn=2.0.0, status=`;
  expect(parse(line)).toBeUndefined();
  for (const cut of ['s', 'sen', 'deferre', 'bounce', 'SOFT', 'undeliver'])
    expect(parse(line + cut)).toBeUndefined();
  for (const [word, status] of [
    ['sent', 'delivered'],
    ['bounced', 'bounced'],
    ['sent (', 'delivered'],
    ['bounced (host', 'bounced'],
  ] as const) {
    expect(parse(line + word)).toMatchObject({ status });
  }
});

test('a text that is cut keeps its last character, and one closing bracket is Postfix’s', () => {
  const line = `4FDE2A1B: ${TO}, ${DELAYS}, dsn=5.0.0, status=bounced (`;
  expect(parse(`${line}host mx said: 550 no`)).toMatchObject({ diagnostic: 'host mx said: 550 no' });
  expect(parse(`${line}unknown user: "a)")`)).toMatchObject({ diagnostic: 'unknown user: "a)"' });
  expect(parse(`${line})`)).toMatchObject({ diagnostic: '' });
});
