/** A report's counts from a store instead of from logs. */
import { Aggregate } from '../aggregate/aggregate.ts';
import { Both } from '../aggregate/both.ts';
import { findingFacts, type ReportMeta } from '../aggregate/build.ts';
import { shownFindings } from '../aggregate/findings.ts';
import { Trend, type TrendPlan } from '../aggregate/trend.ts';
import { formatTime } from '../sink/delivery-event.ts';
import type { TrackSink } from '../track/event.ts';
import { requireCurrent } from './migrations.ts';
import { replay } from './replay.ts';
import { type StoredSource, storedSources } from './sources.ts';
import type { Store } from './store.ts';
import { countWindow } from './sums.ts';
import { completeShown, followStored } from './trend.ts';

/**
 * Counts what a store holds, to the same numbers as the logs that were loaded into it.
 * @param before what stands before the counts and changes events: none is left to sums then
 */
export async function countStored(
  store: Store,
  plan: TrendPlan,
  stop: AbortSignal,
  before?: (sink: TrackSink) => TrackSink,
): Promise<Pick<ReportMeta, 'inputs' | 'lines' | 'evicted'> & { aggregate: Aggregate; trend: Trend }> {
  await requireCurrent(store);
  const sources = await storedSources(store);
  const [aggregate, trend] =
    before === undefined
      ? await Promise.all([
          countWindow(store, sources, plan.window, stop),
          followStored(store, sources, plan),
        ])
      : await tellAll(store, sources, plan, stop, before);
  const sum = (name: 'lines' | 'used' | 'ignored' | 'unparsed' | 'evicted'): number =>
    sources.reduce((total, source) => total + source[name], 0);
  const inputs = sources.map(({ name, mta, lines, first, last }) => ({
    file: name,
    mta,
    lines,
    from: first === undefined ? undefined : formatTime(first),
    to: last === undefined ? undefined : formatTime(last),
  }));
  if (before === undefined) {
    const shown = shownFindings(findingFacts(aggregate, { inputs, trend, now: plan.now }));
    await completeShown(store, sources, trend, shown);
  }
  return {
    aggregate,
    trend,
    inputs,
    lines: { read: sum('lines'), used: sum('used'), ignored: sum('ignored'), unparsed: sum('unparsed') },
    evicted: sum('evicted'),
  };
}

async function tellAll(
  store: Store,
  sources: readonly StoredSource[],
  plan: TrendPlan,
  stop: AbortSignal,
  before: (sink: TrackSink) => TrackSink,
): Promise<[Aggregate, Trend]> {
  const { window, days } = plan;
  const aggregate = new Aggregate(window);
  const trend = new Trend(plan);
  await replay(store, sources, before(new Both(trend, aggregate)), {
    window: { from: days.at(-1) ?? window.from, until: window.until },
    stop,
  });
  return [aggregate, trend];
}
