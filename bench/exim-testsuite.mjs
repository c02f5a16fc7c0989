#!/usr/bin/env node
/**
 * Compares what is read from the logs of Exim's own test suite with the counts that are known of them.
 *
 *   node bench/exim-testsuite.mjs FOLDER [--dist dist]
 *
 * FOLDER holds `exim-testsuite-VERSION.log` (the logs one behind the other), `.index.tsv` beside it (where each begins)
 * and `exim-truth-VERSION.json` (the counts of each). Message ids begin anew in each log, so each is read apart.
 * Prints the agreement of each count and the logs that differ; the exit code is 1 where one does.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { dist: { type: 'string', default: 'dist' } },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error('usage: node bench/exim-testsuite.mjs FOLDER [--dist dist]');
  process.exit(2);
}
const load = (path) => import(pathToFileURL(resolve(values.dist, path)));
const { Clock } = await load('parsers/envelope/clock.js');
const { Envelope } = await load('parsers/envelope/envelope.js');
const { programOf, untaggedProgramOf } = await load('parsers/index.js');

/** For each count, what the truth calls its parts. */
const COUNTS = {
  received: ['arrival', 'fakereject'],
  delivered: ['delivery_first', 'delivery_additional', 'delivery_cutthrough'],
  bounced: ['bounce'],
  deferred: ['defer'],
  completed: ['completed'],
};

/** The count that a record adds to. */
function countOf(record) {
  if (record.kind === 'arrival') return 'received';
  // What is discarded before there is a message has no `=>`.
  if (record.kind === 'discard') return record.queueId === undefined ? undefined : 'delivered';
  if (record.kind === 'removed') return record.by === 'done' ? 'completed' : undefined;
  if (record.kind !== 'delivery') return undefined;
  switch (record.status) {
    case 'delivered':
    case 'discarded':
      return 'delivered';
    case 'bounced':
    case 'expired':
      return 'bounced';
    case 'deferred':
    case 'held':
      return 'deferred';
    default:
      return undefined;
  }
}

function read(log) {
  const counts = { received: 0, delivered: 0, bounced: 0, deferred: 0, completed: 0, unparsed: 0 };
  const clock = new Clock({ latest: Date.now(), zone: 'UTC' });
  const envelope = new Envelope(clock, (tag) => programOf(tag, 'exim'), untaggedProgramOf);
  const line = { text: '', start: 0, end: 0, time: 0, host: '', tag: '', program: undefined, pid: 0 };
  for (const text of log.split('\n')) {
    if (!envelope.read(text, 0, text.length, line) || line.program === undefined) continue;
    const record = line.program.parse(line);
    const count = record === undefined ? 'unparsed' : countOf(record);
    if (count !== undefined) counts[count] += 1;
  }
  return counts;
}

let differing = 0;
for (const name of readdirSync(folder).filter((file) => /^exim-testsuite-.*\.log$/.test(file))) {
  const version = name.slice('exim-testsuite-'.length, -'.log'.length);
  const bytes = readFileSync(join(folder, name));
  const { files } = JSON.parse(readFileSync(join(folder, `exim-truth-${version}.json`), 'utf8'));
  const index = readFileSync(join(folder, `exim-testsuite-${version}.index.tsv`), 'utf8');
  const sums = {};
  const differences = [];
  let logs = 0;
  let unparsed = 0;
  for (const row of index.trim().split('\n').slice(1)) {
    const [file, , , offset, length] = row.split('\t');
    const counts = read(bytes.toString('latin1', Number(offset), Number(offset) + Number(length)));
    logs += 1;
    unparsed += counts.unparsed;
    for (const [count, parts] of Object.entries(COUNTS)) {
      const expected = parts.reduce((sum, part) => sum + files[file].anchored[part], 0);
      sums[count] ??= { read: 0, expected: 0, agreeing: 0 };
      sums[count].read += counts[count];
      sums[count].expected += expected;
      if (counts[count] === expected) sums[count].agreeing += 1;
      else differences.push(`${file}: ${count} ${counts[count]}, should be ${expected}`);
    }
  }
  console.log(`Exim ${version}, ${logs} logs`);
  for (const [count, { read: found, expected, agreeing }] of Object.entries(sums)) {
    console.log(`  ${count.padEnd(10)} ${found} of ${expected}, ${agreeing} logs agree`);
  }
  console.log(`  texts that are not understood: ${unparsed}`);
  for (const difference of differences) console.log(`  differs: ${difference}`);
  differing += differences.length;
}
process.exitCode = differing > 0 ? 1 : 0;
