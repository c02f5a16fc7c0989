/** Alert rules: what each looks at, and whether it holds now. Pure functions of what has been counted. */
import type { CauseId } from '../cause/catalogue.ts';
import { LOCAL, OTHER } from '../cause/providers.ts';
import type { Kind } from '../event/event.ts';
import { DAY, type FailureKind, type History, HOUR, MINUTE, type Pair } from './history.ts';
import type { DeferredQueue } from './queue.ts';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What all rules have. Times in milliseconds. */
interface CommonRule {
  readonly name: string;
  readonly severity: Severity;
  /** The condition must hold for so long before the alert fires. */
  readonly for: number;
  /** It must not have held for so long before the alert is resolved. */
  readonly keep: number;
  /** A firing alert is sent again after this time. */
  readonly repeat: number;
  /** Names of the channels that it is sent to. */
  readonly channels: readonly string[];
}

/** Failures of one provider and cause are well above what is usual for the two. */
export interface RateRule extends CommonRule {
  readonly type: 'rate';
  readonly kind: FailureKind;
  /** Only these; all where absent. */
  readonly providers: readonly string[] | undefined;
  readonly causes: readonly string[] | undefined;
  /** Fewer failures than this are no alert. */
  readonly least: number;
  /** The window is an hour, and grows up to a day until it has so many attempts. */
  readonly attempts: number;
  /** So many standard deviations above the usual rate, and so many times as high. */
  readonly deviations: number;
  readonly factor: number;
  /** Share of the attempts from which it is an alert whatever is usual, 0 to 1. */
  readonly above: number | undefined;
}

/** A provider fails with a cause that it has not failed with for seven days. */
export interface NewRule extends CommonRule {
  readonly type: 'new';
  readonly kind: FailureKind;
  readonly providers: readonly string[] | undefined;
  readonly causes: readonly string[] | undefined;
  readonly least: number;
}

/** Other servers say that a blocklist holds this server or its domains. */
export interface ListedRule extends CommonRule {
  readonly type: 'listed';
  /** So many such replies within an hour. */
  readonly least: number;
}

/** No mail is delivered any more. */
export interface SilenceRule extends CommonRule {
  readonly type: 'silence';
  readonly after: number;
}

/** Too much waits, or for too long. */
export interface QueueRule extends CommonRule {
  readonly type: 'queue';
  /** Recipients that wait. */
  readonly above: number | undefined;
  /** Since the first deferral of the oldest. */
  readonly oldest: number | undefined;
}

export type AlertRule = RateRule | NewRule | ListedRule | SilenceRule | QueueRule;
export type RuleType = AlertRule['type'];

/** What there is to look at. */
export interface Observed {
  readonly history: History;
  readonly queue: DeferredQueue;
  /** Milliseconds. */
  readonly now: number;
  /** Since when the rule has held there without a break; undefined where it did not hold just now. */
  readonly since: (provider: string, cause: string) => number | undefined;
}

/** A rule holds, for a provider and cause where it is about these. */
export interface Breach {
  readonly provider?: string;
  readonly cause?: string;
  readonly kind?: Kind;
  /** What is seen, in one sentence without a full stop. */
  readonly text: string;
  /** The figures of it, for programs. */
  readonly values: Readonly<Record<string, number>>;
}

/** What is usual is taken from so long before the window. */
const BASELINE = 7 * DAY;
/** Whoever has watched for less than this knows nothing of what is usual. */
const COLD = DAY;

const BLOCKLISTED: readonly CauseId[] = ['ip_blocklisted', 'domain_blocklisted'];

/** Where the rule holds now. */
export function breachesOf(rule: AlertRule, observed: Observed): Breach[] {
  switch (rule.type) {
    case 'rate':
      return rate(rule, observed);
    case 'new':
      return unseen(rule, observed);
    case 'listed':
      return listed(rule, observed);
    case 'silence':
      return silence(rule, observed);
    case 'queue':
      return waiting(rule, observed);
  }
}

/**
 * Failures scatter more from hour to hour than chance alone would let them: some hours have a bad list, or a provider
 * that is busy. So the variance between the hours before is added to that of chance, else every lively provider
 * would alert several times a week.
 */
function rate(rule: RateRule, { history, now, since }: Observed): Breach[] {
  const breaches: Breach[] = [];
  for (const pair of wanted(rule, history)) {
    const { provider, cause } = pair;
    let hours = 1;
    while (hours < 24 && history.attempts(provider, now - hours * HOUR) < rule.attempts) hours += 1;
    const from = now - hours * HOUR;
    const attempts = history.attempts(provider, from);
    const failures = history.failures(pair, rule.kind, from);
    if (failures < rule.least) continue;
    const share = failures / attempts;
    // What has been unusual for hours must not become the usual.
    const until = Math.min(from, (since(provider, cause) ?? now) - hours * HOUR);
    const usual = usualRate(pair, rule.kind, history, until);
    const isHigh = rule.above !== undefined && share >= rule.above && attempts >= rule.attempts;
    const isUnusual =
      usual !== undefined &&
      isWarm(history, now) &&
      share >= rule.factor * usual.share &&
      share - usual.share >
        rule.deviations *
          Math.sqrt((usual.share * (1 - usual.share)) / attempts + usual.betweenHours / hours);
    if (!isHigh && !isUnusual) continue;
    breaches.push({
      provider,
      cause,
      text:
        `${failures} of ${attempts} attempts for ${nameOf(provider)} failed with ${cause} within ` +
        `${hours === 1 ? 'an hour' : `${hours} hours`} (${percent(share)}` +
        `${usual === undefined ? '' : `, usually ${percent(usual.share)}`})`,
      values: { failures, attempts, share, hours, ...(usual !== undefined && { usual: usual.share }) },
    });
  }
  return breaches;
}

/** The usual share of failures and its variance between hours; undefined where there was nothing to learn from. */
function usualRate(
  pair: Pair,
  kind: FailureKind,
  history: History,
  until: number,
): { share: number; betweenHours: number } | undefined {
  const hours = [...history.hours(pair, kind, until - BASELINE, until)];
  const attempts = hours.reduce((sum, hour) => sum + hour.attempts, 0);
  if (attempts === 0) return undefined;
  const failures = hours.reduce((sum, hour) => sum + hour.failures, 0);
  // As if there had been one more of each: nothing is impossible that was never seen.
  const share = (failures + 1) / (attempts + 2);
  const scatter =
    hours.reduce((sum, hour) => sum + hour.attempts * (hour.failures / hour.attempts - share) ** 2, 0) /
    attempts;
  const byChance = (share * (1 - share) * hours.length) / attempts;
  return { share, betweenHours: Math.max(0, scatter - byChance) };
}

function unseen(rule: NewRule, { history, now }: Observed): Breach[] {
  if (!isWarm(history, now)) return [];
  const from = now - DAY;
  const breaches: Breach[] = [];
  for (const pair of wanted(rule, history)) {
    const { provider, cause } = pair;
    const failures = history.failures(pair, rule.kind, from);
    if (failures < rule.least) continue;
    // Whole hours: the one in which the day begins is not among those before.
    if (history.failuresBefore(pair, rule.kind, from - BASELINE, from) > 0) continue;
    const days = Math.floor(Math.min(BASELINE, from - history.state.begun!) / DAY);
    if (days < 1) continue;
    breaches.push({
      provider,
      cause,
      text:
        `${failures} failures with ${cause} at ${nameOf(provider)} within a day, and none in the ` +
        `${days === 1 ? 'day' : `${days} days`} before`,
      values: { failures, days },
    });
  }
  return breaches;
}

function listed(rule: ListedRule, { history, now }: Observed): Breach[] {
  const breaches: Breach[] = [];
  for (const pair of history.pairs('all')) {
    const { provider, cause } = pair;
    if (!(BLOCKLISTED as readonly string[]).includes(cause)) continue;
    const failures = history.failures(pair, 'all', now - HOUR);
    if (failures < rule.least) continue;
    const what = cause === 'ip_blocklisted' ? 'this server' : 'a domain of ours';
    const replies = failures === 1 ? 'a reply' : `${failures} replies`;
    breaches.push({
      provider,
      cause,
      text: `a blocklist holds ${what}, according to ${replies} of ${nameOf(provider)} within an hour`,
      values: { failures },
    });
  }
  return breaches;
}

function silence(rule: SilenceRule, { history, now }: Observed): Breach[] {
  const { begun } = history.state;
  const from = now - rule.after;
  if (begun === undefined || begun > from || history.delivered(from) > 0) return [];
  const attempts = history.attempts(undefined, from);
  // Nights and weekends are quiet: where nothing is even tried, it must have been otherwise at this time of each day.
  if (attempts === 0 && !isBusyTime(history, from, now)) return [];
  return [
    {
      text: `nothing was delivered for ${inWords(rule.after)} (${attempts} attempts)`,
      values: { attempts },
    },
  ];
}

/** Whether at this time mail was delivered on each of the days before, of which there must be two at least. */
function isBusyTime(history: History, from: number, until: number): boolean {
  const days = Math.floor(Math.min(BASELINE, from - history.state.begun!) / DAY);
  if (days < 2) return false;
  for (let day = 1; day <= days; day++) {
    if (!history.deliveredWithin(from - day * DAY, until - day * DAY)) return false;
  }
  return true;
}

function waiting(rule: QueueRule, { queue, now }: Observed): Breach[] {
  const { recipients, oldest } = queue;
  const age = oldest === undefined ? 0 : now - oldest;
  const isLong = rule.above !== undefined && recipients > rule.above;
  const isOld = rule.oldest !== undefined && age > rule.oldest;
  if (!isLong && !isOld) return [];
  return [
    {
      text: `${recipients} recipients wait for another attempt, the oldest for ${inWords(age)}`,
      values: { recipients, oldest_seconds: Math.round(age / 1000) },
    },
  ];
}

/** What the rule is about, of all that failed within the last day. */
function* wanted(rule: RateRule | NewRule, history: History): Iterable<Pair> {
  for (const pair of history.pairs(rule.kind)) {
    if (rule.providers !== undefined && !rule.providers.includes(pair.provider)) continue;
    if (rule.causes !== undefined && !rule.causes.includes(pair.cause)) continue;
    yield pair;
  }
}

function isWarm(history: History, now: number): boolean {
  return history.state.begun !== undefined && now - history.state.begun >= COLD;
}

function nameOf(provider: string): string {
  if (provider === LOCAL) return 'this host';
  return provider === OTHER ? 'providers without a name' : provider;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** A time in its largest unit that leaves at least two of it. */
function inWords(milliseconds: number): string {
  if (milliseconds >= 2 * DAY) return `${Math.floor(milliseconds / DAY)} days`;
  if (milliseconds >= 2 * HOUR) return `${Math.floor(milliseconds / HOUR)} hours`;
  const minutes = Math.max(1, Math.floor(milliseconds / MINUTE));
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}
