/**
 * Alerts: which fire, which are over, and when that is to be said. One alert is one rule at one provider and cause.
 * It fires when its condition has held for a while, is said again from time to time, and is over when the condition
 * has not held for a while.
 */
import type { NoticeRecord } from '../../parsers/contract.ts';
import { advice, CATALOGUE, type CauseId } from '../cause/catalogue.ts';
import type { Message, TrackedEvent, TrackSink } from '../track/event.ts';
import { GRAIN, History, type HistoryState, HOUR } from './history.ts';
import { DeferredQueue, type QueueState } from './queue.ts';
import { type AlertRule, type Breach, breachesOf, type Severity } from './rules.ts';

/** What is said of an alert. Times in milliseconds. Its texts hold nothing that was taken from a log. */
export interface Alert {
  readonly status: 'firing' | 'resolved';
  /** It was said before, and still holds. */
  readonly repeated?: boolean;
  readonly rule: string;
  readonly severity: Severity;
  readonly provider: string | undefined;
  readonly cause: string | undefined;
  readonly text: string;
  /** What to do next, where there is a cause. */
  readonly remedy: string | undefined;
  readonly values: Readonly<Record<string, number>>;
  readonly startsAt: number;
  readonly endsAt: number | undefined;
  readonly channels: readonly string[];
}

/** What is remembered of a condition. */
interface Condition {
  readonly rule: string;
  breach: Breach;
  /** When it began to hold. */
  since: number;
  /** When it held last. */
  last: number;
  /** When the alert began; undefined before it did. */
  firing: number | undefined;
  /** When it was said last. */
  said: number;
}

/** Plain data, for the disk. */
export interface EngineState {
  readonly history: HistoryState;
  readonly queue: QueueState;
  readonly conditions: Map<string, Condition>;
}

/** An event may be so much ahead of the clock; anything more is a wrong stamp, and taken for now. */
const AHEAD = HOUR;

/** Looks at events, and at every tick says what there is to say. */
export class AlertEngine implements TrackSink {
  readonly #rules: readonly AlertRule[];
  readonly #history: History;
  readonly #queue: DeferredQueue;
  readonly #conditions: Map<string, Condition>;
  #now: number;
  #prunedAt = 0;

  /**
   * @param now where the clock stands, in milliseconds
   * @param state what an earlier engine left
   */
  constructor(rules: readonly AlertRule[], now: number, state?: EngineState) {
    this.#rules = rules;
    this.#now = now;
    this.#history = new History(state?.history);
    this.#queue = new DeferredQueue(state?.queue);
    this.#conditions = state?.conditions ?? new Map();
  }

  /** All that an engine needs to go on. */
  get state(): EngineState {
    return { history: this.#history.state, queue: this.#queue.state, conditions: this.#conditions };
  }

  /** Alerts that fire now. */
  get active(): Alert[] {
    const active: Alert[] = [];
    for (const condition of this.#conditions.values()) {
      const rule = this.#ruleOf(condition);
      if (rule !== undefined && condition.firing !== undefined) active.push(this.#alert(rule, condition));
    }
    return active;
  }

  event(event: TrackedEvent): void {
    const time = event.time > this.#now + AHEAD ? this.#now : event.time;
    this.#history.observe(event, time);
    this.#queue.observe(event, time);
  }

  closed(message: Message): void {
    this.#queue.closed(message);
  }

  resumed(): void {}

  retracted(): void {}

  notified(): void {}

  notice(_record: NoticeRecord): void {}

  /** Looks at everything as it is now. Gives what is to be said: alerts that begin, go on for long, or are over. */
  tick(now: number): Alert[] {
    this.#now = now;
    if (now - this.#prunedAt >= GRAIN) {
      this.#prunedAt = now;
      this.#history.prune(now);
      this.#queue.prune(now);
    }
    const said: Alert[] = [];
    for (const rule of this.#rules) {
      const since = (provider: string, cause: string) =>
        this.#conditions.get(keyOf(rule, { provider, cause }))?.since;
      const observed = { history: this.#history, queue: this.#queue, now, since };
      for (const breach of breachesOf(rule, observed)) this.#note(rule, breach, now);
    }
    for (const [key, condition] of this.#conditions) {
      const rule = this.#ruleOf(condition);
      // A rule that is no longer there has nothing to say any more.
      if (rule === undefined) this.#conditions.delete(key);
      else if (condition.firing === undefined) {
        if (condition.last < now) this.#conditions.delete(key);
        else if (now - condition.since >= rule.for) {
          condition.firing = now;
          condition.said = now;
          said.push(this.#alert(rule, condition));
        }
      } else if (condition.last < now && now - condition.last >= rule.keep) {
        this.#conditions.delete(key);
        said.push(this.#alert(rule, condition, now));
      } else if (condition.last === now && now - condition.said >= rule.repeat) {
        condition.said = now;
        said.push({ ...this.#alert(rule, condition), repeated: true });
      }
    }
    return said;
  }

  #note(rule: AlertRule, breach: Breach, now: number): void {
    const key = keyOf(rule, breach);
    const known = this.#conditions.get(key);
    if (known === undefined) {
      const fresh = { rule: rule.name, breach, since: now, last: now, firing: undefined, said: now };
      this.#conditions.set(key, fresh);
      return;
    }
    known.breach = breach;
    known.last = now;
  }

  #alert(rule: AlertRule, { breach, firing, since }: Condition, endsAt?: number): Alert {
    const { provider, cause, text, values } = breach;
    const { mtas } = this.#history.state;
    return {
      status: endsAt === undefined ? 'firing' : 'resolved',
      rule: rule.name,
      severity: rule.severity,
      provider,
      cause,
      text,
      remedy: CATALOGUE.has(cause as CauseId)
        ? advice(cause!, { mtas: [...mtas], provider }).remedy
        : undefined,
      values,
      startsAt: firing ?? since,
      endsAt,
      channels: rule.channels,
    };
  }

  #ruleOf({ rule }: Condition): AlertRule | undefined {
    return this.#rules.find(({ name }) => name === rule);
  }
}

function keyOf(
  { name }: AlertRule,
  { provider = '', cause = '' }: Pick<Breach, 'provider' | 'cause'>,
): string {
  return `${name}\0${provider}\0${cause}`;
}
