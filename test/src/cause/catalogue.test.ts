import { describe, expect, it } from 'vitest';
import { ACTORS, advice, CATALOGUE, type Cause, delisting } from '../../../src/cause/catalogue.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { PLACE_NAMES, placesIn } from '../../../src/cause/places.ts';
import { QUEUE_REMEDIES } from '../../../src/cause/queue-remedies.ts';
import { RULES } from '../../../src/cause/rules/index.ts';
import type { Mta } from '../../../src/event/event.ts';

const classifier = new Classifier();

it('knows the 37 causes and unclassified', () => {
  expect([...CATALOGUE.keys()]).toEqual(
    (
      'user_unknown mailbox_full mailbox_disabled recipient_restricted domain_not_found null_mx no_mail_route dns_failure ' +
      'relay_denied spf_fail dkim_fail dmarc_fail arc_fail unauthenticated host_identity sender_rejected ip_blocklisted ' +
      'domain_blocklisted poor_reputation rate_limited greylisted spam_content virus content_rejected malformed_message ' +
      'message_too_large policy_other protocol_error smtputf8_unsupported tls_failure smtp_auth connection_failed ' +
      'remote_problem mail_loop expired local_error suppressed unclassified'
    ).split(' '),
  );
});

it('says of each cause and detail what to do, from both sides', () => {
  for (const [id, cause] of CATALOGUE) {
    for (const detail of [undefined, ...Object.keys(cause.details)]) {
      for (const direction of ['outbound', 'inbound'] as const) {
        const { who_acts, remedy } = advice(id, { detail, direction });
        expect(ACTORS).toContain(who_acts);
        expect(remedy.length).toBeGreaterThan(20);
      }
    }
  }
});

it('turns the actor round where this server refused', () => {
  expect(advice('ip_blocklisted', { detail: 'zen.spamhaus.org' }).remedy).toContain(
    'https://check.spamhaus.org/',
  );
  expect(advice('mailbox_full').who_acts).toBe("recipient's side");
  expect(advice('mailbox_full', { direction: 'inbound' }).who_acts).toBe('this server');
  expect(advice('connection_failed', { detail: 'refused' }).remedy).not.toBe(
    advice('connection_failed', { detail: 'timeout' }).remedy,
  );
  expect(advice('no such cause')).toEqual(advice('unclassified'));
});

const KINDS = ['hard', 'soft'] as const;
const DIRECTIONS = ['outbound', 'inbound'] as const;
/** All advice that there is, for each of these mail servers. */
const allAdvice = (mtas: readonly Mta[]) =>
  [...CATALOGUE].flatMap(([id, { details }]) =>
    [undefined, ...Object.keys(details)].flatMap((detail) =>
      KINDS.flatMap((kind) =>
        DIRECTIONS.map((direction) => ({
          ...{ id, detail, kind, direction },
          remedy: advice(id, { detail, kind, direction, mtas }).remedy,
        })),
      ),
    ),
  );

describe('a remedy', () => {
  it.each([
    ['postfix', /exim|sendmail|access map|acl_|dnslists/i],
    [
      'exim',
      /postfix|postconf|postqueue|postmap|main\.cf|smtpd?_(tls|sasl|dest|sender)|sendmail|access map/i,
    ],
    [
      'sendmail',
      /postfix|postconf|postqueue|postmap|main\.cf|smtpd?_(tls|sasl|dest|sender)|exim|acl_|dnslists/i,
    ],
  ] as const)('for %s names nothing of the others', (mta, foreign) => {
    for (const { id, remedy } of allAdvice([mta])) expect(`${id}: ${remedy}`).not.toMatch(foreign);
  });

  it('names each of several mail servers, in one order, and all where none is known', () => {
    const remedy = (mtas?: Mta[]) => advice('expired', { mtas }).remedy;
    expect(remedy(['exim', 'postfix'])).toMatch(/with Postfix `postconf .*; with Exim `exim -brt/);
    expect(remedy(['exim', 'postfix'])).toBe(remedy(['postfix', 'exim']));
    expect(remedy(['exim', 'postfix'])).not.toContain('sendmail');
    expect(remedy()).toMatch(/Postfix.*Exim.*sendmail/);
    // What two of them have in common is told once.
    expect(advice('ip_blocklisted').remedy).toContain('with Postfix and sendmail `mailq`');
  });

  it('knows all places that it names, and there are no others', () => {
    const templates = [...CATALOGUE.values()].flatMap((cause) =>
      [cause, cause.inbound, cause.local, ...Object.values(cause.details)].flatMap(
        (each: Partial<Cause> = {}) => [each.remedy, each.whenHard, each.waiting, each.returned],
      ),
    );
    templates.push(...Object.values(QUEUE_REMEDIES));
    expect([...new Set(templates.flatMap((text = '') => placesIn(text)))].sort()).toEqual(
      [...PLACE_NAMES].sort(),
    );
    for (const { remedy } of allAdvice([])) expect(remedy).not.toMatch(/\{[a-z]/);
  });

  it('promises no further try where none follows', () => {
    const promise = /\bwait\b|tried again|retried|retries by itself|still in the queue|later try/i;
    for (const { id, detail, kind, remedy } of allAdvice([])) {
      if (kind === 'hard') expect(`${id} ${detail}: ${remedy}`).not.toMatch(promise);
    }
    expect(advice('remote_problem', { kind: 'soft' }).remedy).toMatch(promise);
    for (const { id, kind, direction, examples } of RULES) {
      for (const example of examples) {
        for (const replyCode of [450, 550]) {
          const facts = typeof example === 'string' ? { text: example } : example;
          const found = classifier.explain({ replyCode, ...facts, ...(direction && { direction }) });
          if (found.kind === 'hard') expect(`${id} ${kind}: ${found.remedy}`).not.toMatch(promise);
        }
      }
    }
  });
});

describe('what is said of the mail itself', () => {
  const remedy = (cause: string, waits: boolean, returned: boolean, provider?: string): string =>
    advice(cause, { kind: 'soft', standing: { waits, returned }, provider }).remedy;

  it.each([
    'mailbox_full',
    'rate_limited',
    'greylisted',
    'connection_failed',
    'dns_failure',
    'remote_problem',
  ])('follows where the mail of %s stands', (cause) => {
    const [waits, returned, both, neither] = [
      [true, false],
      [false, true],
      [true, true],
      [false, false],
    ].map(([queued, back]) => remedy(cause, queued!, back!));
    const again = /still in the queue/;
    const back = /came back to its sender/;
    expect(waits).toMatch(again);
    expect(waits).not.toMatch(back);
    expect(returned).toMatch(back);
    expect(returned).not.toMatch(again);
    expect(both).toMatch(again);
    expect(both).toMatch(back);
    expect(neither).not.toMatch(again);
    expect(neither).not.toMatch(back);
  });

  it('holds for what failed on this host, too', () => {
    expect(remedy('connection_failed', true, false, 'local')).toContain('send what waits');
    expect(remedy('connection_failed', false, true, 'local')).not.toContain('send what waits');
  });
});

it('tells of refusals by this server in words for this side, not for that of the sender', () => {
  // What none is refused for at the door, and an error of this server, which is one on either side.
  const elsewhere = ['no_mail_route', 'connection_failed', 'expired', 'suppressed', 'local_error'];
  for (const [id, { details }] of CATALOGUE) {
    if (elsewhere.includes(id)) continue;
    for (const detail of [undefined, ...Object.keys(details)]) {
      const [there, here] = DIRECTIONS.map((direction) => advice(id, { detail, direction }));
      expect(`${id} ${detail}: ${here!.remedy}`).not.toBe(`${id} ${detail}: ${there!.remedy}`);
      // Whoever would have to act over there is this server, or the client.
      expect(here!.who_acts).not.toBe("recipient's side");
      expect(here!.remedy).not.toMatch(/in the queue|sent again/);
    }
  }
});

it('knows where lists are asked for removal', () => {
  expect(delisting('bl.spamcop.net')).toContain('spamcop');
  expect(delisting('dnsbl.example.org')).toBeUndefined();
});
