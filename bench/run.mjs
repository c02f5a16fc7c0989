#!/usr/bin/env node
/**
 * The benchmark that the README quotes.
 *
 *   node bench/run.mjs [--lines 1000000] [--runs 5] [--dist dist]   speed beside pflogsumm, and the counts
 *   node bench/run.mjs --mta exim                                   … beside eximstats; sendmail: beside sma
 *   node bench/run.mjs --memory                                     peak memory on ten million lines
 *   node bench/run.mjs --check                                      the counts only
 *
 * Whole processes are timed, from their start to their end, one after the other and interleaved (A B A B …), so
 * that a slow minute of the machine meets all of them. Exit code 1 where a target is missed or a count is wrong.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generateFile } from './generate.mjs';
import { PEERS } from './peers.mjs';

/** What the project promises. */
const TARGET = { timesPeer: 12, megabytes: 250 };

const HERE = dirname(fileURLToPath(import.meta.url));
const DATA = join(HERE, 'data');
const GNU_TIME = '/usr/bin/time';

/** An expected stop: one line for the user, no stack trace. */
class Stop extends Error {}

// -------------------------------------------------------------------- data

/** The log, its truth and its gzipped copy; made where absent or older than the generator. */
function prepare(mta, lines, seed, gzipped) {
  mkdirSync(DATA, { recursive: true });
  const base = join(DATA, `${mta}-${lines}-${seed}`);
  const files = { log: `${base}.log`, gz: `${base}.log.gz`, truth: `${base}.truth.json` };
  const made = [
    join(HERE, 'generate.mjs'),
    ...readdirSync(join(HERE, 'simulation')).map((name) => join(HERE, 'simulation', name)),
  ].map((file) => statSync(file).mtimeMs);
  const fresh = (file) => existsSync(file) && statSync(file).mtimeMs >= Math.max(...made);
  if (!fresh(files.log) || !fresh(files.truth)) {
    console.error(`generating ${lines.toLocaleString('en')} lines of ${mta} …`);
    rmSync(files.gz, { force: true });
    const truth = generateFile(`${files.log}.part`, { mta, lines, seed });
    renameSync(`${files.log}.part`, files.log);
    writeFileSync(files.truth, `${JSON.stringify(truth, null, 2)}\n`);
  }
  if (gzipped && !fresh(files.gz)) {
    const out = openSync(`${files.gz}.part`, 'w');
    const gzip = spawnSync('gzip', ['-c', files.log], { stdio: ['ignore', out, 'inherit'] });
    closeSync(out);
    if (gzip.status !== 0) throw new Stop('gzip failed');
    renameSync(`${files.gz}.part`, files.gz);
  }
  return files;
}

// -------------------------------------------------------------------- measuring

const PYTHON_METER = `
import os, resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
open(sys.argv[1], 'w').write('%f %f %d' % (used.ru_utime, used.ru_stime, used.ru_maxrss))
sys.exit(code)
`;

/**
 * Runs a command to its end with its output thrown away.
 * @returns {{ wall: number, cpu: number, megabytes: number }} seconds, seconds, and the peak of the largest process
 */
function measure(command, args) {
  const note = join(tmpdir(), `whybounce-bench-${process.pid}`);
  const meter = existsSync(GNU_TIME)
    ? [GNU_TIME, ['-f', '%U %S %M', '-o', note]]
    : ['python3', ['-c', PYTHON_METER, note]];
  const begun = process.hrtime.bigint();
  const child = spawnSync(meter[0], [...meter[1], command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const wall = Number(process.hrtime.bigint() - begun) / 1e9;
  if (child.error !== undefined)
    throw new Stop(`cannot run ${meter[0]}: ${child.error.message}; run bench/setup.sh`);
  if (child.status !== 0) {
    throw new Stop(
      `${command} ${args.join(' ')} ended with ${child.status ?? child.signal}:\n${child.stderr}`,
    );
  }
  // GNU time puts a line of its own before the figures where the command failed.
  const [user, system, kilobytes] = readFileSync(note, 'utf8')
    .trim()
    .split('\n')
    .at(-1)
    .split(' ')
    .map(Number);
  rmSync(note, { force: true });
  return { wall, cpu: user + system, megabytes: kilobytes / 1024 };
}

const sorted = (values) => [...values].sort((x, y) => x - y);
function median(values) {
  const list = sorted(values);
  const middle = list.length >> 1;
  return list.length % 2 === 1 ? list[middle] : (list[middle - 1] + list[middle]) / 2;
}
const seconds = (x) => (x < 1 ? x.toFixed(3) : x.toFixed(2));
/** `min – median – max` */
const spread = (values, show) =>
  `${show(Math.min(...values))} – ${show(median(values))} – ${show(Math.max(...values))}`;

function table(head, rows) {
  const all = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const line = (row) =>
    `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('   ')}`;
  console.log(line(head).trimEnd());
  console.log(`  ${widths.map((n) => '-'.repeat(n)).join('   ')}`);
  for (const row of all.slice(1)) console.log(line(row).trimEnd());
  console.log('');
}

// -------------------------------------------------------------------- the counts

function report(main, file) {
  const child = spawnSync(process.execPath, [main, 'report', '--format', 'json', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (child.status !== 0)
    throw new Stop(`report --format json ended with ${child.status ?? child.signal}:\n${child.stderr}`);
  return JSON.parse(child.stdout);
}

/** Adds up one number of a list of groups by cause, whatever finer split the list has. */
function byCause(groups, number) {
  const sums = {};
  for (const group of groups ?? []) {
    const n = group[number];
    if (n === undefined) return undefined;
    if (n !== 0) sums[group.cause] = (sums[group.cause] ?? 0) + n;
  }
  return sums;
}

/** Truth beside report. The counts must be equal; causes are shown and may differ in a judgement. */
function compare(main, files, peer, output) {
  const truth = JSON.parse(readFileSync(files.truth, 'utf8'));
  const got = report(main, files.log);
  const { totals, attempts, lines } = got;
  const states = ['delivered', 'deferred', 'bounced', 'expired', 'discarded', 'held', 'deleted', 'open'];
  const pairs = [
    ['lines.read', truth.lines.total, lines.read],
    ['lines.used + ignored + unparsed', truth.lines.total, lines.used + lines.ignored + lines.unparsed],
    ['lines.unparsed', 0, lines.unparsed],
    ['totals.messages', truth.messages, totals.messages],
    ['totals.recipients', truth.recipients, totals.recipients],
    ...states.map((state) => [`totals.${state}`, truth[state], totals[state]]),
    ['the states together', truth.recipients, states.reduce((sum, state) => sum + totals[state], 0)],
    ['totals.rejected', truth.rejected, totals.rejected],
    ...['delivered', 'deferred', 'bounced'].map((state) => [
      `attempts.${state}`,
      truth.attempts[state],
      attempts[state],
    ]),
  ];
  const wrong = pairs.filter(([, expected, found]) => expected !== found).length;
  const verdict = ([key, expected, found]) => [
    key,
    expected,
    found ?? '-',
    expected === found ? 'ok' : 'WRONG',
  ];
  console.log('Counts\n');
  table(['', 'truth', 'whybounce', ''], pairs.map(verdict));

  if (output !== undefined) {
    console.log(`What ${peer.name} says of the same log\n`);
    table(['', peer.name, 'truth'], peer.beside(output, truth));
  }

  let agree = 0;
  let all = 0;
  const lists = [
    ['failed recipients by cause', truth.causes, byCause(got.causes, 'recipients')],
    ['refusals by cause', truth.reject_causes, byCause(got.rejects, 'count')],
  ];
  for (const [title, expected, found] of lists) {
    if (found === undefined) continue;
    const rows = [];
    for (const cause of [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort()) {
      const want = expected[cause] ?? 0;
      const have = found[cause] ?? 0;
      agree += Math.min(want, have);
      all += want;
      if (want !== have) rows.push([cause, want, have]);
    }
    const same = Object.values(expected).reduce((sum, n) => sum + n, 0);
    console.log(`${title}: ${rows.length === 0 ? `all ${same} as in the truth` : 'differences'}\n`);
    if (rows.length > 0) table(['', 'truth', 'whybounce'], rows);
  }
  if (all > 0) console.log(`causes: ${((100 * agree) / all).toFixed(2)} % as in the truth\n`);
  return wrong;
}

/** What the peer prints of a file. */
function outputOf(peer, file) {
  const [command, args] = peer.command(file);
  return spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
}

// -------------------------------------------------------------------- the runs

function speed(main, files, lines, runs, mta, peer) {
  const whybounce = (file) => [process.execPath, [main, 'report', file]];
  const contestants = [
    ['whybounce', ...whybounce(files.log)],
    [peer.name, ...peer.command(files.log)],
    ['wc -l', 'wc', ['-l', files.log]],
    ['whybounce .gz', ...whybounce(files.gz)],
    ['zcat | wc -l', 'sh', ['-c', 'zcat "$0" | wc -l', files.gz]],
    ['naive loop', process.execPath, [join(HERE, 'naive.mjs'), mta, files.log]],
  ];
  const results = contestants.map(() => []);
  // Once without counting: fills the page cache, so that nobody pays for the disk.
  measure(contestants[0][1], contestants[0][2]);
  measure(contestants[4][1], contestants[4][2]);
  for (let run = 0; run < runs; run++) {
    process.stderr.write(`\rrun ${run + 1} of ${runs} `);
    for (const [i, [, command, args]] of contestants.entries()) results[i].push(measure(command, args));
  }
  process.stderr.write('\n');

  const walls = results.map((list) => list.map(({ wall }) => wall));
  console.log(
    `Speed: ${lines.toLocaleString('en')} lines, ${Math.round(statSync(files.log).size / 1e6)} MB, ${runs} runs\n`,
  );
  table(
    ['', 'wall s, min – median – max', 'cpu s', 'lines/s', 'peak MB'],
    contestants.map(([name], i) => [
      name,
      spread(walls[i], seconds),
      seconds(median(results[i].map(({ cpu }) => cpu))),
      Math.round(lines / median(walls[i])).toLocaleString('en'),
      Math.max(...results[i].map(({ megabytes }) => megabytes)).toFixed(0),
    ]),
  );
  const ratio = (i, k) => walls[i].map((wall, run) => wall / walls[k][run]);
  const cpuRatio = (i, k) => results[i].map(({ cpu }, run) => cpu / results[k][run].cpu);
  const against = ratio(1, 0);
  const times = (x) => `${x.toFixed(2)}x`;
  table(
    ['run by run', 'min – median – max'],
    [
      [`${peer.name} / whybounce`, spread(against, times)],
      ['whybounce / wc -l', spread(ratio(0, 2), times)],
      ['whybounce / naive loop', spread(ratio(0, 5), times)],
      ['whybounce / naive loop, cpu', spread(cpuRatio(0, 5), times)],
      [`${peer.name} / naive loop`, spread(ratio(1, 5), times)],
      ['whybounce .gz / (zcat | wc -l)', spread(ratio(3, 4), times)],
      [`${peer.name} / whybounce, cpu`, spread(cpuRatio(1, 0), times)],
    ],
  );
  const peak = Math.max(...results[0].concat(results[3]).map(({ megabytes }) => megabytes));
  return [
    [
      `${TARGET.timesPeer} times as fast as ${peer.name}`,
      median(against) >= TARGET.timesPeer,
      times(median(against)),
    ],
    [`at most ${TARGET.megabytes} MB`, peak <= TARGET.megabytes, `${peak.toFixed(0)} MB`],
  ];
}

function memory(main, files, lines) {
  const used = measure(process.execPath, [main, 'report', files.log]);
  console.log(
    `Memory: ${lines.toLocaleString('en')} lines, ${Math.round(statSync(files.log).size / 1e6)} MB\n`,
  );
  table(
    ['', 'wall s', 'cpu s', 'lines/s', 'peak MB'],
    [
      [
        'whybounce',
        seconds(used.wall),
        seconds(used.cpu),
        Math.round(lines / used.wall).toLocaleString('en'),
        used.megabytes.toFixed(0),
      ],
    ],
  );
  return [
    [`at most ${TARGET.megabytes} MB`, used.megabytes <= TARGET.megabytes, `${used.megabytes.toFixed(0)} MB`],
  ];
}

function main() {
  const { values } = parseArgs({
    options: {
      mta: { type: 'string', default: 'postfix' },
      lines: { type: 'string' },
      runs: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      dist: { type: 'string', default: join(HERE, '..', 'dist') },
      memory: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  const lines = Number(values.lines ?? (values.memory ? 10_000_000 : 1_000_000));
  const runs = Number(values.runs);
  const seed = Number(values.seed);
  if (
    !(Number.isInteger(lines) && lines > 0 && Number.isInteger(runs) && runs > 0 && Number.isInteger(seed))
  ) {
    throw new Stop('--lines, --runs and --seed take whole numbers');
  }
  const peer = PEERS[values.mta];
  if (peer === undefined) throw new Stop(`--mta takes ${Object.keys(PEERS).join(', ')}`);
  const program = join(values.dist, 'src', 'cli', 'main.js');
  if (!existsSync(program)) throw new Stop(`${program} is missing: run "npm run build" first`);
  const version = peer.version();
  const needed = !values.memory && !values.check;
  if (version === undefined && needed) throw new Stop(`${peer.name} is missing: run bench/setup.sh first`);

  const files = prepare(values.mta, lines, seed, needed);
  console.log(
    `node ${process.version}, ${version ?? `no ${peer.name}`}, ${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, load ${loadavg()[0].toFixed(1)}\n`,
  );
  const targets = values.check
    ? []
    : values.memory
      ? memory(program, files, lines)
      : speed(program, files, lines, runs, values.mta, peer);
  const output = version === undefined || values.memory ? undefined : outputOf(peer, files.log);
  const wrong = compare(program, files, peer, output);
  targets.push(['every count as in the truth', wrong === 0, wrong === 0 ? 'yes' : `${wrong} wrong`]);
  table(
    ['targets', 'got', ''],
    targets.map(([name, met, got]) => [name, got, met ? 'met' : 'MISSED']),
  );
  return targets.every(([, met]) => met) ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof Stop) && error.code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 2;
}
