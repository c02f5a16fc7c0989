/**
 * The normalized delivery event: the public shape that every stage speaks.
 *
 * The names here are the NDJSON keys, the ClickHouse columns and the TypeScript fields alike.
 * They are public API: add freely, rename never. Imports nothing, so that everyone can import it.
 */

/** Value of `schema` in every event. */
export const EVENT_SCHEMA = 'whybounce.event/1';

/** Whose log a line belongs to. */
export type Mta = 'postfix' | 'exim' | 'sendmail';

/**
 * `accepted`: a message entered the queue. `delivery`: one attempt or outcome for one recipient.
 * `rejected`: this server refused mail at SMTP time.
 */
export type EventType = 'accepted' | 'delivery' | 'rejected';

/** What became of one recipient, in the words of the contract rather than of one MTA. */
export type DeliveryStatus =
  | 'delivered'
  | 'deferred'
  | 'bounced'
  | 'expired'
  | 'discarded'
  | 'held'
  | 'deleted';

/** The SMTP command that a reply answered (RFC 5321 section 3); `eom` is the reply to the final dot. */
export type Stage = 'connect' | 'ehlo' | 'starttls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'eom';

/** `hard`: repeating the same attempt is useless. `soft`: a later attempt may well succeed. */
export type Kind = 'hard' | 'soft';

/** One event as it leaves the program. Absent values are absent, never null. */
export interface DeliveryEvent {
  schema: typeof EVENT_SCHEMA;
  /** Stable hash: the same log line gives the same id on every run, whatever the file is called now. */
  event_id: string;
  /** RFC 3339 in UTC, as precise as the log. */
  time: string;
  type: EventType;
  /** Present on `delivery` events. */
  status?: DeliveryStatus;
  /** No further event for this recipient can follow. */
  final?: boolean;
  /** This delivery only handed the mail to a content filter or another queue on the same host. */
  hop?: boolean;
  /** No attempt was made: another message's failure was copied onto this one. */
  suspended?: boolean;
  mta: Mta;
  host?: string;
  instance?: string;
  queue_id?: string;
  /** The queue id on the same host that this message came from: re-injected, forwarded, or the bounce of. */
  parent_queue_id?: string;
  message_id?: string;
  /** Envelope sender without angle brackets; the null sender is `""`. */
  from?: string;
  to?: string;
  orig_to?: string;
  /** Bytes. */
  size?: number;
  /** Recipients of the message when it was accepted, after alias expansion. */
  recipients?: number;
  client_host?: string;
  client_ip?: string;
  auth_user?: string;
  /** HELO or EHLO name that the client gave, on `rejected` events. */
  helo?: string;
  relay_host?: string;
  relay_ip?: string;
  relay_port?: number;
  transport?: string;
  /** Mailbox provider behind the relay or MX host; `local` where the mail stayed on this host, else `other`. */
  provider?: string;
  /** 1 for the first attempt for this recipient. */
  attempt?: number;
  /** Seconds from the message's arrival to this event; the four parts add up to it. */
  delay?: number;
  delay_before_queue?: number;
  delay_in_queue?: number;
  delay_connect?: number;
  delay_transmit?: number;
  /** What the log says of the connection's encryption. */
  tls?: string;
  /** The remote server's three-digit code (RFC 5321). */
  reply_code?: number;
  /** The remote server's enhanced code (RFC 3463), such as `5.1.1`. */
  enhanced_code?: string;
  /** The MTA's own enhanced code, which may differ from the server's. */
  dsn?: string;
  stage?: Stage;
  /** The reply or the MTA's own text, whole. */
  diagnostic?: string;
  cause?: string;
  detail?: string;
  kind?: Kind;
  /** 0 to 1, calibrated. */
  confidence?: number;
  /** Names what decided. */
  rule?: string;
  source_file?: string;
  /** Byte where the line begins, in the decompressed text. */
  source_offset?: number;
}
