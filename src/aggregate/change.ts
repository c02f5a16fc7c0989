/**
 * Whether a count is unusual beside the same count on earlier days.
 *
 * Failures come in bursts: days differ by far more than chance alone would have it. So a count must be far outside
 * of what the days vary among themselves, of what chance allows, and of a third of the mean; be at least twice the
 * mean; and not be explained by more mail.
 */
import type { Change } from './finding.ts';

/** One count and its past. */
export interface History {
  readonly now: number;
  /** The same on the covered days, as many as are covered. */
  readonly before: readonly number[];
  /** How often it was seen before at all, at any time of day. */
  readonly earlier: number;
  /** How much mail there was beside each of these counts. */
  readonly volumeNow: number;
  readonly volumeBefore: readonly number[];
  /** Rarely a chance matter: few cases of it are worth a word. */
  readonly grave: boolean;
}

/** How days vary beside chance, as a share of the mean. */
const BETWEEN_DAYS = 0.3;

/** With fewer days than these nothing is known of how they vary: a change must be larger. */
const ENOUGH_DAYS = 3;

/** Gives how a count stands beside its past. */
export function changeOf({ now, before, earlier, volumeNow, volumeBefore, grave }: History): Change {
  const days = before.length;
  if (days === 0) return 'unknown';
  const few = days < ENOUGH_DAYS;
  const usual = mean(before);
  if (earlier === 0) {
    const least = (grave ? 3 : 10) * (few ? 2 : 1);
    return now >= least ? 'new' : 'unknown';
  }
  const deviation = Math.sqrt(
    (Math.max(variance(before, usual), usual) + (BETWEEN_DAYS * usual) ** 2) * (1 + 1 / days),
  );
  const distance = deviation === 0 ? Infinity : (now - usual) / deviation;
  const volume = mean(volumeBefore);
  const byVolume = volume === 0 || volumeNow === 0 ? 1 : volumeNow / volume;
  if (
    now >= (few ? 20 : 10) &&
    now >= (few ? 3 : 2) * usual &&
    distance > (few ? 5 : 4) &&
    now >= 1.5 * usual * byVolume
  ) {
    return 'grew';
  }
  // Where little mail flowed little can fail: that is no good news.
  const flowed = byVolume >= 0.5;
  const onMostDays = before.filter((count) => count > 0).length >= Math.max(2, days / 2);
  if (now === 0) return flowed && onMostDays && usual >= 5 ? 'gone' : 'unknown';
  if (flowed && onMostDays && usual >= 10 && now <= usual / 3 && distance < -2) return 'fell';
  return 'steady';
}

/** Gives the mean of counts; of none it is 0. */
export function mean(counts: readonly number[]): number {
  return counts.length === 0 ? 0 : counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

function variance(counts: readonly number[], average: number): number {
  if (counts.length < 2) return 0;
  return counts.reduce((sum, count) => sum + (count - average) ** 2, 0) / (counts.length - 1);
}
