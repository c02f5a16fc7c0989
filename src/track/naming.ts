/**
 * Which recipient a line speaks of, where the MTA calls the same one by several names in the course of time: by the
 * address that the message came for, by what it was aliased to, or by the local part alone.
 */
import type { Recipient, Transaction } from './transaction.ts';

/** With more recipients than this, names are taken as they are. */
const MOST_RECIPIENTS = 5000;

/** The recipients that may be called by another name next: put off, or held. */
function waitingOf({ outcomes }: Transaction): Recipient[] {
  if (outcomes.length > MOST_RECIPIENTS) return [];
  return outcomes.filter(({ last }) => last?.status === 'deferred' || last?.status === 'held');
}

/** The recipients still waiting that `to`, once aliased from `origTo`, may be another name of. */
export function otherwiseNamed(
  transaction: Transaction,
  to: string,
  origTo: string | undefined,
): Recipient[] {
  const waiting = waitingOf(transaction);
  if (origTo === undefined) {
    // `list@a.test` after `bob@b.test <list@a.test>`: it stands for all that are still waiting.
    return waiting.filter((recipient) => recipient.origTo === to);
  }
  const found =
    // `bob@b.test <list@a.test>` after `list@a.test`: it was aliased meanwhile.
    waiting.find((recipient) => recipient.to === origTo && recipient.origTo === undefined) ??
    // `bob@b.test <thru@a.test>` after `bob@b.test <list@a.test>`: one alias of a chain in place of the other.
    waiting.find((recipient) => recipient.to === to && recipient.origTo !== undefined) ??
    // `bob <list@a.test>` after `bob@a.test <list@a.test>`: a delivery on this host prints the local part.
    waiting.find((recipient) => recipient.origTo === origTo && recipient.to.startsWith(`${to}@`));
  return found === undefined ? [] : [found];
}
