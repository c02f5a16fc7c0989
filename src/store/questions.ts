/** Questions that are asked again and again, by name. Their parameters are bound, never pasted. */
import { StoreError } from './error.ts';
import type { Answer, Store } from './store.ts';

/** What a question is asked about. */
export interface QuestionParameters {
  /** The time in question; milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** Rows at most. */
  readonly top: number;
}

/** One question. */
export interface Question {
  readonly name: string;
  readonly meaning: string;
  /** A SELECT with `{from:Int64}`, `{until:Int64}`, `{before:Int64}` in microseconds and `{top:UInt32}`. */
  readonly statement: string;
  /** Columns that hold shares, 0 to 1. */
  readonly shares?: readonly string[];
  /** It compares with the days before: where the store holds none of them, everything would be new. */
  readonly compares?: true;
}

/** What the time in question is compared with: as many days before it. */
export const DAYS_BEFORE = 7;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const moment = (name: string): string => `fromUnixTimestamp64Micro({${name}:Int64}, 'UTC')`;
/** Whole hours and days, so that the sums that the store keeps of them are enough. */
const hours = (from: string, until: string): string =>
  `toStartOfHour(time) >= toStartOfHour(${moment(from)}) AND toStartOfHour(time) < ${moment(until)}`;
const days = (from: string, until: string): string =>
  `toDate(time) >= toDate(${moment(from)}) AND toDate(time) < ${moment(until)}`;

/**
 * Attempts as reports count them (`tried`): no hops inside a host, no copies of other failures, no ends without one,
 * and none for notices.
 */
const ATTEMPTS = "type = 'delivery' AND NOT notification";
const FAILED = "status IN ('deferred', 'bounced')";

/** The question whose answer is nothing but what there was none of before. */
export const NEW_CAUSES = 'new-causes';

export const QUESTIONS: readonly Question[] = [
  {
    name: 'providers',
    meaning: `Providers whose share of failed attempts is highest, against the ${DAYS_BEFORE} days before`,
    statement: `
      SELECT provider, attempts, round(failed / attempts, 4) AS failed_share,
        if(attempts_before = 0, NULL, round(failed_before / attempts_before, 4)) AS failed_share_before
      FROM (
        SELECT provider,
          sumIf(n, now) AS attempts, sumIf(n, now AND failure) AS failed,
          sumIf(n, NOT now) AS attempts_before, sumIf(n, NOT now AND failure) AS failed_before
        FROM (
          SELECT provider, toStartOfHour(time) >= toStartOfHour(${moment('from')}) AS now,
            ${FAILED} AS failure, sum(tried) AS n
          FROM records WHERE ${ATTEMPTS} AND provider != '' AND ${hours('before', 'until')} GROUP BY provider, now, failure
        )
        GROUP BY provider
      )
      WHERE attempts > 0 ORDER BY failed_share DESC, attempts DESC, provider LIMIT {top:UInt32}`,
    shares: ['failed_share', 'failed_share_before'],
    compares: true,
  },
  {
    name: NEW_CAUSES,
    compares: true,
    meaning: `Causes that there were none of in the ${DAYS_BEFORE} days before`,
    statement: `
      SELECT cause, n AS attempts FROM (
        SELECT cause, sumIf(m, now) AS n, sumIf(m, NOT now) AS earlier FROM (
          SELECT cause, toStartOfHour(time) >= toStartOfHour(${moment('from')}) AS now, sum(tried) AS m
          FROM records WHERE ${ATTEMPTS} AND cause != '' AND ${hours('before', 'until')} GROUP BY cause, now
        )
        GROUP BY cause
      )
      WHERE n > 0 AND earlier = 0 ORDER BY n DESC, cause LIMIT {top:UInt32}`,
  },
  {
    name: 'domains',
    compares: true,
    meaning: `Domains that turned bad: delivered to in the ${DAYS_BEFORE} days before, and now failing`,
    statement: `
      SELECT domain, delivered_before, failed, delivered FROM (
        SELECT domain,
          sumIf(n, NOT now AND status = 'delivered') AS delivered_before,
          sumIf(n, now AND ${FAILED}) AS failed, sumIf(n, now AND status = 'delivered') AS delivered
        FROM (
          SELECT peer AS domain, toDate(time) >= toDate(${moment('from')}) AS now, status, sum(tried) AS n
          FROM records WHERE ${ATTEMPTS} AND ${days('before', 'until')} GROUP BY domain, now, status
        )
        GROUP BY domain
      )
      WHERE delivered_before > 0 AND failed > delivered
      ORDER BY failed DESC, domain LIMIT {top:UInt32}`,
  },
  {
    name: 'delay',
    meaning:
      'Seconds from arrival to delivery that half, 90 % and 99 % of the deliveries to a provider took at most',
    statement: `
      SELECT provider, n AS delivered, round(q[1], 2) AS p50, round(q[2], 2) AS p90, round(q[3], 2) AS p99 FROM (
        SELECT provider, sum(tried) AS n, quantilesTDigest(0.5, 0.9, 0.99)(delay) AS q
        FROM records WHERE ${ATTEMPTS} AND NOT hop AND status = 'delivered' AND provider != '' AND ${hours('from', 'until')} GROUP BY provider
      )
      ORDER BY n DESC, provider LIMIT {top:UInt32}`,
  },
  {
    name: 'senders',
    meaning: 'Senders with the most hard bounces',
    statement: `
      SELECT ifNull(\`from\`, '(unknown)') AS sender, sum(\`count\`) AS hard_bounces, uniqExact(\`to\`) AS recipients,
        topK(1)(cause)[1] AS most_often
      FROM records
      WHERE ${ATTEMPTS} AND NOT hop AND NOT suspended AND status = 'bounced' AND kind = 'hard'
        AND time >= ${moment('from')} AND time < ${moment('until')}
      GROUP BY sender ORDER BY hard_bounces DESC, sender LIMIT {top:UInt32}`,
  },
];

/** Whether the store holds attempts of the days that a question compares with. */
export async function hasPast(store: Store, { from }: Pick<QuestionParameters, 'from'>): Promise<boolean> {
  const until = Math.floor(from / HOUR) * HOUR * 1000;
  const { rows } = await store.ask(
    `SELECT 1 FROM records WHERE ${ATTEMPTS} AND ${hours('before', 'until')} LIMIT 1`,
    { before: Math.round((from - DAYS_BEFORE * DAY) * 1000), until },
  );
  return rows.length > 0;
}

/** Asks a question. */
export function answer(
  store: Store,
  { statement }: Question,
  { from, until, top }: QuestionParameters,
): Promise<Answer> {
  const micros = (time: number): number => Math.round(time * 1000);
  const before = micros(from - DAYS_BEFORE * DAY);
  // Only what the statement names: the rest would be no parameter of it.
  const all = { from: micros(from), until: micros(until), before, top };
  const named = Object.entries(all).filter(([name]) => statement.includes(`{${name}:`));
  return store.ask(statement, Object.fromEntries(named));
}

/**
 * Asks a question in the user's own words.
 * The engine reads it first: what is not one statement, such as `SELECT 1) ; DROP …`, must not come into ours.
 */
export async function askFreely(store: Store, statement: string): Promise<Answer> {
  try {
    const { rows } = await store.ask('SELECT formatQuery({statement:String})', { statement });
    return await store.ask(String(rows[0]![0]));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError(error.fault, error.message, await remedyFor(store, error), { cause: error });
  }
}

/** What to do about a statement that the store does not take: its tables are there. */
async function remedyFor(store: Store, { message, fault, hint }: StoreError): Promise<string> {
  if (fault === 'missing') {
    const { rows } = await store.ask(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND name NOT LIKE '.%' ORDER BY name",
    );
    return `its tables are ${rows.map(([name]) => String(name)).join(', ')}`;
  }
  if (message.includes('Syntax error')) {
    return "give one SELECT and nothing else, such as --sql 'SELECT count() FROM events'";
  }
  if (message.includes('Unknown expression identifier')) {
    return '--sql "SELECT name FROM system.columns WHERE table = \'events\'" lists its columns';
  }
  return hint;
}
