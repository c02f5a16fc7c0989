/** `whybounce report`: why mail failed, who must act and what to do next. */
import { Aggregate } from '../aggregate/aggregate.ts';
import { Both } from '../aggregate/both.ts';
import { buildReport, type ReportMeta } from '../aggregate/build.ts';
import type { Report, ReportInput } from '../aggregate/report.ts';
import { DAYS_BEFORE, Trend, type TrendPlan } from '../aggregate/trend.ts';
import { UnknownReplies } from '../aggregate/unknown.ts';
import type { Classifier } from '../cause/classifier.ts';
import { CauseStage } from '../cause/stage.ts';
import { formatTime } from '../sink/delivery-event.ts';
import { formatUnknownReplies } from '../sink/rules.ts';
import { BREAKDOWNS, type Breakdown } from '../sink/text.ts';
import type { TrackSink } from '../track/event.ts';
import { namelessly } from './anonymize.ts';
import { type Context, defineCommand, type Flags, oneOf, wholeNumber } from './command.ts';
import { UsageError } from './errors.ts';
import { checkThresholdFlags, findingsError, nagiosAnswer, THRESHOLD_FLAGS } from './fail-on.ts';
import { LOG_FLAGS, type LogRequest, type Reading, readLogs, refuseLogs, requestLogs } from './logs.ts';
import { note, refuseOverwriting, write, writeOutput } from './output.ts';
import { screenOptionsFor } from './page.ts';
import { FORMATS, formatOf, present, TOP } from './report-format.ts';
import { checkMailFlags, MAIL_FLAGS } from './report-mail.ts';
import { classifierFor, RULE_FLAGS } from './rules.ts';
import { daysBefore } from './window.ts';

const FLAGS = {
  format: {
    type: 'string',
    nargs: 1,
    describe: 'text, json, html, md or csv (default: by the ending of --output, else text)',
    coerce: oneOf('--format', FORMATS),
  },
  json: { type: 'boolean', describe: 'The same as --format json' },
  output: {
    type: 'string',
    nargs: 1,
    alias: 'o',
    describe: 'Write to this file instead of standard output',
  },
  from: {
    type: 'string',
    nargs: 1,
    describe: 'Read this store instead of logs: chdb:DIRECTORY or http://user@host:8123/database',
  },
  merge: { type: 'boolean', describe: 'The files are JSON reports: add them up, seven days to a week' },
  ...LOG_FLAGS,
  ...RULE_FLAGS,
  top: {
    type: 'string',
    nargs: 1,
    describe: `Length of lists (default ${TOP.text}, in HTML ${TOP.html}, in JSON ${TOP.json}, in CSV ${TOP.csv})`,
    coerce: wholeNumber('--top', 1, 1000),
  },
  ...MAIL_FLAGS,
  ...THRESHOLD_FLAGS,
  'unknown-replies': {
    type: 'boolean',
    describe: 'Print the replies that no rule knows instead, as the beginnings of rules',
  },
  by: {
    type: 'string',
    nargs: 1,
    describe:
      'What the report is arranged by, and the table in CSV: cause (default), provider, domain, sender or hour',
    coerce: oneOf('--by', BREAKDOWNS),
  },
} as const satisfies Flags;

export default defineCommand({
  usage: '[FILE…]',
  description:
    'Reads mail logs, plain or compressed, and tells for every cause of failed mail how many recipients it hit, who ' +
    'must act and what to do next. Without FILE, or with -, it reads standard input.',
  examples: [
    ['whybounce report /var/log/mail.log', 'all of a log'],
    [
      'whybounce report --day yesterday -o mail.html mail.log mail.log.1',
      'one day over a rotation, as a page',
    ],
    ["whybounce report --day yesterday --mail-headers 'mail.log*' | sendmail -t", 'a mail to postmaster'],
    ['whybounce report --merge monday.json tuesday.json', 'of reports that are there already'],
    ['whybounce report --from chdb:./mail --day yesterday', 'from a store'],
  ],
  flags: FLAGS,
  async run(operands, flags, context) {
    checkThresholdFlags(flags);
    checkMailFlags(flags);
    const format = flags['unknown-replies'] ? 'text' : formatOf(flags);
    if (flags.from !== undefined) refuseLogs(operands, flags);
    if (flags.merge) refuseBesideMerge(flags);
    const request = requestLogs(flags.from === undefined ? operands : [flags.from], flags, context);
    const file = flags.output === '-' ? undefined : flags.output;
    if (file !== undefined) await refuseOverwriting(file, request.names);

    const classifier = await classifierFor(flags);
    if (flags['unknown-replies']) {
      await printUnknownReplies(request, file, classifier, context);
      return;
    }
    const top = flags.top ?? TOP[format];
    const { report, failure } = flags.merge
      ? { report: await merged(operands, request, top, context), failure: undefined }
      : await made(request, flags, classifier, top, context);
    if (flags.nagios) {
      const { line, exitCode } = nagiosAnswer(report, flags);
      // What was read in part only is not well, but what was found in it holds.
      if (failure !== undefined && exitCode === 0) throw failure;
      await write(context.stdout, `${line}\n`);
      process.exitCode = exitCode;
      return;
    }
    const text = await present(report, format, {
      top,
      by: flags.by ?? ('cause' satisfies Breakdown),
      zone: request.clock.zone,
      screen: screenOptionsFor(context, file === undefined ? context.stdout : {}),
      mailTo: flags['mail-to'] ?? ['postmaster'],
      mailFrom: flags['mail-from']?.[0],
    });
    if (file === undefined) await write(context.stdout, text);
    else await writeOutput(file, text);
    noteEmptyWindow(report, request, context);
    const crossed = findingsError(report, flags);
    if (failure !== undefined) {
      if (crossed !== undefined) note(context, crossed.message);
      throw failure;
    }
    if (crossed !== undefined) throw crossed;
  },
});

/** The report on logs or a store. */
async function made(
  request: LogRequest,
  { from }: { readonly from?: string | undefined },
  classifier: Classifier,
  top: number,
  context: Context,
): Promise<{ report: Report; failure: Error | undefined }> {
  const { aggregate, failure, ...meta } =
    from === undefined
      ? await countLogs(request, classifier, context)
      : await countStore(from, request, context);
  const { now, zone } = request.clock;
  return { report: buildReport(aggregate, { now, ...meta, top, zone }), failure };
}

/** Loaded on demand: most reports are made of logs. */
async function merged(
  operands: readonly string[],
  { clock }: LogRequest,
  top: number,
  context: Context,
): Promise<Report> {
  const { mergeFiles } = await import('./merge.ts');
  return mergeFiles(operands, { now: clock.now, top }, context);
}

/** What was chosen when the reports were made cannot be chosen again. */
function refuseBesideMerge(flags: Readonly<Record<string, unknown>>): void {
  for (const name of [
    'from',
    'since',
    'until',
    'day',
    'year',
    'mta',
    'unparsed',
    'rules',
    'unknown-replies',
    'anonymize',
  ]) {
    if (flags[name] === undefined) continue;
    throw new UsageError(`--${name} has no meaning for reports that are made already`, 'leave it out');
  }
}

/** What was counted, and what a report says of where it comes from. */
interface Counted extends Pick<ReportMeta, 'inputs' | 'lines' | 'evicted' | 'incomplete' | 'trend'> {
  readonly aggregate: Aggregate;
  readonly failure: Error | undefined;
}

async function countLogs(request: LogRequest, classifier: Classifier, context: Context): Promise<Counted> {
  const aggregate = new Aggregate(request.window);
  const trend = new Trend(planOf(request));
  const reading = await readLogs(request, context, () => ({
    sink: new CauseStage(classifier, namelessly(request.pseudonyms, new Both(trend, aggregate))),
  }));
  const { failure, incomplete, analysis } = reading;
  const { lines, evicted } = analysis;
  return { aggregate, trend, inputs: inputsOf(reading), lines, evicted, incomplete, failure };
}

/** A window is compared with the days before it; all there is cannot be compared with anything. */
function planOf({ window, clock }: LogRequest): TrendPlan {
  const days = window.from === undefined ? [] : daysBefore(window.from, DAYS_BEFORE, clock.zone);
  return { window, now: clock.now, days };
}

/** Loaded on demand: most reports need no store. */
async function countStore(from: string, request: LogRequest, context: Context): Promise<Counted> {
  const { addressOf, withReader } = await import('./stores.ts');
  const { countStored } = await import('../store/report.ts');
  const { pseudonyms } = request;
  const before = pseudonyms && ((sink: TrackSink) => namelessly(pseudonyms, sink));
  return withReader(addressOf('--from', from), context, async (store) => ({
    ...(await countStored(store, planOf(request), context.stop, before)),
    failure: undefined,
  }));
}

/** The other thing that a log can tell: what is missing in the rules. */
async function printUnknownReplies(
  request: LogRequest,
  file: string | undefined,
  classifier: Classifier,
  context: Context,
): Promise<void> {
  const unknown = new UnknownReplies(request.window);
  const { failure } = await readLogs(request, context, () => ({
    sink: new CauseStage(classifier, namelessly(request.pseudonyms, unknown)),
  }));
  const text = formatUnknownReplies(unknown.replies, unknown.others);
  if (file === undefined) await write(context.stdout, text);
  else await writeOutput(file, text);
  if (failure !== undefined) throw failure;
}

function inputsOf({ analysis, sources, repeats }: Reading): ReportInput[] {
  const overlaps = new Map(analysis.overlaps.map(({ source, earlier }) => [source, sources[earlier]?.name]));
  const read = sources.map(({ name }, index) => {
    const summary = analysis.sources[index];
    return {
      file: name,
      mta: summary && [...summary.mtas][0],
      lines: summary?.lines ?? 0,
      copies: summary?.copies || undefined,
      overlaps: overlaps.get(index),
      from: summary?.from === undefined ? undefined : formatTime(summary.from),
      to: summary?.to === undefined ? undefined : formatTime(summary.to),
    };
  });
  const left = repeats.map(({ source, of }) => ({ file: source.name, lines: 0, repeats: of.name }));
  return [...read, ...left];
}

/** An empty report is right where nothing happened, and puzzling where the window is not where the log is. */
function noteEmptyWindow({ totals, inputs }: Report, { window }: LogRequest, context: Context): void {
  if (window.from === undefined && window.until === undefined) return;
  if (totals.recipients > 0 || totals.rejected > 0) return;
  const times = inputs.flatMap(({ from, to }) => (from === undefined || to === undefined ? [] : [from, to]));
  if (times.length === 0) return;
  times.sort((a, b) => Date.parse(a) - Date.parse(b));
  note(context, `no mail in the window; the logs go from ${times[0]} to ${times.at(-1)}`);
}
