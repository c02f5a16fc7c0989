/** `whybounce load`: logs into a store. Running it twice changes nothing. */

import type { Analysis, LineCounts, SourceSummary } from '../analysis.ts';
import type { Classifier } from '../cause/classifier.ts';
import { CauseStage } from '../cause/stage.ts';
import type { Source } from '../input/source.ts';
import { Archive } from '../store/archive.ts';
import { Loader } from '../store/loader.ts';
import { migrate } from '../store/migrations.ts';
import { type Patience, patiently } from '../store/patience.ts';
import {
  HEAD_LENGTH,
  headOf,
  idOf,
  recognise,
  refusalsElsewhere,
  type StoredSource,
  storedSources,
  writeSource,
} from '../store/sources.ts';
import type { Store } from '../store/store.ts';
import type { Pseudonyms } from '../track/pseudonyms.ts';
import { namelessly } from './anonymize.ts';
import { type Context, defineCommand, type Flags } from './command.ts';
import { type CurrentLine, LOG_FLAGS, type LogSink, readLogs, requestLogs } from './logs.ts';
import { note } from './output.ts';
import { classifierFor, RULE_FLAGS } from './rules.ts';
import { addressOf, patienceOf, withStore } from './stores.ts';

const { tz, year, mta, unparsed, now, anonymize } = LOG_FLAGS;

const FLAGS = {
  to: {
    type: 'string',
    nargs: 1,
    describe: 'The store: chdb:DIRECTORY, or http://user@host:8123/database',
  },
  ...{ tz, year, mta, unparsed, now, anonymize },
  ...RULE_FLAGS,
} as const satisfies Flags;

export default defineCommand({
  usage: '[FILE…] --to STORE',
  description:
    'Puts all that logs tell into a store, each line once: what is there already, from an earlier run or one that was ' +
    'interrupted, whatever the file was called then, is skipped. The password of a server comes from ' +
    'WHYBOUNCE_STORE_PASSWORD or the file that WHYBOUNCE_STORE_PASSWORD_FILE names.',
  examples: [
    ['whybounce load --to chdb:./mail mail.log.1 mail.log', 'into a directory'],
    ['whybounce load --to http://mail@db1:8123/mail mail.log', 'into a server'],
    ['whybounce report --from chdb:./mail --day yesterday', 'what it is for'],
  ],
  flags: FLAGS,
  async run(operands, flags, context) {
    const address = addressOf('--to', flags.to);
    const request = requestLogs(
      operands,
      { ...flags, since: undefined, until: undefined, day: undefined },
      context,
    );
    const classifier = await classifierFor(flags);
    await withStore(address, context, async (store) => {
      const patience = patienceOf(address, context);
      await patiently(patience, () => migrate(store));
      const loader = new Loader(store, patience);
      const known = await patiently(patience, () => storedSources(store));
      const { failure } = await readLogs(
        request,
        context,
        (line, sources, analysis) =>
          new LoadSink({
            ...{ store, loader, patience, known, context, classifier, pseudonyms: request.pseudonyms },
            line,
            sources,
            analysis,
          }),
      ).finally(() => loader.settle());
      const { added, known: skipped } = loader.counts;
      note(context, `${added} rows added to ${address.name}, ${skipped} were there already`);
      if (failure !== undefined) throw failure;
    });
  },
});

interface LoadOptions {
  readonly store: Store;
  readonly loader: Loader;
  readonly patience: Patience;
  readonly known: readonly StoredSource[];
  readonly context: Context;
  readonly classifier: Classifier;
  readonly pseudonyms: Pseudonyms | undefined;
  readonly line: CurrentLine;
  readonly sources: readonly Source[];
  analysis(): Analysis;
}

/** Takes what the logs tell to the loader, source by source. */
class LoadSink implements LogSink {
  readonly sink: CauseStage;
  readonly headLength = HEAD_LENGTH;
  readonly #options: LoadOptions;
  readonly #sourceIds: string[] = [];
  readonly #known: StoredSource[];
  #source: StoredSource | undefined = undefined;
  #linesBefore: LineCounts = { read: 0, used: 0, ignored: 0, unparsed: 0 };
  #evictedBefore = 0;
  #addedBefore = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#known = [...options.known];
    const { line, loader, sources, classifier, pseudonyms } = options;
    const archive = new Archive({
      files: sources.map(({ name }) => name),
      sourceIds: this.#sourceIds,
      place: () => line.place(),
      line: () => line.text(),
      take: (row) => loader.take(row),
    });
    this.sink = new CauseStage(classifier, namelessly(pseudonyms, archive));
  }

  async beginSource({ name }: Source, beginning: Buffer): Promise<void> {
    const { store, loader, patience, analysis } = this.#options;
    const head = headOf(beginning);
    const known = recognise(this.#known, head);
    const source: StoredSource = known ?? {
      ...{ id: idOf(head), head, name, mta: undefined, lines: 0, used: 0, ignored: 0, unparsed: 0 },
      ...{ evicted: 0, bytes: 0, first: undefined, last: undefined },
    };
    // Named before its rows come, so that it is known again whatever happens in between.
    if (known === undefined) {
      await patiently(patience, () => writeSource(store, source));
      this.#known.push(source);
    }
    this.#source = source;
    this.#sourceIds[analysis().currentPlace.source] = source.id;
    await loader.begin(source.id);
  }

  afterBatch(): Promise<void> {
    return this.#options.loader.advance();
  }

  async endSource(): Promise<void> {
    const { store, loader, patience, analysis } = this.#options;
    const { lines, evicted, sources, currentPlace } = analysis();
    const summary = sources[currentPlace.source];
    const source = this.#source;
    if (source === undefined || summary === undefined) return;
    await loader.end();
    if (loader.counts.added > this.#addedBefore) await this.#tellRefusalsElsewhere(source, summary);
    this.#addedBefore = loader.counts.added;
    const read = summary.lines;
    const before = this.#linesBefore;
    // A part of what is there already tells nothing new.
    if (read > source.lines) {
      const longer: StoredSource = {
        ...source,
        name: this.#options.sources[currentPlace.source]!.name,
        mta: [...summary.mtas][0],
        lines: read,
        used: lines.used - before.used,
        ignored: lines.ignored - before.ignored,
        unparsed: lines.unparsed - before.unparsed,
        evicted: evicted - this.#evictedBefore,
        bytes: currentPlace.offset,
        first: summary.from,
        last: summary.to,
      };
      await patiently(patience, () => writeSource(store, longer));
    }
    this.#linesBefore = { ...lines };
    this.#evictedBefore = evicted;
    this.#source = undefined;
  }

  /** Of logs that are loaded together each refusal is there once; of those that came before it is too late. */
  async #tellRefusalsElsewhere({ id }: StoredSource, { mtas, from, to }: SourceSummary): Promise<void> {
    const { store, patience, context, known, sources, analysis } = this.#options;
    if (from === undefined || to === undefined || !mtas.has('exim')) return;
    if (!known.some((other) => other.id !== id && other.mta === 'exim')) return;
    const count = await patiently(patience, () => refusalsElsewhere(store, id, from, to));
    if (count === 0) return;
    const { name } = sources[analysis().currentPlace.source]!;
    note(
      context,
      `${count} refusals of ${name} were in the store already, from another log of this Exim, and count twice now; ` +
        'load its mainlog alone, or together with its rejectlog in one command',
    );
  }

  leaveUnfinished({ name }: Source): void {
    note(this.#options.context, `the last line of ${name} has no end yet: load it again when it has`);
  }
}
