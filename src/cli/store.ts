/** `whybounce store`: makes the tables of a store, and tells what it holds. */
import { formatTime } from '../sink/delivery-event.ts';
import { escapeForTerminal } from '../sink/escape.ts';
import { CURRENT_VERSION, migrate, requireCurrent, versionOf } from '../store/migrations.ts';
import { storedSources } from '../store/sources.ts';
import type { Store } from '../store/store.ts';
import { type Context, defineCommand, type Flags, listed, wholeNumber } from './command.ts';
import { UsageError } from './errors.ts';
import { write } from './output.ts';
import { addressOf, withReader, withStore } from './stores.ts';

const FLAGS = {
  cluster: {
    type: 'string',
    nargs: 1,
    describe: 'Make replicated tables on this cluster, and distributed ones over them (init, server)',
  },
  'keep-days': {
    type: 'string',
    nargs: 1,
    describe: 'Drop what is older; logs older than that cannot be loaded (init; default: keep all)',
    coerce: wholeNumber('--keep-days', 1, 36_500),
  },
  json: { type: 'boolean', describe: 'Tell the status as JSON' },
} as const satisfies Flags;

export default defineCommand({
  usage: 'init|status STORE',
  description:
    'init makes the tables of a store, or brings those of an older program up to date; load does the same where they ' +
    'are missing. status tells what a store holds, of which logs.',
  examples: [
    ['whybounce store init http://mail@db1:8123/mail --cluster mail', 'on a cluster'],
    ['whybounce store status chdb:./mail', 'what is in it'],
  ],
  flags: FLAGS,
  words: ['init', 'status'],
  async run(operands, flags, context) {
    const [action, name, more] = operands;
    if (action !== 'init' && action !== 'status') {
      throw new UsageError(
        action === undefined ? 'no action' : `there is no action "${action}"`,
        `give ${listed(['init', 'status'])}`,
      );
    }
    if (name === undefined || more !== undefined) {
      throw new UsageError('one store is needed', `whybounce store ${action} chdb:./mail`);
    }
    const address = addressOf('STORE', name);
    if (action === 'status') {
      await withReader(address, context, (store) => status(store, flags.json === true, context));
      return;
    }
    if (flags.cluster !== undefined && address.kind === 'embedded') {
      throw new UsageError('--cluster is for servers', 'leave it out, or name a server');
    }
    const applied = await withStore(address, context, (store) =>
      migrate(store, { cluster: flags.cluster, keepDays: flags['keep-days'] }),
    );
    await write(
      context.stdout,
      applied.length === 0
        ? `up to date: version ${CURRENT_VERSION}\n`
        : applied.map((title) => `made: ${title}\n`).join(''),
    );
  },
});

async function status(store: Store, json: boolean, context: Context): Promise<void> {
  await requireCurrent(store);
  const version = await versionOf(store);
  const sources = await storedSources(store);
  const found = await store.ask(
    "SELECT countIf(type IN ('accepted', 'delivery', 'rejected')), count(), min(source_id) FROM records",
  );
  const [events, rows] = found.rows[0]!.map(Number);
  const disk = await store.ask(
    "SELECT sum(bytes_on_disk), sum(rows) FROM system.parts WHERE active AND table IN ('records', 'records_local') AND database = currentDatabase()",
  );
  const [bytes, stored] = disk.rows[0]!.map(Number);
  const rounded = (share: number): number => Math.round(share * 10) / 10;
  const perRow = stored ? rounded(bytes! / stored) : null;
  const perEvent = events ? rounded(bytes! / events) : null;
  const logs = sources.map(({ name, mta, lines, first, last }) => ({
    file: name,
    mta,
    lines,
    from: first === undefined ? undefined : formatTime(first),
    to: last === undefined ? undefined : formatTime(last),
  }));
  if (json) {
    const data = {
      version,
      events,
      rows,
      bytes,
      bytes_per_row: perRow,
      bytes_per_event: perEvent,
      sources: logs,
    };
    await write(context.stdout, `${JSON.stringify(data, undefined, 2)}\n`);
    return;
  }
  const lines = [
    `version ${version}, ${events} events in ${rows} rows, ${bytes} bytes (${perRow ?? '-'} a row, ${perEvent ?? '-'} an event)`,
    ...logs.map(({ file, lines: count, from, to }) =>
      count === 0
        ? `${file}: not loaded to its end`
        : `${file}: ${count} lines, ${from ?? '?'} to ${to ?? '?'}`,
    ),
  ];
  await write(context.stdout, lines.map((line) => `${escapeForTerminal(line)}\n`).join(''));
}
