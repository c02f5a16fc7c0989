import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Analysis } from '../../src/analysis.ts';
import type { DeliveryEvent } from '../../src/event/event.ts';
import { feed, LATEST, Notebook, read } from './reading.ts';

const DELIVERED =
  'Nov 23 10:00:00 mx1 postfix/smtp[1]: 4FDE2A1B: to=<b@b.test>, relay=mx.b.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)';
const OTHER = 'Nov 23 10:00:00 mx1 sshd[1]: Accepted publickey for root';
const UNKNOWN = 'Nov 23 10:00:00 mx1 postfix/smtp[1]: the quick brown fox';

describe('lines', () => {
  test('are used, ignored or unparsed', () => {
    const { lines, unparsed } = read([
      DELIVERED,
      OTHER,
      UNKNOWN,
      '',
      'no envelope',
      `${UNKNOWN}\r`,
      DELIVERED,
    ]);
    expect(lines).toEqual({ read: 7, used: 2, ignored: 3, unparsed: 2 });
    expect(unparsed).toEqual([UNKNOWN, UNKNOWN]);
  });

  test.each([
    ['no line end at the end', DELIVERED],
    ['a byte order mark at the beginning', `\ufeff${DELIVERED}\n`],
    ['carriage returns', `${DELIVERED}\r\n`],
  ])('with %s', (_, log) => {
    expect(read(log)).toMatchObject({
      lines: { read: 1, used: 1 },
      events: [{ to: 'b@b.test', diagnostic: '250 Ok' }],
    });
  });

  test.each([
    ['UTF-8', Buffer.from(DELIVERED.replace('b@', 'bücher€@')), 'bücher€@b.test'],
    ['Latin-1', Buffer.from(DELIVERED.replace('b@', 'bücher@'), 'latin1'), 'bücher@b.test'],
    ['NUL bytes', Buffer.from(DELIVERED.replace('b@', 'b\0@')), 'b\0@b.test'],
  ])('in %s, at the right bytes', (_, line, to) => {
    const newline = Buffer.from('\n');
    const { events } = read(Buffer.concat([line, newline, Buffer.from(DELIVERED), newline, line]));
    expect(events.map((event) => [event.to, event.source_offset])).toEqual([
      [to, 0],
      ['b@b.test', line.length + 1],
      [to, line.length + DELIVERED.length + 2],
    ]);
  });

  test('of another MTA only, where one is asked for', () => {
    expect(read(DELIVERED, { mta: 'postfix' }).lines.used).toBe(1);
  });
});

describe.each([
  ['exim', readFileSync('fixtures/exim/syslog.log', 'latin1').replaceAll(' exim[', ' smtp-out[')],
  ['sendmail', readFileSync('fixtures/sendmail/refused.log', 'latin1').replaceAll(' sm-mta[', ' smtp-out[')],
] as const)('%s under a name of its own', (mta, renamed) => {
  const lines = renamed.split('\n').filter((line) => line.includes(' smtp-out['));

  test('is read where it is asked for', () => {
    const tag = mta === 'exim' ? 'exim[' : 'sm-mta[';
    const found = read(lines, { mta });
    const wanted = read(lines.map((line) => line.replace('smtp-out[', tag)));
    // Ids tell a line by all that it has.
    const facts = ({ event_id: _, instance: __, source_offset: ___, ...rest }: DeliveryEvent) => rest;
    expect(found.events.map(facts)).toEqual(wanted.events.map(facts));
    expect(found.events.length).toBeGreaterThan(10);
  });

  test('takes no lines of others', () => {
    const others = [OTHER, UNKNOWN, 'Nov 23 10:00:00 mx1 a[1]: b: c', 'Nov 23 10:00:00 mx1 a[1]: ID: from=x'];
    expect(read(others, { mta }).lines).toMatchObject({ used: 0, unparsed: 0 });
  });
});

describe('sources', () => {
  test('are summed up one by one, and their messages go on from one to the next', () => {
    const notebook = new Notebook(() => analysis.currentLine, ['mail.log.1', 'mail.log']);
    const analysis = new Analysis(notebook, { zone: 'UTC' });
    analysis.begin(Date.UTC(2026, 10, 23));
    feed(analysis, [
      OTHER.replace('Nov 23', 'Nov 21'),
      'Nov 22 23:59:58 mx1 postfix/smtpd[1]: 4FDE2A1B: client=a.test[192.0.2.7]',
      'Nov 22 23:59:59 mx1 postfix/qmgr[1]: 4FDE2A1B: from=<a@a.test>, size=5, nrcpt=1 (queue active)',
    ]);
    analysis.begin(LATEST);
    feed(analysis, [DELIVERED]);
    analysis.begin(LATEST);

    expect(
      analysis.sources.map(({ mtas, lines, from, to }) => ({ mtas: [...mtas], lines, from, to })),
    ).toEqual([
      {
        mtas: ['postfix'],
        lines: 3,
        from: Date.UTC(2026, 10, 21, 10),
        to: Date.UTC(2026, 10, 22, 23, 59, 59),
      },
      { mtas: ['postfix'], lines: 1, from: Date.UTC(2026, 10, 23, 10), to: Date.UTC(2026, 10, 23, 10) },
      { mtas: [], lines: 0, from: undefined, to: undefined },
    ]);
    expect(notebook.events).toMatchObject([
      { type: 'accepted', source_file: 'mail.log.1' },
      {
        type: 'delivery',
        source_file: 'mail.log',
        source_offset: 0,
        from: 'a@a.test',
        client_host: 'a.test',
      },
    ]);
  });

  test('have each its own year', () => {
    const notebook = new Notebook(() => analysis.currentLine);
    const analysis = new Analysis(notebook, { zone: 'UTC' });
    for (const year of [2024, 2025]) {
      analysis.begin(Date.UTC(year, 11, 1));
      feed(analysis, [DELIVERED]);
    }
    expect(notebook.events.map((event) => event.time)).toEqual([
      '2024-11-23T10:00:00Z',
      '2025-11-23T10:00:00Z',
    ]);
  });

  test('may grow in turns, each with its own repeats and its own clock', () => {
    const notebook = new Notebook(() => analysis.currentLine, ['a.log', 'b.log']);
    const analysis = new Analysis(notebook, { zone: 'UTC' });
    const growA = `${DELIVERED.replace('Nov 23', 'Dec 31').replace('mx1', 'mxa')}\n`;
    analysis.begin(Date.UTC(2026, 11, 31, 12));
    feed(analysis, growA);
    analysis.begin(Date.UTC(2026, 11, 31, 12));
    feed(analysis, `${OTHER}\n`);
    analysis.resume(0, Date.UTC(2027, 0, 1, 12));
    feed(analysis, 'Dec 31 10:00:01 mxa last message repeated 1 time\n');
    feed(analysis, growA.replace('Dec 31', 'Jan  1'));
    analysis.resume(1, Date.UTC(2027, 0, 1, 12));
    feed(analysis, 'Jan  1 11:00:00 mxb last message repeated 2 times\n');
    expect(notebook.events.map(({ time, host, source_file }) => [time, host, source_file])).toEqual([
      ['2026-12-31T10:00:00Z', 'mxa', 'a.log'],
      ['2026-12-31T10:00:01Z', 'mxa', 'a.log'],
      ['2027-01-01T10:00:00Z', 'mxa', 'a.log'],
    ]);
    expect(analysis.sources.map(({ lines }) => lines)).toEqual([3, 2]);
    expect(analysis.lines).toEqual({ read: 5, used: 3, ignored: 2, unparsed: 0 });
    expect(() => analysis.resume(2, 0)).toThrow('never begun');
  });

  test('that hold nothing change nothing', () => {
    expect(read('').lines).toEqual({ read: 0, used: 0, ignored: 0, unparsed: 0 });
  });
});

describe('instances', () => {
  test('of one host are told apart on neighbouring lines', () => {
    const { events } = read([DELIVERED, DELIVERED.replace('postfix/', 'postfix-out/'), DELIVERED]);
    expect(events.map(({ instance, attempt }) => [instance, attempt])).toEqual([
      ['postfix', 1],
      ['postfix-out', 1],
      ['postfix', 2],
    ]);
  });
});

test('notices come with the program that gave them', () => {
  const { notices } = read(
    'Nov 23 10:00:00 mx1 postfix/submission/smtpd[1]: warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: x',
  );
  expect(notices).toEqual([
    {
      severity: 'warning',
      program: 'postfix/submission/smtpd',
      text: 'unknown[192.0.2.7]: SASL LOGIN authentication failed: x',
      time: Date.UTC(2026, 10, 23, 10),
    },
  ]);
});

test('memory does not grow with the length of a log', () => {
  const day = Array.from({ length: 1000 }, (_, i) => {
    const id = (0x1000000 + i).toString(16).toUpperCase();
    return [
      `Nov 23 10:00:00 mx1 postfix/smtpd[1]: ${id}: client=a.test[192.0.2.7]`,
      `Nov 23 10:00:00 mx1 postfix/qmgr[1]: ${id}: from=<someone${i}@a.test>, size=5, nrcpt=1 (queue active)`,
      `Nov 23 10:00:00 mx1 postfix/smtp[1]: ${id}: to=<somebody${i}@b.test>, relay=mx.b.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ${id})`,
      `Nov 23 10:00:00 mx1 postfix/qmgr[1]: ${id}: removed`,
    ].join('\n');
  }).join('\n');
  const nothing = (): void => undefined;
  const sink = {
    event: nothing,
    resumed: nothing,
    closed: nothing,
    retracted: nothing,
    notified: nothing,
    notice: nothing,
  };
  const analysis = new Analysis(sink, { zone: 'UTC' });
  analysis.begin(LATEST);
  let settled = 0;
  let most = 0;
  // about 50 MB
  for (let round = 0; round < 130; round++) {
    analysis.read({ text: `${day}\n`, offset: 0, overlong: 0 });
    const { heapUsed } = process.memoryUsage();
    if (round === 20) settled = heapUsed;
    if (round > 20) most = Math.max(most, heapUsed - settled);
  }
  expect(analysis.lines.used).toBe(520_000);
  expect(most).toBeLessThan(80_000_000);
});
