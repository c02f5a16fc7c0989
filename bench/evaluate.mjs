// Prints how often the classifier is right on a JSONL file of labelled replies:
//   npm run evaluate -- FILE.jsonl [--leave-out rule|provider] [--json]
// Needs a build (`npm run build`).
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Classifier } from '../dist/src/cause/classifier.js';
import { evaluate, formatEvaluation } from '../dist/src/cause/evaluate.js';

const USAGE = 'usage: npm run evaluate -- FILE.jsonl [--leave-out rule|provider] [--json]\n';

function arguments_() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { 'leave-out': { type: 'string' }, json: { type: 'boolean' } },
    });
    const leaveOut = values['leave-out'];
    const known = leaveOut === undefined || leaveOut === 'rule' || leaveOut === 'provider';
    if (known && positionals.length === 1) return { file: positionals[0], leaveOut, json: values.json };
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

const { file, leaveOut, json } = arguments_();
const rows = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map(parse);
const evaluation = evaluate(rows, new Classifier(), leaveOut);
process.stdout.write(json ? `${JSON.stringify(evaluation, undefined, 2)}\n` : formatEvaluation(evaluation));
