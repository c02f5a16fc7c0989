#!/usr/bin/env node
/**
 * The least that any program in JavaScript has to do that joins a log by queue id: reads the file, cuts out every line,
 * finds what stands where the queue id is and keeps how many lines it has, in a Map. It understands nothing. What
 * whybounce takes is told as a multiple of this.
 *
 *   node bench/naive.mjs postfix|exim|sendmail FILE
 */
import { closeSync, openSync, readSync } from 'node:fs';

/** As much as whybounce reads at a time. */
const CHUNK = 256 * 1024;

const [mta, file] = process.argv.slice(2);

/** Where the queue id begins in a line: behind the stamp in Exim's files, behind the tag elsewhere. */
const beginOf = mta === 'exim' ? () => 20 : (line) => line.indexOf(']: ') + 3;
const end = mta === 'exim' ? ' ' : ':';

const messages = new Map();
let lines = 0;

function read(text) {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const line = text.slice(start, newline);
    start = newline + 1;
    lines += 1;
    const begin = beginOf(line);
    const stop = line.indexOf(end, begin);
    if (stop < 0) continue;
    const id = line.slice(begin, stop);
    const known = messages.get(id);
    // A slice would keep the chunk that it was cut from.
    if (known === undefined) messages.set(` ${id}`.slice(1), 1);
    else messages.set(id, known + 1);
  }
}

const log = openSync(file);
const buffer = Buffer.allocUnsafe(CHUNK);
let rest = '';
for (let length = readSync(log, buffer); length > 0; length = readSync(log, buffer)) {
  const text = rest + buffer.latin1Slice(0, length);
  const last = text.lastIndexOf('\n') + 1;
  read(text.slice(0, last));
  rest = text.slice(last);
}
closeSync(log);
console.log(`${lines} lines, ${messages.size} ids`);
