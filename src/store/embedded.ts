/**
 * The embedded ClickHouse (chDB), which is loaded only where a directory is named: it is as large as all of Node.
 * Once it is loaded nobody may call `process.exit()`, which crashes it after an insert.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import type { EmbeddedAddress } from './address.ts';
import { Connection, type Insert } from './connection.ts';
import { StoreError } from './error.ts';
import type { Store } from './store.ts';

/** Opens the directory for reading and writing; made if it is not there. One process at a time can. */
export async function openEmbedded(address: EmbeddedAddress): Promise<Store> {
  const { directory } = address;
  refuseLocked(address);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new StoreError(
      'denied',
      `${directory} cannot be made: ${(error as Error).message}`,
      'name another directory',
    );
  }
  const client = await connect(address, directory);
  // What a killed process has left is nobody's: it is the one who writes here.
  const incoming = join(directory, 'incoming');
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { mode: 0o700 });
  return new Connection(address, client, fromFiles(incoming), () => rmSync(incoming, { recursive: true }));
}

/**
 * Inserts by way of a file. Data within the statement would end at the first blank line; and whenever standard input
 * is a pipe, the engine reads rows from there as well: a log that is piped in could put rows of its own into a store.
 * No tokens: the engine's memory of them is not proof against a crash.
 */
function fromFiles(folder: string): Insert {
  let files = 0;
  return async (client, { into, rows }) => {
    const path = join(folder, `${files++}.native`);
    try {
      await writeAll(path, rows.parts);
      // Not FROM INFILE, which reads standard input too.
      await client.command({ query: `${into} SELECT * FROM file(${literal(path)}, 'Native')` });
      // It counts nothing in this form; in one process with us it took the file as a whole, or threw.
      return rows.count;
    } finally {
      rmSync(path);
    }
  };
}

async function writeAll(path: string, parts: readonly Buffer[]): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writev(parts);
  } finally {
    await file.close();
  }
}

/**
 * Opens what the directory holds at this moment, for reading only, beside a process that may be writing to it.
 *
 * A fresh engine of its own mounts the tables' files. Parts of a table are never changed, only replaced, and the
 * writer keeps replaced ones for some minutes; so all of a report comes from the same state. (Letting the engine
 * look for new parts while it reads was measured to miss rows for moments.)
 */
export async function attachEmbedded(address: EmbeddedAddress): Promise<Store> {
  const metadata = join(address.directory, 'metadata', 'default');
  if (!existsSync(metadata)) {
    throw new StoreError(
      'missing',
      `there is no store in ${address.directory}`,
      'fill it with whybounce load',
    );
  }
  const own = mkdtempSync(join(tmpdir(), 'whybounce-reader-'));
  const remove = () => rmSync(own, { recursive: true, force: true });
  try {
    const client = await connect(address, own);
    const store = new Connection(address, client, refuse, remove);
    // Compiling, and threads that read ahead, pay off where questions are long; and as many come at once, more threads for
    // each only stand in each other's way. Nothing is inserted through it.
    const threads = Math.max(1, Math.floor(availableParallelism() / 2));
    await store.command(
      'SET compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0, ' +
        `remote_filesystem_read_method = 'read', max_threads = ${threads}`,
    );
    const definitions = readdirSync(metadata)
      .filter((file) => file.endsWith('.sql'))
      .map((file) => ({
        name: file.slice(0, -'.sql'.length),
        text: readFileSync(join(metadata, file), 'utf8'),
      }));
    // Views speak of tables, which must be there before them.
    const isView = ({ text }: { text: string }): boolean => text.startsWith('ATTACH VIEW');
    for (const { name, text } of definitions.filter((each) => !isView(each))) {
      await store.command(mounted(address.directory, name, text));
    }
    for (const { name, text } of definitions.filter(isView)) {
      await store.command(text.replace(/^ATTACH VIEW _ UUID '[^']*'/, `CREATE VIEW ${name}`));
    }
    return store;
  } catch (error) {
    remove();
    throw error;
  }
}

/** The definition of a table as it lies in the directory, turned into one whose data are there and stay as they are. */
function mounted(directory: string, name: string, definition: string): string {
  const files = realpathSync(join(directory, 'data', 'default', name));
  const path = literal(`${files}/`);
  const disk = `disk(readonly = 1, type = object_storage, object_storage_type = local, metadata_type = plain, path = ${path})`;
  return definition
    .replace(/^ATTACH TABLE _ UUID '[^']*'/, `CREATE TABLE ${name}`)
    .replace(/\nSETTINGS [^\n]*\s*$/, `\nSETTINGS disk = ${disk}, table_disk = 1`);
}

async function connect(address: EmbeddedAddress, path: string): Promise<ClickHouseClient> {
  const { createChdbConnection } = await loadEngine();
  let connection: ReturnType<typeof createChdbConnection>;
  try {
    connection = createChdbConnection({ path });
  } catch (error) {
    // The engine gives its reason to stderr only. Somebody may have been quicker than us.
    refuseLocked(address);
    throw new StoreError(
      'refused',
      `the embedded ClickHouse cannot open ${path}: ${(error as Error).message}`,
      'what it wrote above says why',
      { cause: error },
    );
  }
  return createClient({
    // Its types are those of another copy of the same interface.
    connection: connection as never,
    log: { level: 127 },
  });
}

async function loadEngine(): Promise<typeof import('chdb/connection')> {
  try {
    return await import('chdb/connection');
  } catch (error) {
    const { code } = error as { code?: string };
    const absent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    throw new StoreError(
      'missing',
      absent
        ? 'the embedded ClickHouse is not installed'
        : `the embedded ClickHouse does not run here: ${firstLine(error)}`,
      absent
        ? 'npm install chdb (500 MB), or name a server with http://user@host:8123/database'
        : 'name a server with http://user@host:8123/database',
      { cause: error },
    );
  }
}

/** Says who has the directory open: the engine keeps its process id there while it runs. */
function refuseLocked({ directory }: EmbeddedAddress): void {
  let status: string;
  try {
    status = readFileSync(join(directory, 'status'), 'utf8');
  } catch {
    return;
  }
  const pid = Number(/^PID: (\d+)/m.exec(status)?.[1]);
  if (!(pid > 0) || pid === process.pid || !isRunning(pid)) return;
  throw new StoreError(
    'locked',
    `process ${pid} is writing to ${directory}`,
    'wait for it or stop it; whybounce report --from can read meanwhile',
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What is attached is for reading. */
function refuse(): Promise<never> {
  throw new StoreError('denied', 'the store is open for reading only', 'open it for writing');
}

/** A path as a literal of SQL. */
function literal(path: string): string {
  return `'${path.replace(/[\\']/g, '\\$&')}'`;
}

function firstLine(error: unknown): string {
  return String((error as Error).message).split('\n', 1)[0]!;
}
