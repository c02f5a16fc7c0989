/** Numbers and times in the sentences of findings. */
import { TZDate } from '@date-fns/tz/date';
import type { Trend } from './trend.ts';

const GROUPED = new Intl.NumberFormat('en-US');

/** Gives a number with thousands separators. */
export function grouped(value: number): string {
  return GROUPED.format(value);
}

/** Gives a number with its noun. */
export function counted(value: number, noun: string): string {
  const plural = noun.endsWith('s') ? `${noun}es` : `${noun}s`;
  return `${grouped(value)} ${value === 1 ? noun : plural}`;
}

/** Gives `at 14:05`, with the date where the window is longer than a day. */
export function momentIn(time: number, zone: string, trend: Trend): string {
  const local = new TZDate(time, zone);
  const clock = [local.getHours(), local.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  if (trend.plan.window.from !== undefined && trend.length === 1) return `at ${clock}`;
  const day = [local.getFullYear(), local.getMonth() + 1, local.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
  return `on ${day} at ${clock}`;
}

/** Gives the text with a capital, as the beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
