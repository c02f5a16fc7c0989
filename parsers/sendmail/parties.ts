/**
 * The two ends of a message, both as `relay=`: `mx.example.com. [192.0.2.1]`, `localhost [[UNIX: localhost]]`,
 * `root@localhost`, `[192.0.2.7]`, `dyn.example.net [192.0.2.9] (may be forged)`, `mx.example.com. [IPv6:2001:db8:0:0:0:0:0:1]`.
 */
import { isIP } from 'node:net';
import type { Relay } from '../contract.ts';
import { isNear, type Party } from '../parties.ts';
import { Recurring } from '../recurring.ts';
import { withLetters } from './escapes.ts';

function takeApart(text: string): Party {
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
    service: undefined,
    host,
    ip: isIP(address) === 0 ? undefined : address,
    near:
      isNear(address) ||
      address === '0:0:0:0:0:0:0:1' ||
      address.startsWith('UNIX:') ||
      (open < 0 && host === 'localhost'),
    provider: undefined,
  };
}

/** `mx.example.com.` without the dot of its root, `user@host` without what an ident server said, no address for a name. */
function nameOf(text: string): string | undefined {
  const name = withLetters(text.slice(text.lastIndexOf('@') + 1));
  if (name === '' || name.startsWith('[')) return undefined;
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

const parties = new Recurring(takeApart);
const services = new Recurring((mailer) => ({
  service: mailer,
  host: undefined,
  ip: undefined,
  near: false,
  provider: undefined,
}));

/** The client or relay that a text names, of a batch or whole. */
export function partyOf(text: string, start?: number, end?: number): Party {
  return parties.of(text, start, end);
}

/** The service of this host that a local mailer is. */
export function serviceOf(mailer: string): Relay {
  return services.of(mailer);
}
