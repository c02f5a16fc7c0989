/** Logins and encryption of sendmail: told of a connection, they belong to the messages that came or went over it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Sessions, type SessionsState } from '../../../src/track/sessions.ts';
import type { Place } from '../../../src/track/transaction.ts';
import { read, table } from '../reading.ts';

const TLS = 'version=TLSv1.3, verify=NO, cipher=TLS_AES_256_GCM_SHA384, bits=256/256';
const C = 'c.test [192.0.2.7]';
const MX = 'mx.b.test.';

/** Lines of process 7 unless they begin with `#` and another one, and of 10:00 unless with `@` and a time. */
const log = (...lines: readonly string[]) =>
  lines.map((line) => {
    const [, at = '10:00:00', pid = '7', payload] = /^(?:@(\S+) )?(?:#(\d+) )?(.*)$/.exec(line)!;
    return `2026-11-23T${at}Z mx1 sm-mta[${pid}]: ${payload}`;
  });
const id = (n: number) => `6ANA00a${n}000007`;
const from = (n: number, relay = C) =>
  `${id(n)}: from=<a@a.test>, size=500, class=0, nrcpts=1, msgid=<${n}@a.test>, proto=ESMTPSA, daemon=MTA, relay=${relay}`;
const to = (n: number, relay: string, fate = 'dsn=2.0.0, stat=Sent (ok)') =>
  `${id(n)}: to=<b@b.test>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30295, relay=${relay}, ${fate}`;
const login = (user: string, relay = C) => `AUTH=server, relay=${relay}, authid=${user}, mech=PLAIN, bits=0`;
const told = (lines: readonly string[]) => table(read(lines).events, 'type', 'auth_user', 'tls').map(String);

describe('from a client', () => {
  test('every message of the process has the login and the encryption', () => {
    expect(told(log(`STARTTLS=server, relay=${C}, ${TLS}`, login('alice'), from(1), from(2)))).toEqual([
      `accepted,alice,${TLS}`,
      `accepted,alice,${TLS}`,
    ]);
  });

  test.each([
    ['of another process', [login('alice'), `#8 ${from(1)}`]],
    ['of another client', [login('alice'), from(1, 'd.test [192.0.2.8]')]],
    ['that came later', [from(1), login('alice')]],
    ['of long ago', [login('alice'), `@11:00:01 ${from(1)}`]],
    [
      'before the encryption began anew',
      [login('alice'), `STARTTLS=server, relay=d.test [192.0.2.8], ${TLS}`, from(1)],
    ],
  ])('a login %s is not that of the message', (_, lines) => {
    expect(read(log(...lines)).events.map(({ auth_user }) => auth_user)).toEqual([undefined]);
  });

  test('a client that is busy all the time stays logged in', () => {
    const lines = [login('alice'), `@10:50:00 ${from(1)}`, `@11:40:00 ${from(2)}`];
    expect(told(log(...lines))).toEqual(['accepted,alice,', 'accepted,alice,']);
  });

  test('a clone has the login of its message', () => {
    const child = '6ANA00a9000007';
    const events = read(
      log(login('alice'), from(1), `${id(1)}: ${child}: clone: owner=list`, to(9, `${MX} [192.0.2.1]`)),
    ).events;
    expect(events.at(-1)).toMatchObject({ queue_id: child, auth_user: 'alice' });
  });
});

describe('to a server', () => {
  const session = `STARTTLS=client, relay=${MX}, ${TLS}`;
  const tls = (...lines: readonly string[]) =>
    read(log(from(1), ...lines))
      .events.slice(1)
      .map((event) => event.tls);

  test('deliveries of the process to that server were encrypted, failed ones too', () => {
    const bounced = 'dsn=5.1.1, reply=550 5.1.1 no, stat=User unknown';
    const deferred = 'dsn=4.2.2, reply=452 4.2.2 full, stat=Deferred: 452 4.2.2 full';
    for (const fate of [undefined, bounced, deferred]) {
      expect(tls(session, to(1, `${MX} [192.0.2.1]`, fate))).toEqual([TLS]);
    }
  });

  test('whose long name is cut where the delivery names it', () => {
    const name = 'outlook-test.mail.protection.outlook.test.';
    const cut = 'outlook-test.mail....tion.outlook.test.';
    expect(tls(session.replace(MX, name), to(1, `${cut} [192.0.2.1]`))).toEqual([TLS]);
    expect(tls(session.replace(MX, 'outlook-test.mail.other.test.'), to(1, `${cut} [192.0.2.1]`))).toEqual([
      undefined,
    ]);
  });

  test('that has no name', () => {
    expect(tls(session.replace(MX, '[192.0.2.1]'), to(1, '[192.0.2.1] [192.0.2.1]'))).toEqual([TLS]);
    expect(tls(session.replace(MX, '[192.0.2.1]'), to(1, '[192.0.2.2] [192.0.2.2]'))).toEqual([undefined]);
  });

  test.each([
    ['another server', [session, to(1, 'mx2.b.test. [192.0.2.2]')]],
    ['another process', [session, `#8 ${to(1, `${MX} [192.0.2.1]`)}`]],
    ['no connection', [session, to(1, MX, 'dsn=4.0.0, stat=Deferred')]],
    ['a connection of long ago', [session, `@10:06:00 ${to(1, `${MX} [192.0.2.1]`)}`]],
    [
      'a local mailer',
      [session, `${id(1)}: to=b, delay=00:00:01, mailer=local, pri=1, dsn=2.0.0, stat=Sent`],
    ],
  ])('%s has nothing to do with it', (_, lines) => {
    expect(tls(...lines)).toEqual([undefined]);
  });

  test('an expiry has that of the last attempt', () => {
    const deferred = to(
      1,
      `${MX} [192.0.2.1]`,
      'dsn=4.2.2, reply=452 4.2.2 full, stat=Deferred: 452 4.2.2 full',
    );
    const notice = `${id(1)}: 6ANA00a8000007: sender notify: Cannot send message for 5 days`;
    const { events } = read(log(from(1), session, deferred, notice));
    expect(events.find(({ status }) => status === 'expired')).toMatchObject({ tls: TLS });
  });
});

test('a Postfix process of the same number has nothing to do with it', () => {
  const postfix =
    '2026-11-23T10:00:01Z mx1 postfix/smtp[7]: 4AAAAA1: to=<b@b.test>, relay=mx.b.test[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)';
  const { events } = read([...log(`STARTTLS=client, relay=${MX}, ${TLS}`), postfix]);
  expect(events.map(({ tls }) => tls)).toEqual([undefined]);
});

test('a real day: all logins, and encryption wherever a server offered it', () => {
  const { events } = read(readFileSync('fixtures/sendmail/2026-11-23.log'));
  expect(events.filter(({ auth_user }) => auth_user === 'alice')).toHaveLength(10);
  const plain = events.filter(({ tls, relay_ip, status }) => !tls && relay_ip && status === 'delivered');
  // Hosts of the lab without STARTTLS, and the hand-over from the submission program.
  expect([...new Set(plain.map(({ relay_host, relay_ip }) => relay_host ?? relay_ip))].sort()).toEqual([
    ...['127.0.0.1', 'mx.ancient.test', 'mx.docomo.test', 'mx.oldhost.test'],
  ]);
});

test('memory is bounded: the oldest processes go', () => {
  const state: SessionsState = new Map();
  const sessions = new Sessions(state);
  const peer = { ip: '192.0.2.7', near: false };
  const place = (pid: number): Place => ({
    ...{
      time: 0,
      source: 0,
      offset: 0,
      mta: 'sendmail',
      host: 'mx1',
      instance: 'sendmail',
      tag: 'sm-mta',
      pid,
    },
  });
  for (let pid = 1; pid <= 12_000; pid++) {
    sessions.open({ kind: 'session', side: 'server', peer, authUser: `user${pid}` }, place(pid));
  }
  const { recent, older } = state.get('mx1\0sendmail')!.fromClient;
  expect(recent.size + older.size).toBeLessThanOrEqual(10_000);
  expect(sessions.from(peer, place(1))).toBeUndefined();
  expect(sessions.from(peer, place(12_000))).toMatchObject({ authUser: 'user12000' });
});
