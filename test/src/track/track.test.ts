import { describe, expect, test } from 'vitest';
import { LATEST, read, table } from '../reading.ts';

/** Log lines, one second apart: `tag: payload`, with `@HH:MM:SS ` before it where the time matters. */
function log(...lines: readonly string[]): string[] {
  let second = 0;
  return lines.map((line) => {
    const [, at, host, tag, payload] = /^(?:@(\S+) )?(?:#(\S+) )?([^ :]+(?:\[\d+\])?): (.*)$/.exec(line)!;
    const stamp = at ?? new Date(Date.UTC(2026, 10, 23, 10) + 1000 * second++).toISOString().slice(0, 19);
    return `${stamp.includes('T') ? stamp : `2026-11-23T${stamp}`}Z ${host ?? 'mx1'} ${tag?.includes('[') ? tag : `${tag}[1]`}: ${payload}`;
  });
}

const CLIENT = 'postfix/smtpd: 4FDE2A1B: client=a.test[192.0.2.7]';
const MESSAGE_ID = 'postfix/cleanup: 4FDE2A1B: message-id=<1@a.test>';
const QUEUED = 'postfix/qmgr: 4FDE2A1B: from=<a@a.test>, size=500, nrcpt=1 (queue active)';
const REMOVED = 'postfix/qmgr: 4FDE2A1B: removed';

/** A delivery line. */
function to(
  address: string,
  status: string,
  { id = '4FDE2A1B', relay = 'mx.b.test[192.0.2.1]:25', dsn = '2.0.0', tag = 'postfix/smtp' } = {},
): string {
  return `${tag}: ${id}: to=<${address}>, relay=${relay}, delay=1, delays=0.1/0.2/0.3/0.4, dsn=${dsn}, status=${status}`;
}

const SENT = 'sent (250 2.0.0 Ok)';
const DEFERRED = 'deferred (host mx.b.test[192.0.2.1] said: 450 4.2.0 later (in reply to RCPT TO command))';

/** Type or status of each event, and whom it is about. */
const outcomes = (lines: readonly string[]) =>
  read(lines).events.map(({ type, status, to: address }) => `${status ?? type} ${address ?? ''}`.trim());

describe('one message', () => {
  test('from its acceptance to its delivery, each event with all that is known by then', () => {
    const { events, calls } = read(log(CLIENT, MESSAGE_ID, QUEUED, to('b@b.test', SENT), REMOVED));
    expect(events).toMatchObject([
      {
        type: 'accepted',
        time: '2026-11-23T10:00:02Z',
        queue_id: '4FDE2A1B',
        message_id: '1@a.test',
        from: 'a@a.test',
        size: 500,
        recipients: 1,
        client_host: 'a.test',
        client_ip: '192.0.2.7',
        mta: 'postfix',
        host: 'mx1',
        instance: 'postfix',
      },
      {
        type: 'delivery',
        time: '2026-11-23T10:00:03Z',
        status: 'delivered',
        final: true,
        queue_id: '4FDE2A1B',
        message_id: '1@a.test',
        from: 'a@a.test',
        to: 'b@b.test',
        attempt: 1,
        client_ip: '192.0.2.7',
      },
    ]);
    expect(calls).toEqual(['closed 4FDE2A1B']);
  });

  test('retries are numbered for each recipient', () => {
    const { events } = read(
      log(
        CLIENT,
        QUEUED,
        to('b@b.test', DEFERRED, { dsn: '4.2.0' }),
        to('c@c.test', DEFERRED, { dsn: '4.2.0' }),
        QUEUED,
        to('b@b.test', DEFERRED, { dsn: '4.2.0' }),
        QUEUED,
        to('b@b.test', SENT),
        to('c@c.test', SENT),
        REMOVED,
      ),
    );
    expect(table(events, 'to', 'status', 'attempt', 'final')).toEqual([
      [undefined, undefined, undefined, undefined],
      ['b@b.test', 'deferred', 1, false],
      ['c@c.test', 'deferred', 1, false],
      ['b@b.test', 'deferred', 2, false],
      ['b@b.test', 'delivered', 3, true],
      ['c@c.test', 'delivered', 2, true],
    ]);
  });

  test('a copy of another message’s failure is no attempt', () => {
    const suspended = to(
      'b@b.test',
      'deferred (delivery temporarily suspended: connect to mx.b.test[192.0.2.1]:25: Connection refused)',
      { relay: 'none', dsn: '4.4.1', tag: 'postfix/error' },
    );
    const { events } = read(log(CLIENT, QUEUED, suspended, suspended, to('b@b.test', SENT)));
    expect(table(events.slice(1), 'status', 'suspended', 'attempt')).toEqual([
      ['deferred', true, undefined],
      ['deferred', true, undefined],
      ['delivered', undefined, 1],
    ]);
  });

  test('many recipients are told apart', () => {
    const people = Array.from({ length: 40 }, (_, i) => `user${i}@b.test`);
    const lines = [
      CLIENT,
      QUEUED,
      ...[1, 2].flatMap(() => people.map((person) => to(person, DEFERRED, { dsn: '4.2.0' }))),
    ];
    const { events } = read(log(...lines));
    expect(events.slice(-40).map((event) => event.attempt)).toEqual(people.map(() => 2));
  });

  test('the same address by two ways is two recipients', () => {
    const line = (orig: string): string =>
      `postfix/smtp: 4FDE2A1B: to=<b@b.test>, orig_to=<${orig}>, relay=mx.b.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=4.0.0, status=deferred (x)`;
    expect(
      table(read(log(line('x@a.test'), line('y@a.test'), line('x@a.test'))).events, 'orig_to', 'attempt'),
    ).toEqual([
      ['x@a.test', 1],
      ['y@a.test', 1],
      ['x@a.test', 2],
    ]);
  });

  test('SOFTBOUNCE stays in the queue', () => {
    const { events } = read(
      log(CLIENT, QUEUED, to('b@b.test', 'SOFTBOUNCE (unknown user: "b")', { dsn: '4.1.1' })),
    );
    expect(events.at(-1)).toMatchObject({ status: 'deferred', final: false });
  });
});

describe('an expiry', () => {
  const EXPIRED = 'postfix/qmgr: 4FDE2A1B: from=<a@a.test>, status=expired, returned to sender';

  test('concerns every recipient that is still deferred, for the reason of its last deferral', () => {
    const { events } = read(
      log(
        CLIENT,
        QUEUED,
        to('b@b.test', DEFERRED, { dsn: '4.2.0' }),
        to('c@c.test', SENT),
        to('d@d.test', DEFERRED, { dsn: '4.2.0' }),
        EXPIRED,
        REMOVED,
      ),
    );
    expect(events.slice(4)).toMatchObject([
      {
        to: 'b@b.test',
        status: 'expired',
        final: true,
        reply_code: 450,
        stage: 'rcpt',
        diagnostic: DEFERRED.slice(10, -1),
      },
      { to: 'd@d.test', status: 'expired', final: true },
    ]);
    expect(events).toHaveLength(6);
    for (const event of events.slice(4)) {
      expect(event.cause).toBe(events[1]?.cause);
      expect(event).not.toHaveProperty('attempt');
    }
    expect(new Set(events.map((event) => event.event_id)).size).toBe(6);
  });

  test('by an operator is one too', () => {
    const forced = EXPIRED.replace('expired', 'force-expired');
    expect(
      outcomes(log(CLIENT, QUEUED, to('b@b.test', DEFERRED), 'postfix/postsuper: 4FDE2A1B: expired', forced)),
    ).toEqual(['accepted', 'deferred b@b.test', 'expired b@b.test']);
  });

  test('of a message whose recipients no line names speaks for all that were counted', () => {
    const { events } = read(log(QUEUED.replace('nrcpt=1', 'nrcpt=3'), EXPIRED));
    expect(events).toMatchObject([{ status: 'expired', final: true, recipients: 3 }]);
    expect(events[0]).not.toHaveProperty('to');
  });

  test('that stands alone speaks for somebody', () => {
    expect(read(log(EXPIRED)).events).toMatchObject([
      { status: 'expired', from: 'a@a.test', recipients: 1, cause: 'expired' },
    ]);
  });
});

describe('a log that is cut at its beginning', () => {
  test('loses nothing that its lines say', () => {
    const { events, calls } = read(log(to('b@b.test', SENT), QUEUED, to('c@c.test', SENT), REMOVED));
    expect(table(events, 'to', 'from', 'status', 'attempt')).toEqual([
      ['b@b.test', undefined, 'delivered', 1],
      ['c@c.test', 'a@a.test', 'delivered', 1],
    ]);
    expect(calls).toEqual(['resumed 4FDE2A1B 1', 'closed 4FDE2A1B']);
  });

  test('a removal of an unknown message says nothing, by an operator that one was deleted', () => {
    expect(read(log(REMOVED)).events).toEqual([]);
    expect(read(log('postfix/postsuper: 4FDE2A1B: removed')).events).toMatchObject([
      { status: 'deleted', recipients: 1 },
    ]);
  });
});

describe('a queue id', () => {
  test('that comes again is another message', () => {
    const { events, calls } = read(
      log(
        CLIENT,
        QUEUED,
        to('b@b.test', DEFERRED),
        CLIENT.replace('a.test', 'z.test'),
        QUEUED.replace('a@', 'z@'),
        to('b@b.test', SENT),
      ),
    );
    expect(table(events, 'type', 'from', 'client_host', 'attempt')).toEqual([
      ['accepted', 'a@a.test', 'a.test', undefined],
      ['delivery', 'a@a.test', 'a.test', 1],
      ['accepted', 'z@a.test', 'z.test', undefined],
      ['delivery', 'z@a.test', 'z.test', 1],
    ]);
    expect(calls).toEqual(['closed 4FDE2A1B']);
  });

  test('is another message on another host, and in another instance', () => {
    const { events } = read(
      log(
        CLIENT,
        `#mx2 ${CLIENT.replace('a.test', 'z.test')}`,
        CLIENT.replace('postfix/', 'postfix-out/').replace('a.test', 'y.test'),
        to('b@b.test', DEFERRED),
        `#mx2 ${to('b@b.test', DEFERRED)}`,
        to('b@b.test', DEFERRED, { tag: 'postfix-out/smtp' }),
      ),
    );
    expect(table(events, 'host', 'instance', 'client_host', 'attempt')).toEqual([
      ['mx1', 'postfix', 'a.test', 1],
      ['mx2', 'postfix', 'z.test', 1],
      ['mx1', 'postfix-out', 'y.test', 1],
    ]);
  });
});

describe('mail that comes back from a content filter', () => {
  const FILTER = { relay: '127.0.0.1[127.0.0.1]:10024' };
  const PASSED = 'sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 5AAAAAA)';
  const BACK = 'postfix/smtpd[2]: 5AAAAAA: client=localhost[127.0.0.1]';
  const parent = [CLIENT, MESSAGE_ID, QUEUED];
  const child = [BACK, MESSAGE_ID.replace('4FDE2A1B', '5AAAAAA'), QUEUED.replace('4FDE2A1B', '5AAAAAA')];

  test('is a hop, and the message is counted once', () => {
    const { events, calls } = read(
      log(
        ...parent,
        ...child,
        to('b@b.test', PASSED, FILTER),
        REMOVED,
        to('b@b.test', SENT, { id: '5AAAAAA' }),
        'postfix/qmgr: 5AAAAAA: removed',
      ),
    );
    expect(table(events, 'type', 'queue_id', 'hop', 'final', 'parent_queue_id')).toEqual([
      ['accepted', '4FDE2A1B', undefined, undefined, undefined],
      ['accepted', '5AAAAAA', undefined, undefined, undefined],
      ['delivery', '4FDE2A1B', true, false, undefined],
      ['delivery', '5AAAAAA', undefined, true, '4FDE2A1B'],
    ]);
    expect(calls).toEqual(['retracted 5AAAAAA', 'closed 4FDE2A1B', 'closed 5AAAAAA']);
  });

  test('also where the child has left the queue before the parent’s line', () => {
    const { events, calls } = read(
      log(
        ...parent,
        ...child,
        to('b@b.test', SENT, { id: '5AAAAAA' }),
        'postfix/qmgr: 5AAAAAA: removed',
        to('b@b.test', PASSED, FILTER),
        REMOVED,
      ),
    );
    expect(events.at(-1)).toMatchObject({ queue_id: '4FDE2A1B', hop: true, final: false });
    expect(calls).toContain('retracted 5AAAAAA');
  });

  test('for each of several recipients', () => {
    const { events, calls } = read(
      log(...parent, ...child, to('b@b.test', PASSED, FILTER), to('c@b.test', PASSED, FILTER)),
    );
    expect(events.slice(-2).map((event) => event.hop)).toEqual([true, true]);
    expect(calls).toEqual(['retracted 5AAAAAA']);
  });

  test('by XFORWARD from a filter on another host', () => {
    const far = { relay: 'filter.test[203.0.113.9]:10024' };
    const { events } = read(
      log(
        ...parent,
        'postfix/smtpd[2]: 5AAAAAA: client=filter.test[203.0.113.9], orig_queue_id=4FDE2A1B, orig_client=a.test[192.0.2.7]',
        to('b@b.test', 'sent (250 2.0.0 Ok: queued as 5AAAAAA)', far),
      ),
    );
    expect(events.at(-1)).toMatchObject({ hop: true });
  });

  test('not where a remote server’s id looks like one of ours', () => {
    const other = 'postfix/smtpd[2]: 5AAAAAA: client=z.test[192.0.2.99]';
    const { events, calls } = read(
      log(...parent, other, to('b@b.test', 'sent (250 2.0.0 Ok: queued as 5AAAAAA)')),
    );
    expect(events.at(-1)).toMatchObject({ status: 'delivered', final: true });
    expect(events.at(-1)).not.toHaveProperty('hop');
    expect(calls).toEqual([]);
  });

  test('not where the filter gave it to another host: its id is none of ours', () => {
    const { events } = read(log(...parent, to('b@b.test', PASSED, FILTER)));
    expect(events.at(-1)).toMatchObject({ status: 'delivered', final: true });
    expect(events.at(-1)).not.toHaveProperty('hop');
  });

  test('not where a message names itself', () => {
    const { events } = read(
      log(...parent, to('b@b.test', 'sent (250 2.0.0 Ok: queued as 4FDE2A1B)', FILTER)),
    );
    expect(events.at(-1)).not.toHaveProperty('hop');
  });

  test('by local(8) that forwards', () => {
    const { events, calls } = read(
      log(
        ...parent,
        'postfix/cleanup: 5AAAAAA: message-id=<1@a.test>',
        to('alias@b.test', 'sent (forwarded as 5AAAAAA)', { relay: 'local', tag: 'postfix/local' }),
        QUEUED.replace('4FDE2A1B', '5AAAAAA'),
        to('b@b.test', SENT, { id: '5AAAAAA' }),
      ),
    );
    expect(table(events.slice(1), 'status', 'hop', 'parent_queue_id')).toEqual([
      ['delivered', true, undefined],
      [undefined, undefined, '4FDE2A1B'],
      ['delivered', undefined, '4FDE2A1B'],
    ]);
    expect(calls).toContain('retracted 5AAAAAA');
  });
});

describe('what is done with a message before it is queued', () => {
  const TAIL = 'from=<a@a.test> to=<b@b.test> proto=ESMTP helo=<a.test>';

  test.each([
    ['hold', 'held', false],
    ['discard', 'discarded', true],
  ])('NOQUEUE: %s is told of the message that the same process accepts next', (action, status, final) => {
    const { events } = read(
      log(
        `postfix/smtpd[7]: NOQUEUE: ${action}: RCPT from a.test[192.0.2.7]: <b@b.test>: X; ${TAIL}`,
        'postfix/smtpd[8]: 5AAAAAA: client=other.test[192.0.2.8]',
        'postfix/smtpd[7]: 4FDE2A1B: client=a.test[192.0.2.7]',
      ),
    );
    expect(events).toMatchObject([{ queue_id: '4FDE2A1B', status, final, from: 'a@a.test', to: 'b@b.test' }]);
  });

  test('a hold without a message after it is none', () => {
    const lines = [
      `@10:00:00 postfix/smtpd[7]: NOQUEUE: hold: RCPT from a.test[192.0.2.7]: <b@b.test>: X; ${TAIL}`,
      '@11:00:00 postfix/smtpd[7]: 4FDE2A1B: client=a.test[192.0.2.7]',
    ];
    expect(read(log(...lines)).events).toEqual([]);
  });

  test('a refusal is told with the message that it ended', () => {
    const { events } = read(
      log(
        CLIENT,
        MESSAGE_ID,
        `postfix/cleanup: 4FDE2A1B: milter-reject: END-OF-MESSAGE from a.test[192.0.2.7]: 5.7.1 no; ${TAIL}`,
      ),
    );
    expect(events).toMatchObject([
      {
        type: 'rejected',
        queue_id: '4FDE2A1B',
        message_id: '1@a.test',
        to: 'b@b.test',
        stage: 'eom',
        client_ip: '192.0.2.7',
      },
    ]);
    expect(events[0]).not.toHaveProperty('final');
  });

  test('a message refused as a whole is refused once', () => {
    const warning = (tag: string): string => `${tag}: warning: 4FDE2A1B: queue file size limit exceeded`;
    expect(outcomes(log(CLIENT, warning('postfix/smtpd'), warning('postfix/cleanup')))).toEqual(['rejected']);
    expect(outcomes(log(CLIENT, warning('postfix/smtpd'), CLIENT, warning('postfix/smtpd')))).toEqual([
      'rejected',
      'rejected',
    ]);
  });
});

describe('the operator', () => {
  const HELD = 'postfix/postsuper: 4FDE2A1B: placed on hold';
  const DELETED = 'postfix/postsuper: 4FDE2A1B: removed';

  test('deletes what is still deferred, and no more', () => {
    expect(outcomes(log(CLIENT, QUEUED, to('b@b.test', DEFERRED), to('c@c.test', SENT), DELETED))).toEqual([
      'accepted',
      'deferred b@b.test',
      'delivered c@c.test',
      'deleted b@b.test',
    ]);
  });

  test('deletes recipients that no line has named', () => {
    expect(
      read(log(CLIENT, QUEUED.replace('nrcpt=1', 'nrcpt=4'), to('b@b.test', SENT), DELETED)).events.at(-1),
    ).toMatchObject({
      status: 'deleted',
      recipients: 3,
    });
  });

  test('holds and releases', () => {
    const { events } = read(
      log(
        CLIENT,
        QUEUED,
        to('b@b.test', DEFERRED),
        HELD,
        'postfix/postsuper: 4FDE2A1B: released from hold',
        QUEUED,
        to('b@b.test', SENT),
      ),
    );
    expect(table(events.slice(1), 'status', 'final', 'attempt')).toEqual([
      ['deferred', false, 1],
      ['held', false, undefined],
      ['delivered', true, 2],
    ]);
  });

  test('deletes what is held', () => {
    expect(outcomes(log(CLIENT, QUEUED, to('b@b.test', DEFERRED), HELD, DELETED)).slice(2)).toEqual([
      'held b@b.test',
      'deleted b@b.test',
    ]);
  });

  test.each([
    ['canceled', []],
    ['discarded', ['discarded']],
  ])('cleanup’s removed (%s)', (why, expected) => {
    expect(outcomes(log(CLIENT, `postfix/cleanup: 4FDE2A1B: removed (${why})`))).toEqual(expected);
  });
});

describe('verification probes', () => {
  test.each(['deliverable', 'undeliverable', 'undeliverable-but-not-cached'])(
    '%s takes the message back',
    (status) => {
      const { events, calls } = read(log(MESSAGE_ID, QUEUED, to('b@b.test', `${status} (250 Ok)`), REMOVED));
      expect(events.filter((event) => event.type === 'delivery')).toEqual([]);
      expect(calls).toEqual(['retracted 4FDE2A1B', 'closed 4FDE2A1B']);
    },
  );
});

describe('a notification', () => {
  const NOTICE = 'postfix/bounce: 4FDE2A1B: sender non-delivery notification: 5AAAAAA';
  const CHILD = 'postfix/cleanup: 5AAAAAA: message-id=<bounce@mx1>';
  const CHILD_QUEUED = 'postfix/qmgr: 5AAAAAA: from=<>, size=900, nrcpt=1 (queue active)';
  const bounce = [CLIENT, QUEUED, to('b@b.test', 'bounced (unknown user)', { dsn: '5.1.1' })];

  test.each([
    ['after the lines of the child, as before 3.11', [CHILD, NOTICE, CHILD_QUEUED]],
    ['before them, since 3.11', [NOTICE, CHILD, CHILD_QUEUED]],
  ])('is told %s', (_, lines) => {
    const { events, calls } = read(
      log(...bounce, ...lines, REMOVED, to('a@a.test', SENT, { id: '5AAAAAA' })),
    );
    expect(calls).toEqual(['notified 4FDE2A1B', 'closed 4FDE2A1B']);
    expect(events.at(-1)).toMatchObject({
      queue_id: '5AAAAAA',
      from: '',
      parent_queue_id: '4FDE2A1B',
      final: true,
    });
  });
});

describe('repeated lines', () => {
  test('are as many attempts', () => {
    const line = log(to('b@b.test', DEFERRED))[0]!;
    const { events } = read([line, line.replace(/ postfix.*/, ' last message repeated 2 times')]);
    expect(events.map((event) => event.attempt)).toEqual([1, 2, 3]);
  });
});

describe('state', () => {
  /** So many lines that change nothing for a message, so that old messages are looked for. */
  const rest = (count: number, day: string): string[] =>
    Array.from(
      { length: count },
      () =>
        `${day}T00:00:00Z mx1 postfix/smtpd[1]: NOQUEUE: reject: RCPT from a.test[192.0.2.7]: 554 5.7.1 no; from=<a@a.test> to=<b@b.test> proto=ESMTP helo=<a>`,
    );

  test('is kept for as long as mail may be deferred, then forgotten and counted', () => {
    const begin = log(`@2026-11-01T00:00:00 ${CLIENT}`, `@2026-11-01T00:00:01 ${QUEUED}`);
    const later = (day: string) => log(`@${day}T00:00:00 ${to('b@b.test', SENT)}`);
    const kept = read([...begin, ...later('2026-11-06')]);
    expect(kept.evicted).toBe(0);
    expect(kept.events.at(-1)).toMatchObject({ from: 'a@a.test' });
    const gone = read([...begin, ...later('2026-11-20')]);
    expect(gone.evicted).toBe(1);
    expect(gone.events.at(-1)).not.toHaveProperty('from');
  });

  test('is swept of what is too old, except for one stamp from the future', () => {
    const begin = log(`@2026-11-01T00:00:00 ${CLIENT}`, `@2026-11-01T00:00:01 ${QUEUED}`);
    expect(read([...begin, ...rest(25_000, '2026-11-02')]).evicted).toBe(0);
    expect(read([...begin, ...rest(25_000, '2026-11-20')]).evicted).toBe(1);
    expect(
      read([...begin, ...rest(19_997, '2026-11-02'), ...rest(1, '2026-11-20'), ...rest(10, '2026-11-02')])
        .evicted,
    ).toBe(0);
  });

  test('is bounded in number, the oldest forgotten first', () => {
    const many = Array.from({ length: 100_005 }, (_, i) => {
      const id = (0x1000000 + i).toString(16).toUpperCase();
      return `Nov 23 10:00:00 mx1 postfix/smtpd[1]: ${id}: client=a.test[192.0.2.7]`;
    });
    const last =
      'Nov 23 10:00:01 mx1 postfix/smtp[1]: 1000009: to=<b@b.test>, relay=mx[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (x)';
    const { evicted, events } = read([...many, last], { latest: LATEST });
    expect(evicted).toBe(5);
    expect(events).toMatchObject([{ client_host: 'a.test' }]);
  });
});
