/** One report from several: their JSON becomes counts again, which add up as those of parts of a log do. */
import { LOCAL } from '../cause/providers.ts';
import type { DeliveryStatus, Kind, Mta, Stage } from '../event/event.ts';
import { Aggregate } from './aggregate.ts';
import { buildReport } from './build.ts';
import { type Counts, mergeCounts, noCounts } from './counts.ts';
import type { Example } from './examples.ts';
import type { ReportFinding } from './finding.ts';
import { MOST_FINDINGS } from './findings.ts';
import { addHeld, type ToldHeld } from './held.ts';
import { addToBucket, bucketOf, type Histogram } from './histogram.ts';
import { REPORT_SCHEMA, type Report, type ReportInput } from './report.ts';
import {
  ATTEMPTS,
  BOUNCED,
  CAUSES,
  type CountRow,
  causeKey,
  DEFERRED,
  EXPIRED,
  HOUR_COUNTS,
  HOURS,
  judge,
  NAMES,
  NOTICES,
  noticeKey,
  PARTIES,
  REJECTED,
  REJECTS,
  SMALL_NAMES,
  STATES,
  type StateRow,
  UNCLASSIFIED,
  unclassifiedKey,
} from './rows.ts';
import { shapeOf } from './shape.ts';
import { OTHER, type Row, type RowKind, rowFor, type Table } from './table.ts';

/** A document that is no report, or a damaged one. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}

/** A report as it was read, and what it was read from. */
export interface ReportDocument {
  readonly file: string;
  readonly value: unknown;
}

/** How the merged report is made. */
export interface MergeOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly top: number;
}

const HOUR = 3_600_000;

const SEVERITIES = ['critical', 'warning', 'notice', 'good'] as const;

/**
 * Adds reports up. What they list in full is exact: totals, attempts, causes, refusals, hours, the distribution of
 * delays. Of what they list the top of, providers, domains, senders, only what is listed can be added up. A recipient
 * whose delivery took from one report's time into the next counts in both, as it does in the reports.
 * @throws ReportError
 */
export function mergeReports(documents: readonly ReportDocument[], { now, top }: MergeOptions): Report {
  const counts = noCounts();
  const ofNotifications = noCounts();
  const inputs: ReportInput[] = [];
  const lines = { read: 0, used: 0, ignored: 0, unparsed: 0 };
  const incomplete: string[] = [];
  const findings: Dated[] = [];
  const days = new Map<string, number>();
  const distinct: Record<string, number> = {};
  const seen = new Map<string, string>();
  let evicted = 0;
  let from = Infinity;
  let until = -Infinity;
  for (const { file, value } of documents) {
    const report = new Place(file, '', value);
    if (report.at('schema').value !== REPORT_SCHEMA) {
      throw new ReportError(`${file} is not a report of whybounce (schema ${REPORT_SCHEMA})`);
    }
    const same = JSON.stringify(value);
    const other = seen.get(same);
    if (other !== undefined) throw new ReportError(`${file} is the same report as ${other}`);
    seen.set(same, file);
    mergeCounts(counts, countsOf(report, inputs.length));
    mergeCounts(ofNotifications, notificationsOf(report, inputs.length));
    inputs.push(...report.at('inputs').list().map(inputOf));
    for (const name of ['read', 'used', 'ignored', 'unparsed'] as const) {
      lines[name] += report.at('lines').at(name).count();
    }
    evicted += report.at('evicted').count();
    incomplete.push(
      ...(report.maybe('incomplete')?.list() ?? []).map((reason) => `${file}: ${reason.text()}`),
    );
    const day = report.at('window').maybe('from')?.text().slice(0, 10);
    if (day !== undefined) days.set(day, (days.get(day) ?? 0) + 1);
    for (const place of report.maybe('findings')?.list() ?? []) {
      const finding = findingOf(place);
      if (isOfItsReport(finding)) findings.push({ finding, file, day });
    }
    for (const name of ['providers', 'domains', 'senders', 'hard_senders', 'unclassified', 'notices']) {
      const known = report.at('distinct').maybe(name)?.count() ?? 0;
      distinct[name] = Math.max(distinct[name] ?? 0, known);
    }
    from = Math.min(from, report.at('window').maybe('from')?.time() ?? Infinity);
    until = Math.max(until, report.at('window').maybe('to')?.time() ?? -Infinity);
  }
  const window = {
    from: Number.isFinite(from) ? from : undefined,
    until: Number.isFinite(until) ? until : undefined,
  };
  const report = buildReport(new Aggregate(window, counts, ofNotifications), {
    ...{ now, top, inputs, lines, evicted, incomplete },
  });
  for (const name of Object.keys(report.distinct) as (keyof Report['distinct'])[]) {
    report.distinct[name] = Math.max(report.distinct[name], distinct[name] ?? 0);
  }
  return {
    ...report,
    findings: [...report.findings, ...chosen(findings.map((each) => withOrigin(each, days)))].slice(
      0,
      MOST_FINDINGS,
    ),
    merged: { reports: documents.length, files: documents.map(({ file }) => file) },
  };
}

/** Of each matter the finding about the most recipients; the gravest first. */
function chosen(findings: readonly ReportFinding[]): ReportFinding[] {
  const byId = new Map<string, ReportFinding>();
  for (const finding of findings) {
    const known = byId.get(finding.id);
    if (known === undefined || known.evidence.recipients < finding.evidence.recipients) {
      byId.set(finding.id, finding);
    }
  }
  const order = ({ severity }: ReportFinding): number => SEVERITIES.indexOf(severity);
  return [...byId.values()].sort(
    (a, b) => order(a) - order(b) || b.evidence.recipients - a.evidence.recipients || (a.id < b.id ? -1 : 1),
  );
}

/** A place in a document; whatever is asked of it either fits or is an error that names the place. */
class Place {
  readonly file: string;
  readonly path: string;
  readonly value: unknown;

  constructor(file: string, path: string, value: unknown) {
    this.file = file;
    this.path = path;
    this.value = value;
  }

  at(key: string): Place {
    const found = this.maybe(key);
    if (found === undefined) throw this.#wrong(`has no ${key}`);
    return found;
  }

  /** The value of a key, unless it is absent or null. */
  maybe(key: string): Place | undefined {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.#wrong('is not an object');
    }
    if (!Object.hasOwn(value, key)) return undefined;
    const found = (value as Record<string, unknown>)[key];
    if (found === null || found === undefined) return undefined;
    return new Place(this.file, this.path === '' ? key : `${this.path}.${key}`, found);
  }

  list(): Place[] {
    if (!Array.isArray(this.value)) throw this.#wrong('is not a list');
    return this.value.map((value, index) => new Place(this.file, `${this.path}[${index}]`, value));
  }

  count(): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw this.#wrong('is not a count');
    }
    return value;
  }

  /** A count without a part of it. */
  less(part: number): number {
    const whole = this.count();
    if (part > whole) throw this.#wrong('is less than a part of it');
    return whole - part;
  }

  number(): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#wrong('is not a number');
    return value;
  }

  text(): string {
    if (typeof this.value !== 'string') throw this.#wrong('is not a text');
    return this.value;
  }

  time(): number {
    const time = Date.parse(this.text());
    if (Number.isNaN(time)) throw this.#wrong('is not a time');
    return time;
  }

  #wrong(what: string): ReportError {
    return new ReportError(`${this.file}: ${this.path === '' ? 'the document' : this.path} ${what}`);
  }
}

/** What is told of a report's inputs. */
interface Origin {
  readonly mtas: readonly Mta[];
  readonly example: (place: Place) => Example;
}

/** @param firstInput position of the report's first input among all */
function originOf(report: Place, firstInput: number): Origin {
  const inputs = report.at('inputs').list();
  const files = inputs.map((input) => input.at('file').text());
  const mtas = [...new Set(inputs.flatMap((input) => input.maybe('mta')?.text() ?? []))].sort() as Mta[];
  return { mtas, example: (place) => exampleOf(place, files, firstInput) };
}

/** The counts of notices; of nothing where a report tells none apart. */
function notificationsOf(report: Place, firstInput: number): Counts {
  const counts = noCounts();
  const told = report.maybe('notifications');
  if (told === undefined) return counts;
  counts.messages = told.at('messages').count();
  counts.recipients = told.at('recipients').count();
  STATES.forEach((state, index) => {
    counts.states[index] = told.at(state).count();
  });
  for (const [index, name] of HOUR_COUNTS.entries()) {
    if (index !== REJECTED) counts.attempts[index] = told.at('attempts').at(name).count();
  }
  addCauses(counts, told.at('causes'), originOf(report, firstInput));
  return counts;
}

/** @param firstInput position of the report's first input among all */
function countsOf(report: Place, firstInput: number): Counts {
  const counts = noCounts();
  const totals = report.at('totals');
  const notices = report.maybe('notifications');
  const rest = (place: Place, name: string, of = notices): number =>
    place.at(name).less(of?.at(name).count() ?? 0);
  counts.messages = rest(totals, 'messages');
  counts.recipients = rest(totals, 'recipients');
  counts.notifications = totals.maybe('notifications')?.count() ?? 0;
  STATES.forEach((state, index) => {
    counts.states[index] = rest(totals, state);
  });
  HOUR_COUNTS.forEach((name, index) => {
    counts.attempts[index] =
      index === REJECTED
        ? totals.at('rejected').count()
        : rest(report.at('attempts'), name, notices?.at('attempts'));
  });
  addDelays(counts.delays, report.at('delay').maybe('distribution'));

  const origin = originOf(report, firstInput);
  const { mtas, example } = origin;
  addCauses(counts, report.at('causes'), origin);
  for (const place of report.at('rejects').list()) {
    const row = rowOf(counts.rejects, REJECTS, nameKey(place));
    row.mtas.push(...mtas);
    row.count = place.at('count').count();
    const confidence = place.maybe('confidence')?.number();
    if (confidence !== undefined) judge(row, confidence, row.count);
    span(row, place);
    for (const { name, count } of named(place.at('clients'), 'client', 'count')) {
      rowOf(row.clients, NAMES, name).count += count;
    }
    row.examples.push(...place.at('examples').list().map(example));
  }
  for (const place of report.at('providers').list()) {
    const row = party(counts.providers, place, 'provider');
    addDelays(row.delays, place.maybe('delays'));
  }
  for (const place of report.at('domains').list()) party(counts.domains, place, 'domain');
  const senders = [...report.at('senders').list(), ...(report.maybe('hard_senders')?.list() ?? [])];
  const told = new Set<string>();
  for (const place of senders) {
    const name = place.at('sender').text();
    if (!told.has(name)) party(counts.senders, place, 'sender');
    told.add(name);
  }
  for (const place of report.at('hours').list()) {
    const row = rowOf(counts.hours, HOURS, String(Math.floor(place.at('hour').time() / HOUR)));
    HOUR_COUNTS.forEach((name, index) => {
      row.counts[index] = place.at(name).count();
    });
    for (const provider of place.maybe('providers')?.list() ?? []) {
      const attempts = rowOf(row.providers, ATTEMPTS, provider.at('provider').text());
      HOUR_COUNTS.slice(0, REJECTED).forEach((name, index) => {
        attempts.counts[index] = provider.at(name).count();
      });
    }
  }
  for (const place of report.maybe('notices')?.list() ?? []) {
    const text = place.at('example').text();
    const key = noticeKey(place.at('severity').text(), place.at('program').text(), shapeOf(text));
    const row = rowOf(counts.notices, NOTICES, key);
    row.text = text;
    row.count += place.at('count').count();
    span(row, place);
  }
  for (const place of report.maybe('held')?.list() ?? []) addHeld(counts.held, toldHeld(place));
  for (const place of report.maybe('unclassified')?.list() ?? []) {
    const direction = place.at('direction').text() === 'inbound' ? 'inbound' : 'outbound';
    const first = place.maybe('example');
    const kept = first === undefined ? undefined : example(first);
    const key = kept === undefined ? OTHER : unclassifiedKey(direction, kept.shape);
    const row = rowOf(counts.unclassified, UNCLASSIFIED, key);
    row.count += place.at('count').count();
    span(row, place);
    if (kept !== undefined) row.examples.push(kept);
  }
  return counts;
}

function addCauses({ causes }: Counts, list: Place, { mtas, example }: Origin): void {
  for (const place of list.list()) {
    const row = rowOf(causes, CAUSES, nameKey(place));
    row.mtas.push(...mtas);
    row.states[DEFERRED] = place.at('deferred').count();
    row.states[BOUNCED] = place.at('bounced').count();
    row.states[EXPIRED] = place.at('expired').count();
    row.messages = place.at('messages').count();
    row.attempts = place.at('attempts').count();
    const confidence = place.maybe('confidence')?.number();
    if (confidence !== undefined) judge(row, confidence, row.attempts);
    row.waiting = place.maybe('waiting')?.count() ?? 0;
    row.recovered = place.maybe('recovered')?.count() ?? 0;
    span(row, place);
    for (const { name, count } of named(place.at('providers'), 'provider', 'recipients')) {
      rowOf(row.providers, SMALL_NAMES, name).count += count;
    }
    nameLocal(row.providers, place.maybe('local')?.at('recipients').count() ?? 0);
    for (const { name, count } of named(place.at('domains'), 'domain', 'recipients')) {
      rowOf(row.domains, NAMES, name).count += count;
    }
    row.examples.push(...place.at('examples').list().map(example));
  }
}

/** Who must act depends on what failed on this host, which may have too few recipients to be listed. */
function nameLocal(providers: Table<CountRow>, recipients: number): void {
  if (recipients > 0 && !providers.rows.has(LOCAL)) rowFor(providers, SMALL_NAMES, LOCAL).count = recipients;
}

/** What is on hold for one reason. */
function toldHeld(place: Place): ToldHeld {
  const reason = place.maybe('reason')?.text();
  const failure = place.maybe('failure');
  const list = place.at('messages').list();
  const messages = list.map((message) => ({
    queueId: message.at('queue_id').text(),
    host: message.maybe('host')?.text() ?? '',
    from: message.maybe('from')?.text(),
    to: message.maybe('to')?.text(),
    count: message.at('recipients').count(),
    since: message.at('since').time(),
  }));
  return {
    mta: place.at('mta').text() as Mta,
    stated: reason !== undefined,
    failure: failure && {
      cause: failure.at('cause').text(),
      detail: failure.maybe('detail')?.text(),
      kind: failure.at('kind').text() === 'hard' ? 'hard' : 'soft',
    },
    words: reason ?? place.maybe('reply')?.text() ?? '',
    since: place.at('since').time(),
    messages,
    others: place.at('recipients').less(messages.reduce((sum, { count }) => sum + count, 0)),
  };
}

/** The row of a key; of all others, where that is what the key says. */
function rowOf<R extends Row<R>>(table: Table<R>, kind: RowKind<R>, key: string): R {
  if (key !== OTHER && !key.startsWith(`${OTHER}\t`)) return rowFor(table, kind, key);
  table.other ??= kind.make(OTHER);
  return table.other;
}

function nameKey(place: Place): string {
  const cause = place.at('cause').text();
  if (cause === OTHER) return OTHER;
  const kind: Kind = place.at('kind').text() === 'hard' ? 'hard' : 'soft';
  return causeKey({ cause, detail: place.maybe('detail')?.text(), kind });
}

function party(table: Table<StateRow>, place: Place, key: string): StateRow {
  const row = rowOf(table, PARTIES, place.at(key).text());
  STATES.forEach((state, index) => {
    row.states[index]! += place.at(state).count();
  });
  row.failures += place.at('failed_attempts').count();
  row.hard += place.maybe('hard')?.count() ?? 0;
  return row;
}

function named(list: Place, name: string, count: string): { name: string; count: number }[] {
  return list.list().map((place) => ({ name: place.at(name).text(), count: place.at(count).count() }));
}

function span(row: { first: number; last: number }, place: Place): void {
  row.first = Math.min(row.first, place.at('first').time());
  row.last = Math.max(row.last, place.at('last').time());
}

function addDelays(histogram: Histogram, distribution: Place | undefined): void {
  for (const step of distribution?.list() ?? []) {
    addToBucket(histogram, bucketOf(step.at('seconds').number()), step.at('recipients').count());
  }
}

function exampleOf(place: Place, files: readonly string[], firstInput: number): Example {
  const text = (key: string): string | undefined => place.maybe(key)?.text();
  const diagnostic = place.at('diagnostic').text();
  const file = text('source_file');
  return {
    time: place.at('time').time(),
    source: firstInput + Math.max(0, file === undefined ? 0 : files.indexOf(file)),
    offset: place.at('source_offset').count(),
    shape: shapeOf(diagnostic),
    diagnostic,
    reply: place.at('reply').text(),
    status: text('status') as DeliveryStatus | undefined,
    queueId: text('queue_id'),
    from: text('from'),
    to: text('to'),
    relayHost: text('relay_host'),
    relayIp: text('relay_ip'),
    clientHost: text('client_host'),
    clientIp: text('client_ip'),
    replyCode: place.maybe('reply_code')?.count(),
    enhancedCode: text('enhanced_code'),
    dsn: text('dsn'),
    stage: text('stage') as Stage | undefined,
    confidence: place.maybe('confidence')?.number(),
  };
}

function inputOf(place: Place): ReportInput {
  const text = (key: string): string | undefined => place.maybe(key)?.text();
  return {
    file: place.at('file').text(),
    mta: text('mta') as Mta | undefined,
    lines: place.at('lines').count(),
    from: text('from'),
    to: text('to'),
    repeats: text('repeats'),
    copies: place.maybe('copies')?.count(),
    overlaps: text('overlaps'),
  };
}

/** A finding as it stood in its report. */
function findingOf(place: Place): ReportFinding {
  const evidence = place.at('evidence');
  const severity = SEVERITIES.find((name) => name === place.at('severity').value) ?? 'notice';
  for (const name of ['id', 'what', 'who_acts', 'next_step']) place.at(name).text();
  for (const name of ['recipients', 'attempts', 'messages', 'days']) evidence.at(name).count();
  place.maybe('report')?.text();
  return { ...(place.value as ReportFinding), severity, text: place.at('text').text() };
}

/**
 * Whether a finding tells what only its own report can: what changed beside the days before it, or what no table
 * shows. All other causes are told by the sums of all reports.
 */
function isOfItsReport({ what, cause }: ReportFinding): boolean {
  return cause === undefined || what === 'new' || what === 'grew';
}

/** A finding with what it comes from. */
interface Dated {
  readonly finding: ReportFinding;
  readonly file: string;
  readonly day: string | undefined;
}

/** Names the day that a finding speaks of, and the report where several are of that day. */
function withOrigin({ finding, file, day }: Dated, days: ReadonlyMap<string, number>): ReportFinding {
  // A report that was merged already names them.
  if (finding.report !== undefined) return finding;
  const isAloneOnDay = day !== undefined && days.get(day) === 1;
  const origin = isAloneOnDay ? `On ${day}` : `In ${file}${day === undefined ? '' : ` (${day})`}`;
  return { ...finding, report: file, text: `${origin}: ${finding.text}` };
}
