// Prints how often the classifier is right on a JSONL file of labelled replies:
//   npm run evaluate -- FILE.jsonl [--leave-out rule|provider] [--json]
//   npm run evaluate -- FILE.jsonl --record TITLE     notes the figures in accuracy.json, for docs/causes.md
// Needs a build (`npm run build`).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Classifier } from '../dist/src/cause/classifier.js';
import { evaluate, formatEvaluation } from '../dist/src/cause/evaluate.js';

const USAGE = 'usage: npm run evaluate -- FILE.jsonl [--leave-out rule|provider] [--json] [--record TITLE]\n';

const RECORD = join(dirname(fileURLToPath(import.meta.url)), 'accuracy.json');

function arguments_() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { 'leave-out': { type: 'string' }, json: { type: 'boolean' }, record: { type: 'string' } },
    });
    const leaveOut = values['leave-out'];
    const known = leaveOut === undefined || leaveOut === 'rule' || leaveOut === 'provider';
    if (known && positionals.length === 1)
      return { file: positionals[0], leaveOut, json: values.json, record: values.record };
  } catch {}
  process.stderr.write(USAGE);
  process.exit(2);
}

/** A line that is no JSON is a row that cannot be measured. */
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The figures without anybody's texts. */
function summary({ overall, confidentlyWrong, byConfidence, byCause }) {
  return { overall, confidentlyWrong, byConfidence, byCause };
}

/** Replaces the measurement of that title, or adds it. */
function note(title, rows) {
  const classifier = new Classifier();
  const measurement = {
    title,
    asIs: summary(evaluate(rows, classifier)),
    withoutProvider: summary(evaluate(rows, classifier, 'provider')),
    withoutRule: summary(evaluate(rows, classifier, 'rule')),
  };
  const known = existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, 'utf8')) : [];
  const at = known.findIndex((each) => each.title === title);
  known.splice(at < 0 ? known.length : at, at < 0 ? 0 : 1, measurement);
  writeFileSync(RECORD, `${JSON.stringify(known, undefined, 2)}\n`);
}

const { file, leaveOut, json, record } = arguments_();
const rows = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map(parse);
if (record !== undefined) note(record, rows);
const evaluation = evaluate(rows, new Classifier(), leaveOut);
process.stdout.write(json ? `${JSON.stringify(evaluation, undefined, 2)}\n` : formatEvaluation(evaluation));
