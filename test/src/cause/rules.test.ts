import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/cause/catalogue.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { anchorsOf, compile, mistakeIn } from '../../../src/cause/phrase.ts';
import { PROVIDERS } from '../../../src/cause/providers.ts';
import { RULES } from '../../../src/cause/rules/index.ts';
import type { Example, Rule } from '../../../src/cause/rules/rule.ts';

const classifier = new Classifier();
const decide = (example: Example) =>
  classifier.classify(typeof example === 'string' ? { text: example } : example);
const textOf = (example: Example) => (typeof example === 'string' ? example : example.text);
const phrasesOf = (rule: Rule) => [...(rule.any ?? []), ...(rule.all ?? []), ...(rule.none ?? [])];

describe('rules', () => {
  it('have ids of their own', () => {
    const ids = RULES.map((rule) => rule.id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it.each(RULES.map((rule) => [rule.id, rule] as const))('%s decides its examples', (id, rule) => {
    expect(rule.examples.length).toBeGreaterThan(0);
    for (const example of rule.examples) {
      const result = decide(example);
      expect(`${result.rule}: ${textOf(example)}`).toBe(`${id}: ${textOf(example)}`);
      expect(result.cause).toBe(rule.cause);
      expect(result.evidence).not.toBe('');
    }
    for (const example of rule.nearMisses ?? []) expect(decide(example).rule).not.toBe(id);
  });

  it('that are sure know what looks alike and is something else', () => {
    for (const { id, cause, detail, confidence, nearMisses } of RULES) {
      if (confidence >= 0.9) expect(nearMisses, id).toBeDefined();
      for (const example of nearMisses ?? []) {
        const decided = decide(example);
        const found = `${decided.cause} ${decided.detail} by ${decided.rule}: ${textOf(example)}`;
        expect(found).not.toMatch(`${cause} ${detail} by`);
      }
    }
  });

  it('name causes, details and providers that exist', () => {
    for (const rule of RULES) {
      const cause = CATALOGUE.get(rule.cause);
      expect(cause, rule.id).toBeDefined();
      if (rule.detail !== undefined && !rule.cause.endsWith('_blocklisted')) {
        expect(Object.keys(cause!.details), rule.id).toContain(rule.detail);
      }
      for (const provider of rule.provider ?? []) expect(PROVIDERS).toContain(provider);
    }
  });

  it('know every cause, and every detail of it', () => {
    const known = new Set(RULES.flatMap(({ cause, detail }) => [cause, `${cause} ${detail}`]));
    const all = [...CATALOGUE].flatMap(([id, { details }]) => [
      id,
      ...Object.keys(details).map((detail) => `${id} ${detail}`),
    ]);
    expect(all.filter((name) => !known.has(name))).toEqual([]);
  });

  it('are honest about what they know', () => {
    for (const rule of RULES) {
      expect(rule.confidence, rule.id).toBeGreaterThan(0);
      expect(rule.confidence, rule.id).toBeLessThanOrEqual(0.99);
      if (rule.cause === 'unclassified') expect(rule.confidence).toBeLessThan(0.5);
    }
  });

  it('are of phrases that can be said', () => {
    for (const rule of RULES) {
      for (const phrase of phrasesOf(rule)) {
        expect(mistakeIn(phrase), rule.id).toBeUndefined();
        for (const sentence of sentencesOf(phrase)) {
          expect(compile(phrase).find(sentence), `${rule.id}: ${phrase} in: ${sentence}`).toBeDefined();
        }
      }
    }
  });

  it('are found by the words of any sentence that they match', () => {
    for (const rule of RULES) {
      for (const phrase of rule.any ?? rule.all?.slice(0, 1) ?? []) {
        for (const sentence of sentencesOf(phrase)) {
          const words = anchorsOf(sentence);
          const found = compile(phrase).anchors.some((anchor) => words.has(anchor));
          expect(found, `${rule.id}: ${phrase} by: ${sentence}`).toBe(true);
        }
      }
    }
  });

  it('cost no more than the length of the text', () => {
    for (const rule of RULES) {
      for (const phrase of phrasesOf(rule)) {
        const { pattern } = compile(phrase);
        // All but its end, over and over: what makes an expression that backtracks try the most.
        const sentence = sentencesOf(phrase)[0]!;
        const beginning = `${sentence.slice(0, -1)} `;
        const long = beginning.repeat(Math.ceil(100_000 / beginning.length));
        const start = performance.now();
        pattern.exec(long);
        expect(performance.now() - start, `${rule.id}: ${phrase}`).toBeLessThan(1000);
      }
    }
  });
});

/** Sentences that a phrase must match: with the first alternative of each group, and with the last. */
function sentencesOf(phrase: string): string[] {
  return [0, -1].map((which) =>
    phrase
      .replace(/\(([^()]*)\)/g, (_, group: string) => group.split('|').at(which)!)
      .replaceAll(' ~ ', ' qq ')
      .replaceAll('*', '')
      .replace(/ {2,}/g, ' '),
  );
}

describe('phrases', () => {
  it.each([
    ['()', /no word to look it up by/],
    ['user~unknown', /between blanks/],
    ['user ~', /between blanks/],
    ['(user|mailbox', /closed and not nested/],
    ['(user (un|)known|no user)', /closed and not nested/],
    ['user|mailbox', /closed and not nested/],
  ])('%s is wrong', (phrase, mistake) => {
    expect(mistakeIn(phrase)).toMatch(mistake);
  });

  const matches = (phrase: string, text: string) => compile(phrase).pattern.test(text);

  it('begin and end at word boundaries', () => {
    expect(matches('user unknown', 'the user unknown here')).toBe(true);
    expect(matches('user unknown', 'superuser unknown')).toBe(false);
    expect(matches('user unknown', 'user unknowns')).toBe(false);
    expect(matches('user unknown', 'user_unknown')).toBe(true);
  });

  it('know groups, gaps and open words', () => {
    expect(matches('(user|mailbox) ~ (full|over quota)', 'mailbox of joe is over quota')).toBe(true);
    expect(matches('mailbox ~ full', 'mailbox: full')).toBe(true);
    expect(matches('mailbox ~ full', `mailbox ${'x'.repeat(80)} full`)).toBe(false);
    expect(matches('blacklist*', 'blacklisted')).toBe(true);
    expect(matches('no such (local |)user', 'no such user')).toBe(true);
    expect(matches('no such (local |)user', 'no such local user')).toBe(true);
    expect(matches('access denied (here|)', 'access denied')).toBe(true);
  });

  it('are found by their anchors', () => {
    expect(compile('(user|mailbox) unknown').anchors).toEqual(['unkno']);
    expect(compile('(user|mailbox) no').anchors).toEqual(['user', 'mailb']);
  });
});
