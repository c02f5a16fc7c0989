/** One text of an Exim log to its record, as plain data. */
import type { LogLine, LogRecord } from '../../../parsers/contract.ts';
import { exim } from '../../../parsers/exim/index.ts';
import { type Facts, factsOf } from '../facts.ts';

const KEYS: Readonly<Partial<Record<LogRecord['kind'], readonly string[]>>> = {
  arrival: [
    ...[
      'queueId',
      'from',
      'size',
      'recipients',
      'recipientNames',
      'messageId',
      'client',
      'authUser',
      'tls',
      'parentQueueId',
    ],
  ],
  delivery: [
    ...['queueId', 'to', 'origTo', 'status', 'suspended', 'relay', 'transport', 'delay', 'tls', 'diagnostic'],
    ...['reply', 'nextQueueId', 'unexplained', 'first'],
  ],
  reject: ['queueId', 'client', 'stage', 'from', 'to', 'helo', 'authUser', 'diagnostic', 'reply'],
  removed: ['queueId', 'by'],
  hold: ['queueId', 'held', 'diagnostic'],
  discard: ['queueId', 'client', 'from', 'to', 'diagnostic'],
  notice: ['severity', 'text'],
  part: ['number', 'last', 'text'],
};

/** Lines before and after that a parser which leaves its own line would stumble over. */
const BEFORE = '2026-11-23 20:29:57 1xVahE-00000a-00 => before@x.test <"before"@x.test> R=r T=t C="before"\n';
const AFTER =
  '\n2026-11-23 20:29:57 1xVahE-00000b-00 ** after@x.test <"after"@x.test> R=r T=t H=after [192.0.2.99]: 550 after DT=1s';

/** A message id of 20:31:28, as of Exim up to 4.96. */
export const ID = '1xVahE-00001q-03';

/** Parses a text that stands between two others, behind a message id unless it brings what goes before it. */
export function parse(text: string, { id = `${ID} `, tag = 'exim' } = {}): Facts | undefined {
  const program = exim.program(tag)!;
  const whole = `${BEFORE}${id}${text}${AFTER}`;
  const line: LogLine = {
    text: whole,
    start: BEFORE.length,
    end: whole.length - AFTER.length,
    time: Date.UTC(2026, 10, 23, 20, 31, 30),
    host: 'mx1',
    tag,
    pid: 1,
    program,
    repeats: 1,
  };
  const record = program.parse(line);
  return record && factsOf(record, KEYS);
}
