/** Traces through logs as the command does. */
import { Analysis } from '../../../src/analysis.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { CauseStage } from '../../../src/cause/stage.ts';
import { EventRenderer } from '../../../src/sink/delivery-event.ts';
import { Screen } from '../../../src/sink/screen.ts';
import { formatTrace, formatTraceJson } from '../../../src/sink/trace.ts';
import { Query } from '../../../src/trace/query.ts';
import type { Trace } from '../../../src/trace/story.ts';
import { Tracer, Watch } from '../../../src/trace/tracer.ts';
import { feed, LATEST } from '../reading.ts';

const classifier = new Classifier();

export interface Traced {
  readonly trace: Trace;
  /** How often the logs had to be read. */
  readonly readings: number;
  /** Whole lines of all messages, and of what was refused at once. */
  readonly lines: string[];
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at parts of the document
  readonly json: any;
}

/** Traces `what` through one log or several, in the order of their time. */
export function traced(
  what: string,
  logs: readonly (string | Buffer)[],
  window: { from?: number; until?: number } = {},
): Traced {
  const query = new Query(what);
  const watch = new Watch();
  const files = logs.map((_, index) => `log.${index}`);
  let tracer: Tracer;
  let readings = 0;
  do {
    watch.grew = false;
    const renderer = new EventRenderer(files);
    const currentLine = () => analysis.currentLine;
    tracer = new Tracer(query, watch, (event) => renderer.render(event, currentLine()), currentLine);
    const analysis: Analysis = new Analysis(new CauseStage(classifier, tracer), {
      zone: 'UTC',
      onLine: (line, record, place) => tracer.line(line, record, place),
    });
    for (const log of logs) {
      analysis.begin(LATEST);
      feed(analysis, log);
    }
    analysis.end();
    readings += 1;
  } while (watch.grew && readings < 10);
  const trace = tracer.result(window);
  const lines = [...trace.stories.flatMap((story) => story.lines), ...trace.refusals].map(
    ({ text }) => text!,
  );
  const context = { query, files, isWindow: window.from !== undefined, interrupted: false };
  const text = formatTrace(trace, context, new Screen({ width: 80, colour: false, unicode: true }));
  return { trace, readings, lines, text, json: JSON.parse(formatTraceJson(trace, context)) };
}
