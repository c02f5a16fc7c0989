/**
 * The two ends of a message: `relay=mx.example.com[192.0.2.1]:25` and `client=mail.example.com[192.0.2.1]`.
 * They are taken apart on first use, since most are only carried along.
 */
import { isIP } from 'node:net';
import type { Client, Relay } from './contract.ts';
import { copy } from './copy.ts';

/** Beyond so many distinct relays the table is begun anew. */
const MOST_RELAYS = 20_000;

/** What the text of a party says. */
interface Parts {
  readonly service: string | undefined;
  readonly host: string | undefined;
  readonly ip: string | undefined;
  readonly port: number | undefined;
  readonly near: boolean;
}

/** `host[address]`, `host[address]:port`, `[address]:port`, `host[private/dovecot-lmtp]`, `dovecot`, `unknown[unknown]`. */
function takeApart(text: string): Parts {
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
  };
}

/** This host and its private network: loopback, RFC 1918, RFC 4193, link-local. */
const NEAR =
  /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/i;

/** Whether an address is of this host or its private network, or the path of a UNIX socket. */
export function isNear(address: string): boolean {
  return NEAR.test(address) || address.includes('/');
}

class Party implements Relay, Client {
  provider?: string;
  #text: string;
  #parts: Parts | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  get service(): string | undefined {
    return this.#known().service;
  }

  get host(): string | undefined {
    return this.#known().host;
  }

  get ip(): string | undefined {
    return this.#known().ip;
  }

  get port(): number | undefined {
    return this.#known().port;
  }

  get near(): boolean {
    return this.#known().near;
  }

  detach(): void {
    this.#text = copy(this.#text);
  }

  #known(): Parts {
    this.#parts ??= takeApart(this.#text);
    return this.#parts;
  }
}

/** The client that `text` names. */
export function clientOf(text: string): Client {
  return new Party(text);
}

/** Relays by their text, the same object for the same text. */
const relays = new Map<string, Relay>();

/** The relay that `text` names. Logs name the same few thousand over and over. */
export function relayOf(text: string): Relay {
  let relay = relays.get(text);
  if (relay === undefined) {
    if (relays.size >= MOST_RELAYS) relays.clear();
    const own = copy(text);
    relay = new Party(own);
    relays.set(own, relay);
  }
  return relay;
}
