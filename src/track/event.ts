/**
 * What the tracker emits: an event with everything known about its message at that time, still uncooked.
 * `src/event/render.ts` turns it into the public `DeliveryEvent`; reports are counted from it directly.
 */
import type { Client, DeliveryRecord, NoticeRecord, RejectRecord } from '../../parsers/contract.ts';
import type { Classification } from '../cause/contract.ts';
import type { DeliveryStatus, EventType, Mta } from '../event/event.ts';

/** The facts about a message that its events share. */
export interface Message {
  readonly mta: Mta;
  readonly host: string;
  readonly instance: string;
  readonly queueId: string;
  readonly from: string | undefined;
  readonly messageId: string | undefined;
  readonly size: number | undefined;
  /** Recipients when it was accepted, after alias expansion. */
  readonly recipients: number | undefined;
  readonly client: Client | undefined;
  readonly authUser: string | undefined;
  /** Of the connection that brought it. */
  readonly tls: string | undefined;
  readonly parentQueueId: string | undefined;
  /** For the stage that counts: what it noted about this message. The tracker only carries it along. */
  mark: object | undefined;
  /** For the stage that writes to a store: the same, but kept with the tracker's state, so plain data. */
  entry: object | undefined;
}

/** What is remembered of a recipient's event for the next one. */
export interface Outcome {
  readonly time: number;
  readonly to: string | undefined;
  readonly count: number;
  readonly status: DeliveryStatus | undefined;
  readonly final: boolean;
  readonly hop: boolean;
  /** Of a deferral: it may be the reason of an end. */
  readonly delivery: DeliveryRecord | undefined;
  readonly classification: Classification | undefined;
  readonly provider: string | undefined;
  /** As of an event. */
  mark: object | undefined;
  /** As of an event. */
  entry: object | undefined;
}

/** One event. `type` tells which of the optional parts are there. */
export interface TrackedEvent {
  readonly type: EventType;
  /** Milliseconds since the epoch, UTC. */
  readonly time: number;
  /** Where the line is: the position of its file among the inputs, and the byte where the line begins. */
  readonly source: number;
  readonly offset: number;
  /** The line, where it is not the one that is being read: the event had to wait for that one. */
  readonly line: string | undefined;
  /** Absent on refusals before a message existed. */
  readonly message: Message | undefined;
  /** Of a delivery. */
  readonly status: DeliveryStatus | undefined;
  readonly final: boolean;
  readonly hop: boolean;
  readonly suspended: boolean;
  /** 1 for the first attempt for this recipient; 0 where no attempt was made. */
  readonly attempt: number;
  /**
   * The recipient without brackets. Undefined on a delivery that speaks for `count` recipients whose names
   * the log never told (deleted or expired before any attempt was seen).
   */
  readonly to: string | undefined;
  readonly origTo: string | undefined;
  /** How many recipients the event speaks for: 1 wherever `to` is known. */
  readonly count: number;
  /** The attempt's line. An expiry carries the record of the last deferral: it is the reason. */
  readonly delivery: DeliveryRecord | undefined;
  readonly rejection: RejectRecord | undefined;
  /** Why mail was held or thrown away, in the log's words. */
  readonly reason: string | undefined;
  /** MTA and host of the line, also where there is no message. */
  readonly mta: Mta;
  readonly host: string;
  /** What the event of the same recipient before this one left, which this one replaces. */
  readonly prior: Outcome | undefined;
  /** Set by the cause stage on every failure and refusal. */
  classification: Classification | undefined;
  /** Set by the cause stage wherever the relay, the MX host or the recipient's domain is known. */
  provider: string | undefined;
  /** For the stage that counts: what this event contributed, so that its successor can take it back. */
  mark: object | undefined;
  /** For the stage that writes to a store: the same, as on messages. */
  entry: object | undefined;
}

/** What the tracker feeds. Calls come in the order of the lines. */
export interface TrackSink {
  event(event: TrackedEvent): void;
  /**
   * First sight of a message that was already in the queue when the log began: `message.recipients` of its
   * recipients are still to be worked on. Nothing was accepted here, so there is no event.
   */
  resumed(message: Message, time: number): void;
  /** The message left the queue: its recipients that had no outcome yet never will have one. */
  closed(message: Message): void;
  /** The message turned out not to be mail of its own: a verification probe, or the far side of a hop. */
  retracted(message: Message): void;
  /** A bounce or delay notice was made from this message. */
  notified(message: Message, time: number): void;
  /** The MTA spoke of its own trouble. */
  notice(record: NoticeRecord, program: string, time: number): void;
}
