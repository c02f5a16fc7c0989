import { describe, expect, it } from 'vitest';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { Analysis } from '../../../src/analysis.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { CauseStage } from '../../../src/cause/stage.ts';
import { reportOf } from '../aggregate/reports.ts';
import { LATEST, read } from '../reading.ts';

const HEAD = '2026-11-23T10:00:00+00:00 mx1';

/** The provider of the one delivery that a line tells of. */
function providerOf(line: string): string | undefined {
  return read(line).events[0]?.provider;
}

describe("Postfix's relay", () => {
  const line = (relay: string, text: string, status = 'deferred', to = 'bob@gmail.com') =>
    `${HEAD} postfix/lmtp[7]: 4XqZ1g0nV8zKQ8n: to=<${to}>, relay=${relay}, delay=1, delays=0/0/0/1, dsn=4.0.0, status=${status} (${text})`;

  it.each([
    ['local', 'local'],
    ['virtual', 'local'],
    ['dovecot', 'local'],
    ['mx1.example.org[private/dovecot-lmtp]', 'local'],
    ['127.0.0.1[127.0.0.1]:10024', 'local'],
    ['localhost[::1]:24', 'local'],
    ['mx1.example.org[127.0.1.1]:24', 'local'],
    // A host of a private network is another one: it is told by its name, or by whose mail it takes.
    ['store.example.org[10.0.0.7]:24', 'google'],
    ['gmail-smtp-in.l.google.com[192.0.2.1]:25', 'google'],
  ])('%s is of %s', (relay, provider) => {
    expect(providerOf(line(relay, 'no'))).toBe(provider);
  });

  it.each([
    ['connect to mx1.example.org[private/dovecot-lmtp]: Connection refused', 'local'],
    ['connect to 127.0.0.1[127.0.0.1]:10024: Connection refused', 'local'],
    [
      'delivery temporarily suspended: conversation with mx1.example.org[private/dovecot-lmtp] timed out while receiving the initial server greeting',
      'local',
    ],
    ['connect to mx.example.net[192.0.2.1]:25: Connection timed out', 'other'],
    // No attempt was made: that is not this host's.
    ['User unknown in virtual alias table', 'other'],
    ['mail for example.net loops back to myself', 'other'],
  ])('none, but %s, is of %s', (text, provider) => {
    expect(providerOf(line('none', text, 'deferred', 'bob@example.net'))).toBe(provider);
  });
});

it.each([
  [
    '** |/bin/program <bob@example.net> R=aliases T=address_pipe: Child process of address_pipe transport returned 1',
    'local',
  ],
  ['== bob@example.net R=localuser T=local_delivery defer (-22): mailbox is full', 'local'],
  ['== bob@example.net R=localuser T=dovecot_virtual_delivery defer (0): mailbox is full', 'local'],
  ['=> bob <bob@example.net> R=localuser T=our_mailboxes', 'local'],
  ['== bob@example.net R=dnslookup T=remote_smtp defer (110): Connection timed out', 'other'],
  ['== bob@example.net R=smarthost T=outbound defer (110): Connection timed out', 'other'],
  ['** bob@example.net: Unrouteable address', 'other'],
])('Exim: %s is of %s', (text, provider) => {
  expect(providerOf(`2026-11-23 10:00:00 1xVahG-000065-0f ${text}`)).toBe(provider);
});

it.each([
  ['mailer=local, pri=30273, dsn=5.2.2, stat=User unknown', 'local'],
  [
    'mailer=prog, pri=30273, dsn=4.3.0, stat=Deferred: prog mailer (/bin/sh) exited with EX_TEMPFAIL',
    'local',
  ],
  ['mailer=relay, pri=30273, relay=[127.0.0.1] [127.0.0.1], dsn=2.0.0, stat=Sent (ok)', 'local'],
  ['mailer=esmtp, pri=30273, relay=mx.example.net. [192.0.2.1], dsn=5.1.1, stat=User unknown', 'other'],
])('sendmail: %s is of %s', (text, provider) => {
  const line = `${HEAD} sendmail[7]: 6ANKUbjA000361: to=<bob@example.net>, delay=00:00:01, xdelay=00:00:01, ${text}`;
  expect(providerOf(line)).toBe(provider);
});

describe('a report', () => {
  const line = (id: string, relay: string, status: string) =>
    `${HEAD} postfix/lmtp[7]: ${id}: to=<bob@example.net>, relay=${relay}, delay=1, delays=0/0/0/1, dsn=5.2.2, status=${status} (host mx said: 552 5.2.2 Mailbox full)\n`;

  function report(text: string) {
    const aggregate = new Aggregate();
    const analysis = new Analysis(new CauseStage(new Classifier(), aggregate), { zone: 'UTC' });
    analysis.begin(LATEST);
    analysis.read({ text, offset: 0, overlong: 0 });
    const { providers, causes } = reportOf(aggregate);
    return {
      providers: providers.map(({ provider, recipients }) => [provider, recipients]),
      acts: causes.map(({ who_acts, local }) => [who_acts, local?.recipients, local?.who_acts]),
    };
  }

  const own = line('4XqZ1g0nV8zKQ8n', 'mx1[private/dovecot-lmtp]', 'bounced');

  it('tells whoever runs this host what to do where all of a cause is of this host', () => {
    expect(report(own)).toEqual({ providers: [['local', 1]], acts: [['this server', undefined, undefined]] });
  });

  it('keeps this host apart from others', () => {
    const both = own + line('4XqZ1g0nV8zKQ9n', 'mx.example.net[192.0.2.1]:25', 'bounced');
    expect(report(both)).toEqual({
      providers: [
        ['local', 1],
        ['other', 1],
      ],
      acts: [["recipient's side", 1, 'this server']],
    });
  });
});
