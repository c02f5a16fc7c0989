/** Tells a sink again what the tracker told when the logs were loaded: from rows back to events and messages. */
import type { Client, DeliveryRecord, NoticeRecord, RejectRecord } from '../../parsers/contract.ts';
import type { DeliveryStatus, EventType, Kind, Mta, Stage } from '../event/event.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';
import { recipientKey } from './archive.ts';
import { PLACE_COLUMNS } from './records.ts';
import type { StoredSource } from './sources.ts';
import type { Cell, Parameters, Store } from './store.ts';

/** Rows of one question: large enough to be quick, small enough to be held as text. */
const PAGE = 10_000;
/** After this long without an event of it, in the log's time, nothing more is to be expected of a message. */
const LONGEST_SILENCE = 7 * 24 * 3_600_000;
/** The same, where all its recipients have their final event: only a line that the log has twice can follow. */
const SILENCE_AFTER_END = 3_600_000;

/** The columns that a report needs, with what turns their cells into values. */
export const REPLAY_COLUMNS = [
  'line',
  'part',
  'toUnixTimestamp64Micro(time)',
  'type',
  'status',
  'final',
  'hop',
  'suspended',
  'mta',
  'host',
  'queue_id',
  '`from`',
  '`to`',
  'orig_to',
  'client_host',
  'client_ip',
  'relay_host',
  'relay_ip',
  'provider',
  'attempt',
  'delay',
  'reply_code',
  'enhanced_code',
  'dsn',
  'stage',
  // Of what was delivered nobody asks for the words.
  "if(cause = '' AND type NOT IN ('notice', 'rejected') AND status != 'held', '', diagnostic)",
  'cause',
  'detail',
  'kind',
  'source_offset',
  'toString(message)',
  'count',
  'reply',
  'severity',
  'program',
  'auth_user',
  'confidence',
  'again',
  'helo',
] as const;

/** What is known of a message while its rows come by. */
class ReplayedMessage implements Message {
  readonly mta: Mta;
  readonly host: string;
  readonly instance = '';
  readonly queueId: string;
  from: string | undefined = undefined;
  readonly messageId = undefined;
  readonly size = undefined;
  recipients: number | undefined = undefined;
  client: Client | undefined = undefined;
  authUser: string | undefined = undefined;
  readonly tls = undefined;
  readonly parentQueueId = undefined;
  mark: object | undefined = undefined;
  entry: object | undefined = undefined;
  /** Latest event of each recipient. */
  readonly latest = new Map<string, TrackedEvent>();
  lastTime = 0;
  /** Recipients that no event has named yet. */
  unnamed = 0;

  constructor(mta: Mta, host: string, queueId: string) {
    this.mta = mta;
    this.host = host;
    this.queueId = queueId;
  }

  get ended(): boolean {
    if (this.unnamed > 0) return false;
    for (const { final } of this.latest.values()) if (!final) return false;
    return this.latest.size > 0;
  }
}

/** The event before, where it is not among those that are told: that there was one matters, too. */
const NOT_TOLD = { time: -Infinity } as TrackedEvent;

type ReplayedEvent = { -readonly [K in keyof TrackedEvent]: TrackedEvent[K] };

/** Which times are of interest; milliseconds since the epoch. */
export interface ReplayWindow {
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** What is told. */
export interface ReplayOptions {
  readonly window?: ReplayWindow;
  /** A condition on rows, with the parameters that it names. */
  readonly only?: { readonly condition: string; readonly parameters: Parameters };
  /** Whether a row of `REPLAY_COLUMNS` is told; all are where absent. */
  readonly tells?: (row: readonly Cell[], source: number) => boolean;
  readonly stop?: AbortSignal | undefined;
}

/**
 * Tells `sink` all that was told of the sources, in the same order.
 * What lies outside the window is left out where it cannot matter to what is inside.
 */
export async function replay(
  store: Store,
  sources: readonly StoredSource[],
  sink: TrackSink,
  { window = {}, only, tells, stop }: ReplayOptions = {},
): Promise<void> {
  const replayer = new Replayer(sink);
  const where = `type != 'moved' AND ${relevant(window)} AND ${only?.condition ?? '1'}`;
  const parameters = { ...bounds(window), ...only?.parameters };
  const within = only === undefined ? undefined : await sourcesWith(store, where, parameters);
  for (const [position, { id }] of sources.entries()) {
    if (within?.has(id) === false) continue;
    let line = 0;
    let part = -1;
    for (;;) {
      const { rows } = await store.ask(
        `SELECT ${REPLAY_COLUMNS.join(', ')} FROM records ` +
          'WHERE source_id = {source:UInt64} AND line >= {line:UInt64} AND (line > {line:UInt64} OR part > {part:Int64}) ' +
          `AND ${where} ORDER BY ${PLACE_COLUMNS.map(({ name }) => name).join(', ')} LIMIT ${PAGE}`,
        { source: id, line, part, ...parameters },
      );
      for (const row of rows) if (tells?.(row, position) ?? true) replayer.read(row, position);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE || stop?.aborted) break;
      line = Number(last[0]);
      part = Number(last[1]);
    }
  }
}

/** Ids of the sources that have any such rows: a store may hold hundreds of logs. */
async function sourcesWith(store: Store, where: string, parameters: Parameters): Promise<Set<string>> {
  const { rows } = await store.ask(
    `SELECT DISTINCT toString(source_id) FROM records WHERE ${where}`,
    parameters,
  );
  return new Set(rows.map(([id]) => String(id)));
}

/**
 * Before the window only retractions count. After it, only the messages of which recipients may still stand open in
 * it: that they were named later, or that the message left the queue.
 */
function relevant(window: ReplayWindow): string {
  const { from, until } = window;
  if (from === undefined && until === undefined) return '1';
  const within = inside(window);
  const open = `message GLOBAL IN (SELECT message FROM records WHERE ${within} AND (type IN ('accepted', 'resumed') OR suspended))`;
  const after =
    until === undefined ? '' : ` OR (time >= fromUnixTimestamp64Micro({until:Int64}) AND ${open})`;
  return `((${within})${after} OR type = 'retracted' OR type = 'closed')`;
}

/** A condition for rows of the window, with `bounds` for parameters. */
export function inside({ from, until }: ReplayWindow): string {
  const begun = from === undefined ? '1' : 'time >= fromUnixTimestamp64Micro({from:Int64})';
  const ended = until === undefined ? '1' : 'time < fromUnixTimestamp64Micro({until:Int64})';
  return `${begun} AND ${ended}`;
}

/** The parameters of `inside`. */
export function bounds({ from, until }: ReplayWindow): Record<string, number> {
  return {
    ...(from !== undefined && { from: Math.round(from * 1000) }),
    ...(until !== undefined && { until: Math.round(until * 1000) }),
  };
}

/** Turns rows, in their order, back into what the tracker told. */
export class Replayer {
  readonly #sink: TrackSink;
  readonly #messages = new Map<string, ReplayedMessage>();
  #sinceSweep = 0;

  constructor(sink: TrackSink) {
    this.#sink = sink;
  }

  /** Takes a row of `REPLAY_COLUMNS`. */
  read(row: readonly Cell[], source: number): void {
    const [, , micros, type, status, final, hop, suspended, mta, host, queueId, from, to, origTo] = row;
    const [clientHost, clientIp, relayHost, relayIp, provider, attempt, delay, replyCode] = row.slice(14);
    const [enhancedCode, dsn, stage, diagnostic, cause, detail, kind, offset, messageKey, count] =
      row.slice(22);
    const [reply, severity, program, authUser, confidence, again, helo] = row.slice(32);
    const time = Number(micros) / 1000;
    if (type === 'notice') {
      const record: NoticeRecord = {
        kind: 'notice',
        severity: severity as NoticeRecord['severity'],
        text: diagnostic as string,
      };
      this.#sink.notice(record, program as string, time);
      return;
    }
    const client = clientOf(clientHost, clientIp);
    const message =
      messageKey === '0' ? undefined : this.#message(messageKey as string, row, time, from, client);
    if (message !== undefined && authUser) message.authUser = authUser as string;
    switch (type) {
      case 'closed':
        this.#sink.closed(message!);
        return;
      case 'retracted':
        this.#sink.retracted(message!);
        return;
      case 'notified':
        this.#sink.notified(message!, time);
        return;
      case 'resumed':
        message!.recipients = count as number;
        message!.unnamed += count as number;
        this.#sink.resumed(message!, time);
        return;
    }
    const said = {
      text: reply as string,
      remote: true,
      ...(replyCode !== 0 && { code: replyCode as number }),
      ...(enhancedCode !== '' && { enhanced: enhancedCode as string }),
      ...(stage !== '' && { stage: stage as Stage }),
    };
    const common = { queueId: queueId as string, diagnostic: diagnostic as string, reply: said };
    const recipient = (to ?? undefined) as string | undefined;
    const delivery: DeliveryRecord | undefined =
      type === 'delivery'
        ? {
            kind: 'delivery',
            ...common,
            to: recipient ?? '',
            status: (status === 'held' ? 'deferred' : status) as DeliveryStatus,
            suspended: suspended as boolean,
            relay: {
              host: (relayHost || undefined) as string | undefined,
              ip: (relayIp || undefined) as string | undefined,
              near: false,
            },
            delay: (delay ?? undefined) as number | undefined,
            dsn: (dsn || undefined) as string | undefined,
          }
        : undefined;
    const rejection: RejectRecord | undefined =
      type === 'rejected'
        ? {
            kind: 'reject',
            ...common,
            client,
            authUser: (authUser || undefined) as string | undefined,
            helo: (helo || undefined) as string | undefined,
            from: (from ?? undefined) as string | undefined,
            to: recipient,
          }
        : undefined;
    const key = recipientKey({ to: recipient, origTo: (origTo || undefined) as string | undefined });
    const event: ReplayedEvent = {
      type: type as EventType,
      time,
      source,
      offset: Number(offset),
      line: undefined,
      message,
      status: (status || undefined) as DeliveryStatus | undefined,
      final: final as boolean,
      hop: hop as boolean,
      suspended: suspended as boolean,
      attempt: attempt as number,
      to: recipient,
      origTo: (origTo || undefined) as string | undefined,
      count: count as number,
      delivery,
      rejection,
      // Where the log says none, the reply is that of the failure before.
      reason: status === 'held' && reply === '' ? (diagnostic as string) : undefined,
      mta: mta as Mta,
      host: host as string,
      prior:
        (recipient === undefined ? undefined : message?.latest.get(key)) ?? (again ? NOT_TOLD : undefined),
      classification:
        cause === ''
          ? undefined
          : {
              cause: cause as string,
              detail: (detail || undefined) as string | undefined,
              kind: kind as Kind,
              confidence: (confidence ?? 0) as number,
              rule: '',
              evidence: '',
            },
      provider: (provider || undefined) as string | undefined,
      mark: undefined,
      entry: undefined,
    };
    if (type === 'accepted' && message !== undefined) message.unnamed += event.count;
    if (type === 'delivery' && message !== undefined) {
      if (event.prior === undefined) message.unnamed -= event.count;
      if (recipient !== undefined) message.latest.set(key, event);
    }
    this.#sink.event(event);
    // As the tracker does: nobody can ask for it later.
    event.prior = undefined;
    event.delivery = undefined;
  }

  #message(
    key: string,
    row: readonly Cell[],
    time: number,
    from: Cell | undefined,
    client: Client | undefined,
  ): ReplayedMessage {
    let message = this.#messages.get(key);
    if (message === undefined) {
      if (++this.#sinceSweep >= PAGE) this.#sweep(time);
      message = new ReplayedMessage(row[8] as Mta, row[9] as string, row[10] as string);
      this.#messages.set(key, message);
    }
    message.lastTime = time;
    if (from !== null && from !== undefined) message.from = from as string;
    if (client !== undefined) message.client = client;
    return message;
  }

  /** Forgets messages of which nothing more will come. */
  #sweep(now: number): void {
    this.#sinceSweep = 0;
    for (const [key, message] of this.#messages) {
      const silence = now - message.lastTime;
      if (silence > LONGEST_SILENCE || (silence > SILENCE_AFTER_END && message.ended)) {
        this.#messages.delete(key);
      }
    }
  }
}

function clientOf(host: Cell | undefined, ip: Cell | undefined): Client | undefined {
  if (!host && !ip) return undefined;
  return {
    host: (host || undefined) as string | undefined,
    ip: (ip || undefined) as string | undefined,
    near: false,
  };
}
