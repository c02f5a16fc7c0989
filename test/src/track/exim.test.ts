/** What is peculiar to Exim's way of telling: names that change, messages that are frozen, lines in parts and twice. */
import { describe, expect, test } from 'vitest';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { buildReport } from '../../../src/aggregate/build.ts';
import { Analysis } from '../../../src/analysis.ts';
import { feed, LATEST, read, table } from '../reading.ts';

const ID = '1xVahE-00001q-03';

/** Lines of a mainlog, one second apart, behind a message id unless they begin with one of their own. */
function log(...texts: readonly string[]): string[] {
  return texts.map((text, i) => {
    const time = new Date(Date.UTC(2026, 10, 23, 20, 31, 28 + i)).toISOString();
    const own = /^(?:1x|[HU]=)/.test(text);
    return `${time.slice(0, 10)} ${time.slice(11, 19)} ${own ? '' : `${ID} `}${text}`;
  });
}

const ARRIVAL = '<= a@a.test H=h.test [192.0.2.7] P=esmtp S=500 id=1@a.test';
const REMOTE = 'R=dnslookup T=remote_smtp H=mx.b.test [192.0.2.1]';
const LATER = `defer (-44) H=mx.b.test [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<x>: 450 4.2.2 Mailbox full`;

/** Sums of the report on these lines. */
function totals(lines: readonly string[]): Readonly<Record<string, number>> {
  const aggregate = new Aggregate();
  const analysis = new Analysis(aggregate, { zone: 'UTC' });
  analysis.begin(LATEST);
  feed(analysis, lines);
  const { totals: sums } = buildReport(aggregate, {
    ...{ now: LATEST, inputs: [], lines: analysis.lines, evicted: 0, top: 5 },
  });
  const { recipients, messages, rejected, notifications, ...states } = sums as unknown as Record<
    string,
    number
  >;
  expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(recipients);
  return Object.fromEntries(
    Object.entries({ messages, rejected, ...states }).filter(([, count]) => count !== 0),
  ) as Record<string, number>;
}

const outcomes = (lines: readonly string[]) =>
  table(
    read(lines).events.filter(({ type }) => type === 'delivery'),
    'status',
    'to',
    'orig_to',
    'attempt',
  ).map((row) => row.filter((value) => value !== undefined).join(' '));

describe('a recipient of several names', () => {
  test('aliased only when routing works again', () => {
    const lines = log(
      ARRIVAL,
      '== list@a.test R=aliases defer (-1): lookup failed',
      `=> b@b.test <list@a.test> ${REMOTE} C="250 OK"`,
      `-> c@b.test <list@a.test> ${REMOTE} C="250 OK"`,
      'Completed',
    );
    expect(outcomes(lines)).toEqual([
      'deferred list@a.test 1',
      'delivered b@b.test list@a.test 2',
      'delivered c@b.test list@a.test 1',
    ]);
    expect(totals(lines)).toEqual({ messages: 1, delivered: 2 });
  });

  test('told of as what it was aliased from', () => {
    const lines = log(
      ARRIVAL,
      `== b@b.test <list@a.test> R=r T=t ${LATER}`,
      `== c@b.test <list@a.test> R=r T=t ${LATER}`,
      '** list@a.test: retry timeout exceeded',
      'Completed',
    );
    expect(outcomes(lines).slice(2)).toEqual([
      'expired b@b.test list@a.test',
      'expired c@b.test list@a.test',
    ]);
    expect(read(lines).events.at(-1)).toMatchObject({ cause: 'mailbox_full', final: true });
    expect(totals(lines)).toEqual({ messages: 1, expired: 2 });
  });

  test('by another alias of its chain, and by the local part alone', () => {
    expect(
      totals(
        log(
          ARRIVAL,
          `== b@b.test <top@a.test> R=r T=t ${LATER}`,
          '** b@b.test <thru@a.test>: retry timeout exceeded',
          '== joe@b.test <info@a.test> R=localuser T=local_delivery defer (-22): mailbox is full',
          '=> joe <info@a.test> R=localuser T=local_delivery',
          '== ann@b.test R=localuser T=local_delivery defer (-22): mailbox is full',
          '=> ann <ann@b.test> R=localuser T=local_delivery',
          'Completed',
        ),
      ),
    ).toEqual({ messages: 1, expired: 1, delivered: 2 });
  });

  test('two aliases of one address are two recipients', () => {
    const lines = log(ARRIVAL, `=> b@b.test <x@a.test> ${REMOTE}`, `=> b@b.test <y@a.test> ${REMOTE}`);
    expect(totals(lines)).toEqual({ messages: 1, delivered: 2 });
  });
});

describe('a message that was not worked on', () => {
  test('is held without names, and delivered once it is thawed', () => {
    const frozen = [ARRIVAL, 'frozen by ACL', 'Message is frozen'];
    expect(totals(log(...frozen))).toEqual({ messages: 1, held: 1 });
    const thawed = log(...frozen, 'unfrozen by root', `=> b@b.test ${REMOTE} C="250 OK"`, 'Completed');
    expect(totals(thawed)).toEqual({ messages: 1, delivered: 1 });
  });

  test('has the recipients that its arrival lists', () => {
    const arrival = `${ARRIVAL} for b@b.test c@b.test d@b.test`;
    expect(totals(log(arrival))).toEqual({ messages: 1, open: 3 });
    expect(totals(log(arrival, 'frozen by ACL'))).toEqual({ messages: 1, held: 3 });
    const one = log(arrival, 'frozen by ACL', 'Unfrozen by auto-thaw', `=> b@b.test ${REMOTE} C="250 OK"`);
    expect(totals(one)).toEqual({ messages: 1, held: 2, delivered: 1 });
    expect(totals(log(arrival, '=> blackhole (DATA ACL discarded recipients)', 'Completed'))).toEqual({
      ...{ messages: 1, discarded: 3 },
    });
  });

  test('has them by the names that its arrival gives, until they get others', () => {
    const arrival = `${ARRIVAL} for list@a.test c@b.test`;
    const lines = log(
      arrival,
      'frozen by ACL',
      'Unfrozen by auto-thaw',
      `=> b@b.test <list@a.test> ${REMOTE} C="250 OK"`,
      `=> c@b.test ${REMOTE} C="250 OK"`,
      'Completed',
    );
    expect(outcomes(lines)).toEqual([
      'held list@a.test',
      'held c@b.test',
      'delivered b@b.test list@a.test 1',
      'delivered c@b.test 1',
    ]);
    expect(totals(lines)).toEqual({ messages: 1, delivered: 2 });
    expect(outcomes(log(arrival, 'frozen by ACL', 'removed by root'))).toEqual([
      ...['held list@a.test', 'held c@b.test', 'deleted list@a.test', 'deleted c@b.test'],
    ]);
    expect(outcomes(log(arrival, 'removed by root'))).toEqual(['deleted list@a.test', 'deleted c@b.test']);
  });

  test('is deleted by an operator', () => {
    expect(totals(log(ARRIVAL, 'frozen by ACL', 'removed by root', 'Completed'))).toEqual({
      messages: 1,
      deleted: 1,
    });
    expect(totals(log(ARRIVAL, 'removed by root', 'Completed'))).toEqual({ messages: 1, deleted: 1 });
    const lines = log(
      ARRIVAL,
      `=> b@b.test ${REMOTE} C="250 OK"`,
      `== c@b.test R=r T=t ${LATER}`,
      `== d@b.test R=r T=t ${LATER}`,
      'address <d@b.test> marked delivered by root',
      'cancelled by root',
      'Completed',
    );
    expect(totals(lines)).toEqual({ messages: 1, delivered: 1, deleted: 2 });
  });
});

test('what is passed on before it is accepted is one message', () => {
  const lines = log(`>> b@b.test ${REMOTE} C="250 OK"`, ARRIVAL, 'Completed');
  expect(totals(lines)).toEqual({ messages: 1, delivered: 1 });
  expect(read(lines).events.map(({ type, from }) => [type, from])).toEqual([
    ['delivery', undefined],
    ['accepted', 'a@a.test'],
  ]);
});

test('a bounce is a message of its own that knows what it is the bounce of', () => {
  const { events, calls } = read(
    log(ARRIVAL, '** b@b.test: Unrouteable address', `1xVahE-00002H-0v <= <> R=${ID} U=exim P=local S=1`),
  );
  expect(events.at(-1)).toMatchObject({ type: 'accepted', from: '', parent_queue_id: ID });
  expect(calls).toContain(`notified ${ID}`);
});

test('a log that begins in the midst of a message', () => {
  expect(
    totals(log(`== b@b.test R=r T=t ${LATER}`, '** b@b.test: retry timeout exceeded', 'Completed')),
  ).toEqual({
    ...{ messages: 1, expired: 1 },
  });
});

describe('through syslog', () => {
  const head = (process: number) => `Nov 23 20:31:28 mx1 exim[${process}]: `;
  const refused = 'H=h.test [192.0.2.7] F=<a@a.test> rejected RCPT <b@b.test>: no';

  test('a refusal comes once for each of two logs', () => {
    const lines = [7, 8, 7, 8, 7, 7].map((process) => head(process) + refused);
    expect(totals(lines)).toEqual({ rejected: 3 });
  });

  test('parts of several processes are put together', () => {
    const lines = [
      `${head(7)}[1/3] ${ID} ** b@b.test ${REMOTE}: SMTP error from remote mail ser`,
      `${head(8)}[1/2] 1xVahF-00001q-03 => c@b.test ${REMOTE} C="250 `,
      `${head(7)}[2/3] ver after RCPT TO:<b@b.test>: 550 5.1.1 no`,
      `${head(8)}[2/2] OK"`,
      `${head(7)}[3/3]  such user`,
    ];
    const { events } = read(lines);
    expect(table(events, 'to', 'diagnostic')).toEqual([
      ['c@b.test', '250 OK'],
      ['b@b.test', 'SMTP error from remote mail server after RCPT TO:<b@b.test>: 550 5.1.1 no such user'],
    ]);
  });

  test('a text that is never finished is read as far as it came, when its process goes on', () => {
    const lines = [
      `${head(7)}[1/3] ${ID} ** b@b.test: Unrouteable`,
      `${head(7)}[3/3] lost its middle`,
      `${head(7)}[1/2] ${ID} ** c@b.test: Unrouteable`,
      `${head(7)}[2/2]  address`,
    ];
    expect(table(read(lines).events, 'to', 'diagnostic')).toEqual([
      ['b@b.test', 'Unrouteable'],
      ['c@b.test', 'Unrouteable address'],
    ]);
  });

  test('memory for parts is bounded', () => {
    const long = 'x'.repeat(800);
    const lines = [
      `${head(7)}[1/9000] ${ID} ** b@b.test: ${long}`,
      ...Array.from({ length: 8999 }, (_, i) => `${head(7)}[${i + 2}/9000] ${long}`),
    ];
    const [event] = read(lines).events;
    expect(event?.diagnostic?.length).toBeLessThan(70_000);
  });
});

test('a message that was not accepted after all is none', () => {
  const lines = log(ARRIVAL, 'rescind the above message-accept');
  expect(read(lines).calls).toEqual([`retracted ${ID}`, `closed ${ID}`]);
  expect(totals(lines)).toEqual({});
});

describe('recipients that an ACL discards', () => {
  const CLIENT = 'H=h.test [192.0.2.7]';
  const discard = (to: string, from = 'a@a.test', client = CLIENT) =>
    `${client} F=<${from}> RCPT <${to}>: discarded by RCPT ACL`;
  const BLACKHOLE = '=> blackhole (RCPT ACL discarded recipients)';
  const delivered = `=> b@b.test ${REMOTE} C="250 OK"`;

  test('are recipients of the message that their client brings next', () => {
    const lines = log(discard('x@a.test'), discard('y@a.test'), ARRIVAL, delivered, 'Completed');
    expect(outcomes(lines)).toEqual(['discarded x@a.test', 'discarded y@a.test', 'delivered b@b.test 1']);
    expect(totals(lines)).toEqual({ messages: 1, discarded: 2, delivered: 1 });
    const { events } = read(lines);
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
    expect(events[1]).toMatchObject({ queue_id: ID, diagnostic: 'discarded by RCPT ACL' });
  });

  test('are not in the list of its arrival, and add to it', () => {
    const lines = log(discard('x@a.test'), `${ARRIVAL} for b@b.test`);
    expect(totals(lines)).toEqual({ messages: 1, discarded: 1, open: 1 });
    expect(read(lines).events[0]).toMatchObject({ type: 'accepted', recipients: 2 });
    const all = log(
      discard('x@a.test'),
      `${ARRIVAL} for b@b.test`,
      '=> blackhole (DATA ACL discarded recipients)',
    );
    expect(outcomes(all)).toEqual(['discarded x@a.test', 'discarded b@b.test']);
  });

  test('are all that a message had which goes nowhere', () => {
    const lines = log(discard('x@a.test'), discard('y@a.test'), ARRIVAL, BLACKHOLE, 'Completed');
    expect(totals(lines)).toEqual({ messages: 1, discarded: 2 });
  });

  test('are none of another client or sender, nor of a message that is refused, nor long after', () => {
    for (const lines of [
      log(discard('x@a.test', 'a@a.test', 'H=h.test [192.0.2.8]'), ARRIVAL),
      log(discard('x@a.test', 'c@a.test'), ARRIVAL),
      log('H=h.test [192.0.2.7]:5 F=<a@a.test> RCPT <x@a.test>: discarded by RCPT ACL', ARRIVAL),
      log('U=joe F=<joe@a.test> RCPT <x@a.test>: discarded by RCPT ACL', ARRIVAL),
      [...log(discard('x@a.test')), `2026-11-23 20:45:00 ${ID} ${ARRIVAL}`],
    ]) {
      expect(totals(lines)).toEqual({ messages: 1 });
    }
    const refused = `1xVahE-00001q-00 ${CLIENT} F=<a@a.test> rejected after DATA: no`;
    expect(totals(log(discard('x@a.test'), refused, ARRIVAL))).toEqual({ messages: 1, rejected: 1 });
  });

  test('of a local program are of its message', () => {
    const local = '<= joe@a.test U=joe P=local-smtp S=500';
    const lines = log('U=joe F=<a@a.test> RCPT <x@a.test>: discarded by MAIL ACL', local);
    expect(totals(lines)).toEqual({ messages: 1, discarded: 1 });
  });

  test('count once where syslog has the line of both logs', () => {
    const lines = log(discard('x@a.test'), discard('x@a.test'), ARRIVAL, BLACKHOLE).map(
      (line) => `Nov 23 20:31:28 mx1 exim[118]: ${line}`,
    );
    expect(totals(lines)).toEqual({ messages: 1, discarded: 1 });
  });
});

test.each(['removed by root', 'cancelled by timeout_frozen_after', 'Message removed because older than 7d'])(
  'mail that was taken out of the queue says by whom: %s',
  (words) => {
    for (const before of [[], [`== b@b.test R=r T=t ${LATER}`], ['Frozen (delivery error message)']]) {
      const { events } = read(log(ARRIVAL, ...before, words, 'Completed'));
      expect(events.at(-1)).toMatchObject({ status: 'deleted', diagnostic: words });
    }
    expect(read(log(words)).events).toMatchObject([{ status: 'deleted', diagnostic: words }]);
  },
);

test('a message that local_scan() throws away is discarded, with its reason', () => {
  const { events } = read(log(ARRIVAL, '=> blackhole *seen before*', 'Completed'));
  expect(events[1]).toMatchObject({ status: 'discarded', diagnostic: 'blackhole *seen before*' });
});
