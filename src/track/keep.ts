/**
 * Keeping what a line said beyond its batch: strings are slices of the batch, which they would keep in memory whole, and
 * records work parts of themselves out on demand. What is kept is a plain copy with strings of its own, which
 * `structuredClone` takes along.
 */
import type { DeliveryRecord, LogRecord, RejectRecord, Reply } from '../../parsers/contract.ts';
import { copy as copyText } from '../../parsers/copy.ts';

/** A copy of `text`, where there is one, that shares nothing with the batch. */
export function copy(text: string): string;
export function copy(text: string | undefined): string | undefined;
export function copy(text: string | undefined): string | undefined {
  return text === undefined ? undefined : copyText(text);
}

/** Cuts loose every string that an object holds directly; objects within it are left alone. */
export function detachFields(record: object): void {
  const fields = record as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (typeof value === 'string') fields[key] = copyText(value);
  }
}

/** A record to be kept. */
export function keepRecord<T extends LogRecord>(record: T): T;
export function keepRecord(record: LogRecord): LogRecord {
  switch (record.kind) {
    case 'delivery':
      return keepDelivery(record);
    case 'reject':
      return keepReject(record);
    case 'arrival':
      return { ...keepFields(record), recipientNames: record.recipientNames?.map((name) => copy(name)) };
    case 'child':
      return { ...keepFields(record), failure: record.failure && keepDelivery(record.failure) };
    default:
      return keepFields(record);
  }
}

/** A refusal to be kept. */
export function keepReject(record: RejectRecord): RejectRecord {
  const kept = keepFields(record);
  return { ...kept, reply: keepReply(record.reply, record.diagnostic, kept.diagnostic) };
}

/**
 * A delivery to be kept: all that it would work out on demand is worked out.
 * @param former what was kept of the attempt before, which mostly failed in the same words: they are kept once
 */
export function keepDelivery(record: DeliveryRecord, former?: DeliveryRecord): DeliveryRecord {
  const said = record.diagnostic;
  const diagnostic = own(said, former?.diagnostic);
  const { reply } = record;
  return {
    kind: 'delivery',
    queueId: own(record.queueId, former?.queueId),
    to: own(record.to, former?.to),
    others: record.others,
    origTo: copy(record.origTo),
    status: record.status,
    suspended: record.suspended,
    relay: record.relay,
    transport: copy(record.transport),
    delay: record.delay,
    delays: record.delays,
    tls: copy(record.tls),
    dsn: copy(record.dsn),
    dsnGuessed: record.dsnGuessed,
    diagnostic,
    reply:
      former !== undefined && isSameReply(reply, former.reply)
        ? former.reply
        : keepReply(reply, said, diagnostic),
    nextQueueId: copy(record.nextQueueId),
    forwarded: record.forwarded,
    unexplained: record.unexplained,
    renames: record.renames,
    first: record.first,
  };
}

/** A copy, or the one that there is. */
function own(text: string, kept: string | undefined): string {
  return text === kept ? kept : copy(text);
}

function isSameReply(one: Reply, other: Reply): boolean {
  return (
    one.text === other.text &&
    one.code === other.code &&
    one.enhanced === other.enhanced &&
    one.stage === other.stage &&
    one.remote === other.remote &&
    one.host === other.host &&
    one.peer === other.peer
  );
}

/** The words are mostly a part of the diagnostic: what is kept of it holds them too. */
function keepReply(reply: Reply, diagnostic: string, kept: string): Reply {
  const at = diagnostic.indexOf(reply.text);
  const text = at < 0 ? copy(reply.text) : kept.slice(at, at + reply.text.length);
  return { ...keepFields({ ...reply, text: '' }), text };
}

function keepFields<T extends object>(record: T): T {
  const kept = { ...record };
  detachFields(kept);
  return kept;
}
