/** The form in which all rules are written. */
import type { Kind, Stage } from '../../event/event.ts';
import type { CauseId } from '../catalogue.ts';
import type { Direction } from '../contract.ts';

/**
 * One rule: conditions that must all hold, and the cause that then follows. Rules are tried in order; the first
 * that holds decides.
 *
 * Phrases are read against the canonical text (see `normalise.ts`) in a small notation (see `phrase.ts`):
 * `mailbox ~ (full|over quota)` is the word `mailbox`, then within a few words `full` or `over quota`.
 */
export interface Rule {
  /** Unique; shown to users as what decided. */
  readonly id: string;
  readonly cause: CauseId;
  /** A detail of the cause; `$list` takes the blocklist that the text names. */
  readonly detail?: string;
  /** 0 to 1: how often this rule is right when it decides. */
  readonly confidence: number;
  /** One of these phrases must be there. Without it the codes alone decide. */
  readonly any?: readonly string[];
  /** The phrase of `any` must be the whole text. */
  readonly whole?: true;
  /** All of these phrases must be there too. */
  readonly all?: readonly string[];
  /** None of these phrases may be there. */
  readonly none?: readonly string[];
  /** Only where the relay (or MX host) belongs to one of these providers. */
  readonly provider?: readonly string[];
  /** Only where the server that speaks is by its name on this machine: `localhost`, 127.0.0.1, a socket. */
  readonly near?: true;
  readonly stage?: readonly Stage[];
  readonly direction?: Direction;
  /** Only where the reply code is one of these, or of a class (`4`, `5`). */
  readonly reply?: readonly number[];
  /** Only where the enhanced code (without its class: `1.1`) is one of these. */
  readonly enhanced?: readonly string[];
  /** Only where the enhanced code's detail lies between these, both included: `['7.606', '7.649']`. */
  readonly enhancedRange?: readonly [string, string];
  /** Where the class of the codes does not tell whether a retry helps. */
  readonly kind?: Kind;
  /** Replies that this rule, and no earlier one, decides. */
  readonly examples: readonly Example[];
  /** Replies that look alike and must be decided by another rule. */
  readonly nearMisses?: readonly Example[];
}

/** A raw reply, with the other facts where the rule needs them. */
export type Example =
  | string
  | {
      readonly text: string;
      readonly relayHost?: string;
      readonly stage?: Stage;
      readonly dsn?: string;
      readonly direction?: Direction;
    };
