/** syslog cuts lines, a full disk cuts files: whatever is left of a line is unparsed or still right, never another outcome. */
import { expect, test } from 'vitest';
import { ID, parse as parseText } from './record.ts';

const Q = ID;

/** Payloads here bring their queue ids. */
const parse = (payload: string) => parseText(payload, { id: '' });
const TO = `${Q}: to=<"a, b"@b.test>,<c@b.test>, ctladdr=<d@d.test> (1/1), delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=30295`;
const RELAY = 'relay=mx.b.test. [192.0.2.1]';
const FORGED = 'reply=550 5.1.1 no, stat=Sent (ok), to=<spoof@victim.test>, dsn=2.0.0';

/** Each line with the facts that may never be contradicted, however much of it is missing. */
const LINES: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  [
    `${TO}, ${RELAY}, dsn=2.0.0, stat=Sent (Ok: queued as 1)`,
    { kind: 'delivery', status: 'delivered', to: '"a, b"@b.test' },
  ],
  [
    `${TO}, ${RELAY}, dsn=5.1.1, ${FORGED}, stat=User unknown`,
    { kind: 'delivery', status: 'bounced', dsn: '5.1.1' },
  ],
  [
    `${TO}, ${RELAY}, dsn=4.2.0, reply=450 4.2.0 x, stat=Deferred: 450 4.2.0 x`,
    { kind: 'delivery', status: 'deferred' },
  ],
  [
    `${TO}, ${RELAY}, stat=Deferred: Connection refused by mx.b.test.`,
    { kind: 'delivery', status: 'deferred' },
  ],
  [`${TO}, ${RELAY}, stat=Sent (Ok)`, { kind: 'delivery', status: 'delivered' }],
  [`${TO}, quarantine=held, for review, stat=quarantined`, { kind: 'delivery', status: 'held' }],
  [`${Q}: to=<c@b.test>, delay=00:00:00, pri=1, stat=discarded`, { kind: 'discard' }],
  [`${Q}: to=<c@b.test>, delay=00:00:00, pri=1, stat=aborted by sender`, { kind: 'nothing' }],
  [
    `${Q}: from=<a@a.test>, size=12345, class=0, nrcpts=12, msgid=<m@a.test>, proto=ESMTP, daemon=MTA-v4, relay=c.test [192.0.2.7]`,
    { kind: 'arrival', size: 12345, recipients: 12 },
  ],
  [`${Q}: 6ANKUZ85000190: sender notify: Cannot send message for 5 days`, { kind: 'child', expired: true }],
  [`${Q}: 6ANKUZ85000190: DSN: Return receipt`, { kind: 'child' }],
  [
    `${Q}: ruleset=check_rcpt, arg1=<"b, x"@b.test>, relay=c.test [192.0.2.7], reject=550 5.7.1 no`,
    { kind: 'reject', to: '"b, x"@b.test', stage: 'rcpt' },
  ],
  [
    `${Q}: ruleset=check_rcpt, arg1=<b@b.test>, relay=c.test [192.0.2.7], discard`,
    { kind: 'discard', to: 'b@b.test' },
  ],
];

test.each(LINES)('%s', (line, facts) => {
  expect(parse(line)).toMatchObject(facts);
  for (let length = 0; length < line.length; length++) {
    const record = parse(line.slice(0, length));
    if (record === undefined) continue;
    expect(record, line.slice(0, length)).toMatchObject(facts);
    if (facts['kind'] === 'child' && facts['expired'] === undefined)
      expect(record).not.toHaveProperty('failure');
  }
});

test('the first part of a line that syslog split tells the outcome, the others nothing more', () => {
  expect(
    parse(
      `${Q}[1]: to=<a@b.test>, delay=00:00:02, mailer=esmtp, ${RELAY}, dsn=5.1.1, reply=550 5.1.1 no ...`,
    ),
  ).toMatchObject({
    kind: 'delivery',
    status: 'bounced',
    diagnostic: '550 5.1.1 no',
  });
  expect(parse(`${Q}[2]: such user, stat=User unknown`)).toEqual({ kind: 'nothing' });
});
