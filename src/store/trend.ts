/**
 * What findings are made from, out of a store. Deliveries at the first attempt, which most are, and arrivals come in
 * sums by the minute; failures, refusals and what followed on them one by one, since it matters what came before.
 */
import { STEP, Trend, type TrendPlan } from '../aggregate/trend.ts';
import type { DeliveryStatus } from '../event/event.ts';
import type { Message, TrackedEvent } from '../track/event.ts';
import { replay } from './replay.ts';
import type { StoredSource } from './sources.ts';
import type { Cell, Store } from './store.ts';

/** Of these nothing is told but how many they were. */
const PLAIN =
  "type = 'delivery' AND NOT again AND cause = '' AND status NOT IN ('deferred', 'bounced', 'expired')";

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
  const told = `(type = 'rejected' OR (type = 'delivery' AND NOT (${PLAIN})))`;
  await replay(store, sources, trend, { window: whole, only: { condition: told, parameters: {} }, stop });
  return trend;
}

function event(time: number, count: number, facts: Partial<TrackedEvent>): TrackedEvent {
  return {
    ...{ type: 'delivery', time, source: 0, offset: 0, message: undefined, status: undefined, final: false },
    ...{ hop: false, suspended: false, attempt: 0, to: undefined, origTo: undefined, count },
    ...{ delivery: undefined, rejection: undefined, mta: 'postfix', host: '', prior: undefined },
    ...{ classification: undefined, provider: undefined, reason: undefined, mark: undefined },
    ...facts,
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

  async ask(question: string): Promise<readonly (readonly Cell[])[]> {
    // Only what the statement names: the rest would be no parameter of it.
    const named = Object.entries(this.#parameters).filter(([name]) => question.includes(`{${name}:`));
    return (await this.#store.ask(question, Object.fromEntries(named))).rows;
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
