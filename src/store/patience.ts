/** Waiting for a store that is away: longer each time, and not all at the same moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from './error.ts';

/** How long to try, and what to do meanwhile. */
export interface Patience {
  /** Milliseconds after the first failure in which another try is made. */
  readonly longest: number;
  /** First wait in milliseconds; doubled each time up to `LONGEST_WAIT`. */
  readonly first: number;
  /** Told of each failure that will be tried again. */
  onWait?(error: Error, milliseconds: number): void;
  readonly stop?: AbortSignal | undefined;
}

const LONGEST_WAIT = 30_000;

/** What `load` has: a restart of the server passes, a machine that is gone is told. */
export const PATIENT: Patience = { longest: 5 * 60_000, first: 500 };

/** Does work that can be repeated, until the store is there for it. */
export async function patiently<T>(patience: Patience, work: () => Promise<T>): Promise<T> {
  const waiting = new Waiting(patience);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreError && error.passing)) throw error;
      await waiting.after(error);
    }
  }
}

/** Keeps the time of one piece of work that is tried again and again. */
export class Waiting {
  readonly #patience: Patience;
  #failures = 0;
  #since = Number.NaN;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Waits for the next try; throws the error if it is time to give up. */
  async after(error: Error): Promise<void> {
    const { longest, first, onWait, stop } = this.#patience;
    if (this.#failures === 0) this.#since = performance.now();
    const left = this.#since + longest - performance.now();
    if (left <= 0 || stop?.aborted) throw error;
    // Full jitter: many clients that were cut off together shall not come back together.
    const most = Math.min(LONGEST_WAIT, first * 2 ** this.#failures);
    const wait = Math.min(left, Math.random() * most);
    this.#failures += 1;
    onWait?.(error, wait);
    await sleep(wait, undefined, { signal: stop }).catch(() => {
      throw error;
    });
  }
}
