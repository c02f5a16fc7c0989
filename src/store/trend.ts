/**
 * What findings are made from, out of a store: as sums by all that a trend looks at, most of which the store keeps by
 * day. Whether a failure is a recipient's first for its cause in a period depends on where periods begin; each row
 * tells what came before, so that those at the edges are found. What only a shown finding has (messages, a real case)
 * is looked for when it is known which are shown.
 */
import { ownExample } from '../aggregate/examples.ts';
import type { ReportFinding } from '../aggregate/finding.ts';
import type { Weighed } from '../aggregate/finding-facts.ts';
import { addMta, addTime, REJECTED } from '../aggregate/rows.ts';
import { rowFor } from '../aggregate/table.ts';
import {
  type CourseStep,
  MOST_STEPS,
  NOW,
  OF_SPAM,
  OF_THE_ADDRESS,
  SENDERS,
  type SenderRow,
  STEP,
  scopesOf,
  Trend,
  type TrendPlan,
  type TrendRow,
} from '../aggregate/trend.ts';
import type { Classification } from '../cause/contract.ts';
import type { Kind, Mta } from '../event/event.ts';
import { DAYS, Periods, STEPS } from './periods.ts';
import { REPLAY_COLUMNS, Replayer } from './replay.ts';
import type { StoredSource } from './sources.ts';
import type { Cell, Parameters, Store } from './store.ts';

const ATTEMPTED = 'attempt > 0 AND NOT suspended';

/** Follows a plan through the sources of a store. */
export async function followStored(
  store: Store,
  sources: readonly StoredSource[],
  plan: TrendPlan,
): Promise<Trend> {
  const trend = new Trend(plan);
  const question = new Question(store, trend);
  await Promise.all([
    addCourse(question, sources, trend),
    addFailures(question, trend),
    addRecoveries(question, trend),
    addLogins(question, trend),
    addLists(question, trend),
  ]);
  return trend;
}

/** Asks about the periods of a trend. */
class Question {
  readonly all: Periods;
  readonly window: Periods;
  readonly #store: Store;

  constructor(store: Store, trend: Trend) {
    this.#store = store;
    this.all = new Periods(trend);
    this.window = new Periods(trend, NOW);
  }

  readonly ask = async (question: string, parameters?: Parameters): Promise<readonly (readonly Cell[])[]> =>
    (await this.#store.ask(question, parameters)).rows;
}

/** What happened when, failures or not. */
async function addCourse(question: Question, sources: readonly StoredSource[], trend: Trend): Promise<void> {
  const { all } = question;
  const keys = {
    ...{ type: 'type', notification: 'notification', status: 'status', hop: 'hop', waited: 'waited' },
    ...{ first_attempt: 'attempt = 1', attempted: ATTEMPTED },
  };
  const what = { keys, where: "type IN ('accepted', 'delivery', 'rejected')", grain: STEPS };
  let latest = -Infinity;
  const states = ['delivered', 'deferred', 'bounced'];
  for (const [at, type, notice, status, hop, first, attempted, n, last] of await question.ask(
    `SELECT at, type, notification, status, hop, first_attempt, attempted, sum(n), max(last) FROM ${all.summed(what)} GROUP BY ALL`,
  )) {
    const { period, comparable } = all.list[Number(at) - 1]!;
    trend.active[period] = true;
    if (period === NOW && type !== 'rejected' && !hop) latest = Math.max(latest, Number(last) / 1000);
    if (!comparable) continue;
    const attempts = trend.attempts[period]!;
    if (type === 'rejected') attempts[REJECTED]! += Number(n);
    if (type !== 'delivery' || hop || !attempted || notice) continue;
    const state = states.indexOf(String(status));
    if (state >= 0) attempts[state]! += Number(n);
    if (first) trend.tried[period]! += Number(n);
  }
  if (Number.isNaN(trend.origin)) trend.origin = await originOf(question, sources);
  // A trend has no course either where the window is so long.
  if (Math.floor((latest - trend.origin) / STEP) >= MOST_STEPS) return;
  for (const [at, begin, type, notice, status, waited, attempted, n] of await question.ask(
    `SELECT at, begin, type, notification, status, waited, attempted, sum(n) FROM ${all.summed({ ...what, bySteps: true })} ` +
      "WHERE type != 'rejected' AND NOT hop GROUP BY ALL",
  )) {
    const { period, comparable, from } = all.list[Number(at) - 1]!;
    const state = attempted && !notice ? states.indexOf(String(status)) : -1;
    const count = Number(n);
    if (period !== NOW) {
      if (!comparable || state !== 0 || trend.hours === undefined) continue;
      const usual = Math.floor((Number(begin) - from) / 1000 / STEP);
      while (trend.usualCourse.length <= usual) trend.usualCourse.push(0);
      trend.usualCourse[usual]! += count;
      continue;
    }
    const add = (name: keyof CourseStep, more: number): void => {
      trend.step(Number(begin) / 1000, name, more);
    };
    if (type === 'accepted') {
      if (!notice) add('accepted', count);
    } else {
      if (state >= 0) add(state === 0 ? 'delivered' : 'failed', count);
      if (status !== 'deferred' && waited) add('queued', -count);
      if (status === 'deferred' && !waited && attempted) add('queued', count);
    }
  }
}

/** Where the course begins that no window has: with the first event that is a step of it. */
async function originOf(question: Question, sources: readonly StoredSource[]): Promise<number> {
  for (const { id } of sources) {
    const [row] = await question.ask(
      `SELECT toUnixTimestamp64Micro(time) FROM records WHERE source_id = ${id} AND ${question.window.inside} ` +
        "AND ((type = 'accepted' AND NOT notification) OR (type = 'delivery' AND NOT hop AND " +
        `((waited AND status != 'deferred') OR (${ATTEMPTED} AND NOT waited AND status = 'deferred') OR ` +
        `(${ATTEMPTED} AND NOT notification AND status IN ('delivered', 'deferred', 'bounced'))))) ORDER BY line, part LIMIT 1`,
    );
    if (row !== undefined) return Math.floor(Number(row[0]) / 1000 / STEP) * STEP;
  }
  return Number.NaN;
}

/** Failures, and refusals by this server. */
async function addFailures(question: Question, trend: Trend): Promise<void> {
  const { all } = question;
  const named = {
    ...{ type: 'type', mta: 'mta', cause: 'cause', detail: 'detail', kind: 'kind', place: 'place' },
    ...{ blamed: 'blamed' },
  };
  const names = Object.keys(named).join(', ');
  const failed = "failed OR (type = 'rejected' AND cause != '')";
  const from = all.summed({
    keys: { ...named, failed: 'failed', repeats: 'repeats', attempted: ATTEMPTED },
    where: `(${failed})`,
    // A message counts where it first failed, which may be before the window.
    ...(!all.bounded && { sums: { by_cause: 'new_to_cause', by_place: 'new_to_place' } }),
    grain: DAYS,
  });
  const messages = all.bounded ? '0, 0' : 'sum(by_cause), sum(by_place)';
  const rows = await question.ask(
    `SELECT at, ${names}, sum(n * NOT repeats) AS fresh, sum(n * attempted) AS attempts, min(first), max(last), ` +
      `${messages} FROM ${from} GROUP BY ALL ORDER BY sum(n) DESC`,
  );
  // What repeats a failure of another period is new in its own.
  const more = all.bounded
    ? await question.ask(
        `SELECT ${all.at(MICROS)} AS at, ${names}, sum(\`count\`), 0, ${FAR}, ${-FAR}, 0, 0 FROM records ` +
          `WHERE ${all.inside} AND repeats AND failed AND ${otherPeriod(all)} GROUP BY ALL`,
      )
    : [];
  for (const [at, type, mta, cause, detail, kind, place, blamed, ...sums] of [...rows, ...more]) {
    const [fresh, attempts, first, last, byCause, byPlace] = sums.map(Number) as [
      ...[number, number, number, number, number, number],
    ];
    const { period, comparable } = all.list[Number(at) - 1]!;
    if (period !== NOW && fresh === 0) continue;
    const name = nameOf(cause, detail, kind);
    const refused = type === 'rejected';
    const trends = (refused ? trend.refusals : trend.failures).of(name);
    addMta(trends.mtas, mta as Mta);
    for (const [index, row] of scopesOf(trends, String(place), String(blamed)).entries()) {
      if (period !== NOW) {
        row.earlier += fresh;
        if (comparable) row.recipients[period]! += fresh;
        continue;
      }
      row.recipients[NOW]! += fresh;
      row.attempts += refused ? fresh : attempts;
      // The rows of the place, and of the sender there, come second and fourth.
      row.messages += place !== '' && index % 2 === 1 ? byPlace : byCause;
      addSpan(row, first, last);
    }
  }
}

/** A condition for rows whose recipient's event before was in another period. */
function otherPeriod(periods: Periods): string {
  const list = `[${periods.list.map(({ period }) => period + 1).join(', ')}]`;
  const of = (moment: string): string => `arrayElement(${list}, ${periods.at(moment)})`;
  return `${of('toUnixTimestamp64Micro(prior_time)')} != ${of(MICROS)}`;
}

/** What failed in the window was delivered in it. */
async function addRecoveries(question: Question, trend: Trend): Promise<void> {
  const { window } = question;
  const keys = {
    ...{ prior_cause: 'prior_cause', prior_detail: 'prior_detail', prior_kind: 'prior_kind' },
    ...{ prior_place: 'prior_place', blamed: 'blamed' },
  };
  const names = Object.keys(keys).join(', ');
  const where = "prior_cause != ''";
  const rows = await question.ask(
    `SELECT ${names}, sum(n) FROM ${window.summed({ keys, where, grain: DAYS })} GROUP BY ALL ORDER BY sum(n) DESC`,
  );
  const less = window.bounded
    ? await question.ask(
        `SELECT ${names}, -toInt64(sum(\`count\`)) FROM records ` +
          `WHERE ${window.inside} AND ${where} AND ${otherPeriod(window)} GROUP BY ALL`,
      )
    : [];
  // Of what failed before the window nothing is to be seen.
  const taken = new Map(less.map((row) => [row.slice(0, -1).join('\t'), Number(row.at(-1))]));
  for (const row of rows) {
    const recovered = Number(row.at(-1)) + (taken.get(row.slice(0, -1).join('\t')) ?? 0);
    if (recovered === 0) continue;
    const [cause, detail, kind, place, blamed] = row;
    const trends = trend.failures.of(nameOf(cause, detail, kind));
    for (const scope of scopesOf(trends, String(place), String(blamed))) scope.recovered += recovered;
  }
}

/** Mail by who had logged in to send it. */
async function addLogins(question: Question, trend: Trend): Promise<void> {
  const { all } = question;
  const keys = {
    ...{ type: 'type', again: 'again', repeats: 'repeats', cause: 'cause', kind: 'kind' },
    ...{ auth_user: 'auth_user' },
  };
  const from = all.summed({ keys, where: "auth_user != '' AND NOT hop", grain: DAYS });
  for (const [at, type, login, sent, firstSent, lastSent, bad, denied] of await question.ask(
    'SELECT at, type, auth_user, sumIf(n, NOT again), minIf(first, NOT again), maxIf(last, NOT again), ' +
      `sumIf(n, ${REFUSED}), sumIf(n, cause != '') FROM ${from} ` +
      "WHERE type IN ('delivery', 'rejected') GROUP BY ALL ORDER BY sum(n) DESC",
    { spam: [...OF_SPAM] },
  )) {
    const { period, comparable } = all.list[Number(at) - 1]!;
    if (type === 'rejected') {
      if (period === NOW) trend.refusedLogins += Number(denied);
      continue;
    }
    const row = rowFor(trend.accounts, SENDERS, String(login).toLowerCase());
    const count = Number(sent);
    if (period === NOW) {
      row.recipients[NOW]! += count;
      if (count > 0) addSpan(row, Number(firstSent), Number(lastSent));
      row.refused += Number(bad);
      continue;
    }
    row.earlier += count;
    if (comparable) row.recipients[period]! += count;
  }
}

/** Senders that wrote to addresses that do not exist. */
async function addLists(question: Question, trend: Trend): Promise<void> {
  const { window } = question;
  const address = 'has({address:Array(String)}, cause)';
  const keys = {
    ...{ failed: 'failed', repeats: 'repeats', kind: 'kind', cause: 'cause' },
    ...{ of: "if(failed AND kind = 'hard', sender, NULL)" },
  };
  const from = window.summed({
    keys,
    where: `failed AND NOT repeats AND kind = 'hard' AND ${address}`,
    grain: DAYS,
  });
  const more = window.bounded
    ? ' UNION ALL SELECT sender AS of, `count` AS n, toUnixTimestamp64Micro(time) AS first, ' +
      `toUnixTimestamp64Micro(time) AS last FROM records WHERE ${window.inside} AND failed AND repeats ` +
      `AND kind = 'hard' AND ${address} AND ${otherPeriod(window)}`
    : '';
  for (const [sender, n, first, last] of await question.ask(
    `SELECT of, sum(n), min(first), max(last) FROM (SELECT of, n, first, last FROM ${from}${more}) ` +
      "WHERE of != '' GROUP BY of ORDER BY sum(n) DESC",
    { address: [...OF_THE_ADDRESS] },
  )) {
    const row = rowFor(trend.badLists, SENDERS, String(sender));
    row.recipients[NOW]! += Number(n);
    row.refused += Number(n);
    addSpan(row, Number(first), Number(last));
  }
}

/** What is held against a login. */
const REFUSED = "NOT repeats AND (kind = 'hard' OR has({spam:Array(String)}, cause)) AND cause != ''";
const REFUSED_LOGIN = `type = 'delivery' AND NOT hop AND ${REFUSED}`;

/**
 * Looks for what only shown findings have: how many messages, and a real case.
 * @param shown findings with rows of the trend, which get what is found
 */
export async function completeShown(
  store: Store,
  sources: readonly StoredSource[],
  trend: Trend,
  shown: readonly Pick<Weighed, 'finding' | 'row'>[],
): Promise<void> {
  const question = new Question(store, trend);
  const { window } = question;
  const fresh = window.bounded ? `(NOT repeats OR ${otherPeriod(window)})` : 'NOT repeats';
  const parameters: Record<string, Cell | readonly Cell[]> = {
    address: [...OF_THE_ADDRESS],
    spam: [...OF_SPAM],
  };
  const scopes = shown.flatMap(({ finding, row }, index) =>
    row === undefined || row.first > row.last
      ? []
      : [{ finding, row, condition: conditionOf(finding, fresh, index, parameters), time: row.first }],
  );
  await Promise.all([
    addFirstRefusals(question, scopes, parameters),
    ...(window.bounded ? [addMessages(question, scopes, fresh, parameters)] : []),
  ]);
  await addExamples(question, sources, scopes, parameters);
}

interface Scope {
  readonly finding: ReportFinding;
  readonly row: TrendRow | SenderRow;
  readonly condition: string;
  /** Of the earliest case. */
  time: number;
}

/** When logins were first held something against. */
async function addFirstRefusals(
  { ask, window }: Question,
  scopes: readonly Scope[],
  parameters: Parameters,
): Promise<void> {
  const logins = new Map(
    scopes.flatMap((scope) =>
      scope.finding.account === undefined ? [] : [[scope.finding.account, scope] as const],
    ),
  );
  if (logins.size === 0) return;
  const statement =
    'SELECT lowerUTF8(auth_user) AS login, toUnixTimestamp64Micro(min(time)) FROM records ' +
    `WHERE ${window.inside} AND ${REFUSED_LOGIN} AND has({logins:Array(String)}, login) GROUP BY login`;
  const rows = await ask(statement, named({ ...parameters, logins: [...logins.keys()] }, statement));
  for (const [login, first] of rows) logins.get(String(login))!.time = Number(first) / 1000;
}

/** Messages in a window, which may have failed so before it: there are no sums of them. */
async function addMessages(
  { ask, window }: Question,
  scopes: readonly Scope[],
  fresh: string,
  parameters: Parameters,
): Promise<void> {
  const rows = scopes.flatMap(({ row, condition }) => ('messages' in row ? [{ row, condition }] : []));
  if (rows.length === 0) return;
  const sums = rows.map(
    ({ condition }, index) => `uniqExactIf(message, ${condition} AND ${fresh}) AS n${index}`,
  );
  const statement = `SELECT ${sums.join(', ')} FROM records WHERE ${window.inside} AND failed`;
  const [numbers] = await ask(statement, named(parameters, statement));
  for (const [index, { row }] of rows.entries()) row.messages = Number(numbers![index]);
}

/** The earliest case of each: of those at that time the first in the logs. */
async function addExamples(
  question: Question,
  sources: readonly StoredSource[],
  scopes: readonly Scope[],
  parameters: Parameters,
): Promise<void> {
  if (scopes.length === 0) return;
  const times = [
    ...new Set(scopes.map(({ time }) => `fromUnixTimestamp64Micro(${Math.round(time * 1000)}, 'UTC')`)),
  ];
  const cases = scopes.map(
    ({ condition, time }) => `toUnixTimestamp64Micro(time) = ${Math.round(time * 1000)} AND ${condition}`,
  );
  const position = `indexOf([${sources.map(({ id }) => `toUInt64(${id})`).join(', ')}], source_id) AS position`;
  const statement =
    `SELECT ${REPLAY_COLUMNS.join(', ')}, ${position}, [${cases.join(', ')}] AS cases FROM records ` +
    `WHERE time IN (${times.join(', ')}) AND has(cases, 1) ORDER BY position, line, part`;
  let told: readonly Scope[] = [];
  const replayer = new Replayer({
    event: (event) => {
      for (const { row } of told) row.example ??= ownExample(event);
    },
    ...SILENT,
  });
  for (const row of await question.ask(statement, named(parameters, statement))) {
    const which = row.at(-1) as unknown as readonly unknown[];
    told = scopes.filter((_, index) => Number(which[index]) === 1);
    replayer.read(row, Number(row.at(-2)) - 1);
  }
}

/** A condition for what a finding is about. */
function conditionOf(
  finding: ReportFinding,
  fresh: string,
  index: number,
  parameters: Record<string, Cell | readonly Cell[]>,
): string {
  const is = (column: string, value: string): string => {
    const name = `p${Object.keys(parameters).length}_${index}`;
    parameters[name] = value;
    return `${column} = {${name}:String}`;
  };
  const { account, sender, provider, domain, sender_domain: blamed } = finding;
  if (account !== undefined) {
    return `${REFUSED_LOGIN} AND ${is('lowerUTF8(auth_user)', account)}`;
  }
  if (sender !== undefined) {
    return `failed AND kind = 'hard' AND has({address:Array(String)}, cause) AND ${is('sender', sender)} AND ${fresh}`;
  }
  const place = provider ?? (domain === undefined ? undefined : `@${domain}`);
  return [
    finding.id.startsWith('refused') ? "type = 'rejected'" : 'failed',
    is('cause', finding.cause!),
    is('detail', finding.detail ?? ''),
    is('kind', finding.kind!),
    ...(place === undefined ? [] : [is('place', place)]),
    ...(blamed === undefined ? [] : [is('blamed', `@${blamed}`)]),
  ].join(' AND ');
}

/** Only what a statement names: the rest would be no parameter of it. */
function named(parameters: Parameters, statement: string): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => statement.includes(`{${name}:`)));
}

const nothing = (): void => undefined;
const SILENT = { resumed: nothing, closed: nothing, retracted: nothing, notified: nothing, notice: nothing };

const MICROS = 'toUnixTimestamp64Micro(time)';
const FAR = Number.MAX_SAFE_INTEGER;

function nameOf(cause: Cell | undefined, detail: Cell | undefined, kind: Cell | undefined): Classification {
  return {
    cause: String(cause),
    detail: String(detail) || undefined,
    kind: kind as Kind,
    ...{ confidence: 0, rule: '', evidence: '' },
  };
}

/** @param first, last in microseconds */
function addSpan(row: { first: number; last: number }, first: number, last: number): void {
  if (first > last) return;
  addTime(row, first / 1000);
  addTime(row, last / 1000);
}
