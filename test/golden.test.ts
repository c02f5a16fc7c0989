/** Small logs, and the events that must come of them. `npm run test:update` writes the events anew. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { read } from './src/reading.ts';

// Beside whole days lies their truth.
const cases = readdirSync('fixtures', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.log'))
  .map((name) => `fixtures/${name.slice(0, -'.log'.length)}`)
  .sort()
  .filter((path) => !existsSync(`${path}.truth.json`));

test.each(cases)('%s', async (path) => {
  const { events } = read(readFileSync(`${path}.log`));
  // Which rule decided, and how sure it is, are the classifier's own affair.
  const shown = events.map(({ rule, confidence, schema, source_file, ...event }) => event);
  await expect(`${JSON.stringify(shown, undefined, 1)}\n`).toMatchFileSnapshot(`../${path}.events.json`);
});
