import { describe, expect, it } from 'vitest';
import { evaluate, formatEvaluation } from '../../../src/cause/evaluate.ts';

const ROWS = [
  {
    id: 'a',
    text: '550 5.1.1 User unknown',
    expected: 'user_unknown',
    accept: ['user_unknown'],
    source: 'one/x',
  },
  {
    id: 'b',
    text: '552 5.2.2 Mailbox full',
    expected: 'greylisted',
    accept: ['greylisted'],
    source: 'two: y',
  },
  {
    id: 'c',
    text: 'xyzzy',
    reply: '550',
    command: 'RCPT',
    expected: 'unclassified',
    accept: ['unclassified'],
  },
];

it('counts right answers by cause, source and confidence, and lists confusions and misses', () => {
  const evaluation = evaluate(ROWS);
  expect(evaluation.overall).toEqual({ name: 'all', total: 3, right: 2 });
  expect(evaluation.confidentlyWrong).toBe(1);
  expect(evaluation.bySource.map((score) => score.name)).toEqual(['one', 'two', 'unknown']);
  expect(evaluation.confusions).toMatchObject([{ name: 'greylisted -> mailbox_full', total: 1 }]);
  expect(evaluation.misses).toMatchObject([{ id: 'b', expected: 'greylisted', cause: 'mailbox_full' }]);
  expect(formatEvaluation(evaluation)).toBe(formatEvaluation(evaluate(ROWS)));
});

it('copes with rows that lack what others have', () => {
  const rows = [
    ...[
      undefined,
      null,
      'text',
      {},
      { text: 7, expected: 'virus' },
      { text: 'x' },
      { text: 'x', expected: 'nonsense' },
    ],
    { text: '550 User unknown', expected: 'user_unknown' },
    {
      text: '550 User unknown',
      accept: ['user_unknown', 'unheard_of'],
      reply: 550,
      command: 'QUIT',
      rhost: null,
    },
    { text: '550 User unknown', expected: 'user_unknown', reply: 'n/a', status: '', source: 3 },
  ];
  const evaluation = evaluate(rows);
  expect(evaluation).toMatchObject({ unusable: 7, overall: { total: 3, right: 3 } });
  expect(formatEvaluation(evaluation)).toContain('rows without a text or a known label     7');
});

describe('leaving out', () => {
  const google = {
    text: '550 5.1.1 zork https://support.google.com/mail/?p=NoSuchUser x - gsmtp',
    expected: 'mailbox_full',
  };

  it('the rules of a speaker shows what the others say', () => {
    expect(evaluate([google]).misses[0]?.rule).toBe('google.no-such-user');
    expect(evaluate([google], undefined, 'provider').misses[0]?.rule).toBe('family.user');
    expect(evaluate([ROWS[1]], undefined, 'provider').misses[0]?.rule).toBe('text.full');
  });

  it('the rule that decides shows what the next one says', () => {
    expect(evaluate([ROWS[1]], undefined, 'rule').misses[0]?.rule).not.toBe('text.full');
  });
});
