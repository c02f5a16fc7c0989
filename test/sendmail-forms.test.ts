/** A day of sendmail tells the same behind every envelope that a syslog daemon, a journal or a container puts before it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { DeliveryEvent } from '../src/event/event.ts';
import { read } from './src/reading.ts';

const LINES = readFileSync('fixtures/sendmail/2026-11-23.log', 'utf8').trimEnd().split('\n');

/** All that an event tells, but for what the envelope decides: the place of the line, and ids made of it. */
const facts = ({ event_id, source_offset, time, ...event }: DeliveryEvent) => event;

/** Time of day, program, process and text of each line. */
const parts = LINES.map((line) => /^Nov 23 (\S+) mx1 ([\w-]+)(?:\[(\d+)\])?: (.*)$/s.exec(line)!.slice(1));
const baseline = read(LINES);
const expected = baseline.events.map(facts);

describe.each([
  [
    'in RFC 3339',
    (time, program, process, text) => `2026-11-23T${time}.519628+00:00 mx1 ${program}[${process}]: ${text}`,
  ],
  [
    'in RFC 3339 of another zone',
    (time, program, process, text) => {
      const local = String(Number(time.slice(0, 2)) - 5).padStart(2, '0') + time.slice(2);
      return `2026-11-23T${local}-05:00 mx1 ${program}[${process}]: ${text}`;
    },
  ],
  [
    'in RFC 5424',
    (time, program, process, text) => `<22>1 2026-11-23T${time}Z mx1 ${program} ${process} - - ${text}`,
  ],
  [
    'with a priority',
    (time, program, process, text) => `<22>Nov 23 ${time} mx1 ${program}[${process}]: ${text}`,
  ],
  [
    'in the journal',
    (time, program, process, text) =>
      JSON.stringify({
        ...{ __REALTIME_TIMESTAMP: `${Date.parse(`2026-11-23T${time}Z`)}519`, _HOSTNAME: 'mx1' },
        ...{ SYSLOG_IDENTIFIER: program, _PID: process, MESSAGE: text },
      }),
  ],
  [
    'in a container',
    (time, program, process, text) => `mail-1  | Nov 23 ${time} mx1 ${program}[${process}]: ${text}`,
  ],
  [
    'in another container',
    (time, program, process, text) =>
      `2026-11-23T${time}.1Z stdout F Nov 23 ${time} mx1 ${program}[${process}]: ${text}`,
  ],
  [
    'of Solaris',
    (time, program, process, text) =>
      `Nov 23 ${time} mx1 ${program}[${process}]: [ID 801593 mail.info] ${text}`,
  ],
] as [string, (time: string, program: string, process: string, text: string) => string][])(
  '%s',
  (_, form) => {
    test('each event is the same, at the same second', () => {
      const lines = parts.map(([time, program, process = '1', text]) =>
        form(time!, program!, process, text!),
      );
      const { events, lines: counts } = read(lines);
      expect(events.map(facts)).toEqual(expected);
      expect(events.map(({ time }) => time.slice(0, 19))).toEqual(
        baseline.events.map(({ time }) => time.slice(0, 19)),
      );
      expect(counts).toEqual(baseline.lines);
    });
  },
);

test('in another zone, which the queue ids tell', () => {
  const shifted = LINES.map((line) =>
    line.replace(/ (\d\d)(?=:\d\d:\d\d )/, (_, hour) => ` ${Number(hour) - 5}`),
  );
  const { events } = read(shifted, { zone: undefined, latest: Date.UTC(2027, 0) });
  expect(events.map(({ time }) => time)).toEqual(baseline.events.map(({ time }) => time));
});

test('among the lines of other MTAs', () => {
  const of = (mta: string) =>
    readFileSync(`fixtures/${mta}/2026-11-23.log`, 'utf8').split('\n').slice(0, LINES.length);
  const [postfix, exim] = [of('postfix'), of('exim')];
  const mixed = LINES.flatMap((line, i) => [postfix[i]!, line, exim[i]!]);
  const { events, lines, sources } = read(mixed);
  expect(events.filter(({ mta }) => mta === 'sendmail').map(facts)).toEqual(expected);
  expect(events.filter(({ mta }) => mta === 'postfix').map(facts)).toEqual(read(postfix).events.map(facts));
  expect(events.filter(({ mta }) => mta === 'exim').map(facts)).toEqual(read(exim).events.map(facts));
  expect(lines.unparsed).toBe(0);
  expect([...sources[0]!.mtas].sort()).toEqual(['exim', 'postfix', 'sendmail']);
  expect(read(mixed, { mta: 'sendmail' }).events.map(facts)).toEqual(expected);
});
