/**
 * The two ends of a message: `relay=mx.example.com[192.0.2.1]:25` and `client=mail.example.com[192.0.2.1]`.
 */
import { isIP } from 'node:net';
import type { Client, Relay } from './contract.ts';
import { copy } from './copy.ts';

/** Beyond so many distinct texts a table is begun anew. */
const MOST = 20_000;
/** No name with its address is longer; texts beyond are taken apart every time. */
const LONGEST = 400;

/** A relay may be a service of this host, a client is always another program's end. */
type Party = Relay & Client;

/**
 * What parties are called, with the same object for the same text: logs name the same few thousand over and over.
 * They are plain data with strings of their own, so that everybody may keep them.
 */
export class Parties {
  readonly #known = new Map<string, Party>();
  readonly #takeApart: (text: string) => Party;

  /** @param takeApart reads a text that was not seen before, and which shares nothing with the batch */
  constructor(takeApart: (text: string) => Party) {
    this.#takeApart = takeApart;
  }

  /** The party that `text` names, which may be a slice of a batch. */
  of(text: string): Party {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const own = copy(text);
    const party = this.#takeApart(own);
    if (own.length <= LONGEST) {
      if (this.#known.size >= MOST) this.#known.clear();
      this.#known.set(own, party);
    }
    return party;
  }
}

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

const clients = new Parties(takeApart);
const relays = new Parties(takeApart);

/** The client that `text` names. */
export function clientOf(text: string): Client {
  return clients.of(text);
}

/** The relay that `text` names. */
export function relayOf(text: string): Relay {
  return relays.of(text);
}
