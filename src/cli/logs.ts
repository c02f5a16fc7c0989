/** What all commands that read logs have in common: their flags, and the way from the files to a sink. */
import { type FileHandle, open } from 'node:fs/promises';
import type { InferredOptionTypes } from 'yargs';
import { parsers } from '../../parsers/index.ts';
import type { Window } from '../aggregate/aggregate.ts';
import { Analysis, type AnalysisOptions } from '../analysis.ts';
import { BatchReader, type TextReader } from '../input/batches.ts';
import { InputError } from '../input/error.ts';
import { expandGlobs } from '../input/globs.ts';
import { inOrderOfTime } from '../input/order.ts';
import { readerOf } from '../input/reader.ts';
import { type Distinct, type Part, type Repeat, withoutRepeats } from '../input/repeats.ts';
import { openSources, type Source } from '../input/source.ts';
import type { TrackSink } from '../track/event.ts';
import type { Pseudonyms } from '../track/pseudonyms.ts';
import { ANONYMIZE_FLAGS, pseudonymsFor } from './anonymize.ts';
import { type Context, type Flags, oneOf } from './command.ts';
import { UnusableInputError, UsageError } from './errors.ts';
import { note, outputError, refuseOverwriting } from './output.ts';
import { ProgressBar } from './progress.ts';
import { type Clock, parseMoment, parseWindow, parseYear, parseZone } from './window.ts';

/** Flags of every command that reads logs. */
export const LOG_FLAGS = {
  since: {
    type: 'string',
    nargs: 1,
    describe: 'Only what happened at or after this: 2h, 7d, yesterday, a date',
  },
  until: { type: 'string', nargs: 1, describe: 'Only what happened before this' },
  day: { type: 'string', nargs: 1, describe: 'Only this day: yesterday, today or a date' },
  tz: { type: 'string', nargs: 1, describe: 'Time zone of days, and of log lines that name none' },
  year: {
    type: 'string',
    nargs: 1,
    describe: 'Year of the first line, where stamps have none (default: found out)',
    coerce: parseYear,
  },
  mta: {
    type: 'string',
    nargs: 1,
    describe: 'Read lines of this mail server only (default auto)',
    coerce: oneOf('--mta', ['auto', ...parsers.map(({ id }) => id)]),
  },
  unparsed: { type: 'string', nargs: 1, describe: 'Keep the lines that were not understood in this file' },
  now: { type: 'string', nargs: 1, describe: 'Take this for the current time' },
  ...ANONYMIZE_FLAGS,
} as const satisfies Flags;

/** What the command line says about the logs to read. */
export interface LogRequest {
  readonly names: readonly string[];
  readonly window: Window;
  readonly clock: Clock;
  /** The other names of people, if they are not to be named. */
  readonly pseudonyms: Pseudonyms | undefined;
  readonly flags: InferredOptionTypes<typeof LOG_FLAGS>;
}

/** Where the events go. */
export interface LogSink {
  readonly sink: TrackSink;
  /** Called between batches: the place to wait for slow readers. */
  afterBatch?(): Promise<void>;
  /** See `AnalysisOptions`. */
  onLine?: AnalysisOptions['onLine'];
  /** Called before anything of a source is read, with its first bytes: `headLength` of them, or all there are. */
  beginSource?(source: Source, head: Buffer): Promise<void>;
  readonly headLength?: number;
  /** Called when a source was read. */
  endSource?(): Promise<void>;
  /**
   * Told of a last line without its end: more of it may come, so it is not read, and what waits for a later line is not
   * told. Both is done where absent.
   */
  leaveUnfinished?(source: Source): void;
}

/** Where the reading is while an event is being handled. */
export interface CurrentLine {
  /** The line, whole. */
  text(): string;
  place(): Analysis['currentPlace'];
}

/** What was read. */
export interface Reading {
  readonly analysis: Analysis;
  readonly sources: readonly Source[];
  /** Files that were not read, since others hold the same. */
  readonly repeats: readonly Repeat[];
  /** Why an input was not read to its end. What was read of it counts all the same. */
  readonly failure: InputError | undefined;
  /** In words, why not all was read: of every such input, and of an interruption. */
  readonly incomplete: readonly string[];
  /** What else there is to say about the inputs. */
  readonly notes: readonly string[];
}

/**
 * Checks the flags and the files' names. Nothing is opened yet.
 * @throws InputError where no file matches a pattern
 */
export function requestLogs(
  operands: readonly string[],
  flags: InferredOptionTypes<typeof LOG_FLAGS>,
  context: Context,
): LogRequest {
  const zone = parseZone(flags.tz);
  const now =
    flags.now === undefined ? Date.now() : parseMoment('--now', flags.now, { now: Date.now(), zone });
  const clock = { now, zone };
  const window = parseWindow(flags, clock);
  if (operands.length === 0 && context.stdin.isTTY) {
    throw new UsageError('no file to read', 'name the log, such as /var/log/mail.log, or pipe it in');
  }
  const names = operands.length === 0 ? ['-'] : expandGlobs(operands);
  if (names.indexOf('-') !== names.lastIndexOf('-')) {
    throw new UsageError('standard input (-) is named twice', 'it can be read once only');
  }
  return { names, window, clock, pseudonyms: pseudonymsFor(flags, context), flags };
}

/** Beside a store, what says how lines are read has no meaning: none are. */
export function refuseLogs(operands: readonly string[], flags: Readonly<Record<string, unknown>>): void {
  if (operands.length > 0) {
    throw new UsageError('--from contradicts the files', 'give a store or logs, not both');
  }
  for (const name of ['year', 'mta', 'unparsed', 'rules', 'unknown-replies']) {
    if (flags[name] === undefined) continue;
    throw new UsageError(`--${name} is about log lines, which --from does not read`, 'leave it out');
  }
}

/**
 * Opens all logs and puts them in order. Says on stderr what is left out because it is there twice.
 * @param options.repeatedly they will be read more than once
 * @throws InputError where an input cannot be opened at all
 */
export async function openLogs(
  { names, clock }: LogRequest,
  context: Context,
  options: { repeatedly?: boolean } = {},
): Promise<Distinct> {
  const sources = await openSources(names, {
    stdin: context.stdin,
    now: clock.now,
    stop: context.stop,
    ...options,
  });
  if (sources.length < 2) return { parts: sources.map((source) => ({ source, begin: 0 })), repeats: [] };
  const distinct = await withoutRepeats(await inOrderOfTime(sources), context.stop);
  noteRepeats(distinct, context);
  return distinct;
}

/**
 * Reads all logs into a sink, until they end or the user has seen enough.
 * @param connect makes the sink for these sources; `line` tells of the line that an event comes from, while it is
 *   being handled
 * @param opened the logs where they are read more than once: what there is to say of them is left to the caller
 * @throws InputError where an input cannot be opened at all, UnusableInputError where none holds mail
 */
export async function readLogs(
  request: LogRequest,
  context: Context,
  connect: (line: CurrentLine, sources: readonly Source[], analysis: () => Analysis) => LogSink,
  opened?: Distinct,
): Promise<Reading> {
  const { names, clock, pseudonyms, flags } = request;
  const { parts, repeats } = opened ?? (await openLogs(request, context));
  const sources = parts.map(({ source }) => source);
  const unparsed = flags.unparsed === undefined ? undefined : await UnparsedFile.open(flags.unparsed, names);
  const line: CurrentLine = { text: () => analysis.currentLine, place: () => analysis.currentPlace };
  const output = connect(line, sources, () => analysis);
  const analysis = new Analysis(output.sink, {
    year: flags.year,
    zone: flags.tz === undefined ? undefined : clock.zone,
    mta: parsers.find(({ id }) => id === flags.mta)?.id,
    onUnparsed: unparsed && ((line) => unparsed.add(pseudonyms?.text(line) ?? line)),
    onLine: output.onLine,
    several: sources.length > 1,
  });
  const bar = new ProgressBar(context);
  const total = sources.every(({ size }) => size !== undefined)
    ? sources.reduce((sum, { size }) => sum + (size ?? 0), 0)
    : undefined;
  // Waiting for more of a pipe must not outlast an interruption.
  const stopReading = () => context.stdin.destroy();
  context.stop.addEventListener('abort', stopReading);
  const failures = repeats.flatMap(({ failure }) => failure ?? []);
  let before = 0;
  try {
    for (const part of parts) {
      const ended = await readPart(part, analysis, output, async (bytes) => {
        bar.update({ done: before + bytes, total, lines: analysis.lines.read });
        await unparsed?.flush();
        await output.afterBatch?.();
        return !context.stop.aborted;
      });
      if (ended !== undefined) failures.push(ended);
      if (context.stop.aborted) break;
      await output.endSource?.();
      before += part.source.size ?? 0;
    }
    // More of the last may come, where its last line without an end is left too.
    if (output.leaveUnfinished === undefined) {
      analysis.end();
      await output.afterBatch?.();
    }
  } finally {
    bar.clear();
    context.stop.removeEventListener('abort', stopReading);
    await unparsed?.close();
  }
  const [failure, ...others] = failures;
  const notes = [...others.map(({ message, hint }) => `${message}; ${hint}`), ...notesOf(analysis, sources)];
  if (opened === undefined) for (const text of notes) note(context, text);
  if (analysis.lines.used === 0 && !context.stop.aborted)
    throw failure ?? nothingRecognised(request, analysis);
  const incomplete = failures.map(({ message }) => message);
  if (context.stop.aborted) incomplete.push(`interrupted after ${analysis.lines.read} lines`);
  return { analysis, sources, repeats, failure, incomplete, notes };
}

/**
 * Reads one source.
 * @param between called after every chunk and at the end with the bytes read so far; tells whether to go on
 * @returns why it could not be read to its end
 */
async function readPart(
  { source, begin }: Part,
  analysis: Analysis,
  output: LogSink,
  between: (bytes: number) => Promise<boolean>,
): Promise<InputError | undefined> {
  let reader: TextReader | undefined = begin > 0 ? new BatchReader(begin) : undefined;
  let bytes = 0;
  let skip = begin;
  let failure: InputError | undefined;
  analysis.begin(source.latest);
  try {
    const chunks = source.chunks((read) => {
      bytes = read;
    });
    let begun = false;
    for await (const chunk of withHead(chunks, output.headLength ?? 0)) {
      if (!begun) {
        refuseOwnOutput(source.name, chunk);
        await output.beginSource?.(source, chunk);
      }
      begun = true;
      reader ??= readerOf(chunk, source.name);
      for (const batch of reader.push(chunk.subarray(skip))) analysis.read(batch);
      skip = Math.max(0, skip - chunk.length);
      if (!(await between(bytes))) return undefined;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    failure = error;
  }
  try {
    for (const batch of reader?.end() ?? []) {
      if (output.leaveUnfinished === undefined) analysis.read(batch);
      else output.leaveUnfinished(source);
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    failure ??= error;
  }
  await between(bytes);
  return failure;
}

/** What this program wrote is JSON, and would be read as entries of a log that are none of mail. */
function refuseOwnOutput(name: string, beginning: Buffer): void {
  const begin = beginning.toString('latin1', 0, 100);
  // Linear: each part is bounded and cannot begin like the next one.
  const kind = /^\s{0,8}\{\s{0,8}"schema":\s{0,8}"whybounce\.(\w{1,20})\//.exec(begin)?.[1];
  if (kind === undefined) return;
  const file = name === '-' ? 'standard input' : name;
  throw new InputError(
    'unreadable',
    name,
    `${file} is what whybounce wrote (whybounce.${kind}), not a log`,
    kind === 'report'
      ? `show it with whybounce report --merge${name === '-' ? '' : ` ${name}`}`
      : 'give the log that it was made from',
  );
}

/** The same chunks, of which the first has at least `length` bytes if there are so many: a pipe may give a few at a time. */
async function* withHead(chunks: AsyncGenerator<Buffer>, length: number): AsyncGenerator<Buffer> {
  let head: Buffer | undefined;
  let complete = length === 0;
  for await (const chunk of chunks) {
    if (complete) {
      yield chunk;
      continue;
    }
    head =
      head === undefined && chunk.length >= length ? chunk : Buffer.concat([head ?? Buffer.alloc(0), chunk]);
    if (head.length < length) continue;
    complete = true;
    yield head;
    head = undefined;
  }
  if (head !== undefined) yield head;
}

/** One line for all that is left out. */
function noteRepeats({ parts, repeats }: Distinct, context: Context): void {
  const said = [
    ...repeats.map(({ source, of }) => `${source.name} is in ${of.name}`),
    ...parts
      .filter(({ begin }) => begin > 0)
      .map(({ source, begin }) => `the first ${begin} bytes of ${source.name} are in another file`),
  ];
  if (said.length === 0) return;
  note(context, `${said.length} of the files counted once though given twice: ${listed(said)}`);
}

/** The first of many things. */
function listed(said: readonly string[]): string {
  return (said.length > 3 ? [...said.slice(0, 2), `and ${said.length - 2} more like that`] : said).join(', ');
}

/** What is told of lines and of mail that several logs have. */
function notesOf(analysis: Analysis, sources: readonly Source[]): string[] {
  const { uncertainCopies, overlaps } = analysis;
  const said = sources.flatMap(({ name }, index) => {
    const copies = analysis.sources[index]?.copies ?? 0;
    return copies === 0 ? [] : [`${copies} of ${name}`];
  });
  const notes = overlaps.map(({ source, earlier, share }) => {
    const [name, other] = [sources[source]!.name, sources[earlier]!.name];
    const [much, advice] = amountOf(share);
    return `${much} of the mail in ${name} is in ${other} too, and counted twice; ${advice}`;
  });
  if (said.length > 0) {
    notes.push(`lines that another of the logs has too were counted once: ${listed(said)}`);
  }
  if (uncertainCopies > 0) {
    notes.push(`${uncertainCopies} lines may be counted twice: too many others stand between them`);
  }
  return notes;
}

/** How much of a log another one has, and what to do about that. */
function amountOf(share: number): [much: string, advice: string] {
  if (share > 0.95) return ['nearly all', 'give one of them'];
  const percent = Math.round(100 * share);
  return [percent === 0 ? 'some' : `about ${percent} %`, 'give logs of different times or servers'];
}

/** The error about logs in which no line of a mail server is: a report on nothing would look like good news. */
export function nothingRecognised(
  { names, flags }: Pick<LogRequest, 'names'> & { readonly flags: Pick<LogRequest['flags'], 'mta'> },
  { lines, others }: Pick<Analysis, 'lines' | 'others'>,
): UnusableInputError {
  const shown = names.map((name) => (name === '-' ? 'standard input' : name));
  const where =
    shown.length > 3 ? `${shown.slice(0, 2).join(', ')} and ${shown.length - 2} more` : shown.join(', ');
  if (lines.read === 0) {
    return new UnusableInputError(`nothing to read in ${where}`, 'give a mail log such as /var/log/mail.log');
  }
  const asked = parsers.find(({ id }) => id === flags.mta);
  const found = parsers.filter(({ id }) => others.has(id));
  const whose = asked === undefined ? 'mail log line' : `line of ${asked.name}`;
  const counts = `among ${lines.read} lines (${lines.ignored} of other programs, ${lines.unparsed} not understood)`;
  return new UnusableInputError(
    `no ${whose} in ${where} ${counts}`,
    found.length > 0
      ? `there are lines of ${found.map(({ name }) => name).join(' and ')}: leave --mta ${flags.mta} out` +
          (found.length === 1 ? `, or give --mta ${found[0]!.id}` : '')
      : `expected lines such as "${(asked ?? parsers[0]!).example}"`,
  );
}

/** The file that `--unparsed` names. */
class UnparsedFile {
  readonly #path: string;
  readonly #file: FileHandle;
  #lines: string[] = [];

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async open(path: string, inputs: readonly string[]): Promise<UnparsedFile> {
    await refuseOverwriting(path, inputs);
    try {
      return new UnparsedFile(path, await open(path, 'w'));
    } catch (error) {
      throw outputError(path, error);
    }
  }

  add(line: string): void {
    this.#lines.push(line, '\n');
  }

  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join('');
    this.#lines = [];
    try {
      await this.#file.write(text);
    } catch (error) {
      throw outputError(this.#path, error);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
