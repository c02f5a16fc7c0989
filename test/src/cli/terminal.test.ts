import { describe, expect, it } from 'vitest';
import { useColour, useUnicode, widthOf } from '../../../src/cli/terminal.ts';

const terminal = { isTTY: true, columns: 132 };
const pipe = {};

describe('colour', () => {
  it.each([
    ['auto', {}, terminal, true],
    ['auto', {}, pipe, false],
    ['auto', { TERM: 'dumb' }, terminal, false],
    ['auto', { NO_COLOR: '1' }, terminal, false],
    ['auto', { NO_COLOR: '' }, terminal, true],
    ['auto', { FORCE_COLOR: '1' }, pipe, true],
    ['auto', { FORCE_COLOR: '' }, pipe, true],
    ['auto', { FORCE_COLOR: '0' }, terminal, false],
    ['auto', { FORCE_COLOR: '1', NO_COLOR: '1' }, pipe, true],
    ['always', { NO_COLOR: '1' }, pipe, true],
    ['never', { FORCE_COLOR: '1' }, terminal, false],
  ] as const)('--color %s with %o on %o: %s', (choice, environment, screen, expected) => {
    expect(useColour(choice, environment, screen)).toBe(expected);
  });
});

describe('width and characters', () => {
  it('takes the width of a terminal, else that of COLUMNS', () => {
    expect(widthOf(terminal, { COLUMNS: '100' })).toBe(132);
    expect(widthOf(pipe, { COLUMNS: '100' })).toBe(100);
    expect(widthOf(pipe, { COLUMNS: 'wide' })).toBe(80);
    expect(widthOf(terminal)).toBe(132);
    expect(widthOf({ columns: 132 })).toBe(80);
    expect(widthOf({ isTTY: true, columns: 0 })).toBe(80);
  });

  it.each([
    [{ LANG: 'en_GB.UTF-8' }, true],
    [{ LANG: 'de_DE.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{}, false],
    [{ LC_ALL: 'C', LANG: 'en_GB.UTF-8' }, false],
    [{ LC_ALL: '', LC_CTYPE: 'C.UTF-8', LANG: 'C' }, true],
  ])('%o has more than ASCII: %s', (environment, expected) => {
    expect(useUnicode(environment)).toBe(expected);
  });
});
