import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/cli/errors.ts';
import { parseMoment, parseWindow, parseYear, parseZone } from '../../../src/cli/window.ts';
import fc from '../../property.ts';

/** Half past two in the afternoon in Berlin, the day after the fixtures. */
const berlin = { now: Date.parse('2026-11-24T13:30:00Z'), zone: 'Europe/Berlin' };
const HOUR = 3_600_000;

function moment(text: string, clock = berlin): string {
  return new Date(parseMoment('--since', text, clock)).toISOString();
}

function day(text: string, clock = berlin): [string, string] {
  const { from, until } = parseWindow({ day: text }, clock);
  return [new Date(from!).toISOString(), new Date(until!).toISOString()];
}

describe('moments', () => {
  it.each([
    ['now', '2026-11-24T13:30:00.000Z'],
    ['today', '2026-11-23T23:00:00.000Z'],
    ['yesterday', '2026-11-22T23:00:00.000Z'],
    ['45s', '2026-11-24T13:29:15.000Z'],
    ['30m', '2026-11-24T13:00:00.000Z'],
    ['-30m', '2026-11-24T13:00:00.000Z'],
    ['2h', '2026-11-24T11:30:00.000Z'],
    ['7d', '2026-11-17T13:30:00.000Z'],
    ['1w', '2026-11-17T13:30:00.000Z'],
    ['2026-11-20', '2026-11-19T23:00:00.000Z'],
    ['2026-11-20T08:15', '2026-11-20T07:15:00.000Z'],
    ['2026-11-20 08:15:30', '2026-11-20T07:15:30.000Z'],
    ['2026-11-20T08:15:30.25Z', '2026-11-20T08:15:30.250Z'],
    ['2026-11-20T08:15:30,25Z', '2026-11-20T08:15:30.250Z'],
    ['2026-11-20T08:15-0500', '2026-11-20T13:15:00.000Z'],
    ['2026-11-20T08:15+05:30', '2026-11-20T02:45:00.000Z'],
    ['@1795392000', '2026-11-23T00:00:00.000Z'],
    ['@1795392000.5', '2026-11-23T00:00:00.500Z'],
  ])('%s is %s', (text, expected) => {
    expect(moment(text)).toBe(expected);
  });

  it('takes days as days of the calendar where summer time ends in between', () => {
    const clock = { now: Date.parse('2026-10-26T11:00:00Z'), zone: 'Europe/Berlin' };
    expect(moment('2d', clock)).toBe('2026-10-24T10:00:00.000Z');
    expect(moment('48h', clock)).toBe('2026-10-24T11:00:00.000Z');
  });

  it.each([
    ...['', ' ', 'tomorrow', 'last week', '7', '7x', '--7d', '+7d', '1.5h', '7d7h', '9999999d'],
    ...['2026', '2026-11', '2026-13-01', '2026-02-30', '2026-11-20T', '2026-11-20T25:00', '2026-11-20T08:61'],
    ...[
      '20261120',
      '20/11/2026',
      '@',
      '@x',
      '@-1',
      '2026-11-20T08:15 CET',
      'NaN',
      'Infinity',
      'today ',
      'Today',
    ],
  ])('refuses "%s" and names the forms', (text) => {
    expect(() => moment(text)).toThrow(UsageError);
    expect(() => moment(text)).toThrow(`--since "${text}"`);
    try {
      moment(text);
    } catch (error) {
      expect((error as UsageError).hint).toContain('today');
    }
  });

  it('agrees with itself whatever the form', () => {
    const dates = fc.date({
      min: new Date('1990-01-01'),
      max: new Date('2090-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, (date) => {
        const milliseconds = Math.floor(date.getTime() / 1000) * 1000;
        const iso = new Date(milliseconds).toISOString();
        expect(parseMoment('--since', iso, berlin)).toBe(milliseconds);
        expect(parseMoment('--since', iso.replace('T', ' '), berlin)).toBe(milliseconds);
        expect(parseMoment('--since', `@${milliseconds / 1000}`.replace('@-', '@'), berlin)).toBe(
          Math.abs(milliseconds),
        );
      }),
    );
  });

  it('never gives anything but a time or a usage error', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[-@T:.0-9smhdw ]{0,24}$/),
      fc.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(Number.isFinite(parseMoment('--since', text, berlin))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

describe('days', () => {
  it.each([
    ['today', '2026-11-23T23:00:00.000Z', '2026-11-24T23:00:00.000Z'],
    ['yesterday', '2026-11-22T23:00:00.000Z', '2026-11-23T23:00:00.000Z'],
    ['2026-11-20', '2026-11-19T23:00:00.000Z', '2026-11-20T23:00:00.000Z'],
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ])('%s goes from %s to %s', (text, from, to) => {
    expect(day(text)).toEqual([from, to]);
  });

  it.each(['tomorrow', 'now', '7d', '2026-02-30', '2026-11-20T08:15', '@0', ''])('refuses "%s"', (text) => {
    expect(() => day(text)).toThrow(UsageError);
  });

  it('lie side by side, in every zone and in summer time', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/Sao_Paulo',
      'Asia/Kolkata',
      'UTC',
      '+05:30',
      '-08:00',
    );
    const days = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(days, zones, (number, zone) => {
        const clock = { now: berlin.now, zone };
        const name = (offset: number) => new Date((number + offset) * 24 * HOUR).toISOString().slice(0, 10);
        const first = parseWindow({ day: name(0) }, clock);
        const second = parseWindow({ day: name(1) }, clock);
        expect(first.until).toBe(second.from);
        expect(first.until! - first.from!).toBeGreaterThanOrEqual(23 * HOUR);
        expect(first.until! - first.from!).toBeLessThanOrEqual(25 * HOUR);
      }),
    );
  });
});

describe('windows', () => {
  it('is open where nothing is said', () => {
    expect(parseWindow({}, berlin)).toEqual({});
    expect(parseWindow({ since: '2h' }, berlin).until).toBeUndefined();
  });

  it('refuses ends that leave nothing between them', () => {
    expect(() => parseWindow({ since: 'today', until: 'today' }, berlin)).toThrow(/not before --until today/);
    expect(() => parseWindow({ since: '1h', until: '2h' }, berlin)).toThrow(UsageError);
  });

  it('refuses a day together with an end', () => {
    expect(() => parseWindow({ day: 'today', since: '2h' }, berlin)).toThrow(/cannot be combined/);
  });
});

describe('zones and years', () => {
  it.each(['Europe/Berlin', 'UTC', 'America/New_York', '+02:00', '-0330'])('takes %s', (zone) => {
    expect(parseZone(zone)).toBe(zone);
  });

  it('takes the zone of the system where none is given', () => {
    expect(parseZone(undefined)).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  it.each(['', 'Mars/Phobos', 'x+02:00', '+2', '+25:00'])('refuses "%s"', (zone) => {
    expect(() => parseZone(zone)).toThrow(UsageError);
  });

  it('guesses what was meant', () => {
    try {
      parseZone('Europe/Berln');
      expect.unreachable();
    } catch (error) {
      expect((error as UsageError).hint).toBe('did you mean Europe/Berlin?');
    }
  });

  it.each(['26', '0000', '1969', '20x6', '', '02026'])('refuses the year "%s"', (year) => {
    expect(() => parseYear(year)).toThrow(UsageError);
  });

  it('takes a year', () => {
    expect(parseYear('2026')).toBe(2026);
  });
});
