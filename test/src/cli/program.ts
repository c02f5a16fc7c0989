/** Starts the program as its users do: as a process of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

const PROGRAM = resolve('dist/src/cli/main.js');

/** A folder of this test file's own, gone afterwards. The program runs in it. */
export const folder = mkdtempSync(join(tmpdir(), 'whybounce-'));
afterAll(() => rmSync(folder, { recursive: true }));

export interface Run {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string | Buffer;
  readonly environment?: Record<string, string>;
}

/** Runs the program to its end. */
export function whybounce(words: readonly string[], options: RunOptions = {}): Promise<Run> {
  const child = start(words, options);
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  return ended(child);
}

/** Starts the program and leaves its stdin open. */
export function start(words: readonly string[], { environment }: RunOptions = {}) {
  return spawn(process.execPath, [PROGRAM, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', TZ: 'UTC', ...environment },
    stdio: 'pipe',
  });
}

/** What a started program wrote until it ended. */
export function ended(child: ReturnType<typeof start>): Promise<Run> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (status, signal) => done({ status, signal, stdout, stderr }));
  });
}
