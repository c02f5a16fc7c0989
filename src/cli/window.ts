/** Time words of the command line: `--since`, `--until`, `--day`, `--tz`, `--year`, `--now`. */
import { TZDate } from '@date-fns/tz/date';
import { tz } from '@date-fns/tz/tz';
import { addDays } from 'date-fns/addDays';
import { parseISO } from 'date-fns/parseISO';
import { startOfDay } from 'date-fns/startOfDay';
import { sub } from 'date-fns/sub';
import type { Window } from '../aggregate/aggregate.ts';
import { UsageError } from './errors.ts';
import { nearest } from './suggest.ts';

/** Where "now" is and whose days are meant. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** IANA name or distance from UTC such as `+02:00`. */
  readonly zone: string;
}

/** The time flags as they were typed. */
export interface WindowFlags {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly day?: string | undefined;
}

const MOMENT_FORMS =
  'give now, today, yesterday, a distance back such as 30m, 2h or 7d, a date (2026-11-23), ' +
  'a date and time (2026-11-23T14:30, with Z or +01:00 if you like) or seconds since the epoch (@1795392000)';
const DAY_FORMS = 'give yesterday, today or a date such as 2026-11-23';
const ZONE_FORMS = 'give a name such as Europe/Berlin or UTC, or a distance such as +02:00';

/** `2h`, and `-2h` for those who think of it that way: both lie in the past. */
const DISTANCE = /^-?(\d{1,6})([smhdw])$/;
const UNITS = { s: 'seconds', m: 'minutes', h: 'hours', d: 'days', w: 'weeks' } as const;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;
const EPOCH = /^@(\d{1,11}(?:\.\d{1,9})?)$/;
const ZONE_DISTANCE = /^[+-](0\d|1[0-4]):?[0-5]\d$/;

/** The window that the flags speak of; ends that they do not name are open. */
export function parseWindow(flags: WindowFlags, clock: Clock): Window {
  if (flags.day !== undefined) {
    if (flags.since !== undefined || flags.until !== undefined) {
      throw new UsageError('--day cannot be combined with --since or --until', 'use one or the other');
    }
    return parseDay(flags.day, clock);
  }
  const from = flags.since === undefined ? undefined : parseMoment('--since', flags.since, clock);
  const until = flags.until === undefined ? undefined : parseMoment('--until', flags.until, clock);
  if (from !== undefined && until !== undefined && from >= until) {
    throw new UsageError(
      `--since ${flags.since} is not before --until ${flags.until}`,
      'the window begins at --since and ends just before --until',
    );
  }
  return { from, until };
}

/** The beginnings of as many days before a moment, the latest first: as far apart as the days of the zone are. */
export function daysBefore(moment: number, count: number, zone: string): number[] {
  return Array.from({ length: count }, (_, index) =>
    addDays(moment, -(index + 1), { in: tz(zone) }).getTime(),
  );
}

/** A moment in milliseconds since the epoch. Words and dates mean the first moment of that day in the zone. */
export function parseMoment(flag: string, text: string, clock: Clock): number {
  const found =
    parseWord(text, clock) ?? parseDistance(text, clock) ?? parseEpoch(text) ?? parseDate(text, clock);
  if (found === undefined || Number.isNaN(found)) {
    throw new UsageError(`${flag} ${quoted(text)} is not a time that is understood`, MOMENT_FORMS);
  }
  return found;
}

/** A zone that this machine knows; without one, its own. */
export function parseZone(text: string | undefined): string {
  if (text === undefined) return Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (ZONE_DISTANCE.test(text)) return text;
  try {
    return Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    const meant = nearest(text, Intl.supportedValuesOf('timeZone'));
    const hint = meant === undefined ? ZONE_FORMS : `did you mean ${meant}?`;
    throw new UsageError(`--tz ${quoted(text)} is not a time zone`, hint);
  }
}

/** The year of the first line of a log whose stamps have none. */
export function parseYear(text: string): number {
  const year = Number(text);
  if (!/^\d{4}$/.test(text) || year < 1970) {
    throw new UsageError(`--year ${quoted(text)} is not a year`, 'give four digits, such as 2026');
  }
  return year;
}

function parseDay(text: string, clock: Clock): Window {
  const start = DATE.test(text)
    ? parseDate(text, clock)
    : text === 'now'
      ? undefined
      : parseWord(text, clock);
  if (start === undefined || Number.isNaN(start)) {
    throw new UsageError(`--day ${quoted(text)} is not a day that is understood`, DAY_FORMS);
  }
  const zone = tz(clock.zone);
  return { from: start, until: startOfDay(addDays(start, 1, { in: zone }), { in: zone }).getTime() };
}

function parseWord(text: string, clock: Clock): number | undefined {
  const now = new TZDate(clock.now, clock.zone);
  if (text === 'now') return clock.now;
  if (text === 'today') return startOfDay(now).getTime();
  if (text === 'yesterday') return startOfDay(addDays(now, -1)).getTime();
  return undefined;
}

function parseDistance(text: string, clock: Clock): number | undefined {
  const found = DISTANCE.exec(text);
  if (found === null) return undefined;
  const unit = UNITS[found[2] as keyof typeof UNITS];
  return sub(new TZDate(clock.now, clock.zone), { [unit]: Number(found[1]) }).getTime();
}

function parseEpoch(text: string): number | undefined {
  const found = EPOCH.exec(text);
  return found === null ? undefined : Math.round(Number(found[1]) * 1000);
}

/** Gives NaN for a date that looks right but does not exist, such as 2026-02-30. */
function parseDate(text: string, clock: Clock): number | undefined {
  if (!DATE.test(text) && !DATE_TIME.test(text)) return undefined;
  return parseISO(text.replace(' ', 'T').replace(',', '.'), { in: tz(clock.zone) }).getTime();
}

function quoted(text: string): string {
  return `"${text}"`;
}
