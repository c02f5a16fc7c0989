import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { causesPage, type Measurement } from './causes-page.ts';

it('docs/causes.md is what the catalogue, the rules and the measurements make of it', async () => {
  const measurements: Measurement[] = JSON.parse(readFileSync('bench/accuracy.json', 'utf8'));
  await expect(causesPage(measurements)).toMatchFileSnapshot('../docs/causes.md');
});
