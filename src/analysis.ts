/**
 * The way of the data, in one place: batches of lines → envelope → parser → tracker → sink.
 */

import { tzOffset } from '@date-fns/tz/tzOffset';
import type { LogLine, LogRecord, Program } from '../parsers/contract.ts';
import { type Calibration, calibrate } from '../parsers/envelope/calibrate.ts';
import { Clock, type ClockState } from '../parsers/envelope/clock.ts';
import { Envelope, type Untagged } from '../parsers/envelope/envelope.ts';
import { arrivalOf, programOf, renamedProgramOf, untaggedProgramOf } from '../parsers/index.ts';
import type { Mta } from './event/event.ts';
import type { Batch } from './input/batches.ts';
import { Copies, type CopiesState, noCopies } from './track/copies.ts';
import type { TrackSink } from './track/event.ts';
import { keepRecord } from './track/keep.ts';
import { noOverlaps, type Overlap, Overlaps, type OverlapsState } from './track/overlaps.ts';
import { newState, type TrackerState } from './track/state.ts';
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
export interface SourceSummary {
  readonly mtas: ReadonlySet<Mta>;
  readonly lines: number;
  /** Lines that an earlier source had too, so that they were left out. */
  readonly copies: number;
  /** Earliest and latest stamp in milliseconds UTC; undefined where no line had one. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** What is remembered of one source. Plain data. */
export interface SourceState {
  readonly mtas: Set<Mta>;
  lines: number;
  copies: number;
  // Numbers from the start: a field that is sometimes undefined would make V8 allocate for every line.
  /** Earliest stamp; infinite where no line had one. */
  from: number;
  to: number;
  /** Absent until its first line is read. */
  clock: ClockState | undefined;
  /** Where the latest line is. */
  readonly place: { -readonly [K in keyof Place]: Place[K] };
  /** What the line before was, for `last message repeated`. */
  previous: LogRecord | 'other' | undefined;
}

/**
 * All that an analysis remembers. It is plain data: after `structuredClone` or `v8.serialize` a new analysis goes on with
 * it where the former stopped, in another process or thread.
 */
export interface AnalysisState {
  readonly lines: LineCounts;
  /** By their number. */
  readonly sources: Map<number, SourceState>;
  readonly tracker: TrackerState;
  /** There where lines may stand in several sources. */
  readonly copies: CopiesState | undefined;
  readonly overlaps: OverlapsState | undefined;
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
  /** There is more than one source: lines that stand in several of them are counted once. */
  readonly several?: boolean;
  /** What an earlier analysis remembered, to go on with; `resume` names the source that is read next. */
  readonly state?: AnalysisState | undefined;
}

/** How a source is to be begun, where it is not the next one. */
export interface SourceOptions {
  /** Its position among the inputs. */
  readonly number?: number | undefined;
  /** What is known of its stamps, from lines before those that will be read. */
  readonly clock?: ClockState | undefined;
}

/** Reads sources one after the other, in the order of their time, or several in turns as they grow. */
export class Analysis {
  readonly lines: LineCounts;
  readonly #state: AnalysisState;
  readonly #options: AnalysisOptions;
  readonly #onLine: AnalysisOptions['onLine'];
  readonly #tracker: Tracker;
  readonly #resolve: (tag: string) => Program | undefined;
  readonly #untagged: Untagged;
  readonly #renamed: ((text: string, line: LogLine) => Program | undefined) | undefined;
  readonly #line: LogLine;
  readonly #copies: Copies | undefined;
  readonly #overlaps: Overlaps | undefined;
  readonly #others = new Set<Mta>();
  #source: SourceState = newSource(-1);
  /** Made from the clock of the source. */
  #envelope: Envelope | undefined;
  /** The program of the line before. */
  #program: Program | undefined = undefined;
  #latest = 0;
  #text = '';
  #lineStart = 0;
  #lineEnd = 0;

  /** @param sink gets the events, and everything else that is to be counted */
  constructor(sink: TrackSink, options: AnalysisOptions = {}) {
    this.#options = options;
    this.#onLine = options.onLine;
    this.#state = options.state ?? {
      lines: { read: 0, used: 0, ignored: 0, unparsed: 0 },
      sources: new Map(),
      tracker: newState(),
      copies: options.several ? noCopies() : undefined,
      overlaps: options.several ? noOverlaps() : undefined,
    };
    this.lines = this.#state.lines;
    this.#tracker = new Tracker(sink, this.#state.tracker, () => this.currentLine);
    this.#copies = this.#state.copies && new Copies(this.#state.copies);
    this.#overlaps = this.#state.overlaps && new Overlaps(this.#state.overlaps);
    const { mta } = options;
    if (mta === undefined) {
      this.#resolve = (tag) => programOf(tag);
      this.#untagged = (text, start, end) => untaggedProgramOf(text, start, end);
      this.#renamed = undefined;
    } else {
      this.#resolve = (tag) => programOf(tag, mta) ?? this.#leaveOut(programOf(tag));
      this.#untagged = (text, start, end) =>
        untaggedProgramOf(text, start, end, mta) ?? this.#leaveOut(untaggedProgramOf(text, start, end));
      this.#renamed = (text, { tag, start, end }) =>
        tag === '' || programOf(tag) !== undefined ? undefined : renamedProgramOf(mta, text, start, end);
    }
    this.#line = {
      ...{ text: '', start: 0, end: 0, time: 0, host: '', tag: '', pid: 0, repeats: 1 },
      program: undefined,
    };
  }

  /**
   * All that is remembered, as plain data. It is what this analysis itself works with: to be cloned or written before
   * the next line is read.
   */
  get state(): AnalysisState {
    for (const source of this.#state.sources.values()) {
      const { previous } = source;
      if (typeof previous === 'object') source.previous = keepRecord(previous);
    }
    return this.#state;
  }

  /** What the sources held, by their number. */
  get sources(): SourceSummary[] {
    const summaries: SourceSummary[] = [];
    for (const [number, { mtas, lines, copies, from, to }] of this.#state.sources) {
      const span = from <= to ? { from, to } : { from: undefined, to: undefined };
      summaries[number] = { mtas, lines, copies, ...span };
    }
    return summaries;
  }

  /** Messages that were forgotten before they left the queue. */
  get evicted(): number {
    return this.#state.tracker.messages.evicted;
  }

  /** Messages that are in a queue, by MTA: those of which nothing but the end of their queue file is to come are not. */
  get openMessages(): Map<Mta, number> {
    const counts = new Map<Mta, number>();
    for (const { mtas } of this.#state.sources.values()) for (const mta of mtas) counts.set(mta, 0);
    for (const { open } of this.#state.tracker.messages.queues.values()) {
      for (const { mta, settledAt } of open.values()) {
        if (settledAt === undefined) counts.set(mta, (counts.get(mta) ?? 0) + 1);
      }
    }
    return counts;
  }

  /** Lines that may stand in several sources, and were not compared with all of them: those are too many. */
  get uncertainCopies(): number {
    return this.#state.copies?.uncertain ?? 0;
  }

  /** MTAs whose lines were met and left out, since lines are read as another one's only. */
  get others(): ReadonlySet<Mta> {
    return this.#others;
  }

  /** Sources that tell of the same mail as an earlier one: it was counted twice. */
  get overlaps(): readonly Overlap[] {
    return this.#overlaps?.found() ?? [];
  }

  /** The line that is being read, as it is in the log: whole and with its envelope. */
  get currentLine(): string {
    return this.#text.slice(this.#lineStart, this.#lineEnd);
  }

  /** Where that line is. Valid until the next one is read. */
  get currentPlace(): Pick<Place, 'source' | 'offset' | 'time'> {
    return this.#source.place;
  }

  /**
   * Begins the next source.
   * @param latest no line of it is later (milliseconds UTC)
   */
  begin(latest: number, { number, clock }: SourceOptions = {}): void {
    const { sources } = this.#state;
    const own = number ?? Math.max(-1, ...sources.keys()) + 1;
    const source = newSource(own, { ...this.#source, clock: clock && { ...clock, latest } });
    sources.set(own, source);
    this.#enter(source, latest);
  }

  /**
   * Goes on with a source that was begun before.
   * @param latest as for `begin`: a source that grows has later lines every time
   */
  resume(number: number, latest: number): void {
    const source = this.#state.sources.get(number);
    if (source === undefined) throw new Error(`source ${number} was never begun`);
    if (source.clock !== undefined) source.clock.latest = latest;
    this.#latest = latest;
    if (source !== this.#source) this.#enter(source, latest);
  }

  /** Reads the next batch of the source. */
  read(batch: Batch): void {
    this.lines.read += batch.overlong;
    this.lines.unparsed += batch.overlong;
    this.#source.lines += batch.overlong;
    const { text } = batch;
    if (text === '') return;
    this.#envelope ??= this.#envelopeOf(this.#source, text);
    const { place } = this.#source;
    this.#text = text;
    let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    while (start < text.length) {
      let end = text.indexOf('\n', start);
      if (end < 0) end = text.length;
      this.#lineStart = start;
      this.#lineEnd = end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
      place.offset = batch.offset + start;
      this.#readLine(text, start, this.#lineEnd, this.#envelope);
      start = end + 1;
    }
  }

  /** There is no more to read: tells what waits for a later line. */
  end(): void {
    this.#tracker.end();
  }

  #leaveOut(program: Program | undefined): undefined {
    if (program !== undefined) this.#others.add(program.mta);
  }

  #enter(source: SourceState, latest: number): void {
    this.#source = source;
    this.#copies?.enter(source.place.source);
    this.#overlaps?.enter(source.place.source);
    this.#latest = latest;
    this.#envelope = undefined;
    this.#program = undefined;
  }

  #readLine(text: string, start: number, end: number, envelope: Envelope): void {
    const line = this.#line;
    this.lines.read += 1;
    this.#source.lines += 1;
    if (!envelope.read(text, start, end, line)) {
      this.lines.ignored += 1;
      return;
    }
    const { time } = line;
    const program = line.program ?? this.#renamed?.(text, line);
    const source = this.#source;
    if (time < source.from) source.from = time;
    if (time > source.to) source.to = time;
    const { place } = source;
    place.time = time;
    if (program === undefined) {
      if (line.tag === '') this.#repeat(line.repeats, place);
      else {
        this.lines.ignored += 1;
        source.previous = 'other';
      }
      return;
    }
    const record = program.parse(line);
    if (program !== this.#program) {
      this.#program = program;
      source.mtas.add(program.mta);
      place.mta = program.mta;
      place.instance = program.instance;
    }
    place.tag = line.tag;
    place.host = line.host;
    place.pid = line.pid;
    if (this.#copies?.isCopy(record, !program.inSeveralLogs, text, start, end)) {
      this.lines.ignored += 1;
      source.copies += 1;
      source.previous = 'other';
      return;
    }
    this.#onLine?.(line, record, place);
    if (record === undefined) {
      this.lines.unparsed += 1;
      source.previous = 'other';
      this.#options.onUnparsed?.(this.currentLine);
      return;
    }
    this.lines.used += 1;
    source.previous = record;
    this.#overlaps?.add(record, time);
    this.#tracker.read(record, place);
    for (let n = Math.min(line.repeats, MOST_REPEATS); n > 1; n--) this.#tracker.read(record, place);
  }

  /** `last message repeated 3 times`: of whatever program the line before was. */
  #repeat(times: number, place: Place): void {
    const { previous } = this.#source;
    if (typeof previous === 'object') {
      this.lines.used += 1;
      for (let n = Math.min(times, MOST_REPEATS); n > 0; n--) this.#tracker.read(previous, place);
    } else this.lines.ignored += 1;
  }

  #envelopeOf(source: SourceState, text: string): Envelope {
    source.clock ??= this.#calibrated(text);
    return new Envelope(new Clock(source.clock), this.#resolve, this.#untagged);
  }

  #calibrated(text: string): ClockState {
    const { year, zone } = this.#options;
    const lines = text.slice(0, 512 * 1024).split('\n', CALIBRATION_LINES);
    const found = calibrate(lines, this.#resolve, arrivalOf, this.#latest, this.#untagged);
    return { latest: this.#latest, year: year ?? found.year, month: undefined, zone: zone ?? zoneOf(found) };
  }
}

/** A source before its first line; what its lines leave open is as in the one before. */
function newSource(number: number, before?: SourceState): SourceState {
  return {
    mtas: new Set(),
    lines: 0,
    copies: 0,
    from: Infinity,
    to: -Infinity,
    clock: before?.clock,
    place: {
      ...{ time: 0, offset: 0, mta: 'postfix', host: '', instance: '', tag: '', pid: 0, ...before?.place },
      source: number,
    },
    previous: before?.previous,
  };
}

/** The system's zone unless the log disagrees: unlike a mere offset, it knows when summer time begins. */
function zoneOf({ offset, first }: Calibration): string | number {
  const system = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (offset === undefined || first === undefined) return system;
  return tzOffset(system, new Date(first)) === offset ? system : offset;
}
