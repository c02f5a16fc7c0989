/** Counts what the written lines tell, when they are written. */

const FAILED = new Set(['deferred', 'bounced', 'expired']);
const bump = (counts, key, by = 1) => {
  counts[key] = (counts[key] ?? 0) + by;
};
const sorted = (counts) =>
  Object.fromEntries(
    Object.entries(counts)
      .filter(([, n]) => n > 0)
      .sort(([x], [y]) => (x < y ? -1 : 1)),
  );

export function createTruth() {
  const truth = {
    messages: 0,
    notifications: 0,
    delay_notices: 0,
    recipients: 0,
    states: { delivered: 0, deferred: 0, bounced: 0, expired: 0, discarded: 0, held: 0, deleted: 0, open: 0 },
    attempts: { delivered: 0, deferred: 0, bounced: 0 },
    rejected: 0,
    hops: 0,
    suspended: 0,
    suspended_only: 0,
    first_attempt: { delivered: 0, deferred: 0, bounced: 0 },
    connections: 0,
    causes: {},
    attempt_causes: {},
    reject_causes: {},
  };
  /** The recipient's last known state becomes `next`; '' takes it out of the count (a hop). */
  function become(recipient, next, cause) {
    if (recipient.state !== '') {
      truth.states[recipient.state]--;
      if (FAILED.has(recipient.state)) bump(truth.causes, recipient.cause, -1);
    }
    recipient.state = next;
    if (recipient.onlySuspended) {
      recipient.onlySuspended = false;
      truth.suspended_only--;
    }
    if (cause !== undefined) recipient.cause = cause;
    if (next === '') {
      truth.recipients--;
      return;
    }
    truth.states[next]++;
    if (FAILED.has(next)) bump(truth.causes, recipient.cause);
  }
  /** Exim names recipients only when something became of them: the log told of this one for the first time. */
  function met(recipient) {
    if (recipient.met) return;
    recipient.met = true;
    truth.recipients++;
    become(recipient, 'open');
  }
  function attempted(recipient, result, cause) {
    truth.attempts[result]++;
    if (recipient.tries === 0) truth.first_attempt[result]++;
    recipient.tries++;
    if (cause !== undefined) bump(truth.attempt_causes, cause);
    become(recipient, result, cause);
  }
  function refused(cause) {
    truth.rejected++;
    bump(truth.reject_causes, cause);
  }
  /** Another message's failure was copied onto this recipient: no attempt, so its state stays. */
  function suspended(recipient, cause) {
    truth.suspended++;
    if (recipient.tries > 0) return;
    // An expiry later on has no other reason than this one, though.
    recipient.cause = cause;
    if (!recipient.onlySuspended) truth.suspended_only++;
    recipient.onlySuspended = true;
  }

  return {
    truth,
    become,
    met,
    attempted,
    suspended,
    refused,
    result: () => ({
      messages: truth.messages,
      recipients: truth.recipients,
      ...truth.states,
      attempts: truth.attempts,
      rejected: truth.rejected,
      hops: truth.hops,
      suspended: truth.suspended,
      suspended_only: truth.suspended_only,
      notifications: truth.notifications,
      delay_notices: truth.delay_notices,
      first_attempt: truth.first_attempt,
      connections: truth.connections,
      causes: sorted(truth.causes),
      attempt_causes: sorted(truth.attempt_causes),
      reject_causes: sorted(truth.reject_causes),
    }),
  };
}
