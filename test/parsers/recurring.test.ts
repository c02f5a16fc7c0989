/** What stands for texts that come again, wherever they stand. */
import { expect, test } from 'vitest';
import { Recurring } from '../../parsers/recurring.ts';
import fc from '../property.ts';

test('gives what was made of a text, whatever came between', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', '.', 'ü'), maxLength: 30 });
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 50 }), fc.string(), (list, before) => {
      const recurring = new Recurring((text) => ({ text }));
      for (const text of list) {
        expect(recurring.of(`${before}${text}, rest`, before.length, before.length + text.length)).toEqual({
          text,
        });
        expect(recurring.of(text).text).toBe(text);
      }
    }),
  );
});

test('the same text has the same object, also beside another with which it shares its place', () => {
  let made = 0;
  const recurring = new Recurring((text) => ({ text, number: ++made }));
  // Only the last characters and the length decide on the place.
  const [one, other] = ['a.mx.example.com[192.0.2.1]', 'b.mx.example.com[192.0.2.1]'].map((text) =>
    recurring.of(text),
  );
  for (let times = 0; times < 3; times++) {
    expect(recurring.of('a.mx.example.com[192.0.2.1]')).toBe(one);
    expect(recurring.of('b.mx.example.com[192.0.2.1]')).toBe(other);
  }
  expect(made).toBe(2);
});

test('texts longer than any name are read every time', () => {
  const long = 'x'.repeat(1000);
  const recurring = new Recurring((text) => ({ text }));
  expect(recurring.of(long)).toEqual({ text: long });
  expect(recurring.of(long)).not.toBe(recurring.of(long));
});
