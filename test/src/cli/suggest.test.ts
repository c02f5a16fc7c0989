import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/cli/suggest.ts';
import fc from '../../property.ts';

const words = ['since', 'until', 'day', 'top', 'format', 'unparsed'];

describe('nearest', () => {
  it.each([
    ['sicne', 'since'],
    ['Since', 'since'],
    ['untill', 'until'],
    ['unparsd', 'unparsed'],
    ['fromat', 'format'],
    ['tpo', 'top'],
  ])('%s was meant as %s', (word, expected) => {
    expect(nearest(word, words)).toBe(expected);
  });

  it.each(['xyz', 'completely', 'x'.repeat(10_000)])('guesses nothing for %s', (word) => {
    expect(nearest(word, words)).toBeUndefined();
  });

  it('finds every word with one letter too many', () => {
    const insertion = fc.tuple(fc.constantFrom(...words), fc.nat(8), fc.constantFrom('x', 'q', '7'));
    fc.assert(
      fc.property(insertion, ([word, place, letter]) => {
        expect(nearest(word.slice(0, place) + letter + word.slice(place), words)).toBe(word);
      }),
    );
  });
});
