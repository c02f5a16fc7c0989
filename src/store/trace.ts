/**
 * Finds messages in a store: by what rows have of queue ids, message-ids and addresses, and from there along queue
 * ids that name each other and along equal message-ids. A store has no lines, so that what only a line tells, as a
 * message of which nothing but its arrival was logged, is not found in it.
 */
import type { Window } from '../aggregate/aggregate.ts';
import { type DeliveryEvent, EVENT_SCHEMA, type Mta } from '../event/event.ts';
import { formatTime } from '../sink/delivery-event.ts';
import {
  KeptLife,
  keyOf,
  LONGEST_SILENCE,
  MOST_LINES,
  MOST_WATCHED,
  storiesOf,
  TIE_SLACK,
  type Tie,
} from '../trace/lives.ts';
import { type Facts, type Query, SHORTEST_PART_OF_ID } from '../trace/query.ts';
import type { Story, Trace, TracedLine } from '../trace/story.ts';
import { requireCurrent } from './migrations.ts';
import { EVENT_COLUMNS } from './records.ts';
import { storedSources } from './sources.ts';
import type { Cell, Parameters, Store } from './store.ts';

/** Steps along a chain of queues. */
const MOST_STEPS = 10;
/** Rows that are kept: as many as a trace of logs keeps lines. */
const MOST_ROWS = 2 * MOST_LINES;
/** Ids in one question: a server takes no address of any length. */
const PORTION = 1000;

/** All that was found, and the names of the logs it was loaded from. */
export interface StoredTrace {
  readonly trace: Trace;
  readonly files: readonly string[];
}

/** Finds what happened in the window to what is looked for. */
export async function traceStored(
  store: Store,
  query: Query,
  window: Window,
  stop: AbortSignal,
): Promise<StoredTrace> {
  await requireCurrent(store);
  const sources = await storedSources(store);
  const positions = new Map(sources.map(({ id }, position) => [id, position]));
  const seeker = new Seeker(store, query, window);
  await seeker.find();
  for (let step = 0; step < MOST_STEPS && seeker.grew && !stop.aborted; step++) await seeker.follow();
  const { from = -Infinity, until = Infinity } = window;
  const inWindow = ({ time }: TracedLine): boolean => time >= from && time < until;
  const stories = storiesOfRows(await seeker.messages(positions), query).filter(({ lines }) =>
    lines.some(inWindow),
  );
  const refusals = linesOf(await seeker.refusals(positions));
  const cut = seeker.cut || seeker.grew || stop.aborted;
  return { trace: { stories, refusals, cut }, files: sources.map(({ name }) => name) };
}

/** What is asked of a row: its place, its message, then the fields. */
const ROW_COLUMNS = [
  'toString(source_id)',
  'line',
  'part',
  'toString(message)',
  ...EVENT_COLUMNS.map(({ name }) => (name === 'time' ? 'toUnixTimestamp64Micro(time)' : `\`${name}\``)),
].join(', ');

const SEARCHED = ['`to`', 'orig_to', '`from`', 'message_id', 'auth_user'];
const SEARCHED_IDS = ['queue_id', 'parent_queue_id'];

/** Rows that are events; others tell only what became of a message. */
const EVENTS: ReadonlySet<string> = new Set(['accepted', 'delivery', 'rejected']);

/** A row of the store. */
interface StoredRow {
  readonly source: number;
  readonly line: number;
  readonly part: number;
  /** Tells lives apart; `0` where there is no message. */
  readonly message: string;
  /** `type` may be one of those that are no event. */
  readonly type: string;
  readonly time: number;
  readonly event: DeliveryEvent;
}

/** Gathers the queue ids and message-ids that belong to what is looked for. */
class Seeker {
  cut = false;
  readonly #store: Store;
  readonly #query: Query;
  readonly #window: Window;
  readonly #watched = new Set<string>();
  readonly #messageIds = new Set<string>();
  /** What nothing was asked about yet. */
  #newIds: string[] = [];
  #newMessageIds: string[] = [];

  constructor(store: Store, query: Query, window: Window) {
    this.#store = store;
    this.#query = query;
    this.#window = window;
  }

  /** The latest step has found more. */
  get grew(): boolean {
    return this.#newIds.length + this.#newMessageIds.length > 0;
  }

  /** Looks for rows that speak of it. */
  async find(): Promise<void> {
    // No message is silent for longer: others than these have nothing in the window.
    const { condition, parameters } = this.#matching(LONGEST_SILENCE);
    await this.#watch(`queue_id != '' AND ${condition}`, parameters, () => true);
  }

  /** Looks for what names that which was found last, or is named by it. */
  async follow(): Promise<void> {
    const [ids, messageIds] = [this.#newIds, this.#newMessageIds];
    this.#newIds = [];
    this.#newMessageIds = [];
    for (const some of portions(ids)) {
      await this.#watch(
        '(queue_id IN {ids:Array(String)} OR parent_queue_id IN {ids:Array(String)})',
        { ids: some },
        ({ host, queueId, parent }) =>
          this.#watched.has(keyOf(host, queueId)) || this.#watched.has(keyOf(host, parent)),
      );
    }
    for (const some of portions(messageIds)) {
      await this.#watch('message_id IN {ids:Array(String)}', { ids: some }, () => true);
    }
  }

  /** The rows of all messages that were gathered, in the order of the logs. */
  async messages(positions: ReadonlyMap<string, number>): Promise<StoredRow[]> {
    const ids = new Set([...this.#watched].map((key) => key.slice(key.indexOf('\0') + 1)));
    const found: StoredRow[] = [];
    for (const some of portions([...ids])) {
      const rows = await this.#rows(
        "type NOT IN ('moved', 'notice') AND queue_id IN {ids:Array(String)}",
        { ids: some },
        positions,
      );
      for (const row of rows) {
        if (this.#watched.has(keyOf(row.event.host ?? '', row.event.queue_id ?? ''))) found.push(row);
      }
      if (found.length > MOST_ROWS) this.cut = true;
      if (this.cut) break;
    }
    return found.sort(byPlace);
  }

  /** Refusals before there was a message. */
  async refusals(positions: ReadonlyMap<string, number>): Promise<StoredRow[]> {
    const { condition, parameters } = this.#matching(0);
    const rows = await this.#rows(
      `type = 'rejected' AND queue_id = '' AND ${condition}`,
      parameters,
      positions,
    );
    return rows.sort(byPlace);
  }

  /** A condition for rows that match as `Query` compares, no farther from the window than that. */
  #matching(slack: number): { condition: string; parameters: Record<string, Cell> } {
    const { what } = this.#query;
    const { from, until } = this.#window;
    const moment = (name: string): string => `fromUnixTimestamp64Micro({${name}:Int64}, 'UTC')`;
    const matches = [
      ...SEARCHED.map((column) => `positionCaseInsensitiveUTF8(ifNull(${column}, ''), {what:String}) > 0`),
      ...SEARCHED_IDS.map((column) =>
        what.length < SHORTEST_PART_OF_ID
          ? `${column} = {what:String}`
          : `position(${column}, {what:String}) > 0`,
      ),
    ];
    const conditions = [
      "type != 'moved'",
      ...(from === undefined ? [] : [`time >= ${moment('from')}`]),
      ...(until === undefined ? [] : [`time < ${moment('until')}`]),
      `(${matches.join(' OR ')})`,
    ];
    return {
      condition: conditions.join(' AND '),
      parameters: {
        what,
        ...(from !== undefined && { from: Math.round((from - slack) * 1000) }),
        ...(until !== undefined && { until: Math.round((until + slack) * 1000) }),
      },
    };
  }

  /** Watches what rows that meet the condition, and belong to it, are of. */
  async #watch(
    condition: string,
    parameters: Parameters,
    belongs: (row: { host: string; queueId: string; parent: string }) => boolean,
  ): Promise<void> {
    const { rows } = await this.#store.ask(
      'SELECT DISTINCT host, queue_id, parent_queue_id, message_id FROM records ' +
        `WHERE type != 'moved' AND ${condition} LIMIT ${MOST_WATCHED + 1}`,
      parameters,
    );
    if (rows.length > MOST_WATCHED) this.cut = true;
    for (const row of rows) {
      const [host = '', queueId = '', parent = '', messageId = ''] = row.map(String);
      if (!belongs({ host, queueId, parent })) continue;
      if (queueId !== '') this.#add(this.#watched, keyOf(host, queueId), this.#newIds, queueId);
      if (parent !== '') this.#add(this.#watched, keyOf(host, parent), this.#newIds, parent);
      if (messageId !== '') this.#add(this.#messageIds, messageId, this.#newMessageIds, messageId);
    }
  }

  #add(known: Set<string>, key: string, news: string[], name: string): void {
    if (known.has(key)) return;
    if (this.#watched.size + this.#messageIds.size >= MOST_WATCHED) {
      this.cut = true;
      return;
    }
    known.add(key);
    news.push(name);
  }

  async #rows(
    condition: string,
    parameters: Parameters,
    positions: ReadonlyMap<string, number>,
  ): Promise<StoredRow[]> {
    const { rows } = await this.#store.ask(
      `SELECT ${ROW_COLUMNS} FROM records WHERE ${condition} ORDER BY time, line, part LIMIT ${MOST_ROWS + 1}`,
      parameters,
    );
    if (rows.length > MOST_ROWS) this.cut = true;
    return rows.slice(0, MOST_ROWS).map((row) => rowOf(row, positions));
  }
}

function* portions(names: readonly string[]): Generator<string[]> {
  for (let at = 0; at < names.length; at += PORTION) yield names.slice(at, at + PORTION);
}

function byPlace(a: StoredRow, b: StoredRow): number {
  return a.source - b.source || a.line - b.line || a.part - b.part;
}

function rowOf(
  [sourceId, line, part, message, ...cells]: readonly Cell[],
  positions: ReadonlyMap<string, number>,
): StoredRow {
  const event: Record<string, unknown> = { schema: EVENT_SCHEMA };
  let time = 0;
  for (const [index, { name, type }] of EVENT_COLUMNS.entries()) {
    const cell = cells[index] ?? null;
    if (name === 'time') {
      time = Number(cell) / 1000;
      event['time'] = formatTime(time);
    } else if (name === 'source_offset') event[name] = Number(cell);
    else if (type.startsWith('Nullable')) {
      if (cell !== null) event[name] = type.includes('String') ? cell : Number(cell);
    } else if (cell) event[name] = cell;
  }
  // Of a delivery it is told that it is not the last, too.
  if (event['type'] === 'delivery') event['final'] ??= false;
  return {
    source: positions.get(String(sourceId)) ?? 0,
    line: Number(line),
    part: Number(part),
    message: String(message),
    time,
    type: String(event['type']),
    event: event as unknown as DeliveryEvent,
  };
}

/** Lines of which these are the events: what was logged at once stands together. */
function linesOf(rows: readonly StoredRow[]): TracedLine[] {
  const lines: TracedLine[] = [];
  let last: StoredRow | undefined;
  for (const row of rows) {
    if (!EVENTS.has(row.type)) continue;
    if (last === undefined || last.source !== row.source || last.line !== row.line) {
      const { time, source, line } = row;
      lines.push({ time, source, offset: line, text: undefined, events: [] });
    }
    lines.at(-1)!.events.push(row.event);
    last = row;
  }
  return lines;
}

/** Puts rows, in their order, together to lives, and lives to messages. */
function storiesOfRows(rows: readonly StoredRow[], query: Query): Story[] {
  const lives = new Map<string, StoredLife[]>();
  for (const row of rows) lifeOf(lives, row).add(row, query);
  const ties: Tie[] = [];
  const all = [...lives.values()].flat();
  for (const { life, parents, isFarSide } of all) {
    // Told with a later event as well, but so since it began.
    const time = life.firstTime;
    for (const parent of parents) {
      const told = lives.get(keyOf(life.host, parent))?.flatMap(({ notified }) => notified) ?? [];
      const notice = !isFarSide && told.some((at) => Math.abs(at - time) <= TIE_SLACK);
      ties.push({ host: life.host, parent, child: life.queueId, time, notice });
    }
  }
  const tied = new Set(ties.flatMap(({ host, parent, child }) => [keyOf(host, parent), keyOf(host, child)]));
  for (const { life, isFarSide, tried, rows } of all) {
    life.lines.push(...linesOf(rows));
    // The far side of a hop is taken back as well, but somebody gave it the mail.
    life.probe = isFarSide && !tried && !tied.has(keyOf(life.host, life.queueId));
  }
  const kept = new Map([...lives].map(([key, each]) => [key, each.map(({ life }) => life)] as const));
  return storiesOf(kept, ties);
}

/** A life, and what its rows tell of it. */
class StoredLife {
  readonly life: KeptLife;
  readonly rows: StoredRow[] = [];
  /** Queue ids that it came from. */
  readonly parents = new Set<string>();
  /** When notices were made of it. */
  readonly notified: number[] = [];
  message: string;
  /** It turned out to be no mail of its own. */
  isFarSide = false;
  /** Something became of its mail. */
  tried = false;

  constructor(row: StoredRow) {
    const { mta, host = '', instance = '', queue_id = '' } = row.event;
    this.life = new KeptLife({ mta: mta as Mta, host, instance, time: row.time }, queue_id);
    this.message = row.message;
  }

  add(row: StoredRow, query: Query): void {
    const { life } = this;
    const { type, time, event } = row;
    this.rows.push(row);
    life.lastTime = Math.max(life.lastTime, time);
    life.matched ||= query.speaksOf(factsOf(event));
    if (row.message !== '0') this.message = row.message;
    if (type === 'retracted') this.isFarSide = true;
    else if (type === 'notified') this.notified.push(time);
    else if (EVENTS.has(type) && type !== 'accepted') this.tried = true;
    if (event.parent_queue_id !== undefined && event.parent_queue_id !== life.queueId) {
      this.parents.add(event.parent_queue_id);
    }
    life.messageId ??= event.message_id;
    life.from = type === 'accepted' ? (event.from ?? life.from) : (life.from ?? event.from);
    life.size ??= event.size;
  }
}

/** The life that a row belongs to: the one of its message, else the one that was there at its time. */
function lifeOf(lives: Map<string, StoredLife[]>, row: StoredRow): StoredLife {
  const { host = '', queue_id = '' } = row.event;
  const key = keyOf(host, queue_id);
  const known = lives.get(key) ?? [];
  const same =
    row.message === '0'
      ? known.at(-1)
      : known.find((each) => each.message === row.message || each.message === '0');
  if (same !== undefined) return same;
  // Logs that were loaded one by one each have their own part of a message. Only the first has its arrival.
  const last = known.at(-1);
  const goesOn = row.type !== 'accepted' && last !== undefined;
  if (goesOn && Math.abs(row.time - last.life.lastTime) <= LONGEST_SILENCE) return last;
  const life = new StoredLife(row);
  lives.set(key, [...known, life]);
  return life;
}

function factsOf(event: DeliveryEvent): Facts {
  return {
    queueId: event.queue_id,
    parentQueueId: event.parent_queue_id,
    messageId: event.message_id,
    from: event.from,
    to: event.to,
    origTo: event.orig_to,
    authUser: event.auth_user,
  };
}
