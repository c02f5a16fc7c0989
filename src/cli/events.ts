/** `whybounce events`: one normalized event a line, for pipes. */
import { extname } from 'node:path';
import { CauseStage } from '../cause/stage.ts';
import { EVENT_JSON_SCHEMA } from '../event/schema.ts';
import type { Source } from '../input/source.ts';
import { EventRenderer } from '../sink/delivery-event.ts';
import type { TrackedEvent, TrackSink } from '../track/event.ts';
import { namelessly } from './anonymize.ts';
import { defineCommand, type Flags, oneOf } from './command.ts';
import { UsageError } from './errors.ts';
import { OUTPUT_FLAGS } from './form.ts';
import { LOG_FLAGS, type LogRequest, readLogs, requestLogs } from './logs.ts';
import { BufferedOutput, intoFile, refuseOverwriting, write } from './output.ts';
import { classifierFor, RULE_FLAGS } from './rules.ts';

const FLAGS = {
  format: {
    type: 'string',
    nargs: 1,
    describe: 'ndjson, or json: one array (default: by the ending of --output, else ndjson)',
    coerce: oneOf('--format', ['ndjson', 'json']),
  },
  json: { type: 'boolean', describe: 'The same as --format json' },
  ...OUTPUT_FLAGS,
  schema: { type: 'boolean', describe: 'Print the JSON Schema of an event instead' },
  ...LOG_FLAGS,
  ...RULE_FLAGS,
} as const satisfies Flags;

export default defineCommand({
  usage: '[FILE…]',
  description:
    'Writes every acceptance, delivery attempt and refusal as one JSON object a line, with its cause. Without FILE, ' +
    'or with -, it reads standard input.',
  examples: [
    ['whybounce events /var/log/mail.log', 'all of a log'],
    ["whybounce events mail.log | jq -r 'select(.cause).to'", 'the recipients that failed'],
    ['whybounce events --schema', 'what the fields mean'],
  ],
  flags: FLAGS,
  async run(operands, flags, context) {
    if (flags.schema) {
      await write(context.stdout, `${JSON.stringify(EVENT_JSON_SCHEMA, undefined, 2)}\n`);
      return;
    }
    const request = requestLogs(operands, flags, context);
    const classifier = await classifierFor(flags);
    const form = FORMS[formatOf(flags)];
    const file = flags.output === '-' ? undefined : flags.output;
    let failure: Error | undefined;
    const writeTo = async (stream: NodeJS.WritableStream): Promise<void> => {
      const output = new BufferedOutput(stream);
      output.add(form.begin);
      ({ failure } = await readLogs(request, context, ({ text }, sources) => ({
        sink: new CauseStage(
          classifier,
          namelessly(request.pseudonyms, new EventLines(request, sources, text, form, output)),
        ),
        afterBatch: () => output.flush(),
      })));
      output.add(form.end);
      await output.flush();
    };
    if (file === undefined) await writeTo(context.stdout);
    else {
      await refuseOverwriting(file, request.names);
      await intoFile(file, writeTo);
    }
    if (failure !== undefined) throw failure;
  },
});

/** What stands around events. */
interface Form {
  readonly begin: string;
  readonly between: string;
  readonly after: string;
  readonly end: string;
}

const FORMS: Readonly<Record<'ndjson' | 'json', Form>> = {
  ndjson: { begin: '', between: '', after: '\n', end: '' },
  json: { begin: '[\n', between: ',\n', after: '', end: '\n]\n' },
};

function formatOf(flags: {
  readonly format?: keyof typeof FORMS | undefined;
  readonly json?: boolean | undefined;
  readonly output?: string | undefined;
}): keyof typeof FORMS {
  if (flags.json && flags.format === 'ndjson') {
    throw new UsageError('--json contradicts --format ndjson', 'give one of them');
  }
  if (flags.json) return 'json';
  return flags.format ?? (extname(flags.output ?? '').toLowerCase() === '.json' ? 'json' : 'ndjson');
}

/** Writes the events of the window. */
class EventLines implements TrackSink {
  readonly #from: number;
  readonly #until: number;
  readonly #renderer: EventRenderer;
  readonly #currentLine: () => string;
  readonly #form: Form;
  readonly #output: BufferedOutput;
  #isFirst = true;

  constructor(
    { window }: LogRequest,
    sources: readonly Source[],
    currentLine: () => string,
    form: Form,
    output: BufferedOutput,
  ) {
    this.#from = window.from ?? -Infinity;
    this.#until = window.until ?? Infinity;
    this.#renderer = new EventRenderer(sources.map(({ name }) => name));
    this.#currentLine = currentLine;
    this.#form = form;
    this.#output = output;
  }

  event(event: TrackedEvent): void {
    if (event.time < this.#from || event.time >= this.#until) return;
    const text = JSON.stringify(this.#renderer.render(event, this.#currentLine()));
    const { between, after } = this.#form;
    this.#output.add(`${this.#isFirst ? '' : between}${text}${after}`);
    this.#isFirst = false;
  }

  // What follows is for those who count: it changes nothing about events that have been written.
  resumed(): void {}
  closed(): void {}
  retracted(): void {}
  notified(): void {}
  notice(): void {}
}
