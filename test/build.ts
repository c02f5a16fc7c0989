/** Runs before the tests: some of them start the program as its users do, from `dist/`. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = 'dist/src/cli/main.js';
const SOURCES = ['src', 'parsers', 'tsconfig.json', 'tsconfig.build.json'];

/** Compiles where the program is missing or older than a source. */
export default function build(): void {
  if (existsSync(PROGRAM) && statSync(PROGRAM).mtimeMs > Math.max(...SOURCES.flatMap(changes))) return;
  try {
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  } catch (error) {
    // Type errors are for the type check to report; the program is there all the same.
    if (!existsSync(PROGRAM)) throw error;
  }
  chmodSync(PROGRAM, 0o755);
}

function changes(path: string): number[] {
  const stats = statSync(path);
  if (!stats.isDirectory()) return [stats.mtimeMs];
  return [stats.mtimeMs, ...readdirSync(path).flatMap((name) => changes(join(path, name)))];
}
