import { describe, expect, it } from 'vitest';
import { formatEnhanced, normalise } from '../../../src/cause/normalise.ts';
import { MAX_LENGTH } from '../../../src/cause/scanner.ts';

describe('normalise', () => {
  it.each([
    [
      'host mx.example.com[192.0.2.1] said: 550-5.1.1 <joe@example.com>: User 550 5.1.1 unknown (in reply to RCPT TO command)',
      {
        text: '<addr>: user unknown',
        replyCode: 550,
        enhancedCode: '5.1.1',
        stage: 'rcpt',
        host: 'mx.example.com',
      },
    ],
    [
      'delivery temporarily suspended: host mx.example.com[2001:db8::1] refused to talk to me: 554 5.7.0 Blocked',
      { text: 'blocked', replyCode: 554, enhancedCode: '5.7.0', stage: 'connect', host: 'mx.example.com' },
    ],
    [
      'SMTP error from remote mail server after MAIL FROM:<a@example.com> SIZE=1024: host mx.example.com [192.0.2.1]: 554 5.7.1 Reverse DNS failed.',
      {
        text: 'reverse dns failed',
        replyCode: 554,
        enhancedCode: '5.7.1',
        stage: 'mail',
        host: 'mx.example.com',
      },
    ],
    [
      'H=mx.example.com [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<a@example.com>: 550-one\\n550 two',
      { text: 'one two', replyCode: 550, enhancedCode: undefined, stage: 'rcpt', host: 'mx.example.com' },
    ],
    [
      'Remote_host_said:_550_5.1.1_no_such_user',
      {
        text: 'remote host said: no such user',
        replyCode: 550,
        enhancedCode: '5.1.1',
        stage: undefined,
        host: undefined,
      },
    ],
    [
      '550 5.7.51 1 Access denied',
      { text: 'access denied', replyCode: 550, enhancedCode: '5.7.511', stage: undefined, host: undefined },
    ],
    [
      '500 5.0.0 Depot says <552 5.2.2 Over quota>',
      {
        text: 'depot says over quota',
        replyCode: 500,
        enhancedCode: '5.2.2',
        stage: undefined,
        host: undefined,
      },
    ],
  ])('%s', (raw, expected) => {
    expect(normalise(raw)).toEqual(expected);
  });

  it.each([
    ['no such user <"a> b"@example.com> here', 'no such user <addr> here'],
    ['mailto:bob+x=y@example.com.', 'mailto:<addr>'],
    ['from user@[192.0.2.1] today', 'from <addr> today'],
    ['<https://example.com/x> and <a@b>', 'https://example.com/x and <addr>'],
    ['[192.0.2.1] [2001:db8::1] [IPv6:2001:db8::1] ::1', '[<ip>] [<ip>] [<ip>] <ip>'],
    ['to mx1.example.com at 10:15:20 or 2026-11-23T19:30:00.000Z', 'to <host> at <n> or <id>'],
    ['client 192.0.2.1 blocked using zen.spamhaus.org', 'client <ip> blocked using zen.spamhaus.org'],
    ['blocked using 1.2.0.192.bl.example.org', 'blocked using bl.example.org'],
    ['see https: //www.example.org/q?ip=192.0.2.1&c=bl', 'see https://www.example.org/q?ip=<ip>&c=bl'],
    [
      'codes S3140 TSS04 AS(780090) OFR_506 LPN007_416 BL21 IB607',
      'codes s3140 tss04 as(<n>) ofr_506 lpn007_416 bl21 ib607',
    ],
    ['ids 4jYHcP1Y34zKQ8n a1b2c3d4e5f6-77', 'ids <id> <id>'],
    ['451 发信人在15分钟内的发信数量超过限制 4jYHcP1Y34zKQ8n', '发信人在15分钟内的发信数量超过限制 <id>'],
    ['RESOLVER.ADR.RecipNotFound; gone.It is', 'resolver.adr.recipnotfound; gone.it is'],
    ['Boîte pleine, Postfach überfüllt, L’adresse', "boite pleine, postfach uberfullt, l'adresse"],
    ['Bo\u00c3\u00aete pleine', 'boite pleine'],
    ['Empf\\303\\244nger', 'empfanger'],
    ['ПОЛЬЗОВАТЕЛЬ не найден', 'пользователь не найден'],
    ['宛先不明', '宛先不明'],
    ['', ''],
    ['   ', ''],
  ])('%s becomes %s', (raw, text) => {
    expect(normalise(raw).text).toBe(text);
  });

  it('counts a number in the text as a number', () => {
    expect(normalise('550 limit of 500 messages reached').replyCode).toBe(550);
    expect(normalise('limit of 500 messages reached').replyCode).toBeUndefined();
    expect(normalise('timed out (517 bytes written)').replyCode).toBeUndefined();
  });

  it('reads the beginning of endless texts only', () => {
    expect(normalise('word '.repeat(100_000)).text.length).toBeLessThanOrEqual(MAX_LENGTH);
  });

  it.each([
    '<',
    '@',
    'a@',
    '<a',
    '"',
    '\\',
    ':',
    '1.',
    '550-',
    '(in reply to ',
    '<"',
    '@@',
    'é',
    '::',
    'http://',
  ])('takes time in proportion to the length of many %s', (piece) => {
    const raw = piece.repeat(Math.ceil(100_000 / piece.length));
    const start = performance.now();
    normalise(raw);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('writes enhanced codes', () => {
    expect(formatEnhanced(5_007_026)).toBe('5.7.26');
  });
});
