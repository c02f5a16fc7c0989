import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import fc from '../../property.ts';
import { message } from '../cli/logs.ts';
import { traced } from './tracing.ts';

const fixture = (name: string): string => readFileSync(`fixtures/postfix/${name}.log`, 'utf8');
const linesWith = (log: string, ...texts: readonly string[]): string[] =>
  log.split('\n').filter((line) => texts.some((text) => line.includes(text)));

/** Characters that a terminal may obey; lines end with a line feed. */
const OBEYED = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** A line of Postfix on one of two hosts, so many seconds after ten o'clock. */
const line = (host: string, second: number, program: string, text: string): string => {
  const at = new Date(Date.UTC(2026, 10, 23, 10) + second * 1000).toISOString().replace('.000Z', '+00:00');
  return `${at} ${host} postfix/${program}: ${text}\n`;
};

describe('a message that a content filter gave back under another queue id, and that bounced', () => {
  const log = fixture('filtered');
  const ids = ['4jYHcX1hS0zKQ9X', '4jYHcX2MqxzKQ9d', '4jYHcX2lrYzKQKc'];

  test.each([
    ['its first queue id', ids[0]!],
    ['its second', ids[1]!],
    ['the one of the notice', ids[2]!],
    ['a part of one', '4jYHcX1hS'],
    ['its message-id', '<20261123.0600.2ug7p@lab.test>'],
    ['a part of that in capitals', '.2UG7P@'],
    ['its recipient', 'filt.remote3@corp-a.test'],
    ['its recipient before the alias', 'filtered3@virt'],
  ])('is found whole by %s', (_, what) => {
    const { lines, text, json } = traced(what, [log]);
    expect(lines).toEqual(linesWith(log, ...ids));
    expect(text).toContain('Bounced: mx.corp-a.test refused the mail for filt.remote3@corp-a.test because\n');
    expect(text.replace(/\n */g, ' ')).toContain(
      `A notice to someone@sender.test was made (${ids[2]}) and delivered.`,
    );
    expect(json.messages).toHaveLength(1);
    expect(json.messages[0]).toMatchObject({
      queue_ids: [
        { queue_id: ids[0], host: 'mx1' },
        { queue_id: ids[1], host: 'mx1' },
        { queue_id: ids[2], host: 'mx1', notice: true },
      ],
      message_id: '20261123.0600.2ug7p@lab.test',
      recipients: [{ to: 'filt.remote3@corp-a.test', state: 'bounced', cause: 'spf_fail' }],
    });
  });

  test('ends with the sentence', () => {
    const { text } = traced(ids[0]!, [log]);
    expect(text).toMatch(/What to do: [^\n]+(\n {2}[^\n]+)*\n$/);
    expect(text).not.toContain('Found for');
  });
});

test('every line of every message of a real log is found by its queue id', () => {
  const log = fixture('2026-11-23');
  const all = log.split('\n');
  const ids = [...new Set([...log.matchAll(/\]: (4j\w{13}): client=/g)].map(([, id]) => id!))];
  expect(ids.length).toBeGreaterThan(500);
  fc.assert(
    fc.property(fc.constantFrom(...ids), (id) => {
      const { lines, trace } = traced(id, [log]);
      const own = all.filter((text) => text.includes(`]: ${id}:`) || text.includes(`: warning: ${id}:`));
      for (const text of own) expect(lines).toContain(text);
      expect(trace.cut).toBe(false);
      expect(new Set(lines).size).toBe(lines.length);
    }),
    { numRuns: 10 },
  );
});

test('what a trace says became of each recipient of a real day is what the truth says', () => {
  const truth = JSON.parse(readFileSync('fixtures/postfix/2026-11-23.truth.json', 'utf8'));
  const { trace, json } = traced('test', [fixture('2026-11-23')]);
  expect(trace.cut).toBe(false);
  const states = new Map<string, string>();
  for (const { queue_ids, message_id, recipients } of json.messages) {
    for (const { to, state } of recipients) {
      for (const { queue_id } of queue_ids) states.set(`${queue_id} ${to}`, state);
      states.set(`<${message_id}> ${to}`, state);
    }
  }
  let right = 0;
  const unnamed: string[] = [];
  for (const { queue_id, message_id, recipient, outcome } of truth.entries) {
    if (outcome === 'rejected') continue;
    const state = states.get(`${queue_id ?? message_id} ${recipient}`);
    if (state === undefined) unnamed.push(recipient);
    else {
      expect(state, `${queue_id} ${recipient}`).toBe(outcome);
      right += 1;
    }
  }
  expect(right).toBe(1016);
  // The log has them under other names (quoted, aliased in a circle), or does not name them.
  expect(unnamed.sort()).toEqual([
    '.dot835@corp-a.test',
    '.dot836@corp-a.test',
    'a..b833@corp-a.test',
    'a..b834@corp-a.test',
    'anna.brown882@icloud.test',
    'loopa@lab.test',
  ]);
  for (const { verdict } of json.messages) expect(verdict).not.toMatch(/^(Unknown|Open)/);
});

/**
 * Exim writes addresses in small letters and names no recipients of a message that is frozen before it is tried;
 * sendmail calls local recipients by their names alone, and those of aliases by what these lead to.
 */
test.each([
  ['exim', 983, 9],
  ['sendmail', 938, 20],
])('nor is anything told of the recipients of a day of %s that is not true', (mta, named, unnamed) => {
  const truth = JSON.parse(readFileSync(`fixtures/${mta}/2026-11-23.truth.json`, 'utf8'));
  const { trace, json } = traced('test', [readFileSync(`fixtures/${mta}/2026-11-23.log`)]);
  expect(trace.cut).toBe(false);
  const states = new Map<string, string>();
  for (const { queue_ids, message_id, recipients } of json.messages) {
    for (const { to = '', state } of recipients) {
      for (const { queue_id } of queue_ids) states.set(`${queue_id} ${to.toLowerCase()}`, state);
      states.set(`<${message_id}> ${to.toLowerCase()}`, state);
    }
  }
  const told = { right: 0, unnamed: 0, wrong: [] as string[] };
  for (const { queue_id, message_id, recipient, outcome } of truth.entries) {
    if (outcome === 'rejected') continue;
    const key = `${queue_id ?? message_id} ${recipient.toLowerCase()}`;
    const state = states.get(key) ?? states.get(key.replace(/@[^@]*$/, ''));
    if (state === undefined) told.unnamed += 1;
    else if (state === outcome) told.right += 1;
    else told.wrong.push(`${key} ${outcome}, not ${state}`);
  }
  expect(told).toEqual({ right: named, unnamed, wrong: [] });
  for (const { verdict } of json.messages) expect(verdict).not.toMatch(/^(Unknown|Open)/);
});

describe('sendmail', () => {
  const day = readFileSync('fixtures/sendmail/2026-11-23.log', 'utf8');

  test.each(['6ANKUl00000931', '6ANKUl00000939'])('a clone is the same mail: %s', (id) => {
    const { json, text } = traced(id, [day]);
    expect(json.messages).toHaveLength(1);
    const [{ queue_ids, recipients, verdict }] = json.messages;
    expect(queue_ids.filter(({ notice }: { notice?: boolean }) => notice)).toHaveLength(1);
    expect(recipients.map(({ state }: { state: string }) => state).sort()).toEqual([
      ...['bounced', 'bounced', 'bounced', 'delivered', 'delivered'],
    ]);
    expect(verdict).toMatch(
      /^5 recipients: .*A notice to alice was made \(6ANKUl01000939\) and delivered\.$/,
    );
    // What to do differs from failure to failure.
    const remedies = text.match(/^ {2}What to do for \S+: /gm)?.map((line) => line.slice(17, -2));
    expect(remedies).toEqual(['l3@corp-b.test', 'l2@gmail.test', 'l5@nosuchdomain.test']);
  });

  test('so are the parts of a split, by whichever id they are asked for', () => {
    const [A, B, C] = ['6ANA00aa000001', '6ANA00bb000002', '6ANA00cc000003'];
    const to = (id: string, whom: string) =>
      `${id}: to=<${whom}@b.test>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=1, relay=mx.b.test. [192.0.2.1], dsn=2.0.0, stat=Sent (ok)`;
    const log = [
      `${A}: from=<a@a.test>, size=5, class=0, nrcpts=3, msgid=<1@a.test>, proto=ESMTP, daemon=MTA, relay=a.test [192.0.2.7]`,
      `${A}: split: count=2, ids=${B}; ${C}`,
      ...[to(A!, 'a'), to(B!, 'b'), to(C!, 'c')],
    ].map((text) => `Nov 23 10:00:00 mx1 sm-mta[1]: ${text}\n`);
    for (const what of [A!, B!, C!, 'c@b.test']) {
      const { lines, text } = traced(what, [log.join('')]);
      expect(lines).toHaveLength(5);
      expect(text.replaceAll(/\s+/g, ' ')).toContain('3 recipients: 3 delivered.');
    }
  });
});

test('a probe whether an address exists is no message', () => {
  const { json } = traced('deadbox@verify.test', [fixture('2026-11-23')]);
  expect(json.messages.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
    'Probe: this server only asked whether the address is accepted; no message was sent.',
  ]);
  expect(json.refusals.verdicts[0].verdict).toMatch(/^Refused: this server did not take mail/);
});

describe('Exim', () => {
  const log = (...texts: readonly string[]): string =>
    texts.map((text) => `2026-11-23 20:31:28 ${text}\n`).join('');
  const ID = '1xVahE-00001q-03';
  const arrival = `${ID} <= a@a.test H=h.test [192.0.2.7] P=esmtp S=500 id=1@a.test`;
  const verdict = (...texts: readonly string[]): string =>
    traced(ID, [log(arrival, ...texts.map((text) => `${ID} ${text}`))]).json.messages[0].verdict;

  test('mail that is taken out of the queue was taken by somebody, or by the server itself', () => {
    expect(verdict('Frozen (delivery error message)', 'cancelled by timeout_frozen_after')).toBe(
      'Deleted: this server took the mail for a recipient that the log does not name out of the queue by itself: ' +
        '"cancelled by timeout_frozen_after".',
    );
    expect(verdict('== b@b.test defer (-1): no', 'cancelled by root')).toBe(
      'Deleted: somebody took the mail for b@b.test out of the queue by hand.',
    );
  });

  test('mail whose acceptance was taken back is no message', () => {
    expect(verdict('rescind the above message-accept')).toMatch(/^No message came of it: /);
  });

  test('a recipient that was discarded before there was a message is found with it', () => {
    const discard = 'H=h.test [192.0.2.7] F=<a@a.test> RCPT <x@b.test>: discarded by RCPT ACL: policy';
    const lines = log(discard, arrival, `${ID} Completed`);
    for (const what of ['x@b.test', ID]) {
      const { lines: found, json } = traced(what, [lines]);
      expect(found.join('\n')).toBe(lines.trimEnd());
      expect(json.messages[0].verdict).toBe(
        'Discarded: this server threw away the mail for x@b.test: "discarded by RCPT ACL: policy".',
      );
    }
  });
});

test('a message is followed through hosts and files by its message-id', () => {
  const first =
    line('mx1', 0, 'smtpd[1]', '4AAAAAAA: client=pc.a.test[192.0.2.7]') +
    line('mx1', 0, 'cleanup[2]', '4AAAAAAA: message-id=<m1@a.test>') +
    line('mx1', 0, 'qmgr[3]', '4AAAAAAA: from=<a@a.test>, size=500, nrcpt=1 (queue active)') +
    line(
      'mx1',
      1,
      'smtp[4]',
      '4AAAAAAA: to=<b@b.test>, relay=mx2.a.test[192.0.2.20]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4BBBBBBB)',
    ) +
    line('mx1', 1, 'qmgr[3]', '4AAAAAAA: removed');
  const second =
    line('mx2', 1, 'smtpd[1]', '4BBBBBBB: client=mx1.a.test[192.0.2.10]') +
    line('mx2', 1, 'cleanup[2]', '4BBBBBBB: message-id=<m1@a.test>') +
    line('mx2', 1, 'qmgr[3]', '4BBBBBBB: from=<a@a.test>, size=700, nrcpt=1 (queue active)') +
    line(
      'mx2',
      2,
      'smtp[4]',
      '4BBBBBBB: to=<b@b.test>, relay=gmail-smtp-in.l.google.com[192.0.2.30]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host gmail-smtp-in.l.google.com[192.0.2.30] said: 550-5.1.1 The email account that you tried to reach does not exist. (in reply to RCPT TO command))',
    );
  for (const what of ['4AAAAAAA', '4BBBBBBB', 'm1@a.test']) {
    const { lines, json } = traced(what, [first, second]);
    expect(lines).toEqual(
      (first + second)
        .trimEnd()
        .split('\n')
        .sort((a, b) => (a.slice(0, 25) < b.slice(0, 25) ? -1 : a.slice(0, 25) > b.slice(0, 25) ? 1 : 0)),
    );
    expect(json.messages[0].recipients).toMatchObject([{ to: 'b@b.test', state: 'bounced', attempts: 2 }]);
    expect(json.messages[0].verdict).toBe(
      'Bounced: gmail-smtp-in.l.google.com (google) refused the mail for b@b.test because the receiving server ' +
        'knows no such mailbox; the sender must correct the list of addresses.',
    );
  }
});

test('a queue id that came again is another message', () => {
  const life = (start: number, to: string): string =>
    line('mx1', start, 'smtpd[1]', '4FDE2A1B: client=pc.a.test[192.0.2.7]') +
    line('mx1', start, 'cleanup[2]', `4FDE2A1B: message-id=<${start}@a.test>`) +
    line('mx1', start, 'qmgr[3]', '4FDE2A1B: from=<a@a.test>, size=500, nrcpt=1 (queue active)') +
    line(
      'mx1',
      start,
      'local[4]',
      `4FDE2A1B: to=<${to}>, relay=local, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (delivered to mailbox)`,
    ) +
    line('mx1', start, 'qmgr[3]', '4FDE2A1B: removed');
  const [first, second] = [life(0, 'x@b.test'), life(100, 'y@b.test')];
  expect(traced('y@b.test', [first + second]).lines).toEqual(second.trimEnd().split('\n'));
  expect(traced('x@b.test', [first + second]).lines).toEqual(first.trimEnd().split('\n'));
  expect(traced('4FDE2A1B', [first + second]).json.messages).toHaveLength(2);
});

test('what a remote server calls its own queue ids ties nothing together', () => {
  const log =
    message(1, 'bounced') +
    line(
      'mx1',
      0,
      'smtp[4]',
      '4AAAAAAA: to=<b@evil.test>, relay=mx.evil.test[198.51.100.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as A0000001)',
    );
  const { lines } = traced('4AAAAAAA', [log]);
  expect(lines).toHaveLength(1);
  // It is found by that id all the same, since a postmaster may be told it.
  expect(traced('A0000001', [log]).json.messages).toHaveLength(2);
});

describe('mail that was refused at once', () => {
  const log = fixture('refused');

  test('is told with the reason', () => {
    const { lines, text } = traced('later@lab.test', [log]);
    expect(lines).toEqual(linesWith(log, 'later@lab.test'));
    expect(text).toMatch(
      /Refused: this server did not take mail from someone@sender\.test for\s+later@lab\.test/,
    );
  });

  test('often is told once', () => {
    const [refusal] = linesWith(log, 'later@lab.test');
    const { json } = traced('later@lab.test', [`${refusal}\n`.repeat(3)]);
    expect(json.refusals.verdicts).toHaveLength(1);
    expect(json.refusals.verdicts[0].verdict).toMatch(/^Refused 3 times: this server/);
    expect(json.refusals.lines).toHaveLength(3);
  });

  test.each([
    ['park@lab.test', 'held', '4jYHcS3G1LzKQB8'],
    ['swallow@lab.test', 'discarded', '4jYHcV2CBszKQK4'],
  ])('but %s was %s: the line before the queue id belongs to the message', (to, state, id) => {
    const { lines, json } = traced(to, [log]);
    expect(lines.sort()).toEqual(linesWith(log, to, id).sort());
    expect(json.messages[0].recipients).toMatchObject([{ to, state }]);
    expect(json.refusals.lines).toEqual([]);
  });
});

test('lines that say nothing of a delivery belong to the message as well', () => {
  const log = fixture('expired');
  const { lines, json } = traced('4jYHcQ3byqzKQB4', [log]);
  expect(lines).toEqual(expect.arrayContaining(linesWith(log, 'conversation with mx1.mail.ovh.test')));
  expect(json.messages[0].verdict).toMatch(
    /^Expired: after 4 attempts, the queue gave up on sven\.kim173@ovh\.test because/,
  );
});

test('a window chooses messages, and shows them whole', () => {
  const log = message(1, 'bounced', '09') + message(2, 'bounced', '10');
  const at = (hour: number) => Date.UTC(2026, 10, 23, hour);
  const inWindow = (from?: number, until?: number) =>
    traced('@example.org', [log], { ...(from && { from }), ...(until && { until }) }).json.messages.map(
      // biome-ignore lint/suspicious/noExplicitAny: a part of the document
      ({ queue_ids, lines }: any) => [queue_ids[0].queue_id, lines.length],
    );
  expect(inWindow()).toEqual([
    ['A0000001', 5],
    ['A0000002', 5],
  ]);
  expect(inWindow(at(10))).toEqual([['A0000002', 5]]);
  expect(inWindow(undefined, at(10))).toEqual([['A0000001', 5]]);
  expect(inWindow(at(11))).toEqual([]);
});

test('of a message for many, the one that was asked for is told', () => {
  const log =
    line('mx1', 0, 'qmgr[3]', '4FDE2A1B: from=<a@a.test>, size=500, nrcpt=2 (queue active)') +
    line(
      'mx1',
      1,
      'smtp[4]',
      '4FDE2A1B: to=<one@b.test>, relay=mx.b.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)',
    ) +
    line(
      'mx1',
      1,
      'smtp[4]',
      '4FDE2A1B: to=<two@b.test>, relay=mx.b.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=5.2.2, status=bounced (host mx.b.test[192.0.2.1] said: 552 5.2.2 Mailbox full (in reply to RCPT TO command))',
    );
  expect(traced('one@b.test', [log]).json.messages[0].verdict).toBe(
    'Delivered: mx.b.test took it for one@b.test. Of all its 2 recipients: 1 delivered, 1 bounced.',
  );
  expect(traced('4FDE2A1B', [log]).json.messages[0].verdict).toMatch(
    /^2 recipients: 1 delivered, 1 bounced\. Bounced: mx\.b\.test refused the mail for two@b\.test because the recipient's mailbox/,
  );
});

test('nothing found is one sentence', () => {
  const { text, json, readings } = traced('nobody@nowhere.test', [fixture('filtered')]);
  expect(text.replace(/\n(?=.)/g, ' ')).toBe(
    'Nothing found: no message in log.0 has "nobody@nowhere.test" in its queue id, message-id or addresses.\n',
  );
  expect(json).toMatchObject({ messages: [], complete: true });
  expect(readings).toBe(1);
});

test('nothing found in a time is one sentence too', () => {
  const { text } = traced('nobody@nowhere.test', [fixture('filtered')], { from: 0 });
  expect(text.replace(/\n(?=.)/g, ' ')).toMatch(
    /^Nothing found: no message of that time in log\.0 has "nobody@/,
  );
});

test('several messages are told in a line each before they are told in full', () => {
  const { text, trace } = traced('someone@sender.test', [fixture('filtered')]);
  expect(trace.stories.length).toBeGreaterThan(1);
  const [overview = ''] = text.split('\n\n', 1);
  expect(overview).toMatch(/^Found for "someone@sender\.test": \d+ messages; recipients: /);
  const lines = overview.split('\n').filter((line) => line.startsWith('  2026-'));
  expect(lines).toHaveLength(trace.stories.length);
  expect(lines[0]).toMatch(/^ {2}2026-11-23T\d\d:\d\d:\d\dZ {2}4j\w+ {2}(?:delivered|bounced) /);
});

test('more than can be kept is cut, and said to be', () => {
  const log = Array.from({ length: 9000 }, (_, number) => message(number, 'bounced')).join('');
  const { trace, json } = traced('@example.net', [log]);
  expect(trace.cut).toBe(true);
  expect(json.verdict).toContain('This is not all');
  expect(json.complete).toBe(false);
  expect(json.messages.length).toBeGreaterThan(3000);
  // What is shown is whole: no message seems to be open that was bounced.
  for (const { verdict } of json.messages) expect(verdict).toMatch(/^Bounced/);
});

describe('what outsiders wrote', () => {
  test('is no command for the terminal', () => {
    const evil = 'evil\u001b[2J\u009b31m\u202e@b.test';
    const log =
      line('mx1', 0, 'qmgr[3]', `4FDE2A1B: from=<${evil}>, size=500, nrcpt=1 (queue active)`) +
      line(
        'mx1',
        1,
        'smtp[4]',
        `4FDE2A1B: to=<${evil}>, relay=mx.b.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=5.9.9, status=bounced (host mx.b.test[192.0.2.1] said: 550 \u001b]0;title\u0007 (in reply to RCPT TO command))`,
      );
    const { text } = traced('4FDE2A1B', [log]);
    expect(text).not.toMatch(OBEYED);
    expect(text).toContain('\\x1b[2J\\x9b31m\\u202e@b.test');
    expect(text).toContain('\\x1b]0;title\\x07');
  });

  test('never breaks a trace, and is always shown safely', () => {
    const lines = (fixture('filtered') + fixture('refused') + fixture('forged') + fixture('operator'))
      .trimEnd()
      .split('\n');
    const mutated = fc
      .tuple(fc.constantFrom(...lines), fc.nat(), fc.string({ unit: 'binary', maxLength: 12 }))
      .map(([text, at, insert]) => text.slice(0, at % text.length) + insert + text.slice(at % text.length));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...lines), mutated), { maxLength: 30 }),
        fc.constantFrom('test', '4FDE2A1B', '4jYHcX', 'lab.test', '"x>', 'NOQUEUE', '250'),
        (log, what) => {
          const { text, json } = traced(what, [log.join('\n')]);
          expect(text).not.toMatch(OBEYED);
          expect(json.schema).toBe('whybounce.trace/1');
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('entries of a journal are shown as lines', () => {
  const { lines, json } = traced('4jYHcX1hS0zKQ9X', [fixture('journal-export')]);
  expect(lines[0]).toBe(
    '2026-11-23T20:30:04.000Z mx1 postfix/smtpd[317]: 4jYHcX1hS0zKQ9X: client=client35.clients.test[127.0.9.35]',
  );
  expect(lines).toHaveLength(15);
  expect(json.messages[0].verdict).toBe(
    traced('4jYHcX1hS0zKQ9X', [fixture('filtered')]).json.messages[0].verdict,
  );
});
