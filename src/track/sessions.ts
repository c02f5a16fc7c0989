/**
 * Logins and encryption, which some MTAs tell of a connection and not of each message: what the same process then takes
 * from the same client, or brings to the same server, came or went that way. One process may serve many messages, and
 * keep several connections to servers open.
 */
import type { Client, Relay, SessionRecord } from '../../parsers/contract.ts';
import { type Generations, mergeGenerations, noGenerations, recall, remember } from './generations.ts';
import { copy } from './keep.ts';
import { processOf } from './processes.ts';
import type { Place } from './transaction.ts';

const MINUTE = 60_000;

/** An idle client is thrown out after an hour (`Timeout.command`), */
const LONGEST_FROM_CLIENT = 60 * MINUTE;
/** and an idle connection to a server is closed after five minutes (`ConnectionCacheTimeout`). */
const LONGEST_TO_SERVER = 5 * MINUTE;
/** Connections that a process keeps open to servers: two as a rule (`ConnectionCacheSize`). */
const MOST_TO_SERVERS = 16;
/** Processes of which something is remembered, at least. */
const MOST = 5000;

/** One connection. */
interface Session {
  readonly peer: Client | Relay;
  readonly authUser: string | undefined;
  readonly tls: string | undefined;
  /** When it was last heard of. */
  time: number;
}

/** The connections of processes, from clients and to servers. Plain data. */
export interface Sessions {
  readonly fromClient: Generations<Session>;
  readonly toServers: Generations<readonly Session[]>;
}

/** Gives an empty memory. */
export function noSessions(): Sessions {
  return { fromClient: noGenerations(), toServers: noGenerations() };
}

/** Adds what a later part of the log remembers. */
export function mergeSessions(into: Sessions, later: Sessions): void {
  mergeGenerations(into.fromClient, later.fromClient, MOST);
  mergeGenerations(into.toServers, later.toServers, MOST);
}

/** Notes what a process tells of its connection. */
export function openSession(sessions: Sessions, record: SessionRecord, place: Place): void {
  const process = connectorOf(place);
  const { peer } = record;
  const session = { peer, authUser: copy(record.authUser), tls: copy(record.tls), time: place.time };
  if (record.side === 'server') {
    const known = sessionFrom(sessions, record.peer, place);
    // A login is made within the encryption; encryption begins anew, without a login.
    const whole = record.tls === undefined ? { ...session, tls: known?.tls } : session;
    remember(sessions.fromClient, process, whole, MOST);
    return;
  }
  const others =
    recall(sessions.toServers, process)?.filter(
      ({ peer }) => peer.host !== record.peer.host || peer.ip !== record.peer.ip,
    ) ?? [];
  remember(sessions.toServers, process, [session, ...others].slice(0, MOST_TO_SERVERS), MOST);
}

/** What is known of the connection over which a client brought something to the process that writes. */
export function sessionFrom({ fromClient }: Sessions, client: Client, place: Place): Session | undefined {
  const session = recall(fromClient, connectorOf(place));
  if (session === undefined || client.ip === undefined || session.peer.ip !== client.ip) return undefined;
  return heardOf(session, place, LONGEST_FROM_CLIENT);
}

/** What is known of the connection over which the process that writes brought something to a server. */
export function sessionTo({ toServers }: Sessions, relay: Relay, place: Place): Session | undefined {
  const session = recall(toServers, connectorOf(place))?.find(({ peer }) => isSameServer(peer, relay));
  return session && heardOf(session, place, LONGEST_TO_SERVER);
}

/** The process that has a connection, as one of its MTA: other programs' may have its number by now. */
function connectorOf(place: Place): string {
  return `${processOf(place)}\0${place.instance}`;
}

function heardOf(session: Session, { time }: Place, longest: number): Session | undefined {
  if (time - session.time > longest) return undefined;
  session.time = time;
  return session;
}

/** The session names the server, or its address where there is no name; the delivery has the address too. */
function isSameServer(peer: Client | Relay, { host, ip }: Relay): boolean {
  if (peer.host === undefined || host === undefined) return peer.host === host && peer.ip === ip;
  return isSameHost(peer.host, host);
}

/** Long names are cut in their middle where deliveries name them: `outlook-com.mail....ction.outlook.com`. */
function isSameHost(whole: string, perhapsCut: string): boolean {
  if (whole === perhapsCut) return true;
  for (let dots = perhapsCut.indexOf('...'); dots > 0; dots = perhapsCut.indexOf('...', dots + 1)) {
    const [head, tail] = [perhapsCut.slice(0, dots), perhapsCut.slice(dots + 3)];
    if (whole.length > perhapsCut.length && whole.startsWith(head) && whole.endsWith(tail)) return true;
  }
  return false;
}
