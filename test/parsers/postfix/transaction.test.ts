import { describe, expect, test } from 'vitest';
import { postfix } from '../../../parsers/postfix/index.ts';
import { parse } from './record.ts';

describe('the life of a message', () => {
  test.each([
    [
      'postfix/smtpd',
      '3p7RMT0zrYz20p: client=mail.a.test[192.0.2.7]',
      { kind: 'client', queueId: '3p7RMT0zrYz20p', client: { host: 'mail.a.test', ip: '192.0.2.7' } },
    ],
    [
      'postfix/smtpd',
      '3p7RMT0zrYz20p: client=mail.a.test[192.0.2.7]:5533',
      {
        kind: 'client',
        queueId: '3p7RMT0zrYz20p',
        client: { host: 'mail.a.test', ip: '192.0.2.7', port: 5533 },
      },
    ],
    [
      'postfix/submission/smtpd',
      '3p7RMT0zrYz20p: client=unknown[192.168.0.100], sasl_method=DIGEST-MD5, sasl_username=user@a.test',
      {
        kind: 'client',
        queueId: '3p7RMT0zrYz20p',
        client: { ip: '192.168.0.100', near: true },
        authUser: 'user@a.test',
      },
    ],
    [
      'postfix/smtpd',
      '4FDE2A1B: client=h.test[192.0.2.7], sasl_method=PLAIN, sasl_username=u, sasl_sender=x@a.test',
      { kind: 'client', queueId: '4FDE2A1B', client: { host: 'h.test', ip: '192.0.2.7' }, authUser: 'u' },
    ],
    [
      'postfix/reinject/smtpd',
      '218BEDC28EC: client=localhost[127.0.0.1], orig_queue_id=4FDE2A1B, orig_client=mail.a.test[192.0.2.7]',
      {
        kind: 'client',
        queueId: '218BEDC28EC',
        client: { host: 'localhost', ip: '127.0.0.1', near: true },
        parentQueueId: '4FDE2A1B',
      },
    ],
    [
      'postfix/smtpd',
      '218BEDC28EC: client=localhost[127.0.0.1], orig_queue_id=NOQUEUE, orig_client=mail.a.test[192.0.2.7]',
      { kind: 'client', queueId: '218BEDC28EC', client: { host: 'localhost', ip: '127.0.0.1', near: true } },
    ],
    [
      'postfix/smtpd',
      '4FDE2A1B: client=unknown[unknown]',
      { kind: 'client', queueId: '4FDE2A1B', client: {} },
    ],
    [
      'postfix/smtpd',
      '4FDE2A1B: client=h.test[fe80::1]',
      { kind: 'client', queueId: '4FDE2A1B', client: { host: 'h.test', ip: 'fe80::1', near: true } },
    ],
    [
      'postfix/pickup',
      'D2FAE20586: uid=0 from=<fail2ban>',
      { kind: 'pickup', queueId: 'D2FAE20586', from: 'fail2ban' },
    ],
    [
      'postfix/pickup',
      'D2FAE20586: uid=0 from=<root@a.test> orig_id=4FDE2A1B',
      { kind: 'pickup', queueId: 'D2FAE20586', from: 'root@a.test', parentQueueId: '4FDE2A1B' },
    ],
    [
      'postfix/pickup',
      'D2FAE20586: uid=30 from=wwwrun',
      { kind: 'pickup', queueId: 'D2FAE20586', from: 'wwwrun' },
    ],
    [
      'postfix/cleanup',
      '0F5383D: message-id=<544D2523.30609@rhsoft.net>',
      { kind: 'message-id', queueId: '0F5383D', messageId: '544D2523.30609@rhsoft.net' },
    ],
    ['postfix/cleanup', '0F5383D: message-id=<>', { kind: 'message-id', queueId: '0F5383D', messageId: '' }],
    ['postfix/cleanup', '0F5383D: message-id=', { kind: 'message-id', queueId: '0F5383D', messageId: '' }],
    ['postfix/cleanup', '0F5383D: resent-message-id=<1@a.test>', { kind: 'nothing' }],
    [
      'postfix/qmgr',
      '0F5383D: from=<owner@a.test>, size=5360, nrcpt=12 (queue active)',
      { kind: 'queued', queueId: '0F5383D', from: 'owner@a.test', size: 5360, recipients: 12 },
    ],
    [
      'postfix/qmgr',
      '0F5383D: from=<>, size=0, nrcpt=1 (queue active)',
      { kind: 'queued', queueId: '0F5383D', from: '', size: 0, recipients: 1 },
    ],
    // before 3.5, and with info_log_address_format=internal
    [
      'postfix/qmgr',
      '0F5383D: from=<name with, spaces@a.test>, size=1, nrcpt=1 (queue active)',
      { kind: 'queued', queueId: '0F5383D', from: 'name with, spaces@a.test', size: 1, recipients: 1 },
    ],
    [
      'postfix/qmgr',
      '585BC3F: from=<>, status=expired, returned to sender',
      { kind: 'expired', queueId: '585BC3F', from: '' },
    ],
    [
      'postfix/qmgr',
      '585BC3F: from=<a@a.test>, status=force-expired, returned to sender',
      { kind: 'expired', queueId: '585BC3F', from: 'a@a.test' },
    ],
    ['postfix/qmgr', '0F5383D: removed', { kind: 'removed', queueId: '0F5383D', by: 'done' }],
    ['postfix/nqmgr', '0F5383D: removed', { kind: 'removed', queueId: '0F5383D', by: 'done' }],
    ['postfix-out/oqmgr', '0F5383D: removed', { kind: 'removed', queueId: '0F5383D', by: 'done' }],
    ['postfix', '0F5383D: removed', { kind: 'removed', queueId: '0F5383D', by: 'unknown' }],
    ['postfix/postsuper', 'D4F2023DB: removed', { kind: 'removed', queueId: 'D4F2023DB', by: 'operator' }],
    [
      'postfix/cleanup',
      'D4F2023DB: removed (canceled)',
      { kind: 'removed', queueId: 'D4F2023DB', by: 'canceled' },
    ],
    [
      'postfix/cleanup',
      'D4F2023DB: removed (discarded)',
      { kind: 'removed', queueId: 'D4F2023DB', by: 'discarded' },
    ],
    [
      'postfix/postsuper',
      'D4F2023DB: placed on hold',
      { kind: 'hold', queueId: 'D4F2023DB', held: true, diagnostic: 'placed on hold' },
    ],
    [
      'postfix/postsuper',
      'D4F2023DB: released from hold',
      { kind: 'hold', queueId: 'D4F2023DB', held: false },
    ],
    ['postfix/postsuper', 'D4F2023DB: requeued', { kind: 'nothing' }],
    ['postfix/postsuper', 'D4F2023DB: expired', { kind: 'nothing' }],
    [
      'postfix/bounce',
      '17CCA8044: sender non-delivery notification: ADD2F8052',
      { kind: 'child', queueId: '17CCA8044', childQueueId: 'ADD2F8052' },
    ],
    [
      'postfix/bounce',
      '65AFB8B5: sender delivery status notification: 1DF35917',
      { kind: 'child', queueId: '65AFB8B5', childQueueId: '1DF35917' },
    ],
    [
      'postfix/bounce',
      '264FE1A18: sender delay notification: 3mPVKl0Mhjz7sXv',
      { kind: 'child', queueId: '264FE1A18', childQueueId: '3mPVKl0Mhjz7sXv' },
    ],
    [
      'postfix/bounce',
      '482E4404AC8: postmaster non-delivery notification: 47335405A44',
      { kind: 'child', queueId: '482E4404AC8', childQueueId: '47335405A44' },
    ],
    [
      'postfix/bounce',
      '482E4404AC8: postmaster delay notification: 47335405A44',
      { kind: 'child', queueId: '482E4404AC8', childQueueId: '47335405A44' },
    ],
  ])('%s: %s', (tag, payload, expected) => {
    expect(parse(payload, tag)).toEqual(expected);
  });
});

describe('lines that decide nothing', () => {
  test.each([
    [
      'postfix/smtp',
      'ED59C3D: host mx.b.test[192.0.2.1] said: 450 4.7.1 Greylisted (in reply to RCPT TO command)',
    ],
    ['postfix/smtp', '40197AA: host mx.b.test[192.0.2.1] refused to talk to me: 450 4.3.2 try again later'],
    [
      'postfix/smtp',
      'B99FE3D: lost connection with mx.b.test[192.0.2.1] while receiving the initial server greeting',
    ],
    ['postfix/smtp', '78D6B41: conversation with mx.b.test[192.0.2.1] timed out while sending RCPT TO'],
    [
      'postfix/smtp',
      'D0F29603B4: SASL authentication failed; server mx.b.test[192.0.2.1] said: 535 5.7.8 Error',
    ],
    [
      'postfix/smtp',
      'B0ADE20FC7: enabling PIX workarounds: disable_esmtp delay_dotcrlf for b.test[192.0.2.1]:25',
    ],
    ['postfix/smtp', '4FDE2A1B: breaking line > 998 bytes with <CR><LF>SPACE'],
    ['postfix/smtp', '4FDE2A1B: replace: header X: y'],
    ['postfix/local', '4FDE2A1B: passing <a@b.test> to transport=local'],
    ['postfix/qmgr', 'ED06590130AA1C9D6D862: skipped, still being delivered'],
    ['postfix/qmgr', '0F5383D: status=deferred (bounce failed)'],
    ['postfix/smtp', 'connect to mx.b.test[192.0.2.1]:25: Connection timed out'],
    [
      'postfix/smtp',
      'Untrusted TLS connection established to mx.b.test[192.0.2.1]:25: TLSv1.2 with cipher X (256/256 bits)',
    ],
    [
      'postfix/smtp',
      'Verified TLS connection reused to mx.b.test[192.0.2.1]:25: TLSv1.3 with cipher X (256/256 bits) key-exchange X25519',
    ],
    ['postfix/smtp', 'SSL_connect error to mx.b.test[192.0.2.1]:25: -1'],
    ['postfix/smtp', 'certificate verification failed for mx.b.test[192.0.2.1]:25: untrusted issuer /C=de'],
    ['postfix/smtpd', 'connect from mail.a.test[192.0.2.7]'],
    [
      'postfix/smtpd',
      'disconnect from unknown[192.0.2.7] ehlo=2 starttls=1 mail=1 rcpt=0/1 data=0/1 quit=1 commands=5/7',
    ],
    ['postfix/smtpd', 'lost connection after DATA (7774180 bytes) from unknown[192.0.2.7]'],
    // 3.10 says whose message it was
    ['postfix/smtpd', 'NOQUEUE: lost connection after RCPT from unknown[192.0.2.7]'],
    ['postfix/smtpd', '4FDE2A1B: lost connection after DATA (20 bytes) from unknown[192.0.2.7]'],
    ['postfix/smtpd', '4FDE2A1B: timeout after END-OF-MESSAGE from unknown[192.0.2.7]'],
    ['postfix/smtpd', 'NOQUEUE: too many errors after RCPT from unknown[192.0.2.7]'],
    ['postfix/smtpd', 'improper command pipelining after EHLO from unknown[192.0.2.7]: MAIL FROM:<>'],
    ['postfix/smtpd', 'bare <LF> received after CONNECT from a.test[192.0.2.7]'],
    ['postfix/smtpd', 'SSL_accept error from unknown[192.0.2.7]: lost connection'],
    [
      'postfix/smtpd',
      'Anonymous TLS connection established from a.test[192.0.2.7] to mx.test: TLSv1.2 with cipher X (256/256 bits)',
    ],
    ['postfix/smtpd', 'discarding EHLO keywords: CHUNKING ETRN DSN 8BITMIME'],
    [
      'postfix/smtpd',
      'proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as DF66E940333; from=<a@a.test> to=<b@b.test> proto=ESMTP helo=<x>',
    ],
    ['postfix/smtpd', 'NOQUEUE: client=mail.a.test[192.0.2.7]'],
    ['postfix/postscreen', 'CONNECT from [192.0.2.7]:53024 to [192.0.2.1]:25'],
    ['postfix/postscreen', 'PASS NEW [2001:db8::7]:36051'],
    ['postfix/postscreen', 'PASS OLD [192.0.2.7]:53024'],
    ['postfix/postscreen', 'DISCONNECT [192.0.2.7]:43421'],
    ['postfix/postscreen', 'ALLOWLISTED [192.0.2.7]:53024'],
    ['postfix/postscreen', 'DENYLISTED [192.0.2.7]:53024'],
    ['postfix/postscreen', 'WHITELIST VETO [192.0.2.7]:53024'],
    ['postfix/postscreen', 'BLACKLISTED [192.0.2.7]:53024'],
    ['postfix/postscreen', 'DNSBL rank 3 for [192.0.2.7]:1038'],
    ['postfix/postscreen', 'PREGREET 6 after 1.2 from [192.0.2.7]:43421: RSET\\r\\n'],
    ['postfix/postscreen', 'HANGUP after 63 from [192.0.2.7]:1038 in tests after SMTP handshake'],
    ['postfix/postscreen', 'COMMAND TIME LIMIT from [192.0.2.7]:51799 after CONNECT'],
    ['postfix/postscreen', 'COMMAND PIPELINING from [192.0.2.7]:42606 after .: x'],
    ['postfix/postscreen', 'BARE NEWLINE from [192.0.2.7]:42606 after .'],
    ['postfix/postscreen', 'NON-SMTP COMMAND from [192.0.2.7]:45284 after CONNECT: GET / HTTP/1.1'],
    ['postfix/dnsblog', 'addr 192.0.2.7 listed by domain psbl.test as 127.0.0.2'],
    ['postfix/tlsproxy', 'CONNECT from [192.0.2.7]:51637'],
    ['postfix/anvil', 'statistics: max connection rate 1/60s for (smtpd:192.0.2.7) at Oct 26 18:13:50'],
    ['postfix/scache', 'statistics: domain lookup hits=0 miss=1 success=0%'],
    [
      'postfix/verify',
      'cache lmdb:/var/lib/postfix/verify_cache full cleanup: retained=724 dropped=6 entries',
    ],
    ['postfix/master', 'daemon started -- version 3.7.11, configuration /etc/postfix'],
    ['postfix/master', 'reload -- version 3.7.11, configuration /etc/postfix'],
    ['postfix/master', 'terminating on signal 15'],
    ['postfix/postfix-script', 'starting the Postfix mail system'],
    ['postfix/postfix-script', 'stopping the Postfix mail system'],
    ['postfix/postsuper', 'Deleted: 115 messages'],
    ['postfix/postsuper', 'Placed on hold: 67 messages'],
    ['postfix/postsuper', 'Force-expired: 2 messages'],
  ])('%s: %s', (tag, payload) => {
    expect(parse(payload, tag)).toEqual({ kind: 'nothing' });
  });
});

describe('Postfix’s own trouble', () => {
  test.each([
    ['postfix/smtpd', 'warning', 'unknown[192.0.2.7]: SASL LOGIN authentication failed: UGFzc3dvcmQ6'],
    [
      'postfix/smtpd',
      'warning',
      'unknown[192.0.2.7]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=root',
    ],
    ['postfix/smtpd', 'warning', 'hostname a.test does not resolve to address 192.0.2.7'],
    [
      'postfix/cleanup',
      'warning',
      '9BECF3F19D: sender_canonical_maps map lookup problem for a@a.test -- message not accepted, try again later',
    ],
    ['postfix/bounce', 'warning', '9BECF3F19D: undeliverable postmaster notification discarded'],
    ['postfix/bounce', 'warning', '9BECF3F19D: sender notification failed to a@a.test'],
    ['postfix/master', 'fatal', 'bind 0.0.0.0 port 25: Address already in use'],
    ['postfix/smtpd', 'panic', 'mymalloc: requested length 0'],
    ['postfix/proxymap', 'error', 'open /etc/postfix/x.cf: No such file or directory'],
    ['postfix/sendmail', 'fatal', 'root(0): message file too big'],
    // a process that had not read its configuration yet
    ['local', 'fatal', 'execvp /usr/local/libexec/postfix/local: No such file or directory'],
  ])('%s: %s: %s', (tag, severity, text) => {
    expect(parse(`${severity}: ${text}`, tag)).toEqual({ kind: 'notice', severity, text });
  });
});

describe('left unparsed', () => {
  test.each([
    ['words that no version of Postfix says', 'postfix/smtpd', 'the quick brown fox'],
    ['the same behind a queue id', 'postfix/smtpd', '4FDE2A1B: the quick brown fox'],
    ['an empty payload', 'postfix/smtpd', ''],
    ['a queue id alone', 'postfix/qmgr', '4FDE2A1B: '],
    ['a sender without a size', 'postfix/qmgr', '4FDE2A1B: from=<a@a.test>'],
    ['a notification of no id', 'postfix/bounce', '17CCA8044: sender non-delivery notification: to whom?'],
    ['a bare tag with words of its own', 'smtpd', 'connect from mail.a.test[192.0.2.7]'],
  ])('%s', (_, tag, payload) => {
    expect(parse(payload, tag)).toBeUndefined();
  });
});

describe('whose tag it is', () => {
  test.each([
    ['postfix/smtpd', 'postfix'],
    ['postfix/submission/smtpd', 'postfix'],
    ['postfix/reinject/smtpd', 'postfix'],
    ['postfix-out/smtp', 'postfix-out'],
    ['postfix-mx/content-filter/smtp', 'postfix-mx'],
    ['postfix-170.55.103.23/smtpd', 'postfix-170.55.103.23'],
    ['mx-out/qmgr', 'mx-out'],
    ['postfix', 'postfix'],
    ['qmgr', 'postfix'],
  ])('%s is of the instance %s', (tag, instance) => {
    expect(postfix.program(tag)).toMatchObject({ mta: 'postfix', instance });
  });

  test.each([
    'dovecot',
    'sshd',
    'kernel',
    'error',
    'master',
    'verify',
    'systemd',
    'amavis/smtp-in',
    'CRON',
    '',
  ])('%s is not Postfix’s', (tag) => {
    expect(postfix.program(tag)).toBeUndefined();
  });
});

describe('queue ids', () => {
  const arrival = (id: string, verb = 'client=a.test[192.0.2.7]'): string | undefined => {
    const time = postfix.arrival(`${id}: ${verb}`);
    return time === undefined ? undefined : new Date(time).toISOString();
  };

  test.each([
    ['3mPVKl0Mhjz7sXv', '2015-07-05T12:52:11.000Z'],
    ['4jYHcP1Y34zKQ8n', '2026-11-23T20:29:57.000Z'],
  ])('the long id %s tells that it was made at %s', (id, time) => {
    expect(arrival(id)).toBe(time);
    expect(arrival(id, 'uid=0 from=<root>')).toBe(time);
  });

  test.each([
    ['a short id', '4FDE2A1B', undefined],
    ['a line later in the life of the message', '3mPVKl0Mhjz7sXv', 'removed'],
    ['a message-id, which may come much later', '3mPVKl0Mhjz7sXv', 'message-id=<a@b>'],
  ])('%s tells nothing', (_, id, verb) => {
    expect(arrival(id, verb)).toBeUndefined();
  });

  test.each([
    ['the shortest seen', '0F5383D'],
    ['six digits', '0F5383'],
    ['the longest seen', 'ED06590130AA1C9D6D862'],
    ['an anonymised one', 'BABABABABA'],
    ['a long one', '3mPVKl0Mhjz7sXv'],
    ['a long one of 2038 and later', '6mPVKl0MhjzBCDFG1'],
  ])('%s: %s', (_, id) => {
    expect(parse(`${id}: removed`, 'postfix/qmgr')).toMatchObject({ kind: 'removed', queueId: id });
  });

  test.each([
    ['0F538'],
    ['removed'],
    ['warning'],
    ['statistics'],
    ['0f5383d'],
    ['3mPVKl0Mhj'],
    ['NOQUEUE'],
    ['AEIOUaeiou12'],
  ])('%s is none', (word) => {
    expect(parse(`${word}: removed`, 'postfix/qmgr')?.kind).not.toBe('removed');
  });
});
