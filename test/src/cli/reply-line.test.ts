import { describe, expect, it } from 'vitest';
import { readReplyLine } from '../../../src/cli/reply-line.ts';
import fc from '../../property.ts';

describe('a line of explain -', () => {
  it('is a reply', () => {
    expect(readReplyLine('550 5.1.1 unknown')).toEqual({ facts: { text: '550 5.1.1 unknown' } });
    expect(readReplyLine('')).toEqual({ facts: { text: '' } });
  });

  it('is an object', () => {
    const line = JSON.stringify({ text: 'no', reply_code: '550', relay_host: null, stage: 'rcpt', odd: [] });
    expect(readReplyLine(line)).toMatchObject({ facts: { text: 'no', replyCode: 550, stage: 'rcpt' } });
    expect(readReplyLine(line)).not.toHaveProperty('facts.odd');
  });

  it.each([
    '{',
    '{}',
    '{"text":1}',
    '{"text":"a","reply_code":"x"}',
    '{"text":"a","stage":3}',
    '{"text":null}',
  ])('is told what is wrong with it: %s', (line) => {
    expect(readReplyLine(line)).toHaveProperty('error');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((rest) => `{${rest}`),
        ),
        (line) => {
          expect(Object.keys(readReplyLine(line))).toHaveLength(1);
        },
      ),
    );
  });
});
