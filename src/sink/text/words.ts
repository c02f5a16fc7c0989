/** Numbers, shares, spans and times in the words of a report. */
import { TZDate } from '@date-fns/tz/date';
import { grouped as number } from '../../aggregate/wording.ts';

export { number };

/** Between a number and its unit: no line is broken there. */
const NO_BREAK = '\u00a0';

/** Gives a number with its noun, of which the singular is given: `1 recipient`, `1,022 recipients`. */
export function plural(value: number, noun: string): string {
  return `${number(value)}${NO_BREAK}${noun}${value === 1 ? '' : 's'}`;
}

/** Gives a part of a whole as a percentage that never rounds something to nothing or almost all to all. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return `0${NO_BREAK}%`;
  const value = (part / whole) * 100;
  if (value < 0.1) return `<0.1${NO_BREAK}%`;
  if (value < 1) return `${value.toFixed(1)}${NO_BREAK}%`;
  if (value > 99 && value < 100) return `>99${NO_BREAK}%`;
  return `${Math.round(value)}${NO_BREAK}%`;
}

/** Delays are known to this share only: what is so close to a whole second is one. */
const TOLERANCE = 0.02;

/** Gives a span of seconds in its two largest units. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole > 0 && whole < 10 && Math.abs(seconds - whole) <= TOLERANCE * whole)
    return `${whole}${NO_BREAK}s`;
  if (seconds < 10) return `${Number(seconds.toPrecision(2))}${NO_BREAK}s`;
  if (seconds < 59.5) return `${Math.round(seconds)}${NO_BREAK}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}${NO_BREAK}min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, 'h', minutes % 60, 'min');
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const parts = small === 0 ? [large, largeUnit] : [large, largeUnit, small, smallUnit];
  return parts.join(NO_BREAK);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Gives day and time of day in a zone, `9 Nov 10:00`, of milliseconds since the epoch. */
export function momentIn(zone: string, time: number): string {
  const local = new TZDate(time, zone);
  return `${dayOf(local)} ${clockOf(local)}`;
}

/** Gives the date in a zone, `9 Nov 2026`, of milliseconds since the epoch. */
export function dateIn(zone: string, time: number): string {
  const local = new TZDate(time, zone);
  return `${dayOf(local)} ${local.getFullYear()}`;
}

/** Gives the day in a zone, `9 Nov`, of milliseconds since the epoch. */
export function dayIn(zone: string, time: number): string {
  return dayOf(new TZDate(time, zone));
}

/** Gives the time of day in a zone, `10:00`, of milliseconds since the epoch. */
export function clockIn(zone: string, time: number): string {
  return clockOf(new TZDate(time, zone));
}

/** Gives a span in a zone, with the date named once where it is the same. */
export function spanIn(zone: string, from: number, to: number): string {
  const [first, last] = [dateIn(zone, from), dateIn(zone, to)];
  const [begin, end] = [clockOf(new TZDate(from, zone)), clockOf(new TZDate(to, zone))];
  return `${first} ${begin} to ${last === first ? end : `${last} ${end}`} ${zone}`;
}

function dayOf(local: TZDate): string {
  return `${local.getDate()} ${MONTHS[local.getMonth()]}`;
}

function clockOf(local: TZDate): string {
  return [local.getHours(), local.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
