import { expect, it } from 'vitest';
import type { UnknownReply } from '../../../src/aggregate/unknown.ts';
import { normalise } from '../../../src/cause/normalise.ts';
import { readUserRules, tryUserRules } from '../../../src/cause/user-rules.ts';
import { formatUnknownReplies } from '../../../src/sink/rules.ts';

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
