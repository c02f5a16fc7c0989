/**
 * The two ends of a message: `relay=mx.example.com[192.0.2.1]:25` and `client=mail.example.com[192.0.2.1]`.
 * They are taken apart on first use, since most are only carried along.
 */
import { isIP } from 'node:net';
import type { Client, Relay } from '../contract.ts';
import { copy } from '../copy.ts';

/** Beyond so many distinct relays the table is begun anew. */
const MOST_RELAYS = 20_000;

/** `host[address]`, `host[address]:port`, `[address]:port`, `host[private/dovecot-lmtp]`, `dovecot`, `unknown[unknown]`. */
class Party implements Relay, Client {
  #text: string;
  provider?: string;
  #near: boolean | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  detach(): void {
    this.#text = copy(this.#text);
  }

  get host(): string | undefined {
    const open = this.#text.lastIndexOf('[');
    const host = open < 0 ? this.#text : this.#text.slice(0, open);
    return host === '' || host === 'unknown' ? undefined : host;
  }

  get ip(): string | undefined {
    const address = this.#address;
    return isIP(address) === 0 ? undefined : address;
  }

  get port(): number | undefined {
    const port = Number(/\]:(\d{1,5})$/.exec(this.#text)?.[1]);
    return Number.isNaN(port) ? undefined : port;
  }

  get near(): boolean {
    if (this.#near === undefined) {
      const address = this.#address;
      this.#near = address.includes('/') || isNear(address);
    }
    return this.#near;
  }

  get #address(): string {
    const open = this.#text.lastIndexOf('[');
    const close = this.#text.indexOf(']', open);
    return open < 0 || close < 0 ? '' : this.#text.slice(open + 1, close);
  }
}

/** Whether an address is of this host or its private network: loopback, RFC 1918, RFC 4193, link-local. */
export function isNear(ip: string): boolean {
  return /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/i.test(
    ip,
  );
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
