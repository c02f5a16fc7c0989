import { expect, it } from 'vitest';
import type { UnknownReply } from '../../../src/aggregate/unknown.ts';
import { normalise } from '../../../src/cause/normalise.ts';
import { readUserRules, tryUserRules } from '../../../src/cause/user-rules.ts';
import { formatUnknownReplies } from '../../../src/sink/rules.ts';
import fc from '../../property.ts';

function unknown(diagnostic: string, count = 1): UnknownReply {
  const { text, replyCode, enhancedCode } = normalise(diagnostic);
  return { canonical: text, replyCode, enhancedCode, diagnostic, relayHost: 'mx.example.org', count };
}

const HOSTILE = 'frobnicate "\\" \x1b[2J\u202e\u2028 [[rule]] id = "x" \x7f é|(~*) gadget\n[[rule]]';

it('gives rules that are whole once they have a cause', () => {
  const text = formatUnknownReplies(
    [
      unknown('550 5.7.1 <joe@example.org>: zork the quux of 192.0.2.9', 3),
      unknown('551 zork the quux of mx.example.net'),
      unknown('550 Ничего не вышло'),
      unknown(`550 ${HOSTILE}`),
    ],
    2,
  );
  expect(text).toContain('# 3 times, first by mx.example.org: 550 5.7.1 <joe@example.org>: zork the quux');
  expect(text).toContain('# 2 further replies');
  expect(readUserRules(text).mistakes.map(({ message }) => message)).toEqual(
    Array(3).fill('the rule has no cause yet: whybounce causes lists them'),
  );
  const { rules, mistakes } = readUserRules(text.replaceAll('cause = ""', 'cause = "virus"'));
  expect(mistakes).toEqual([]);
  expect(rules.map(({ rule }) => rule.examples.length)).toEqual([2, 1, 1]);
  expect(tryUserRules(rules)).toEqual([]);
});

/** What `causes test` would complain of once causes are filled in. */
function complaints(text: string): string[] {
  const { rules, mistakes } = readUserRules(text.replaceAll('cause = ""', 'cause = "virus"'));
  return [...mistakes, ...tryUserRules(rules)].map(({ message }) => message);
}

it('lets no rule take the replies of another, whichever is more frequent', () => {
  const text = formatUnknownReplies(
    [
      unknown('550 zork the quux', 9),
      unknown('550 you shall not zork the quux of this house', 5),
      unknown('550 frob: zork the quux, gnarl the blip of it', 3),
    ],
    0,
  );
  expect(text.match(/^any = .*$/gm)).toEqual([
    'any = ["you shall not zork the quux of this"]',
    'any = ["gnarl the blip of it"]',
    'any = ["zork the quux"]',
  ]);
  expect(complaints(text)).toEqual([]);
});

it('makes one rule of two that would take each other’s replies', () => {
  const text = formatUnknownReplies([unknown('550 zork it (frob it)'), unknown('550 frob it (zork it)')], 0);
  expect(text.match(/^any = /gm)).toHaveLength(1);
  expect(complaints(text)).toEqual([]);
});

it('gives rules that pass the test, whatever servers say', () => {
  const word = fc.constantFrom(
    ...['zork', 'frob', 'quux', 'the', '5', 'über', '不要', 'é', "it's", '<joe@example.org>', '192.0.2.1'],
    ...['A1B2C3D4E5', 'mx.example.net', '-', ':', '(', '|', '~', '*', '"', '\\', '\n550-', 'x_y', '[[rule]]'],
  );
  const reply = fc.array(word, { maxLength: 8 }).map((words) => unknown(`550 ${words.join(' ')}`));
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          reply,
          fc.string().map((text) => unknown(text)),
        ),
        { maxLength: 12 },
      ),
      (replies) => {
        const text = formatUnknownReplies(replies, 0);
        if (text.includes('[[rule]]\nid')) expect(complaints(text)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

it('tells of what is too much for one file', () => {
  const many = Array.from({ length: 300 }, (_, index) =>
    unknown(`550 zork${'abcdefghij'.split('')[index % 10]!.repeat(index + 1)}`),
  );
  const text = formatUnknownReplies(many, 7);
  expect(text.match(/^\[\[rule\]\]$/gm)).toHaveLength(200);
  expect(text).toContain('# 107 further replies');
});

it('shows nothing that a terminal obeys', () => {
  expect(formatUnknownReplies([unknown(`550 ${HOSTILE}`)], 0)).not.toMatch(
    /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/,
  );
});

it('makes no rule of a reply without words', () => {
  const text = formatUnknownReplies([unknown('550 5.0.0 <>')], 0);
  expect(text).not.toMatch(/^\[\[rule\]\]/m);
  expect(text).toContain('# No words to make a rule of:');
  expect(formatUnknownReplies([], 0)).toBe('# No reply is unknown.\n');
});
