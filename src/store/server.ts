/** A ClickHouse server by URL. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createClient } from '@clickhouse/client';
import type { ServerAddress } from './address.ts';
import { Connection, type Insert } from './connection.ts';
import { StoreError } from './error.ts';
import type { Store } from './store.ts';

/** Long enough for a large insert on a busy server. */
const REQUEST_TIMEOUT = 120_000;

/** Opens a connection; the first question shows whether anybody is there. */
export function openServer(address: ServerAddress, environment: NodeJS.ProcessEnv): Store {
  const client = createClient({
    url: address.url,
    username: address.user,
    password: passwordOf(environment),
    database: address.database,
    application: 'whybounce',
    request_timeout: REQUEST_TIMEOUT,
    compression: { request: true, response: true },
    // It would write every error to stderr besides throwing it.
    log: { level: 127 },
  });
  return new Connection(address, client, insert);
}

const insert: Insert = async (client, { into, rows, token }) => {
  // Insertion in the background would be acknowledged, as some servers are set up, before it is certain.
  const settings = ['async_insert = 0', 'distributed_foreground_insert = 1'];
  // Only what we made ourselves, letters and digits, may go into the statement.
  if (token !== undefined && /^\w+$/.test(token)) settings.push(`insert_deduplication_token = '${token}'`);
  const { stream, summary } = await client.exec({
    query: `${into} SETTINGS ${settings.join(', ')} FORMAT Native`,
    values: Readable.from(rows.parts),
  });
  const said = (await stream.toArray()).map(String).join('');
  // Linear: digits, then up to 500 characters of one line.
  const failure = /Code: \d+\. DB::Exception: [^\n]{0,500}/.exec(said)?.[0];
  if (failure !== undefined) throw new Error(failure);
  return summary === undefined ? undefined : Number(summary.written_rows);
};

function passwordOf(environment: NodeJS.ProcessEnv): string {
  const file = environment['WHYBOUNCE_STORE_PASSWORD_FILE'];
  if (file === undefined) return environment['WHYBOUNCE_STORE_PASSWORD'] ?? '';
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new StoreError(
      'denied',
      `WHYBOUNCE_STORE_PASSWORD_FILE cannot be read: ${(error as Error).message}`,
      'name a file that holds the password and nothing else',
    );
  }
}
