/** Starts the test server, or names a real one (`WHYBOUNCE_TEST_CLICKHOUSE`, whose database must be for tests only). */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { parseAddress } from '../../../src/store/address.ts';
import { openStore } from '../../../src/store/open.ts';

export const PASSWORD = { WHYBOUNCE_STORE_PASSWORD: 'secret' };

/** What goes wrong with the next `times` statements that contain `match`. */
export interface Fault {
  readonly match: string;
  readonly kind:
    | 'unavailable'
    | 'reset'
    | 'reset-after'
    | 'busy'
    | 'old'
    | 'exception-as-success'
    | 'forgotten'
    | 'slow'
    | 'cut'
    | 'exception-in-answer';
  readonly times: number;
}

export interface Front {
  /** With the user `writer`. */
  readonly address: string;
  readonly host: string;
  inject(...faults: Fault[]): Promise<void>;
  statements(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts a server with an engine of its own. It ends with the tests of the file. */
export async function startFront(): Promise<Front> {
  const directory = mkdtempSync(join(tmpdir(), 'whybounce-front-'));
  const child = spawn(process.execPath, ['test/src/store/front.mjs', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  };
  afterAll(stop);
  const host = `127.0.0.1:${await firstLine(child)}`;
  return {
    host,
    address: `http://writer@${host}/default`,
    async inject(...faults) {
      await fetch(`http://${host}/faults`, { method: 'POST', body: JSON.stringify(faults) });
    },
    statements: async () => (await (await fetch(`http://${host}/statements`)).json()) as string[],
    stop,
  };
}

/** Removes all tables of a server's database. */
export async function emptied(address: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const store = await openStore(parseAddress(address), environment);
  const { rows } = await store.ask(
    "SELECT name, engine = 'View' FROM system.tables WHERE database = currentDatabase()",
  );
  for (const [name, isView] of rows) await store.command(`DROP ${isView ? 'VIEW' : 'TABLE'} ${name} SYNC`);
  await store.close();
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += chunk;
    if (text.includes('\n')) return text.trim();
  }
  throw new Error('the test server did not start');
}
