/** A real embedded engine for a test file. It can have one directory in a process: one for each test file, then. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { parseAddress } from '../../../src/store/address.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';

/** The store; there once the tests run. */
export let store: Store;
/** Its directory. */
export const directory = mkdtempSync(join(tmpdir(), 'whybounce-store-'));

beforeAll(async () => {
  store = await openStore(parseAddress(`chdb:${directory}`), {});
});

afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});
