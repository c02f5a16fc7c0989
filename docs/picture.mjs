/**
 * Draws docs/report.svg: a terminal window with what the README's first command really prints.
 *
 *     npm run picture
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { terminalPicture } from './terminal-picture.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PICTURE = fileURLToPath(new URL('report.svg', import.meta.url));

/** Lines that fit a picture; the report goes on below. */
const MOST_LINES = 44;
const COLUMNS = 80;

const command = /^npm ci && (npx whybounce report .*)$/m.exec(readFileSync(`${ROOT}README.md`, 'utf8'))[1];
const words = command.split(' ').slice(2);
const output = execFileSync(process.execPath, ['dist/src/cli/main.js', ...words, '--color', 'always'], {
  cwd: ROOT,
  encoding: 'utf8',
  env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
});
const lines = output.trimEnd().split('\n');
const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '\x1b[2m…\x1b[22m'] : lines;
writeFileSync(PICTURE, terminalPicture(command, shown, COLUMNS));
