/** What the commands that use a store have in common. */
import { type Address, parseAddress } from '../store/address.ts';
import { StoreError } from '../store/error.ts';
import { openReader, openStore } from '../store/open.ts';
import type { Patience } from '../store/patience.ts';
import { PATIENT } from '../store/patience.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './command.ts';
import { UsageError } from './errors.ts';
import { note } from './output.ts';

/** Between two remarks that the store is away. */
const REMARK_EVERY = 5000;

/** The store that a flag names. */
export function addressOf(flag: string, value: string | undefined): Address {
  if (value === undefined) {
    throw new UsageError(
      `${flag} is missing`,
      `give ${flag} chdb:./mail or ${flag} http://user@host:8123/mail`,
    );
  }
  try {
    return parseAddress(value);
  } catch (error) {
    // No store was asked: the command line is wrong.
    if (error instanceof StoreError) throw new UsageError(error.message, error.hint);
    throw error;
  }
}

/** Opens a store for writing, does the work and closes it. */
export async function withStore<T>(
  address: Address,
  context: Context,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  return closing(await openStore(address, context.environment), work);
}

/** Opens a store for reading, does the work and closes it. */
export async function withReader<T>(
  address: Address,
  context: Context,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  return closing(await openReader(address, context.environment), work);
}

/** How long a store that is away is waited for, and what is said meanwhile. */
export function patienceOf({ name }: Address, context: Context): Patience {
  let last = -Infinity;
  return {
    ...PATIENT,
    stop: context.stop,
    onWait(error, milliseconds) {
      const now = performance.now();
      if (now - last < REMARK_EVERY) return;
      last = now;
      const seconds = Math.ceil(milliseconds / 1000);
      note(context, `waiting for ${name}, next try in ${seconds} s at most: ${error.message}`);
    },
  };
}

async function closing<T>(store: Store, work: (store: Store) => Promise<T>): Promise<T> {
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
