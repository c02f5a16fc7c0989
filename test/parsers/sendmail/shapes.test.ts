/** Whose lines are sendmail's, and those that tell nothing of a message. */
import { describe, expect, test } from 'vitest';
import { sendmail } from '../../../parsers/sendmail/index.ts';
import { parse as parseText, ID as Q } from './record.ts';

/** Payloads here bring their queue ids, if they have any. */
const parse = (payload: string) => parseText(payload, { id: '' });

test.each([
  ...[
    'sendmail',
    'sm-mta',
    'sm-msp-queue',
    'sendmail-mta',
    'sendmail-msp',
    'sm-que',
    'sm-acceptingconnections',
  ],
])('the tag %s is sendmail’s', (tag) => {
  expect(sendmail.program(tag)).toMatchObject({ mta: 'sendmail', instance: 'sendmail' });
});

test.each(['sm-notify', 'postfix/sendmail', 'smrsh', 'msmtp', 'sendmailanalyzer'])(
  'the tag %s is not',
  (tag) => {
    expect(sendmail.program(tag)).toBeUndefined();
  },
);

describe('lines that tell nothing of a message', () => {
  test.each([
    // level 9
    'STARTTLS=client, error: connect failed=-1, reason=wrong version number, SSL_error=1, errno=0, retry=-1, relay=mx.b.test.',
    'STARTTLS: read error=timeout (-1)',
    'lost input channel from h.test [192.0.2.7] to MTA-v4 after mail',
    'h.test [192.0.2.7] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA-v4',
    'timeout waiting for input from mx.b.test during client RCPT',
    'rejecting commands from h.test [192.0.2.7] due to pre-greeting traffic after 6 seconds',
    'h.test [192.0.2.7]: possible SMTP attack: command=AUTH, count=5',
    'message size (394268) exceeds maximum (200000)',
    'alias database /etc/mail/aliases rebuilt by root',
    '/etc/mail/aliases: 26 aliases, longest 33 bytes, 564 bytes total',
    'starting daemon (8.17.1.9): SMTP+queueing@00:15:00',
    'rejecting connections on daemon MTA: load average: 12',
    'grew WorkList for /var/spool/mqueue-client to 52000',
    'h.test [192.0.2.7]: VRFY joe [rejected]',
    'log terminated, too many parts',
    'split: count=2',
    // 10 and above
    'alias <list@b.test> => joe,jane',
    'forward /home/joe/.forward => joe@b.test',
    'SMTP connect from h.test [192.0.2.7] (192.0.2.7)',
    'Milter add: header: X-Scanned: to=<a@b.test>, delay=00:00:00, stat=Sent',
    'milter=clamav, action=mail, continue',
    'Milter accept: message',
    // 12 to 15 and above: connections, the dialogue
    'SMTP outgoing connect on mx1.b.test',
    '--- 250 2.1.5 <a@b.test>... Recipient ok, stat=Sent',
    '<-- MAIL FROM:<a@b.test>',
    'dropenvelope, e_flags=0x3001<OLDSTYLE,INQUEUE,HAS_DF>, OpMode=d, pid=1',
    'makeconnection (mx.b.test. [192.0.2.1]) failed: errno=111, h_errno=0, Connection refused',
    'unlock',
  ])('%s', (line) => {
    expect(parseText(line)).toEqual({ kind: 'nothing' });
  });
});

test.each([
  'ruleset=tls_server, arg1=NONE, relay=mx.b.test, reject=403 4.7.0 encryption too weak 0 less than 112',
  'NOQUEUE: connect from c.test [192.0.2.7]',
  `${Q}: c.test [192.0.2.7] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA-v4`,
  `${Q}: c.test [192.0.2.7]: VRFY nosuch [rejected]`,
  `${Q}: c.test [192.0.2.7]: possible SMTP attack: command=AUTH, count=5`,
  `${Q}: mx.b.test.: SMTP RCPT protocol error: 999 what is this`,
  `${Q}: collect: premature EOM: unexpected close`,
  `${Q}: Authentication-Warning: mx1.b.test: c.test [192.0.2.7] didn't use HELO protocol`,
  `${Q}: --- 250 2.0.0 ${Q} Message accepted for delivery`,
  `${Q}: milter=clam, action=rcpt, reject=550 5.7.1 no`,
  `${Q}: Milter (clam): init success to negotiate`,
  `${Q}[2]: stat=User unknown`,
])('understood: %s', (payload) => {
  expect(parse(payload)).toEqual({ kind: 'nothing' });
});

test.each([
  ['Losing ./qf6ANKUZ85000185: savemail panic', 'error'],
  ['SYSERR(root): hash map "access": missing map file', 'error'],
  [`${Q}: SYSERR(root): MX list for b.test. points back to mx1.b.test`, 'error'],
  [`${Q}: Milter (clam): error connecting to filter: Connection refused by /run/clam`, 'error'],
  [
    `${Q}: AUTH failure (LOGIN): user not found (-20) SASL(-13): user not found, user=x, relay=c.test [192.0.2.7]`,
    'warning',
  ],
])('trouble: %s', (payload, severity) => {
  expect(parse(payload)).toMatchObject({ kind: 'notice', severity });
});

test.each([
  '',
  'whatever',
  `${Q}: whatever`,
  `${Q}: to=<a@b.test>`,
  `${Q}: from=<a@b.test>, size=1`,
  'to=<a@b.test>, delay=00:00:00, stat=Sent',
])('not understood: %j', (payload) => {
  expect(parse(payload)).toBeUndefined();
});

test('a queue id tells year and zone', () => {
  const at = (id: string) => sendmail.arrival(`${id}: from=<a@a.test>, size=1, class=0, nrcpts=0, relay=x`);
  expect(at(Q)).toBe(Date.UTC(2026, 10, 23, 20, 30, 35));
  expect(at('s1P819mk027713')).toBe(Date.UTC(2014, 1, 25, 8, 1, 9));
  expect(at('e6G2PqO05058')).toBeUndefined();
  expect(sendmail.arrival(`${Q}: to=<a@b.test>, delay=00:00:00`)).toBeUndefined();
});
