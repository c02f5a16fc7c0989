/**
 * What findings are made from, out of a store. Deliveries at the first attempt, which most are, and arrivals come in
 * sums by the minute. Failures, refusals and what followed on them come in sums where they only tell what a window is
 * compared with; those of the window one by one, since it matters of which message they are and what came before.
 */
import { isOfSender, STEP, Trend, type TrendPlan } from '../aggregate/trend.ts';
import type { DeliveryStatus, Kind, Mta } from '../event/event.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';
import { replay } from './replay.ts';
import type { StoredSource } from './sources.ts';
import type { Cell, Parameters, Store } from './store.ts';

/** Of these nothing is told but how many they were. */
const PLAIN =
  "type = 'delivery' AND NOT again AND cause = '' AND status NOT IN ('deferred', 'bounced', 'expired')";

/** What else a trend counts. */
const TOLD = `(type = 'rejected' OR (type = 'delivery' AND NOT (${PLAIN})))`;

const MICROS = 'toUnixTimestamp64Micro(time)';

/** Follows a plan through the sources of a store. */
export async function followStored(
  store: Store,
  sources: readonly StoredSource[],
  plan: TrendPlan,
  stop?: AbortSignal,
): Promise<Trend> {
  const trend = new Trend(plan);
  const { window, days } = plan;
  const whole = { from: days.at(-1) ?? window.from, until: window.until };
  const question = new Question(store, plan, whole);
  if (Number.isNaN(trend.origin)) trend.origin = await question.origin(sources);
  for (const [type, status, hop, first, attempted, time, count] of await question.ask(
    `SELECT type, status, hop, attempt = 1 AS first, attempt > 0 AND NOT suspended AS attempted, ` +
      `min(${MICROS}) AS begin, sum(\`count\`) FROM records ` +
      `WHERE ${question.inside} AND (type = 'accepted' OR ${PLAIN}) ` +
      `GROUP BY type, status, hop, first, attempted, ${question.period}, ${question.comparable}, ` +
      `intDiv(${MICROS} - ${question.anchor}, 60000000) ORDER BY begin`,
  )) {
    trend.event(
      event(Number(time) / 1000, Number(count), {
        type: type as 'accepted' | 'delivery',
        status: (status || undefined) as DeliveryStatus | undefined,
        hop: hop as boolean,
        attempt: first ? 1 : attempted ? 2 : 0,
        suspended: !attempted,
      }),
    );
  }
  for (const [authUser, begin, end, count] of await question.ask(
    `SELECT auth_user, min(${MICROS}), max(${MICROS}), sum(\`count\`) FROM records ` +
      `WHERE ${question.inside} AND auth_user != '' AND NOT hop AND ${PLAIN} ` +
      `GROUP BY auth_user, ${question.period}, ${question.comparable} ORDER BY 2`,
  )) {
    // The attempts were counted above: these are of the login alone, at its first and at its last time.
    const of: Partial<TrackedEvent> = { status: 'held', message: { authUser } as Message };
    trend.event(event(Number(begin) / 1000, Number(count), of));
    trend.event(event(Number(end) / 1000, 0, of));
  }
  const { from } = window;
  if (from === undefined || days.length === 0) {
    await replay(store, sources, trend, { window: whole, only: { condition: TOLD, parameters: {} }, stop });
    return trend;
  }
  await sumEarlier(question, sources, trend);
  // Of messages that go on in the window, what came before it is told as well, though not counted.
  const begin = "time >= fromUnixTimestamp64Micro({from:Int64}, 'UTC')";
  const condition =
    `${question.inside} AND ${TOLD} AND (${begin} OR message GLOBAL IN (` +
    `SELECT message FROM records WHERE ${question.inside} AND ${begin} AND type = 'delivery' AND again))`;
  const only = { condition, parameters: question.parametersOf(condition) };
  await replay(store, sources, since(from, trend), { only, stop });
  return trend;
}

/** Passes on only events from that time on. A trend looks at nothing else. */
function since(from: number, trend: Trend): TrackSink {
  const nothing = (): void => undefined;
  return {
    event: (event) => {
      if (event.time >= from) trend.event(event);
    },
    ...{ resumed: nothing, closed: nothing, retracted: nothing, notified: nothing, notice: nothing },
  };
}

/**
 * Failures and refusals of the days before the window, by all that a trend looks at of them. A recipient's failure
 * counts there unless its event before was one of the same cause on the same day.
 */
async function sumEarlier(question: Question, sources: readonly StoredSource[], trend: Trend): Promise<void> {
  const names = await question.ask(`SELECT DISTINCT cause, detail FROM records WHERE ${question.inside}`);
  const ofSender = names
    .map(([cause, detail]) => [String(cause), String(detail)] as const)
    .filter(([cause, detail]) => cause !== '' && isOfSender({ cause, detail: detail || undefined }))
    .map((name) => name.join('\t'));
  const place = `indexOf([${sources.map(({ id }) => `toUInt64(${id})`).join(', ')}], source_id), line, part`;
  const domain = (address: string): string =>
    `if(position(ifNull(${address}, ''), '@') = 0, '', concat('@', splitByChar('@', assumeNotNull(${address}))[-1]))`;
  const rows =
    `SELECT type, status, hop, attempt, suspended, again, \`count\`, cause, detail, kind, provider, \`to\`, \`from\`, ` +
    `auth_user, mta, time, ${MICROS} AS micros, ${question.period} AS period, ${question.comparable} AS comparable, ` +
    `tuple(${place}) AS place, any(cause) OVER before AS prior_cause, any(detail) OVER before AS prior_detail, ` +
    `any(${question.period}) OVER before AS prior_period FROM records WHERE ${question.inside} AND ${TOLD} ` +
    `WINDOW before AS (PARTITION BY type, message, \`to\`, orig_to ORDER BY ${place} ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING)`;
  const again =
    'again AND `to` IS NOT NULL AND prior_cause = cause AND prior_detail = detail AND prior_period = period';
  const keys = {
    type: 'type',
    status: 'status',
    hop: 'hop',
    first: 'attempt = 1',
    attempted: 'attempt > 0 AND NOT suspended',
    again: 'again',
    cause: `if(fresh, cause, '')`,
    detail: `if(fresh, detail, '')`,
    kind: `if(fresh, kind, '')`,
    mta: `if(fresh, mta, '')`,
    provider: `if(fresh AND type = 'delivery', provider, '')`,
    domain: `if(fresh AND type = 'delivery' AND provider IN ('', 'other'), ${domain('`to`')}, '')`,
    sender:
      "if(fresh AND type = 'delivery' AND has({ofSender:Array(String)}, concat(cause, '\\t', detail)), " +
      `${domain('`from`')}, '')`,
    login: "if(type = 'delivery' AND NOT hop, auth_user, '')",
    step: `if(status = 'delivered', intDiv(micros - {begins:Array(Int64)}[period], ${STEP * 1000}), 0)`,
  };
  const columns = Object.entries(keys).map(([name, key]) => `${key} AS k_${name}`);
  for (const [
    time,
    count,
    type,
    status,
    hop,
    first,
    attempted,
    known,
    cause,
    detail,
    kind,
    mta,
    ...rest
  ] of await question.ask(
    `SELECT min(micros), sum(\`count\`), ${columns.join(', ')} FROM (` +
      `SELECT *, cause != '' AND NOT (${again}) AS fresh FROM (${rows}) WHERE micros < {from:Int64}) ` +
      `GROUP BY period, comparable, ${Object.keys(keys)
        .map((name) => `k_${name}`)
        .join(', ')} ORDER BY min(place)`,
    { ofSender },
  )) {
    const [provider, domainOfRecipient, sender, login] = rest.map((cell) => String(cell) || undefined);
    trend.event(
      event(Number(time) / 1000, Number(count), {
        type: type as 'delivery' | 'rejected',
        status: (status || undefined) as DeliveryStatus | undefined,
        hop: hop as boolean,
        attempt: first ? 1 : attempted ? 2 : 0,
        suspended: !attempted,
        to: domainOfRecipient,
        provider,
        mta: (mta || 'postfix') as Mta,
        message: { authUser: login, from: sender } as Message,
        prior: known ? BEFORE : undefined,
        classification: cause === '' ? undefined : nameOf(String(cause), String(detail), kind as Kind),
      }),
    );
  }
}

/** An event before, of which nothing matters but that there was one. */
const BEFORE = { time: -Infinity } as TrackedEvent;

function nameOf(cause: string, detail: string, kind: Kind): NonNullable<TrackedEvent['classification']> {
  return { cause, detail: detail || undefined, kind, confidence: 0, rule: '', evidence: '' };
}

/** Of many events one, all of the same shape: a quarter of a million of them are made for a large store. */
function event(time: number, count: number, facts: Partial<TrackedEvent>): TrackedEvent {
  return {
    type: facts.type ?? 'delivery',
    time,
    source: 0,
    offset: 0,
    message: facts.message,
    status: facts.status,
    final: false,
    hop: facts.hop ?? false,
    suspended: facts.suspended ?? false,
    attempt: facts.attempt ?? 0,
    to: facts.to,
    origTo: undefined,
    count,
    delivery: undefined,
    rejection: undefined,
    reason: undefined,
    mta: facts.mta ?? 'postfix',
    host: '',
    prior: facts.prior,
    classification: facts.classification,
    provider: facts.provider,
    mark: undefined,
    entry: undefined,
  };
}

/** The plan in the words of the store. */
class Question {
  readonly inside: string;
  /** Which of the plan's periods a row is in. */
  readonly period: string;
  /** Whether it lies at the same time of day as the window. */
  readonly comparable: string;
  /** Minutes are those since the window's beginning. */
  readonly anchor: string;
  readonly #store: Store;
  readonly #parameters: Record<string, Cell | readonly Cell[]>;

  constructor(store: Store, { window, now, days }: TrendPlan, whole: TrendPlan['window']) {
    this.#store = store;
    const micros = (time: number): number => Math.round(time * 1000);
    const { from } = window;
    const span = (window.until ?? now) - (from ?? -Infinity);
    const moment = (name: string): string => `fromUnixTimestamp64Micro({${name}:Int64}, 'UTC')`;
    const conditions = [
      ...(whole.from === undefined ? [] : [`time >= ${moment('first')}`]),
      ...(whole.until === undefined ? [] : [`time < ${moment('until')}`]),
    ];
    this.inside = conditions.length === 0 ? '1' : conditions.join(' AND ');
    const period = `arrayFirstIndex(begin -> ${MICROS} >= begin, {begins:Array(Int64)})`;
    this.period = from === undefined ? '1' : period;
    this.comparable =
      from === undefined || !Number.isFinite(span)
        ? '1'
        : `${MICROS} - arrayElement({begins:Array(Int64)}, ${period}) < {span:Int64}`;
    this.anchor = from === undefined ? '0' : '{from:Int64}';
    this.#parameters = {
      ...(whole.from !== undefined && { first: micros(whole.from) }),
      ...(whole.until !== undefined && { until: micros(whole.until) }),
      ...(from !== undefined && { from: micros(from), begins: [from, ...days].map(micros) }),
      ...(Number.isFinite(span) && { span: micros(span) }),
    };
  }

  async ask(question: string, more: Parameters = {}): Promise<readonly (readonly Cell[])[]> {
    return (await this.#store.ask(question, { ...this.parametersOf(question), ...more })).rows;
  }

  /** Only what a statement names: the rest would be no parameter of it. */
  parametersOf(statement: string): Parameters {
    return Object.fromEntries(
      Object.entries(this.#parameters).filter(([name]) => statement.includes(`{${name}:`)),
    );
  }

  /** Where the course begins that no window has: with the first event that is a step of it. */
  async origin(sources: readonly StoredSource[]): Promise<number> {
    for (const { id } of sources) {
      const [row] = await this.ask(
        `SELECT ${MICROS} FROM records WHERE source_id = ${id} AND ${this.inside} ` +
          "AND (type = 'accepted' OR (type = 'delivery' AND tried > 0)) ORDER BY line, part LIMIT 1",
      );
      if (row !== undefined) return Math.floor(Number(row[0]) / 1000 / STEP) * STEP;
    }
    return Number.NaN;
  }
}
