/** What the window is compared with: which of the days before it the inputs cover, and what happened on them. */
import { mean } from './change.ts';
import type { PeriodCounts, ReportComparison } from './finding.ts';
import { HOUR_COUNTS } from './rows.ts';
import { timeOf } from './time.ts';
import { NOW, type Trend } from './trend.ts';

/** A log that begins this long after a day did still covers the day: at night little happens, and logs rotate then. */
const LATE_BEGINNING = 3_600_000;

/**
 * The positions of the earlier days that the inputs cover: on which something happened, and which did not begin
 * before the inputs do.
 * @param earliest the first stamp of the inputs; undefined where it is not known
 */
export function coveredDays({ plan, active }: Trend, earliest: number | undefined): number[] {
  return plan.days.flatMap((begin, index) => {
    const period = index + 1;
    return active[period] && earliest !== undefined && earliest <= begin + LATE_BEGINNING ? [period] : [];
  });
}

/** The beginning of the day before where the inputs hold a part of it only, which is too little to compare with. */
export function partialDay({ plan, active }: Trend, covered: readonly number[]): number | undefined {
  return covered.length === 0 && active[1] ? plan.days[0] : undefined;
}

/** Gives the comparison, or undefined where no earlier day is covered. */
export function comparisonOf(trend: Trend, covered: readonly number[]): ReportComparison | undefined {
  const { plan, attempts, length } = trend;
  const { from } = plan.window;
  if (covered.length === 0 || from === undefined) return undefined;
  const duration = (plan.window.until ?? plan.now) - from;
  const previous = covered.includes(1) && length === 1 ? attempts[1] : undefined;
  const begin = plan.days[0]!;
  return {
    days: covered.length,
    from: timeOf(plan.days[Math.max(...covered) - 1]!),
    window: countsOf(attempts[NOW]!),
    previous:
      previous === undefined
        ? null
        : { from: timeOf(begin), to: timeOf(Math.min(from, begin + duration)), ...countsOf(previous) },
    usual: countsOf(
      HOUR_COUNTS.map((_, index) => rounded(length * mean(covered.map((day) => attempts[day]![index]!)))),
    ),
  };
}

/** One decimal is enough for a mean. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function countsOf(counts: readonly number[]): PeriodCounts {
  const [delivered = 0, deferred = 0, bounced = 0, rejected = 0] = counts;
  return { delivered, deferred, bounced, rejected };
}
