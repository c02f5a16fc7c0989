/**
 * Brings alerts to their channels. A channel that is away keeps nobody waiting: what it should have got is kept,
 * tried again ever more seldom, and is among what is saved.
 */
import type { Channel } from './channels/channel.ts';
import type { Alert } from './engine.ts';

/** Alerts that wait for one channel; beyond this the oldest are given up. */
const MOST_WAITING = 1000;
/** Alerts in one message. */
const MOST_AT_ONCE = 50;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 300_000;

/** What waits, by the name of its channel: plain data, for the disk. */
export type DispatcherState = Map<string, Alert[]>;

/** Told of every attempt to send. */
export type OnSent = (channel: string, error: Error | undefined, alerts: number) => void;

/** One channel with what waits for it. */
interface Lane {
  readonly channel: Channel;
  waiting: Alert[];
  pause: number;
  /** Not before this time, in milliseconds. */
  next: number;
  refreshed: number;
  sending: Promise<void> | undefined;
}

/** Sends alerts, one message at a time for each channel. */
export class Dispatcher {
  readonly #lanes: readonly Lane[];
  readonly #onSent: OnSent;

  constructor(channels: readonly Channel[], onSent: OnSent, state?: DispatcherState) {
    this.#onSent = onSent;
    this.#lanes = channels.map((channel) => ({
      channel,
      waiting: state?.get(channel.name) ?? [],
      pause: FIRST_PAUSE,
      next: 0,
      refreshed: 0,
      sending: undefined,
    }));
  }

  /** What has not been sent yet. */
  get state(): DispatcherState {
    return new Map(this.#lanes.map(({ channel, waiting }) => [channel.name, waiting]));
  }

  /**
   * Takes what there is to say, and begins to send what is due.
   * @param active all that fires, for channels that forget
   * @param now milliseconds
   */
  offer(alerts: readonly Alert[], active: readonly Alert[], now: number): void {
    for (const lane of this.#lanes) {
      const { channel, waiting } = lane;
      const isMine = (alert: Alert) => alert.channels.includes(channel.name);
      waiting.push(...alerts.filter(isMine));
      waiting.splice(0, Math.max(0, waiting.length - MOST_WAITING));
      if (channel.refresh !== undefined && now - lane.refreshed >= channel.refresh) {
        lane.refreshed = now;
        const told = new Set(waiting.map(identity));
        waiting.push(...active.filter((alert) => isMine(alert) && !told.has(identity(alert))));
      }
      if (waiting.length > 0 && lane.sending === undefined && now >= lane.next)
        lane.sending = this.#send(lane, now);
    }
  }

  /** Waits until what is on its way has arrived, or failed. */
  async settle(): Promise<void> {
    await Promise.all(this.#lanes.map(({ sending }) => sending));
  }

  async #send(lane: Lane, now: number): Promise<void> {
    const alerts = lane.waiting.slice(0, MOST_AT_ONCE);
    try {
      await lane.channel.send(alerts);
      // More may have come meanwhile, and the oldest may have been given up.
      const sent = new Set(alerts);
      lane.waiting = lane.waiting.filter((alert) => !sent.has(alert));
      lane.pause = FIRST_PAUSE;
      this.#onSent(lane.channel.name, undefined, alerts.length);
    } catch (error) {
      lane.next = now + lane.pause * (0.5 + Math.random());
      lane.pause = Math.min(2 * lane.pause, LONGEST_PAUSE);
      this.#onSent(lane.channel.name, error as Error, alerts.length);
    } finally {
      lane.sending = undefined;
    }
  }
}

function identity({ rule, provider, cause, startsAt }: Alert): string {
  return `${rule}\0${provider ?? ''}\0${cause ?? ''}\0${startsAt}`;
}
