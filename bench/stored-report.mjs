#!/usr/bin/env node
/**
 * How long `report --from` takes on a store: of all that is in it, and of its last whole day.
 *
 *   node bench/stored-report.mjs DIRECTORY [--runs 5] [--dist dist]
 *
 * The engine's start, which a server has none of, is told apart. In the same process each report is made a second time
 * without the sums that the store keeps, by looking at the rows, and the engine reads every column of every row once:
 * the bounds that the machine sets. Medians.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, dist: { type: 'string', default: 'dist' } },
});
const load = (path) => import(resolve(values.dist, 'src', path));
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

/** Wall and CPU seconds of what is done. */
async function timed(work, runs = Number(values.runs)) {
  const walls = [];
  const cpus = [];
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    walls.push((performance.now() - began) / 1000);
    cpus.push((user + system) / 1e6);
  }
  return { wall: median(walls), cpu: median(cpus) };
}

const [{ attachEmbedded }, { parseAddress }, { countStored }, { buildReport }, { daysBefore }] =
  await Promise.all(
    ['store/embedded.js', 'store/address.js', 'store/report.js', 'aggregate/report.js', 'cli/window.js'].map(
      load,
    ),
  );
let store;
const start = await timed(async () => {
  store = await attachEmbedded(parseAddress(`chdb:${resolve(positionals[0])}`));
}, 1);
const [[rows, latest]] = (
  await store.ask('SELECT toString(count()), toUnixTimestamp(max(time)) FROM records')
).rows;
const until = Math.floor(latest / 86_400) * 86_400_000;
const day = { from: until - 86_400_000, until };

async function report(window) {
  const days = window.from === undefined ? [] : daysBefore(window.from, 7, 'UTC');
  const now = latest * 1000;
  const { aggregate, ...meta } = await countStored(
    store,
    { window, now, days },
    new AbortController().signal,
  );
  return JSON.stringify(buildReport(aggregate, { ...meta, now, zone: 'UTC' }));
}

const all = await timed(() => report({}));
const ofDay = await timed(() => report(day));
// Without these two everything is looked at, each time anew.
await store.command('SET optimize_use_projections = 0, use_query_condition_cache = 0');
const allScanned = await timed(() => report({}), 1);
const dayScanned = await timed(() => report(day), 1);
const scan = await timed(() => store.ask('SELECT toString(sum(cityHash64(*))) FROM records'), 1);
await store.close();

const show = (label, { wall, cpu }, note = '') =>
  console.log(
    `${label.padEnd(42)} ${wall.toFixed(2).padStart(7)} s ${cpu.toFixed(2).padStart(7)} s CPU  ${note}`.trimEnd(),
  );
const share = (a, b) =>
  `of which a report of all takes ${(a.wall / b.wall).toFixed(2)} of the time, ${(a.cpu / b.cpu).toFixed(2)} of the CPU`;
console.log(`a report on ${rows} rows`);
show("the engine's start", start);
show('of all', all);
show('of its last whole day', ofDay);
show('of all, without kept sums', allScanned);
show('of the day, without kept sums', dayScanned);
show('every column of every row, once', scan, share(all, scan));
