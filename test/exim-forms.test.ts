/** A day of Exim tells the same in all forms in which other settings and versions would have written it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { DeliveryEvent } from '../src/event/event.ts';
import { throughSyslog, withAllFields, withHead, withLongIds } from './exim-forms.ts';
import { read } from './src/reading.ts';

const LINES = readFileSync('fixtures/exim/2026-11-23.log', 'utf8').trimEnd().split('\n');

/** What an event tells of a recipient, whatever form the line has. */
const facts = ({ type, status, to, orig_to, from, attempt, ...event }: DeliveryEvent) => [
  ...[type, status, to, orig_to, from, attempt, event.queue_id, event.message_id, event.client_ip],
  ...[
    event.relay_ip,
    event.transport,
    event.reply_code,
    event.stage,
    event.cause,
    event.diagnostic,
    event.final,
  ],
];
/** Time, process and text of each line that goes through syslog. */
const syslog = throughSyslog(LINES).map((line) => /^Nov 23 (\S+) mx1 exim\[(\d+)\]: (.*)$/s.exec(line)!);
const baseline = read(LINES);
const expected = baseline.events.map(facts);

describe.each([
  ['with milliseconds, zone and process', LINES.map(withHead)],
  ['with more fields', LINES.map(withAllFields)],
  ['with all of it', LINES.map(withAllFields).map(withHead)],
  ['through syslog, stamped twice', throughSyslog(LINES)],
  ['through syslog, stamped once', throughSyslog(LINES, { stamped: false })],
  ['through syslog, with process and milliseconds', throughSyslog(LINES.map(withHead), { tag: 'exim4' })],
  [
    'in the journal',
    syslog.map(([, , process, text]) =>
      JSON.stringify({
        ...{ __REALTIME_TIMESTAMP: '1795465888000000', _HOSTNAME: 'mx1', SYSLOG_IDENTIFIER: 'exim' },
        ...{ _PID: process, MESSAGE: text },
      }),
    ),
  ],
  [
    'in RFC 5424',
    syslog.map(([, time, process, text]) => `<22>1 2026-11-23T${time}Z mx1 exim ${process} - - ${text}`),
  ],
  ['in a container', LINES.map((line) => `mail-1  | ${line}`)],
  ['in another container', LINES.map((line) => `2026-11-23T20:31:28.1Z stdout F ${line}`)],
  ['through a tag of another name', throughSyslog(LINES, { tag: 'exim-out' })],
])('%s', (_, lines) => {
  test('each event is the same', () => {
    const { events, lines: counts } = read(lines);
    expect(events.map(facts)).toEqual(expected);
    expect(counts.unparsed).toBe(0);
    expect(counts.read).toBe(counts.used + counts.ignored);
  });
});

test('with ids of both lengths in one file', () => {
  const half = LINES.length / 2;
  const mixed = [...LINES.slice(0, half).map(withLongIds), ...LINES.slice(half).map(withLongIds)];
  const { events, lines } = read(mixed);
  expect(lines.unparsed).toBe(0);
  expect(events.map(({ queue_id, ...event }) => facts(event as DeliveryEvent))).toEqual(
    baseline.events.map(({ queue_id, ...event }) => facts(event as DeliveryEvent)),
  );
});

test('in another zone, which the message ids tell', () => {
  const shifted = LINES.map((line) =>
    line.replace(/ (\d\d)(?=:\d\d:\d\d )/, (_, hour) => ` ${Number(hour) - 5}`),
  );
  const { events } = read(shifted, { zone: undefined, latest: Date.UTC(2027, 0) });
  expect(events[0]?.time).toBe(baseline.events[0]?.time);
});

test('among the lines of another MTA', () => {
  const postfix = readFileSync('fixtures/postfix/2026-11-23.log', 'utf8').split('\n').slice(0, LINES.length);
  const mixed = LINES.flatMap((line, i) => [postfix[i]!, line]);
  const { events, lines, sources } = read(mixed);
  expect(events.filter(({ mta }) => mta === 'exim').map(facts)).toEqual(expected);
  expect(events.filter(({ mta }) => mta === 'postfix').map(facts)).toEqual(read(postfix).events.map(facts));
  expect(lines.unparsed).toBe(0);
  expect([...sources[0]!.mtas].sort()).toEqual(['exim', 'postfix']);
  expect(read(mixed, { mta: 'postfix' }).events.map(facts)).toEqual(read(postfix).events.map(facts));
});

test('lines of a text that is only an ACL’s own are ignored, unless all lines are said to be Exim’s', () => {
  const lines = [
    '2026-11-23 20:31:28 greylist: seen before',
    LINES[4]!,
    '2026-11-23 20:31:29 status installed x:amd64 1',
  ];
  expect(read(lines).lines).toEqual({ read: 3, used: 1, ignored: 2, unparsed: 0 });
  expect(read(lines, { mta: 'exim' }).lines).toEqual({ read: 3, used: 1, ignored: 0, unparsed: 2 });
  expect(read(lines, { mta: 'postfix' }).lines).toEqual({ read: 3, used: 0, ignored: 3, unparsed: 0 });
});
