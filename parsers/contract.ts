/**
 * What a parser takes and gives. A new MTA is one folder beside this file, one line in `index.ts`, and fixtures.
 *
 * Strings in records are slices of the batch they were read from: cheap to make, but they keep the whole batch
 * alive. Who keeps one beyond its batch must copy it first (`copy.ts`).
 */
import type { DeliveryStatus, Mta, Stage } from '../src/event/event.ts';

/**
 * One log line with its envelope taken off. The reader hands out the same object for every line:
 * take from it what you need, keep nothing of the object itself.
 */
export interface LogLine {
  /** The batch that holds the line. */
  text: string;
  /** Where the payload begins in `text`: behind the time, host and program tag. */
  start: number;
  /** Where the payload ends, without the line end. */
  end: number;
  /** Milliseconds since the epoch, UTC. */
  time: number;
  /** The host that wrote the line; empty where the form has none. */
  host: string;
  /** The program tag as written, without the process id: `postfix/submission/smtpd`. */
  tag: string;
  /** Process id, 0 where the line has none. */
  pid: number;
  /** The program behind the tag, where it is one of an MTA's. */
  program: Program | undefined;
  /** How often this line says that its payload happened: 2 for `message repeated 2 times: [ … ]`. */
  repeats: number;
}

/** Another server, or a filter, that mail was handed to. One object for each distinct relay text. */
export interface Relay {
  /** The service of this host that took it, where there was no other server: `local`, `virtual`, `dovecot`. */
  readonly service?: string | undefined;
  readonly host?: string | undefined;
  readonly ip?: string | undefined;
  readonly port?: number | undefined;
  /** On this host or its private network (loopback, RFC 1918, a UNIX socket): mail may come back from there. */
  readonly near: boolean;
  /** Set by the cause stage, so that the provider is looked up once for each relay. */
  provider?: string | undefined;
}

/** Who handed a message to this server. One object for each distinct text, as for `Relay`. */
export interface Client {
  readonly host?: string | undefined;
  readonly ip?: string | undefined;
  readonly port?: number | undefined;
  /** As for `Relay`. */
  readonly near: boolean;
}

/** What a status text says, taken apart by the MTA's own rules. */
export interface Reply {
  /** The server's words (or the MTA's own) without the MTA's wrapping `host X said:` and `(in reply to …)`. */
  readonly text: string;
  /** True where the words are a remote server's, false where the MTA made them. */
  readonly remote: boolean;
  readonly code?: number;
  readonly enhanced?: string;
  readonly stage?: Stage;
  /** The server that the text names: often the only trace of it where the log says `relay=none`. */
  readonly host?: string;
  /** The same with its address, where the text gives that. */
  readonly peer?: Relay;
}

/** One line: what became of one recipient in one attempt. */
export interface DeliveryRecord {
  readonly kind: 'delivery';
  readonly queueId: string;
  readonly to: string;
  /** Further recipients that the same line speaks of. They are copies, free of the batch. */
  readonly others?: readonly string[] | undefined;
  readonly origTo?: string | undefined;
  readonly status: DeliveryStatus;
  /** No attempt was made: the text is a copy of another message's failure. */
  readonly suspended: boolean;
  readonly relay?: Relay | undefined;
  readonly transport?: string | undefined;
  /** Seconds since arrival. */
  readonly delay?: number | undefined;
  /** Seconds before the queue, in the queue, for connecting, for transmitting. */
  readonly delays?: readonly [number, number, number, number] | undefined;
  /** Set by the tracker where the MTA tells of it in a line of its own (`SessionRecord`). */
  tls?: string | undefined;
  readonly dsn?: string | undefined;
  /** The MTA made its dsn up from the reply's code: it says no more than the code does. */
  readonly dsnGuessed?: boolean | undefined;
  /** The whole status text. */
  readonly diagnostic: string;
  /** The status text taken apart; worked out on first use, since most deliveries never need it. */
  readonly reply: Reply;
  /** Queue id that the next hop gave the message, where the text names one (`queued as`, `forwarded as`). */
  readonly nextQueueId?: string | undefined;
  /** The next hop is a queue of this same host for certain (`forwarded as`). */
  readonly forwarded?: boolean | undefined;
  /** The text names no reason of its own, as `retry timeout exceeded` does not: what was said before stands. */
  readonly unexplained?: boolean | undefined;
  /** The MTA may have called this recipient by another name before: as it was aliased, or as it was not yet. */
  readonly renames?: boolean | undefined;
  /** The message was passed on before it was accepted: this is its first line. */
  readonly first?: boolean | undefined;
}

/** A refusal at SMTP time, or of a message's content, by this server. */
export interface RejectRecord {
  readonly kind: 'reject';
  readonly queueId?: string | undefined;
  readonly client?: Client | undefined;
  readonly stage?: Stage | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly helo?: string | undefined;
  readonly authUser?: string | undefined;
  /** What the client was told, whole. */
  readonly diagnostic: string;
  readonly reply: Reply;
  /** The line itself, where the MTA may log it once more from the same process: for each of its logs. */
  readonly echo?: string | undefined;
  /** The message is refused as a whole; a line with `afterArrival` follows for each of its recipients. */
  readonly recipientsFollow?: boolean | undefined;
  /** The client is told only by what ends the transaction: the arrival, or that there was none. */
  readonly clientFollows?: boolean | undefined;
  /** The message that its arrival line told of was refused in the end: it never was in the queue. */
  readonly afterArrival?: boolean | undefined;
}

/** One line that tells all of a message's beginning: it came in and is in the queue. */
export interface ArrivalRecord {
  readonly kind: 'arrival';
  readonly queueId: string;
  readonly from: string;
  /** Bytes. */
  readonly size?: number | undefined;
  /** Recipients, before alias expansion where the MTA does that later. */
  readonly recipients?: number | undefined;
  /** Their addresses, where the line lists them and they are not too many to be kept. */
  readonly recipientNames?: readonly string[] | undefined;
  readonly messageId?: string | undefined;
  /** Absent where a local program brought it. */
  readonly client?: Client | undefined;
  readonly authUser?: string | undefined;
  readonly tls?: string | undefined;
  /** The message of which this one is a bounce or delay notice. */
  readonly parentQueueId?: string | undefined;
  /** It is logged at the end of the SMTP transaction: what was said of the message just before belongs to it. */
  readonly late?: boolean | undefined;
}

/**
 * A process tells of the connection that it has: what it takes from this client, or brings to this server, from now on
 * is protected so. No message is named; those of the same process and the same other end are meant.
 */
export interface SessionRecord {
  readonly kind: 'session';
  readonly side: 'client' | 'server';
  /** The other end: the client where this side is the server. */
  readonly peer: Client | Relay;
  /** Who logged in; what was said of the encryption before still holds. */
  readonly authUser?: string | undefined;
  /** What the log says of the encryption that begins: a string of its own, which may be kept. */
  readonly tls?: string | undefined;
}

/** The message came in from a client by SMTP: a new life of this queue id begins. */
export interface ClientRecord {
  readonly kind: 'client';
  readonly queueId: string;
  readonly client?: Client | undefined;
  readonly authUser?: string | undefined;
  /** XFORWARD: the queue id that a content filter was given. */
  readonly parentQueueId?: string | undefined;
}

/** The message came in from a local program: a new life of this queue id begins. */
export interface PickupRecord {
  readonly kind: 'pickup';
  readonly queueId: string;
  readonly from?: string | undefined;
  /** The queue id it had before it was requeued. */
  readonly parentQueueId?: string | undefined;
}

export interface MessageIdRecord {
  readonly kind: 'message-id';
  readonly queueId: string;
  readonly messageId: string;
}

/** The message is in the queue and being worked on. Logged again at every activation. */
export interface QueuedRecord {
  readonly kind: 'queued';
  readonly queueId: string;
  readonly from: string;
  /** Bytes. */
  readonly size?: number | undefined;
  readonly recipients?: number | undefined;
}

/** The queue gave up on all recipients that are still deferred. */
export interface ExpiredRecord {
  readonly kind: 'expired';
  readonly queueId: string;
  readonly from?: string | undefined;
}

/**
 * The message left the queue. `done`: nothing was left to do. `operator`: deleted by hand.
 * `canceled`: never entered the queue. `discarded`: thrown away on purpose. `unknown`: the log does not tell who.
 */
export interface RemovedRecord {
  readonly kind: 'removed';
  readonly queueId: string;
  readonly by: 'done' | 'operator' | 'canceled' | 'discarded' | 'unknown';
  /** Who or what took it out, in the log's words. */
  readonly diagnostic?: string | undefined;
  /** Of what never entered the queue, where its line tells: who would have sent it, and brought it. */
  readonly from?: string | undefined;
  readonly client?: Client | undefined;
}

/** The message waits for an operator, or no longer does. */
export interface HoldRecord {
  readonly kind: 'hold';
  /** Absent where the message had no id yet: it gets one from the same process next. */
  readonly queueId: string | undefined;
  readonly held: boolean;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly diagnostic?: string | undefined;
}

/** This server threw a message away on purpose, although the client was told that it was taken. */
export interface DiscardRecord {
  readonly kind: 'discard';
  /** As for a hold. */
  readonly queueId: string | undefined;
  /** Who brought it, where that or the process must tell which message was meant. */
  readonly client?: Client | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly diagnostic: string;
}

/** Another queue id on the same host was made for this message: its bounce, or itself once more. */
export interface ChildRecord {
  readonly kind: 'child';
  readonly queueId: string;
  readonly childQueueId: string;
  /** Further queue ids that the same line tells of. */
  readonly otherChildren?: readonly string[] | undefined;
  /** It is this message itself, come back from a content filter. */
  readonly hop?: boolean;
  /** It is this message for some of its recipients, in an envelope of its own. */
  readonly clone?: boolean;
  /** The child's sender, where no line of its own will tell it: this line is its beginning. */
  readonly from?: string | undefined;
  /** The queue gave up on all recipients that are still deferred. */
  readonly expired?: boolean;
  /** Why a bounce was made: all that the log says where no line named a recipient. `to` is empty if unknown. */
  readonly failure?: DeliveryRecord | undefined;
}

/** A delivery agent talks about a message without deciding anything, or a verification probe ended. */
export interface ProbeRecord {
  readonly kind: 'probe';
  readonly queueId: string;
}

/** The MTA speaks of its own trouble: configuration, disk, authentication, programs that died. */
export interface NoticeRecord {
  readonly kind: 'notice';
  readonly severity: 'warning' | 'error' | 'fatal' | 'panic';
  readonly text: string;
  /** As for a refusal. */
  readonly echo?: string | undefined;
}

/**
 * A piece of a text that was too long for one line. The pieces of a text come from one process, in order; the parser
 * reads the whole (`LogParser.whole`).
 */
export interface PartRecord {
  readonly kind: 'part';
  /** 1 for the first. */
  readonly number: number;
  /** The text is whole with this one. */
  readonly last: boolean;
  readonly text: string;
}

/** A line that was understood and changes nothing. */
export interface NothingRecord {
  readonly kind: 'nothing';
}

export type LogRecord =
  | ArrivalRecord
  | DeliveryRecord
  | RejectRecord
  | SessionRecord
  | ClientRecord
  | PickupRecord
  | MessageIdRecord
  | QueuedRecord
  | ExpiredRecord
  | RemovedRecord
  | HoldRecord
  | DiscardRecord
  | ChildRecord
  | ProbeRecord
  | NoticeRecord
  | PartRecord
  | NothingRecord;

/** The one record of all lines that were understood and change nothing. */
export const NOTHING: NothingRecord = { kind: 'nothing' };

/** One program of an MTA, as found from a tag; `instance` separates queues of one host. */
export interface Program {
  readonly mta: Mta;
  readonly instance: string;
  /** Its lines come from files, of which several may have the same line: Exim's mainlog, rejectlog and paniclog. */
  readonly inSeveralLogs?: boolean;
  /** Gives undefined for a line of this MTA that no known shape fits: it is counted as unparsed. */
  parse(line: LogLine): LogRecord | undefined;
}

export interface LogParser {
  readonly id: Mta;
  /** As its makers write it. */
  readonly name: string;
  /** A line as users know it. */
  readonly example: string;
  /** Finds the program behind a tag, or undefined where the tag is none of this MTA's. Asked once for each tag. */
  program(tag: string): Program | undefined;
  /**
   * The program behind a line of a log file, which has a stamp and no tag: the text from `start` to `end` must tell
   * that it can only be this MTA's, unless all lines are (`forced`). Absent for an MTA that writes no such files.
   */
  untagged?(text: string, start: number, end: number, forced: boolean): Program | undefined;
  /**
   * The program behind a line whose tag is one of a site's own (`syslog_processname`, `sendmail -L`), where lines are read
   * as this MTA's only: the text from `start` to `end` must tell that it is. Absent where such tags are known by themselves.
   */
  renamed?(text: string, start: number, end: number): Program | undefined;
  /**
   * Reads a text that came in parts (`PartRecord`), once it is whole; `time` is that of its first part. Absent for an
   * MTA that writes none.
   */
  whole?(text: string, time: number): LogRecord | undefined;
  /**
   * When the queue id of this payload was made, in milliseconds UTC, where the id tells it and the payload is the
   * first of its message: reveals the year and the zone of stamps that lack them.
   */
  arrival(payload: string): number | undefined;
}
