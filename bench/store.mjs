#!/usr/bin/env node
/**
 * What a store costs and what it gives, on the log of the other benchmark.
 *
 *   node bench/store.mjs [--lines 1000000] [--runs 3] [--events 10000000] [--dist dist]
 *
 * Loading is timed beside `report` on the same log, process by process, and beside the engine's own
 * `INSERT … SELECT FROM file()` of the same rows, which no client can be faster than. `--events` grows the store to so
 * many rows, copies of the log on other days, and times reports on it (`stored-report.mjs`).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { generateFile } from './generate.mjs';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '3' },
    events: { type: 'string', default: '0' },
    dist: { type: 'string', default: 'dist' },
    log: { type: 'string' },
  },
});
const program = resolve(values.dist, 'src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'whybounce-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const log = values.log ?? join(folder, 'mail.log');
if (values.log === undefined) generateFile(log, { lines: Number(values.lines), seed: 1 });

/** Wall and CPU seconds of one run of the program, and its peak memory in MB. */
function run(...words) {
  const { status, stderr } = spawnSync(
    '/usr/bin/time',
    ['-f', '%e %U %S %M', process.execPath, program, '--quiet', ...words],
    { cwd: folder, maxBuffer: 1 << 30 },
  );
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  const [wall, user, system, memory] = String(stderr).trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: user + system, memory: memory / 1024 };
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const show = (label, { wall, cpu, memory }) =>
  console.log(
    `${label.padEnd(42)} ${wall.toFixed(2).padStart(7)} s ${cpu.toFixed(2).padStart(7)} s CPU ${memory.toFixed(0).padStart(5)} MB`,
  );

const rounds = [];
for (let round = 0; round < Number(values.runs); round++) {
  rmSync(join(folder, 'store'), { recursive: true, force: true });
  const report = run('report', '--json', log);
  const load = run('load', '--to', 'chdb:./store', log);
  const again = run('load', '--to', 'chdb:./store', log);
  const stored = run('report', '--json', '--from', 'chdb:./store');
  rounds.push({ report, load, again, stored });
}
const middle = (name) => ({
  wall: median(rounds.map((round) => round[name].wall)),
  cpu: median(rounds.map((round) => round[name].cpu)),
  memory: Math.max(...rounds.map((round) => round[name].memory)),
});
console.log(`load average ${loadavg()[0].toFixed(1)}`);
show('report FILE', middle('report'));
show('load FILE', middle('load'));
show('load FILE, all there already', middle('again'));
show('report --from', middle('stored'));
const ratio = median(rounds.map(({ report, load }) => load.wall / report.wall));
const work = median(rounds.map(({ report, load }) => load.cpu / report.cpu));
console.log(`load takes ${ratio.toFixed(2)} times the time of report, ${work.toFixed(2)} times its CPU`);

const { createChdbConnection } = await import('chdb/connection');
const { chdb } = createChdbConnection({ path: join(folder, 'store') });
const ask = async (statement) => (await chdb.queryAsync(statement, { format: 'TSV' })).text().trim();
const rows = Number(await ask('SELECT count() FROM records'));
const file = join(folder, 'rows.native');
await ask(`INSERT INTO FUNCTION file('${file}', 'Native') SELECT * FROM records`);
await ask('CREATE TABLE bound AS records');
const usedBefore = process.cpuUsage();
const began = performance.now();
await ask(`INSERT INTO bound SELECT * FROM file('${file}', 'Native')`);
const bound = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(usedBefore);
console.log(
  `${rows} rows; the engine alone takes ${bound.toFixed(2)} s for them, ${((user + system) / 1e6).toFixed(2)} s CPU`,
);
console.log(
  `${await ask("SELECT round(sum(bytes_on_disk) / sum(rows), 1) FROM system.parts WHERE active AND table = 'bound'")} bytes a row`,
);
await ask('DROP TABLE bound');

// As in life: each copy is the log of other days, with messages of its own.
const wanted = Number(values.events);
if (wanted > rows) {
  const id = await ask('SELECT any(source_id) FROM records');
  const days = Number(await ask('SELECT toDate(max(time)) - toDate(min(time)) + 1 FROM records'));
  const shifted = (name, distance) =>
    `if(toUnixTimestamp64Micro(${name}) = 0, ${name}, ${name} + INTERVAL ${distance} DAY) AS ${name}`;
  for (let copy = 1; copy * rows < wanted; copy++) {
    const distance = copy * days;
    const moments = ['time', 'begun', 'set_back', 'prior_time'].map((name) => shifted(name, distance));
    await ask(
      `INSERT INTO records SELECT * REPLACE (source_id + ${copy} AS source_id, ` +
        `if(message = 0, 0, cityHash64(message, ${copy})) AS message, ${moments.join(', ')}) ` +
        `FROM (SELECT * FROM records WHERE source_id = ${id})`,
    );
    await ask(
      `INSERT INTO sources SELECT * REPLACE (source_id + ${copy} AS source_id, concat(head, '${copy}') AS head, ` +
        `concat(name, '.${copy}') AS name, first + INTERVAL ${distance} DAY AS first, ` +
        `last + INTERVAL ${distance} DAY AS last) FROM (SELECT * FROM sources WHERE source_id = ${id})`,
    );
  }
  chdb.close?.();
  const measure = new URL('stored-report.mjs', import.meta.url).pathname;
  spawnSync(process.execPath, [measure, join(folder, 'store'), '--dist', values.dist], { stdio: 'inherit' });
}
