/**
 * The tables of a store, as numbered steps: a store of any age is brought up to this program by those it lacks.
 * A step that was released is never changed.
 *
 * On a cluster each table is there twice: `NAME_local` holds a shard's rows on its replicas, `NAME` is all of them.
 */
import { StoreError } from './error.ts';
import { COLUMNS, EVENT_COLUMNS } from './records.ts';
import { Rows } from './rows.ts';
import type { Store } from './store.ts';

/** How tables are made. */
export interface Layout {
  /** Name of the cluster that holds the tables; one server, or the embedded engine, where absent. */
  readonly cluster?: string | undefined;
  /** Rows older than this many days are dropped; kept for ever where absent. */
  readonly keepDays?: number | undefined;
}

/** One step. */
export interface Migration {
  readonly version: number;
  readonly title: string;
  /** Each can be repeated: a step that was interrupted is made anew as a whole. */
  statements(layout: Layout, embedded: boolean): string[];
}

interface TableDefinition {
  readonly name: string;
  readonly body: string;
  /** Engine with its arguments, without the word Replicated and its path. */
  readonly engine: 'MergeTree' | `ReplacingMergeTree(${string})`;
  readonly keys: string;
  readonly settings?: readonly string[];
  /** Which rows are on the same shard. */
  readonly shardingKey: string;
}

/** Inserts whose tokens a server remembers. */
const TOKENS = 10_000;

/** What findings ask of rows that have something in common. */
const RECIPIENTS = 'sum(`count`), min(time), max(time)';

/**
 * Sums that are kept with the rows. Questions must name the same keys and sums to be answered from them.
 * Counts by hour, for the course of things; by day for reports, where each list has the names that it ranks.
 */
const PROJECTIONS: Readonly<Record<string, { readonly keys: string; readonly sums: string }>> = {
  hours: {
    keys: 'toStartOfHour(time), type, notification, cause, provider, status, hop, suspended',
    sums: 'count(), sum(`count`), sum(tried), sum(size), quantilesTDigest(0.5, 0.9, 0.99)(delay)',
  },
  causes: {
    keys: 'toDate(time), type, notification, state, kind, cause, detail, provider, delay_bucket, mta, confidence',
    sums:
      'count(), sum(placed), sum(unnamed), sum(tried), sum(messages), sum(standing), sum(recovered), ' +
      'min(time), max(time)',
  },
  peers: {
    keys: 'toDate(time), type, notification, status, state, kind, cause, detail, peer, hop, suspended',
    sums: 'count(), sum(`count`), sum(placed), sum(tried)',
  },
  shapes: {
    keys: 'toDate(time), source_id, type, notification, state, kind, cause, detail, severity, program, shape, tried > 0',
    sums: 'count(), sum(tried), min(time), max(time), min(source_offset)',
  },
  senders: { keys: 'toDate(time), notification, state, kind, sender', sums: 'sum(placed), sum(tried)' },
  // Names come again on other days: over all time there are far fewer sums of them.
  all_peers: { keys: 'notification, state, kind, cause, detail, peer', sums: 'sum(placed), sum(tried)' },
  all_senders: { keys: 'notification, state, kind, sender', sums: 'sum(placed), sum(tried)' },
  // For findings: the course of things, failures and refusals, what was delivered after them, logins, address lists.
  steps: {
    keys: 'toStartOfFiveMinutes(time), type, notification, status, hop, waited, attempt = 1, attempt > 0 AND NOT suspended',
    sums: RECIPIENTS,
  },
  failures: {
    keys: 'toDate(time), type, failed, repeats, attempt > 0 AND NOT suspended, mta, cause, detail, kind, place, blamed',
    sums: `${RECIPIENTS}, sum(new_to_cause), sum(new_to_place)`,
  },
  recoveries: {
    keys: 'toDate(time), prior_cause, prior_detail, prior_kind, prior_place, blamed',
    sums: RECIPIENTS,
  },
  logins: { keys: 'type, hop, again, repeats, cause, kind, auth_user', sums: RECIPIENTS },
  lists: {
    keys: "toDate(time), failed, repeats, kind, cause, if(failed AND kind = 'hard', sender, NULL)",
    sums: RECIPIENTS,
  },
};

export const MIGRATIONS: readonly Migration[] = [
  {
    // Tables of earlier versions were never released, and nothing leads from them to these.
    version: 4,
    title: 'records, sources and the view events',
    statements: (layout, embedded) => [
      ...table(
        {
          name: 'records',
          body: [
            ...COLUMNS.map(({ name, type, more }) => `\`${name}\` ${type} ${more}`),
            // Within a log the order of places is that of times, so each granule covers a short time.
            'INDEX by_time time TYPE minmax GRANULARITY 1',
            'INDEX by_set_back set_back TYPE minmax GRANULARITY 1',
            'INDEX by_begun begun TYPE minmax GRANULARITY 1',
            'INDEX by_offset source_offset TYPE minmax GRANULARITY 1',
            'INDEX by_queue_id queue_id TYPE bloom_filter(0.01) GRANULARITY 1',
            'INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1',
            "INDEX by_recipient ifNull(`to`, '') TYPE bloom_filter(0.01) GRANULARITY 1",
            ...Object.entries(PROJECTIONS).map(
              ([name, { keys, sums }]) => `PROJECTION ${name} (SELECT ${keys}, ${sums} GROUP BY ${keys})`,
            ),
          ].join(', '),
          engine: 'MergeTree',
          keys:
            'PARTITION BY toYYYYMM(time) ORDER BY (source_id, line, part)' +
            (layout.keepDays === undefined ? '' : ` TTL toDateTime(time) + INTERVAL ${layout.keepDays} DAY`),
          // A file for each column only in large parts: in those of one insert they would be hundreds, which costs more than
          // to write what is in them.
          settings: [
            'fsync_after_insert = 1',
            'min_bytes_for_wide_part = 134217728',
            ...(embedded ? ['old_parts_lifetime = 480'] : []),
          ],
          shardingKey: 'source_id',
        },
        layout,
        embedded,
      ),
      ...table(
        {
          name: 'sources',
          body:
            'source_id UInt64, head String CODEC(ZSTD(1)), name String, mta LowCardinality(String), ' +
            'lines UInt64, used UInt64, ignored UInt64, unparsed UInt64, evicted UInt64, bytes UInt64, ' +
            "first Nullable(DateTime64(6, 'UTC')), last Nullable(DateTime64(6, 'UTC'))",
          // Of a log that was loaded again after it had grown, the later row is the longer one.
          engine: 'ReplacingMergeTree(lines)',
          keys: 'ORDER BY source_id',
          shardingKey: 'source_id',
        },
        layout,
        embedded,
      ),
      `CREATE VIEW IF NOT EXISTS events${onCluster(layout)} AS SELECT ${EVENT_COLUMNS.map(
        ({ name }) => `\`${name}\``,
      ).join(', ')} FROM records WHERE type IN ('accepted', 'delivery', 'rejected')`,
    ],
  },
];

/** The version that this program reads and writes. */
export const CURRENT_VERSION = MIGRATIONS.at(-1)!.version;

/** Version of the store's tables; 0 where there are none. */
export async function versionOf(store: Store): Promise<number> {
  const { rows } = await store.ask(
    "SELECT count() FROM system.tables WHERE name = 'migrations' AND database = currentDatabase()",
  );
  if (rows[0]?.[0] === 0) return 0;
  const found = await store.ask('SELECT max(version) FROM migrations');
  return Number(found.rows[0]?.[0] ?? 0);
}

/** Applies the steps that the store lacks. Gives their titles. */
export async function migrate(store: Store, layout: Layout = {}): Promise<string[]> {
  const embedded = store.address.kind === 'embedded';
  const version = await versionOf(store);
  refuseOthers(store, version);
  const applied: string[] = [];
  for (const migration of MIGRATIONS.filter((each) => each.version > version)) {
    for (const statement of [
      ...table(
        {
          name: 'migrations',
          body: "version UInt32, title String, applied DateTime('UTC') DEFAULT now()",
          engine: 'ReplacingMergeTree(applied)',
          keys: 'ORDER BY version',
          shardingKey: 'version',
        },
        layout,
        embedded,
      ),
      ...migration.statements(layout, embedded),
    ]) {
      await store.command(statement);
    }
    const row = new Rows([
      { name: 'version', type: 'UInt32' },
      { name: 'title', type: 'String' },
    ]);
    row.add([migration.version, migration.title]);
    await store.insert('migrations', row);
    applied.push(migration.title);
  }
  return applied;
}

/** Checks that the store is what this program expects. */
export async function requireCurrent(store: Store): Promise<void> {
  const version = await versionOf(store);
  refuseOthers(store, version);
  if (version === CURRENT_VERSION) return;
  throw new StoreError(
    version === 0 ? 'missing' : 'version',
    version === 0
      ? `${store.address.name} has no tables`
      : `the tables of ${store.address.name} are of version ${version}, this program wants ${CURRENT_VERSION}`,
    'run whybounce store init on it',
  );
}

/** Tables that are too new for this program, or too old to be brought up to date. */
function refuseOthers(store: Store, version: number): void {
  if (version > 0 && version < MIGRATIONS[0]!.version) {
    throw new StoreError(
      'version',
      `${store.address.name} was made by an older whybounce, whose tables cannot be brought up to date`,
      `load the logs again into a new ${store.address.kind === 'embedded' ? 'directory' : 'database'}`,
    );
  }
  if (version <= CURRENT_VERSION) return;
  throw new StoreError(
    'version',
    `the tables of ${store.address.name} are of version ${version}, this program knows ${CURRENT_VERSION}`,
    'use a newer whybounce',
  );
}

/** The statements that make a table: one alone, or on a cluster the local and the distributed one. */
function table(definition: TableDefinition, layout: Layout, embedded: boolean): string[] {
  const { name, body, engine, keys, settings = [], shardingKey } = definition;
  const { cluster } = layout;
  if (cluster === undefined) {
    const all = embedded ? settings : [...settings, `non_replicated_deduplication_window = ${TOKENS}`];
    const tail = all.length === 0 ? '' : ` SETTINGS ${all.join(', ')}`;
    return [`CREATE TABLE IF NOT EXISTS ${name} (${body}) ENGINE = ${engine} ${keys}${tail}`];
  }
  const [kind = '', own = ''] = engine.split(/(?=\()/);
  const path = `'/clickhouse/tables/{shard}/{database}/${name}_local', '{replica}'`;
  const replicated = `Replicated${kind}(${path}${own === '' ? '' : `, ${own.slice(1, -1)}`})`;
  const tail = settings.length === 0 ? '' : ` SETTINGS ${settings.join(', ')}`;
  return [
    `CREATE TABLE IF NOT EXISTS ${name}_local${onCluster(layout)} (${body}) ENGINE = ${replicated} ${keys}${tail}`,
    `CREATE TABLE IF NOT EXISTS ${name}${onCluster(layout)} AS ${name}_local ` +
      `ENGINE = Distributed(${quoted(cluster)}, currentDatabase(), ${name}_local, ${shardingKey})`,
  ];
}

function onCluster({ cluster }: Layout): string {
  return cluster === undefined ? '' : ` ON CLUSTER ${quoted(cluster)}`;
}

/** A text as a literal. Only names from the command line come here, never a log's. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
