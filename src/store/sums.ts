/**
 * A report's counts as sums over rows, most of which the store keeps: exact, and without looking at every event.
 *
 * What a row changes (`ledger.ts`) holds for all of a message's life. So the sums of a window are right but for the
 * messages that had begun before it: what these rows change is taken away again, and the messages, few at any
 * moment, are told to an aggregate as the logs would have. Where the window cuts through a clock's being set back,
 * nothing is right but to tell all.
 */
import {
  Aggregate,
  isFailed,
  UNCLASSIFIED_HARD,
  UNCLASSIFIED_SOFT,
  type Window,
} from '../aggregate/aggregate.ts';
import type { Counts } from '../aggregate/counts.ts';
import { EXAMPLES, offerExample } from '../aggregate/examples.ts';
import { HELD } from '../aggregate/held.ts';
import { addToBucket } from '../aggregate/histogram.ts';
import {
  ATTEMPTS,
  addMta,
  addTime,
  CAUSES,
  type CauseName,
  type CountRow,
  causeKey,
  DEFERRED,
  HELD_STATE,
  HOUR_COUNTS,
  HOURS,
  NAMES,
  NOTICES,
  noticeKey,
  OPEN,
  PARTIES,
  REJECTED,
  REJECTS,
  SMALL_NAMES,
  STATES,
  type StateRow,
  UNCLASSIFIED,
  unclassifiedKey,
} from '../aggregate/rows.ts';
import { shapeOf } from '../aggregate/shape.ts';
import { mergeTables, OTHER, rowFor, type Table } from '../aggregate/table.ts';
import { isNotice } from '../aggregate/trend.ts';
import type { Kind, Mta } from '../event/event.ts';
import type { TrackedEvent } from '../track/event.ts';
import { REPLAY_COLUMNS, Replayer, replay } from './replay.ts';
import type { StoredSource } from './sources.ts';
import type { Cell, Store } from './store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Counts the events of a window in the sources of a store. */
export async function countWindow(
  store: Store,
  sources: readonly StoredSource[],
  window: Window,
  stop?: AbortSignal,
): Promise<Aggregate> {
  const begin = await keptFrom(store);
  if (window.from === undefined && begin !== undefined) {
    // What began before is there in part.
    const { counts, ofNotifications } = await countWindow(store, sources, { ...window, from: begin }, stop);
    return new Aggregate(window, counts, ofNotifications);
  }
  const aggregate = new Aggregate(window);
  if (await cutsThroughSetBack(store, window)) {
    await replay(store, sources, aggregate, { window, stop });
    return aggregate;
  }
  const sums = new Sums(store, window);
  const only = await sums.straddling();
  if (only !== undefined) await replay(store, sources, aggregate, { window, only, stop });
  const { counts } = aggregate;
  const of: CountsOf = (notification) => (notification ? aggregate.ofNotifications : counts);
  // One waits for the store while another is read.
  await Promise.all([
    addParties(sums, 'sender', counts.senders),
    addParties(sums, 'peer', counts.domains),
    addCauses(sums, of),
    addSureness(sums, of),
    addHours(sums, counts),
    addNotices(sums, counts),
    addDomainsOfCauses(sums, of),
    addClientsOfRejects(sums, counts),
    addExamples(sums, sources, of),
    addUnclassified(sums, sources, counts),
  ]);
  await addHeld(store, sources, sums, aggregate, stop);
  return aggregate;
}

/** A condition for the rows of some messages, with the parameters that it names. */
interface Messages {
  readonly condition: string;
  readonly parameters: Record<string, number>;
}

/** The counts of mail, or of notices. */
type CountsOf = (notification: Cell | undefined) => Counts;

/** From when on rows are there if old ones are dropped. */
async function keptFrom(store: Store): Promise<number | undefined> {
  const { rows } = await store.ask(
    "SELECT max(toUInt32OrZero(extract(create_table_query, 'toIntervalDay\\((\\d+)\\)'))) FROM system.tables " +
      "WHERE name IN ('records', 'records_local') AND database = currentDatabase()",
  );
  const days = Number(rows[0]![0]);
  return days === 0 ? undefined : Date.now() - days * DAY;
}

/** Whether an edge of the window lies between a clock's before and after. */
async function cutsThroughSetBack(store: Store, { from, until }: Window): Promise<boolean> {
  const edges = [from, until].filter((edge) => edge !== undefined).map(microseconds);
  if (edges.length === 0) return false;
  const { rows } = await store.ask(
    `SELECT count() FROM records WHERE set_back >= fromUnixTimestamp64Micro(${Math.min(...edges)}, 'UTC') ` +
      'AND set_back > time AND arrayExists(' +
      'edge -> toUnixTimestamp64Micro(time) < edge AND toUnixTimestamp64Micro(set_back) >= edge, {edges:Array(Int64)})',
    { edges },
  );
  return Number(rows[0]![0]) > 0;
}

type Fold = 'sum' | 'min' | 'max';

/** Sums of rows by keys. */
interface Sum {
  /** Columns, or what stands for one: `… AS name`. */
  readonly keys: readonly string[];
  /** Names of the sums, with what is summed up (`1` for rows), or of what the first or last is taken. */
  readonly values: Readonly<Record<string, string | { readonly fold: 'min' | 'max'; readonly of: string }>>;
  readonly where?: string;
  /** Whole ones of these are answered from what the store keeps. */
  readonly grain: 'day' | 'hour';
}

/** Rows of a span that are added to the sums, or taken away again. */
interface Part {
  readonly condition: string;
  readonly taken: boolean;
}

/** Writes and asks questions about a window. */
class Sums {
  readonly #store: Store;
  readonly #window: Window;
  readonly #parameters: Record<string, number> = {};

  constructor(store: Store, window: Window) {
    this.#store = store;
    this.#window = window;
  }

  async ask(question: string): Promise<readonly (readonly Cell[])[]> {
    // Only what the statement names: the rest would be no parameter of it.
    const named = Object.entries(this.#parameters).filter(([name]) => question.includes(`{${name}:`));
    return (await this.#store.ask(question, Object.fromEntries(named))).rows;
  }

  /** A condition for rows of the window. */
  get inside(): string {
    const { from, until } = this.#window;
    return this.#between('time', from, until);
  }

  /** The sums as a subquery: the keys, then the sums under their names. */
  of({ keys: columns, values, where = '1', grain }: Sum): string {
    const keys = columns.map((column) => column.split(' AS ').at(-1)!);
    const parts = this.#parts(grain).map(({ condition, taken }) => {
      const sums = Object.entries(values).map(([name, value]) => {
        if (typeof value === 'string') {
          const sum = value === '1' ? 'count()' : `sum(${value})`;
          return `${taken ? '-' : ''}toInt64(${sum}) AS ${name}`;
        }
        const { fold, of } = value;
        const none = fold === 'min' ? FAR : -FAR;
        const folded = of === 'time' ? `toUnixTimestamp64Micro(${fold}(time))` : `toInt64(${fold}(${of}))`;
        return `${taken ? `toInt64(${none})` : folded} AS ${name}`;
      });
      return `SELECT ${[...columns, ...sums].join(', ')} FROM records WHERE ${condition} AND ${where} GROUP BY ${keys.join(', ')}`;
    });
    // Nothing is left to be added up.
    if (parts.length === 1) return `(${parts[0]})`;
    const folds = Object.entries(values).map(([name, value]) => {
      const fold: Fold = typeof value === 'string' ? 'sum' : value.fold;
      return `${fold}(${name}) AS ${name}`;
    });
    return `(SELECT ${[...keys, ...folds].join(', ')} FROM (${parts.join(' UNION ALL ')}) GROUP BY ${keys.join(', ')})`;
  }

  /** The window in whole days or hours and what is left at its edges, less the messages that began before it. */
  #parts(grain: Sum['grain']): Part[] {
    const { from, until } = this.#window;
    if (from === undefined && until === undefined) return [{ condition: '1', taken: false }];
    const length = grain === 'day' ? DAY : HOUR;
    const first = from === undefined ? undefined : Math.ceil(from / length) * length;
    const last = until === undefined ? undefined : Math.floor(until / length) * length;
    const parts: Part[] = [];
    const add = (condition: string): void => {
      parts.push({ condition, taken: false });
    };
    if (first !== undefined && last !== undefined && first >= last) add(this.inside);
    else {
      const key = grain === 'day' ? 'toDate(time)' : 'toStartOfHour(time)';
      const type = grain === 'day' ? 'toDate' : 'toStartOfHour';
      add(this.#between(key, first, last, type));
      if (from !== undefined && from < first!) add(this.#between('time', from, first));
      if (until !== undefined && until > last!) add(this.#between('time', last, until));
    }
    if (from !== undefined) {
      parts.push({ condition: `${this.inside} AND ${this.#begunBefore(from)}`, taken: true });
    }
    return parts;
  }

  #between(what: string, from: number | undefined, until: number | undefined, as = ''): string {
    const conditions = [
      ...(from === undefined ? [] : [`${what} >= ${this.#moment(from, as)}`]),
      ...(until === undefined ? [] : [`${what} < ${this.#moment(until, as)}`]),
    ];
    return conditions.length === 0 ? '1' : conditions.join(' AND ');
  }

  /** Messages of which a part lies before a time. */
  #begunBefore(time: number): string {
    return `begun > ${this.#moment(0)} AND begun < ${this.#moment(time)}`;
  }

  #moment(time: number, as = ''): string {
    const value = microseconds(time);
    const name = `t${value}`.replace('-', 'm');
    this.#parameters[name] = value;
    return `${as}(fromUnixTimestamp64Micro({${name}:Int64}, 'UTC'))`;
  }

  /** A condition for messages that began before the window and reach into it, with its parameters; if there are any. */
  async straddling(): Promise<Messages | undefined> {
    const { from } = this.#window;
    if (from === undefined) return undefined;
    return this.#messages(`FROM records WHERE ${this.inside} AND ${this.#begunBefore(from)}`);
  }

  /** The same for messages that began in the window and have recipients on hold at its end. */
  async holding(): Promise<Messages | undefined> {
    const { from } = this.#window;
    const begun = from === undefined ? '1' : `NOT (${this.#begunBefore(from)})`;
    return this.#messages(
      `FROM (SELECT message, begun FROM records WHERE ${this.inside} AND state = 'held' AND ${begun} ` +
        'GROUP BY message, begun HAVING sum(placed) != 0)',
    );
  }

  /** @param some the messages, as the end of a question */
  async #messages(some: string): Promise<Messages | undefined> {
    const [found] = await this.ask(
      `SELECT count(), toUnixTimestamp64Micro(min(begun)), toUnixTimestamp64Micro(max(begun)) ${some}`,
    );
    if (Number(found![0]) === 0) return undefined;
    // All rows of a message tell when it began, by which most others are passed over.
    const [first, last] = found!.slice(1).map((time) => this.#moment(Number(time) / 1000));
    const condition = `begun >= ${first} AND begun <= ${last} AND message GLOBAL IN (SELECT message ${some})`;
    const named = Object.entries(this.#parameters).filter(([name]) => condition.includes(`{${name}:`));
    return { condition, parameters: Object.fromEntries(named) };
  }
}

/** Later than any time, and exact as a number. */
const FAR = Number.MAX_SAFE_INTEGER;

const FAILED = "state IN ('deferred', 'bounced', 'expired')";

/** Names of causes as reports have them, whose rows may lack a classification. */
const CAUSE_NAME =
  "if(cause = '', if(state = 'deferred', 'soft', 'hard'), toString(kind)), " +
  "if(cause = '', 'unclassified', toString(cause)), toString(detail)";

/** All but what is told by name: totals, causes, refusals, providers. */
async function addCauses(sums: Sums, of: CountsOf): Promise<void> {
  const keys = [
    'type',
    'state',
    'kind',
    'cause',
    'detail',
    'provider',
    'delay_bucket',
    'mta',
    'notification',
  ];
  const from = sums.of({
    keys,
    values: {
      n_rows: '1',
      n_placed: 'placed',
      n_unnamed: 'unnamed',
      n_tried: 'tried',
      n_messages: 'messages',
      n_standing: 'standing',
      n_recovered: 'recovered',
      first: { fold: 'min', of: 'time' },
      last: { fold: 'max', of: 'time' },
    },
    grain: 'day',
  });
  for (const row of await sums.ask(
    `SELECT ${keys.join(', ')}, n_rows, n_placed, n_unnamed, n_tried, n_messages, n_standing, n_recovered, first, last FROM ${from}`,
  )) {
    const [type, state, kind, cause, detail, provider, , mta] = row.map(String);
    const [bucket, rows, placed, unnamed, tried, messages, standing, recovered, first, last] = row
      .filter((_, index) => index === 6 || index > 8)
      .map(Number) as [number, number, number, number, number, number, number, number, number, number];
    const counts = of(row[8]);
    counts.messages += messages;
    counts.recipients += unnamed + placed;
    counts.states[OPEN]! += unnamed;
    if (type === 'notified') of(false).notifications += rows;
    const name = causeNameOf(kind!, cause!, detail!, state!);
    const span = { first: first / 1000, last: last / 1000 };
    if (state === 'rejected') {
      const reject = rowFor(counts.rejects, REJECTS, causeKey(name));
      addMta(reject.mtas, mta as Mta);
      reject.count += tried;
      addSpan(reject, span);
      counts.attempts[REJECTED]! += tried;
      continue;
    }
    const position = STATES.indexOf(state as (typeof STATES)[number]);
    if (position < 0) continue;
    counts.states[position]! += placed;
    if (position < REJECTED) counts.attempts[position]! += tried;
    const party = rowFor(counts.providers, PARTIES, provider || 'other');
    party.states[position]! += placed;
    if (bucket >= 0) {
      addToBucket(counts.delays, bucket, placed);
      addToBucket(party.delays, bucket, placed);
    }
    if (!isFailed(position) && position !== OPEN) continue;
    party.failures += tried;
    const failure = rowFor(counts.causes, CAUSES, causeKey(name));
    if (type === 'delivery') {
      addMta(failure.mtas, mta as Mta);
      addSpan(failure, span);
    }
    failure.attempts += tried;
    failure.messages += standing;
    failure.recovered += recovered;
    if (position === OPEN) failure.waiting += placed;
    else {
      failure.states[position]! += placed;
      if (name.kind === 'hard') party.hard += placed;
      rowFor(failure.providers, SMALL_NAMES, party.key).count += placed;
    }
  }
}

/** How sure the causes of attempts and refusals are. Only those are looked at, and of them no text. */
async function addSureness(sums: Sums, of: CountsOf): Promise<void> {
  const from = sums.of({
    keys: ['notification', 'state', 'kind', 'cause', 'detail', 'confidence'],
    values: { n_judged: 'tried' },
    where: `(${FAILED} OR state = 'rejected') AND confidence IS NOT NULL`,
    grain: 'day',
  });
  for (const [notification, kind, cause, detail, refused, judged, sureness] of await sums.ask(
    `SELECT notification, ${CAUSE_NAME}, state = 'rejected' AS refused, sum(n_judged), sum(round(confidence * 100) * n_judged) FROM ${from} ` +
      'WHERE n_judged != 0 GROUP BY ALL',
  )) {
    const key = causeKey(causeNameOf(String(kind), String(cause), String(detail), ''));
    const counts = of(notification);
    const row = refused ? rowFor(counts.rejects, REJECTS, key) : rowFor(counts.causes, CAUSES, key);
    row.judged += Number(judged);
    row.sureness += Number(sureness);
  }
}

async function addHours(sums: Sums, counts: Counts): Promise<void> {
  const from = sums.of({
    keys: ['toStartOfHour(time) AS hour', 'type', 'status', 'provider'],
    values: { n_tried: 'tried' },
    where: "type IN ('delivery', 'rejected') AND NOT notification",
    grain: 'hour',
  });
  const attempts = HOUR_COUNTS.slice(0, REJECTED);
  for (const [begin, provider, rejected, ...tried] of await sums.ask(
    `SELECT toUnixTimestamp(hour), provider, sumIf(n_tried, type = 'rejected'), ${attempts
      .map((status) => `sumIf(n_tried, type = 'delivery' AND status = '${status}')`)
      .join(', ')} FROM ${from} WHERE n_tried != 0 GROUP BY hour, provider`,
  )) {
    const hour = rowFor(counts.hours, HOURS, String(Number(begin) / 3600));
    hour.counts[REJECTED]! += Number(rejected);
    const numbers = tried.map(Number);
    if (numbers.every((number) => number === 0)) continue;
    const row = rowFor(hour.providers, ATTEMPTS, String(provider || 'other'));
    for (const [index, number] of numbers.entries()) {
      hour.counts[index]! += number;
      row.counts[index]! += number;
    }
  }
}

/** Recipients by domain or sender: the first ones in the order of reports, and all others in one row. */
async function addParties(sums: Sums, column: 'peer' | 'sender', table: Table<StateRow>): Promise<void> {
  const from = sums.of({
    keys: [column, 'state', 'kind'],
    values: { n_placed: 'placed', n_tried: 'tried' },
    where: `${column} IS NOT NULL AND state != 'rejected' AND NOT notification`,
    grain: 'day',
  });
  const values = [
    ...STATES.map((state) => `sumIf(n_placed, state = '${state}') AS ${state}`),
    `sumIf(n_placed, ${FAILED} AND kind = 'hard') AS hard`,
    `sumIf(n_tried, ${FAILED}) AS failures`,
  ];
  const names = [...STATES, 'hard', 'failures'];
  const any = names.map((name) => `${name} != 0`).join(' OR ');
  // The sum of all of them comes as one without a name.
  const all = `(SELECT ${column} AS name, ${values.join(', ')} FROM ${from} GROUP BY GROUPING SETS ((name), ()))`;
  const add = (row: StateRow, cells: readonly Cell[], sign = 1): void => {
    STATES.forEach((_, index) => {
      row.states[index]! += sign * Number(cells[index]);
    });
    row.hard += sign * Number(cells.at(-2));
    row.failures += sign * Number(cells.at(-1));
  };
  const [total, ...shown] = await sums.ask(
    `SELECT name, ${names.join(', ')} FROM ${all} WHERE ${any} ORDER BY name IS NULL DESC, ` +
      `deferred + bounced + expired DESC, ${STATES.join(' + ')} DESC, failures DESC, name LIMIT ${1 + PARTIES.limit}`,
  );
  if (shown.length === PARTIES.limit) {
    const rest = PARTIES.make(OTHER);
    add(rest, total!.slice(1));
    for (const [, ...cells] of shown) add(rest, cells, -1);
    if (table.other === undefined) table.other = rest;
    else PARTIES.add(table.other, rest);
  }
  for (const [name, ...cells] of shown) add(rowFor(table, PARTIES, String(name)), cells);
}

async function addDomainsOfCauses(sums: Sums, of: CountsOf): Promise<void> {
  for (const notification of [false, true]) {
    const where = `${FAILED} AND ${notification ? '' : 'NOT '}notification`;
    await addPeers(sums, where, 'placed', (key) => rowFor(of(notification).causes, CAUSES, key).domains);
  }
}

async function addClientsOfRejects(sums: Sums, counts: Counts): Promise<void> {
  await addPeers(sums, "state = 'rejected'", 'tried', (key) => rowFor(counts.rejects, REJECTS, key).clients);
}

/** Numbers by cause and name: of each cause the largest, and all others in one row. */
async function addPeers(
  sums: Sums,
  where: string,
  value: string,
  tableOf: (key: string) => Table<CountRow>,
): Promise<void> {
  const from = sums.of({
    keys: ['kind', 'cause', 'detail', 'state', 'peer'],
    values: { n_value: value },
    where: `peer IS NOT NULL AND ${where}`,
    grain: 'day',
  });
  const rows = await sums.ask(
    'SELECT k, c, d, peer, n, sum(n) OVER (PARTITION BY k, c, d) AS total FROM (' +
      `SELECT (${CAUSE_NAME}) AS key, key.1 AS k, key.2 AS c, key.3 AS d, peer, sum(n_value) AS n ` +
      `FROM ${from} GROUP BY key, k, c, d, peer HAVING n != 0) ORDER BY n DESC, peer LIMIT ${NAMES.limit} BY k, c, d`,
  );
  const rest = new Map<string, number>();
  for (const [kind, cause, detail, key, n, total] of rows) {
    const of = causeKey(causeNameOf(String(kind), String(cause), String(detail), ''));
    rowFor(tableOf(of), NAMES, String(key)).count += Number(n);
    rest.set(of, (rest.get(of) ?? Number(total)) - Number(n));
  }
  for (const [of, count] of rest) {
    if (count === 0) continue;
    const table = tableOf(of);
    table.other ??= NAMES.make(OTHER);
    table.other.count += count;
  }
}

async function addNotices(sums: Sums, counts: Counts): Promise<void> {
  const keys = ['severity', 'program', 'shape'];
  const from = sums.of({
    keys,
    values: { n: '1', first: { fold: 'min', of: 'time' }, last: { fold: 'max', of: 'time' } },
    where: "type = 'notice'",
    grain: 'day',
  });
  const rows = await sums.ask(
    `SELECT ${keys.join(', ')}, n, first, last FROM ${from} WHERE n != 0 ORDER BY n DESC, ${keys.join(', ')}`,
  );
  // The earliest text of each: looked for where and when it must be.
  const times = rows.slice(0, NOTICES.limit).map((row) => row[4]);
  const texts = new Map<string, string>();
  if (times.length > 0) {
    for (const [severity, program, shape, text] of await sums.ask(
      'SELECT severity, program, shape, argMin(diagnostic, (time, diagnostic)) FROM records ' +
        `WHERE type = 'notice' AND toUnixTimestamp64Micro(time) IN (${times.join(', ')}) ` +
        `AND time IN (${times.map((time) => `fromUnixTimestamp64Micro(${time}, 'UTC')`).join(', ')}) ` +
        `GROUP BY ${keys.join(', ')}`,
    )) {
      texts.set([severity, program, shape].join('\t'), String(text).slice(0, LONGEST_NOTICE));
    }
  }
  for (const [severity, program, shape, n, first, last] of rows) {
    const row = rowFor(counts.notices, NOTICES, noticeKey(String(severity), String(program), Number(shape)));
    const text = texts.get([severity, program, shape].join('\t'));
    if (text !== undefined) row.text = text;
    row.count += Number(n);
    addSpan(row, { first: Number(first) / 1000, last: Number(last) / 1000 });
  }
}

/** What is on hold now, told by the few messages that are. */
async function addHeld(
  store: Store,
  sources: readonly StoredSource[],
  sums: Sums,
  { window, counts, ofNotifications }: Aggregate,
  stop: AbortSignal | undefined,
): Promise<void> {
  if (counts.states[HELD_STATE]! + ofNotifications.states[HELD_STATE]! === 0) return;
  const only = await sums.holding();
  if (only === undefined) return;
  const aggregate = new Aggregate(window);
  await replay(store, sources, aggregate, { window, only, stop });
  mergeTables(counts.held, aggregate.counts.held, HELD);
}

/** A place in the logs: position of the source, and byte. */
interface Place {
  readonly source: number;
  readonly offset: number;
}

/** Failures and refusals that are counted. Rows that move recipients away have a state, too. */
const FAILURES = `type IN ('delivery', 'rejected') AND (${FAILED} OR state IN ('open', 'rejected'))`;

/** The first of each shape are looked for by place; which of them a report shows is decided where reports are. */
async function addExamples(sums: Sums, sources: readonly StoredSource[], of: CountsOf): Promise<void> {
  const from = sums.of({
    keys: ['notification', 'state', 'kind', 'cause', 'detail', 'shape', 'source_id'],
    values: { first: { fold: 'min', of: 'source_offset' } },
    where: FAILURES,
    grain: 'day',
  });
  const positions = new Map(sources.map(({ id }, index) => [id, index]));
  const first = new Map<string, (Place & { shape: string })[]>();
  for (const [notification, state, kind, cause, detail, shape, source, offset] of await sums.ask(
    `SELECT notification, state = 'rejected' AS refused, ${CAUSE_NAME}, shape, toString(source_id), min(first) FROM ${from} GROUP BY ALL`,
  )) {
    const key = [notification, state, kind, cause, detail].join('\t');
    const position = positions.get(String(source));
    if (position === undefined) continue;
    const place = { source: position, offset: Number(offset), shape: String(shape) };
    const known = first.get(key);
    if (known === undefined) first.set(key, [place]);
    else known.push(place);
  }
  const places: Place[] = [];
  for (const list of first.values()) {
    list.sort(byPlace);
    const shapes = new Set<string>();
    for (const place of list) {
      if (shapes.has(place.shape)) continue;
      shapes.add(place.shape);
      places.push(place);
      if (shapes.size >= EXAMPLES) break;
    }
  }
  await tellAt(sums, sources, places, (event) => {
    const name = event.classification;
    if (event.type === 'rejected') {
      offerExample(rowFor(of(false).rejects, REJECTS, causeKey(name ?? UNCLASSIFIED_HARD)).examples, event);
      return;
    }
    const fallback = event.status === 'deferred' && !event.suspended ? UNCLASSIFIED_SOFT : UNCLASSIFIED_HARD;
    const { causes } = of(isNotice(event));
    offerExample(rowFor(causes, CAUSES, causeKey(name ?? fallback)).examples, event);
  });
}

/** Replies that no rule knows, by shape. */
async function addUnclassified(sums: Sums, sources: readonly StoredSource[], counts: Counts): Promise<void> {
  const from = sums.of({
    keys: ['state', 'shape', 'source_id'],
    values: {
      n_tried: 'tried',
      first: { fold: 'min', of: 'time' },
      last: { fold: 'max', of: 'time' },
      begin: { fold: 'min', of: 'source_offset' },
    },
    where: `${FAILURES} AND cause IN ('', 'unclassified') AND tried > 0`,
    grain: 'day',
  });
  const positions = new Map(sources.map(({ id }, index) => [id, index]));
  const earliest = new Map<string, Place>();
  for (const [refused, shape, source, tried, first, last, offset] of await sums.ask(
    "SELECT state = 'rejected' AS refused, shape, toString(source_id), sum(n_tried), min(first), max(last), min(begin) " +
      `FROM ${from} GROUP BY refused, shape, source_id ORDER BY sum(n_tried) DESC, shape`,
  )) {
    const position = positions.get(String(source));
    if (position === undefined || Number(tried) === 0) continue;
    const key = unclassifiedKey(refused ? 'inbound' : 'outbound', Number(shape));
    const row = rowFor(counts.unclassified, UNCLASSIFIED, key);
    row.count += Number(tried);
    addSpan(row, { first: Number(first) / 1000, last: Number(last) / 1000 });
    const place = { source: position, offset: Number(offset) };
    const known = earliest.get(key);
    if (known === undefined || byPlace(place, known) < 0) earliest.set(key, place);
  }
  const shown = [...earliest].filter(([key]) => counts.unclassified.rows.has(key));
  await tellAt(
    sums,
    sources,
    shown.map(([, place]) => place),
    (event) => {
      if (event.type === 'delivery' && (event.attempt === 0 || event.suspended)) return;
      if ((event.classification ?? UNCLASSIFIED_HARD).cause !== 'unclassified') return;
      const shape = shapeOf((event.delivery ?? event.rejection)?.diagnostic ?? '');
      const key = unclassifiedKey(event.type === 'rejected' ? 'inbound' : 'outbound', shape);
      const row = counts.unclassified.rows.get(key);
      if (row !== undefined) offerExample(row.examples, event);
    },
  );
}

function byPlace(a: Place, b: Place): number {
  return a.source - b.source || a.offset - b.offset;
}

/** Tells of all failures and refusals at these places. */
async function tellAt(
  sums: Sums,
  sources: readonly StoredSource[],
  places: readonly Place[],
  tell: (event: TrackedEvent) => void,
): Promise<void> {
  if (places.length === 0) return;
  const nothing = (): void => undefined;
  const sink = { resumed: nothing, closed: nothing, retracted: nothing, notified: nothing, notice: nothing };
  const replayer = new Replayer({ event: tell, ...sink });
  const pairs = places.map(({ source, offset }) => `(${sources[source]!.id}, ${offset})`).join(', ');
  // Said once more by column, for the indices.
  const ids = [...new Set(places.map(({ source }) => sources[source]!.id))].join(', ');
  const offsets = places.map(({ offset }) => offset).join(', ');
  const rows = await sums.ask(
    `SELECT ${REPLAY_COLUMNS.join(', ')}, toString(source_id) FROM records ` +
      `WHERE source_id IN (${ids}) AND source_offset IN (${offsets}) AND (source_id, source_offset) IN (${pairs}) ` +
      `AND ${sums.inside} AND ${FAILURES}`,
  );
  const positions = new Map(sources.map(({ id }, index) => [id, index]));
  for (const row of rows) replayer.read(row, positions.get(String(row.at(-1)))!);
}

const LONGEST_NOTICE = 500;

function causeNameOf(kind: string, cause: string, detail: string, state: string): CauseName {
  if (cause === '') return state === STATES[DEFERRED] ? UNCLASSIFIED_SOFT : UNCLASSIFIED_HARD;
  return { cause, detail: detail || undefined, kind: kind as Kind };
}

/** Where nothing was added, there is no first and last. */
function addSpan(
  row: { first: number; last: number },
  { first, last }: { first: number; last: number },
): void {
  if (first > last) return;
  addTime(row, first);
  addTime(row, last);
}

function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}
