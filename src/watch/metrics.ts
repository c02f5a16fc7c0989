/**
 * Counts for Prometheus. Every label is out of a closed list: an address, a domain or a text of a log would make a
 * series of its own, and anybody who can send mail could make a million of them.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { NoticeRecord } from '../../parsers/contract.ts';
import { OTHER } from '../cause/providers.ts';
import type { Mta } from '../event/event.ts';
import type { TrackedEvent, TrackSink } from '../track/event.ts';
import { isNotification } from '../track/notification.ts';

/** Seconds from arrival to delivery. */
const DELAYS = [1, 10, 60, 300, 1800, 7200, 86_400];

/** What metrics are told or asked besides events. */
export interface MetricsOptions {
  readonly version: string;
  /** Messages that are in a queue now, by MTA; asked at every scrape. */
  readonly openMessages: () => ReadonlyMap<Mta, number>;
  /** Alerts that fire now, by rule and provider; asked at every scrape. */
  readonly activeAlerts: () => Iterable<{ readonly rule: string; readonly provider: string | undefined }>;
  /** Bytes that wait on disk for a store, asked at every scrape; absent where nothing goes to a store. */
  readonly spoolBytes?: (() => number) | undefined;
}

/** All metrics of the process. */
export class Metrics implements TrackSink {
  readonly #registry = new Registry();
  readonly #deliveries: Counter<'provider' | 'status'>;
  readonly #notices: Counter<'provider' | 'status'>;
  readonly #failures: Counter<'provider' | 'cause' | 'class'>;
  readonly #unclassified: Counter<'provider'>;
  readonly #rejects: Counter<'cause' | 'class'>;
  readonly #delay: Histogram<'provider'>;
  readonly #lines: Counter<'mta' | 'result'>;
  readonly #lastEvent: Gauge<'mta'>;
  readonly #lag: Gauge<'mta'>;
  readonly #notifications: Counter<'channel' | 'result'>;

  constructor({ version, openMessages, activeAlerts, spoolBytes }: MetricsOptions) {
    const registers = [this.#registry];
    this.#deliveries = new Counter({
      name: 'whybounce_deliveries_total',
      help: 'Delivery attempts for mail and their outcomes; notices are in whybounce_notices_total.',
      labelNames: ['provider', 'status'],
      registers,
    });
    this.#notices = new Counter({
      name: 'whybounce_notices_total',
      help: 'Delivery attempts for notices, mail from <>, and their outcomes.',
      labelNames: ['provider', 'status'],
      registers,
    });
    this.#failures = new Counter({
      name: 'whybounce_failures_total',
      help: 'Failed attempts by cause; class is hard where repeating is useless, else soft.',
      labelNames: ['provider', 'cause', 'class'],
      registers,
    });
    this.#unclassified = new Counter({
      name: 'whybounce_unclassified_total',
      help: 'Failed attempts whose cause no rule knows.',
      labelNames: ['provider'],
      registers,
    });
    this.#rejects = new Counter({
      name: 'whybounce_rejects_total',
      help: 'Mail that this server refused.',
      labelNames: ['cause', 'class'],
      registers,
    });
    this.#delay = new Histogram({
      name: 'whybounce_delivery_delay_seconds',
      help: 'Time from arrival to delivery.',
      labelNames: ['provider'],
      buckets: DELAYS,
      registers,
    });
    this.#lines = new Counter({
      name: 'whybounce_log_lines_total',
      help: 'Lines of the mail server that were understood (event) or not (unparsed), and of other programs (ignored).',
      labelNames: ['mta', 'result'],
      registers,
    });
    this.#lastEvent = new Gauge({
      name: 'whybounce_last_event_timestamp_seconds',
      help: 'Time of the last event, as the log tells it.',
      labelNames: ['mta'],
      registers,
    });
    this.#lag = new Gauge({
      name: 'whybounce_log_lag_seconds',
      help: 'How long after its stamp the last event was read.',
      labelNames: ['mta'],
      registers,
    });
    this.#notifications = new Counter({
      name: 'whybounce_notifications_total',
      help: 'Alerts sent, by channel and result (ok, failed).',
      labelNames: ['channel', 'result'],
      registers,
    });
    new Gauge({
      name: 'whybounce_open_messages',
      help: 'Messages in a queue.',
      labelNames: ['mta'],
      registers,
      collect() {
        this.reset();
        for (const [mta, count] of openMessages()) this.set({ mta }, count);
      },
    });
    new Gauge({
      name: 'whybounce_alert_active',
      help: 'Alerts that fire.',
      labelNames: ['rule', 'provider'],
      registers,
      collect() {
        this.reset();
        for (const { rule, provider = '' } of activeAlerts()) this.inc({ rule, provider });
      },
    });
    if (spoolBytes !== undefined) {
      new Gauge({
        name: 'whybounce_spool_bytes',
        help: 'Bytes that wait on disk for the store.',
        registers,
        collect() {
          this.set(spoolBytes());
        },
      });
    }
    new Gauge({
      name: 'whybounce_build_info',
      help: 'Always 1; the label tells the version.',
      labelNames: ['version'],
      registers,
    }).set({ version }, 1);
  }

  /** What Prometheus' text format calls itself. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All of it in Prometheus' text format. */
  exposition(): Promise<string> {
    return this.#registry.metrics();
  }

  event(event: TrackedEvent): void {
    const { mta, time, classification, count } = event;
    this.#lastEvent.set({ mta }, time / 1000);
    this.#lag.set({ mta }, Math.max(0, (Date.now() - time) / 1000));
    if (event.type === 'rejected' && classification !== undefined) {
      this.#rejects.inc({ cause: classification.cause, class: classification.kind }, count);
    }
    if (event.type !== 'delivery' || event.hop || event.suspended || event.status === undefined) return;
    const { provider = OTHER, status, delivery, message } = event;
    if (message !== undefined && isNotification(message)) {
      this.#notices.inc({ provider, status }, count);
      return;
    }
    this.#deliveries.inc({ provider, status }, count);
    if (status === 'delivered' && delivery?.delay !== undefined)
      this.#delay.observe({ provider }, delivery.delay);
    if (classification === undefined) return;
    const { cause, kind } = classification;
    this.#failures.inc({ provider, cause, class: kind }, count);
    if (cause === 'unclassified') this.#unclassified.inc({ provider }, count);
  }

  resumed(): void {}

  closed(): void {}

  retracted(): void {}

  notified(): void {}

  notice(_record: NoticeRecord): void {}

  /** Counts lines of a mail server that were understood, or that were not. */
  lines(mta: Mta, result: 'event' | 'unparsed', count: number): void {
    this.#lines.inc({ mta, result }, count);
  }

  /** Counts lines of other programs. */
  ignored(count: number): void {
    this.#lines.inc({ mta: '', result: 'ignored' }, count);
  }

  /** Counts an attempt to send alerts. */
  notification(channel: string, isSent: boolean): void {
    this.#notifications.inc({ channel, result: isSent ? 'ok' : 'failed' });
  }
}
