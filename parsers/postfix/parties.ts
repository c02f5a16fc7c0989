/**
 * The two ends of a message: `relay=mx.example.com[192.0.2.1]:25` and `client=mail.example.com[192.0.2.1]`.
 * Busy logs name the same few thousand servers over and over, so each distinct text is taken apart once.
 */
import { isIP } from 'node:net';
import type { Client, Relay } from '../contract.ts';

/** Beyond so many distinct texts the table is begun anew: spammers connect from everywhere. */
const MOST = 20_000;

class Party implements Relay, Client {
  readonly host?: string;
  readonly ip?: string;
  readonly port?: number;
  readonly near: boolean;

  constructor(text: string) {
    // `host[address]`, `host[address]:port`, `[address]:port`, `host[private/dovecot-lmtp]`, `dovecot`, `unknown[unknown]`
    const open = text.lastIndexOf('[');
    const close = text.indexOf(']', open);
    const host = open < 0 ? text : text.slice(0, open);
    const address = open < 0 || close < 0 ? '' : text.slice(open + 1, close);
    const port = Number(close < 0 ? Number.NaN : text.slice(close + 2));
    if (host !== '' && host !== 'unknown') this.host = host;
    if (isIP(address) !== 0) this.ip = address;
    if (Number.isInteger(port) && port > 0) this.port = port;
    this.near = address.includes('/') || isNear(address);
  }
}

/** Whether an address is of this host or its private network: loopback, RFC 1918, RFC 4193, link-local. */
export function isNear(ip: string): boolean {
  return /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/i.test(
    ip,
  );
}

/** Gives one and the same object for the same text, as long as the table holds it. */
export class Parties {
  readonly #known = new Map<string, Party>();

  /** The server or client that `text` names. */
  get(text: string): Party {
    let party = this.#known.get(text);
    if (party === undefined) {
      if (this.#known.size >= MOST) this.#known.clear();
      const copy = Buffer.from(text).toString();
      party = new Party(copy);
      this.#known.set(copy, party);
    }
    return party;
  }
}
