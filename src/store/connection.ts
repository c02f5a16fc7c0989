/** A store behind `@clickhouse/client`: the same for a server and for the embedded engine. */
import type { ClickHouseClient } from '@clickhouse/client';
import type { Address } from './address.ts';
import { StoreError } from './error.ts';
import type { Rows } from './rows.ts';
import type { Answer, Cell, Parameters, Store } from './store.ts';

/** Seconds that a question may take. */
const LONGEST_QUESTION = 120;

/** How rows get into one of the back ends. Resolves with the number of rows that it says it has written. */
export type Insert = (
  client: ClickHouseClient,
  insert: { readonly into: string; readonly rows: Rows; readonly token: string | undefined },
) => Promise<number | undefined>;

/** Speaks to ClickHouse through the client. */
export class Connection implements Store {
  readonly address: Address;
  readonly #client: ClickHouseClient;
  readonly #insert: Insert;
  readonly #onClose: () => void;

  constructor(
    address: Address,
    client: ClickHouseClient,
    insert: Insert,
    onClose: () => void = () => undefined,
  ) {
    this.address = address;
    this.#client = client;
    this.#insert = insert;
    this.#onClose = onClose;
  }

  async command(statement: string): Promise<void> {
    await this.#guard(() => this.#client.command({ query: statement }));
  }

  async ask(question: string, parameters: Parameters = {}): Promise<Answer> {
    // As a subquery it can be nothing but a question, and needs no knowledge of how it ends.
    const query = `SELECT * FROM (\n${question}\n) SETTINGS max_execution_time = ${LONGEST_QUESTION}`;
    return this.#guard(async () => {
      const result = await this.#client.query({
        query,
        query_params: parameters as Record<string, unknown>,
        format: 'JSONCompactEachRowWithNames',
      });
      const text = await result.text();
      const tag = result.response_headers?.['x-clickhouse-exception-tag'];
      const end = typeof tag === 'string' ? text.indexOf(`__exception__\r\n${tag}\r\n`) : -1;
      if (end >= 0) throw new Error(text.slice(text.indexOf(tag as string, end)).split('\r\n')[1]);
      return answerOf(text);
    });
  }

  async insert(table: string, rows: Rows, token?: string): Promise<void> {
    if (rows.count === 0) return;
    const into = `INSERT INTO ${table} (${rows.names.map((name) => `\`${name}\``).join(', ')})`;
    const written = await this.#guard(() => this.#insert(this.#client, { into, rows, token }));
    // An exception can come with a status that says all is well, and a retry may say that nothing was new.
    if (written !== rows.count) {
      throw new StoreError(
        'away',
        `${this.address.name} says that it took ${written ?? 'no'} of ${rows.count} rows`,
        'see its log for the reason',
      );
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
    this.#onClose();
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof StoreError ? error : storeError(this.address, error);
    }
  }
}

/** One JSON array a line: the names of the columns, then the rows. */
function answerOf(text: string): Answer {
  const [columns = [], ...rows] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return JSON.parse(line) as Cell[];
      } catch (error) {
        // Older servers write an exception into the answer as it is.
        const failure = /Code: \d+\. DB::Exception: [^\n]{0,500}/.exec(line)?.[0];
        throw new Error(failure ?? 'the answer broke off', { cause: error });
      }
    });
  return { columns: columns as string[], rows };
}

/** Codes of ClickHouse's errors (`system.errors`) and what they mean for us. */
const FAULT_BY_CODE: Readonly<Record<string, readonly [StoreError['fault'], string]>> = {
  // Names and rights.
  192: ['denied', 'check the user in the address and the password in WHYBOUNCE_STORE_PASSWORD'],
  193: ['denied', 'check the user in the address and the password in WHYBOUNCE_STORE_PASSWORD'],
  194: ['denied', 'check the user in the address and the password in WHYBOUNCE_STORE_PASSWORD'],
  516: ['denied', 'check the user in the address and the password in WHYBOUNCE_STORE_PASSWORD'],
  164: ['denied', 'the user may only read; name one that may write'],
  497: ['denied', 'grant the user SELECT, INSERT, CREATE and ALTER on the database'],
  // What is not there.
  81: [
    'missing',
    'make the database first (CREATE DATABASE), or name another behind the last / of the address',
  ],
  60: ['missing', 'make the tables with whybounce store init'],
  // What an older server does not know: a format, a setting.
  73: ['version', 'the server is too old; whybounce is tested with ClickHouse 26.7'],
  115: ['version', 'the server is too old; whybounce is tested with ClickHouse 26.7'],
  // Passing trouble.
  ...Object.fromEntries(
    [159, 160, 202, 203, 209, 210, 242, 243, 279, 285, 286, 319, 425, 999].map((code) => [
      code,
      ['away', 'see the log of the server'] as const,
    ]),
  ),
  241: ['busy', 'give the server more memory'],
  252: ['busy', 'the server has too many parts to merge; it needs time'],
};

/** Makes our own error of what the client throws. Errors of the embedded engine are of another class of that name. */
export function storeError({ name }: Address, error: unknown): StoreError {
  const { message, code } = error as { message: string; code?: string };
  const number = /^\d+$/.test(code ?? '') ? code : /^Code: (\d+)/.exec(message)?.[1];
  const text = (message.split('\n', 1)[0] ?? '').slice(0, 300).trimEnd();
  if (number === undefined) {
    // Sockets, timeouts and proxies: the client does not even tell the HTTP status.
    return new StoreError(
      'away',
      `${name} does not answer: ${text || (code ?? 'no reason given')}`,
      'see whether the server runs and the address is right',
      { cause: error },
    );
  }
  const [fault, hint] = FAULT_BY_CODE[number] ?? ['refused', `it is error ${number} of ClickHouse`];
  return new StoreError(fault, `${name}: ${text}`, hint, { cause: error });
}
