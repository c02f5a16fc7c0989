/**
 * Runs a command within the process of the tests: it saves the start of the program and its warming up, which is most of
 * a short run. The embedded engine can have one directory at a time in a process: commands that need it wait for each other.
 */
import { PassThrough } from 'node:stream';
import { readCommandLine } from '../../../src/cli/command-line.ts';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { errorLine, exitCodeOf } from '../../../src/cli/errors.ts';
import type { Run } from './program.ts';

process.env['TZ'] = 'UTC';

let engine: Promise<unknown> = Promise.resolve();

/** Runs a command to its end. Names of files are those of the tests' own working directory. */
export function inside(words: readonly string[], environment: Record<string, string> = {}): Promise<Run> {
  if (!words.some((word) => word.startsWith('chdb:'))) return commandRun(words, environment);
  const run = engine.then(() => commandRun(words, environment));
  engine = run;
  return run;
}

async function commandRun(words: readonly string[], environment: Record<string, string>): Promise<Run> {
  const [stdout, stderr] = [collector(), collector()];
  let status = 0;
  try {
    const invocation = await readCommandLine(words);
    if (invocation.kind === 'help') throw new Error('this gives help');
    const { command, operands, flags, colour, quiet } = invocation;
    await command.run(operands, flags, {
      ...{ commands: COMMANDS, environment, colour, quiet, stop: new AbortController().signal },
      stdin: process.stdin,
      stdout: stdout.stream as unknown as NodeJS.WriteStream,
      stderr: stderr.stream as unknown as NodeJS.WriteStream,
    });
  } catch (error) {
    status = exitCodeOf(error);
    stderr.stream.write(`${errorLine(error)}\n`);
  }
  return { status, signal: null, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(): { stream: PassThrough; text(): string } {
  const stream = new PassThrough();
  let text = '';
  stream.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  return { stream, text: () => text };
}
