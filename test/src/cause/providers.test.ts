import { expect, it } from 'vitest';
import {
  DOMAIN_EXAMPLES,
  HOST_EXAMPLES,
  PROVIDERS,
  providerOfDomain,
  providerOfHost,
} from '../../../src/cause/providers.ts';
import fc from '../../property.ts';

it.each(Object.entries(HOST_EXAMPLES))('%s belongs to %s', (host, provider) => {
  expect(providerOfHost(host)).toBe(provider);
  expect(PROVIDERS).toContain(provider);
});

it.each(Object.entries(DOMAIN_EXAMPLES))('mail for %s is taken by %s', (domain, provider) => {
  expect(providerOfDomain(domain)).toBe(provider);
  expect(PROVIDERS).toContain(provider);
});

it('matches whole labels, in any case, with or without the final dot', () => {
  expect(providerOfHost('notgoogle.com')).toBe('other');
  expect(providerOfHost('google.com.example.org')).toBe('other');
  expect(providerOfHost('ASPMX.L.GOOGLE.COM.')).toBe('google');
  expect(providerOfDomain('hotmail.example')).toBe('other');
});

it('never throws and knows no others', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect(PROVIDERS).toContain(providerOfHost(name));
      expect(PROVIDERS).toContain(providerOfDomain(name));
    }),
  );
});
