/** One payload of a Postfix daemon to its record, as plain data. */
import type { LogLine, LogRecord } from '../../../parsers/contract.ts';
import { postfix } from '../../../parsers/postfix/index.ts';

/** A record with everything that is worked out on first use, and without what is absent. */
export type Facts = { readonly kind: LogRecord['kind'] } & Readonly<Record<string, unknown>>;

const KEYS: Readonly<Record<LogRecord['kind'], readonly string[]>> = {
  delivery: [
    ...['queueId', 'to', 'origTo', 'status', 'suspended', 'relay', 'transport', 'delay', 'delays', 'tls'],
    ...['dsn', 'dsnGuessed', 'diagnostic', 'reply', 'nextQueueId', 'forwarded', 'others'],
  ],
  reject: [
    ...['queueId', 'client', 'stage', 'from', 'to', 'helo', 'authUser', 'diagnostic', 'reply'],
    ...['recipientsFollow', 'afterArrival'],
  ],
  arrival: ['queueId', 'from', 'size', 'recipients', 'messageId', 'client'],
  client: ['queueId', 'client', 'authUser', 'parentQueueId'],
  // sendmail's
  session: [],
  pickup: ['queueId', 'from', 'parentQueueId'],
  'message-id': ['queueId', 'messageId'],
  queued: ['queueId', 'from', 'size', 'recipients'],
  expired: ['queueId', 'from'],
  removed: ['queueId', 'by'],
  hold: ['queueId', 'held', 'from', 'to', 'diagnostic'],
  discard: ['queueId', 'from', 'to', 'diagnostic'],
  child: ['queueId', 'childQueueId', 'hop', 'clone', 'from', 'expired', 'failure'],
  probe: ['queueId'],
  notice: ['severity', 'text'],
  nothing: [],
  // Exim's
  part: [],
};

/** Lines before and after that a parser which leaves its own line would stumble over. */
const BEFORE =
  'Nov 23 20:29:57 mx1 postfix/smtp[1]: 4AAAAA1: to=<before@x.test>, relay=none, status=sent (250 ok)\n';
const AFTER =
  ': x>, relay=a[1.2.3.4]:25, delay=1, dsn=5.0.0, status=bounced (after); from=<a@x> to=<b@x> proto=SMTP helo=<c>: why\n';

/**
 * Parses the payload of a line that stands between two others.
 * @param tag the program tag, `postfix/smtp` where it does not matter
 */
export function parse(payload: string, tag = 'postfix/smtp'): Facts | undefined {
  const program = postfix.program(tag);
  if (program === undefined) throw new Error(`${tag} is not known to be Postfix's`);
  const start = BEFORE.length;
  const end = start + payload.length;
  const line: LogLine = {
    text: `${BEFORE}${payload}\n${AFTER}`,
    ...{ start, end, time: 0, host: 'mx1', tag, pid: 1, program, repeats: 1 },
  };
  const record = program.parse(line);
  return record && facts(record);
}

/** All that a record tells. */
export function facts(record: LogRecord): Facts {
  const values = record as unknown as Readonly<Record<string, unknown>>;
  const found: Record<string, unknown> = {};
  for (const key of KEYS[record.kind]) {
    const value = key === 'relay' || key === 'client' ? party(values[key]) : values[key];
    if (value !== undefined) found[key] = value;
  }
  return { kind: record.kind, ...found };
}

function party(value: unknown): object | undefined {
  if (value === undefined) return undefined;
  const { service, host, ip, port, near } = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries({ service, host, ip, port, near }).filter(
      ([, each]) => each !== undefined && each !== false,
    ),
  );
}
