import { expect, test } from 'vitest';
import { maskVariables, shapeOf } from '../../../src/aggregate/shape.ts';
import fc from '../../property.ts';

test('addresses, hosts, numbers and ids do not change the shape', () => {
  const one = '550 5.1.1 <bob@example.org>: unknown at mx1.example.net (id=a7)';
  const other = '551 5.7.1 <ann@example.com>: unknown at mx.example.org (id=b8)';
  expect(shapeOf(one)).toBe(shapeOf(other));
  expect(maskVariables(one)).toBe('<*> <*> <*> unknown at <*> <*>');
});

test('words do, and the full stop of a sentence does not make a name of its last word', () => {
  expect(shapeOf('User unknown.')).not.toBe(shapeOf('Mailbox full.'));
  expect(maskVariables('User unknown. Go away.')).toBe('User unknown. Go away.');
});

test('a masked text has the shape of the text', () => {
  const character = fc.constantFrom(...' ab1.@<=[]:');
  fc.assert(
    fc.property(fc.array(character, { maxLength: 80 }), (characters) => {
      const text = characters.join('');
      expect(shapeOf(maskVariables(text))).toBe(shapeOf(text));
    }),
  );
});
