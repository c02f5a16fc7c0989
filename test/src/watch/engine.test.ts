import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
// @ts-expect-error The benchmarks are plain JavaScript.
import { attempts } from '../../../bench/simulation/attempts.mjs';
import type { TrackedEvent } from '../../../src/track/event.ts';
import { readAlertConfiguration } from '../../../src/watch/configuration.ts';
import { type Alert, AlertEngine, type EngineState } from '../../../src/watch/engine.ts';
import { DAY, GRAIN, HOUR, MINUTE } from '../../../src/watch/history.ts';
import { classification, delivery, message } from '../aggregate/events.ts';

const LISTED = classification('ip_blocklisted');
const SPF = classification('spf_fail');
const BUSY = classification('connection_failed', { kind: 'soft' });

/** The rules of a file, which must be right. */
function rulesOf(toml: string) {
  const { mistakes, rules } = readAlertConfiguration(toml);
  expect(mistakes).toEqual([]);
  return rules;
}

/** An engine with its clock, which ticks every ten minutes of what is fed to it. */
class Watched {
  readonly said: [hours: number, alert: Alert][] = [];
  readonly engine: AlertEngine;
  readonly #start: number;
  #now: number;

  constructor(toml: string, start = 0, state?: EngineState) {
    this.#start = start;
    this.#now = start;
    this.engine = new AlertEngine(rulesOf(toml), start, state);
  }

  until(time: number): this {
    while (this.#now + GRAIN <= time) {
      this.#now += GRAIN;
      for (const alert of this.engine.tick(this.#now))
        this.said.push([(this.#now - this.#start) / HOUR, alert]);
    }
    return this;
  }

  feed(time: number, ...events: TrackedEvent[]): this {
    this.until(time);
    for (const event of events) this.engine.event(event);
    return this;
  }

  /** When what was said, in hours. */
  get story(): string[] {
    return this.said.map(([hours, { status, rule, provider = '-', cause = '-' }]) =>
      [hours.toFixed(1), status, rule, provider, cause].join(' '),
    );
  }
}

const ok = (time: number, provider = 'google') => delivery(message(), 'delivered', { time, provider });
const failed = (time: number, why = SPF, provider = 'google') =>
  delivery(message(), why.kind === 'hard' ? 'bounced' : 'deferred', { time, provider, classification: why });

/** Attempts as `bench/simulation/attempts.mjs` makes them. */
interface Stream {
  readonly hours: number;
  readonly perHour: number;
  readonly seed: number;
  readonly incident?: { readonly from: number; readonly until: number; readonly share: number };
}

/** What is said of a provider that fails with 2 % as usual, and more than that in an incident. */
function simulate(stream: Stream): string[] {
  const watched = new Watched('[[rule]]\ntype = "rate"');
  const all: Iterable<{ time: number; failed: boolean }> = attempts({ from: 0, rate: 0.02, ...stream });
  for (const { time, failed: isFailed } of all) watched.feed(time, isFailed ? failed(time, BUSY) : ok(time));
  return watched.until(stream.hours * HOUR).story;
}

describe('a rule for rates', () => {
  it('is quiet while failures only scatter, at any number of attempts', () => {
    const said = [3, 20, 200].flatMap((perHour) =>
      [1, 2, 3].flatMap((seed) => simulate({ hours: 9 * 24, perHour, seed })),
    );
    expect(said).toEqual([]);
  });

  it('sees within hours that failures are far above what is usual, and that it is over', () => {
    const incident = { from: 8 * 24, until: 8 * 24 + 10, share: 0.2 };
    const said = simulate({ hours: 10 * 24, perHour: 100, incident, seed: 6 });
    const hours = said.map((line) => Number(line.split(' ')[0]) - 8 * 24);
    expect(said.map((line) => line.split(' ')[1])).toEqual(['firing', 'firing', 'firing', 'resolved']);
    expect(hours[0]).toBeLessThan(3);
    expect(hours.at(-1)).toBeLessThan(13);
  });

  it('says nothing about what is usual before it has watched for a day', () => {
    const incident = { from: 4, until: 20, share: 0.5 };
    expect(simulate({ hours: 20, perHour: 200, incident, seed: 5 })).toEqual([]);
  });

  it('with above needs no past', () => {
    const watched = new Watched('[[rule]]\ntype = "rate"\nabove = 0.4\nattempts = 20\nfor = "0s"');
    for (let n = 0; n < 20; n++) watched.feed(n * MINUTE, n % 2 === 0 ? failed(n * MINUTE) : ok(n * MINUTE));
    expect(watched.until(GRAIN * 3).story).toEqual(['0.3 firing rate google spf_fail']);
    expect(watched.said[0]![1].text).toBe(
      '10 of 20 attempts for google failed with spf_fail within an hour (50 %)',
    );
  });
});

it('is not misled by the notices of failures', () => {
  const watched = new Watched('[[rule]]\ntype = "rate"\nabove = 0.9\nattempts = 20\nfor = "0s"');
  for (let n = 0; n < 20; n++) {
    const notice = delivery(message({ from: '' }), 'delivered', { time: n * MINUTE, provider: 'google' });
    watched.feed(n * MINUTE, failed(n * MINUTE), notice);
  }
  expect(watched.until(GRAIN * 3).said[0]![1].text).toBe(
    '20 of 20 attempts for google failed with spf_fail within an hour (100 %)',
  );
});

describe('a rule for what is new', () => {
  const toml = '[[rule]]\ntype = "new"\n';

  it('fires on a few hard failures that there were none of before', () => {
    const watched = new Watched(toml);
    for (let hour = 0; hour < 72; hour++) watched.feed(hour * HOUR, ok(hour * HOUR));
    watched.feed(72 * HOUR, failed(72 * HOUR), failed(72 * HOUR)).until(73 * HOUR);
    expect(watched.story).toEqual([]);
    watched.feed(74 * HOUR, failed(74 * HOUR)).until(75 * HOUR);
    expect(watched.story).toEqual(['74.2 firing new google spf_fail']);
    expect(watched.said[0]![1].text).toBe(
      '3 failures with spf_fail at google within a day, and none in the 2 days before',
    );
    expect(watched.said[0]![1].remedy).toMatch(/spf/);
  });

  it('does not fire on what is known, on what is soft, or while it is new itself', () => {
    const watched = new Watched(toml);
    watched.feed(0, failed(0), failed(0), failed(0)).until(10 * HOUR);
    watched.feed(50 * HOUR, failed(50 * HOUR), failed(50 * HOUR), failed(50 * HOUR));
    watched.feed(51 * HOUR, ...Array.from({ length: 9 }, () => failed(51 * HOUR, BUSY)));
    expect(watched.until(60 * HOUR).story).toEqual([]);
  });
});

it('a rule for blocklists fires at once, and is over half an hour after the last reply has aged', () => {
  const watched = new Watched('[[rule]]\ntype = "listed"\nseverity = "critical"');
  watched.feed(HOUR, failed(HOUR, LISTED, 'microsoft')).until(5 * HOUR);
  expect(watched.story).toEqual([
    '1.2 firing listed microsoft ip_blocklisted',
    '2.5 resolved listed microsoft ip_blocklisted',
  ]);
  expect(watched.said[1]![1]).toMatchObject({
    severity: 'critical',
    startsAt: HOUR + GRAIN,
    endsAt: 2.5 * HOUR,
  });
});

describe('a rule for silence', () => {
  const toml = '[[rule]]\ntype = "silence"\nafter = "2h"';

  it('fires where nothing is delivered any more, though it is tried', () => {
    const watched = new Watched(toml);
    for (let n = 0; n < 30; n++) watched.feed(n * GRAIN, ok(n * GRAIN));
    for (let n = 30; n < 60; n++) watched.feed(n * GRAIN, failed(n * GRAIN, BUSY));
    watched.feed(10 * HOUR, ok(10 * HOUR)).until(12 * HOUR);
    expect(watched.story).toEqual(['7.0 firing silence - -', '10.5 resolved silence - -']);
  });

  it('is quiet where there was never anything', () => {
    expect(new Watched(toml).until(DAY).story).toEqual([]);
  });

  it('is quiet at night, and not when nothing is tried at a time that is busy every day', () => {
    const watched = new Watched(toml);
    for (let hour = 0; hour < 82; hour++)
      if (hour % 24 >= 8 && hour % 24 < 18) watched.feed(hour * HOUR, ok(hour * HOUR));
    // The fourth day ends at ten o'clock.
    watched.until(96 * HOUR);
    expect(watched.story[0]).toBe('83.2 firing silence - -');
    expect(watched.said[0]![1].text).toBe('nothing was delivered for 2 hours (0 attempts)');
  });
});

describe('a rule for the queue', () => {
  const waiting = (n: number, time: number) => {
    const of = message({ queueId: `Q${n}` });
    return delivery(of, 'deferred', { time, classification: BUSY, provider: 'google', to: 'a@b.example' });
  };

  it('counts recipients from their deferral to their end', () => {
    const watched = new Watched('[[rule]]\ntype = "queue"\nabove = 2\nfor = "0s"\nkeep = "0s"');
    const events = [0, 1, 2].map((n) => waiting(n, 0));
    watched.feed(0, ...events).until(HOUR);
    const again = delivery(message({ queueId: 'Q0' }), 'deferred', {
      time: HOUR,
      prior: events[0],
      classification: BUSY,
    });
    watched.feed(HOUR, again).until(2 * HOUR);
    const end = delivery(message({ queueId: 'Q0' }), 'delivered', { time: 2 * HOUR, prior: again });
    watched.feed(2 * HOUR, end).until(3 * HOUR);
    expect(watched.story).toEqual(['0.2 firing queue - -', '2.2 resolved queue - -']);
    expect(watched.said[0]![1].text).toBe('3 recipients wait for another attempt, the oldest for 10 minutes');
  });

  it('forgets messages that leave the queue', () => {
    const watched = new Watched('[[rule]]\ntype = "queue"\noldest = "1h"\nfor = "0s"');
    watched.feed(0, waiting(1, 0));
    watched.engine.closed(message({ queueId: 'Q1' }));
    expect(watched.until(3 * HOUR).story).toEqual([]);
  });
});

describe('an alert', () => {
  const toml = `[[rule]]\ntype = "listed"\nfor = "30m"\nkeep = "1h"\nrepeat = "2h"`;

  it('fires when its condition has held for a while without a break, repeats, and is over after a while', () => {
    const watched = new Watched(toml);
    watched.feed(0, failed(0, LISTED)).until(5 * HOUR);
    expect(watched.story).toEqual([
      '0.7 firing listed google ip_blocklisted',
      '2.0 resolved listed google ip_blocklisted',
    ]);
    const longer = new Watched(toml);
    for (let n = 0; n < 30; n++) longer.feed(n * GRAIN, failed(n * GRAIN, LISTED));
    expect(longer.until(10 * HOUR).story).toEqual([
      '0.7 firing listed google ip_blocklisted',
      '2.7 firing listed google ip_blocklisted',
      '4.7 firing listed google ip_blocklisted',
      '6.8 resolved listed google ip_blocklisted',
    ]);
    expect(longer.said.map(([, { repeated }]) => repeated)).toEqual([undefined, true, true, undefined]);
  });

  it('is one for each provider', () => {
    const watched = new Watched('[[rule]]\ntype = "listed"');
    watched.feed(0, failed(0, LISTED), failed(0, LISTED, 'yahoo')).until(GRAIN);
    expect(watched.engine.active.map(({ provider }) => provider)).toEqual(['google', 'yahoo']);
  });
});

it('goes on from what was saved as if there had been no break', () => {
  const toml =
    '[[rule]]\ntype = "listed"\nrepeat = "3h"\n[[rule]]\ntype = "new"\n[[rule]]\ntype = "queue"\nabove = 3';
  const feed = (watched: Watched, from: number, until: number) => {
    for (let n = from; n < until; n++) {
      const time = n * HOUR;
      const of = message({ queueId: `Q${n}` });
      const deferred = delivery(of, 'deferred', { time, classification: BUSY, provider: 'yahoo' });
      watched.feed(
        time,
        n % 5 === 0 ? failed(time, LISTED) : ok(time),
        ...(n > 40 ? [failed(time), deferred] : []),
      );
    }
    return watched;
  };
  const whole = feed(new Watched(toml), 0, 60).until(70 * HOUR);
  const first = feed(new Watched(toml), 0, 43);
  const saved: EngineState = deserialize(serialize(first.engine.state));
  const second = new Watched(toml, 42 * HOUR, saved);
  feed(second, 43, 60).until(70 * HOUR);
  const shifted = second.said.map(([hours, alert]) => [hours + 42, alert] as const);
  expect([...first.said, ...shifted].map(([hours, alert]) => [hours.toFixed(1), alert])).toEqual(
    whole.said.map(([hours, alert]) => [hours.toFixed(1), alert]),
  );
  expect(whole.said.length).toBeGreaterThan(5);
});

it('takes a stamp far ahead of the clock for now', () => {
  const watched = new Watched('[[rule]]\ntype = "listed"');
  watched.feed(0, failed(1000 * DAY, LISTED)).until(3 * HOUR);
  expect(watched.story).toEqual([
    '0.2 firing listed google ip_blocklisted',
    '1.5 resolved listed google ip_blocklisted',
  ]);
});
