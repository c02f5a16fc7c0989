// Prints what share of a report's time the classification takes: `node bench/causes.mjs [LOG] [--runs N]`.
// Without LOG it makes one of a million lines. Needs a build (`npm run build`). Exit code 1 where it is more than 15 %.
//
// The same log is counted by turns with the classifier and with its answers read from a file, each time in a process of
// its own, as a report is; the share is the difference of the medians of the times from the first line to the last.
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Aggregate } from '../dist/src/aggregate/aggregate.js';
import { Analysis } from '../dist/src/analysis.js';
import { Classifier } from '../dist/src/cause/classifier.js';
import { CauseStage } from '../dist/src/cause/stage.js';
import { BatchReader } from '../dist/src/input/batches.js';
import { generateFile } from './generate.mjs';

const MOST = 0.15;
const LINES = 1_000_000;
const CHUNK = 256 * 1024;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '7' }, as: { type: 'string' } },
});

/** The log to count, made where none is named. */
function logFile() {
  if (positionals[0] !== undefined) return positionals[0];
  const folder = join(dirname(fileURLToPath(import.meta.url)), 'data');
  const file = join(folder, `mail-${LINES}-1.log`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file)) generateFile(file, { lines: LINES, seed: 1 });
  return file;
}

/** Notes the answers in the order in which they are asked for: each once, and which one it was each time. */
class Recorder extends Classifier {
  #numbers = new Map();
  #sequence = [];

  classify(facts) {
    const answer = super.classify(facts);
    if (!this.#numbers.has(answer)) this.#numbers.set(answer, this.#numbers.size);
    this.#sequence.push(this.#numbers.get(answer));
    return answer;
  }

  save(file) {
    writeFileSync(file, JSON.stringify({ answers: [...this.#numbers.keys()], sequence: this.#sequence }));
  }
}

/** Gives the answers of a recorder. */
class Replayer {
  #answers;
  #sequence;
  #next = 0;

  constructor(file) {
    const { answers, sequence } = JSON.parse(readFileSync(file, 'utf8'));
    this.#answers = answers;
    this.#sequence = Uint32Array.from(sequence);
  }

  classify() {
    return this.#answers[this.#sequence[this.#next++]];
  }
}

/** Counts the log as a report does. */
function count(file, classifier) {
  const analysis = new Analysis(new CauseStage(classifier, new Aggregate({})), { zone: 'UTC' });
  const reader = new BatchReader();
  const handle = openSync(file, 'r');
  analysis.begin(Date.now());
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const size = readSync(handle, chunk, 0, CHUNK, null);
    if (size === 0) break;
    for (const batch of reader.push(chunk.subarray(0, size))) analysis.read(batch);
  }
  for (const batch of reader.end()) analysis.read(batch);
  closeSync(handle);
}

/** Time in milliseconds that a process of its own takes to count. */
function measure(as, file) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--as', as, file], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return Number(child.stdout);
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

const file = logFile();
const answers = join(
  tmpdir(),
  `whybounce-answers-${values.as === undefined ? process.pid : process.ppid}.json`,
);
if (values.as !== undefined) {
  const replayer = values.as === 'with' ? undefined : new Replayer(answers);
  const begun = performance.now();
  count(file, replayer ?? new Classifier());
  console.log(performance.now() - begun);
} else {
  const recorder = new Recorder();
  count(file, recorder);
  recorder.save(answers);
  const times = { with: [], without: [] };
  for (let run = 0; run < Number(values.runs); run++) {
    for (const as of ['with', 'without']) times[as].push(measure(as, file));
  }
  rmSync(answers);
  const share = (median(times.with) - median(times.without)) / median(times.with);
  console.log(`with causes     ${median(times.with).toFixed(0)} ms`);
  console.log(`without causes  ${median(times.without).toFixed(0)} ms`);
  console.log(`share           ${(100 * share).toFixed(1)} % (at most ${100 * MOST} %)`);
  process.exitCode = share > MOST ? 1 : 0;
}
