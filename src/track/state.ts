/**
 * All that a tracker remembers. It is plain data: after `structuredClone` or `v8.serialize` a new tracker goes on with it
 * where the former stopped, in another process or thread.
 */
import { noProcesses, type Processes } from './processes.ts';
import { noQueues, type QueuesState } from './queues.ts';
import type { SessionsState } from './sessions.ts';
import type { Transaction } from './transaction.ts';
import { noneWithheld, type WithheldState } from './withheld.ts';

/** What a tracker remembers. */
export interface TrackerState {
  readonly messages: QueuesState;
  readonly processes: Processes;
  readonly sessions: SessionsState;
  readonly withheld: WithheldState;
}

/** Gives the state of a tracker that has read nothing. */
export function newState(): TrackerState {
  return {
    messages: noQueues(),
    processes: noProcesses(),
    sessions: new Map(),
    withheld: noneWithheld(),
  };
}

/**
 * Gives what `save` makes of a state without marks. What the stage that counts has noted on messages and outcomes points
 * into its counts: it is of use only where these are saved together with the state, and would take most of them along.
 */
export function withoutMarks<T>(state: TrackerState, save: (state: TrackerState) => T): T {
  const marked = [...bearers(state)].filter(({ mark }) => mark !== undefined);
  const marks = marked.map(({ mark }) => mark);
  for (const bearer of marked) bearer.mark = undefined;
  try {
    return save(state);
  } finally {
    marked.forEach((bearer, at) => {
      bearer.mark = marks[at];
    });
  }
}

/** Every message and outcome that is remembered, some of them more than once. */
function* bearers({ messages }: TrackerState): Iterable<{ mark: object | undefined }> {
  for (const queue of messages.queues.values()) {
    for (const transaction of queue.open.values()) yield* bearersOf(transaction);
    for (const transaction of queue.recent.values()) yield* bearersOf(transaction);
  }
  for (const transaction of messages.leaving.items) {
    if (transaction !== undefined) yield* bearersOf(transaction);
  }
  for (const settled of messages.settled.items)
    if (settled !== undefined) yield* bearersOf(settled.transaction);
}

function* bearersOf(transaction: Transaction): Iterable<{ mark: object | undefined }> {
  yield transaction;
  for (const { last } of transaction.outcomes) if (last !== undefined) yield last;
  if (transaction.nameless !== undefined) yield transaction.nameless.outcome;
}
