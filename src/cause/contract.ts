/** What the classifier takes and gives. */
import type { Kind, Mta, Stage } from '../event/event.ts';

/** `outbound`: another server refused our mail. `inbound`: this server refused somebody's mail. */
export type Direction = 'outbound' | 'inbound';

/** One reply with what is known about it. Only `text` is needed. */
export interface ReplyFacts {
  /** The reply in the server's words, or the MTA's own text; wrappers such as `host X said:` are tolerated. */
  text: string;
  replyCode?: number | undefined;
  enhancedCode?: string | undefined;
  /** The MTA's own enhanced code, used where the text has none. */
  dsn?: string | undefined;
  relayHost?: string | undefined;
  /** The provider behind the relay, where it has been looked up already. */
  provider?: string | undefined;
  stage?: Stage | undefined;
  direction?: Direction | undefined;
  mta?: Mta | undefined;
  /** True where the MTA tries again: that tells the kind where no code does. */
  deferred?: boolean | undefined;
}

/** Below this, of ten answers several are wrong: they are shown with a question mark. */
const DOUBTFUL = 0.7;

/** Whether a cause that was found may well be another one. That none was found leaves no doubt. */
export function isDoubtful({ cause, confidence = 1 }: { cause: string; confidence?: number }): boolean {
  return cause !== 'unclassified' && confidence < DOUBTFUL;
}

/** The classifier's answer. One object is shared by all replies of the same normalised text: never change it. */
export interface Classification {
  /** A cause id of the catalogue, or `unclassified`. */
  readonly cause: string;
  readonly detail: string | undefined;
  readonly kind: Kind;
  /** 0 to 1, calibrated. */
  readonly confidence: number;
  /** Names what decided. */
  readonly rule: string;
  /** The words that decided, from the normalised text. */
  readonly evidence: string;
}
