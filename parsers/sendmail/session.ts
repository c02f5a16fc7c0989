/**
 * What a process says of its connection: of the login of a client, and of the encryption (`tls.c`, `srvrsmtp.c`).
 *
 *   AUTH=server, relay=client.example.net [192.0.2.9], authid=alice, mech=PLAIN, bits=0
 *   STARTTLS=server, relay=client.example.net [192.0.2.9], version=TLSv1.3, verify=NO, cipher=…, bits=256/256
 *   STARTTLS=client, relay=mx.example.com., version=TLSv1.3, verify=FAIL, cipher=…, bits=256/256
 *
 * The name of the other end comes from a stranger's DNS, but what sendmail says of itself ends the line. A line that
 * fits neither shape tells nothing: `STARTTLS=client, error: connect failed=-1, …`.
 */
import type { SessionRecord } from '../contract.ts';
import { Recurring } from '../recurring.ts';
import { partyOf } from './parties.ts';

/** What sendmail says of the encryption: bounded and of few characters, to the end of the line. */
const TLS = /^version=[^, ]{1,32}, verify=[^, ]{1,32}, cipher=[^, ]{1,100}, bits=\d{1,5}\/\d{1,5}$/;

/** What it says of a login, as bounded. */
const LOGIN = /^authid=([^,]{1,256}), mech=[^, ]{1,32}, bits=\d{1,5}$/;

/** The longest name of the other end with its address, which may hold anything. */
const LONGEST_PEER = 300;
/** The longest `authid=…` that fits. */
const LONGEST_LOGIN = 320;

/** What is said of the encryption, of which there are few; undefined where it is something else. */
const encryptions = new Recurring((text) => (TLS.test(text) ? text : undefined));

/** Reads a line that begins with `STARTTLS=` or `AUTH=`. */
export function readSession(text: string, start: number, end: number): SessionRecord | undefined {
  if (text.startsWith('AUTH=server, relay=', start)) return readLogin(text, start + 19, end);
  const isServer = text.startsWith('STARTTLS=server, relay=', start);
  if (!isServer && !text.startsWith('STARTTLS=client, relay=', start)) return undefined;
  const peer = start + 23;
  const said = endOfPeer(text, peer, end, ', version=');
  const tls = said < 0 ? undefined : encryptions.of(text, said + 2, end);
  if (tls === undefined) return undefined;
  return { kind: 'session', side: isServer ? 'server' : 'client', peer: partyOf(text, peer, said), tls };
}

function readLogin(text: string, peer: number, end: number): SessionRecord | undefined {
  const said = endOfPeer(text, peer, end, ', authid=');
  if (said < 0 || end - said > LONGEST_LOGIN) return undefined;
  const authUser = LOGIN.exec(text.slice(said + 2, end))?.[1];
  return authUser === undefined
    ? undefined
    : { kind: 'session', side: 'server', peer: partyOf(text, peer, said), authUser };
}

/** Where the name of the other end stops: before the last of its line that can be sendmail's own, or -1. */
function endOfPeer(text: string, start: number, end: number, next: string): number {
  const stop = text.lastIndexOf(next, end - 1);
  return stop <= start || stop > start + LONGEST_PEER ? -1 : stop;
}
