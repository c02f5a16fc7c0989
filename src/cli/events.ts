/** `whybounce events`: one normalized event a line, for pipes. */
import { CauseStage } from '../cause/stage.ts';
import { EVENT_JSON_SCHEMA } from '../event/schema.ts';
import type { Source } from '../input/source.ts';
import { EventRenderer } from '../sink/delivery-event.ts';
import type { TrackedEvent, TrackSink } from '../track/event.ts';
import { namelessly } from './anonymize.ts';
import { defineCommand } from './command.ts';
import { LOG_FLAGS, type LogRequest, readLogs, requestLogs } from './logs.ts';
import { BufferedOutput, write } from './output.ts';
import { classifierFor, RULE_FLAGS } from './rules.ts';

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
  flags: {
    schema: { type: 'boolean', describe: 'Print the JSON Schema of an event instead' },
    ...LOG_FLAGS,
    ...RULE_FLAGS,
  },
  async run(operands, flags, context) {
    if (flags.schema) {
      await write(context.stdout, `${JSON.stringify(EVENT_JSON_SCHEMA, undefined, 2)}\n`);
      return;
    }
    const request = requestLogs(operands, flags, context);
    const classifier = await classifierFor(flags);
    const output = new BufferedOutput(context.stdout);
    const { failure } = await readLogs(request, context, ({ text }, sources) => ({
      sink: new CauseStage(
        classifier,
        namelessly(request.pseudonyms, new EventLines(request, sources, text, output)),
      ),
      afterBatch: () => output.flush(),
    }));
    if (failure !== undefined) throw failure;
  },
});

/** Writes the events of the window. */
class EventLines implements TrackSink {
  readonly #from: number;
  readonly #until: number;
  readonly #renderer: EventRenderer;
  readonly #currentLine: () => string;
  readonly #output: BufferedOutput;

  constructor(
    { window }: LogRequest,
    sources: readonly Source[],
    currentLine: () => string,
    output: BufferedOutput,
  ) {
    this.#from = window.from ?? -Infinity;
    this.#until = window.until ?? Infinity;
    this.#renderer = new EventRenderer(sources.map(({ name }) => name));
    this.#currentLine = currentLine;
    this.#output = output;
  }

  event(event: TrackedEvent): void {
    if (event.time < this.#from || event.time >= this.#until) return;
    this.#output.add(`${JSON.stringify(this.#renderer.render(event, this.#currentLine()))}\n`);
  }

  // What follows is for those who count: it changes nothing about events that have been written.
  resumed(): void {}
  closed(): void {}
  retracted(): void {}
  notified(): void {}
  notice(): void {}
}
