/** A report's counts from a store instead of from logs. */
import { Aggregate, type Window } from '../aggregate/aggregate.ts';
import type { ReportMeta } from '../aggregate/report.ts';
import { formatTime } from '../sink/delivery-event.ts';
import { requireCurrent } from './migrations.ts';
import { replay } from './replay.ts';
import { storedSources } from './sources.ts';
import type { Store } from './store.ts';

/** Counts what a store holds, to the same numbers as the logs that were loaded into it. */
export async function countStored(
  store: Store,
  window: Window,
  stop: AbortSignal,
): Promise<Pick<ReportMeta, 'inputs' | 'lines' | 'evicted'> & { aggregate: Aggregate }> {
  await requireCurrent(store);
  const sources = await storedSources(store);
  const aggregate = new Aggregate(window);
  await replay(store, sources, aggregate, window, stop);
  const sum = (name: 'lines' | 'used' | 'ignored' | 'unparsed' | 'evicted'): number =>
    sources.reduce((total, source) => total + source[name], 0);
  return {
    aggregate,
    inputs: sources.map(({ name, mta, lines, first, last }) => ({
      file: name,
      mta,
      lines,
      from: first === undefined ? undefined : formatTime(first),
      to: last === undefined ? undefined : formatTime(last),
    })),
    lines: { read: sum('lines'), used: sum('used'), ignored: sum('ignored'), unparsed: sum('unparsed') },
    evicted: sum('evicted'),
  };
}
