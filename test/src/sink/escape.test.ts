import { expect, test } from 'vitest';
import { escapeForTerminal } from '../../../src/sink/escape.ts';
import fc from '../../property.ts';

test('what a terminal would obey becomes visible', () => {
  expect(escapeForTerminal('a\x1b[2Jb\r\n\tc\x7f\x9b')).toBe('a\\x1b[2Jb\\x0d\\x0a\\x09c\\x7f\\x9b');
  expect(escapeForTerminal('\u202egpj.exe\u2066\u200b\u2028')).toBe('\\u202egpj.exe\\u2066\\u200b\\u2028');
  expect(escapeForTerminal('\u{e0041}\ud800')).toBe('\\u{e0041}\\ud800');
});

test('other text is left as it is', () => {
  expect(escapeForTerminal('Jörg <jörg@müller.example> 日本 …')).toBe('Jörg <jörg@müller.example> 日本 …');
  expect(escapeForTerminal('jörg 日', false)).toBe('j\\xf6rg \\u65e5');
});

test('nothing that is not shown gets through, whatever the text', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
  fc.assert(
    fc.property(text, (input) => {
      expect(escapeForTerminal(input)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      expect(escapeForTerminal(input, false)).toMatch(/^[\x20-\x7e]*$/);
      expect(escapeForTerminal(escapeForTerminal(input))).toBe(escapeForTerminal(input));
    }),
  );
});
