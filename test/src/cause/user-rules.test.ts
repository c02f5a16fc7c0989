import { describe, expect, it } from 'vitest';
import { Classifier } from '../../../src/cause/classifier.ts';
import { readUserRules, tryUserRules } from '../../../src/cause/user-rules.ts';
import fc from '../../property.ts';

const GOOD = `
[[rule]]
id = "site.frobnicated"
cause = "mailbox_disabled"
any = ["frobnicated (mailbox|account)"]
examples = [
  "550 Your frobnicated mailbox is no more",
  { text = "550 frobnicated account", relay_host = "mx.example.com", stage = "rcpt" },
]
near_misses = ["550 frobnicated things"]

[[rule]]
id = "site.code"
cause = "ip_blocklisted"
detail = "our list"
confidence = 0.7
enhanced = ["7.99"]
reply = [550]
kind = "soft"
examples = ["550 5.7.99 zork"]
`;

/** The mistakes of one rule, as `line: message`. */
function mistakesOf(lines: string): string[] {
  const { rules, mistakes } = readUserRules(lines);
  expect(rules.length > 0 && mistakes.length > 0).toBe(false);
  return mistakes.map(({ line, message }) => `${line}: ${message}`);
}

it('reads rules that then go first', () => {
  const { rules, mistakes } = readUserRules(GOOD);
  expect(mistakes).toEqual([]);
  expect(tryUserRules(rules)).toEqual([]);
  const classifier = new Classifier({ rules: rules.map(({ rule }) => rule) });
  expect(classifier.classify({ text: '550 5.7.99 zork' })).toMatchObject({
    cause: 'ip_blocklisted',
    detail: 'our list',
    confidence: 0.7,
    kind: 'soft',
    rule: 'site.code',
  });
});

describe('mistakes come with their line', () => {
  const rule = (...lines: string[]) =>
    ['[[rule]]', 'id = "a"', 'cause = "virus"', 'examples = ["x"]', ...lines].join('\n');

  it.each([
    ['no TOML', '[[rule]]\nid = "a\n', /^2: not valid TOML/],
    ['no rule', '# nothing\n', /^1: there is no \[\[rule\]\]/],
    ['another table', '[rules]\nid = "a"\n', /^1: "rules" is no key of this file: rules are tables/],
    ['an unknown key', rule('any = ["x"]', 'colour = 1'), /^6: "colour" is no key of a rule/],
    [
      'an unknown cause',
      '[[rule]]\nid = "a"\ncause = "viruses"\nany = ["x"]\nexamples = ["x"]',
      /^3: there is no cause "viruses": is it virus\?/,
    ],
    [
      'a cause to be filled in',
      '[[rule]]\nid = "a"\ncause = ""\nany = ["x"]\nexamples = ["x"]',
      /^3: the rule has no cause yet/,
    ],
    ['a detail of another cause', rule('any = ["x"]', 'detail = "ptr"'), /^6: "ptr" is no detail of virus/],
    [
      'an unknown provider',
      rule('any = ["x"]', 'provider = ["googl"]'),
      /^6: provider "googl" is not known: is it google/,
    ],
    ['an unknown stage', rule('any = ["x"]', 'stage = ["hello"]'), /^6: stage "hello" is not known/],
    [
      'capitals in a phrase',
      rule('any = [', '  "x",', '  "Über uns",', ']'),
      /^7: "Über uns" can never match: .*"uber uns"/,
    ],
    ['an open bracket', rule('any = ["x (y"]'), /^5: bad phrase: alternatives stand in brackets/],
    ['a gap without blanks', rule('any = ["x~y"]'), /^5: bad phrase: a gap stands between blanks/],
    ['a phrase without words', rule('any = ["()"]'), /^5: bad phrase/],
    ['a phrase that is no text', rule('any = [1]'), /^5: a phrase of any is not a text in quotes/],
    ['a reply code that is none', rule('reply = [250]'), /^5: reply takes codes/],
    [
      'an enhanced code with its class',
      rule('enhanced = ["5.7.1"]'),
      /^5: enhanced "5\.7\.1" is no code without its class/,
    ],
    ['half a range', rule('enhanced_range = ["7.1"]'), /^5: enhanced_range takes two codes/],
    ['no condition', rule(), /^1: the rule a has no condition/],
    ['too much confidence', rule('any = ["x"]', 'confidence = 90'), /^6: confidence is a number/],
    ['no examples', '[[rule]]\nid = "a"\ncause = "virus"\nany = ["x"]', /^1: the rule a has no examples/],
    [
      'an example without a text',
      rule('any = ["x"]', 'near_misses = [{ stage = "rcpt" }]'),
      /^6: the example has no text/,
    ],
    [
      'an unknown key of an example',
      rule('any = ["x"]', 'near_misses = [{ text = "y", host = "z" }]'),
      /^6: "host" is no key of an example/,
    ],
    [
      'the id of a built-in rule',
      GOOD.replace('site.code', 'text.full'),
      /^12: the id "text\.full" is that of a built-in rule/,
    ],
    [
      'an id twice',
      GOOD.replace('site.code', 'site.frobnicated'),
      /^12: the id "site\.frobnicated" is that of the rule in line 2/,
    ],
  ])('%s', (_, text, mistake) => {
    expect(mistakesOf(text)[0]).toMatch(mistake);
  });

  it('all at once, in their order', () => {
    expect(
      mistakesOf(rule('any = ["X"]', 'colour = 1', 'kind = "firm"')).map((mistake) => mistake[0]),
    ).toEqual(['5', '6', '7']);
  });

  it('of examples that another rule decides, and near misses that this one decides', () => {
    const text =
      rule('any = ["zork"]').replace('["x"]', '[\n  "550 zork",\n  "550 user unknown",\n]') +
      '\nnear_misses = ["551 zork"]';
    const { rules, mistakes } = readUserRules(text);
    expect(mistakes).toEqual([]);
    expect(tryUserRules(rules)).toEqual([
      { line: 6, message: 'this example of a is decided by rule text.unknown-user' },
      { line: 9, message: 'this near miss of a is decided by it' },
    ]);
  });
});

it('never throws, whatever the file holds', () => {
  const keys = [
    'id',
    'cause',
    'any',
    'examples',
    'reply',
    'confidence',
    'whole',
    'x',
    '[[rule]]',
    '[rule]',
    'rule.id',
  ];
  const values = [
    '1',
    '"x"',
    'true',
    '[1]',
    '["x"]',
    '[[1]]',
    '{ text = 1 }',
    '1979-05-27',
    '"(((" ',
    '["a~"]',
  ];
  const line = fc
    .tuple(fc.constantFrom(...keys), fc.constantFrom(...values))
    .map(([key, value]) => (key.startsWith('[') ? key : `${key} = ${value}`));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n')),
      ),
      (text) => {
        const { rules, mistakes } = readUserRules(text);
        if (rules.length === 0) expect(mistakes.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 300 },
  );
});
