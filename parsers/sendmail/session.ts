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
import { clientOf, relayOf } from './parties.ts';

/** The other end may hold anything; all behind it is bounded and of few characters, to the end of the line. */
const TLS =
  /^STARTTLS=(client|server), relay=(.{1,300}), (version=[^, ]{1,32}, verify=[^, ]{1,32}, cipher=[^, ]{1,100}, bits=\d{1,5}\/\d{1,5})$/;

const LOGIN = /^AUTH=server, relay=(.{1,300}), authid=([^,]{1,256}), mech=[^, ]{1,32}, bits=\d{1,5}$/;

/** What `log_write` makes of a line is not longer. */
const LONGEST = 1024;

/** Reads a line that begins with `STARTTLS=` or `AUTH=`. */
export function readSession(text: string, start: number, end: number): SessionRecord | undefined {
  if (end - start > LONGEST) return undefined;
  const line = text.slice(start, end);
  const login = LOGIN.exec(line);
  if (login !== null)
    return { kind: 'session', side: 'server', peer: clientOf(login[1]!), authUser: login[2] };
  const tls = TLS.exec(line);
  if (tls === null) return undefined;
  const side = tls[1] === 'server' ? 'server' : 'client';
  return { kind: 'session', side, peer: (side === 'server' ? clientOf : relayOf)(tls[2]!), tls: tls[3] };
}
