import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { STEPS, type Step, World } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'whybounce-follow-'));
afterAll(() => rmSync(folder, { recursive: true }));

const step: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom(...STEPS), fc.nat({ max: 200 }));

it('gives every line once and in order, whatever happens to the file and to the reader', async () => {
  let worlds = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const place = join(folder, String(worlds++));
      mkdirSync(place);
      const world = new World(place, (number) => `${'x'.repeat(number % 7)} line ${number}`);
      for (const each of [['poll', 0], ['checkpoint', 0], ...steps] as Step[]) await world.do(each);
      await world.end();
      // What was read after the last checkpoint comes again after a kill.
      const killed = steps.some(([what]) => what === 'kill');
      const seen = killed ? [...new Set(world.seen)] : world.seen;
      expect(seen).toEqual(world.expected);
      rmSync(place, { recursive: true });
    }),
    { numRuns: Number(process.env['RUNS'] ?? 1000) },
  );
}, 120_000);
