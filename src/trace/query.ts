/** What is looked for: a queue id, a message-id, an address, or a part of one. */
import type { LogRecord } from '../../parsers/contract.ts';

/** A shorter part of a queue id would be found in too many of them. */
export const SHORTEST_PART_OF_ID = 6;

/** What records of any kind may tell of a message. */
export interface Facts {
  readonly kind?: LogRecord['kind'];
  readonly queueId?: string | undefined;
  readonly nextQueueId?: string | undefined;
  readonly parentQueueId?: string | undefined;
  readonly childQueueId?: string | undefined;
  readonly otherChildren?: readonly string[] | undefined;
  readonly messageId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly origTo?: string | undefined;
  readonly authUser?: string | undefined;
  readonly size?: number | undefined;
}

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
    return this.speaksOf(record);
  }

  /** Whether facts that were told of a message have it. */
  speaksOf(facts: Facts): boolean {
    return (
      this.isIn(facts.to) ||
      this.isIn(facts.origTo) ||
      this.isIn(facts.from) ||
      this.isIn(facts.messageId) ||
      this.isIn(facts.authUser) ||
      this.isId(facts.queueId) ||
      this.isId(facts.nextQueueId) ||
      this.isId(facts.parentQueueId) ||
      this.isId(facts.childQueueId) ||
      (facts.otherChildren?.some((id) => this.isId(id)) ?? false)
    );
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
