/**
 * The way of the data, in one place: batches of lines → envelope → parser → tracker → sink.
 *
 * An analysis of a part of a log can be merged into the one of the part before it.
 */

import { tzOffset } from '@date-fns/tz/tzOffset';
import type { LogLine, LogRecord, Program } from '../parsers/contract.ts';
import { type Calibration, calibrate } from '../parsers/envelope/calibrate.ts';
import { Clock } from '../parsers/envelope/clock.ts';
import { Envelope, type Untagged } from '../parsers/envelope/envelope.ts';
import { arrivalOf, programOf, untaggedProgramOf } from '../parsers/index.ts';
import type { Mta } from './event/event.ts';
import type { Batch } from './input/batches.ts';
import { Copies } from './track/copies.ts';
import type { TrackSink } from './track/event.ts';
import { Tracker } from './track/tracker.ts';
import type { Place } from './track/transaction.ts';

const CARRIAGE_RETURN = 0x0d;
/** A line that claims to stand for more than this is forged. */
const MOST_REPEATS = 1000;
/** Lines at the beginning of a source in which year and zone are looked for. */
const CALIBRATION_LINES = 2000;

/** What became of the lines; `read` is the sum of the others. */
export interface LineCounts {
  read: number;
  used: number;
  /** Lines of other programs, and those that another source has too. */
  ignored: number;
  /** Lines of an MTA that no known shape fits. */
  unparsed: number;
}

/** What one source held. */
export class SourceSummary {
  readonly mtas = new Set<Mta>();
  lines = 0;
  /** Lines that an earlier source had too, so that they were left out. */
  copies = 0;
  // Numbers from the start: a field that is sometimes undefined would make V8 allocate for every line.
  #from = Infinity;
  #to = -Infinity;

  /** Earliest stamp in milliseconds UTC; undefined where no line had one. */
  get from(): number | undefined {
    return this.#from === Infinity ? undefined : this.#from;
  }

  /** Latest stamp, as `from`. */
  get to(): number | undefined {
    return this.#to === -Infinity ? undefined : this.#to;
  }

  /** Notes the stamp of a line. */
  cover(time: number): void {
    if (time < this.#from) this.#from = time;
    if (time > this.#to) this.#to = time;
  }
}

/** How lines are to be read. */
export interface AnalysisOptions {
  /** Year of the first line whose stamp has none. */
  readonly year?: number | undefined;
  /** IANA zone of stamps that name none; found out from the log, else the system's, where absent. */
  readonly zone?: string | undefined;
  /** Lines are read as this MTA's only. */
  readonly mta?: Mta | undefined;
  /** Given every line of an MTA that no shape fits. */
  readonly onUnparsed?: ((line: string) => void) | undefined;
  /**
   * Given every line of an MTA before it becomes events, with what it was read as: undefined where no shape fits.
   * Both objects are used again for the next line.
   */
  readonly onLine?: ((line: LogLine, record: LogRecord | undefined, place: Place) => void) | undefined;
  /** This is not the beginning of the log: it will be merged into the analysis of the part before. */
  readonly continues?: boolean;
  /** There is more than one source: lines that stand in several of them are counted once. */
  readonly several?: boolean;
}

/** Reads sources one after the other, in the order of their time. */
export class Analysis {
  readonly lines: LineCounts = { read: 0, used: 0, ignored: 0, unparsed: 0 };
  readonly sources: SourceSummary[] = [];
  readonly #options: AnalysisOptions;
  readonly #onLine: AnalysisOptions['onLine'];
  readonly #tracker: Tracker;
  readonly #resolve: (tag: string) => Program | undefined;
  readonly #untagged: Untagged;
  readonly #line: LogLine;
  readonly #copies: Copies | undefined;
  readonly #place: { -readonly [K in keyof Place]: Place[K] };
  #envelope: Envelope | undefined;
  #latest = 0;
  #source: SourceSummary = new SourceSummary();
  /** The program of the line before. */
  #program: Program | undefined = undefined;
  /** What the line before was, for `last message repeated`. */
  #previous: 'used' | 'other' | undefined = undefined;
  readonly #leadingRepeats: { readonly times: number; readonly place: Place }[] = [];
  #text = '';
  #lineStart = 0;
  #lineEnd = 0;

  /** @param sink gets the events, and everything else that is to be counted */
  constructor(sink: TrackSink, options: AnalysisOptions = {}) {
    this.#options = options;
    this.#onLine = options.onLine;
    this.#tracker = new Tracker(sink, { continues: options.continues ?? false });
    this.#copies = options.several ? new Copies() : undefined;
    this.#resolve = (tag) => programOf(tag, options.mta);
    this.#untagged = (text, start, end) => untaggedProgramOf(text, start, end, options.mta);
    this.#line = {
      ...{ text: '', start: 0, end: 0, time: 0, host: '', tag: '', pid: 0, repeats: 1 },
      program: undefined,
    };
    this.#place = { time: 0, source: -1, offset: 0, mta: 'postfix', host: '', instance: '', tag: '', pid: 0 };
  }

  /** Messages that were forgotten before they left the queue. */
  get evicted(): number {
    return this.#tracker.evicted;
  }

  /** Lines that may stand in several sources, and were not compared with all of them: those are too many. */
  get uncertainCopies(): number {
    return this.#copies?.uncertain ?? 0;
  }

  /** The line that is being read, as it is in the log: whole and with its envelope. */
  get currentLine(): string {
    return this.#text.slice(this.#lineStart, this.#lineEnd);
  }

  /** Where that line is. Valid until the next one is read. */
  get currentPlace(): Pick<Place, 'source' | 'offset' | 'time'> {
    return this.#place;
  }

  /**
   * Begins the next source.
   * @param latest no line of it is later (milliseconds UTC)
   */
  begin(latest: number): void {
    this.#envelope = undefined;
    this.#latest = latest;
    this.#source = new SourceSummary();
    this.sources.push(this.#source);
    this.#program = undefined;
    this.#place.source += 1;
    this.#copies?.begin();
  }

  /** Reads the next batch of the source. */
  read(batch: Batch): void {
    this.lines.read += batch.overlong;
    this.lines.unparsed += batch.overlong;
    this.#source.lines += batch.overlong;
    const { text } = batch;
    if (text === '') return;
    this.#envelope ??= this.#calibrated(text);
    this.#text = text;
    let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    while (start < text.length) {
      let end = text.indexOf('\n', start);
      if (end < 0) end = text.length;
      this.#lineStart = start;
      this.#lineEnd = end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
      this.#place.offset = batch.offset + start;
      this.#readLine(text, start, this.#lineEnd, this.#envelope);
      start = end + 1;
    }
  }

  /** Goes on where `later` stopped. Both must have the same sink by now, or sinks that are merged as well. */
  merge(later: Analysis): void {
    this.lines.read += later.lines.read;
    this.lines.used += later.lines.used;
    this.lines.ignored += later.lines.ignored;
    this.lines.unparsed += later.lines.unparsed;
    for (const { times, place } of later.#leadingRepeats) this.#repeat(times, place);
    this.#previous = later.#previous ?? this.#previous;
    this.#tracker.merge(later.#tracker);
  }

  #readLine(text: string, start: number, end: number, envelope: Envelope): void {
    const line = this.#line;
    this.lines.read += 1;
    this.#source.lines += 1;
    if (!envelope.read(text, start, end, line)) {
      this.lines.ignored += 1;
      return;
    }
    const { program, time } = line;
    const source = this.#source;
    source.cover(time);
    const place = this.#place;
    place.time = time;
    if (program === undefined) {
      if (line.tag === '') this.#repeat(line.repeats, place);
      else {
        this.lines.ignored += 1;
        this.#previous = 'other';
      }
      return;
    }
    const record = program.parse(line);
    if (program !== this.#program) {
      this.#program = program;
      source.mtas.add(program.mta);
      place.mta = program.mta;
      place.instance = program.instance;
      place.tag = line.tag;
    }
    place.host = line.host;
    place.pid = line.pid;
    if (program.inSeveralLogs && this.#copies?.isCopy(record, text, start, end)) {
      this.lines.ignored += 1;
      source.copies += 1;
      this.#previous = 'other';
      return;
    }
    this.#onLine?.(line, record, place);
    if (record === undefined) {
      this.lines.unparsed += 1;
      this.#previous = 'other';
      this.#options.onUnparsed?.(this.currentLine);
      return;
    }
    this.lines.used += 1;
    this.#previous = 'used';
    this.#tracker.read(record, place);
    if (line.repeats > 1) this.#tracker.repeat(place, Math.min(line.repeats, MOST_REPEATS) - 1);
  }

  /** `last message repeated 3 times`: of whatever program the line before was, in this part of the log or the last. */
  #repeat(times: number, place: Place): void {
    if (this.#previous === undefined && this.#options.continues) {
      this.#leadingRepeats.push({ times, place: { ...place } });
      return;
    }
    if (this.#previous === 'used') {
      this.lines.used += 1;
      this.#tracker.repeat(place, Math.min(times, MOST_REPEATS));
    } else this.lines.ignored += 1;
  }

  #calibrated(text: string): Envelope {
    const { year, zone } = this.#options;
    const lines = text.slice(0, 512 * 1024).split('\n', CALIBRATION_LINES);
    const found = calibrate(lines, this.#resolve, arrivalOf, this.#latest, this.#untagged);
    const clock = new Clock({
      latest: this.#latest,
      year: year ?? found.year,
      zone: zone ?? zoneOf(found),
    });
    return new Envelope(clock, this.#resolve, this.#untagged);
  }
}

/** The system's zone unless the log disagrees: unlike a mere offset, it knows when summer time begins. */
function zoneOf({ offset, first }: Calibration): string | number {
  const system = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (offset === undefined || first === undefined) return system;
  return tzOffset(system, new Date(first)) === offset ? system : offset;
}
