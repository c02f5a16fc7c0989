/** `whybounce tail`: follows logs as they grow. */
import { join } from 'node:path';
import { parsers } from '../../parsers/index.ts';
import type { LineCounts } from '../analysis.ts';
import { LogFile } from '../follow/file.ts';
import { Follower, type FollowerState } from '../follow/follower.ts';
import type { LiveInput } from '../follow/input.ts';
import { FollowedJournal, type JournalState } from '../follow/journal.ts';
import { FollowedStream } from '../follow/stream.ts';
import { isPacked, refuseNoText } from '../input/compression.ts';
import { InputError } from '../input/error.ts';
import { isPattern } from '../input/globs.ts';
import { Checkpoint } from '../live/checkpoint.ts';
import { jsonLines, type LineOutput, prettyLines } from '../live/lines.ts';
import { follow, type LiveState, restored } from '../live/live.ts';
import type { Storing, StoringOptions } from '../live/storing.ts';
import { Screen } from '../sink/screen.ts';
import { namelessly, pseudonymsFor } from './anonymize.ts';
import { type Context, defineCommand, type Flags, oneOf } from './command.ts';
import { UsageError } from './errors.ts';
import { openLiveScreen } from './live-screen.ts';
import { LOG_FLAGS, nothingRecognised } from './logs.ts';
import { LAST_WAIT, note } from './output.ts';
import { classifierFor, RULE_FLAGS } from './rules.ts';
import { addressOf } from './stores.ts';
import { useColour, useUnicode, widthOf } from './terminal.ts';
import { openWatching, WATCH_FLAGS, type Watching } from './watching.ts';
import { parseZone } from './window.ts';

const { tz, year, mta, anonymize } = LOG_FLAGS;

const DEFAULT_SPOOL = 256 * 1024 * 1024;

const FLAGS = {
  from: {
    type: 'string',
    nargs: 1,
    describe: 'Where to begin: start, end, or checkpoint (default: checkpoint if there is one, else end)',
    coerce: oneOf('--from', ['start', 'end', 'checkpoint']),
  },
  state: { type: 'string', nargs: 1, describe: 'Directory that remembers how far the logs were followed' },
  to: {
    type: 'string',
    nargs: 1,
    describe: 'Write into a store too: chdb:DIRECTORY, or http://user@host:8123/database',
  },
  'spool-limit': {
    type: 'string',
    nargs: 1,
    describe: 'What may wait in the state while the store is away: 100M, 2G (default 256M)',
    coerce: sizeOf,
  },
  journal: { type: 'boolean', describe: 'Follow the mail entries of the journal of systemd too' },
  pretty: {
    type: 'boolean',
    describe: 'Lines for people instead of JSON (instead of the live screen on a terminal)',
  },
  ...WATCH_FLAGS,
  ...{ tz, year, mta, anonymize },
  ...RULE_FLAGS,
} as const satisfies Flags;

export default defineCommand({
  usage: '[FILE…]',
  description:
    'Follows logs as they grow, over every kind of rotation, and writes each event as soon as its line is there: as ' +
    'JSON lines on a pipe. On a terminal it shows a live screen of what fails, who must act and what to do next. ' +
    'Patterns in quotes take in files that appear later. Without FILE, or with -, it reads standard input.',
  examples: [
    ['whybounce tail /var/log/mail.log', 'what fails from now on'],
    ['whybounce tail --journal --metrics 9154 > /dev/null', 'the journal, counted for Prometheus'],
    ["whybounce tail --state ./state --alerts alerts.toml 'mail*.log'", 'alerts on all logs of that name'],
    ['whybounce tail --state ./state --to chdb:./mail mail.log', 'into a store as well'],
    ['ssh mx1 tail -F /var/log/mail.log | whybounce tail', 'another machine'],
  ],
  flags: FLAGS,
  async run(operands, flags, context) {
    const names = operandsOf(operands, flags.journal === true, context);
    const zone = parseZone(flags.tz);
    const pseudonyms = pseudonymsFor(flags, context);
    const classifier = await classifierFor(flags);
    await refuseUnreadable(names, context);
    if (flags.from === 'checkpoint' && flags.state === undefined) {
      throw new UsageError(
        '--from checkpoint needs a directory that has one',
        'name it with --state DIRECTORY',
      );
    }
    refuseForStore(names, flags);
    const quit = new AbortController();
    const stop = AbortSignal.any([context.stop, quit.signal]);
    let tell = (message: string): void => note(context, message);
    const checkpoint = flags.state === undefined ? undefined : await Checkpoint.open(flags.state);
    let watching: Watching | undefined;
    let storing: Storing | undefined;
    let stuck = false;
    // Whoever rotates logs may send it to all that have to do with them; it would end the program. Where there is a
    // terminal it says that this is gone.
    const ignore = (): void => undefined;
    if (!context.stdout.isTTY) process.on('SIGHUP', ignore);
    try {
      const state = await stateOf(checkpoint, flags);
      storing = await openStoring(flags, { state, note: (message) => tell(message), stop }, context);
      watching = await openWatching(
        { ...flags, backlog: storing?.backlog },
        (message) => tell(message),
        context,
      );
      const output = new Delivery(context.stdout, stop);
      const pretty = flags.pretty ?? context.stdout.isTTY === true;
      const screen = () => screenOf(context);
      const { alerts } = watching;
      const shown = { logs: logNames(names, flags), zone, alerts, quit: () => quit.abort() };
      const live = flags.pretty === undefined ? await openLiveScreen(shown, context) : undefined;
      if (live !== undefined) tell = live.note;
      const read = await follow(
        inputsOf(names, flags, state, (message) => tell(message), context),
        [
          live?.connect ?? (pretty ? prettyLines(output, screen, zone) : jsonLines(output)),
          ...watching.connect,
          ...(storing === undefined ? [] : [storing.connect]),
        ],
        {
          classifier,
          before: (sink) => namelessly(pseudonyms, sink),
          reading: {
            year: flags.year,
            zone: flags.tz === undefined ? undefined : zone,
            mta: parsers.find(({ id }) => id === flags.mta)?.id,
            several: names.length > 1 || flags.journal === true || names.some(isPattern),
            onLine: watching.onLine,
          },
          state,
          save: checkpoint && ((bytes) => checkpoint.save(bytes)),
          stop,
        },
      );
      if (read.lines.used === 0 && !stop.aborted) throw nothingRecognised({ names, flags }, read);
      noteLines(read.lines, context);
    } catch (error) {
      stuck = error instanceof ReaderStuck;
      // Whoever read the lines has seen enough.
      if (!(error instanceof ReaderGone)) throw error;
    } finally {
      process.off('SIGHUP', ignore);
      await storing?.close();
      await checkpoint?.close();
      await watching?.close();
    }
    // What waits to be written would keep the process alive: it ends as by a second signal.
    if (stuck) process.kill(process.pid, process.exitCode === 130 ? 'SIGINT' : 'SIGTERM');
  },
});

function operandsOf(operands: readonly string[], journal: boolean, context: Context): readonly string[] {
  if (operands.length > 0 || journal) return operands;
  if (context.stdin.isTTY) {
    throw new UsageError(
      'no file to follow',
      'name the log, such as /var/log/mail.log, pipe it in, or say --journal',
    );
  }
  return ['-'];
}

/** What a store cannot be given exactly once is not given to it. */
function refuseForStore(
  names: readonly string[],
  flags: {
    readonly from?: string | undefined;
    readonly journal?: boolean | undefined;
    readonly to?: string | undefined;
    readonly state?: string | undefined;
    readonly 'spool-limit'?: number | undefined;
  },
): void {
  if (flags['spool-limit'] !== undefined && (flags.to === undefined || flags.state === undefined)) {
    throw new UsageError(
      '--spool-limit is about the spool of a store',
      'give --to STORE and --state DIRECTORY too',
    );
  }
  if (flags.to === undefined) return;
  // A store knows a log by its first lines and a row by the number of its line; the journal has neither for long.
  if (flags.journal === true) {
    throw new UsageError(
      'the journal drops its oldest entries, so a store could not tell which of them it has',
      'have syslog write a file as well, and name that with --to',
    );
  }
  if (names.includes('-')) {
    throw new UsageError(
      'standard input cannot be read again, so its lines would not be in the store exactly once',
      'name log files with --to',
    );
  }
  if (flags.from === 'end') {
    throw new UsageError(
      '--from end would leave out of the store what the logs have by now',
      'leave it away: what the store has already is skipped',
    );
  }
}

/** Opens the store that is written to; undefined where there is none. */
async function openStoring(
  flags: {
    readonly to?: string | undefined;
    readonly state?: string | undefined;
    readonly 'spool-limit'?: number | undefined;
  },
  { state, note: tell, stop }: Pick<StoringOptions, 'state' | 'note' | 'stop'>,
  context: Context,
): Promise<Storing | undefined> {
  if (flags.to === undefined) return undefined;
  const { Storing } = await import('../live/storing.ts');
  return Storing.open({
    address: addressOf('--to', flags.to),
    environment: context.environment,
    spool: flags.state && {
      folder: join(flags.state, 'spool'),
      limit: flags['spool-limit'] ?? DEFAULT_SPOOL,
    },
    ...{ state, note: tell, stop },
  });
}

/** A number of bytes. */
function sizeOf(text: string): number {
  const [, number, unit] = /^(\d{1,9})([KMG])$/i.exec(text) ?? [];
  if (number === undefined || Number(number) === 0) {
    throw new UsageError(`--spool-limit "${text}" is no size`, 'give one such as 100M or 2G');
  }
  return Number(number) * 1024 ** ('KMG'.indexOf(unit!.toUpperCase()) + 1);
}

/** What is wrong now is better told at once than waited for. */
async function refuseUnreadable(names: readonly string[], context: Context): Promise<void> {
  for (const name of names) {
    if (name === '-' || isPattern(name)) continue;
    const file = await LogFile.open(name);
    const beginning = await file?.beginning();
    await file?.close();
    if (beginning !== undefined) noteNoLog(name, beginning, context);
  }
}

/** It is followed all the same: a log may take its place, and one that was cut may begin with a gap. */
function noteNoLog(name: string, beginning: Buffer, context: Context): void {
  if (isPacked(beginning)) {
    note(context, `${name} is packed: nothing is added to it any more; follow the log that is written to`);
    return;
  }
  try {
    refuseNoText(name, beginning);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    note(context, `${error.message}: no line of it will be understood; ${error.hint}`);
  }
}

async function stateOf(
  checkpoint: Checkpoint | undefined,
  { from, state }: { readonly from?: string | undefined; readonly state?: string | undefined },
): Promise<LiveState | undefined> {
  if (from !== undefined && from !== 'checkpoint') return undefined;
  const kept = await checkpoint?.read();
  if (kept !== undefined) return restored(kept);
  if (from === undefined) return undefined;
  throw new UsageError(
    `nothing was followed yet with the state in ${state}`,
    'begin with --from start or --from end',
  );
}

/** What is followed, as the user said it. */
function logNames(
  names: readonly string[],
  { journal }: { readonly journal?: boolean | undefined },
): string[] {
  return [
    ...names.map((name) => (name === '-' ? 'standard input' : name)),
    ...(journal ? ['the journal'] : []),
  ];
}

function inputsOf(
  names: readonly string[],
  flags: {
    readonly from?: string | undefined;
    readonly journal?: boolean | undefined;
    readonly to?: string | undefined;
  },
  state: LiveState | undefined,
  tell: (message: string) => void,
  context: Context,
): LiveInput[] {
  let numbered = state?.names.length ?? 0;
  const common = {
    // A store gets all of a log: what it has of it is known by its place from the beginning.
    from: flags.from === 'start' || flags.to !== undefined ? ('start' as const) : ('end' as const),
    nextNumber: () => numbered++,
    note: tell,
  };
  const files = names.filter((name) => name !== '-');
  const inputs: LiveInput[] = [];
  if (files.length > 0) {
    inputs.push(
      new Follower(files, { ...common, state: state?.inputs.get('files') as FollowerState | undefined }),
    );
  }
  if (files.length < names.length) inputs.push(new FollowedStream(context.stdin, '-', common.nextNumber()));
  if (flags.journal === true) {
    inputs.push(
      new FollowedJournal({ ...common, state: state?.inputs.get('journal') as JournalState | undefined }),
    );
  }
  return inputs;
}

/** Nothing is dropped in silence. */
function noteLines({ read, used, ignored, unparsed }: LineCounts, context: Context): void {
  if (read === 0) return;
  note(context, `${read} lines read: ${used} used, ${ignored} of other programs, ${unparsed} not understood`);
}

/** The terminal may have changed its size since the last line. What is no terminal has no width. */
function screenOf({ stdout, colour, environment }: Context): Screen {
  return new Screen({
    width: stdout.isTTY ? widthOf(stdout) : Number.MAX_SAFE_INTEGER,
    colour: useColour(colour, environment, stdout),
    unicode: useUnicode(environment),
  });
}

/** Nobody reads what is written any more. */
class ReaderGone extends Error {}

/** Somebody has what is written open, but does not read it. */
class ReaderStuck extends ReaderGone {}

/** Standard output, of which it matters whether somebody took what was written. */
class Delivery implements LineOutput {
  readonly #stream: NodeJS.WriteStream;
  readonly #stop: AbortSignal;
  #pieces: string[] = [];

  /** @param stop fires when a reader that does not read is not to be waited for any longer */
  constructor(stream: NodeJS.WriteStream, stop: AbortSignal) {
    this.#stream = stream;
    this.#stop = stop;
  }

  add(text: string): void {
    this.#pieces.push(text);
  }

  async flush(): Promise<void> {
    if (this.#pieces.length === 0) return;
    const text = this.#pieces.join('');
    this.#pieces = [];
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        timer = setTimeout(() => reject(new ReaderStuck()), LAST_WAIT);
      };
      const done = (error?: Error | null): void => {
        this.#stop.removeEventListener('abort', giveUp);
        if (error) reject(new ReaderGone(error.message));
        else resolve();
      };
      if (this.#stop.aborted) giveUp();
      else this.#stop.addEventListener('abort', giveUp);
      this.#stream.write(text, done);
    }).finally(() => clearTimeout(timer));
  }
}
