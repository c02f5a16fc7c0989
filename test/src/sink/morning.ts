/** A report to write in every form. */
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { buildReport } from '../../../src/aggregate/build.ts';
import type { Report } from '../../../src/aggregate/report.ts';
import {
  accepted,
  classification,
  client,
  delivery,
  GREYLISTED,
  HOUR,
  MINUTE,
  message,
  record,
  rejected,
  TEN,
  TIMEOUT,
  UNKNOWN_USER,
} from '../aggregate/events.ts';

const LOOP = classification('mail_loop', { kind: 'soft' });

/** A morning with a little of everything. */
export function morning(): Report {
  const aggregate = new Aggregate();
  const blocked = classification('ip_blocklisted', { detail: 'zen.spamhaus.org' });
  const unknown = (to: string): string =>
    `550 5.1.1 <${to}>: Recipient address rejected: User unknown in virtual mailbox table`;
  for (let index = 0; index < 1200; index++) {
    const mail = message({
      queueId: `4jN9jB4F1gz${index}`,
      from: index % 3 === 0 ? '' : 'news@sender.example',
    });
    const time = TEN + index * 0.4 * MINUTE;
    const to = `user${index}@domain${index % 7}.example`;
    const at = { time, offset: index * 100, to, provider: ['google', 'microsoft', 'other'][index % 3]! };
    aggregate.event(accepted(mail, 1, { time }));
    if (index % 10 === 1) {
      aggregate.event(
        delivery(mail, 'bounced', {
          ...at,
          classification: UNKNOWN_USER,
          delivery: record({
            diagnostic: unknown(to),
            reply: { text: unknown(to), remote: true, code: 550 },
          }),
        }),
      );
      aggregate.notified(mail, time);
    } else if (index % 50 === 2) {
      aggregate.event(delivery(mail, 'deferred', { ...at, classification: TIMEOUT }));
    } else if (index % 50 === 3) {
      const waiting = { suspended: true, attempt: 0, classification: TIMEOUT };
      aggregate.event(delivery(mail, 'deferred', { ...at, ...waiting }));
    } else if (index % 100 === 4) {
      const diagnostic =
        '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org';
      aggregate.event(
        delivery(mail, 'bounced', { ...at, classification: blocked, delivery: record({ diagnostic }) }),
      );
    } else if (index % 400 === 9) {
      const reason = index === 9 ? 'frozen by ACL' : '<park@lab.test>: Recipient address parked by policy';
      aggregate.event(delivery(mail, 'held', { ...at, attempt: 0, delivery: undefined, reason }));
    } else if (index % 400 === 10) {
      const failed = delivery(mail, 'deferred', { ...at, classification: LOOP });
      aggregate.event(failed);
      aggregate.event(
        delivery(mail, 'held', { ...at, attempt: 0, delivery: failed.delivery, prior: failed }),
      );
    } else {
      const grey =
        index % 40 === 5 ? delivery(mail, 'deferred', { ...at, classification: GREYLISTED }) : undefined;
      if (grey !== undefined) aggregate.event(grey);
      aggregate.event(
        delivery(mail, 'delivered', {
          ...at,
          prior: grey,
          delivery: record({ delay: 0.1 + (index % 90) ** 2 / 10 }),
        }),
      );
    }
    if (index % 30 === 6) aggregate.event(rejected({ time, offset: index }));
    if (index % 60 === 7) {
      const full = classification('mailbox_full', { kind: 'soft' });
      aggregate.event(
        rejected({ time, offset: index, classification: full }, { client: client({ ip: '198.51.100.9' }) }),
      );
    }
    if (index % 100 === 8) {
      const text = `hostname host${index}.example does not resolve to address 192.0.2.${index % 200}`;
      aggregate.notice({ kind: 'notice', severity: 'warning', text }, 'postfix/smtpd', time);
    }
  }
  const fatal = 'open database /etc/postfix/virtual.db: No such file or directory';
  aggregate.notice({ kind: 'notice', severity: 'fatal', text: fatal }, 'postfix/smtpd', TEN);
  return buildReport(aggregate, {
    now: TEN + 9 * HOUR,
    inputs: [
      {
        file: '/var/log/mail.log',
        mta: 'postfix',
        lines: 9000,
        from: new Date(TEN).toISOString(),
        to: new Date(TEN + 8 * HOUR).toISOString(),
      },
    ],
    lines: { read: 9000, used: 8000, ignored: 990, unparsed: 10 },
    evicted: 0,
  });
}
