/** What a row tells findings: whether it counts as a failure, where and of whom, and what was before it. */
import { causeKey } from '../aggregate/rows.ts';
import { foldedKey } from '../aggregate/table.ts';
import { domainOf, isFailure, isNotice, isOfSender, placeOf, repeats } from '../aggregate/trend.ts';
import type { Classification } from '../cause/contract.ts';
import type { Message, Outcome, TrackedEvent } from '../track/event.ts';
import type { MessageNote } from './ledger.ts';

/** The facts for findings. */
export interface FailureFacts {
  readonly failed: boolean;
  /** Of a failure: the provider, or the recipient's domain with its `@`. */
  readonly place: string | undefined;
  /** The sender's domain with its `@`, where the cause is the sender's: of a failure, or of the one before. */
  readonly blamed: string | undefined;
  /** The recipient's event before failed for the same cause. */
  readonly repeats: boolean;
  /** Its message has failed for this cause for the first time. */
  readonly newToCause: boolean;
  /** Its message has failed for this cause at this place for the first time. */
  readonly newToPlace: boolean;
  /** The recipient's event before was a deferral. */
  readonly waited: boolean;
  /** The recipient's failure before: the same once more, or what it was delivered after. */
  readonly before: Outcome | undefined;
  readonly placeBefore: string | undefined;
}

/** Of most events. */
export const NO_FAILURE: FailureFacts = {
  failed: false,
  place: undefined,
  blamed: undefined,
  repeats: false,
  newToCause: false,
  newToPlace: false,
  waited: false,
  before: undefined,
  placeBefore: undefined,
};

/** Gives what findings have to know of an event. Notes on the message what it has failed for. */
export function failureFacts(event: TrackedEvent, note: MessageNote): FailureFacts {
  const { type, prior, classification, message, status } = event;
  if (type !== 'delivery' || (classification === undefined && prior === undefined)) return NO_FAILURE;
  const waited = prior?.status === 'deferred';
  if (classification !== undefined) {
    const failed = isFailure(event);
    const again = repeats(event);
    const place = failed ? foldedKey(placeOf(event)) : undefined;
    const counts = place !== undefined && !again && message !== undefined;
    const key = causeKey(classification);
    return {
      failed,
      place,
      newToCause: counts && isNew(note, key),
      newToPlace: counts && isNew(note, `${key}\n${place}`),
      blamed: failed ? blamedFor(classification, message) : undefined,
      repeats: again,
      waited,
      before: again ? prior : undefined,
      placeBefore: undefined,
    };
  }
  const cause = prior?.classification;
  if (cause === undefined || status !== 'delivered' || event.hop || isNotice(event)) {
    return { ...NO_FAILURE, waited };
  }
  const { provider, to } = prior!;
  return {
    ...NO_FAILURE,
    waited,
    before: prior,
    placeBefore: foldedKey(placeOf({ provider, to })),
    blamed: blamedFor(cause, message),
  };
}

/** Whether the message has not failed so before; it has from now on. */
function isNew(note: MessageNote, key: string): boolean {
  note.failedFor ??= new Set();
  if (note.failedFor.has(key)) return false;
  note.failedFor.add(key);
  return true;
}

function blamedFor(cause: Classification, message: Message | undefined): string | undefined {
  return isOfSender(cause) ? foldedKey(domainOf(message?.from)) : undefined;
}
