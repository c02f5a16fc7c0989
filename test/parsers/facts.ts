/** One text of a log to its record, as plain data: the keys that matter of its kind, parties as the text that makes them. */
import type { LogParser, LogRecord } from '../../parsers/contract.ts';

/** The record as the tests compare it. */
export type Facts = { readonly kind: LogRecord['kind'] } & Readonly<Record<string, unknown>>;

/** What a record may tell. Records work some of it out on first use, so that it does not show among their own keys. */
const KEYS: Readonly<Partial<Record<LogRecord['kind'], readonly string[]>>> = {
  arrival: [
    ...['queueId', 'from', 'size', 'recipients', 'recipientNames', 'messageId', 'client', 'authUser', 'tls'],
    ...['parentQueueId'],
  ],
  delivery: [
    ...['queueId', 'to', 'others', 'origTo', 'status', 'suspended', 'relay', 'transport', 'delay', 'delays'],
    ...[
      'tls',
      'dsn',
      'dsnGuessed',
      'diagnostic',
      'reply',
      'nextQueueId',
      'forwarded',
      'unexplained',
      'first',
    ],
  ],
  reject: [
    ...['queueId', 'client', 'stage', 'from', 'to', 'helo', 'authUser', 'diagnostic', 'reply'],
    ...['recipientsFollow', 'clientFollows', 'afterArrival'],
  ],
  session: ['side', 'peer', 'authUser', 'tls'],
  client: ['queueId', 'client', 'authUser', 'parentQueueId'],
  pickup: ['queueId', 'from', 'parentQueueId'],
  'message-id': ['queueId', 'messageId'],
  queued: ['queueId', 'from', 'size', 'recipients'],
  expired: ['queueId', 'from'],
  removed: ['queueId', 'by', 'diagnostic', 'from', 'client'],
  hold: ['queueId', 'held', 'from', 'to', 'diagnostic'],
  discard: ['queueId', 'client', 'from', 'to', 'diagnostic'],
  child: ['queueId', 'childQueueId', 'otherChildren', 'hop', 'clone', 'from', 'expired', 'failure'],
  probe: ['queueId'],
  notice: ['severity', 'text'],
  part: ['number', 'last', 'text'],
};

/** Where a test's text stands. */
export interface Surroundings {
  readonly tag: string;
  /** What goes before the text in its line: a queue id. */
  readonly id?: string;
  /** Lines before and after that a parser which leaves its own line would stumble over. */
  readonly before: string;
  readonly after: string;
  readonly time: number;
}

/** Gives what parses a text between two others, with the usual tag and queue id unless it brings its own. */
export function parserOf(
  parser: LogParser,
  { before, after, time, ...usual }: Surroundings,
): (text: string, own?: Partial<Pick<Surroundings, 'id' | 'tag'>>) => Facts | undefined {
  return (payload, own) => {
    const { id = '', tag } = { ...usual, ...own };
    const program = parser.program(tag);
    if (program === undefined) throw new Error(`${tag} is not known to be ${parser.name}'s`);
    const text = `${before}${id}${payload}${after}`;
    const [start, end] = [before.length, text.length - after.length];
    const record = program.parse({ text, start, end, time, host: 'mx1', tag, pid: 1, program, repeats: 1 });
    return record && factsOf(record);
  };
}

/** What is absent or false is left out. */
function factsOf(record: LogRecord): Facts {
  const values = record as unknown as Readonly<Record<string, unknown>>;
  const facts: Record<string, unknown> = {};
  for (const key of KEYS[record.kind] ?? []) {
    const value = plain(key, values[key]);
    if (value !== undefined && value !== false) facts[key] = value;
  }
  return { kind: record.kind, ...facts };
}

/** Keys of parties. */
const PARTIES = new Set(['relay', 'client', 'peer']);

/** `mx.example.com[192.0.2.1]:25`, or the service alone; `near` behind what is on this host or beside it. */
function plain(key: string, value: unknown): unknown {
  if (!PARTIES.has(key) || value === undefined) return value;
  const { service, host, ip, port, near } = value as Record<string, unknown>;
  const end = `${port === undefined ? '' : `:${port}`}${near === true ? ' near' : ''}`;
  return service ?? `${host ?? ''}[${ip ?? ''}]${end}`;
}
