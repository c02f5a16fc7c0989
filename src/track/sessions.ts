/**
 * Logins and encryption, which some MTAs tell of a connection and not of each message: what the same process then takes
 * from the same client, or brings to the same server, came or went that way. One process may serve many messages, and
 * keep several connections to servers open.
 */
import type { Client, Relay, SessionRecord } from '../../parsers/contract.ts';
import { type Generations, noGenerations, recall, remember } from './generations.ts';
import { copy } from './keep.ts';
import type { Place } from './transaction.ts';

const MINUTE = 60_000;

/** An idle client is thrown out after an hour (`Timeout.command`), */
const LONGEST_FROM_CLIENT = 60 * MINUTE;
/** and an idle connection to a server is closed after five minutes (`ConnectionCacheTimeout`). */
const LONGEST_TO_SERVER = 5 * MINUTE;
/** Connections that a process keeps open to servers: two as a rule (`ConnectionCacheSize`). */
const MOST_TO_SERVERS = 16;
/** Processes of one MTA of a host of which something is remembered, at least. */
const MOST = 5000;

/** One connection. */
interface Session {
  readonly peer: Client | Relay;
  readonly authUser: string | undefined;
  readonly tls: string | undefined;
  /** When it was last heard of. */
  time: number;
}

/** The connections of one MTA's processes on one host, by process id. */
interface Connections {
  readonly fromClient: Generations<number, Session>;
  /** What was opened last comes first. */
  readonly toServers: Generations<number, Session[]>;
}

/** What is remembered, by host and instance: another MTA's processes may have the same numbers by now. Plain data. */
export type SessionsState = Map<string, Connections>;

/** Works on the connections of a state. */
export class Sessions {
  readonly #state: SessionsState;
  #connections: Connections | undefined = undefined;
  #host: string | undefined = undefined;
  #instance: string | undefined = undefined;

  constructor(state: SessionsState) {
    this.#state = state;
  }

  /** Notes what a process tells of its connection. */
  open({ side, peer, authUser, tls }: SessionRecord, place: Place): void {
    const { pid, time } = place;
    const { fromClient, toServers } = this.#connectionsOf(place) ?? this.#begin(place);
    const session = { peer, authUser: copy(authUser), tls, time };
    if (side === 'server') {
      // A login is made within the encryption; encryption begins anew, without a login.
      const whole = tls === undefined ? { ...session, tls: this.from(peer, place)?.tls } : session;
      remember(fromClient, pid, whole, MOST);
      return;
    }
    const open = recall(toServers, pid) ?? [];
    const former = open.findIndex((other) => other.peer.host === peer.host && other.peer.ip === peer.ip);
    if (former >= 0) open.splice(former, 1);
    open.unshift(session);
    if (open.length > MOST_TO_SERVERS) open.pop();
    remember(toServers, pid, open, MOST);
  }

  /** What is known of the connection over which a client brought something to the process that writes. */
  from(client: Client, place: Place): Session | undefined {
    const connections = this.#connectionsOf(place);
    const session = connections && recall(connections.fromClient, place.pid);
    if (session === undefined || client.ip === undefined || session.peer.ip !== client.ip) return undefined;
    return heardOf(session, place, LONGEST_FROM_CLIENT);
  }

  /** What is known of the connection over which the process that writes brought something to a server. */
  to(relay: Relay, place: Place): Session | undefined {
    const connections = this.#connectionsOf(place);
    const open = connections && recall(connections.toServers, place.pid);
    const session = open?.find(({ peer }) => isSameServer(peer, relay));
    return session && heardOf(session, place, LONGEST_TO_SERVER);
  }

  #connectionsOf({ host, instance }: Place): Connections | undefined {
    if (this.#state.size === 0) return undefined;
    if (host !== this.#host || instance !== this.#instance) {
      this.#host = host;
      this.#instance = instance;
      this.#connections = this.#state.get(nameOf(host, instance));
    }
    return this.#connections;
  }

  #begin({ host, instance }: Place): Connections {
    const connections = {
      fromClient: noGenerations<number, Session>(),
      toServers: noGenerations<number, Session[]>(),
    };
    this.#state.set(nameOf(host, instance), connections);
    this.#host = undefined;
    return connections;
  }
}

function nameOf(host: string, instance: string): string {
  return `${host}\0${instance}`;
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
