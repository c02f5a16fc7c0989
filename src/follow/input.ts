/** What is followed: files, the journal, a pipe. */
import type { Batch } from '../input/batches.ts';

/** A text that grows: a log file until it is rotated, the journal, a pipe. */
export interface TextPart {
  /** The log as the user named it. */
  readonly name: string;
  /** Unique among all texts of all runs that share a state. */
  readonly number: number;
  /** Its first bytes, as far as they are known: it is known again by them. Empty where it has no beginning. */
  head(): Buffer;
  /**
   * Where another text was cut that this one goes on with: at places behind it, both have lines. Absent where it begins
   * at its beginning.
   */
  readonly cut?: number | undefined;
}

/** A part of a text, to be worked through before the next one is asked for. */
export interface Piece {
  /** The same object for all pieces of a text in one run. */
  readonly part: TextPart;
  readonly batches: Iterable<Batch>;
  /** It lay there before the following began: it tells of open messages, and is no news. */
  readonly past?: boolean;
}

/** Something that is followed. */
export interface LiveInput {
  /** Unique among the inputs: its state is kept under this name. */
  readonly name: string;
  /**
   * Gives what has come since the last call.
   * @param now milliseconds of a clock that only goes forward
   */
  read(now: number): AsyncGenerator<Piece>;
  /** Calls back when there may be something to read. It may miss changes, which are found by reading now and then. */
  watch(changed: () => void): void;
  /** Plain data to go on with in another run. Speaks of all pieces that were given so far. */
  readonly state: unknown;
  /** Nothing more can come. */
  readonly ended: boolean;
  /** Lets go of everything. */
  close(): Promise<void>;
}
