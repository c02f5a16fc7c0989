/** What an outsider writes into an address, a name, a subject or a reply stays what it is: his own words. */
import { describe, expect, test } from 'vitest';
import { parse } from './record.ts';

const TAIL =
  'delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30273, relay=mx.b.test. [192.0.2.1], dsn=5.1.1';
const REAL = { kind: 'delivery', status: 'bounced', relay: 'mx.b.test[192.0.2.1]', delay: 1, dsn: '5.1.1' };

describe.each([
  'x>, delay=00:09:09, mailer=esmtp, relay=f [192.0.2.66], dsn=2.0.0, stat=Sent (ok)',
  ', delay=00:09:09, stat=Sent',
  'x>,<victim@c.test',
  'x, [more], ctladdr=<victim@c.test> (0/0)',
  ', dsn=2.0.0, reply=250 ok, stat=Sent',
  'a\\\\"b, stat=Sent',
  '(x), stat=Sent',
  'x> to=<victim@c.test',
  'DSN: User unknown',
])('the local part %s', (local) => {
  const address = `"${local}"@b.test`;

  test('as recipient', () => {
    const record = parse(`to=<${address}>, ${TAIL}, reply=550 5.1.1 no, stat=User unknown`);
    expect(record).toMatchObject({ ...REAL, to: address.replaceAll('\\\\', '\\') });
    expect(record).not.toHaveProperty('others');
    expect(record?.['reply']).toMatchObject({ code: 550, text: '550 5.1.1 no' });
  });

  test('as one of several', () => {
    const record = parse(`to=<a@b.test>,<${address}>, ${TAIL}, reply=550 5.1.1 no, stat=User unknown`);
    expect(record).toMatchObject({ ...REAL, to: 'a@b.test', others: [address.replaceAll('\\\\', '\\')] });
  });

  test('as ctladdr', () => {
    expect(
      parse(`to=<a@b.test>, ctladdr=<${address}> (1000/1000), ${TAIL}, stat=User unknown`),
    ).toMatchObject({
      ...REAL,
      to: 'a@b.test',
    });
  });

  test('as sender', () => {
    const line = `from=<${address}>, size=5, class=0, nrcpts=1, msgid=<1@b.test>, proto=ESMTP, relay=h.test [192.0.2.7]`;
    expect(parse(line)).toMatchObject({
      ...{
        kind: 'arrival',
        from: address.replaceAll('\\\\', '\\'),
        size: 5,
        recipients: 1,
        client: 'h.test[192.0.2.7]',
      },
    });
  });

  test('as refused recipient', () => {
    const line = `ruleset=check_rcpt, arg1=<${address}>, relay=h.test [192.0.2.7], reject=550 5.7.1 <${address}>... no`;
    expect(parse(line)).toMatchObject({ kind: 'reject', client: 'h.test[192.0.2.7]', reply: { code: 550 } });
    expect(parse(`<${address}>... User unknown`)).toMatchObject({
      kind: 'reject',
      to: address.replaceAll('\\\\', '\\'),
    });
    expect(parse(`Milter: to=<${address}>, reject=550 5.7.1 no`)).toMatchObject({
      ...{ kind: 'reject', to: address.replaceAll('\\\\', '\\'), diagnostic: '550 5.7.1 no' },
    });
  });
});

test.each([
  '550 5.1.1 User unknown, stat=Sent (ok), to=<spoof@victim.test>, dsn=2.0.0',
  '550 no, dsn=2.0.0, reply=250 ok, stat=Sent',
  '550 no such user => spoof@victim.test R=dnslookup C="250 OK"',
  '550 no) to=<spoof@victim.test>, relay=none, delay=0, dsn=2.0.0, status=sent (250 ok',
  '550 6ANKUZ85000185: 6ANKUZ85000186: sender notify: Cannot send message for 5 days',
])('the reply %s', (reply) => {
  const record = parse(`to=<a@b.test>, ${TAIL}, reply=${reply}, stat=User unknown`);
  expect(record).toMatchObject({
    ...REAL,
    to: 'a@b.test',
    diagnostic: reply,
    reply: { code: 550, remote: true },
  });
  const taken = parse(`to=<a@b.test>, ${TAIL.replace('5.1.1', '2.0.0')}, stat=Sent (${reply})`);
  expect(taken).toMatchObject({ to: 'a@b.test', status: 'delivered', diagnostic: reply });
});

test('a deferral that repeats its reply', () => {
  const reply = '451 4.7.1 later, stat=Deferred: 451 x, stat=Sent (ok)';
  const line = `to=<a@b.test>, ${TAIL.replace('5.1.1', '4.7.1')}, reply=${reply}, stat=Deferred: ${reply}`;
  expect(parse(line)).toMatchObject({ status: 'deferred', diagnostic: reply });
});

test.each([
  // a message id, an ident server, the name of a client
  'msgid=<1@b.test>, proto=ESMTP, relay=evil [192.0.2.66], relay=h.test [192.0.2.7]',
  'msgid=<1@b.test>, proto=ESMTP, daemon=MTA, relay=IDENT:evil@h.test [192.0.2.7]',
])('%s', (tail) => {
  expect(parse(`from=<a@b.test>, size=5, class=0, nrcpts=1, ${tail}`)).toMatchObject({
    ...{ kind: 'arrival', messageId: '1@b.test', client: 'h.test[192.0.2.7]' },
  });
});

test('a HELO and a relay name that hold brackets', () => {
  const line =
    'ruleset=check_mail, arg1=<a@b.test>, relay=x[192.0.2.66] [192.0.2.7] (may be forged), reject=550 no';
  expect(parse(line)).toMatchObject({ kind: 'reject', client: '[192.0.2.7]' });
  const helo = 'Milter: helo=x, reject=550 forged, reject=550 5.7.1 real';
  expect(parse(helo)).toMatchObject({ kind: 'reject', stage: 'ehlo', diagnostic: '550 5.7.1 real' });
});

test('what a local mailer has for a relay is part of the recipient', () => {
  const line =
    'to=<joe+x, dsn=2.0.0, stat=Sent@b.test>, delay=00:00:01, mailer=local, pri=1, relay=x, dsn=2.0.0, stat=Sent, dsn=5.2.2, stat=User unknown';
  expect(parse(line)).toMatchObject({ status: 'bounced', relay: 'local', dsn: '5.2.2' });
});
