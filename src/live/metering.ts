/** Metrics of logs that are followed, and whether the following is well. */
import type { AnalysisOptions } from '../analysis.ts';
import type { Mta } from '../event/event.ts';
import { type Endpoint, type Health, openEndpoint } from '../watch/endpoint.ts';
import type { Alert } from '../watch/engine.ts';
import { Metrics } from '../watch/metrics.ts';
import type { Connect } from './consumer.ts';

/** Reading that does not come round for so long waits for a consumer, in milliseconds. */
const BLOCKED = 60_000;

/** How metrics are served. */
export interface MeteringOptions {
  readonly address: { readonly host: string; readonly port: number };
  readonly version: string;
  /** All is not well when no line came for so long, in milliseconds. */
  readonly stale: number;
  /** Alerts that fire now. */
  readonly alerts: () => readonly Alert[];
  /** What waits for a store; absent where nothing goes to one. */
  readonly backlog?: Backlog | undefined;
}

/** What waits on disk for a store. */
export interface Backlog {
  readonly bytes: number;
  /** Since when the oldest of it waits, in milliseconds; undefined where nothing does. */
  readonly since: number | undefined;
}

/** Metrics and their endpoint. */
export interface Metering {
  readonly connect: Connect;
  /** To be given every line of an MTA. */
  readonly onLine: NonNullable<AnalysisOptions['onLine']>;
  /** To be told of every attempt to send an alert. */
  readonly sent: (channel: string, isSent: boolean) => void;
  readonly endpoint: Endpoint;
}

/**
 * Serves metrics at an address.
 * @throws Error where the address cannot be had
 */
export async function openMetering({
  address,
  version,
  stale,
  alerts,
  backlog,
}: MeteringOptions): Promise<Metering> {
  let openMessages: () => ReadonlyMap<Mta, number> = () => new Map();
  const metrics = new Metrics({
    version,
    openMessages: () => openMessages(),
    activeAlerts: alerts,
    spoolBytes: backlog && (() => backlog.bytes),
  });
  const lines = new LineCounter();
  const begun = Date.now();
  let readAt = begun;
  let lineAt = begun;
  const endpoint = await openEndpoint(address, metrics, () =>
    healthOf({ now: Date.now(), readAt, lineAt, stale, spooledAt: backlog?.since }),
  );
  return {
    endpoint,
    onLine: (_line, record, { mta }) => lines.add(mta, record !== undefined),
    sent: (channel, isSent) => metrics.notification(channel, isSent),
    connect: ({ analysis }) => {
      openMessages = () => analysis.openMessages;
      // The lines of the runs before were counted then.
      let { ignored } = analysis.lines;
      return {
        name: 'metrics',
        sink: metrics,
        flush: async () => undefined,
        tick: ({ now, lastLineAt = begun }) => {
          readAt = now;
          lineAt = lastLineAt;
          lines.moveTo(metrics);
          metrics.ignored(analysis.lines.ignored - ignored);
          ignored = analysis.lines.ignored;
        },
        close: () => endpoint.close(),
      };
    },
  };
}

/** When something happened last, and how long it may be ago. All in milliseconds. */
interface Signs {
  readonly now: number;
  readonly readAt: number;
  readonly lineAt: number;
  readonly stale: number;
  /** Of the oldest that waits for the store. */
  readonly spooledAt?: number | undefined;
}

/** Whether lines come, and are taken by all who should have them. */
export function healthOf({ now, readAt, lineAt, stale, spooledAt = now }: Signs): Health {
  const seconds = (since: number): number => Math.floor((now - since) / 1000);
  if (now - readAt > BLOCKED) {
    return {
      ok: false,
      text: `reading waits for ${seconds(readAt)} s: the store or the reader of the events is behind`,
    };
  }
  if (now - spooledAt > stale) {
    return {
      ok: false,
      text: `the store is behind: the oldest batch in the spool waits for ${seconds(spooledAt)} s`,
    };
  }
  if (now - lineAt > stale) return { ok: false, text: `no line for ${seconds(lineAt)} s` };
  return { ok: true, text: `ok, last line ${seconds(lineAt)} s ago` };
}

/** Counts lines between two ticks: a label is looked up for each of them only then. */
class LineCounter {
  readonly #understood = new Map<Mta, number>();
  readonly #unparsed = new Map<Mta, number>();

  add(mta: Mta, isUnderstood: boolean): void {
    const counts = isUnderstood ? this.#understood : this.#unparsed;
    counts.set(mta, (counts.get(mta) ?? 0) + 1);
  }

  moveTo(metrics: Metrics): void {
    for (const [mta, count] of this.#understood) metrics.lines(mta, 'event', count);
    for (const [mta, count] of this.#unparsed) metrics.lines(mta, 'unparsed', count);
    this.#understood.clear();
    this.#unparsed.clear();
  }
}
