import type { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { buildReport } from '../../../src/aggregate/build.ts';
import type { Report } from '../../../src/aggregate/report.ts';
import { TEN } from './events.ts';

/** The report of an aggregate, with meta data that no test is about. */
export function reportOf(aggregate: Aggregate, top?: number): Report {
  return buildReport(aggregate, {
    now: TEN,
    inputs: [{ file: 'mail.log', mta: 'postfix', lines: 10 }],
    lines: { read: 10, used: 9, ignored: 1, unparsed: 0 },
    evicted: 0,
    top,
  });
}

/** The totals that are not zero. */
export function totalsOf(aggregate: Aggregate): Record<string, number> {
  return Object.fromEntries(Object.entries(reportOf(aggregate).totals).filter(([, count]) => count !== 0));
}
