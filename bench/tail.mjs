#!/usr/bin/env node
/**
 * What following a log costs.
 *
 *   node bench/tail.mjs [--seconds 30] [--rate 1000] [--lines 3600000] [--dist dist]
 *
 * First a writer appends the lines of a simulated server one by one, so many a second, and each event that comes out is
 * held against the moment in which its line was written. Then an hour's worth of lines lies there, and is read at full
 * speed: once for a reader that takes all, once for one that takes nothing for a while. Linux only: it reads /proc.
 */
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { generateFile } from './generate.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    rate: { type: 'string', default: '1000' },
    lines: { type: 'string', default: '3600000' },
    dist: { type: 'string', default: 'dist' },
  },
});
const program = resolve(values.dist, 'src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'whybounce-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const log = join(folder, 'mail.log');
/** Of the kernel's clock that /proc counts in, a second. */
const TICKS = 100;

const rate = Number(values.rate);
const seconds = Number(values.seconds);
const source = join(folder, 'source.log');
generateFile(source, { lines: Math.max(rate * seconds, 2000), seed: 1 });
const lines = readFileSync(source, 'latin1')
  .split(/(?<=\n)/)
  .slice(0, rate * seconds);

await delay();
await hour();
console.log(`load average ${loadavg()[0].toFixed(1)}`);

async function delay() {
  writeFileSync(log, '');
  const follower = start('--state', join(folder, 'state'), '--from', 'start', log);
  const written = new Map();
  const delays = [];
  let rest = '';
  follower.stdout.setEncoding('latin1').on('data', (text) => {
    const now = performance.now();
    const events = (rest + text).split('\n');
    rest = events.pop();
    for (const event of events) delays.push(now - written.get(JSON.parse(event).source_offset));
  });
  // Ready when the first line came through.
  appendFileSync(log, lines[0]);
  await later(2000);
  let offset = lines[0].length;
  const writer = openSync(log, 'a');
  const before = cpuOf(follower.pid);
  const began = performance.now();
  for (let next = 1; next < lines.length; ) {
    const due = Math.min(lines.length, ((performance.now() - began) * rate) / 1000);
    for (; next < due; next++) {
      written.set(offset, performance.now());
      writeSync(writer, lines[next], null, 'latin1');
      offset += lines[next].length;
    }
    await later(1);
  }
  const wall = (performance.now() - began) / 1000;
  const cpu = cpuOf(follower.pid) - before;
  await later(1000);
  closeSync(writer);
  const memory = memoryOf(follower.pid);
  await end(follower);
  const sorted = delays.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  console.log(`${lines.length} lines in ${wall.toFixed(1)} s, ${sorted.length} events`);
  console.log(`delay from line to event: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
  console.log(`CPU: ${((100 * cpu) / wall).toFixed(1)} % of one core; peak memory ${memory.toFixed(0)} MB`);
}

async function hour() {
  generateFile(log, { lines: Number(values.lines), seed: 2 });
  for (const pause of [0, 5000]) {
    const follower = start('--from', 'start', log);
    const began = performance.now();
    let last = began;
    let events = 0;
    let paused = 0;
    follower.stdout.on('data', (bytes) => {
      last = performance.now();
      for (const byte of bytes) if (byte === 10) events += 1;
      if (pause > 0 && events > 100_000 && paused === 0) {
        paused = 1;
        follower.stdout.pause();
        later(pause).then(() => {
          paused = 2;
          last = performance.now();
          follower.stdout.resume();
        });
      }
    });
    while (paused === 1 || performance.now() - last < 3000) await later(100);
    const memory = memoryOf(follower.pid);
    await end(follower);
    const wall = (last - began - (paused > 0 ? pause : 0)) / 1000;
    console.log(
      `${values.lines} lines at full speed${pause > 0 ? `, the reader away for ${pause / 1000} s` : ''}: ` +
        `${events} events in ${wall.toFixed(1)} s, peak memory ${memory.toFixed(0)} MB`,
    );
  }
}

function start(...words) {
  return spawn(process.execPath, [program, 'tail', '--quiet', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function end(follower) {
  follower.kill('SIGTERM');
  await new Promise((ended) => follower.on('close', ended));
}

/** Seconds of a process. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Peak resident MB of a process. */
function memoryOf(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024;
}
