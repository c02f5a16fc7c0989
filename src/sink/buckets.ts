/** Hours of a report added up, so that any length of time fits a page. */
import type { ReportHour } from '../aggregate/report.ts';

/** Results of attempts, and refusals by this server. */
export const OUTCOMES = ['delivered', 'deferred', 'bounced', 'rejected'] as const;

export type Outcome = (typeof OUTCOMES)[number];

const HOUR = 3_600_000;

/** Hours that one column can stand for. */
const STEPS = [1, 2, 3, 6, 12, 24, 2 * 24, 7 * 24, 28 * 24, 365 * 24, 3650 * 24] as const;

/** Attempts and refusals of a span of hours. */
export interface Bucket {
  /** Beginning, in milliseconds since the epoch. */
  time: number;
  delivered: number;
  deferred: number;
  bounced: number;
  rejected: number;
  /** By provider: attempts, and those that failed. */
  readonly providers: Map<string, { attempts: number; failed: number }>;
}

/** Adds the hours up into at most `most` equal spans without gaps. */
export function bucketsOf(hours: readonly ReportHour[], most: number): Bucket[] {
  if (hours.length === 0) return [];
  const begin = Date.parse(hours[0]!.hour);
  const count = (Date.parse(hours.at(-1)!.hour) - begin) / HOUR + 1;
  const step = STEPS.find((hours) => count / hours <= most) ?? STEPS.at(-1)!;
  const buckets = Array.from({ length: Math.min(most, Math.ceil(count / step)) }, (_, index) => ({
    time: begin + index * step * HOUR,
    delivered: 0,
    deferred: 0,
    bounced: 0,
    rejected: 0,
    providers: new Map<string, { attempts: number; failed: number }>(),
  }));
  for (const hour of hours) {
    const index = Math.floor((Date.parse(hour.hour) - begin) / HOUR / step);
    const bucket = buckets[Math.min(index, buckets.length - 1)]!;
    for (const result of OUTCOMES) bucket[result] += hour[result];
    for (const { provider, delivered, deferred, bounced } of hour.providers) {
      const counts = bucket.providers.get(provider) ?? { attempts: 0, failed: 0 };
      counts.attempts += delivered + deferred + bounced;
      counts.failed += deferred + bounced;
      bucket.providers.set(provider, counts);
    }
  }
  return buckets;
}

/** Hours that each of the buckets stands for. */
export function stepOf([first, second]: readonly Bucket[]): number {
  return first === undefined || second === undefined ? 1 : (second.time - first.time) / HOUR;
}

/** What one of the buckets is called. */
export function stepName(buckets: readonly Bucket[]): string {
  const hours = stepOf(buckets);
  if (hours === 1) return 'hour';
  if (hours < 24) return `${hours} hours`;
  return hours === 24 ? 'day' : `${hours / 24} days`;
}
