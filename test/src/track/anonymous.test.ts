import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { Both } from '../../../src/aggregate/both.ts';
import { buildReport } from '../../../src/aggregate/build.ts';
import { Trend } from '../../../src/aggregate/trend.ts';
import { Analysis } from '../../../src/analysis.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { CauseStage } from '../../../src/cause/stage.ts';
import { EventRenderer } from '../../../src/sink/delivery-event.ts';
import { Anonymous } from '../../../src/track/anonymous.ts';
import type { TrackedEvent, TrackSink } from '../../../src/track/event.ts';
import { type Disguise, Pseudonyms } from '../../../src/track/pseudonyms.ts';
import fc from '../../property.ts';
import { logOf, type Mail, TODAY } from '../aggregate/mail.ts';

const MASK = new Pseudonyms({ mode: 'mask' });
const HASH = new Pseudonyms({ mode: 'hash', key: 'a key of ours' });

const hashOf = (name: string): string =>
  createHmac('sha256', 'a key of ours').update(name).digest('hex').slice(0, 12);

test.each([
  ['550 5.1.1 <bob@example.org>: unknown', '550 5.1.1 <***@example.org>: unknown'],
  ['to=<bob>, orig_to=<postmaster>, relay=local', 'to=<***>, orig_to=<***>, relay=local'],
  ['"a b"@example.org and x+y=z@example.org.', '***@example.org and ***@example.org.'],
  [
    'blocked: 192.0.2.77, see http://x.test/?ip=192.0.2.77',
    'blocked: 192.0.*.*, see http://x.test/?ip=192.0.*.*',
  ],
  ['client [2001:db8::77]:25 and IPv6:2001:db8::1', 'client [2001:db8:*]:25 and IPv6:2001:db8:*'],
  ['hostname dsl-192-0-2-77.isp.example does not resolve', 'hostname ***.isp.example does not resolve'],
  [
    'reject: header Subject: Your invoice from x; from=<a@b.test>',
    'reject: header Subject: ***; from=<***@b.test>',
  ],
  [
    'reject: ETRN gmail.test... from client40.clients.test[192.0.2.7]',
    'reject: ETRN gmail.test... from ***.clients.test[192.0.*.*]',
  ],
  [
    'client41.clients.test[IPv6:2001:db8::77]: SASL PLAIN authentication failed',
    '***.clients.test[IPv6:2001:db8:*]: SASL PLAIN authentication failed',
  ],
  [
    'SMTP error for pc.clients.test (pc.corp.test) [192.0.2.7]',
    'SMTP error for ***.clients.test (***.corp.test) [192.0.*.*]',
  ],
  ['connect to mx.corp.test[192.0.2.7]:25: refused', 'connect to mx.corp.test[192.0.*.*]:25: refused'],
  ['postfix/smtpd[1234]: from unknown[192.0.2.7]', 'postfix/smtpd[1234]: from unknown[192.0.*.*]'],
  ['5.7.26 at 20:29:57 and 4.99', '5.7.26 at 20:29:57 and 4.99'],
])('%s', (text, wanted) => {
  expect(MASK.text(text)).toBe(wanted);
});

test('no client host of a real log leaves the program', () => {
  const log = readFileSync('fixtures/postfix/2026-11-23.log', 'utf8');
  const hosts = new Set(log.match(/\b[a-z0-9-]+\.clients\.test\b/g));
  expect(hosts.size).toBeGreaterThan(10);
  const output = outputOf(log, { mode: 'mask' });
  expect([...hosts].filter((host) => output.includes(host))).toEqual([]);
});

test('hashes are keyed, and the same person stays the same', () => {
  expect(HASH.address('Bob@example.org')).toBe(`u${hashOf('bob@example.org')}@example.org`);
  expect(HASH.text('<bob@example.org>')).toContain(HASH.address('Bob@example.org'));
  expect(new Pseudonyms({ mode: 'hash', key: 'another key' }).address('bob@example.org')).not.toBe(
    HASH.address('bob@example.org'),
  );
  expect(HASH.ip('192.0.2.7')).toBe(`ip-${hashOf('192.0.2.7')}`);
});

/** What a Postfix server warns of, as a line. */
function noticeOf(text: string): string {
  return `${new Date(TODAY + 60_000).toISOString().replace('Z', '000+00:00')} mx1 postfix/smtpd[10]: ${text}\n`;
}

/** All that leaves the program from these lines, as JSON. */
function outputOf(log: string, disguise: Disguise): string {
  const aggregate = new Aggregate();
  const trend = new Trend({ window: {}, now: TODAY, days: [] });
  const events: object[] = [];
  const renderer = new EventRenderer(['mail.log']);
  const ignore = (): void => undefined;
  const writer: TrackSink = {
    event: (event: TrackedEvent) => events.push(renderer.render(event, '')),
    ...{ resumed: ignore, closed: ignore, retracted: ignore, notified: ignore, notice: ignore },
  };
  const sink = new Anonymous(new Pseudonyms(disguise), new Both(new Both(trend, aggregate), writer));
  const analysis = new Analysis(new CauseStage(new Classifier(), sink), { zone: 'UTC' });
  analysis.begin(TODAY);
  analysis.read({ text: log, offset: 0, overlong: 0 });
  expect(analysis.lines.unparsed).toBe(0);
  const report = buildReport(aggregate, {
    now: TODAY,
    inputs: [{ file: 'mail.log', lines: analysis.lines.read }],
    lines: analysis.lines,
    evicted: 0,
    trend,
  });
  return JSON.stringify([report, events]);
}

describe.each<Disguise>([{ mode: 'mask' }, { mode: 'hash', key: 'a key of ours' }])('$mode', (disguise) => {
  const word = fc.stringMatching(/^[a-z][a-z0-9.+_-]{3,12}[a-z0-9]$/);
  const address = fc
    .tuple(word, fc.constantFrom('example.org', 'gmail.com', 'corp.test'))
    .map(([name, domain]) => `${name}@${domain}`);
  const octet = fc.integer({ min: 1, max: 254 });
  const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
  const ip = fc.oneof(
    ipv4,
    fc.ipV6().filter((text) => !text.includes('.') && text.length > 6),
  );

  test('no address, IP or login of a log leaves the program', () => {
    const mail = fc.record({
      from: address,
      to: address,
      third: address,
      login: word,
      client: fc.tuple(ip, word).map(([address, name]) => ({ ip: address, host: `${name}.dyn.example.net` })),
      relay: ipv4,
      words: fc.constantFrom('User unknown', 'blocked by list', 'mailbox full', 'something odd'),
    });
    fc.assert(
      fc.property(fc.array(mail, { minLength: 1, maxLength: 6 }), (mails) => {
        const log = logOf(
          mails.map(
            ({ from, to, third, login, client, relay, words }, index): Mail => ({
              ...{ time: TODAY + index * 1000, from, to, login },
              client: `${client.host}[${client.ip}]`,
              relay: `mx.example.net[${relay}]:25`,
              reply: `550 5.1.1 <${to}>: ${words} for ${third} from [${client.ip}] (${client.host}), ${login} (in reply to RCPT TO command)`,
            }),
          ),
        );
        const warnings = mails.map(({ login, client }) =>
          noticeOf(
            `warning: ${client.host}[${client.ip}]: SASL PLAIN authentication failed: ${login}@corp.test`,
          ),
        );
        const output = outputOf(log + warnings.join(''), disguise);
        expect(output).toContain('SASL PLAIN authentication failed');
        for (const { from, to, third, login, client, relay } of mails) {
          for (const name of [from, to, third, client.ip, client.host, relay])
            expect(output).not.toContain(name);
          expect(output).not.toContain(`"${login}"`);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('of single senders and logins is told only where they are kept apart', () => {
    const log = logOf(
      Array.from({ length: 60 }, (_, index) => ({
        ...{ time: TODAY + index, from: `u${index % 2}@sender.test`, login: `u${index % 2}` },
        ...{ to: `u${index}@corp.test`, reply: '550 5.1.1 User unknown' },
      })),
    );
    const [report] = JSON.parse(outputOf(log, disguise));
    const lists = report.findings.filter(({ id }: { id: string }) => /^(list|login)\//.test(id));
    expect(lists).toHaveLength(disguise.mode === 'mask' ? 0 : 2);
  });

  test('counts stay what they are', () => {
    const log = logOf(
      Array.from({ length: 30 }, (_, index) => ({
        time: TODAY + index,
        to: `u${index}@corp.test`,
        reply: '550 5.1.1 User unknown',
      })),
    );
    const [report] = JSON.parse(outputOf(log, disguise));
    expect(report.totals).toMatchObject({ recipients: 30, bounced: 30, messages: 30 });
    expect(report.causes).toHaveLength(1);
  });
});
