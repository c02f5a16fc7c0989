/** Runs alert rules over a log that is past, as if it had been watched. */
import type { NoticeRecord } from '../../parsers/contract.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';
import { type Alert, AlertEngine } from './engine.ts';
import { DAY, GRAIN } from './history.ts';
import type { AlertRule } from './rules.ts';

/** An alert and when it would have been sent, in milliseconds. */
export interface Replayed {
  readonly time: number;
  readonly alert: Alert;
}

/** After a gap of this length nothing that was counted matters any more. */
const GAP = 8 * DAY;

/** Looks at the rules whenever the log's time passes the end of ten minutes. */
export class Replay implements TrackSink {
  readonly alerts: Replayed[] = [];
  readonly #rules: readonly AlertRule[];
  #engine: AlertEngine | undefined;
  #previous = Number.NaN;
  #next = Number.NaN;

  constructor(rules: readonly AlertRule[]) {
    this.#rules = rules;
  }

  event(event: TrackedEvent): void {
    this.#engine ??= new AlertEngine(this.#rules, event.time);
    // One stamp from the future does not turn the clock on: the event before must agree.
    this.#advance(Math.min(event.time, this.#previous));
    this.#previous = event.time;
    this.#engine.event(event);
  }

  closed(message: Message): void {
    this.#engine?.closed(message);
  }

  resumed(): void {}

  retracted(): void {}

  notified(): void {}

  notice(_record: NoticeRecord): void {}

  /** Alerts that still fire where the log ends. */
  get active(): readonly Alert[] {
    return this.#engine?.active ?? [];
  }

  /** Looks once more, at the end of the log. */
  end(): void {
    if (!Number.isNaN(this.#previous)) this.#tick(this.#previous);
  }

  #advance(time: number): void {
    if (Number.isNaN(time)) return;
    if (!(time - this.#next <= GAP)) this.#next = (Math.floor(time / GRAIN) + 1) * GRAIN;
    for (; time >= this.#next; this.#next += GRAIN) this.#tick(this.#next);
  }

  #tick(time: number): void {
    for (const alert of this.#engine?.tick(time) ?? []) this.alerts.push({ time, alert });
  }
}
