import { expect, test } from 'vitest';
import { sourceOf } from '../../../src/sink/answer.ts';
import { duration, number, percent, plural, spanIn } from '../../../src/sink/text/words.ts';
import { delaySentence } from '../../../src/sink/vocabulary.ts';

const blank = (text: string): string => text.replaceAll('\u00a0', ' ');

test.each([
  [0, 10, '0 %'],
  [1, 100_000, '<0.1 %'],
  [4, 1000, '0.4 %'],
  [997, 1000, '>99 %'],
  [1, 3, '33 %'],
  [5, 5, '100 %'],
  [0, 0, '0 %'],
])('percent of %d in %d is %s', (part, whole, text) => {
  expect(blank(percent(part, whole))).toBe(text);
});

test.each([
  [0.99, '1 s'],
  [2.02, '2 s'],
  [0, '0 s'],
  [0.2936, '0.29 s'],
  [9.96, '10 s'],
  [59.7, '1 min'],
  [75, '1 min'],
  [3600, '1 h'],
  [12_000, '3 h 20 min'],
  [86_400, '1 d'],
  [446_400, '5 d 4 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(blank(duration(seconds))).toBe(text);
});

test('numbers have thousands separators and nouns have a number', () => {
  expect(number(1_234_567)).toBe('1,234,567');
  expect(blank(plural(1, 'recipient'))).toBe('1 recipient');
  expect(blank(plural(1022, 'recipient'))).toBe('1,022 recipients');
});

test('a span names a day once', () => {
  const ten = Date.parse('2026-11-09T10:00:00Z');
  const hour = 3_600_000;
  expect(spanIn('UTC', ten, ten + 8.5 * hour)).toBe('9 Nov 2026 10:00 to 18:30 UTC');
  expect(spanIn('UTC', ten, ten + 14 * hour)).toBe('9 Nov 2026 10:00 to 10 Nov 2026 00:00 UTC');
  expect(spanIn('Asia/Kolkata', ten, ten)).toBe('9 Nov 2026 15:30 to 15:30 Asia/Kolkata');
});

test.each([
  ['/var/log/mail.log', 'mail.log'],
  ['mail.log', 'mail.log'],
  // A pipe of the shell, `<(zcat …)`: its number alone tells nothing.
  ['/dev/fd/63', '/dev/fd/63'],
  ['-', 'standard input'],
])('the input %s is called %s', (file, name) => {
  expect(sourceOf({ inputs: [{ file, lines: 1 }] })).toBe(name);
});

test.each([
  [0, 0, 0, 'took under 1 s, 90 % under 1 s, 99 % under 1 s.'],
  [0, 2, 90, 'took under 1 s, 90 % 2 s, 99 % 2 min.'],
  [0.25, 2, 3, 'took 0.25 s or less, 90 % 2 s, 99 % 3 s.'],
])('delays of %s, %s and %s seconds: %s', (p50, p90, p99, words) => {
  expect(blank(delaySentence({ p50, p90, p99, distribution: [] })!)).toBe(
    `Half of the delivered mail ${words}`,
  );
});
