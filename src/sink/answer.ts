/** The answer to what a report is read for, in sentences that every form of it begins with. */
import type { PartyCounts, Report } from '../aggregate/report.ts';
import type { Actor } from '../cause/catalogue.ts';
import { number, percent, plural } from './text/words.ts';

/** What failed, in one sentence. */
export function verdict({ totals }: Pick<Report, 'totals'>): string {
  const failed = failedOf(totals);
  if (totals.recipients === 0) return 'No mail was seen.';
  if (failed === 0) return `Nothing failed: ${plural(totals.recipients, 'recipient')}.`;
  const share = percent(failed, totals.recipients);
  return `${number(failed)} of ${plural(totals.recipients, 'recipient')} failed (${share}): ${failuresOf(totals)}.`;
}

/** What became of the others, in one sentence. */
export function remainder({ totals }: Pick<Report, 'totals'>): string {
  const parts = [
    [totals.delivered, 'delivered'],
    [totals.open, 'without an outcome yet'],
    [totals.held, 'held'],
    [totals.discarded, 'discarded'],
    [totals.deleted, 'deleted'],
  ] as const;
  const rest = parts.filter(([count]) => count > 0).map(([count, word]) => `${number(count)} ${word}`);
  if (totals.rejected > 0) rest.push(`${plural(totals.rejected, 'refusal')} by this server`);
  return rest.length === 0 ? '' : `${rest.join(', ')}.`;
}

/** How much of what failed is whose to mend: most first. */
export function actors({ causes }: Pick<Report, 'causes'>): { actor: Actor; recipients: number }[] {
  const sums = new Map<Actor, number>();
  for (const { who_acts, recipients } of causes) sums.set(who_acts, (sums.get(who_acts) ?? 0) + recipients);
  return [...sums]
    .map(([actor, recipients]) => ({ actor, recipients }))
    .filter(({ recipients }) => recipients > 0)
    .sort((a, b) => b.recipients - a.recipients);
}

/** Recipients that failed for now or for good. */
export function failedOf(counts: Pick<PartyCounts, 'deferred' | 'bounced' | 'expired'>): number {
  return counts.deferred + counts.bounced + counts.expired;
}

/** `443 bounced, 97 expired, 13 still deferred`: what is not nothing. */
export function failuresOf(counts: Pick<PartyCounts, 'deferred' | 'bounced' | 'expired'>): string {
  const parts = [
    [counts.bounced, 'bounced'],
    [counts.expired, 'expired'],
    [counts.deferred, 'still deferred'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${number(count)} ${word}`)
    .join(', ');
}
