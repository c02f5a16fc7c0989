/** A real browser, where the machine has one. What runs in its pages knows the types of a document. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser's program; undefined where there is none, and tests that need it must be skipped. */
export const BROWSER = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find(isExecutable);

/** Starts the browser. */
export function launchBrowser(): Promise<Browser> {
  // Its own sandbox needs rights that root in a container does not have; it only opens pages that the tests made.
  return chromium.launch({ executablePath: BROWSER!, args: ['--no-sandbox'] });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
