/** What servers on this machine say: filters before and behind the queue, and the mailbox server. */
import type { Rule } from './rule.ts';

/** What servers on this machine say. They go first: their trouble is no other server's. */
export const NEAR_RULES: readonly Rule[] = [
  {
    // What a remote server says of itself is theirs to mend; what the filter next door says is ours.
    id: 'near.trouble',
    cause: 'local_error',
    detail: 'helper',
    confidence: 0.92,
    near: true,
    reply: [4],
    any: [
      '(error|failure|failed|fails|problem|trouble|fault|crash*)',
      '(unavailable|not available|unable|cannot|could not|down|shutting|busy|overload*|timeout|timed out|connect*)',
      '(try|retry) (again|later)',
    ],
    none: [
      'quota',
      'full',
      'grey*',
      '(spam|virus|malware) (detected|found|message|content)',
      'sender address',
      'recipient address',
      'too many',
      'rate',
      'size',
      'no such',
      'unknown',
      'not exist',
    ],
    examples: [
      'host 127.0.0.1[127.0.0.1] said: 451 4.5.0 Error in processing, id=04801-01',
      'host mail.example.com[private/dovecot-lmtp] said: 451 4.3.0 Temporary internal failure',
      { text: '421 4.3.2 Shutting down', relayHost: 'localhost' },
    ],
    nearMisses: [
      'host mx.example.com[192.0.2.1] said: 451 4.3.0 Temporary internal failure',
      'host 127.0.0.1[127.0.0.1] said: 452 4.2.2 Mailbox is full, try again later',
    ],
  },
  {
    id: 'near.connection',
    cause: 'local_error',
    detail: 'helper',
    confidence: 0.92,
    near: true,
    reply: [0],
    any: ['(lost connection|conversation) with'],
    kind: 'soft',
    examples: [
      'lost connection with mail.example.com[private/dovecot-lmtp] while receiving the initial server greeting',
    ],
    nearMisses: [
      'lost connection with mx.example.com[192.0.2.1] while receiving the initial server greeting',
    ],
  },
];
