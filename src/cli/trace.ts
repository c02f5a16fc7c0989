/** `whybounce trace`: everything that happened to one message, address, queue id or message-id. */
import { existsSync } from 'node:fs';
import type { Classifier } from '../cause/classifier.ts';
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
import {
  LOG_FLAGS,
  type LogRequest,
  openLogs,
  type Reading,
  readLogs,
  refuseLogs,
  requestLogs,
} from './logs.ts';
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
    'are shown whole. Without FILE, or with -, it reads standard input, and keeps it in a temporary file meanwhile. --from looks in ' +
    'a store, which has events and no lines.',
  examples: [
    ['whybounce trace bob@example.org /var/log/mail.log', 'all mail to and from an address'],
    ['whybounce trace 4jYHcX1hS0zKQ9X mail.log mail.log.1', 'one message, wherever it went'],
    ["whybounce trace @example.org --day yesterday 'mail.log*'", 'a domain, rotated logs too'],
    ['whybounce trace bob@example.org --from chdb:./mail', 'in a store: events, without the lines'],
    ['whybounce trace --json bob@example.org mail.log', 'for other programs, as one document'],
  ],
  flags: {
    from: {
      type: 'string',
      nargs: 1,
      describe: 'Look in this store instead of logs: chdb:DIRECTORY or http://user@host:8123/database',
    },
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
    const { from: storeName } = flags;
    if (storeName === undefined && files.length === 0 && existsSync(what)) {
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
    if (storeName !== undefined) refuseLogs(files, flags);
    const request = requestLogs(storeName === undefined ? files : [storeName], flags, context);
    const file = flags.output === '-' ? undefined : flags.output;
    if (file !== undefined) await refuseOverwriting(file, request.names);
    const { trace, names, store, failure } =
      storeName === undefined
        ? await traceLogs(query, request, await classifierFor(flags), context)
        : await traceStore(query, request, storeName, context);
    const { from, until } = request.window;
    const isWindow = from !== undefined || until !== undefined;
    const about = { query, files: names, isWindow, store, interrupted: context.stop.aborted };
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
    if (failure !== undefined) throw failure;
  },
});

/** What was found, and where. */
interface Traced {
  readonly trace: Trace;
  /** Names of the logs. */
  readonly names: readonly string[];
  readonly store?: string;
  readonly failure: Error | undefined;
}

async function traceLogs(
  query: Query,
  request: LogRequest,
  classifier: Classifier,
  context: Context,
): Promise<Traced> {
  const opened = await openLogs(request, context, { repeatedly: true });
  const names = opened.parts.map(({ source }) => source.name);
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
  return { trace: partly ? { ...found, cut: true } : found, names, failure: reading.failure };
}

/** Loaded on demand, as all that needs a store. */
async function traceStore(
  query: Query,
  { window }: LogRequest,
  from: string,
  context: Context,
): Promise<Traced> {
  const { addressOf, withReader } = await import('./stores.ts');
  const { traceStored } = await import('../store/trace.ts');
  const address = addressOf('--from', from);
  const { trace, files } = await withReader(address, context, (store) =>
    traceStored(store, query, window, context.stop),
  );
  return { trace, names: files, store: address.name, failure: undefined };
}

/** The screen behind stdout; a file has none. */
function screenOf(context: Context, file: string | undefined, width?: number): Screen {
  const options = screenOptionsFor(context, file === undefined ? context.stdout : {});
  return new Screen(width === undefined ? options : { ...options, width });
}
