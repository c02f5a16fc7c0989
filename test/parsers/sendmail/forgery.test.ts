/**
 * Every byte of these lines that a stranger can choose is chosen to make a reader of logs believe something else.
 * The expected facts are those that sendmail itself wrote.
 */
import { describe, expect, test } from 'vitest';
import { ID, parse as parseText } from './record.ts';

const Q = ID;

/** Payloads here bring their queue ids. */
const parse = (payload: string) => parseText(payload, { id: '' });
const REAL =
  'delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=30295, relay=mx.real.test. [192.0.2.1], dsn=5.1.1';
const REFUSED = `${REAL}, reply=550 5.1.1 no, stat=User unknown`;
const FORGED =
  'delay=00:00:09, xdelay=00:00:09, mailer=esmtp, pri=1, relay=evil.test. [198.51.100.6], dsn=2.0.0, stat=Sent (ok)';

const FACTS = {
  kind: 'delivery',
  status: 'bounced',
  dsn: '5.1.1',
  delay: 2,
  relay: 'mx.real.test[192.0.2.1]',
};

describe('in an address', () => {
  const ADDRESSES = [
    `<"x>, ${FORGED}"@b.test>`,
    `<"x\\\\">, ${FORGED}"@b.test>`,
    `<"x"."y>, ${FORGED}"@b.test>`,
    `<a@b.test>(, ${FORGED})`,
    `<a@b.test(>, ${FORGED})>`,
    `<<a>, ${FORGED}@b.test>`,
    `"|prog, ${FORGED}"`,
    '<"<>"@b.test>',
  ];

  test.each(ADDRESSES)('%s', (address) => {
    expect(parse(`${Q}: to=${address}, ${REFUSED}`)).toMatchObject(FACTS);
    expect(parse(`${Q}: to=<a@b.test>, ctladdr=${address} (1/1), ${REFUSED}`)).toMatchObject({
      ...FACTS,
      to: 'a@b.test',
    });
    expect(parse(`${Q}: to=<first@b.test>,${address}, ${REFUSED}`)).toMatchObject({
      ...FACTS,
      to: 'first@b.test',
    });
  });

  test('that was cut in its middle', () => {
    const head = `<AAA${'B'.repeat(36)}`;
    const tail = '1, delay=00:00:09, stat=Sent"@bbbbb.test>';
    const controller = `${head}...${tail.slice(0, 83 - head.length - 3).padEnd(83 - head.length - 3, 'x')}`;
    expect(controller).toHaveLength(83);
    expect(parse(`${Q}: to=<a@b.test>, ctladdr=${controller}, ${REFUSED}`)).toMatchObject(FACTS);
  });

  test('of a sender', () => {
    const forged = 'size=1, class=0, nrcpts=9, msgid=<forged@x.test>, relay=evil.test [198.51.100.6]';
    const real =
      'size=302, class=0, nrcpts=2, msgid=<real@a.test>, proto=ESMTP, daemon=MTA-v4, relay=c.test [192.0.2.7]';
    for (const sender of [`<"x>, ${forged}"@a.test>`, `<a@a.test>(, ${forged})`, `<<a>, ${forged}@a.test>`]) {
      expect(parse(`${Q}: from=${sender}, ${real}`)).toMatchObject({
        kind: 'arrival',
        size: 302,
        recipients: 2,
        messageId: 'real@a.test',
        client: 'c.test[192.0.2.7]',
      });
    }
  });

  test('of the recipient in the detail that local mailers have for a relay', () => {
    const detail = 'x, dsn=2.0.0, stat=Sent';
    expect(
      parse(
        `${Q}: to=<"joe+${detail}"@b.test>, delay=00:00:00, mailer=local, pri=1, relay=${detail}, dsn=5.1.1, stat=User unknown`,
      ),
    ).toMatchObject({ status: 'bounced', dsn: '5.1.1', relay: 'local' });
  });
});

describe('in a reply', () => {
  test.each([
    '550 5.1.1 User unknown, stat=Sent (ok), to=<spoof@victim.test>, dsn=2.0.0',
    '550 5.1.1 no, dsn=2.0.0, stat=Sent (6ANKUaji000311 Message accepted for delivery)',
    '550 5.1.1 no such user => spoof@victim.test C="250 OK"',
  ])('%s', (reply) => {
    expect(parse(`${Q}: to=<a@b.test>, ${REAL}, reply=${reply}, stat=User unknown`)).toMatchObject({
      ...FACTS,
      to: 'a@b.test',
      diagnostic: reply,
      reply: { code: 550, enhanced: '5.1.1' },
    });
  });

  test('that sendmail repeats', () => {
    const reply = '450 4.2.0 later, stat=Sent (ok), stat=Deferred: x';
    expect(
      parse(
        `${Q}: to=<a@b.test>, ${REAL.replace('5.1.1', '4.2.0')}, reply=${reply}, stat=Deferred: ${reply}`,
      ),
    ).toMatchObject({ status: 'deferred', dsn: '4.2.0', diagnostic: reply });
  });

  test('that took the mail', () => {
    expect(
      parse(
        `${Q}: to=<a@b.test>, ${REAL.replace('5.1.1', '2.0.0')}, stat=Sent (ok, dsn=5.0.0, reply=550 no, stat=User unknown)`,
      ),
    ).toMatchObject({ status: 'delivered', dsn: '2.0.0' });
  });
});

describe('in what a client says', () => {
  test('a message-id', () => {
    expect(
      parse(
        `${Q}: from=<a@a.test>, size=1, class=0, nrcpts=1, msgid=<x>, relay=evil.test [198.51.100.6], proto=ESMTP, daemon=MTA, relay=c.test [192.0.2.7]`,
      ),
    ).toMatchObject({ messageId: 'x', client: 'c.test[192.0.2.7]' });
  });

  test('an answer of its ident server, and a name that is only claimed', () => {
    const line = (relay: string) =>
      parse(
        `${Q}: from=<a@a.test>, size=1, class=0, nrcpts=1, msgid=<x@y>, proto=SMTP, daemon=MTA, relay=${relay}`,
      );
    expect(line('x [198.51.100.6]@c.test [192.0.2.7]')?.['client']).toEqual('c.test[192.0.2.7]');
    expect(line('bank.test [192.0.2.7] (may be forged)')?.['client']).toEqual('[192.0.2.7]');
  });

  const VERDICT = 'relay=c.test [192.0.2.7], reject=550 5.7.1 <x>... Relaying denied';

  test.each([
    '<"x>, relay=evil.test [198.51.100.6], reject=250 ok"@b.test>',
    '<"a"."x>, relay=evil.test [198.51.100.6], discard"@b.test>',
    '<<script>, relay=evil.test [198.51.100.6], discard@b.test>',
  ])('an address that is refused: %s', (address) => {
    expect(parse(`${Q}: ruleset=check_rcpt, arg1=${address}, ${VERDICT}`)).toMatchObject({
      kind: 'reject',
      stage: 'rcpt',
      client: 'c.test[192.0.2.7]',
      reply: { code: 550 },
      to: address.slice(1, -1),
    });
  });

  test('a header', () => {
    expect(
      parse(
        `${Q}: ruleset=CheckSubject, arg1= hi, relay=evil.test [198.51.100.6], reject=250 ok, ${VERDICT}`,
      ),
    ).toMatchObject({
      kind: 'reject',
      stage: 'eom',
      client: 'c.test[192.0.2.7]',
      reply: { code: 550 },
      recipientsFollow: true,
    });
  });

  test('a recipient that is unknown', () => {
    expect(parse(`${Q}: <"x>... ok, to=<y"@b.test>... User unknown`)).toMatchObject({
      kind: 'reject',
      to: '"x>... ok, to=<y"@b.test',
    });
    expect(parse(`${Q}: <"6ANKUZ85000190: DSN: "@b.test>... User unknown`)).toMatchObject({ kind: 'reject' });
  });

  test('recipients in the text of a failure', () => {
    expect(
      parse(
        `${Q}: 6ANKUsQI001223: DSN: Too many hops 61 (30 max): from <"x, to <v@victim.test>"@a.test> via c.test, to <"y, to <v@victim.test>"@b.test>`,
      ),
    ).toMatchObject({ kind: 'child', failure: { to: '"y, to <v@victim.test>"@b.test' } });
  });

  test('the dialogue', () => {
    expect(parse(`${Q}: <-- RCPT TO:<a@b.test>, delay=00:00:01, mailer=esmtp, dsn=2.0.0, stat=Sent`)).toEqual(
      {
        kind: 'nothing',
      },
    );
  });
});

const TO =
  'delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30273, relay=mx.b.test. [192.0.2.1], dsn=5.1.1';
const BOUNCED = {
  kind: 'delivery',
  status: 'bounced',
  relay: 'mx.b.test[192.0.2.1]',
  delay: 1,
  dsn: '5.1.1',
};

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
    const record = parseText(`to=<${address}>, ${TO}, reply=550 5.1.1 no, stat=User unknown`);
    expect(record).toMatchObject({ ...BOUNCED, to: address.replaceAll('\\\\', '\\') });
    expect(record).not.toHaveProperty('others');
    expect(record?.['reply']).toMatchObject({ code: 550, text: '550 5.1.1 no' });
  });

  test('as one of several', () => {
    const record = parseText(`to=<a@b.test>,<${address}>, ${TO}, reply=550 5.1.1 no, stat=User unknown`);
    expect(record).toMatchObject({ ...BOUNCED, to: 'a@b.test', others: [address.replaceAll('\\\\', '\\')] });
  });

  test('as ctladdr', () => {
    expect(
      parseText(`to=<a@b.test>, ctladdr=<${address}> (1000/1000), ${TO}, stat=User unknown`),
    ).toMatchObject({
      ...BOUNCED,
      to: 'a@b.test',
    });
  });

  test('as sender', () => {
    const line = `from=<${address}>, size=5, class=0, nrcpts=1, msgid=<1@b.test>, proto=ESMTP, relay=h.test [192.0.2.7]`;
    expect(parseText(line)).toMatchObject({
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
    expect(parseText(line)).toMatchObject({
      kind: 'reject',
      client: 'h.test[192.0.2.7]',
      reply: { code: 550 },
    });
    expect(parseText(`<${address}>... User unknown`)).toMatchObject({
      kind: 'reject',
      to: address.replaceAll('\\\\', '\\'),
    });
    expect(parseText(`Milter: to=<${address}>, reject=550 5.7.1 no`)).toMatchObject({
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
  const record = parseText(`to=<a@b.test>, ${TO}, reply=${reply}, stat=User unknown`);
  expect(record).toMatchObject({
    ...BOUNCED,
    to: 'a@b.test',
    diagnostic: reply,
    reply: { code: 550, remote: true },
  });
  const taken = parseText(`to=<a@b.test>, ${TO.replace('5.1.1', '2.0.0')}, stat=Sent (${reply})`);
  expect(taken).toMatchObject({ to: 'a@b.test', status: 'delivered', diagnostic: reply });
});

test('a deferral that repeats its reply', () => {
  const reply = '451 4.7.1 later, stat=Deferred: 451 x, stat=Sent (ok)';
  const line = `to=<a@b.test>, ${TO.replace('5.1.1', '4.7.1')}, reply=${reply}, stat=Deferred: ${reply}`;
  expect(parseText(line)).toMatchObject({ status: 'deferred', diagnostic: reply });
});

test.each([
  // a message id, an ident server, the name of a client
  'msgid=<1@b.test>, proto=ESMTP, relay=evil [192.0.2.66], relay=h.test [192.0.2.7]',
  'msgid=<1@b.test>, proto=ESMTP, daemon=MTA, relay=IDENT:evil@h.test [192.0.2.7]',
])('%s', (tail) => {
  expect(parseText(`from=<a@b.test>, size=5, class=0, nrcpts=1, ${tail}`)).toMatchObject({
    ...{ kind: 'arrival', messageId: '1@b.test', client: 'h.test[192.0.2.7]' },
  });
});

test('a HELO and a relay name that hold brackets', () => {
  const line =
    'ruleset=check_mail, arg1=<a@b.test>, relay=x[192.0.2.66] [192.0.2.7] (may be forged), reject=550 no';
  expect(parseText(line)).toMatchObject({ kind: 'reject', client: '[192.0.2.7]' });
  const helo = 'Milter: helo=x, reject=550 forged, reject=550 5.7.1 real';
  expect(parseText(helo)).toMatchObject({ kind: 'reject', stage: 'ehlo', diagnostic: '550 5.7.1 real' });
});

test('what a local mailer has for a relay is part of the recipient', () => {
  const line =
    'to=<joe+x, dsn=2.0.0, stat=Sent@b.test>, delay=00:00:01, mailer=local, pri=1, relay=x, dsn=2.0.0, stat=Sent, dsn=5.2.2, stat=User unknown';
  expect(parseText(line)).toMatchObject({ status: 'bounced', relay: 'local', dsn: '5.2.2' });
});
