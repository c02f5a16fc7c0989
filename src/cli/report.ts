/** `whybounce report`: why mail failed, who must act and what to do next. */
import { extname } from 'node:path';
import { Aggregate } from '../aggregate/aggregate.ts';
import { buildReport, type Report, type ReportInput } from '../aggregate/report.ts';
import { UnknownReplies } from '../aggregate/unknown.ts';
import type { Classifier } from '../cause/classifier.ts';
import { CauseStage } from '../cause/stage.ts';
import { formatTime } from '../sink/delivery-event.ts';
import { formatJson } from '../sink/json.ts';
import { formatUnknownReplies } from '../sink/rules.ts';
import { BREAKDOWNS, type Breakdown, formatText } from '../sink/text.ts';
import { type Context, defineCommand, type Flags, oneOf, wholeNumber } from './command.ts';
import { UsageError } from './errors.ts';
import { LOG_FLAGS, type LogRequest, type Reading, readLogs, requestLogs } from './logs.ts';
import { note, refuseOverwriting, write, writeOutput } from './output.ts';
import { screenOptionsFor } from './page.ts';
import { classifierFor, RULE_FLAGS } from './rules.ts';

const FORMATS = ['text', 'json'] as const;
type Format = (typeof FORMATS)[number];

/** The format that the ending of `-o FILE` stands for. */
const FORMAT_BY_ENDING: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.txt': 'text',
  '.text': 'text',
};

/** Rows of a list: on a page as many as one wants to read, in a document as many as one may want to search. */
const TOP: Readonly<Record<Format, number>> = { text: 10, json: 50 };

const FLAGS = {
  format: {
    type: 'string',
    nargs: 1,
    describe: 'text or json (default: by the ending of --output, else text)',
    coerce: oneOf('--format', FORMATS),
  },
  json: { type: 'boolean', describe: 'The same as --format json' },
  output: {
    type: 'string',
    nargs: 1,
    alias: 'o',
    describe: 'Write to this file instead of standard output',
  },
  ...LOG_FLAGS,
  ...RULE_FLAGS,
  top: {
    type: 'string',
    nargs: 1,
    describe: `Length of lists (default ${TOP.text}, in JSON ${TOP.json})`,
    coerce: wholeNumber('--top', 1, 1000),
  },
  'unknown-replies': {
    type: 'boolean',
    describe: 'Print the replies that no rule knows instead, as the beginnings of rules',
  },
  by: {
    type: 'string',
    nargs: 1,
    describe: 'What the report is arranged by: cause (default), provider, domain, sender or hour',
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
    ['whybounce report --day yesterday mail.log mail.log.1', 'one day, rotated logs too'],
    ["journalctl -u 'postfix*' | whybounce report", 'from the journal'],
    ['whybounce report --since 2h -o mail.json mail.log', 'for other programs'],
  ],
  flags: FLAGS,
  async run(operands, flags, context) {
    const format = flags['unknown-replies'] ? 'text' : formatOf(flags);
    const request = requestLogs(operands, flags, context);
    const file = flags.output === '-' ? undefined : flags.output;
    if (file !== undefined) await refuseOverwriting(file, request.names);

    const classifier = await classifierFor(flags);
    if (flags['unknown-replies']) {
      await printUnknownReplies(request, file, classifier, context);
      return;
    }
    const aggregate = new Aggregate(request.window);
    const reading = await readLogs(request, context, () => ({
      sink: new CauseStage(classifier, aggregate),
    }));
    const top = flags.top ?? TOP[format];
    const report = buildReport(aggregate, {
      now: request.clock.now,
      inputs: inputsOf(reading),
      lines: reading.analysis.lines,
      evicted: reading.analysis.evicted,
      incomplete: reading.incomplete,
      top,
    });
    const text =
      format === 'json'
        ? formatJson(report)
        : formatText(report, {
            ...screenOptionsFor(context, file === undefined ? context.stdout : {}),
            top,
            by: flags.by ?? ('cause' satisfies Breakdown),
            zone: request.clock.zone,
          });
    if (file === undefined) await write(context.stdout, text);
    else await writeOutput(file, text);
    noteEmptyWindow(report, request, reading, context);
    if (reading.failure !== undefined) throw reading.failure;
  },
});

/** The other thing that a log can tell: what is missing in the rules. */
async function printUnknownReplies(
  request: LogRequest,
  file: string | undefined,
  classifier: Classifier,
  context: Context,
): Promise<void> {
  const unknown = new UnknownReplies(request.window);
  const { failure } = await readLogs(request, context, () => ({ sink: new CauseStage(classifier, unknown) }));
  const text = formatUnknownReplies(unknown.replies, unknown.others);
  if (file === undefined) await write(context.stdout, text);
  else await writeOutput(file, text);
  if (failure !== undefined) throw failure;
}

function formatOf(flags: {
  format?: Format | undefined;
  json?: boolean | undefined;
  output?: string | undefined;
}): Format {
  if (flags.json) {
    if (flags.format === undefined || flags.format === 'json') return 'json';
    throw new UsageError(`--json contradicts --format ${flags.format}`, 'give one of them');
  }
  if (flags.format !== undefined) return flags.format;
  const ending = extname(flags.output ?? '').toLowerCase();
  if (ending === '') return 'text';
  const format = FORMAT_BY_ENDING[ending];
  if (format !== undefined) return format;
  throw new UsageError(
    `--output ${flags.output} does not tell the format`,
    'end its name in .txt or .json, or give --format text or json',
  );
}

function inputsOf({ analysis, sources, repeats }: Reading): ReportInput[] {
  const read = sources.map(({ name }, index) => {
    const summary = analysis.sources[index];
    return {
      file: name,
      mta: summary && [...summary.mtas][0],
      lines: summary?.lines ?? 0,
      from: summary?.from === undefined ? undefined : formatTime(summary.from),
      to: summary?.to === undefined ? undefined : formatTime(summary.to),
    };
  });
  const left = repeats.map(({ source, of }) => ({ file: source.name, lines: 0, repeats: of.name }));
  return [...read, ...left];
}

/** An empty report is right where nothing happened, and puzzling where the window is not where the log is. */
function noteEmptyWindow(
  { totals }: Report,
  { window }: LogRequest,
  reading: Reading,
  context: Context,
): void {
  if (window.from === undefined && window.until === undefined) return;
  if (totals.recipients > 0 || totals.rejected > 0) return;
  const times = reading.analysis.sources.flatMap(({ from, to }) =>
    from === undefined || to === undefined ? [] : [from, to],
  );
  const first = formatTime(Math.min(...times));
  const last = formatTime(Math.max(...times));
  note(context, `no mail in the window; the logs go from ${first} to ${last}`);
}
