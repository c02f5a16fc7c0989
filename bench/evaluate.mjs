// Prints how often the classifier is right on a JSONL file of labelled replies: `npm run evaluate -- FILE.jsonl`.
// Needs a build (`npm run build`).
import { readFileSync } from 'node:fs';
import { evaluate, formatEvaluation } from '../dist/src/cause/evaluate.js';

const file = process.argv[2];
if (file === undefined) {
  process.stderr.write('usage: npm run evaluate -- FILE.jsonl\n');
  process.exit(2);
}
const rows = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line));
process.stdout.write(formatEvaluation(evaluate(rows)));
