/** `whybounce trace`: everything that happened to one message, address, queue id or message-id. */
import { existsSync } from 'node:fs';
import { CauseStage } from '../cause/stage.ts';
import { EventRenderer } from '../sink/delivery-event.ts';
import { namelessJson, namelessText } from '../sink/nameless.ts';
import { Screen } from '../sink/screen.ts';
import { formatTrace, formatTraceJson } from '../sink/trace.ts';
import { Query } from '../trace/query.ts';
import type { Trace } from '../trace/story.ts';
import { Tracer, Watch } from '../trace/tracer.ts';
import { type Context, defineCommand } from './command.ts';
import { UsageError } from './errors.ts';
import { FORM_FLAGS, OUTPUT_FLAGS, wantsJson } from './form.ts';
import { LOG_FLAGS, openLogs, type Reading, readLogs, requestLogs } from './logs.ts';
import { note, refuseOverwriting, write, writeOutput } from './output.ts';
import { screenOptionsFor } from './page.ts';
import { classifierFor, RULE_FLAGS } from './rules.ts';

/** Anything shorter is in almost every line. */
const SHORTEST = 3;
/** Each reading goes one step farther back along a chain of queues; forward it goes all the way. */
const MOST_READINGS = 10;

export default defineCommand({
  usage: 'WHAT [FILE…]',
  description:
    'Shows every line of each message that has WHAT as its queue id, message-id or one of its addresses, or as a part ' +
    'of one: across content filters, hosts and files, with the notices that were made of it and refusals at the door. ' +
    'Ends with what happened and why. The time flags choose messages of which something happened in that time; they ' +
    'are shown whole. Without FILE, or with -, it reads standard input, and keeps it in a temporary file meanwhile.',
  examples: [
    ['whybounce trace bob@example.org /var/log/mail.log', 'all mail to and from an address'],
    ['whybounce trace 4jYHcX1hS0zKQ9X mail.log mail.log.1', 'one message, wherever it went'],
    ["whybounce trace @example.org --day yesterday 'mail.log*'", 'a domain, rotated logs too'],
    ['whybounce trace --json bob@example.org mail.log', 'for other programs, as one document'],
  ],
  flags: {
    ...FORM_FLAGS,
    ...OUTPUT_FLAGS,
    ...LOG_FLAGS,
    ...RULE_FLAGS,
  },
  async run([what, ...files], flags, context) {
    if (what === undefined) {
      throw new UsageError(
        'nothing to look for',
        'give a queue id, a message-id or an address, then the logs',
      );
    }
    if (files.length === 0 && existsSync(what)) {
      throw new UsageError(
        `${what} is a file, and there is nothing to look for in it`,
        `whybounce trace WHAT ${what}, where WHAT is an address, a queue id or a message-id`,
      );
    }
    const query = new Query(what);
    if (query.what.length < SHORTEST) {
      throw new UsageError(`"${what}" is too short to look for`, `give at least ${SHORTEST} characters`);
    }
    const json = wantsJson(flags);
    const request = requestLogs(files, flags, context);
    const file = flags.output === '-' ? undefined : flags.output;
    if (file !== undefined) await refuseOverwriting(file, request.names);
    const opened = await openLogs(request, context, { repeatedly: true });
    const names = opened.parts.map(({ source }) => source.name);
    const classifier = await classifierFor(flags);
    const watch = new Watch();
    let reading: Reading;
    let tracer: Tracer;
    let readings = 0;
    do {
      watch.grew = false;
      reading = await readLogs(
        request,
        context,
        ({ text: currentLine }) => {
          const renderer = new EventRenderer(names);
          const render = (event: Parameters<EventRenderer['render']>[0]) =>
            renderer.render(event, currentLine());
          tracer = new Tracer(query, watch, render, currentLine);
          return {
            sink: new CauseStage(classifier, tracer),
            onLine: (line, record, place) => tracer.line(line, record, place),
          };
        },
        opened,
      );
      readings += 1;
    } while (watch.grew && readings < MOST_READINGS && !context.stop.aborted);
    for (const text of reading.notes) note(context, text);
    const found = tracer!.result(request.window);
    const partly = watch.grew || context.stop.aborted;
    const trace: Trace = partly ? { ...found, cut: true } : found;
    const { from, until } = request.window;
    const isWindow = from !== undefined || until !== undefined;
    const about = { query, files: names, isWindow, interrupted: context.stop.aborted };
    const { pseudonyms } = request;
    let text: string;
    if (json) {
      text = formatTraceJson(trace, about);
      if (pseudonyms !== undefined) text = namelessJson(text, pseudonyms);
    } else if (pseudonyms === undefined) {
      text = formatTrace(trace, about, screenOf(context, file));
    } else {
      // In full width: a name that is cut off could no longer be told from other words.
      const screen = screenOf(context, file, Infinity);
      text = namelessText(formatTrace(trace, about, screen), pseudonyms);
    }
    if (file === undefined) await write(context.stdout, text);
    else await writeOutput(file, text);
    if (reading.failure !== undefined) throw reading.failure;
  },
});

/** The screen behind stdout; a file has none. */
function screenOf(context: Context, file: string | undefined, width?: number): Screen {
  const options = screenOptionsFor(context, file === undefined ? context.stdout : {});
  return new Screen(width === undefined ? options : { ...options, width });
}
