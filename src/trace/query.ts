/** What is looked for: a queue id, a message-id, an address, or a part of one. */
import type { LogRecord } from '../../parsers/contract.ts';

/** A shorter part of a queue id would be found in too many of them. */
const SHORTEST_PART_OF_ID = 6;

/** Compares the texts of records and events with what the user looks for. */
export class Query {
  /** As the user wrote it, without the brackets that logs put around addresses. */
  readonly what: string;
  readonly #lowerCase: string;

  constructor(what: string) {
    this.what = /^<(.*)>$/.exec(what)?.[1] ?? what;
    this.#lowerCase = this.what.toLowerCase();
  }

  /** Whether a record speaks of it. */
  matches(record: LogRecord): boolean {
    if ('queueId' in record && this.isId(record.queueId)) return true;
    switch (record.kind) {
      case 'delivery':
        return this.isIn(record.to) || this.isIn(record.origTo) || this.isId(record.nextQueueId);
      case 'queued':
      case 'expired':
        return this.isIn(record.from);
      case 'message-id':
        return this.isIn(record.messageId);
      case 'client':
        return this.isIn(record.authUser) || this.isId(record.parentQueueId);
      case 'pickup':
        return this.isIn(record.from) || this.isId(record.parentQueueId);
      case 'reject':
        return this.isIn(record.to) || this.isIn(record.from) || this.isIn(record.authUser);
      case 'hold':
      case 'discard':
        return this.isIn(record.to) || this.isIn(record.from);
      case 'child':
        return this.isId(record.childQueueId);
      default:
        return false;
    }
  }

  /** Whether it is an address or a message-id, or a part of it. Capital letters make no difference. */
  isIn(text: string | undefined): boolean {
    if (text === undefined || text.length < this.what.length) return false;
    return text.includes(this.what) || text.toLowerCase().includes(this.#lowerCase);
  }

  /** Whether it is a queue id, or a good part of it. Capital letters make a difference there. */
  isId(id: string | undefined): boolean {
    if (id === undefined || id.length < this.what.length) return false;
    return id === this.what || (this.what.length >= SHORTEST_PART_OF_ID && id.includes(this.what));
  }
}
