/**
 * The two ends of a message: `relay=mx.example.com[192.0.2.1]:25` and `client=mail.example.com[192.0.2.1]`.
 */
import { isIP } from 'node:net';
import type { Client, Relay } from './contract.ts';
import { Recurring } from './recurring.ts';

/** Another program at one end of a message. A relay may be a service of this host, a client never is. */
export type Party = Relay & Client;

/** `host[address]`, `host[address]:port`, `[address]:port`, `host[private/dovecot-lmtp]`, `dovecot`, `unknown[unknown]`. */
export function takeApart(text: string): Party {
  // The address is the last thing said: a name before it comes from a stranger's DNS.
  const open = text.lastIndexOf('[');
  const close = open < 0 ? -1 : text.indexOf(']', open);
  const host = open < 0 ? '' : text.slice(0, open);
  const address = close < 0 ? '' : text.slice(open + 1, close);
  const port = close < 0 || close + 2 >= text.length ? Number.NaN : Number(text.slice(close + 2));
  return {
    service: open < 0 ? text : undefined,
    host: host === '' || host === 'unknown' ? undefined : host,
    ip: isIP(address) === 0 ? undefined : address,
    port: Number.isInteger(port) ? port : undefined,
    near: isNear(address),
    provider: undefined,
  };
}

/** This host and its private network: loopback, RFC 1918, RFC 4193, link-local. */
const NEAR =
  /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/i;

/** Whether an address is of this host or its private network, or the path of a UNIX socket. */
export function isNear(address: string): boolean {
  return NEAR.test(address) || address.includes('/');
}

const parties = new Recurring(takeApart);

/** The party that a text names, which may be a part of a batch. The same object for the same text, mostly: plain data. */
export function partyOf(text: string, start?: number, end?: number): Party {
  return parties.of(text, start, end);
}
