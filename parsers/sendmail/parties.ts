/**
 * The two ends of a message, both as `relay=`: `mx.example.com. [192.0.2.1]`, `localhost [[UNIX: localhost]]`,
 * `root@localhost`, `[192.0.2.7]`, `dyn.example.net [192.0.2.9] (may be forged)`, `mx.example.com. [IPv6:2001:db8:0:0:0:0:0:1]`.
 */
import { isIP } from 'node:net';
import type { Client, Relay } from '../contract.ts';
import { copy } from '../copy.ts';
import { isNear } from '../parties.ts';
import { withLetters } from './escapes.ts';

/** Beyond so many distinct relays the table is begun anew. */
const MOST_RELAYS = 20_000;

/** What the text of a party says. */
interface Parts {
  readonly host: string | undefined;
  readonly ip: string | undefined;
  readonly near: boolean;
}

function takeApart(text: string): Parts {
  // The address is the last thing in brackets: names before it come from a stranger's DNS or ident server.
  const open = text.lastIndexOf('[');
  const close = open < 0 ? -1 : text.indexOf(']', open);
  const name = (open < 0 ? text : text.slice(0, open)).replace(/ \[?$/, '');
  const bracketed = close < 0 ? '' : text.slice(open + 1, close);
  const address = bracketed.startsWith('IPv6:') ? bracketed.slice(5) : bracketed;
  // A name that does not lead back to the address is only claimed.
  const forged = close >= 0 && text.startsWith(' (may be forged)', close + 1);
  const host = forged ? undefined : nameOf(name);
  return {
    host,
    ip: isIP(address) === 0 ? undefined : address,
    near:
      isNear(address) ||
      address === '0:0:0:0:0:0:0:1' ||
      address.startsWith('UNIX:') ||
      (open < 0 && host === 'localhost'),
  };
}

/** `mx.example.com.` without the dot of its root, `user@host` without what an ident server said, no address for a name. */
function nameOf(text: string): string | undefined {
  const name = withLetters(text.slice(text.lastIndexOf('@') + 1));
  if (name === '' || name.startsWith('[')) return undefined;
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

class Party implements Relay, Client {
  provider?: string;
  readonly service: string | undefined;
  #text: string;
  #parts: Parts | undefined;

  constructor(text: string, service: string | undefined) {
    this.#text = text;
    this.service = service;
  }

  get host(): string | undefined {
    return this.#known().host;
  }

  get ip(): string | undefined {
    return this.#known().ip;
  }

  get near(): boolean {
    return this.#known().near;
  }

  detach(): void {
    this.#text = copy(this.#text);
  }

  #known(): Parts {
    this.#parts ??=
      this.service === undefined ? takeApart(this.#text) : { host: undefined, ip: undefined, near: false };
    return this.#parts;
  }
}

/** The client that `text` names. */
export function clientOf(text: string): Client {
  return new Party(text, undefined);
}

/** Relays by their text, and services by their name, which no relay has. */
const relays = new Map<string, Relay>();

/** The relay that `text` names. Logs name the same few thousand over and over. */
export function relayOf(text: string): Relay {
  return relays.get(text) ?? remember(text, new Party(copy(text), undefined));
}

/** The service of this host that a local mailer is. */
export function serviceOf(mailer: string): Relay {
  const key = `service ${mailer}`;
  return relays.get(key) ?? remember(key, new Party('', copy(mailer)));
}

function remember(text: string, relay: Relay): Relay {
  if (relays.size >= MOST_RELAYS) relays.clear();
  relays.set(copy(text), relay);
  return relay;
}
