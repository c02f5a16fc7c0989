/** Reads a log as the program does, and notes all that the tracker tells. */
import type { NoticeRecord } from '../../parsers/contract.ts';
import { Analysis, type AnalysisOptions, type LineCounts, type SourceSummary } from '../../src/analysis.ts';
import { Classifier } from '../../src/cause/classifier.ts';
import { CauseStage } from '../../src/cause/stage.ts';
import type { DeliveryEvent } from '../../src/event/event.ts';
import { readerOf } from '../../src/input/reader.ts';
import { EventRenderer } from '../../src/sink/delivery-event.ts';
import type { Message, TrackedEvent, TrackSink } from '../../src/track/event.ts';

/** The tests' logs are of this time unless they say otherwise. */
export const LATEST = Date.UTC(2026, 10, 24);

/** As much as files are read at a time. */
const CHUNK = 256 * 1024;

export interface ReadingOptions extends AnalysisOptions {
  readonly latest?: number;
}

/** What came out of a log. */
export interface Reading {
  readonly events: DeliveryEvent[];
  /** Everything that is no event: `closed ID`, `retracted ID`, `notified ID`, `resumed ID N`. */
  readonly calls: string[];
  readonly notices: { severity: string; text: string; program: string; time: number }[];
  readonly lines: LineCounts;
  readonly sources: readonly SourceSummary[];
  readonly evicted: number;
  /** The lines that no shape fits. */
  readonly unparsed: string[];
}

/** Notes what it is told, events in their public form. */
export class Notebook implements TrackSink {
  readonly events: DeliveryEvent[] = [];
  readonly calls: string[] = [];
  readonly notices: Reading['notices'] = [];
  readonly #renderer: EventRenderer;
  readonly #currentLine: () => string;

  constructor(currentLine: () => string, files: readonly string[] = ['mail.log']) {
    this.#renderer = new EventRenderer(files);
    this.#currentLine = currentLine;
  }

  event(event: TrackedEvent): void {
    this.events.push(this.#renderer.render(event, this.#currentLine()));
  }

  resumed(message: Message): void {
    this.calls.push(`resumed ${message.queueId} ${message.recipients}`);
  }

  closed(message: Message): void {
    this.calls.push(`closed ${message.queueId}`);
  }

  retracted(message: Message): void {
    this.calls.push(`retracted ${message.queueId}`);
  }

  notified(message: Message): void {
    this.calls.push(`notified ${message.queueId}`);
  }

  notice({ severity, text }: NoticeRecord, program: string, time: number): void {
    this.notices.push({ severity, text, program, time });
  }
}

const classifier = new Classifier();

/** Reads a log, one text or its lines, as one source. */
export function read(
  log: string | Buffer | readonly string[],
  { latest = LATEST, ...options }: ReadingOptions = {},
): Reading {
  const unparsed: string[] = [];
  const notebook = new Notebook(() => analysis.currentLine);
  const analysis = new Analysis(new CauseStage(classifier, notebook), {
    zone: 'UTC',
    onUnparsed: (line) => unparsed.push(line),
    ...options,
  });
  analysis.begin(latest);
  feed(analysis, log);
  analysis.end();
  const { lines, sources, evicted } = analysis;
  const { events, calls, notices } = notebook;
  return { events, calls, notices, lines, sources, evicted, unparsed };
}

/** Gives a log to an analysis that has begun a source. */
export function feed(analysis: Analysis, log: string | Buffer | readonly string[]): void {
  const bytes = Buffer.isBuffer(log) ? log : Buffer.from(typeof log === 'string' ? log : log.join('\n'));
  const reader = readerOf(bytes, 'mail.log');
  for (let start = 0; start < bytes.length; start += CHUNK) {
    for (const batch of reader.push(bytes.subarray(start, start + CHUNK))) analysis.read(batch);
  }
  for (const batch of reader.end()) analysis.read(batch);
}

/** The given fields of each event, in a row each. */
export function table<K extends keyof DeliveryEvent>(
  events: readonly DeliveryEvent[],
  ...keys: readonly K[]
): DeliveryEvent[K][][] {
  return events.map((event) => keys.map((key) => event[key]));
}
