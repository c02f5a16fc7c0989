// Runs the Postfix parser over the test data of postfix-grok-patterns: `node bench/postfix-grok.mjs FILE.jsonl`.
// Prints how many of its messages are recognised, and how many fields agree under the names of the contract.
// Needs a build (`npm run build`). Exit code 1: a field disagrees.
import { readFileSync } from 'node:fs';
import { programOf } from '../dist/parsers/index.js';

const file = process.argv[2];
if (file === undefined) {
  process.stderr.write('usage: node bench/postfix-grok.mjs FILE.jsonl\n');
  process.exit(2);
}

/** Fields of theirs that a record has under another name; what is not here, no event holds. */
const FIELDS = {
  // A notice keeps its text whole, with a queue id or a client in front where there is one.
  postfix_queueid: (record) => record.queueId ?? (record.kind === 'notice' ? undefined : 'NOQUEUE'),
  postfix_client_hostname: (record) => record.client && (record.client.host ?? 'unknown'),
  postfix_client_ip: (record) => record.client?.ip,
  postfix_relay_hostname: (record) => record.relay?.host,
  postfix_relay_ip: (record) => record.relay?.ip,
  postfix_relay_port: (record) => record.relay?.port,
  postfix_relay_service: (record) => record.relay?.service,
  postfix_status: (record) => STATUS[record.status] ?? record.status,
  postfix_status_code: (record) => record.reply?.code,
  postfix_status_code_enhanced: (record) => record.reply?.enhanced,
  postfix_smtp_stage: (record) => record.stage,
  postfix_smtp_response: (record) => record.diagnostic,
  postfix_local_response: (record) => record.diagnostic,
  postfix_pipe_response: (record) => record.diagnostic,
  postfix_error_response: (record) => record.diagnostic,
  'postfix_message-id': (record) => record.messageId,
  postfix_bounce_queueid: (record) => record.childQueueId,
  postfix_message: (record, theirs) => (record.text?.endsWith(theirs) ? theirs : record.text),
  postfix_message_level: (record) => record.severity,
  postfix_proxy_smtp_stage: (record) => record.stage,
  postfix_proxy_message: (record) => record.diagnostic,
  postfix_proxy_status_code: (record) => record.reply?.code,
  postfix_proxy_status_code_enhanced: (record) => record.reply?.enhanced,
  from: (record) => record.from,
  to: (record) => record.to,
  orig_to: (record) => record.origTo,
  relay: (record) => relayText(record.relay),
  delay: (record) => record.delay,
  delays: (record) => record.delays?.join('/'),
  dsn: (record) => record.dsn,
  tls: (record) => record.tls,
  helo: (record) => record.helo,
  size: (record) => record.size,
  nrcpt: (record) => record.recipients,
};

const STATUS = { delivered: 'sent', discarded: 'sent' };
const STAGES = {
  RCPT: 'rcpt',
  MAIL: 'mail',
  CONNECT: 'connect',
  DATA: 'data',
  'END-OF-MESSAGE': 'eom',
  VRFY: 'rcpt', // it asks about a recipient, too
  HELO: 'ehlo',
  EHLO: 'ehlo',
};

function relayText(relay) {
  if (relay === undefined) return 'none';
  if (relay.service !== undefined) return relay.service;
  // `sub1.example.com[private/dovecot-lmtp]`: a socket is no address.
  if (relay.ip === undefined) return undefined;
  return `${relay.host ?? ''}[${relay.ip}]${relay.port === undefined ? '' : `:${relay.port}`}`;
}

const rows = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line));
const messages = rows.filter(({ kind }) => kind === 'message');
const sum = { recognised: 0, decided: 0, agree: 0, differ: 0, outside: 0 };
const remarks = [];

for (const { line, program: tag, expected, expected_kv = {} } of messages) {
  const program = programOf(tag);
  const record = program?.parse({
    text: line,
    start: 0,
    end: line.length,
    time: 0,
    host: 'h',
    tag,
    pid: 1,
    repeats: 1,
    program,
  });
  if (record === undefined) {
    remarks.push(`not recognised: ${tag}: ${line}`);
    continue;
  }
  sum.recognised += 1;
  if (record.kind === 'nothing') continue;
  sum.decided += 1;
  for (const [name, value] of Object.entries({ ...expected, ...expected_kv })) {
    const ours = FIELDS[name]?.(record, value);
    const theirs = STAGES[value] ?? value;
    if (ours === undefined) sum.outside += 1;
    else if (String(ours) === String(theirs)) sum.agree += 1;
    else {
      sum.differ += 1;
      remarks.push(
        `${name}: theirs ${JSON.stringify(theirs)}, ours ${JSON.stringify(ours)}: ${tag}: ${line}`,
      );
    }
  }
}

process.stdout.write(
  [
    `messages         ${messages.length}`,
    `recognised       ${sum.recognised}`,
    `with a record    ${sum.decided}   (the others decide nothing about mail)`,
    `fields agreeing  ${sum.agree}`,
    `fields differing ${sum.differ}`,
    `fields of theirs that such a record does not hold  ${sum.outside}`,
    ...remarks,
    '',
  ].join('\n'),
);
process.exitCode = sum.differ > 0 ? 1 : 0;
