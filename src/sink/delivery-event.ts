/** From the tracker's events to the public ones: what leaves the program as NDJSON or into a store. */
import { hash as digest } from 'node:crypto';
import { type DeliveryEvent, EVENT_SCHEMA } from '../event/event.ts';
import type { TrackedEvent } from '../track/event.ts';

/** An event's values, undefined where they are absent. */
export type EventFields = { [K in keyof DeliveryEvent]: DeliveryEvent[K] | undefined };

/** What a renderer remembers: which lines came in the latest instant, and how often. Plain data. */
export interface RendererState {
  readonly instant: number;
  readonly seen: ReadonlyMap<string, number>;
}

/** Turns events of a run into public ones. Give it the events in their order: the ids depend on it. */
export class EventRenderer {
  readonly #files: readonly string[];
  /** How often each line text came in the same instant, so that two equal lines are two events. */
  readonly #seen: Map<string, number>;
  #instant: number;
  #source = -1;
  #offset = -1;
  #lineId = '';
  #ordinal = 0;

  /**
   * @param files names of the sources, by the position that events bear
   * @param state of the renderer of an earlier run, to go on with
   */
  constructor(files: readonly string[], state?: RendererState) {
    this.#files = files;
    this.#seen = new Map(state?.seen);
    this.#instant = state?.instant ?? Number.NaN;
  }

  get state(): RendererState {
    return { instant: this.#instant, seen: this.#seen };
  }

  /** @param line the event's log line, whole */
  render(event: TrackedEvent, line: string): DeliveryEvent {
    return withoutAbsent(this.fields(event, line));
  }

  /**
   * The same with all keys, those of absent values too: quicker to make where nobody looks at the keys.
   * @param time the event's time, where it is wanted in another form
   */
  fields(event: TrackedEvent, line: string, time = formatTime(event.time)): EventFields {
    const { message, delivery, rejection, classification } = event;
    const attempted = event.attempt > 0 || event.suspended;
    const reply = delivery?.reply ?? rejection?.reply;
    const client = rejection?.client ?? message?.client;
    const delays = attempted ? delivery?.delays : undefined;
    return {
      schema: EVENT_SCHEMA,
      event_id: this.#id(event, event.line ?? line),
      time,
      type: event.type,
      status: event.status,
      final: event.type === 'delivery' ? event.final : undefined,
      hop: event.hop || undefined,
      suspended: event.suspended || undefined,
      mta: event.mta,
      host: event.host || undefined,
      instance: message?.instance,
      queue_id: message?.queueId ?? rejection?.queueId,
      parent_queue_id: message?.parentQueueId,
      message_id: message?.messageId,
      from: rejection?.from ?? message?.from,
      to: event.to,
      orig_to: event.origTo,
      size: message?.size,
      recipients:
        event.type === 'accepted' ? message?.recipients : event.to === undefined ? event.count : undefined,
      client_host: client?.host,
      client_ip: client?.ip,
      auth_user: rejection?.authUser ?? message?.authUser,
      helo: rejection?.helo,
      relay_host: delivery?.relay?.host,
      relay_ip: delivery?.relay?.ip,
      relay_port: delivery?.relay?.port,
      transport: delivery?.transport,
      provider: event.provider,
      attempt: event.attempt || undefined,
      delay: attempted ? delivery?.delay : undefined,
      delay_before_queue: delays?.[0],
      delay_in_queue: delays?.[1],
      delay_connect: delays?.[2],
      delay_transmit: delays?.[3],
      tls: event.type === 'accepted' ? message?.tls : delivery?.tls,
      reply_code: reply?.code,
      enhanced_code: reply?.enhanced,
      dsn: delivery?.dsn,
      stage: reply?.stage,
      // A delivery on this host may have nothing to say.
      diagnostic: event.reason ?? ((delivery ?? rejection)?.diagnostic || undefined),
      cause: classification?.cause,
      detail: classification?.detail,
      kind: classification?.kind,
      confidence: classification?.confidence,
      rule: classification?.rule,
      source_file: this.#files[event.source],
      source_offset: event.offset,
    };
  }

  /**
   * A hash of the line, whatever its file is called; with a count behind it where one instant has the same line
   * twice, or one line tells several events (an expiry speaks for all recipients).
   */
  #id(event: TrackedEvent, line: string): string {
    if (event.source === this.#source && event.offset === this.#offset) {
      this.#ordinal += 1;
      return `${this.#lineId}-${this.#ordinal}`;
    }
    this.#source = event.source;
    this.#offset = event.offset;
    this.#ordinal = 0;
    if (event.time !== this.#instant) {
      this.#instant = event.time;
      this.#seen.clear();
    }
    const hash = digest('sha256', line).slice(0, 32);
    const before = this.#seen.get(hash) ?? 0;
    this.#seen.set(hash, before + 1);
    this.#lineId = before === 0 ? hash : `${hash}.${before}`;
    return this.#lineId;
  }
}

/** RFC 3339 in UTC, with as many decimals as the log had: none, three or six. */
export function formatTime(time: number): string {
  const micros = Math.round((time - Math.floor(time / 1000) * 1000) * 1000);
  const whole = new Date(Math.floor(time / 1000) * 1000).toISOString().slice(0, 19);
  if (micros === 0) return `${whole}Z`;
  const digits = String(micros).padStart(6, '0');
  return `${whole}.${digits.endsWith('000') ? digits.slice(0, 3) : digits}Z`;
}

/** The keys stay in their order; JSON would drop undefined values too, but other readers of the object would not. */
function withoutAbsent(event: EventFields): DeliveryEvent {
  for (const key of Object.keys(event) as (keyof DeliveryEvent)[]) {
    if (event[key] === undefined) delete event[key];
  }
  return event as DeliveryEvent;
}
