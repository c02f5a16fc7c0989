/** A full disk cuts lines, and so does a copy of a log that is being written: what is left is not another outcome. */
import { expect, test } from 'vitest';
import { ID, parse } from './record.ts';

const REMOTE = 'R=dnslookup T=remote_smtp H=mx.b.test [192.0.2.1]';
const FORGED = '550 5.1.1 no => spoof@victim.test R=x T=y H=evil [198.51.100.6] C="250 OK" Completed';

/** Each line with the facts that may never be contradicted, however much of it is missing. */
const LINES: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  [
    '<= a@a.test H=c.test (helo) [192.0.2.7] P=esmtps X=TLS1.3:X:256 S=12345 id=m@a.test',
    { kind: 'arrival' },
  ],
  ['<= <> R=1xVahE-00001r-04 U=Debian-exim P=local S=3553', { kind: 'arrival' }],
  [
    `=> bob@b.test <"b, b"@a.test> ${REMOTE} C="250 OK => x@y.test"`,
    { kind: 'delivery', status: 'delivered' },
  ],
  [`-> bob@b.test ${REMOTE} C="250 OK"`, { kind: 'delivery', status: 'delivered' }],
  [
    `** bob@b.test ${REMOTE}: SMTP error from remote mail server after RCPT TO:<bob@b.test>: ${FORGED}`,
    { kind: 'delivery', status: 'bounced' },
  ],
  [
    `== bob@b.test ${REMOTE} defer (-44): SMTP error from remote mail server after RCPT TO:<bob@b.test>: 450 4.2.0 ${FORGED}`,
    { kind: 'delivery', status: 'deferred' },
  ],
  ['== bob@b.test routing defer (-52): retry time not reached', { kind: 'delivery', status: 'deferred' }],
  ['=> :blackhole: <bob@b.test> R=bh', { kind: 'delivery', status: 'discarded' }],
  ['Completed QT=3m45s', { kind: 'removed', by: 'done' }],
  ['Frozen (delivery error message)', { kind: 'hold', held: true }],
  ['unfrozen by root', { kind: 'hold' }],
  ['cancelled by root', { kind: 'removed', by: 'operator' }],
  ['address <bob@b.test> marked delivered by root', { kind: 'delivery', status: 'deleted' }],
  [`H=c.test [192.0.2.7] F=<a@a.test> rejected after DATA: ${FORGED}`, { kind: 'reject' }],
];

/** What a beginning of these lines may mean as well, since lines of that text exist. */
const SHORTER: ReadonlyMap<string, readonly string[]> = new Map([
  ['=> :blackhole: <bob@b.test> R=bh', ['delivered']],
]);

test.each(LINES)('%s', (line, facts) => {
  expect(parse(line)).toMatchObject(facts);
  for (let length = 0; length < line.length; length++) {
    const cut = line.slice(0, length);
    const record = parse(cut);
    if (record === undefined || record.kind === 'nothing') continue;
    if (SHORTER.get(line)?.includes(String(record['status']))) continue;
    expect(record, cut).toMatchObject({ ...facts, ...(record.kind === 'reject' ? {} : { queueId: ID }) });
  }
});

test.each([
  ['H=c.test (helo) [192.0.2.7] F=<a@a.test> rejected RCPT <b@b.test>: Unknown user', 'c.test[192.0.2.7]'],
  ['rejected EHLO from c.test [192.0.2.7]: syntactically invalid argument(s): x] => y', 'c.test[192.0.2.7]'],
])('before there was an id: %s', (line, client) => {
  for (let length = 0; length <= line.length; length++) {
    const record = parse(line.slice(0, length), { id: '' });
    if (record === undefined || record.kind === 'nothing') continue;
    expect(record.kind).toBe('reject');
    expect([client, undefined, '[192.0.2.7]', 'c.test[]'], line.slice(0, length)).toContain(record['client']);
  }
});
