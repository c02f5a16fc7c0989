import type { NoticeRecord } from '../../parsers/contract.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';

/** Tells two sinks the same, the first one first. */
export class Both implements TrackSink {
  readonly #one: TrackSink;
  readonly #other: TrackSink;

  constructor(one: TrackSink, other: TrackSink) {
    this.#one = one;
    this.#other = other;
  }

  event(event: TrackedEvent): void {
    this.#one.event(event);
    this.#other.event(event);
  }

  resumed(message: Message, time: number): void {
    this.#one.resumed(message, time);
    this.#other.resumed(message, time);
  }

  closed(message: Message): void {
    this.#one.closed(message);
    this.#other.closed(message);
  }

  retracted(message: Message): void {
    this.#one.retracted(message);
    this.#other.retracted(message);
  }

  notified(message: Message, time: number): void {
    this.#one.notified(message, time);
    this.#other.notified(message, time);
  }

  notice(record: NoticeRecord, program: string, time: number): void {
    this.#one.notice(record, program, time);
    this.#other.notice(record, program, time);
  }
}
