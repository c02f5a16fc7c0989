import { expect, it } from 'vitest';
import { ACTORS, advice, CATALOGUE, delisting } from '../../../src/cause/catalogue.ts';

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
        const { who_acts, remedy } = advice(id, detail, direction);
        expect(ACTORS).toContain(who_acts);
        expect(remedy.length).toBeGreaterThan(20);
      }
    }
  }
});

it('turns the actor round where this server refused', () => {
  expect(advice('ip_blocklisted', 'zen.spamhaus.org').remedy).toContain('https://check.spamhaus.org/');
  expect(advice('mailbox_full').who_acts).toBe("recipient's side");
  expect(advice('mailbox_full', undefined, 'inbound').who_acts).toBe('this server');
  expect(advice('connection_failed', 'refused').remedy).not.toBe(
    advice('connection_failed', 'timeout').remedy,
  );
  expect(advice('no such cause')).toEqual(advice('unclassified'));
});

it('knows where lists are asked for removal', () => {
  expect(delisting('bl.spamcop.net')).toContain('spamcop');
  expect(delisting('dnsbl.example.org')).toBeUndefined();
});
