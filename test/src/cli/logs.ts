/** Postfix log lines for tests. */

/** One message for one recipient: accepted, tried once, and bounced or delivered. */
export function message(number: number, outcome: 'bounced' | 'sent', hour = '09'): string {
  const id = (0xa0000000 + number).toString(16).toUpperCase();
  const at = `2026-11-23T${hour}:00:${String(number % 60).padStart(2, '0')}.000000+00:00 mx1 postfix`;
  const to = `user${number}@example.org`;
  const fate =
    outcome === 'sent'
      ? 'dsn=2.0.0, status=sent (250 2.0.0 Ok)'
      : `dsn=5.1.1, status=bounced (host mx.example.org[192.0.2.1] said: 550 5.1.1 <${to}>: Recipient address ` +
        'rejected: User unknown in virtual mailbox table (in reply to RCPT TO command))';
  return [
    `${at}/smtpd[10]: ${id}: client=client.example.net[192.0.2.9]`,
    `${at}/cleanup[11]: ${id}: message-id=<${number}@example.net>`,
    `${at}/qmgr[12]: ${id}: from=<sender@example.net>, size=1000, nrcpt=1 (queue active)`,
    `${at}/smtp[13]: ${id}: to=<${to}>, relay=mx.example.org[192.0.2.1]:25, delay=1, delays=0.1/0/0.4/0.5, ${fate}`,
    `${at}/qmgr[12]: ${id}: removed`,
    '',
  ].join('\n');
}

/** Three bounced and two delivered. */
export const LOG = [1, 2, 3, 4, 5].map((number) => message(number, number > 3 ? 'sent' : 'bounced')).join('');
