/** One text of a sendmail log to its record, as plain data. */
import type { LogLine, LogRecord } from '../../../parsers/contract.ts';
import { sendmail } from '../../../parsers/sendmail/index.ts';
import { type Facts, factsOf } from '../facts.ts';

const KEYS: Readonly<Partial<Record<LogRecord['kind'], readonly string[]>>> = {
  arrival: ['queueId', 'from', 'size', 'recipients', 'messageId', 'client'],
  session: ['side', 'peer', 'authUser', 'tls'],
  delivery: [
    ...['queueId', 'to', 'origTo', 'others', 'status', 'suspended', 'relay', 'transport', 'delay', 'dsn'],
    ...['dsnGuessed', 'diagnostic', 'reply', 'nextQueueId'],
  ],
  reject: [
    'queueId',
    'client',
    'stage',
    'from',
    'to',
    'diagnostic',
    'reply',
    'afterArrival',
    'recipientsFollow',
  ],
  removed: ['queueId', 'by'],
  hold: ['queueId', 'held', 'to', 'diagnostic'],
  discard: ['queueId', 'to', 'diagnostic'],
  child: ['queueId', 'childQueueId', 'clone', 'from', 'expired', 'failure'],
  notice: ['severity', 'text'],
};

/** Lines before and after that a parser which leaves its own line would stumble over. */
const BEFORE =
  'Nov 23 20:29:57 mx1 sm-mta[1]: 6ANKUZ85000001: to=<before@x.test>, delay=00:00:09, dsn=2.0.0, stat=Sent (before)\n';
const AFTER =
  ', relay=after.test [192.0.2.99], dsn=5.9.9, reply=599 after, stat=after\nNov 23 20:29:57 mx1 sm-mta[1]: 6ANKUZ85000002: to=<after@x.test>, delay=00:00:09, stat=after';

/** A queue id of 20:30:35, as of sendmail since 8.12. */
export const ID = '6ANKUZ85000185';

/** Parses a text that stands between two others, behind a queue id unless it brings what goes before it. */
export function parse(text: string, { id = `${ID}: `, tag = 'sm-mta' } = {}): Facts | undefined {
  const program = sendmail.program(tag)!;
  const whole = `${BEFORE}${id}${text}${AFTER}`;
  const line: LogLine = {
    text: whole,
    start: BEFORE.length,
    end: whole.length - AFTER.length,
    time: Date.UTC(2026, 10, 23, 20, 30, 36),
    host: 'mx1',
    tag,
    pid: 1,
    program,
    repeats: 1,
  };
  const record = program.parse(line);
  return record && factsOf(record, KEYS);
}
