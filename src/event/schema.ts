/**
 * The JSON Schema (draft 2020-12) of the delivery event: what `whybounce events --schema` prints.
 * `docs/event.schema.json` is its committed copy; a test keeps both, and `DeliveryEvent`, together.
 */
import { type DeliveryEvent, EVENT_SCHEMA } from './event.ts';

const text = (description: string) => ({ type: 'string', description }) as const;
const flag = (description: string) => ({ type: 'boolean', description }) as const;
const count = (description: string, minimum = 0) => ({ type: 'integer', minimum, description }) as const;
const seconds = (description: string) => ({ type: 'number', minimum: 0, description }) as const;
const choice = (words: readonly string[], description: string) =>
  ({ type: 'string', enum: words, description }) as const;
/** RFC 3463: class, subject, detail. */
const enhancedCode = (description: string) =>
  ({ type: 'string', pattern: '^[245]\\.\\d{1,3}\\.\\d{1,3}$', description }) as const;

const PROPERTIES: Readonly<Record<keyof DeliveryEvent, object>> = {
  schema: { const: EVENT_SCHEMA, description: 'Name and version of this schema.' },
  event_id: text('Stable hash: the same log line gives the same id on every run.'),
  time: { type: 'string', format: 'date-time', description: 'UTC, as precise as the log.' },
  type: choice(
    ['accepted', 'delivery', 'rejected'],
    'accepted: a message entered the queue; delivery: one attempt or outcome for one recipient; ' +
      'rejected: this server refused mail at SMTP time.',
  ),
  status: choice(
    ['delivered', 'deferred', 'bounced', 'expired', 'discarded', 'held', 'deleted'],
    'What became of the recipient; present on deliveries.',
  ),
  final: flag('No further event for this recipient can follow.'),
  hop: flag('Only handed on to a content filter or another queue on the same host.'),
  suspended: flag("No attempt was made: another message's failure was copied onto this one."),
  mta: choice(['postfix', 'exim', 'sendmail'], 'Whose log the line belongs to.'),
  host: text('Host that wrote the line.'),
  instance: text('Which of several MTAs on that host.'),
  queue_id: text('Queue id of the message.'),
  parent_queue_id: text('Queue id on the same host that this message came from.'),
  message_id: text('Message-ID header, without angle brackets.'),
  from: text('Envelope sender without angle brackets; empty for the null sender.'),
  to: text('Recipient without angle brackets.'),
  orig_to: text('Recipient before aliases were expanded.'),
  size: count('Bytes.'),
  recipients: count('Recipients of the message when it was accepted, after alias expansion.'),
  client_host: text('Host that handed the message in.'),
  client_ip: text('IP address of that host.'),
  auth_user: text('Login name of the client.'),
  helo: text('HELO or EHLO name that the client gave.'),
  relay_host: text('Host that the message was handed to.'),
  relay_ip: text('IP address of that host.'),
  relay_port: { type: 'integer', minimum: 0, maximum: 65535, description: 'Port of that host.' },
  transport: text('How the MTA delivers: smtp, lmtp, local, virtual, pipe, ….'),
  provider: text(
    'Mailbox provider behind the relay or MX host; local where the mail stayed on this host, else other.',
  ),
  attempt: count('1 for the first attempt for this recipient; 0 where no attempt was made.'),
  delay: seconds("Seconds from the message's arrival to this event."),
  delay_before_queue: seconds('Of that: before the queue.'),
  delay_in_queue: seconds('Of that: in the queue.'),
  delay_connect: seconds('Of that: connecting.'),
  delay_transmit: seconds('Of that: transmitting.'),
  tls: text("What the log says of the connection's encryption."),
  reply_code: {
    type: 'integer',
    minimum: 100,
    maximum: 999,
    description: "The remote server's code (RFC 5321).",
  },
  enhanced_code: enhancedCode("The remote server's enhanced code (RFC 3463)."),
  dsn: enhancedCode("The MTA's own enhanced code."),
  stage: choice(
    ['connect', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'eom'],
    'The SMTP command that the reply answered; eom is the final dot.',
  ),
  diagnostic: text("The reply or the MTA's own text, whole."),
  cause: text('Id of the cause in the catalogue (whybounce causes), else unclassified.'),
  detail: text('Finer split of the cause, or the name of the blocklist.'),
  kind: choice(['hard', 'soft'], 'hard: repeating the attempt is useless; soft: a later one may succeed.'),
  confidence: { type: 'number', minimum: 0, maximum: 1, description: 'How sure the cause is.' },
  rule: text('Names what decided on the cause.'),
  source_file: text('File that holds the line.'),
  source_offset: count('Byte in its decompressed text where the line begins.'),
};

/** The schema as one JSON document. */
export const EVENT_JSON_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:${EVENT_SCHEMA.replace('/', ':').replace('.', ':')}`,
  title: 'whybounce delivery event',
  description: 'One normalized event of a mail server log. Absent values are absent, never null.',
  type: 'object',
  required: ['schema', 'event_id', 'time', 'type', 'mta'],
  properties: PROPERTIES,
  // Fields may be added; readers must tolerate them.
  additionalProperties: true,
  allOf: [
    {
      if: { properties: { type: { const: 'delivery' } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ['status'] },
    },
  ],
} as const;
