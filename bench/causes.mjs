// Prints what share of a report's time the classification takes: `node bench/causes.mjs [LOG] [--runs N]`.
// Without LOG it makes one of a million lines. Needs a build (`npm run build`). Exit code 1 where it is more than 15 %.
//
// The same log is counted by turns with the classifier and with one that gives everything the same answer, each time
// in a process of its own, as a report is; the share is the difference of the medians of their CPU time.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readSync } from 'node:fs';
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

/** Knows one answer to everything. */
class NoClassifier {
  #answer = new Classifier().classify({ text: '550 5.1.1 User unknown' });
  classify() {
    return this.#answer;
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

/** CPU time in milliseconds of a process of its own. */
function measure(as, file) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--as', as, file], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return Number(child.stdout);
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

const file = logFile();
if (values.as !== undefined) {
  count(file, values.as === 'with' ? new Classifier() : new NoClassifier());
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1000);
} else {
  const times = { with: [], without: [] };
  for (let run = 0; run < Number(values.runs); run++) {
    for (const as of ['with', 'without']) times[as].push(measure(as, file));
  }
  const share = (median(times.with) - median(times.without)) / median(times.with);
  console.log(`with causes     ${median(times.with).toFixed(0)} ms`);
  console.log(`without causes  ${median(times.without).toFixed(0)} ms`);
  console.log(`share           ${(100 * share).toFixed(1)} % (at most ${100 * MOST} %)`);
  process.exitCode = share > MOST ? 1 : 0;
}
