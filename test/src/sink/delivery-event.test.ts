import { describe, expect, test } from 'vitest';
import { EVENT_JSON_SCHEMA } from '../../../src/event/schema.ts';
import { formatTime } from '../../../src/sink/delivery-event.ts';
import { read } from '../reading.ts';

const DEFERRED =
  'Nov 23 10:00:03 mx1 postfix/smtp[1]: 4FDE2A1B: to=<b@gmail.com>, orig_to=<x@a.test>, relay=gmail-smtp-in.l.google.com[192.0.2.1]:25, conn_use=2, ' +
  "delay=2.5, delays=0.1/0.2/1/1.2, tls=dane, dsn=4.2.2, status=deferred (host gmail-smtp-in.l.google.com[192.0.2.1] said: 452 4.2.2 The recipient's inbox is out of storage space. (in reply to RCPT TO command))";

const LOG = [
  'Nov 23 10:00:00 mx1 postfix/submission/smtpd[1]: 4FDE2A1B: client=pc.a.test[192.0.2.7], sasl_method=PLAIN, sasl_username=anna',
  'Nov 23 10:00:01 mx1 postfix/cleanup[1]: 4FDE2A1B: message-id=<1@a.test>',
  'Nov 23 10:00:02 mx1 postfix/qmgr[1]: 4FDE2A1B: from=<a@a.test>, size=500, nrcpt=1 (queue active)',
  DEFERRED,
  'Nov 23 10:00:04 mx1 postfix/qmgr[1]: 4FDE2A1B: from=<a@a.test>, status=expired, returned to sender',
  'Nov 23 10:00:05 mx1 postfix/smtpd[1]: NOQUEUE: reject: RCPT from c.test[192.0.2.8]: 550 5.1.1 <n@a.test>: Recipient address rejected: User unknown in local recipient table; from=<> to=<n@a.test> proto=ESMTP helo=<c.test>',
];

const message = {
  schema: 'whybounce.event/1',
  mta: 'postfix',
  host: 'mx1',
  instance: 'postfix',
  queue_id: '4FDE2A1B',
  message_id: '1@a.test',
  from: 'a@a.test',
  size: 500,
  client_host: 'pc.a.test',
  client_ip: '192.0.2.7',
  auth_user: 'anna',
  source_file: 'mail.log',
};

describe('an event', () => {
  const { events } = read(LOG);
  const [accepted, deferred, expired, rejected] = events;

  test('of an acceptance', () => {
    expect(accepted).toEqual({
      ...message,
      event_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      time: '2026-11-23T10:00:02Z',
      type: 'accepted',
      recipients: 1,
      source_offset: LOG[0]!.length + LOG[1]!.length + 2,
    });
  });

  test('of an attempt', () => {
    expect(deferred).toMatchObject({
      ...message,
      time: '2026-11-23T10:00:03Z',
      type: 'delivery',
      status: 'deferred',
      final: false,
      to: 'b@gmail.com',
      orig_to: 'x@a.test',
      relay_host: 'gmail-smtp-in.l.google.com',
      relay_ip: '192.0.2.1',
      relay_port: 25,
      transport: 'smtp',
      provider: 'google',
      attempt: 1,
      delay: 2.5,
      delay_before_queue: 0.1,
      delay_in_queue: 0.2,
      delay_connect: 1,
      delay_transmit: 1.2,
      tls: 'dane',
      reply_code: 452,
      enhanced_code: '4.2.2',
      dsn: '4.2.2',
      stage: 'rcpt',
      diagnostic: expect.stringMatching(/^host gmail-.*RCPT TO command\)$/),
      cause: 'mailbox_full',
      kind: 'soft',
    });
    expect(deferred).not.toHaveProperty('hop');
    expect(deferred).not.toHaveProperty('suspended');
    expect(deferred).not.toHaveProperty('recipients');
  });

  test('of an expiry: the reason of the last attempt, but no attempt', () => {
    expect(expired).toMatchObject({
      status: 'expired',
      final: true,
      to: 'b@gmail.com',
      reply_code: 452,
      cause: 'mailbox_full',
    });
    for (const key of ['attempt', 'delay', 'delay_connect', 'recipients'])
      expect(expired).not.toHaveProperty(key);
  });

  test('of a refusal: the client’s, without a message', () => {
    expect(rejected).toMatchObject({
      type: 'rejected',
      from: '',
      to: 'n@a.test',
      client_host: 'c.test',
      client_ip: '192.0.2.8',
      helo: 'c.test',
      reply_code: 550,
      enhanced_code: '5.1.1',
      stage: 'rcpt',
      cause: 'user_unknown',
    });
    for (const key of ['queue_id', 'status', 'final', 'attempt', 'instance'])
      expect(rejected).not.toHaveProperty(key);
  });

  test('has no key that the schema does not know, no absent value, and always the keys that it requires', () => {
    const { properties, required } = EVENT_JSON_SCHEMA as unknown as {
      properties: object;
      required: readonly string[];
    };
    for (const event of events) {
      for (const [key, value] of Object.entries(event)) {
        expect(Object.keys(properties)).toContain(key);
        expect(value).not.toBeUndefined();
        expect(value).not.toBeNull();
      }
      for (const key of required) expect(event).toHaveProperty(key);
    }
  });
});

describe('the id of an event', () => {
  const ids = (lines: readonly string[]): string[] => read(lines).events.map((event) => event.event_id);

  test('is the same wherever the line is', () => {
    expect(ids(LOG)).toEqual(ids(['Nov 23 09:00:00 mx1 sshd[1]: hello', ...LOG]));
    expect(ids([DEFERRED])[0]).toBe(ids(LOG)[1]);
  });

  test('differs for lines that are the same in the same second, and is the same in every run', () => {
    const twice = ids([DEFERRED, DEFERRED, DEFERRED]);
    expect(new Set(twice).size).toBe(3);
    expect(ids([DEFERRED, DEFERRED, DEFERRED])).toEqual(twice);
    expect(twice[0]).toBe(ids([DEFERRED])[0]);
  });

  test('differs for the recipients that one line speaks of', () => {
    const lines = [DEFERRED, DEFERRED.replace('b@', 'c@'), LOG[4]!];
    expect(new Set(ids(lines)).size).toBe(4);
  });

  test('differs for the same event of two lines', () => {
    expect(
      new Set(ids([DEFERRED, DEFERRED.replace('10:00:03', '10:00:04'), DEFERRED.replace('mx1', 'mx2')])).size,
    ).toBe(3);
  });
});

test.each([
  [0, '1970-01-01T00:00:00Z'],
  [1_795_428_000_000, '2026-11-23T10:00:00Z'],
  [1_795_428_000_007, '2026-11-23T10:00:00.007Z'],
  [1_795_428_000_500, '2026-11-23T10:00:00.500Z'],
  [1_795_428_000_755.361, '2026-11-23T10:00:00.755361Z'],
  [1_795_428_000_000.001, '2026-11-23T10:00:00.000001Z'],
  [1_795_428_000_999.999, '2026-11-23T10:00:00.999999Z'],
  [-1500, '1969-12-31T23:59:58.500Z'],
])('%d is %s', (time, text) => {
  expect(formatTime(time)).toBe(text);
});
