/** Postfix's lines of messages with one recipient each, for logs of several days that tests need. */

/** What became of one message. */
export interface Mail {
  /** Milliseconds since the epoch. */
  time: number;
  from?: string;
  to: string;
  login?: string;
  client?: string;
  /** What the server said; delivered where absent. */
  reply?: string;
  /** As in `host[ip]:port`. */
  relay?: string;
  status?: 'sent' | 'bounced' | 'deferred';
  /** It is delivered this many milliseconds after it was put off. */
  later?: number;
}

/** Gmail's words for mail that neither SPF nor DKIM vouches for. */
export const UNAUTHENTICATED =
  '550-5.7.26 Your email has been blocked because the sender is unauthenticated. 550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM. 550 5.7.26 DKIM = did not pass (in reply to end of DATA command)';

/** Where Gmail takes mail. */
export const GMAIL = 'gmail-smtp-in.l.google.com[142.250.27.26]:25';

/** Gives the lines of all messages in the order of their times, ended by line feeds. */
export function logOf(mails: readonly Mail[]): string {
  const lines = mails.flatMap((mail, index) => linesOf(mail, index));
  return lines
    .map((line, index) => ({ ...line, index }))
    .sort((a, b) => a.time - b.time || a.index - b.index)
    .map(({ time, text }) => `${new Date(time).toISOString().replace('Z', '000+00:00')} mx1 ${text}\n`)
    .join('');
}

function linesOf(mail: Mail, index: number): { time: number; text: string }[] {
  const { time, from = 'news@example.com', to, login, relay = 'mx.example.net[198.51.100.7]:25' } = mail;
  const client = mail.client ?? 'app.example.com[192.0.2.5]';
  const id = (0x4b0000000 + index).toString(16).toUpperCase();
  const status = mail.status ?? (mail.reply === undefined ? 'sent' : 'bounced');
  const said =
    mail.reply === undefined ? '250 2.0.0 OK' : `host ${relay.replace(/:25$/, '')} said: ${mail.reply}`;
  const dsn = status === 'sent' ? '2.0.0' : status === 'bounced' ? '5.0.0' : '4.0.0';
  const attempt = (at: number, how: string, code: string, words: string) => ({
    time: at,
    text: `postfix/smtp[30]: ${id}: to=<${to}>, relay=${how === 'deferred' && mail.reply === undefined ? 'none' : relay}, delay=1.2, delays=0.1/0/0.5/0.6, dsn=${code}, status=${how} (${words})`,
  });
  const sasl = login === undefined ? '' : `, sasl_method=PLAIN, sasl_username=${login}`;
  const lines = [
    { time, text: `postfix/smtpd[10]: ${id}: client=${client}${sasl}` },
    { time, text: `postfix/cleanup[11]: ${id}: message-id=<${index}@example.com>` },
    { time, text: `postfix/qmgr[2]: ${id}: from=<${from}>, size=1200, nrcpt=1 (queue active)` },
    attempt(time + 1000, status, dsn, said),
  ];
  if (status !== 'deferred')
    return [...lines, { time: time + 1000, text: `postfix/qmgr[2]: ${id}: removed` }];
  if (mail.later === undefined) return lines;
  const end = time + mail.later;
  return [
    ...lines,
    attempt(end, 'sent', '2.0.0', '250 2.0.0 OK'),
    { time: end, text: `postfix/qmgr[2]: ${id}: removed` },
  ];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The day that the findings of these tests are about, in UTC. */
export const TODAY = Date.parse('2026-11-23T00:00:00Z');

/** Mail as on every day: 480 messages, one every three minutes, of which some fail. `day` counts from `TODAY`. */
export function ordinaryDay(day: number): Mail[] {
  return Array.from({ length: 480 }, (_, index): Mail => {
    const time = TODAY + day * DAY + index * 3 * MINUTE;
    const user = `user${index}`;
    if (index % 3 === 0) return { time, to: `${user}@gmail.com`, relay: GMAIL };
    if (index % 20 === 1) {
      const reply = `550 5.1.1 <${user}@example.net>: Recipient address rejected: User unknown (in reply to RCPT TO command)`;
      return { time, to: `${user}@example.net`, reply };
    }
    return { time, to: `${user}@example.net` };
  });
}

/** Several ordinary days up to and with `TODAY`. */
export function ordinaryDays(before: number): Mail[] {
  return Array.from({ length: before + 1 }, (_, index) => ordinaryDay(index - before)).flat();
}

/** From 14:05 on `TODAY`, Gmail refuses what example.com sends. */
export function refusedByGmail(count: number): Mail[] {
  return Array.from({ length: count }, (_, index) => ({
    time: TODAY + 14 * HOUR + 5 * MINUTE + index * 30_000,
    to: `g${index}@gmail.com`,
    relay: GMAIL,
    reply: UNAUTHENTICATED,
  }));
}
