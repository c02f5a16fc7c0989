import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Follower, type FollowerState } from '../../../src/follow/follower.ts';
import fc from '../../property.ts';
import { type Reader, STEPS, type Step, World } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'whybounce-follow-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads lines. */
function reader(path: string, state: unknown): Reader {
  let numbered = 0;
  const follower = new Follower([path], {
    ...{ from: 'start', rescanAfter: 0, nextNumber: () => numbered++, note: () => undefined },
    state: structuredClone(state as FollowerState | undefined),
  });
  return {
    async read(now) {
      const lines: string[] = [];
      for await (const { batches } of follower.read(now)) {
        for (const { text } of batches) lines.push(...text.replace(/\n$/, '').split('\n'));
      }
      return lines;
    },
    state: async () => structuredClone(follower.state),
    close: () => follower.close(),
  };
}

const step: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom(...STEPS), fc.nat({ max: 200 }));

it('gives every line once and in order, whatever happens to the file and to the reader', async () => {
  let worlds = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const place = join(folder, String(worlds++));
      mkdirSync(place);
      const world = new World(place, (number) => `${'x'.repeat(number % 7)} line ${number}`, reader);
      for (const each of [['poll', 0], ['checkpoint', 0], ...steps] as Step[]) await world.do(each);
      await world.end();
      // What was read after the last checkpoint comes again after a kill.
      const killed = steps.some(([what]) => what === 'kill');
      const seen = killed ? [...new Set(world.seen)] : world.seen;
      expect(seen).toEqual(world.expected);
      rmSync(place, { recursive: true });
    }),
    { numRuns: Number(process.env['WHYBOUNCE_TEST_SEQUENCES'] ?? 1500) },
  );
}, 120_000);
