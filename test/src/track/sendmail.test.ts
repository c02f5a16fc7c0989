/** How sendmail's lines become messages: one line tells of an arrival, none of an end. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { buildReport } from '../../../src/aggregate/build.ts';
import { Analysis } from '../../../src/analysis.ts';
import { feed, LATEST, read, table } from '../reading.ts';

/** Log lines, one second apart: `payload`, with `@HH:MM:SS ` before it where the time matters. */
function log(...lines: readonly string[]): string[] {
  return lines.map((line, second) => {
    const [, at, tag, payload] = /^(?:@(\S+) )?(?:#(\S+) )?(.*)$/.exec(line)!;
    const stamp = at ?? new Date(Date.UTC(2026, 10, 23, 10) + 1000 * second).toISOString().slice(0, 19);
    return `${stamp.includes('T') ? stamp : `2026-11-23T${stamp}`}Z mx1 ${tag ?? 'sm-mta'}[1]: ${payload}`;
  });
}

const A = '6ANA00aa000001';
const B = '6ANA00bb000002';
const CLIENT = 'relay=a.test [192.0.2.7]';

const from = (id: string, recipients = 1, client = CLIENT) =>
  `${id}: from=<a@a.test>, size=500, class=0, nrcpts=${recipients}, msgid=<1@a.test>, proto=ESMTP, daemon=MTA-v4, ${client}`;
const to = (id: string, addresses: string, fate: string, relay = 'mx.b.test. [192.0.2.1]') =>
  `${id}: to=${addresses}, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30295, relay=${relay}, ${fate}`;

const SENT = 'dsn=2.0.0, stat=Sent (Ok: queued as 1)';
const DEFERRED = 'dsn=4.2.0, reply=450 4.2.2 mailbox full, stat=Deferred: 450 4.2.2 mailbox full';
const BOUNCED = 'dsn=5.1.1, reply=550 5.1.1 unknown, stat=User unknown';

const outcomes = (lines: readonly string[]) =>
  table(read(lines).events, 'type', 'status', 'to').map((row) => row.filter(Boolean).join(' '));

test('a message from its arrival to its end', () => {
  const { events } = read(log(from(A), to(A, '<b@b.test>', DEFERRED), to(A, '<b@b.test>', SENT)));
  expect(events).toMatchObject([
    {
      ...{
        type: 'accepted',
        queue_id: A,
        from: 'a@a.test',
        message_id: '1@a.test',
        size: 500,
        recipients: 1,
      },
      ...{ client_host: 'a.test', client_ip: '192.0.2.7', mta: 'sendmail', instance: 'sendmail' },
    },
    { status: 'deferred', final: false, attempt: 1, cause: 'mailbox_full', from: 'a@a.test', delay: 1 },
    {
      status: 'delivered',
      final: true,
      attempt: 2,
      relay_host: 'mx.b.test',
      relay_ip: '192.0.2.1',
      transport: 'esmtp',
    },
  ]);
});

test('every recipient of a line has an event with an id of its own', () => {
  const lines = log(from(A, 3), to(A, '<a@b.test>,<b@b.test>,<c@b.test>', SENT));
  const { events } = read(lines);
  expect(events.map((event) => event.to)).toEqual([undefined, 'a@b.test', 'b@b.test', 'c@b.test']);
  expect(new Set(events.map((event) => event.event_id)).size).toBe(4);
  expect(read(lines).events.map((event) => event.event_id)).toEqual(events.map((event) => event.event_id));
});

test('a transaction that was broken off is no message', () => {
  const aborted = `${A}: from=<a@a.test>, size=0, class=0, nrcpts=0, proto=ESMTP, daemon=MTA-v4, ${CLIENT}`;
  expect(outcomes(log(`${A}: <x@b.test>... User unknown`, aborted))).toEqual(['rejected x@b.test']);
});

describe('submission to the own daemon', () => {
  const submitted = `#sendmail ${A}: from=joe, size=20, class=0, nrcpts=1, msgid=<1@a.test>, relay=joe@localhost`;
  const handed = `#sendmail ${to(A, 'b@b.test', `dsn=2.0.0, stat=Sent (${B} Message accepted for delivery)`, '[127.0.0.1] [127.0.0.1]')}`;

  test('is a hop', () => {
    const { events, calls } = read(
      log(submitted, from(B, 1, 'relay=localhost [127.0.0.1]'), handed, to(B, '<b@b.test>', BOUNCED)),
    );
    expect(table(events, 'type', 'queue_id', 'status', 'hop', 'final', 'parent_queue_id')).toEqual([
      ['accepted', A, undefined, undefined, undefined, undefined],
      ['accepted', B, undefined, undefined, undefined, undefined],
      ['delivery', A, 'delivered', true, false, undefined],
      ['delivery', B, 'bounced', undefined, true, A],
    ]);
    expect(calls).toContain(`retracted ${B}`);
  });

  test('is a delivery where the daemon is another host’s', () => {
    const { events } = read(
      log(submitted, handed.replace('[127.0.0.1] [127.0.0.1]', 'hub.test. [192.0.2.5]')),
    );
    expect(events[1]).toMatchObject({ status: 'delivered', final: true });
  });
});

test('an expiry shows only in the notice to the sender, and has the reason of the last attempt', () => {
  const remembered = to(A, '<b@b.test>', 'dsn=4.0.0, stat=Deferred', 'mx.b.test.').replace(
    /xdelay=[\d:]+/,
    'xdelay=00:00:00',
  );
  const { events, calls } = read(
    log(
      from(A),
      to(A, '<b@b.test>', DEFERRED),
      remembered,
      `${A}: ${B}: sender notify: Cannot send message for 5 days`,
      to(B, '<a@a.test>', SENT),
    ),
  );
  expect(events).toMatchObject([
    { type: 'accepted' },
    { status: 'deferred', attempt: 1, cause: 'mailbox_full' },
    { status: 'deferred', suspended: true, cause: 'mailbox_full' },
    {
      status: 'expired',
      to: 'b@b.test',
      final: true,
      cause: 'mailbox_full',
      diagnostic: '450 4.2.2 mailbox full',
    },
    { type: 'accepted', queue_id: B, from: '', parent_queue_id: A },
    { status: 'delivered', queue_id: B, from: '', to: 'a@a.test' },
  ]);
  expect(events[2]).not.toHaveProperty('attempt');
  expect(calls).toContain(`notified ${A}`);
});

test('a warning ends nothing', () => {
  expect(
    outcomes(
      log(
        from(A),
        to(A, '<b@b.test>', DEFERRED),
        `${A}: ${B}: sender notify: Warning: could not send message for past 4 hours`,
      ),
    ),
  ).toEqual(['accepted', 'delivery deferred b@b.test', 'accepted']);
});

test('a bounce tells of recipients that no line names', () => {
  const failure = (text: string) => read(log(from(A), `${A}: ${B}: DSN: ${text}`)).events[1];
  expect(failure('aliasing/forwarding loop broken')).toMatchObject({
    status: 'bounced',
    recipients: 1,
    diagnostic: 'aliasing/forwarding loop broken',
  });
  expect(failure('Too many hops 61 (30 max): from <a@a.test> via a.test, to <b@b.test>')).toMatchObject({
    status: 'bounced',
    to: 'b@b.test',
    cause: 'mail_loop',
  });
  // of others a line was there
  expect(outcomes(log(from(A, 2), to(A, '<b@b.test>', BOUNCED), `${A}: ${B}: DSN: User unknown`))).toEqual([
    'accepted',
    'delivery bounced b@b.test',
    'accepted',
  ]);
});

test('a clone is the same message', () => {
  const { events, calls } = read(log(from(A), `${A}: ${B}: clone: owner=joe`, to(B, 'l1@b.test', SENT)));
  expect(events[1]).toMatchObject({
    queue_id: B,
    parent_queue_id: A,
    from: 'joe',
    message_id: '1@a.test',
    status: 'delivered',
  });
  expect(calls).toEqual([`retracted ${B}`, `closed ${A}`]);
});

describe('a message that is split', () => {
  const C = '6ANA00cc000003';
  const lines = (split: string) =>
    log(
      from(A, 3),
      `${A}: split: ${split}`,
      to(A, '<a@b.test>', SENT),
      to(B, '<b@b.test>', BOUNCED),
      to(C, '<c@b.test>', DEFERRED),
    );

  test.each([
    `maxrcpts=1, rcpts=3, count=2, ids=${B}; ${C}`,
    `count=2, id0=${B}, id1=${C}`,
    `count=2, ids=${B}, ${C}`,
  ])('is one message with all its recipients: %s', (split) => {
    const { events, calls } = read(lines(split));
    expect(calls).toEqual([`retracted ${B}`, `retracted ${C}`, `closed ${A}`]);
    expect(events.filter(({ type }) => type === 'accepted')).toHaveLength(1);
    expect(events.slice(2)).toMatchObject([
      { queue_id: B, parent_queue_id: A, from: 'a@a.test', message_id: '1@a.test', to: 'b@b.test' },
      { queue_id: C, parent_queue_id: A, from: 'a@a.test', message_id: '1@a.test', to: 'c@b.test' },
    ]);
    const aggregate = new Aggregate();
    const analysis = new Analysis(aggregate, { zone: 'UTC' });
    analysis.begin(LATEST);
    feed(analysis, lines(split));
    const { totals } = buildReport(aggregate, {
      ...{ now: LATEST, inputs: [], lines: analysis.lines, evicted: 0, top: 5 },
    });
    expect(totals).toMatchObject({
      messages: 1,
      recipients: 3,
      delivered: 1,
      bounced: 1,
      deferred: 1,
      open: 0,
    });
  });

  test.each([
    'count=2',
    'count=2, ids=',
    `count=1, ids=${A}`,
    'count=1, ids=../../etc',
    'count=x, ids=6ANA00cc000003',
  ])('tells nothing where the line names nobody: %s', (split) => {
    const { calls, lines: counts } = read(log(from(A), `${A}: split: ${split}`));
    expect([calls, counts.unparsed]).toEqual([[], 0]);
  });
});

describe('a message that is refused at its end', () => {
  const refusal = `${A}: ruleset=CheckSubject, arg1= x, ${CLIENT}, reject=550 5.7.1 spam is not wanted`;
  const undelivered = (address: string) =>
    `${A}: to=<${address}>, delay=00:00:00, pri=30291, stat=spam is not wanted`;

  test('for what was said before its arrival, is none', () => {
    const { events, calls } = read(
      log(refusal, from(A, 2), undelivered('b@b.test'), undelivered('c@b.test')),
    );
    expect(events).toMatchObject([
      {
        type: 'rejected',
        to: 'b@b.test',
        from: 'a@a.test',
        diagnostic: '550 5.7.1 spam is not wanted',
        reply_code: 550,
      },
      { type: 'rejected', to: 'c@b.test', from: 'a@a.test', client_ip: '192.0.2.7' },
    ]);
    expect(events).toHaveLength(2);
    expect(calls).not.toContain(`retracted ${A}`);
  });

  test('for what was found after it, is taken back', () => {
    const { events, calls } = read(log(from(A), undelivered('b@b.test')));
    expect(table(events, 'type', 'to')).toEqual([
      ['accepted', undefined],
      ['rejected', 'b@b.test'],
    ]);
    expect(calls).toEqual([`retracted ${A}`, `closed ${A}`]);
  });
});

test('a message that is thrown away, at the usual level and at higher ones', () => {
  const discard = `${A}: ruleset=check_rcpt, arg1=<b@b.test>, ${CLIENT}, discard`;
  const higher = `${A}: to=<b@b.test>, delay=00:00:00, pri=30291, stat=discarded`;
  expect(outcomes(log(discard, from(A), `${A}: discarded`))).toEqual([
    'delivery discarded b@b.test',
    'accepted',
  ]);
  expect(outcomes(log(discard, from(A), higher))).toEqual(['delivery discarded b@b.test', 'accepted']);
  expect(outcomes(log(from(A), `${A}: discarded`))).toEqual(['accepted', 'delivery discarded']);
  expect(outcomes(log(from(A), higher))).toEqual(['accepted', 'delivery discarded b@b.test']);
});

describe('a refusal whose line names no client', () => {
  const refused = (id: string, address: string) => `${id}: <${address}>... User unknown`;
  const nothing = (id: string, client = CLIENT) =>
    `${id}: from=<c@c.test>, size=0, class=0, nrcpts=0, proto=SMTP, daemon=MTA-v4, ${client}`;

  test('is of the client, and the sender, that the end of its transaction names', () => {
    const lines = log(
      refused(A, 'x@b.test'),
      refused(B, 'y@b.test'),
      `${A}: Milter: to=<z@b.test>, reject=550 5.7.1 no`,
      nothing(B, 'relay=b.test [192.0.2.8]'),
      from(A),
    );
    const { events } = read(lines);
    expect(table(events, 'type', 'to', 'from', 'client_ip', 'time', 'source_offset')).toEqual([
      ['rejected', 'y@b.test', 'c@c.test', '192.0.2.8', '2026-11-23T10:00:01Z', lines[0]!.length + 1],
      ['accepted', undefined, 'a@a.test', '192.0.2.7', '2026-11-23T10:00:04Z', expect.any(Number)],
      ['rejected', 'x@b.test', 'a@a.test', '192.0.2.7', '2026-11-23T10:00:00Z', 0],
      ['rejected', 'z@b.test', 'a@a.test', '192.0.2.7', '2026-11-23T10:00:02Z', expect.any(Number)],
    ]);
    // By its own line, as if it had been told at once.
    const alone = read([lines[0]!]).events[0]!;
    expect(events[2]).toMatchObject({ event_id: alone.event_id, message_id: '1@a.test' });
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(4);
  });

  test('is told without one where that does not come, in two minutes or before the log ends', () => {
    const early = log(refused(A, 'x@b.test'), '@10:03:00 starting daemon (8.17.1.9)', `@10:03:01 ${from(B)}`);
    expect(outcomes(early)).toEqual(['accepted', 'rejected x@b.test']);
    expect(outcomes(log(from(B), refused(A, 'x@b.test')))).toEqual(['accepted', 'rejected x@b.test']);
    // The end of another one's transaction, under the same id, is none of its own.
    const late = read(log(refused(A, 'x@b.test'), `@10:03:00 ${from(B)}`, `@10:03:01 ${nothing(A)}`));
    expect(late.events.at(-1)).not.toHaveProperty('client_ip');
  });

  test('does not wait where too many do', () => {
    const many = Array.from({ length: 5100 }, (_, n) => refused(A, `x${n}@b.test`));
    const { events } = read([...many, nothing(A)].map((text) => log(text)[0]!));
    expect(events).toHaveLength(5100);
    expect(events.filter(({ client_ip }) => client_ip === undefined)).toHaveLength(100);
  });
});

test('what it says of its own trouble is told under the name of the program', () => {
  const { notices } = read(log('SYSERR(root): one', '#sendmail SYSERR(root): two', 'SYSERR(root): three'));
  expect(notices.map(({ program }) => program)).toEqual(['sm-mta', 'sendmail', 'sm-mta']);
});

test('what is given up by the client decides nothing', () => {
  const given = `${A}: to=<b@b.test>, delay=00:00:00, pri=30291, stat=RSET`;
  expect(outcomes(log(given))).toEqual([]);
});

test('settled messages are forgotten without being missed', () => {
  const lines: string[] = [];
  for (let n = 0; n < 500; n++) {
    const id = `6ANA00aa${String(n).padStart(6, '0')}`;
    const at = (minute: number) =>
      `@${new Date(Date.UTC(2026, 10, 1) + minute * 60_000).toISOString().slice(0, 19)}`;
    lines.push(`${at(60 * n)} ${from(id)}`, `${at(60 * n)} ${to(id, '<b@b.test>', SENT)}`);
  }
  const { evicted, calls } = read(log(...lines));
  expect(evicted).toBe(0);
  expect(calls.filter((call) => call.startsWith('closed'))).toHaveLength(498);
});

describe('a real day', () => {
  const LOG = readFileSync('fixtures/sendmail/2026-11-23.log', 'utf8').split('\n').slice(0, -1);
  const facts = (lines: readonly string[]) =>
    read(lines).events.map(({ event_id, source_offset, time, host, ...event }) => event);
  const expected = facts(LOG);

  /** Stamp, tag, process id and payload. */
  const parts = LOG.map((line) => /^(Nov 23 (\S+)) mx1 ([^[:]+)(?:\[(\d+)\])?: (.*)$/.exec(line)!);

  test.each([
    ['RFC 3339', (p: RegExpExecArray) => `2026-11-23T${p[2]}.123456+00:00 mx1 ${p[3]}[${p[4]}]: ${p[5]}`],
    [
      'RFC 5424',
      (p: RegExpExecArray) => `<22>1 2026-11-23T${p[2]}.123456+00:00 mx1 ${p[3]} ${p[4] ?? '-'} - - ${p[5]}`,
    ],
    [
      'journald’s JSON',
      (p: RegExpExecArray) =>
        JSON.stringify({
          ...{ MESSAGE: p[5], SYSLOG_IDENTIFIER: p[3], _PID: p[4], _HOSTNAME: 'mx1' },
          __REALTIME_TIMESTAMP: String(Date.parse(`2026-11-23T${p[2]}Z`) * 1000),
        }),
    ],
  ])('is the same in %s', (_, write) => {
    expect(facts(parts.map(write))).toEqual(expected);
  });

  test('is the same between the lines of a Postfix', () => {
    const other = readFileSync('fixtures/postfix/2026-11-23.log', 'utf8').split('\n').slice(0, 3000);
    const mixed = LOG.flatMap((line, n) => (other[n] ? [line, other[n]] : [line]));
    expect(facts(mixed).filter(({ mta }) => mta === 'sendmail')).toEqual(expected);
    const { events, lines } = read(mixed, { mta: 'sendmail' });
    expect(events).toHaveLength(expected.length);
    expect(lines.ignored).toBeGreaterThanOrEqual(3000);
  });
});
