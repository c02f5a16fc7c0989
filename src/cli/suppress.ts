/** `whybounce suppress`: the addresses that one should stop writing to, with what speaks against each. */
import { extname } from 'node:path';
import { SUPPRESSING, Suppressions } from '../aggregate/suppress.ts';
import { timeOf } from '../aggregate/time.ts';
import { CauseStage } from '../cause/stage.ts';
import {
  fitsMap,
  formatSuppressions,
  isMap,
  SUPPRESS_FORMATS,
  type SuppressFormat,
} from '../sink/suppress.ts';
import { namelessly } from './anonymize.ts';
import { type Context, defineCommand, type Flags, oneOf, wholeNumber } from './command.ts';
import { UsageError } from './errors.ts';
import { LOG_FLAGS, type LogRequest, readLogs, requestLogs } from './logs.ts';
import { note, refuseOverwriting, write, writeOutput } from './output.ts';
import { classifierFor, RULE_FLAGS } from './rules.ts';

/** A mailbox that was full for two weeks is hardly read. */
const DAYS = 14;

const FORMAT_BY_ENDING: Readonly<Record<string, SuppressFormat>> = { '.csv': 'csv', '.json': 'json' };

const FLAGS = {
  format: {
    type: 'string',
    nargs: 1,
    describe:
      'csv, json, or an access map for postfix, exim or sendmail (default: by the ending of --output, else csv)',
    coerce: oneOf('--format', SUPPRESS_FORMATS),
  },
  json: { type: 'boolean', describe: 'The same as --format json' },
  output: {
    type: 'string',
    nargs: 1,
    alias: 'o',
    describe: 'Write to this file instead of standard output',
  },
  days: {
    type: 'string',
    nargs: 1,
    describe: `Days that a mailbox must stay full or disabled to be listed (default ${DAYS})`,
    coerce: wholeNumber('--days', 0, 3650),
  },
  from: {
    type: 'string',
    nargs: 1,
    describe: 'Read this store instead of logs: chdb:DIRECTORY or http://user@host:8123/database',
  },
  ...LOG_FLAGS,
  ...RULE_FLAGS,
} as const satisfies Flags;

export default defineCommand({
  usage: '[FILE…]',
  description:
    'Lists the addresses that one should stop writing to: those that do not exist, are closed or take no mail, and ' +
    'those whose mailbox stays full. An address is never listed for what is wrong with the sender, the message or the ' +
    'moment, and a later delivery clears it. Without FILE, or with -, it reads standard input.',
  examples: [
    ["whybounce suppress '/var/log/mail.log*'", 'as CSV'],
    ['whybounce suppress --from chdb:./mail --since 30d -o list.json', 'from a store'],
    ['whybounce suppress --format postfix -o suppressed mail.log', 'for postmap and check_recipient_access'],
  ],
  flags: FLAGS,
  async run(operands, flags, context) {
    const format = formatOf(flags);
    if (flags.from !== undefined && operands.length > 0) {
      throw new UsageError('--from contradicts the files', 'give a store or logs, not both');
    }
    const request = requestLogs(flags.from === undefined ? operands : [flags.from], flags, context);
    if (flags.anonymize === 'mask') {
      throw new UsageError(
        'a list of masked addresses is of no use',
        'give --anonymize hash, or leave it out',
      );
    }
    const file = flags.output === '-' ? undefined : flags.output;
    if (file !== undefined) await refuseOverwriting(file, request.names);

    const found = new Suppressions(request.window, flags.days ?? DAYS);
    const failure =
      flags.from === undefined
        ? await watchLogs(found, request, await classifierFor(flags), context)
        : await watchStore(found, flags.from, request, context);
    const { list } = found;
    const { from, until } = request.window;
    const text = formatSuppressions(list, format, {
      generated_at: timeOf(request.clock.now),
      window: {
        from: from === undefined ? null : timeOf(from),
        to: until === undefined ? null : timeOf(until),
      },
    });
    if (file === undefined) await write(context.stdout, text);
    else await writeOutput(file, text);
    if (isMap(format)) {
      const left = list.filter(({ address }) => !fitsMap(address)).length;
      if (left > 0) note(context, `${left} addresses left out, which a map cannot hold; see them as CSV`);
    }
    if (found.unwatched > 0) {
      note(context, `${found.unwatched} failures of further addresses left out: choose a shorter time`);
    }
    if (failure !== undefined) throw failure;
  },
});

async function watchLogs(
  found: Suppressions,
  request: LogRequest,
  classifier: Awaited<ReturnType<typeof classifierFor>>,
  context: Context,
): Promise<Error | undefined> {
  const { failure } = await readLogs(request, context, () => ({
    sink: new CauseStage(classifier, namelessly(request.pseudonyms, found)),
  }));
  return failure;
}

/** Loaded on demand, as all that needs a store. */
async function watchStore(
  found: Suppressions,
  from: string,
  { window, pseudonyms }: LogRequest,
  context: Context,
): Promise<undefined> {
  const { addressOf, withReader } = await import('./stores.ts');
  const { tellUndelivered } = await import('../store/undelivered.ts');
  await withReader(addressOf('--from', from), context, (store) =>
    tellUndelivered(store, namelessly(pseudonyms, found), SUPPRESSING, window, context.stop),
  );
}

function formatOf(flags: {
  format?: SuppressFormat | undefined;
  json?: boolean | undefined;
  output?: string | undefined;
}): SuppressFormat {
  if (flags.json) {
    if (flags.format === undefined || flags.format === 'json') return 'json';
    throw new UsageError(`--json contradicts --format ${flags.format}`, 'give one of them');
  }
  // A map has no ending of its own.
  return flags.format ?? FORMAT_BY_ENDING[extname(flags.output ?? '').toLowerCase()] ?? 'csv';
}
