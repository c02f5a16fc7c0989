import { describe, expect, test } from 'vitest';
import { LATEST, type ReadingOptions, read } from '../../src/reading.ts';

/** A payload whose event shows time, host and instance of its line. */
const PAYLOAD =
  '13599234B12: to=<bob@lab.test>, relay=local, delay=0.01, delays=0.01/0/0/0, dsn=2.0.0, status=sent (delivered to mailbox)';

/** What a line with that payload becomes, or undefined where it gives no event. */
function envelope(line: string | Buffer, options?: ReadingOptions) {
  const { events, lines } = read(line, options);
  expect(lines.read).toBe(lines.used + lines.ignored + lines.unparsed);
  const [event] = events;
  if (event === undefined) return undefined;
  expect(event).toMatchObject({
    to: 'bob@lab.test',
    status: 'delivered',
    diagnostic: 'delivered to mailbox',
  });
  const { time, host, instance, transport } = event;
  return { time, host, instance, transport };
}

const AT = { time: '2026-11-05T20:29:57Z', host: 'mx1', instance: 'postfix', transport: 'local' };

describe('one line in every form', () => {
  test.each([
    ['RFC 3164', `Nov  5 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    ['RFC 3164 with one blank', `Nov 5 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    ['postlogd: the day with a zero', `Nov 05 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    [
      'a day of two digits',
      `Nov 15 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`,
      { ...AT, time: '2026-11-15T20:29:57Z' },
    ],
    ['with a priority', `<22>Nov  5 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    ['without a process id', `Nov  5 20:29:57 mx1 postfix/local: ${PAYLOAD}`, AT],
    ['without a host', `Nov  5 20:29:57 postfix/local[206]: ${PAYLOAD}`, { ...AT, host: undefined }],
    [
      'journald short-precise',
      `Nov 05 20:29:57.755361 mx1 postfix/local[206]: ${PAYLOAD}`,
      { ...AT, time: '2026-11-05T20:29:57.755361Z' },
    ],
    ['FreeBSD -vv', `Nov  5 20:29:57 <mail.info> mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    ['Solaris', `Nov  5 20:29:57 mx1 postfix/local[206]: [ID 197553 mail.info] ${PAYLOAD}`, AT],
    ['a Greek month', `Νοε  5 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    ['a French month', `nov.  5 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    ['RFC 3339, UTC', `2026-11-05T20:29:57Z mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    [
      'RFC 3339, microseconds and offset',
      `2026-11-05T21:29:57.755361+01:00 mx1 postfix/local[206]: ${PAYLOAD}`,
      { ...AT, time: '2026-11-05T20:29:57.755361Z' },
    ],
    ['RFC 3339, west of Greenwich', `2026-11-05T14:59:57-05:30 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    [
      'RFC 3339, milliseconds',
      `2026-11-05T20:29:57.007Z mx1 postfix/local[206]: ${PAYLOAD}`,
      { ...AT, time: '2026-11-05T20:29:57.007Z' },
    ],
    ['journald short-iso', `2026-11-05T21:29:57+0100 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    ['a stamp without a zone', `2026-11-05T20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    ['a stamp with a blank', `2026-11-05 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    ['RFC 5424', `<22>1 2026-11-05T20:29:57Z mx1 postfix/local 206 - - ${PAYLOAD}`, AT],
    ['RFC 5424 without priority', `1 2026-11-05T20:29:57Z mx1 postfix/local 206 - - ${PAYLOAD}`, AT],
    ['RFC 5424 without process id', `<22>1 2026-11-05T20:29:57Z mx1 postfix/local - - - ${PAYLOAD}`, AT],
    [
      'RFC 5424 with structured data, a quoted bracket and a byte order mark',
      `<22>1 2026-11-05T20:29:57Z mx1 postfix/local 206 ID47 [a@1 x="] \\" ] y"][b@2 z="1"] \ufeff${PAYLOAD}`,
      AT,
    ],
    [
      'RFC 5424 of which rsyslog lost the daemon',
      `<22>1 2026-11-05T20:29:57Z mx1 postfix 233 - - ${PAYLOAD}`,
      AT,
    ],
    [
      'another instance',
      `Nov  5 20:29:57 mx1 postfix-out/local[206]: ${PAYLOAD}`,
      { ...AT, instance: 'postfix-out' },
    ],
    ['a tag of three parts', `Nov  5 20:29:57 mx1 postfix/reinject/local[206]: ${PAYLOAD}`, AT],
    ['a bare tag', `Nov  5 20:29:57 mx1 local[206]: ${PAYLOAD}`, AT],
    ['docker compose', `mail-1  | Nov  5 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    [
      'docker logs -t',
      `2026-11-05T20:29:57.5Z Nov  5 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`,
      { ...AT, time: '2026-11-05T20:29:57.500Z' },
    ],
    ['Kubernetes', `2026-11-05T20:29:57Z stdout F Nov  5 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`, AT],
    [
      'docker’s syslog driver',
      `Nov  5 20:29:57 docker1 docker[32360]: Nov  5 20:29:56 mx1 postfix/local[206]: ${PAYLOAD}`,
      AT,
    ],
    [
      'docker’s json-file',
      `${JSON.stringify({ log: `Nov  5 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}\n`, stream: 'stdout', time: '2026-11-05T20:29:57Z' })}`,
      AT,
    ],
    [
      'rsyslog’s repetition',
      `Nov  5 20:29:57 mx1 postfix/local[206]: message repeated 1 times: [ ${PAYLOAD}]`,
      AT,
    ],
  ])('%s', (_, line, expected) => {
    expect(envelope(line)).toEqual(expected);
    expect(envelope(`${line}\r\n`)).toEqual(expected);
    // The same behind a line of its own form, and behind one of another.
    expect(read([line, line]).events.map(({ time, host }) => ({ time, host }))).toEqual(
      [1, 2].map(() => ({ time: expected.time, ...(expected.host && { host: expected.host }) })),
    );
    const mixed = read([`Nov  1 00:00:00 other postfix/qmgr[1]: 4FDE2A1B: removed`, line]);
    expect(mixed.events[0]).toMatchObject({ time: expected.time });
    expect(mixed.events[0]?.host).toBe(expected.host);
  });
});

test('forms and hosts may follow each other in any order', () => {
  const forms = [
    (host: string) => `Nov  5 20:29:57 ${host} postfix/local[206]: ${PAYLOAD}`,
    (host: string) => `2026-11-05T20:29:57Z ${host} postfix/local[206]: ${PAYLOAD}`,
    (host: string) => `<22>1 2026-11-05T20:29:57Z ${host} postfix/local 206 - - ${PAYLOAD}`,
    (host: string) =>
      JSON.stringify({
        __REALTIME_TIMESTAMP: '1793910597000000',
        _HOSTNAME: host,
        SYSLOG_IDENTIFIER: 'postfix/local',
        MESSAGE: PAYLOAD,
      }),
  ];
  const hosts = ['mx1', 'mx2', 'mx'];
  // Every form of every host behind every other, and then again.
  const lines = forms.flatMap((one) =>
    forms.flatMap((other) =>
      hosts.flatMap(
        (host, i) =>
          [
            [one, host],
            [other, hosts[(i + 1) % 3]!],
            [one, host],
          ] as const,
      ),
    ),
  );
  const { events } = read(lines.map(([form, host]) => form(host)));
  expect(events.map((event) => event.host)).toEqual(lines.map(([, host]) => host));
  expect(new Set(events.map((event) => event.time))).toEqual(new Set([AT.time]));
});

describe('journald’s JSON', () => {
  const entry = (fields: Record<string, unknown>): string =>
    JSON.stringify({
      __REALTIME_TIMESTAMP: '1793910597755361',
      _HOSTNAME: 'mx1',
      SYSLOG_IDENTIFIER: 'postfix/local',
      SYSLOG_PID: '206',
      PRIORITY: '6',
      MESSAGE: PAYLOAD,
      ...fields,
    });
  const expected = { ...AT, time: '2026-11-05T20:29:57.755361Z' };

  test.each([
    ['a text', {}],
    ['bytes, where it is not UTF-8', { MESSAGE: [...Buffer.from(PAYLOAD)] }],
    ['several texts', { MESSAGE: [PAYLOAD, 'more'] }],
    [
      'fields nobody knows',
      { __CURSOR: 's=1', _SYSTEMD_UNIT: 'postfix@-.service', X: null, Y: [1], Z: { a: 1 } },
    ],
    ['no process id', { SYSLOG_PID: undefined, _PID: '7' }],
  ])('%s', (_, fields) => {
    expect(envelope(entry(fields))).toEqual(expected);
  });

  test('keys that name parts of the prototype are keys like any other', () => {
    const line = entry({}).replace('{', '{"__proto__":{"MESSAGE":"x"},"constructor":1,"toString":"x",');
    expect(envelope(line)).toEqual(expected);
    expect(envelope(`{"__proto__":${entry({})}}`)).toBeUndefined();
    expect({}).not.toHaveProperty('MESSAGE');
  });

  test.each([
    ['null, as journald writes what is too large', entry({ MESSAGE: null })],
    ['a number', entry({ MESSAGE: 5 })],
    ['numbers that are no bytes', entry({ MESSAGE: [300, -1] })],
    ['nothing', entry({ MESSAGE: undefined })],
    ['an empty array', entry({ MESSAGE: [] })],
  ])('a message of %s is no line of Postfix', (_, line) => {
    expect(read(line).lines).toEqual({ read: 1, used: 0, ignored: 1, unparsed: 0 });
  });

  test.each([
    '{',
    '{}',
    '[]',
    '[1]',
    'null',
    '{"MESSAGE"',
    '{"MESSAGE":"x"}',
    '{"log":"{\\"log\\":\\"x\\"}"}',
    `{"a":${'['.repeat(5000)}`,
  ])('%s is ignored', (line) => {
    expect(read(line).lines).toEqual({ read: 1, used: 0, ignored: 1, unparsed: 0 });
  });
});

describe('what is no line of Postfix', () => {
  test.each([
    ['another program', 'Nov  5 20:29:57 mx1 sshd[1]: Accepted publickey for root'],
    ['a program of the same name as a daemon', 'Nov  5 20:29:57 mx1 master[1]: hello'],
    ['no stamp', `postfix/local[206]: ${PAYLOAD}`],
    ['no tag', `Nov  5 20:29:57 mx1 ${PAYLOAD}`],
    ['an empty line', ''],
    ['blanks', '      '],
    ['a stamp alone', 'Nov  5 20:29:57'],
    ['a stamp and a host', 'Nov  5 20:29:57 mx1'],
    ['a month that is none', `Foo  5 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`],
    ['a time of letters', `Nov  5 2x:29:57 mx1 postfix/local[206]: ${PAYLOAD}`],
    ['seconds of letters behind a good line', `Nov  5 20:29:xx mx1 postfix/local[206]: ${PAYLOAD}`],
    ['an unclosed priority', `<22 Nov  5 20:29:57 mx1 postfix/local[206]: ${PAYLOAD}`],
    ['RFC 5424 cut short', '<22>1 2026-11-05T20:29:57Z mx1 postfix/local'],
  ])('%s is ignored', (_, line) => {
    const good = `Nov  5 20:29:56 mx1 postfix/local[206]: ${PAYLOAD}`;
    expect(read([good, line, good, '']).lines).toEqual({ read: 3, used: 2, ignored: 1, unparsed: 0 });
  });
});

describe('repetitions', () => {
  const line = (text: string): string => `Nov  5 20:29:57 mx1 ${text}`;
  const deferred =
    '4FDE2A1B: to=<a@b.test>, relay=none, delay=1, delays=1/0/0/0, dsn=4.0.0, status=deferred (x)';

  test('rsyslog: the payload happened as often as it says', () => {
    const { events, lines } = read(line(`postfix/smtp[1]: message repeated 3 times: [ ${deferred}]`));
    expect(events.map((event) => event.attempt)).toEqual([1, 2, 3]);
    expect(new Set(events.map((event) => event.event_id)).size).toBe(3);
    expect(lines).toEqual({ read: 1, used: 1, ignored: 0, unparsed: 0 });
  });

  test('classic: the line before happened again', () => {
    const { events, lines } = read([
      line(`postfix/smtp[1]: ${deferred}`),
      line('last message repeated 2 times'),
    ]);
    expect(events.map((event) => event.attempt)).toEqual([1, 2, 3]);
    expect(lines).toEqual({ read: 2, used: 2, ignored: 0, unparsed: 0 });
  });

  test.each([
    ['another program', 'sshd[1]: Accepted publickey'],
    ['a line that was not understood', 'postfix/smtp[1]: the quick brown fox'],
  ])('classic: of %s it counts for nothing', (_, other) => {
    const { events, lines } = read([
      line(`postfix/smtp[1]: ${deferred}`),
      line(other),
      line('last message repeated 2 times'),
    ]);
    expect(events).toHaveLength(1);
    expect(lines).toMatchObject({ read: 3, used: 1 });
  });

  test('a forged number is bounded', () => {
    expect(read(line(`postfix/smtp[1]: message repeated 999999 times: [ ${deferred}]`)).events).toHaveLength(
      1000,
    );
  });

  test('without its closing bracket the line was cut, and still counts', () => {
    expect(
      read(line(`postfix/smtp[1]: message repeated 2 times: [ ${deferred.slice(0, -2)}`)).events,
    ).toHaveLength(2);
  });
});

describe('the year that stamps lack', () => {
  const line = (stamp: string, payload = PAYLOAD): string => `${stamp} mx1 postfix/local[206]: ${payload}`;
  const times = (stamps: readonly string[], options?: ReadingOptions) =>
    read(
      stamps.map((stamp) => line(stamp)),
      options,
    ).events.map(({ time }) => time.slice(0, 10));

  test.each([
    ['the file is of the same day', 'Nov 24 00:00:00', Date.UTC(2026, 10, 24), '2026-11-24'],
    ['the file is of January, the line of December', 'Dec 31 23:00:00', Date.UTC(2027, 0, 2), '2026-12-31'],
    ['the file is years old', 'Mar  1 00:00:00', Date.UTC(2019, 2, 2), '2019-03-01'],
    ['the line would lie in the future', 'Dec 24 00:00:00', Date.UTC(2026, 10, 24), '2025-12-24'],
    ['a clock that is a little fast', 'Nov 24 06:00:00', Date.UTC(2026, 10, 24), '2026-11-24'],
    ['a leap day', 'Feb 29 12:00:00', Date.UTC(2024, 2, 5), '2024-02-29'],
  ])('%s', (_, stamp, latest, day) => {
    expect(times([stamp], { latest })).toEqual([day]);
  });

  test('December goes on in the January of the next year', () => {
    expect(
      times(['Dec 30 10:00:00', 'Dec 31 23:59:59', 'Jan  1 00:00:00', 'Feb  1 00:00:00'], {
        latest: Date.UTC(2026, 1, 2),
      }),
    ).toEqual(['2025-12-30', '2025-12-31', '2026-01-01', '2026-02-01']);
  });

  test('a straggler of December among the lines of January is of the old year', () => {
    expect(
      times(['Dec 31 23:59:59', 'Jan  1 00:00:00', 'Dec 31 23:59:58', 'Jan  1 00:00:01'], {
        latest: Date.UTC(2026, 0, 3),
      }),
    ).toEqual(['2025-12-31', '2026-01-01', '2025-12-31', '2026-01-01']);
  });

  test('a stray January among the lines of December does not begin a year that lies in the future', () => {
    expect(
      times(['Dec 10 00:00:00', 'Jan  1 00:00:00', 'Dec 10 00:00:01'], { latest: Date.UTC(2026, 11, 11) })[2],
    ).toBe('2026-12-10');
  });

  test('a long queue id tells the year, whatever the time of the file', () => {
    const { events } = read(
      [
        'Jul  5 12:52:11 mx1 postfix/smtpd[1]: 3mPVKl0Mhjz7sXv: client=a.test[192.0.2.7]',
        'Jul  5 12:52:12 mx1 postfix/local[1]: 3mPVKl0Mhjz7sXv: to=<a@b.test>, relay=local, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (x)',
      ],
      { latest: Date.UTC(2026, 10, 24) },
    );
    expect(events[0]?.time).toBe('2015-07-05T12:52:12Z');
  });

  test('it tells the zone too', () => {
    const { events } = read(
      [
        'Jul  5 06:52:11 mx1 postfix/smtpd[1]: 3mPVKl0Mhjz7sXv: client=a.test[192.0.2.7]',
        line('Jul  5 07:00:00'),
      ],
      { zone: undefined },
    );
    expect(events[0]?.time).toBe('2015-07-05T13:00:00Z');
  });

  test('near New Year it tells both, although they are of different years', () => {
    // 2026-12-31T22:30:00Z
    const { events } = read(
      [
        'Jan  1 00:30:00 mx1 postfix/smtpd[1]: 4kYHcP1Y34zKQ8n: client=a.test[192.0.2.7]',
        line('Jan  1 01:00:00'),
      ],
      { zone: undefined, latest: Date.UTC(2028, 0, 1) },
    );
    expect(events).toHaveLength(1);
  });

  test('the options win over what the log tells', () => {
    const log = [
      'Jul  5 06:52:11 mx1 postfix/smtpd[1]: 3mPVKl0Mhjz7sXv: client=a.test[192.0.2.7]',
      line('Jul  5 07:00:00'),
    ];
    expect(read(log, { zone: 'America/New_York' }).events[0]?.time).toBe('2015-07-05T11:00:00Z');
    expect(read(log, { year: 2020 }).events[0]?.time).toBe('2020-07-05T07:00:00Z');
    expect(read(log, { year: 2020, zone: 'Europe/Berlin' }).events[0]?.time).toBe('2020-07-05T05:00:00Z');
  });

  test('a forged queue id tells nothing: its time does not fit its line', () => {
    const { events } = read([
      'Nov 23 06:00:00 mx1 postfix/smtpd[1]: 3mPVKl0Mhjz7sXv: client=a.test[192.0.2.7]',
      line('Nov 23 07:00:00'),
    ]);
    expect(events[0]?.time).toBe('2026-11-23T07:00:00Z');
  });
});

describe('the zone', () => {
  const at = (stamp: string, zone: string): string | undefined =>
    envelope(`${stamp} mx1 postfix/local[206]: ${PAYLOAD}`, { zone, latest: LATEST })?.time;

  test.each([
    ['Jul  1 12:00:00', 'Europe/Berlin', '2026-07-01T10:00:00Z'],
    ['Feb  1 12:00:00', 'Europe/Berlin', '2026-02-01T11:00:00Z'],
    ['Mar 29 01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59Z'],
    ['Mar 29 03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['Oct 25 01:59:59', 'Europe/Berlin', '2026-10-24T23:59:59Z'],
    ['Oct 25 03:00:00', 'Europe/Berlin', '2026-10-25T02:00:00Z'],
    ['Jul  1 12:00:00', 'Asia/Kolkata', '2026-07-01T06:30:00Z'],
    ['2026-07-01T12:00:00', 'Asia/Kolkata', '2026-07-01T06:30:00Z'],
    ['2026-07-01T12:00:00Z', 'Asia/Kolkata', '2026-07-01T12:00:00Z'],
  ])('%s in %s is %s', (stamp, zone, time) => {
    expect(at(stamp, zone)).toBe(time);
  });
});
