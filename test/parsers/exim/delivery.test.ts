/** What became of a recipient, in lines of several versions and settings of `log_selector`. */
import { describe, expect, test } from 'vitest';
import { ID, parse } from './record.ts';

const REMOTE = 'R=dnslookup T=remote_smtp H=mx.b.test [192.0.2.1]';
const USER_UNKNOWN = {
  text: '550 5.1.1 No such user',
  remote: true,
  code: 550,
  enhanced: '5.1.1',
  stage: 'rcpt',
};

describe('delivered', () => {
  test.each([
    ['=> a@b.test', REMOTE, 'C="250 2.0.0 Ok"', {}],
    ['-> a@b.test', REMOTE, 'C="250 2.0.0 Ok"', {}],
    ['=> a@b.test', `${REMOTE}:25*`, 'C="250 2.0.0 Ok"', { relay: 'mx.b.test[192.0.2.1]:25' }],
    [
      '=> a@b.test F=<x@y.test> P=<x@y.test>',
      `R=dnslookup T=remote_smtp S=500 H=mx.b.test DS [192.0.2.1]:25 I=[192.0.2.9]:40812 TFO`,
      'PS=esea X=TLS1.3:X:256* CV=dane DN="CN=mx, O=\\"B\\"" A=plain L K DKIM=y.test:s C="250 2.0.0 Ok" QT=1m3s DT=0.1s',
      { relay: 'mx.b.test[192.0.2.1]:25', tls: 'TLS1.3:X:256*', delay: 63 },
    ],
    ['=> a@b.test', `${REMOTE} NEW=value FLAG=<x y>`, 'C="250 2.0.0 Ok"', {}],
  ])('%s %s', (head, middle, tail, more) => {
    expect(parse(`${head} ${middle} ${tail}`)).toEqual({
      kind: 'delivery',
      queueId: ID,
      to: 'a@b.test',
      status: 'delivered',
      relay: 'mx.b.test[192.0.2.1]',
      transport: 'remote_smtp',
      delay: 2,
      diagnostic: '250 2.0.0 Ok',
      reply: { text: '250 2.0.0 Ok', remote: true, code: 250, enhanced: '2.0.0', stage: 'eom' },
      ...more,
    });
  });

  test('a confirmation of several lines, with quotes, that names the next id', () => {
    const line = String.raw`=> a@b.test ${REMOTE} C="250-\"ok\"\\n250 OK id=1xVahF-00003m-0W"`;
    expect(parse(line)).toMatchObject({
      diagnostic: '250-"ok"\n250 OK id=1xVahF-00003m-0W',
      nextQueueId: '1xVahF-00003m-0W',
    });
  });

  test.each([
    // as printed, to, original
    ['bob <bob@b.test> R=localuser T=local_delivery', 'bob@b.test', undefined, 'local_delivery'],
    ['alice <info@b.test> R=localuser T=local_delivery', 'alice', 'info@b.test', 'local_delivery'],
    ['|/bin/x 0 <pipe@b.test> R=aliases T=address_pipe', 'pipe@b.test', undefined, 'address_pipe'],
    ['/var/mail/a <archive@b.test> R=aliases T=address_file', 'archive@b.test', undefined, 'address_file'],
    ['/dev/null <null@b.test> R=aliases T=**bypassed**', 'null@b.test', undefined, '**bypassed**'],
    ['>x@c.test <auto@b.test> R=filter T=address_reply', 'auto@b.test', undefined, 'address_reply'],
    ['x@c.test (list@b.test, thru@b.test) <top@b.test> R=r T=t', 'x@c.test', 'top@b.test', 't'],
    [
      'sofia@b.test <Sofia@b.test> R=dnslookup T=remote_smtp H=mx.b.test [192.0.2.1]',
      'Sofia@b.test',
      undefined,
      'mx.b.test[192.0.2.1]',
    ],
    [String.raw`b\303\274r@b.test R=r T=t`, 'bür@b.test', undefined, 't'],
  ])('=> %s', (line, to, origTo, relay) => {
    expect(parse(`=> ${line}`)).toMatchObject({ to, ...(origTo && { origTo }), status: 'delivered', relay });
    if (origTo === undefined) expect(parse(`=> ${line}`)).not.toHaveProperty('origTo');
  });

  test.each([
    'b@b.test NEWFIELD=5 R=r T=t H=mx.b.test [192.0.2.1] NEWER=<x> C="250 OK" FOO="a \\"b\\"" BAR=1',
    'b@b.test R=r FIELD="T=x" T=t Z H=mx.b.test [192.0.2.1]',
  ])('with fields that nobody knows yet: => %s', (line) => {
    expect(parse(`=> ${line}`)).toMatchObject({ to: 'b@b.test', status: 'delivered', transport: 't' });
  });

  test('thrown away', () => {
    expect(parse('=> :blackhole: <hole@b.test> R=bh')).toMatchObject({
      to: 'hole@b.test',
      status: 'discarded',
    });
    const diagnostic = 'blackhole (DATA ACL discarded recipients): dropped quietly';
    expect(parse(`=> ${diagnostic}`)).toEqual({ kind: 'discard', queueId: ID, diagnostic });
    expect(parse('=> discarded (system filter)')).toMatchObject({ kind: 'discard' });
  });

  test('before it was accepted, and only played', () => {
    expect(parse(`>> a@b.test ${REMOTE} C="250 OK"`)).toMatchObject({ status: 'delivered', first: true });
    expect(parse(`*> a@b.test ${REMOTE}`)).toEqual({ kind: 'nothing' });
  });
});

describe('failed', () => {
  test('by a server that the text names, up to 4.84', () => {
    const said = 'SMTP error from remote mail server after MAIL FROM:<a@a.test>: host mx.b.test [192.0.2.1]';
    const relay = 'mx.b.test[192.0.2.1]';
    expect(parse(`** a@b.test R=r T=t: ${said}: 550 no`)).toMatchObject({ relay, status: 'bounced' });
    expect(parse(`== a@b.test R=r T=t defer (-45): ${said}: 450 no`)).toMatchObject({ relay });
    // its own words are no such text
    const forged = parse(`** a@b.test R=r T=t: Child said: ${said}: 550 no`);
    expect(forged).not.toHaveProperty('relay');
  });

  test.each([
    [
      'up to 4.84',
      'R=r T=t: SMTP error from remote mail server after RCPT TO:<a@b.test>: host mx.b.test [192.0.2.1]: ',
    ],
    ['up to 4.98', `${REMOTE}: SMTP error from remote mail server after RCPT TO:<a@b.test>: `],
    ['since 4.99', `${REMOTE} PS=esea : SMTP error from remote mail server after RCPT TO:<a@b.test>: `],
    [
      'with TLS',
      `${REMOTE}:25 X=TLS1.3:X:256 CV=no DN="CN=a: b": SMTP error from remote mail server after RCPT TO:<a@b.test>: `,
    ],
    ['pipelined', `${REMOTE}: SMTP error from remote mail server after pipelined RCPT TO:<a@b.test>: `],
    [
      'with a sender',
      `F=<"x: R=y"@y.test> P=<> ${REMOTE}: SMTP error from remote mail server after RCPT TO:<a@b.test>: `,
    ],
    ['over LMTP', `${REMOTE}: LMTP error after RCPT TO:<a@b.test>: `],
  ])('%s', (_, head) => {
    for (const times of ['', ' DT=0s', ' DT=1m0.123s', ' QT=3s DT=1s']) {
      const record = parse(`** a@b.test ${head}550 5.1.1 No such user${times}`);
      expect(record).toMatchObject({ to: 'a@b.test', status: 'bounced' });
      expect(record?.['reply']).toMatchObject(USER_UNKNOWN);
      expect(String(record?.['diagnostic'])).toMatch(/550 5\.1\.1 No such user$/);
    }
  });

  test.each([
    ['initial connection', 'connect'],
    ['EHLO mx1.lab.test', 'ehlo'],
    ['STARTTLS', 'starttls'],
    ['AUTH PLAIN ****', 'auth'],
    ['pipelined MAIL FROM:<"a>: 250 ok"@b.test> SIZE=1499', 'mail'],
    ['RCPT TO:<a@b.test>', 'rcpt'],
    ['DATA', 'data'],
    ['pipelined end of data', 'eom'],
    ['end of data', 'eom'],
  ])('after %s', (command, stage) => {
    const text = `SMTP error from remote mail server after ${command}: 554 5.7.1 no`;
    expect(parse(`** a@b.test ${REMOTE}: ${text}`)?.['reply']).toEqual({
      ...{ text: '554 5.7.1 no', remote: true, code: 554, enhanced: '5.7.1', stage },
    });
  });

  test('LMTP after DATA is about the end of data, of one recipient', () => {
    const line = `** a@b.test ${REMOTE}: LMTP error after DATA: 552 5.2.2 Quota exceeded`;
    expect(parse(line)?.['reply']).toMatchObject({ code: 552, stage: 'eom' });
  });

  test('a reply of several lines in a foreign language', () => {
    const line = String.raw`** a@b.test ${REMOTE}: SMTP error from remote mail server after end of data: 550-5.2.2 Das Postfach des Empf\303\244ngers\n550 5.2.2 ist voll`;
    expect(parse(line)?.['reply']).toMatchObject({
      text: '550-5.2.2 Das Postfach des Empfängers\n550 5.2.2 ist voll',
      code: 550,
      enhanced: '5.2.2',
    });
  });

  test.each([
    ['** a@b.test: Unrouteable address', 'bounced', 'Unrouteable address'],
    ['** "a b"@b.test: Unrouteable address', 'bounced', 'Unrouteable address'],
    ['** a@b.test R=failr: Unknown user a', 'bounced', 'Unknown user a'],
    ['** a@b.test: retry timeout exceeded', 'expired', 'retry timeout exceeded'],
    [
      "** a@b.test R=r T=t: all hosts for 'b.test' have been failing for a long time (and retry time not reached) DT=0s",
      'expired',
      "all hosts for 'b.test' have been failing for a long time (and retry time not reached)",
    ],
    [
      `** a@b.test ${REMOTE}: SMTP error from remote mail server after RCPT TO:<a@b.test>: 450 4.2.0 later`,
      'expired',
      'SMTP error from remote mail server after RCPT TO:<a@b.test>: 450 4.2.0 later',
    ],
    ['** a@b.test R=r T=t: Connection refused', 'expired', 'Connection refused'],
    [
      '** a@b.test mua_wrapper forced failure for deferred delivery',
      'bounced',
      'mua_wrapper forced failure for deferred delivery',
    ],
    [
      '** |/bin/false arg <a@b.test> R=al T=pipet: Child process of pipet transport returned 1 from command: /bin/false',
      'bounced',
      'Child process of pipet transport returned 1 from command: /bin/false',
    ],
  ])('%s', (line, status, diagnostic) => {
    expect(parse(line)).toMatchObject({ status, diagnostic });
  });
});

describe('deferred', () => {
  test.each([
    [
      `R=r T=t defer (-44) H=mx.b.test [192.0.2.1]:25 I=[192.0.2.9] DT=1s: SMTP error from remote mail server after RCPT TO:<a@b.test>: 450 4.7.1 later`,
      { relay: 'mx.b.test[192.0.2.1]:25' },
      { text: '450 4.7.1 later', remote: true, code: 450, enhanced: '4.7.1', stage: 'rcpt' },
    ],
    [
      'R=r T=t defer (110): Connection timed out H=mx.b.test [192.0.2.1]: SMTP timeout after initial connection',
      { relay: 'mx.b.test[192.0.2.1]' },
      { text: 'SMTP timeout after initial connection', remote: false, stage: 'connect' },
    ],
    [
      'R=r T=t defer (111): Connection refused',
      { transport: 't' },
      { text: 'Connection refused', remote: false, stage: 'connect' },
    ],
    [
      'R=localuser T=local_delivery defer (-22): mailbox is full (MTA-imposed quota exceeded while writing to /var/mail/a)',
      { relay: 'local_delivery' },
      {
        text: 'mailbox is full (MTA-imposed quota exceeded while writing to /var/mail/a)',
        remote: false,
      },
    ],
    [
      'R=dnslookup defer (-1): host lookup did not complete',
      {},
      { text: 'host lookup did not complete', remote: false },
    ],
    [
      'R=c T=s defer (-38) H=mx.b.test [192.0.2.1]: a TLS session is required, but an attempt to start TLS failed',
      { relay: 'mx.b.test[192.0.2.1]' },
      {
        text: 'a TLS session is required, but an attempt to start TLS failed',
        remote: false,
        stage: 'starttls',
      },
    ],
    // what a configuration says is text, whatever it looks like
    [
      'R=r defer (-1): see H=evil [192.0.2.66]: 550 no',
      {},
      { text: 'see H=evil [192.0.2.66]: 550 no', remote: false },
    ],
  ])('%s', (rest, more, reply) => {
    const record = parse(`== a@b.test ${rest}`);
    expect(record).toMatchObject({ to: 'a@b.test', status: 'deferred', ...more });
    expect(record?.['reply']).toEqual(reply);
    expect(record).not.toHaveProperty('suspended');
    if (!('relay' in more)) expect(record).not.toHaveProperty('relay');
  });

  test.each([
    ['routing defer (-52): retry time not reached', true],
    ['routing defer (-51): retry time not reached', true],
    ["R=r T=t defer (-54): retry time not reached for any host for 'b.test'", true],
    ['R=localuser T=local_delivery defer (-53): Retry time not yet reached', true],
    ['routing defer (-56): domain is in queue_domains', undefined],
    ['R=all T=smtp defer (-57): concurrency limit reached for transport', undefined],
  ])('not tried: %s', (rest, unexplained) => {
    const record = parse(`== a@b.test ${rest}`);
    expect(record).toMatchObject({ status: 'deferred', suspended: true });
    expect(record?.['unexplained']).toBe(unexplained);
  });

  test('held by hold_domains', () => {
    expect(parse('== a@b.test defer (-23): domain is held')).toMatchObject({ status: 'held' });
  });
});

describe('the life of a message', () => {
  test.each([
    ['Completed', { kind: 'removed', by: 'done' }],
    ['Completed QT=1h2m3s', { kind: 'removed', by: 'done' }],
    ['Frozen', { kind: 'hold', held: true }],
    ['Frozen (delivery error message)', { kind: 'hold', held: true }],
    [String.raw`Frozen by the system filter: because\nof it`, { kind: 'hold', held: true }],
    ['frozen by ACL', { kind: 'hold', held: true }],
    ['Unfrozen by errmsg timer', { kind: 'hold' }],
    ['unfrozen by root', { kind: 'hold' }],
    ['removed by root', { kind: 'removed', by: 'operator' }],
    ['cancelled by root', { kind: 'removed', by: 'operator' }],
    ['cancelled by timeout_frozen_after', { kind: 'removed', by: 'operator' }],
    ['address <a@b.test> marked delivered by root', { kind: 'delivery', to: 'a@b.test', status: 'deleted' }],
    ['Message is frozen', { kind: 'nothing' }],
    ['H=mx.b.test [192.0.2.1] Connection refused', { kind: 'nothing' }],
    ['192.0.2.1 [192.0.2.1]:25 Connection refused', { kind: 'nothing' }],
    ['a@b.test: error ignored', { kind: 'nothing' }],
    [
      'Spool file for 1xVahE-00001q-03 is locked (another process is handling this message)',
      { kind: 'nothing' },
    ],
  ])('%s', (text, record) => {
    expect(parse(text)).toMatchObject(record);
  });

  test('a text of an ACL’s own is not understood, and nothing else either', () => {
    for (const text of ['this is a text', 'Completed by somebody', '=>', '', '<= ', 'Frozenly', '**']) {
      expect(['nothing', 'arrival', undefined], text).toContain(parse(text)?.kind);
    }
    expect(parse('this is a text')).toBeUndefined();
  });
});

test('ids of both lengths, with and without stamp, zone and process', () => {
  for (const id of ['1xVahE-00001q-03', '1xVahE-00000000C5j-1wRa']) {
    for (const stamp of [
      '',
      '2026-11-23 20:31:28 ',
      '2026-11-23 20:31:28.313 +0000 ',
      '2026-11-23 20:31:28 -0330 ',
    ]) {
      for (const process of ['', '[16490] ']) {
        expect(parse('Completed', { id: `${stamp}${process}${id} ` })).toEqual({
          ...{ kind: 'removed', queueId: id, by: 'done' },
        });
      }
    }
  }
  for (const id of ['1xVahE-00001q-0', '1xVahE-00001q_03', '1xVahE-00001q-03x', '1xVahE-00000000C5j-1wR']) {
    expect(parse('Completed', { id: `${id} ` })).toBeUndefined();
  }
});
