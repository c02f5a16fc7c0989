/** Collects the replies that no rule knows, by what they say: the raw material of new rules. */
import { copy } from '../../parsers/copy.ts';
import { normalise } from '../cause/normalise.ts';
import type { TrackedEvent, TrackSink } from '../track/event.ts';
import type { Window } from './aggregate.ts';

/** Replies of one text, with strings of their own. */
export interface UnknownReply {
  /** What is the same in all of them. */
  readonly canonical: string;
  readonly replyCode: number | undefined;
  readonly enhancedCode: string | undefined;
  /** The first of them, as the log has it. */
  readonly diagnostic: string;
  /** Who said it first, where that is known. */
  readonly relayHost: string | undefined;
  count: number;
}

/** Different texts that are kept; further ones are only counted. */
const MOST = 10_000;

const LONGEST_DIAGNOSTIC = 1000;

/** Counts the unclassified failures and refusals of a window. */
export class UnknownReplies implements TrackSink {
  readonly #from: number;
  readonly #until: number;
  readonly #byText = new Map<string, UnknownReply>();
  /** Replies that came when the table was full. */
  others = 0;

  constructor({ from, until }: Window) {
    this.#from = from ?? -Infinity;
    this.#until = until ?? Infinity;
  }

  /** The most frequent first; those of one frequency in the order of their texts. */
  get replies(): UnknownReply[] {
    return [...this.#byText]
      .sort(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1))
      .map(([, reply]) => reply);
  }

  event({ time, status, classification, delivery, rejection }: TrackedEvent): void {
    // An expiry repeats the reason of the last deferral.
    if (classification?.cause !== 'unclassified' || status === 'expired') return;
    // The MTA's own word for not having tried is no reply; it has the cause of the attempt before.
    if (delivery?.unexplained) return;
    if (time < this.#from || time >= this.#until) return;
    const said = delivery ?? rejection;
    if (said === undefined) return;
    const text = delivery === undefined ? said.diagnostic : said.reply.text;
    const { text: canonical, replyCode, enhancedCode } = normalise(text);
    const key = `${said.reply.code ?? ''} ${said.reply.enhanced ?? ''} ${canonical}`;
    const known = this.#byText.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#byText.size >= MOST) this.others += 1;
    else {
      const relayHost = delivery?.relay?.host;
      this.#byText.set(key, {
        canonical,
        replyCode: said.reply.code ?? replyCode,
        enhancedCode: own(said.reply.enhanced) ?? enhancedCode,
        diagnostic: copy(said.diagnostic.slice(0, LONGEST_DIAGNOSTIC)),
        relayHost: own(relayHost),
        count: 1,
      });
    }
  }

  // What follows is for those who count messages.
  resumed(): void {}
  closed(): void {}
  retracted(): void {}
  notified(): void {}
  notice(): void {}
}

function own(text: string | undefined): string | undefined {
  return text === undefined ? undefined : copy(text);
}
