#!/usr/bin/env node
/**
 * The program: signals, closed pipes, errors and the exit code. Everything else is a command's.
 * Ends by running out of work, never by `process.exit()`, which would cut off output that is still on its way.
 */
import { setFlagsFromString } from 'node:v8';
import { readCommandLine } from './command-line.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, errorLine, exitCodeOf } from './errors.ts';
import { LAST_WAIT, outputError, stopWaitingOn, write } from './output.ts';

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

// Left to itself V8 lets several times more garbage pile up than there is alive: on five million lines 320 MB instead
// of 210 MB, for the same time. Below 75 the time grows.
setFlagsFromString('--heap-growing-percent=75');

/** "Unknown", after the convention of monitors. */
const NAGIOS_UNKNOWN = 3;

const words = process.argv.slice(2);
const stop = new AbortController();

let received: NodeJS.Signals | undefined;

for (const [signal, code] of Object.entries(SIGNALS)) {
  // Once: a second signal ends the program the hard way.
  process.once(signal, () => {
    received = signal as NodeJS.Signals;
    process.exitCode = code;
    stop.abort();
  });
}
stopWaitingOn(stop.signal);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has seen enough (`| head`): no error, and nothing more to do.
  if (error.code !== 'EPIPE') fail(outputError('standard output', error));
  stop.abort();
});
// Nobody can be told that nobody listens: without this, what is said of the error would fail as well, and so on.
process.stderr.on('error', () => {});
process.on('uncaughtException', fail);

try {
  await main();
} catch (error) {
  fail(error);
}
// A pipe that nobody writes to, or reads, would keep the program alive: it ends as by a second signal.
if (received !== undefined) setTimeout(() => process.kill(process.pid, received), LAST_WAIT).unref();

async function main(): Promise<void> {
  const invocation = await readCommandLine(words);
  if (invocation.kind === 'help') {
    if (!invocation.asked) process.exitCode = EXIT.usage;
    await write(invocation.asked ? process.stdout : process.stderr, `${invocation.text}\n`);
    return;
  }
  const { command, operands, flags, colour, quiet } = invocation;
  await command.run(operands, flags, {
    commands: COMMANDS,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    colour,
    quiet,
    stop: stop.signal,
  });
}

/** Says what went wrong. A run that was stopped ends as the signal says, whatever broke on the way. */
function fail(error: unknown): void {
  if (stop.signal.aborted) return;
  if (words.includes('--debug') && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.stderr.write(`${errorLine(error)}\n`);
  process.exitCode = exitCodeOf(error);
  if (words.includes('--nagios')) {
    // A monitor reads stdout, and takes every other code for an answer.
    process.stdout.write(
      `WHYBOUNCE UNKNOWN - ${errorLine(error)
        .replace(/^whybounce: /, '')
        .replaceAll('|', '/')}\n`,
    );
    process.exitCode = NAGIOS_UNKNOWN;
  }
}
