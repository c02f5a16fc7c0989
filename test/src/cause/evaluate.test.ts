import { expect, it } from 'vitest';
import { evaluate, formatEvaluation } from '../../../src/cause/evaluate.ts';

it('counts right answers by cause, source and confidence, and lists the others', () => {
  const rows = [
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
  const evaluation = evaluate(rows);
  expect(evaluation.overall).toEqual({ name: 'all', total: 3, right: 2 });
  expect(evaluation.confidentlyWrong).toBe(1);
  expect(evaluation.bySource.map((score) => score.name)).toEqual(['one', 'two', 'unknown']);
  expect(evaluation.misses).toMatchObject([{ id: 'b', expected: 'greylisted', cause: 'mailbox_full' }]);
  expect(formatEvaluation(evaluation)).toBe(formatEvaluation(evaluate(rows)));
});
