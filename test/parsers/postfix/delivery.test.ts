import { describe, expect, test } from 'vitest';
import { parse } from './record.ts';

/** The part of a status line between recipient and status, as 2.3 to 3.10 write it. */
const MIDDLE = 'relay=mx.b.test[192.0.2.1]:25, delay=2.5, delays=0.1/0.2/1/1.2, dsn=5.1.1';

/** What a bounce with that middle and this text becomes. */
function bounced(text: string) {
  return parse(`4FDE2A1B: to=<a@b.test>, ${MIDDLE}, status=bounced (${text})`);
}

describe('a delivery status line', () => {
  test('gives every field of the newest form', () => {
    expect(
      parse(
        '01E12901F9D: to=<list@postfix.test>, orig_to=<pf@a.test>, relay=list.b.test[45.90.5.195]:25, conn_use=3, ' +
          'delay=5.4, delays=0.08/0.01/3.5/1.9, tls=dane, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4cbdb56t4MzPjfw)',
      ),
    ).toEqual({
      kind: 'delivery',
      queueId: '01E12901F9D',
      to: 'list@postfix.test',
      origTo: 'pf@a.test',
      status: 'delivered',
      suspended: false,
      relay: { host: 'list.b.test', ip: '45.90.5.195', port: 25 },
      transport: 'smtp',
      delay: 5.4,
      delays: [0.08, 0.01, 3.5, 1.9],
      tls: 'dane',
      dsn: '2.0.0',
      diagnostic: '250 2.0.0 Ok: queued as 4cbdb56t4MzPjfw',
      reply: { text: '250 2.0.0 Ok: queued as 4cbdb56t4MzPjfw', remote: true, code: 250, enhanced: '2.0.0' },
      nextQueueId: '4cbdb56t4MzPjfw',
      forwarded: false,
    });
  });

  test.each([
    [
      'Postfix 2.2: no delays, no dsn',
      'relay=mx.b.test[192.0.2.1], delay=5',
      { delay: 5 },
      ['delays', 'dsn', 'tls'],
    ],
    [
      'a reused connection has no port',
      'relay=mx.b.test[192.0.2.1], conn_use=12, delay=0.22, delays=0.04/0.01/0/0.17, dsn=2.0.0',
      {
        relay: { host: 'mx.b.test', ip: '192.0.2.1' },
        delay: 0.22,
        delays: [0.04, 0.01, 0, 0.17],
        dsn: '2.0.0',
      },
      ['tls'],
    ],
    [
      'delays of more than a day are whole numbers',
      'relay=mx.b.test[192.0.2.1]:25, delay=432062, delays=432000/0.01/60/2, dsn=2.0.0',
      { delay: 432062, delays: [432000, 0.01, 60, 2] },
      [],
    ],
    [
      'IPv6',
      'relay=mx.b.test[2607:f8b0:400e:c04::1b]:587, delay=0, delays=0/0/0/0, dsn=2.0.0',
      { relay: { host: 'mx.b.test', ip: '2607:f8b0:400e:c04::1b', port: 587 }, delay: 0 },
      [],
    ],
    [
      'LMTP over a socket of this host',
      'relay=sub1.b.test[private/dovecot-lmtp], delay=0.15, delays=0.04/0/0.02/0.08, dsn=2.0.0',
      { relay: { host: 'sub1.b.test', near: true } },
      [],
    ],
    [
      'a content filter on this host',
      'relay=127.0.0.1[127.0.0.1]:10024, delay=3, delays=1/0/0/2, dsn=2.0.0',
      { relay: { host: '127.0.0.1', ip: '127.0.0.1', port: 10024, near: true } },
      [],
    ],
  ])('%s', (_, middle, expected, absent) => {
    const facts = parse(`4FDE2A1B: to=<a@b.test>, ${middle}, status=sent (250 2.0.0 Ok)`);
    expect(facts).toMatchObject({ kind: 'delivery', status: 'delivered', to: 'a@b.test', ...expected });
    for (const key of absent) expect(facts).not.toHaveProperty(key);
  });

  test.each([
    'none',
    'may',
    'may?',
    'may:none',
    'dane',
    'dane:halfdane',
    'dane?',
    'dane/requiretls',
    'dane/requiretls?',
    'dane/!requiretls:nocertmatch',
    'may/!requiretls:nostarttls',
  ])('tls=%s of Postfix 3.11 stands between delays and dsn', (tls) => {
    expect(
      parse(
        `4FDE2A1B: to=<a@b.test>, relay=mx.b.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, tls=${tls}, dsn=5.7.10, status=bounced (no)`,
      ),
    ).toMatchObject({ status: 'bounced', tls, dsn: '5.7.10', delays: [0, 0, 0, 1] });
  });

  test.each([
    ['sent', 'delivered'],
    ['deferred', 'deferred'],
    ['SOFTBOUNCE', 'deferred'],
    ['bounced', 'bounced'],
  ])('status=%s is %s', (word, status) => {
    expect(parse(`4FDE2A1B: to=<a@b.test>, ${MIDDLE}, status=${word} (text)`)).toMatchObject({
      kind: 'delivery',
      status,
      diagnostic: 'text',
    });
  });

  test.each(['deliverable', 'undeliverable', 'undeliverable-but-not-cached'])(
    'status=%s is a probe and no delivery',
    (word) => {
      expect(
        parse(`4FDE2A1B: to=<a@b.test>, relay=local, delay=0, delays=0/0/0/0, dsn=2.0.0, status=${word} (x)`),
      ).toEqual({ kind: 'probe', queueId: '4FDE2A1B' });
    },
  );

  test.each([
    ['an unknown status', `4FDE2A1B: to=<a@b.test>, ${MIDDLE}, status=exploded (text)`],
    ['no relay', '4FDE2A1B: to=<a@b.test>, delay=1, dsn=5.1.1, status=bounced (text)'],
    ['relay before orig_to', '4FDE2A1B: to=<a@b.test>, relay=local, orig_to=<c@d>, delay=1, status'],
    ['no status', `4FDE2A1B: to=<a@b.test>, ${MIDDLE}`],
  ])('is left unparsed with %s', (_, payload) => {
    expect(parse(payload)).toBeUndefined();
  });
});

describe('each delivery agent', () => {
  const tail = 'delay=0.1, delays=0.1/0/0/0, dsn=2.0.0';
  test.each([
    // tag, relay and status, what must come out
    ['postfix/local', `relay=local, ${tail}, status=sent (delivered to mailbox)`, 'local', 'delivered'],
    [
      'postfix/local',
      `relay=local, ${tail}, status=sent (delivered to command: procmail -a "$EXTENSION")`,
      'local',
      'delivered',
    ],
    ['postfix/local', `relay=local, ${tail}, status=bounced (unknown user: "friend")`, 'local', 'bounced'],
    ['postfix/virtual', `relay=virtual, ${tail}, status=sent (delivered to maildir)`, 'virtual', 'delivered'],
    [
      'postfix/pipe',
      `relay=dovecot, ${tail}, status=sent (delivered via dovecot service)`,
      'pipe',
      'delivered',
    ],
    [
      'postfix/pipe',
      `relay=dovecot, ${tail}, status=bounced (Command died with signal 11: "/usr/sbin/dbmail-smtp")`,
      'pipe',
      'bounced',
    ],
    [
      'postfix/error',
      `relay=none, ${tail}, status=bounced (User unknown in virtual alias table)`,
      'error',
      'bounced',
    ],
    ['postfix/discard', `relay=none, ${tail}, status=sent (b.test)`, 'discard', 'discarded'],
    ['postfix/lmtp', `relay=mx[private/lmtp], ${tail}, status=sent (250 2.1.5 Ok)`, 'lmtp', 'delivered'],
    ['postfix-out/smtp', `relay=mx[192.0.2.1]:25, ${tail}, status=sent (250 Ok)`, 'smtp', 'delivered'],
    ['postfix/relay/smtp', `relay=mx[192.0.2.1]:25, ${tail}, status=sent (250 Ok)`, 'smtp', 'delivered'],
    // rsyslog's RFC 5424 form loses the daemon: the relay still tells it
    ['postfix', `relay=local, ${tail}, status=sent (delivered to mailbox)`, 'local', 'delivered'],
    ['postfix', `relay=mx[192.0.2.1]:25, ${tail}, status=sent (250 Ok)`, 'smtp', 'delivered'],
    ['postfix', `relay=none, ${tail}, status=deferred (no)`, undefined, 'deferred'],
    // qmgr and cleanup write such lines too
    [
      'postfix/qmgr',
      `relay=none, ${tail}, status=sent (undeliverable postmaster notification discarded)`,
      undefined,
      'discarded',
    ],
    [
      'postfix/cleanup',
      'relay=none, delay=0.11, delays=0.11/0/0/0, dsn=5.7.1, status=bounced (no)',
      undefined,
      'bounced',
    ],
  ])('%s: %s', (tag, rest, transport, status) => {
    const facts = parse(`4FDE2A1B: to=<a@b.test>, ${rest}`, tag);
    expect(facts).toMatchObject({ kind: 'delivery', status });
    expect(facts?.['transport']).toBe(transport);
  });

  test('addresses without brackets are read to the comma', () => {
    expect(
      parse(
        '2A22C263F6: to=user@host.test, orig_to=root@localhost, relay=local, delay=0.07, delays=0.04/0/0/0.03, dsn=5.1.1, status=bounced (no)',
        'postfix/local',
      ),
    ).toMatchObject({ to: 'user@host.test', origTo: 'root@localhost', relay: { service: 'local' } });
  });

  test('a copy of another message’s failure is no attempt', () => {
    expect(
      parse(
        '2DC5552A34: to=<user@y.test>, relay=none, delay=63495, delays=63350/144/0/0, dsn=4.4.2, status=deferred ' +
          '(delivery temporarily suspended: lost connection with mta7.y.test[98.136.216.22] while sending RCPT TO)',
        'postfix/error',
      ),
    ).toMatchObject({
      suspended: true,
      reply: {
        text: 'lost connection with mta7.y.test[98.136.216.22] while sending RCPT TO',
        remote: false,
        stage: 'rcpt',
        host: 'mta7.y.test',
      },
    });
  });

  test('a server that merely says so does not make an attempt a copy', () => {
    expect(
      parse(
        `2DC5552A34: to=<u@y.test>, ${MIDDLE}, status=deferred (delivery temporarily suspended: host mx.b.test[192.0.2.1] said: 450 later)`,
      ),
    ).toMatchObject({ suspended: false });
  });
});

describe('mail thrown away on purpose', () => {
  const line = (relay: string, text: string): string =>
    `4FDE2A1B: to=<a@b.test>, relay=${relay}, delay=1, delays=0/0/0/1, dsn=2.7.0, status=sent (${text})`;

  test('by a content filter on this host', () => {
    expect(
      parse(line('127.0.0.1[127.0.0.1]:10024', '250 2.7.0 Ok, discarded, id=00735-01 - spam')),
    ).toMatchObject({
      status: 'discarded',
    });
  });

  test.each([
    [
      'mx.b.test[192.0.2.1]:25',
      '250 2.7.0 Ok, discarded, id=1 - spam',
      'a remote server took it, whatever it says',
    ],
    [
      '127.0.0.1[127.0.0.1]:10024',
      '250 2.0.0 Ok: queued as 4FDE2A1B, discarded',
      'only the filter’s own words count',
    ],
    ['none', 'b.test', 'only discard(8) throws away with relay=none'],
  ])('not from %s with %s: %s', (relay, text) => {
    expect(parse(line(relay, text))).toMatchObject({ status: 'delivered' });
  });
});

describe('the queue id that the next hop gave', () => {
  const next = (text: string, relay = 'mx[192.0.2.1]:25', tag = 'postfix/smtp'): unknown =>
    parse(
      `4FDE2A1B: to=<a@b.test>, relay=${relay}, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (${text})`,
      tag,
    )?.['nextQueueId'];

  test.each([
    ['250 2.0.0 Ok: queued as F12DF84004', 'F12DF84004'],
    ['250 2.0.0 Ok: 1234 bytes queued as F12DF84004', 'F12DF84004'],
    ['250 OK queued as F12DF84004', 'F12DF84004'],
    [
      '250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4cbdb56t4MzPjfw',
      '4cbdb56t4MzPjfw',
    ],
    ['250 2.0.0 Ok: queued as F12DF84004.1', 'F12DF84004'],
  ])('%s', (text, id) => {
    expect(next(text)).toBe(id);
  });

  test.each([
    ['250 2.0.0 Ok'],
    ['250 2.6.0 <id@x.test> [InternalId=1] Queued mail for delivery'],
    ['250 queued as spam'],
    ['250 queued as '],
    ['250 2.0.0 <admin@example.com> qYyyBMsl9FRuZQAAA15QOA Saved'],
    ['forwarded as F12DF84004'],
  ])('none in %s', (text) => {
    expect(next(text)).toBeUndefined();
  });

  test('local(8) forwards within this host for certain', () => {
    expect(
      parse(
        '4FDE2A1B: to=<a@b.test>, relay=local, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (forwarded as 3mLQKK4rDdz7sVS)',
        'postfix/local',
      ),
    ).toMatchObject({ forwarded: true, nextQueueId: '3mLQKK4rDdz7sVS' });
  });
});

describe('the server’s reply', () => {
  test.each([
    [
      'a refusal of the recipient',
      'host mx.b.test[192.0.2.1] said: 550 5.1.1 No such user (in reply to RCPT TO command)',
      {
        text: '550 5.1.1 No such user',
        remote: true,
        code: 550,
        enhanced: '5.1.1',
        stage: 'rcpt',
        host: 'mx.b.test',
      },
    ],
    [
      'several lines joined by blanks',
      'host mx.b.test[2607::1b] said: 550-5.7.1 Our system has detected 550-5.7.1 spam. 550 5.7.1 more. qc12 - gsmtp (in reply to end of DATA command)',
      {
        text: '550-5.7.1 Our system has detected 550-5.7.1 spam. 550 5.7.1 more. qc12 - gsmtp',
        remote: true,
        code: 550,
        enhanced: '5.7.1',
        stage: 'eom',
        host: 'mx.b.test',
      },
    ],
    [
      'a greeting that refuses',
      'host mx.b.test[192.0.2.1] refused to talk to me: 554 5.7.1 go away',
      {
        text: '554 5.7.1 go away',
        remote: true,
        code: 554,
        enhanced: '5.7.1',
        stage: 'connect',
        host: 'mx.b.test',
      },
    ],
    [
      'a failed login, whose lines are joined by question marks',
      'SASL authentication failed; server mx.b.test[192.0.2.1] said: 535-5.7.8 Username and Password not accepted. at?535 5.7.8 https://x',
      {
        text: '535-5.7.8 Username and Password not accepted. at?535 5.7.8 https://x',
        remote: true,
        code: 535,
        enhanced: '5.7.8',
        stage: 'auth',
        host: 'mx.b.test',
      },
    ],
    [
      'no code before words',
      'host mx.b.test[192.0.2.1] said: go away 554 5.5.1 Error (in reply to RCPT TO command)',
      { text: 'go away 554 5.5.1 Error', remote: true, stage: 'rcpt', host: 'mx.b.test' },
    ],
    [
      'a code and nothing else',
      'host mx.b.test[192.0.2.1] said: 550 (in reply to MAIL FROM command)',
      { text: '550', remote: true, code: 550, stage: 'mail', host: 'mx.b.test' },
    ],
    [
      'a code that is none',
      'host mx.b.test[192.0.2.1] said: 999 what is this (in reply to DATA command)',
      { text: '999 what is this', remote: true, stage: 'data', host: 'mx.b.test' },
    ],
    [
      'nothing at all',
      'host mx.b.test[192.0.2.1] said:  (in reply to EHLO command)',
      { text: '', remote: true, stage: 'ehlo', host: 'mx.b.test' },
    ],
    [
      'an enhanced code with many digits',
      'host mx.b.test[192.0.2.1] said: 550 5.12.345 odd (in reply to RCPT TO command)',
      {
        text: '550 5.12.345 odd',
        remote: true,
        code: 550,
        enhanced: '5.12.345',
        stage: 'rcpt',
        host: 'mx.b.test',
      },
    ],
    [
      'an IP address is no enhanced code',
      'host mx.b.test[192.0.2.1] said: 550 5.1.1.9 is blocked (in reply to RCPT TO command)',
      { text: '550 5.1.1.9 is blocked', remote: true, code: 550, stage: 'rcpt', host: 'mx.b.test' },
    ],
    [
      'the server quotes the phrase that Postfix ends with',
      'host mx.b.test[192.0.2.1] said: 550 no (in reply to end of DATA command) (in reply to RCPT TO command)',
      {
        text: '550 no (in reply to end of DATA command)',
        remote: true,
        code: 550,
        stage: 'rcpt',
        host: 'mx.b.test',
      },
    ],
    [
      'the server quotes the phrase that Postfix begins with',
      'host mx.b.test[192.0.2.1] said: 550 host evil.test[1.2.3.4] said: 250 ok (in reply to RCPT TO command)',
      {
        text: '550 host evil.test[1.2.3.4] said: 250 ok',
        remote: true,
        code: 550,
        stage: 'rcpt',
        host: 'mx.b.test',
      },
    ],
  ])('%s', (_, text, reply) => {
    expect(bounced(text)).toMatchObject({ diagnostic: text });
    expect(bounced(text)?.['reply']).toEqual(reply);
  });

  test.each([
    ['MAIL FROM', 'mail'],
    ['RCPT TO', 'rcpt'],
    ['DATA', 'data'],
    ['end of DATA', 'eom'],
    ['EHLO', 'ehlo'],
    ['HELO', 'ehlo'],
    ['LHLO', 'ehlo'],
    ['STARTTLS', 'starttls'],
  ])('in reply to %s: stage %s', (command, stage) => {
    expect(bounced(`host mx[192.0.2.1] said: 450 4.2.0 x (in reply to ${command} command)`)).toMatchObject({
      reply: { stage, text: '450 4.2.0 x' },
    });
  });

  test.each([
    // text of Postfix's own, stage, host that it names
    ['connect to mx.b.test[192.0.2.1]:25: Connection timed out', 'connect', 'mx.b.test'],
    [
      'lost connection with mx.b.test[192.0.2.1] while receiving the initial server greeting',
      'connect',
      'mx.b.test',
    ],
    ['lost connection with mx.b.test[192.0.2.1] while performing the EHLO handshake', 'ehlo', 'mx.b.test'],
    ['conversation with mx.b.test[192.0.2.1] timed out while sending MAIL FROM', 'mail', 'mx.b.test'],
    [
      'conversation with mx.b.test[192.0.2.1] timed out while sending end of data -- message may be sent more than once',
      'eom',
      'mx.b.test',
    ],
    ['conversation with mx.b.test[192.0.2.1] timed out while sending message body', 'data', 'mx.b.test'],
    ['TLS is required, but was not offered by host mx.b.test[192.0.2.1]', 'starttls', 'mx.b.test'],
    ['Cannot start TLS: handshake failure', 'starttls', undefined],
    ['Server certificate not trusted', 'starttls', undefined],
    [
      'Host or domain name not found. Name service error for name=b.test type=MX: Host not found, try again',
      undefined,
      undefined,
    ],
    ['mail for b.test loops back to myself', undefined, undefined],
    ['unknown user: "friend"', undefined, undefined],
    ['Domain b.test does not accept mail (nullMX)', undefined, undefined],
    ['message size 9 exceeds size limit 5 of server mx.b.test[192.0.2.1]', undefined, undefined],
  ])('Postfix’s own words: %s', (text, stage, host) => {
    // Where no connection came about or one broke, the text alone names the server's address.
    const peer = /^(?:connect to|lost|conversation)/.test(text) && { host: 'mx.b.test', ip: '192.0.2.1' };
    const reply = bounced(text)?.['reply'];
    expect(reply).toEqual({
      ...{ text, remote: false, ...(stage && { stage }), ...(host && { host }) },
      ...(peer && { peer: expect.objectContaining(peer) }),
    });
  });
});
