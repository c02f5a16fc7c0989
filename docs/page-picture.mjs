/**
 * Draws docs/report.png: parts of the page that `report -o report.html` makes of two days of the benchmark's
 * imaginary server. Needs chromium.
 *
 *     npm run picture
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { generateFile } from '../bench/generate.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PICTURE = fileURLToPath(new URL('report.png', import.meta.url));

/** What there is no room for. */
const LEFT_OUT = `
.finding:nth-child(n+3),main>section:not(#answer,#findings,#volume,#heat),footer,details{display:none}
main{padding-bottom:1rem}
`;

const folder = mkdtempSync(join(tmpdir(), 'whybounce-picture-'));
try {
  const log = join(folder, 'mail.log');
  const page = join(folder, 'report.html');
  generateFile(log, { lines: 700_000, seed: 5 });
  execFileSync(
    process.execPath,
    [
      'dist/src/cli/main.js',
      'report',
      '--quiet',
      '--day',
      '2026-11-10',
      '--now',
      '2026-11-11T06:00',
      '-o',
      page,
      log,
    ],
    { cwd: ROOT, env: { ...process.env, TZ: 'UTC' } },
  );
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const tab = await browser.newPage({ viewport: { width: 1000, height: 800 }, bypassCSP: true });
  await tab.goto(pathToFileURL(page).href);
  await tab.addStyleTag({ content: LEFT_OUT });
  await tab.screenshot({ path: PICTURE, fullPage: true });
  await browser.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
