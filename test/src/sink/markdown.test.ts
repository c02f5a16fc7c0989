import { lexer, type Token, type Tokens, walkTokens } from 'marked';
import { describe, expect, test } from 'vitest';
import { escapeForTerminal } from '../../../src/sink/escape.ts';
import { formatMarkdown } from '../../../src/sink/markdown.ts';
import { BREAKDOWNS } from '../../../src/sink/text.ts';
import fc from '../../property.ts';
import { HOSTILE, HOSTILE_TEXTS, withTexts } from './hostile.ts';
import { morning } from './morning.ts';

const report = morning();
const options = { top: 10, by: 'cause', zone: 'Europe/Berlin' } as const;

test('a morning', async () => {
  await expect(formatMarkdown(report, options)).toMatchFileSnapshot('__snapshots__/report.md');
});

test.each(BREAKDOWNS)('by %s every row of a table has the cells of its heading', (by) => {
  const tokens = lexer(formatMarkdown(withTexts(report, HOSTILE_TEXTS), { ...options, by }));
  const tables = tokens.filter((token): token is Tokens.Table => token.type === 'table');
  expect(tables.length).toBeGreaterThan(1);
  for (const { header, rows } of tables) {
    for (const row of rows) expect(row).toHaveLength(header.length);
  }
});

/** The tokens of an independent reader of GitHub flavoured Markdown. */
function tokensOf(text: string): Token[] {
  const all: Token[] = [];
  walkTokens(lexer(text), (token) => {
    all.push(token);
  });
  return all;
}

/** How many blocks of each kind there are, and how many cells. */
function outlineOf(tokens: readonly Token[]): Record<string, number> {
  const outline: Record<string, number> = {};
  for (const token of tokens) {
    if (['text', 'escape', 'codespan'].includes(token.type)) continue;
    outline[token.type] = (outline[token.type] ?? 0) + 1;
    if (token.type === 'table')
      outline['rows'] = (outline['rows'] ?? 0) + (token as Tokens.Table).rows.length;
  }
  return outline;
}

describe('texts of a log stay texts', () => {
  const harmless = outlineOf(tokensOf(formatMarkdown(withTexts(report, ['harmless']), options)));

  test.each(Object.entries(HOSTILE))('%s', (_, text) => {
    const tokens = tokensOf(formatMarkdown(withTexts(report, [text]), options));
    expect(outlineOf(tokens)).toEqual(harmless);
  });

  test('whatever they are', () => {
    const pieces = fc.constantFrom(
      ...[
        '`',
        '``',
        '\\',
        '|',
        '[',
        '](',
        ')',
        '![',
        '<',
        '>',
        '*',
        '_',
        '~~',
        '#',
        '@',
        'https://',
        'www.',
        '&lt;',
        '\n',
        ' ',
        '$',
      ],
      ...['a', 'e.example', '- ', '1. ', '---', '=', '<!--', '\t', '^', ':'],
    );
    const text = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (text) => {
        const tokens = tokensOf(formatMarkdown(withTexts(report, [text]), options));
        expect(outlineOf(tokens)).toEqual(harmless);
      }),
      { numRuns: 100 },
    );
  });

  test('and commands can be copied as they are', () => {
    const shown = morning();
    shown.causes[0]!.remedy = 'Look: `mailq | tail`, or a|b.';
    expect(formatMarkdown(shown, options)).toContain('Look: `mailq | tail`, or a\\|b.');
  });

  test('and replies can be read as they were', () => {
    const reply = '550 `5.1.1` <bob@example.org> "| a" \\| *x* ``y`';
    const { causes } = report;
    const told = {
      ...report,
      causes: causes.map((cause) => ({ ...cause, examples: [{ ...cause.examples[0]!, reply }] })),
    };
    const spans = tokensOf(formatMarkdown(told, options)).flatMap((token) =>
      token.type === 'codespan' ? [token.text] : [],
    );
    expect(spans).toContain(escapeForTerminal(reply));
  });
});
