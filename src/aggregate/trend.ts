/**
 * What findings are made from: failures by cause, place and sender in the window and on the days before it, and how
 * deliveries were spread over the window. Counted in the same pass as the report, in a memory that stays small.
 *
 * Notices, which nobody wrote, are left out wherever mail is weighed: there is one for every failure, so they would
 * make failures look rarer, and hide that nothing else was delivered. What waits is counted whatever it is.
 *
 * A recipient counts once for a cause and a day, whether or not it was delivered later: only so are days comparable
 * that ended at different distances from their failures.
 */
import { type Actor, advice } from '../cause/catalogue.ts';
import type { Classification } from '../cause/contract.ts';
import { OTHER as OTHER_PROVIDER } from '../cause/providers.ts';
import type { Mta } from '../event/event.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';
import { isNotification } from '../track/notification.ts';
import type { Window } from './aggregate.ts';
import { type Example, ownExample } from './examples.ts';
import { addAll, addMta, addTime, type CauseName, causeKey, HOUR_COUNTS, REJECTED, zeros } from './rows.ts';
import { emptyTable, type Row, type RowKind, rowForName, type Table } from './table.ts';

/** Days before the window that are looked at. */
export const DAYS_BEFORE = 7;

/** Position of the window in lists by period; the day before is at 1, the one before that at 2, and so on. */
export const NOW = 0;

const PERIODS = DAYS_BEFORE + 1;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Steps of the course of the window. */
export const STEP = 5 * MINUTE;
/** Longer windows have no course: an outage of minutes is not what they are asked for. */
export const MOST_STEPS = 32 * (DAY / STEP);

/** A window is compared with the same hours of earlier days up to this length, which a day of 25 hours has. */
const LONGEST_OF_A_DAY = 25 * 60 * MINUTE;

/** What is counted, and what it is compared with. */
export interface TrendPlan {
  readonly window: Window;
  /** Where the window ends for comparing if it has no end: now. */
  readonly now: number;
  /** Beginnings of the days before the window, the latest first; none where nothing is to be compared. */
  readonly days: readonly number[];
}

/** Failures of one scope: a cause, or a cause at a place, of a sender domain, or both. The key names the scope. */
export interface TrendRow extends Row<TrendRow> {
  /** Recipients by period. Of earlier days only what lies at the same time of day as the window, if that is short. */
  readonly recipients: number[];
  /** Recipients on the earlier days at any time. */
  earlier: number;
  /** Of the window: failed attempts, messages, recipients that were delivered later. */
  attempts: number;
  messages: number;
  recovered: number;
  first: number;
  last: number;
  example: Example | undefined;
  /** Of a place, the same by the sender's domain. */
  senders: Table<TrendRow> | undefined;
}

/** Mail that one login or one sender sent. */
export interface SenderRow extends Row<SenderRow> {
  /** Recipients by period; for senders only of the window, and only those that failed for the address. */
  readonly recipients: number[];
  earlier: number;
  /** Recipients of the window that failed for good, or for what the sender is or sends. */
  refused: number;
  first: number;
  last: number;
  example: Example | undefined;
}

/** What the failures or refusals of one cause have in common, as wide as it goes and narrower. */
export interface CauseTrend {
  readonly name: CauseName;
  /** The mail servers that it occurred with. */
  readonly mtas: Mta[];
  /** Whose mail failed tells something only where the sender is what failed. */
  readonly ofSender: boolean;
  readonly whole: TrendRow;
  /** By provider, or by the recipient's domain with its `@` where that is of none. */
  readonly places: Table<TrendRow>;
  /** By the sender's domain with its `@`; of causes for which the sender has to act. */
  readonly senders: Table<TrendRow>;
}

const SCOPES: RowKind<TrendRow> = {
  limit: 1000,
  make: (key) => ({
    key,
    into: undefined,
    recipients: zeros(PERIODS),
    earlier: 0,
    attempts: 0,
    messages: 0,
    recovered: 0,
    first: Infinity,
    last: -Infinity,
    example: undefined,
    senders: undefined,
  }),
  add(into, from) {
    addAll(into.recipients, from.recipients);
    into.earlier += from.earlier;
    into.attempts += from.attempts;
    into.messages += from.messages;
    into.recovered += from.recovered;
    addTime(into, from.first);
    addTime(into, from.last);
  },
  weight: (row) => row.recipients[NOW]! + row.earlier,
};

/** What nearly all of a place's failures belong to is among the heaviest. */
const SENDERS_OF_A_PLACE: RowKind<TrendRow> = { ...SCOPES, limit: 40 };

/** Logins and senders. */
export const SENDERS: RowKind<SenderRow> = {
  limit: 5000,
  make: (key) => ({
    key,
    into: undefined,
    recipients: zeros(PERIODS),
    earlier: 0,
    refused: 0,
    first: Infinity,
    last: -Infinity,
    example: undefined,
  }),
  add(into, from) {
    addAll(into.recipients, from.recipients);
    into.earlier += from.earlier;
    into.refused += from.refused;
    addTime(into, from.first);
    addTime(into, from.last);
  },
  weight: (row) => row.recipients[NOW]! + row.earlier,
};

/** The address itself is what failed: the sender's list is to blame. */
export const OF_THE_ADDRESS: ReadonlySet<string> = new Set([
  'user_unknown',
  'mailbox_disabled',
  'domain_not_found',
  'null_mx',
]);

/** What others say of one who sends spam. */
export const OF_SPAM: ReadonlySet<string> = new Set([
  'spam_content',
  'poor_reputation',
  'ip_blocklisted',
  'domain_blocklisted',
  'rate_limited',
]);

const SENDER_ACTS: ReadonlySet<Actor> = new Set<Actor>([
  "sender's authentication",
  "sender's configuration",
  "sender's content",
  "sender's reputation",
]);

/** Whether a cause is the sender's, so that whose mail failed tells something. */
export function isOfSender({ cause, detail }: Pick<CauseName, 'cause' | 'detail'>): boolean {
  return SENDER_ACTS.has(advice(cause, { detail }).who_acts);
}

/** Causes by their whole name. They are those of the catalogue and of rules: there are not many. */
export class CauseTrends {
  readonly #byKey = new Map<string, CauseTrend>();
  /** The classifier gives the same object for the same text: most look-ups end here. */
  readonly #byName = new WeakMap<Classification, CauseTrend>();

  values(): IterableIterator<CauseTrend> {
    return this.#byKey.values();
  }

  /** Gives the trend of a cause; makes it at first sight. */
  of(name: Classification): CauseTrend {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const key = causeKey(name);
    let cause = this.#byKey.get(key);
    if (cause === undefined) {
      cause = {
        name: { cause: name.cause, detail: name.detail, kind: name.kind },
        mtas: [],
        ofSender: isOfSender(name),
        whole: SCOPES.make(''),
        places: emptyTable(),
        senders: emptyTable(),
      };
      this.#byKey.set(key, cause);
    }
    this.#byName.set(name, cause);
    return cause;
  }
}

/** One step of the course of the window. */
export interface CourseStep {
  delivered: number;
  failed: number;
  accepted: number;
  /** Recipients that were put off for the first time, less those that waited and have an outcome. */
  queued: number;
}

/** Counts for findings. Give it the same events as the aggregate. */
export class Trend implements TrackSink {
  readonly plan: TrendPlan;
  /** Failures, and refusals by this server, by cause. */
  readonly failures = new CauseTrends();
  readonly refusals = new CauseTrends();
  /** Logins that sent mail. */
  readonly accounts: Table<SenderRow> = emptyTable();
  /** Senders that wrote to addresses that do not exist. */
  readonly badLists: Table<SenderRow> = emptyTable();
  /** Attempts for mail, and refusals, by period, as in an hour. */
  readonly attempts: number[][] = Array.from({ length: PERIODS }, () => zeros(HOUR_COUNTS.length));
  /** Recipients of mail that were tried for the first time, by period. */
  readonly tried = zeros(PERIODS);
  /** Whether anything happened, by period. */
  readonly active: boolean[] = new Array<boolean>(PERIODS).fill(false);
  /** By step since `origin`. */
  readonly course: CourseStep[] = [];
  /** Deliveries on the earlier days by step since their beginning, all days together. */
  readonly usualCourse: number[] = [];
  origin = Number.NaN;
  /** Refusals of clients that had logged in. */
  refusedLogins = 0;
  readonly #from: number;
  readonly #until: number;
  /** Length of the window where it is compared with the same hours of earlier days. */
  readonly hours: number | undefined;
  readonly #earliest: number;
  #courseFull = false;
  /** Rows that a message was counted in. */
  readonly #counted = new WeakMap<Message, TrendRow[]>();

  constructor(plan: TrendPlan) {
    this.plan = plan;
    this.#from = plan.window.from ?? -Infinity;
    this.#until = plan.window.until ?? Infinity;
    const length = (plan.window.until ?? plan.now) - this.#from;
    this.hours = length > 0 && length <= LONGEST_OF_A_DAY ? length : undefined;
    this.#earliest = plan.days.at(-1) ?? Infinity;
    if (plan.window.from !== undefined) this.origin = plan.window.from;
  }

  /** Days that a period stands for; the part of a day that a short window is counts as one. */
  get length(): number {
    return this.hours !== undefined || this.plan.window.from === undefined
      ? 1
      : ((this.plan.window.until ?? this.plan.now) - this.plan.window.from) / DAY;
  }

  event(event: TrackedEvent): void {
    const period = this.#periodOf(event.time);
    if (period < 0) return;
    this.active[period] = true;
    // At another time of day than the window: it counts for what had been seen at all, not for how often.
    const comparable = period === NOW || this.#comparable(event.time, period);
    if (event.type === 'delivery') this.#deliver(event, period, comparable);
    else if (event.type === 'rejected') this.#refuse(event, period, comparable);
    else if (period === NOW && !isNotice(event)) this.step(event.time, 'accepted', event.count);
  }

  resumed(): void {}
  closed(): void {}
  retracted(): void {}
  notified(): void {}
  notice(): void {}

  /** The period of a time; -1 where it is of no interest. */
  #periodOf(time: number): number {
    if (time >= this.#from) return time < this.#until ? NOW : -1;
    if (time < this.#earliest) return -1;
    return this.plan.days.findIndex((begin) => time >= begin) + 1;
  }

  #comparable(time: number, period: number): boolean {
    return this.hours === undefined || time - this.plan.days[period - 1]! < this.hours;
  }

  #deliver(event: TrackedEvent, period: number, comparable: boolean): void {
    const { status, prior, count } = event;
    if (event.hop) return;
    const attempted = event.attempt > 0 && !event.suspended;
    const written = !isNotice(event);
    if (period === NOW) this.#queue(event);
    if (attempted && comparable && written) {
      const state = status === 'delivered' ? 0 : status === 'deferred' ? 1 : status === 'bounced' ? 2 : -1;
      if (state >= 0) this.attempts[period]![state]! += count;
      if (event.attempt === 1) this.tried[period]! += count;
      if (period === NOW) {
        if (state >= 0) this.step(event.time, state === 0 ? 'delivered' : 'failed', count);
      } else if (state === 0) this.#usual(event.time, period, count);
    }
    const name = event.classification;
    if (name === undefined) {
      if (status === 'delivered' && period === NOW && written) this.#recover(event);
    } else if (isFailure(event)) {
      const fresh = !repeats(event) || this.#periodOf(prior!.time) !== period;
      this.#fail(event, name, period, comparable, fresh, attempted);
    }
    const login = event.message?.authUser;
    if (login !== undefined) this.#account(login, event, period, comparable);
  }

  #fail(
    event: TrackedEvent,
    name: Classification,
    period: number,
    comparable: boolean,
    fresh: boolean,
    attempted: boolean,
  ): void {
    // Of earlier days only recipients are counted.
    if (period !== NOW && !fresh) return;
    const cause = this.failures.of(name);
    addMta(cause.mtas, event.mta);
    const { count } = event;
    for (const row of rowsOf(cause, event)) {
      if (period !== NOW) {
        row.earlier += count;
        if (comparable) row.recipients[period]! += count;
        continue;
      }
      if (attempted) row.attempts += count;
      if (event.time < row.first) row.example = ownExample(event);
      addTime(row, event.time);
      if (!fresh) continue;
      row.recipients[NOW]! += count;
      this.#countMessage(row, event.message);
    }
    if (period !== NOW || !fresh || !OF_THE_ADDRESS.has(name.cause) || name.kind !== 'hard') return;
    const from = event.message?.from;
    if (from) this.#bad(rowForName(this.badLists, SENDERS, from), event);
  }

  #bad(row: SenderRow, event: TrackedEvent): void {
    row.recipients[NOW]! += event.count;
    row.refused += event.count;
    keepEarliest(row, event);
    addTime(row, event.time);
  }

  #countMessage(row: TrendRow, message: Message | undefined): void {
    if (message === undefined) return;
    const rows = this.#counted.get(message);
    if (rows === undefined) this.#counted.set(message, [row]);
    else if (rows.includes(row)) return;
    else rows.push(row);
    row.messages += 1;
  }

  /** What failed in the window was delivered in it. */
  #recover({ prior, count, message }: TrackedEvent): void {
    const name = prior?.classification;
    if (name === undefined || this.#periodOf(prior!.time) !== NOW) return;
    for (const row of rowsOf(this.failures.of(name), { ...prior!, message })) row.recovered += count;
  }

  #account(login: string, event: TrackedEvent, period: number, comparable: boolean): void {
    const row = rowForName(this.accounts, SENDERS, login);
    const { prior, count, classification: name } = event;
    const first = prior === undefined;
    if (period !== NOW) {
      if (first) row.earlier += count;
      if (first && comparable) row.recipients[period]! += count;
      return;
    }
    if (first) {
      row.recipients[NOW]! += count;
      addTime(row, event.time);
    }
    if (name === undefined || repeats(event)) return;
    if (name.kind === 'hard' || OF_SPAM.has(name.cause)) {
      row.refused += count;
      keepEarliest(row, event);
    }
  }

  #refuse(event: TrackedEvent, period: number, comparable: boolean): void {
    const { count } = event;
    if (comparable) this.attempts[period]![REJECTED]! += count;
    const name = event.classification;
    if (name === undefined) return;
    const cause = this.refusals.of(name);
    addMta(cause.mtas, event.mta);
    const row = cause.whole;
    if (period !== NOW) {
      row.earlier += count;
      if (comparable) row.recipients[period]! += count;
      return;
    }
    if (event.rejection?.authUser !== undefined) this.refusedLogins += count;
    row.recipients[NOW]! += count;
    row.attempts += count;
    if (event.time < row.first) row.example = ownExample(event);
    addTime(row, event.time);
  }

  /** Recipients that begin or end to wait. */
  #queue({ status, prior, time, count, attempt }: TrackedEvent): void {
    const waited = prior?.status === 'deferred';
    if (status === 'deferred') {
      if (!waited && attempt > 0) this.step(time, 'queued', count);
    } else if (waited) this.step(time, 'queued', -count);
  }

  /** Adds to the course of the window. */
  step(time: number, name: keyof CourseStep, count: number): void {
    if (Number.isNaN(this.origin)) this.origin = Math.floor(time / STEP) * STEP;
    const index = Math.floor((time - this.origin) / STEP);
    // Clocks go back now and then; that is no place in the course.
    if (index < 0 || this.#courseFull) return;
    if (index >= MOST_STEPS) {
      this.#courseFull = true;
      this.course.length = 0;
      return;
    }
    const { course } = this;
    while (course.length <= index) course.push({ delivered: 0, failed: 0, accepted: 0, queued: 0 });
    course[index]![name] += count;
  }

  #usual(time: number, period: number, count: number): void {
    if (this.hours === undefined) return;
    const index = Math.floor((time - this.plan.days[period - 1]!) / STEP);
    const { usualCourse } = this;
    while (usualCourse.length <= index) usualCourse.push(0);
    usualCourse[index]! += count;
  }
}

/** Whether a delivery is a failure that findings are about: an attempt that was made for mail, or the end of all. */
export function isFailure(event: TrackedEvent): boolean {
  const { classification, hop, attempt, suspended, status } = event;
  if (classification === undefined || hop || isNotice(event)) return false;
  return (attempt > 0 && !suspended) || status === 'expired';
}

/** Whether an event is about a notice. */
export function isNotice({ message }: Pick<TrackedEvent, 'message'>): boolean {
  return message !== undefined && isNotification(message);
}

/** Whether the recipient's event before failed for the same cause. */
export function repeats({ classification: name, prior }: TrackedEvent): boolean {
  const known = prior?.classification;
  if (name === undefined || known === undefined) return false;
  return known === name || (known.cause === name.cause && known.detail === name.detail);
}

function keepEarliest(row: SenderRow, event: TrackedEvent): void {
  if (row.example === undefined || event.time < row.example.time) row.example = ownExample(event);
}

/** The rows that a failure belongs to, from the widest to the narrowest. */
function rowsOf(cause: CauseTrend, event: Pick<TrackedEvent, 'provider' | 'to' | 'message'>): TrendRow[] {
  return scopesOf(cause, placeOf(event), cause.ofSender ? domainOf(event.message?.from) : '');
}

/**
 * The rows of a cause, of a place and of a sender's domain, which are empty where there are none, from the widest to
 * the narrowest.
 */
export function scopesOf(cause: CauseTrend, place: string, sender: string): TrendRow[] {
  const rows = [cause.whole];
  const placed = place === '' ? undefined : rowForName(cause.places, SCOPES, place);
  if (placed !== undefined) rows.push(placed);
  if (sender === '') return rows;
  rows.push(rowForName(cause.senders, SCOPES, sender));
  if (placed === undefined) return rows;
  placed.senders ??= emptyTable();
  rows.push(rowForName(placed.senders, SENDERS_OF_A_PLACE, sender));
  return rows;
}

/** The provider, or where that is not known the domain. */
export function placeOf({ provider, to }: Pick<TrackedEvent, 'provider' | 'to'>): string {
  return provider === undefined || provider === OTHER_PROVIDER ? domainOf(to) : provider;
}

/** The part from the last `@` on; empty where there is none. */
export function domainOf(address: string | undefined): string {
  const at = address === undefined ? -1 : address.lastIndexOf('@');
  return at < 0 ? '' : address!.slice(at);
}
