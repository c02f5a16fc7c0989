/** Alerts on logs that are followed: the rules are looked at by the system's clock, and what they say is sent. */
import type { TrackedEvent, TrackSink } from '../track/event.ts';
import type { Channel } from '../watch/channels/channel.ts';
import { Dispatcher, type DispatcherState } from '../watch/dispatcher.ts';
import { type Alert, AlertEngine, type EngineState } from '../watch/engine.ts';
import type { AlertRule } from '../watch/rules.ts';
import type { Connect } from './consumer.ts';

/** The rules are looked at this often, in milliseconds; */
const PERIOD = 30_000;
/** and so soon where something has failed. */
const SOON = 5_000;

/** What is alerted on, and through what. */
export interface AlertSetup {
  readonly rules: readonly AlertRule[];
  readonly channels: readonly Channel[];
}

/** Whom alerts speak to besides their channels. */
export interface AlertListeners {
  /** Told what the user should know, once for each outage of a channel. */
  readonly note: (message: string) => void;
  /** Told of every attempt to send. */
  readonly sent: (channel: string, isSent: boolean) => void;
}

/** Plain data, for the next run. */
interface AlertingState {
  readonly engine: EngineState;
  readonly waiting: DispatcherState;
}

/** Watches over what is followed. */
export class Alerting {
  readonly #listeners: AlertListeners;
  readonly #failing = new Set<string>();
  #setup: AlertSetup;
  #engine: AlertEngine;
  #dispatcher: Dispatcher;
  #tickedAt = Number.NEGATIVE_INFINITY;
  #hasFailure = false;

  /** @param now milliseconds */
  constructor(setup: AlertSetup, now: number, listeners: AlertListeners) {
    this.#listeners = listeners;
    this.#setup = setup;
    this.#engine = new AlertEngine(setup.rules, now);
    this.#dispatcher = this.#dispatcherOf();
  }

  /** Alerts that fire now. */
  get active(): readonly Alert[] {
    return this.#engine.active;
  }

  /** Alerts as one that gets the events, with what was known and not sent yet in the run before. */
  get connect(): Connect {
    const name = 'alerts';
    return (_reading, states) => {
      const state = states?.get(name) as AlertingState | undefined;
      if (state !== undefined) {
        this.#engine = new AlertEngine(this.#setup.rules, Date.now(), state.engine);
        this.#dispatcher = this.#dispatcherOf(state.waiting);
      }
      const alerting = this;
      return {
        name,
        sink: this.#sink(),
        flush: async () => undefined,
        tick: ({ now }) => this.tick(now),
        get state(): AlertingState {
          return { engine: alerting.#engine.state, waiting: alerting.#dispatcher.state };
        },
        close: () => this.#dispatcher.settle(),
      };
    };
  }

  /** Goes on with other rules and channels: what was counted and what fires stays. */
  async replace(setup: AlertSetup, now: number): Promise<void> {
    // What is on its way would be sent twice.
    await this.#dispatcher.settle();
    this.#setup = setup;
    this.#engine = new AlertEngine(setup.rules, now, this.#engine.state);
    this.#dispatcher = this.#dispatcherOf(this.#dispatcher.state);
    this.#failing.clear();
  }

  /** Looks at the rules, if it is time. */
  tick(now: number): void {
    const elapsed = now - this.#tickedAt;
    // A clock that was set back must not silence the rules.
    if (elapsed >= 0 && elapsed < (this.#hasFailure ? SOON : PERIOD)) return;
    this.#tickedAt = now;
    this.#hasFailure = false;
    const said = this.#engine.tick(now);
    this.#dispatcher.offer(said, this.#engine.active, now);
  }

  #sink(): TrackSink {
    const ignore = (): void => undefined;
    return {
      event: (event: TrackedEvent) => {
        this.#hasFailure ||= event.classification !== undefined;
        this.#engine.event(event);
      },
      closed: (message) => this.#engine.closed(message),
      ...{ resumed: ignore, retracted: ignore, notified: ignore, notice: ignore },
    };
  }

  #dispatcherOf(state?: DispatcherState): Dispatcher {
    const sent = (channel: string, error: Error | undefined): void => {
      this.#listeners.sent(channel, error === undefined);
      if (error !== undefined && !this.#failing.has(channel)) {
        this.#failing.add(channel);
        this.#listeners.note(
          `alerts cannot be sent through "${channel}": ${error.message}; they are kept and tried again`,
        );
      } else if (error === undefined && this.#failing.delete(channel)) {
        this.#listeners.note(`alerts are sent through "${channel}" again`);
      }
    };
    return new Dispatcher(this.#setup.channels, sent, state);
  }
}
