/** What was found: messages with all their lines and events, and refusals that never became a message. */
import type { DeliveryEvent, Mta } from '../event/event.ts';

/** One line of the log. */
export interface TracedLine {
  /** Milliseconds UTC. */
  readonly time: number;
  /** Position of its file among the sources, and the byte where it begins. */
  readonly source: number;
  readonly offset: number;
  /** As it is in the log; an entry of a journal in the form of a line. Undefined out of a store, which has no lines. */
  readonly text: string | undefined;
  /** What it means. */
  readonly events: DeliveryEvent[];
}

/** A message in one queue: one life of a queue id. */
export interface Life {
  readonly mta: Mta;
  readonly host: string;
  readonly instance: string;
  readonly queueId: string;
  readonly lines: TracedLine[];
  messageId: string | undefined;
  from: string | undefined;
  size: number | undefined;
  /** It is no message of its own, but tells a sender what became of one. */
  notice: boolean;
  /** Nothing was sent: this server only asked whether an address exists. */
  probe: boolean;
  /** It never came into the queue, or was taken back before anything else. */
  canceled: boolean;
  /** It has lines that are not kept. */
  cut: boolean;
}

/** One message through all its queues, with the notices that were made of it. Lives and lines are in order of time. */
export interface Story {
  readonly lives: readonly Life[];
  readonly lines: readonly TracedLine[];
}

/** All that was found. */
export interface Trace {
  readonly stories: readonly Story[];
  /** Lines about mail that was refused before it had a queue id. */
  readonly refusals: readonly TracedLine[];
  /** There is more than this: it could not be kept, or reading was interrupted. */
  readonly cut: boolean;
}
