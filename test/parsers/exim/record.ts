/** One text of an Exim log to its record, as plain data. */
import { exim } from '../../../parsers/exim/index.ts';
import { parserOf } from '../facts.ts';

/** A message id of 20:31:28, as of Exim up to 4.96. */
export const ID = '1xVahE-00001q-03';

/** Parses a text behind a message id, unless it brings what goes before it. */
export const parse = parserOf(exim, {
  tag: 'exim',
  id: `${ID} `,
  before: '2026-11-23 20:29:57 1xVahE-00000a-00 => before@x.test <"before"@x.test> R=r T=t C="before"\n',
  after:
    '\n2026-11-23 20:29:57 1xVahE-00000b-00 ** after@x.test <"after"@x.test> R=r T=t H=after [192.0.2.99]: 550 after DT=1s',
  time: Date.UTC(2026, 10, 23, 20, 31, 30),
});
