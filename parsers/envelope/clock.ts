/**
 * Turns the stamps of log lines into milliseconds UTC: fills in the year that RFC 3164 leaves out and the zone that
 * most forms leave out. Everything here is worked out once for each hour or each new stamp, never for each line.
 */
import { tzOffset } from '@date-fns/tz/tzOffset';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What a clock knows of a source. Plain data: a clock that is given it goes on where the former stopped. */
export interface ClockState {
  /** No line is later than this (milliseconds UTC): the file's own time, or now for a stream. */
  latest: number;
  /** IANA zone of stamps without one, or their distance from UTC in minutes. */
  readonly zone: string | number;
  /** Year of the line before, or of the first line; worked out from `latest` where absent. */
  year?: number | undefined;
  /** Month of the line before, from 0. */
  month?: number | undefined;
}

/** Reads stamps of one source in the order of its lines. */
export class Clock {
  readonly state: ClockState;
  /** Local hour whose offset is `#offset`. */
  #hour = Number.NaN;
  #offset = 0;

  /** @param state is kept up to date */
  constructor(state: ClockState) {
    this.state = state;
  }

  /**
   * Milliseconds UTC of a wall-clock time, given as if it were UTC.
   * A time that summer time skips or repeats is taken as the earlier of the two readings.
   */
  utc(wall: number): number {
    const { zone } = this.state;
    if (typeof zone === 'number') return wall - zone * MINUTE;
    const hour = Math.floor(wall / HOUR);
    if (hour !== this.#hour) {
      this.#hour = hour;
      const guess = tzOffset(zone, new Date(wall));
      this.#offset = tzOffset(zone, new Date(wall - guess * MINUTE)) * MINUTE;
    }
    return wall - this.#offset;
  }

  /**
   * Milliseconds UTC of a stamp without a year; `month` counts from 0 and `rest` is the milliseconds since the
   * month began. The first stamp gets the latest year that does not lie in the future; a fall from December to
   * January begins a new year, unless that would lie in the future.
   */
  yearless(month: number, rest: number): number {
    const { state } = this;
    const before = state.month ?? month;
    let year = state.year ?? this.#latestYear(month, rest);
    if (month < before - 6) {
      // One that would lie in the future is a stray line: those after it go on in their own month.
      if (this.utc(Date.UTC(year + 1, month) + rest) > state.latest + DAY) {
        return this.utc(Date.UTC(year, month) + rest);
      }
      year += 1;
    } else if (month > before + 6) {
      // A straggler from December among the lines of January: it belongs to the old year.
      return this.utc(Date.UTC(year - 1, month) + rest);
    }
    state.year = year;
    state.month = month;
    return this.utc(Date.UTC(year, month) + rest);
  }

  #latestYear(month: number, rest: number): number {
    const { latest } = this.state;
    const year = new Date(latest).getUTCFullYear() + 1;
    for (let back = 0; back < 2; back++) {
      if (this.utc(Date.UTC(year - back, month) + rest) <= latest + DAY) return year - back;
    }
    return year - 2;
  }
}
