import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Classifier } from '../../../src/cause/classifier.ts';
import { Follower, type FollowerState } from '../../../src/follow/follower.ts';
import { jsonLines } from '../../../src/live/lines.ts';
import { Live, restored } from '../../../src/live/live.ts';
import fc from '../../property.ts';
import { type Reader, STEPS, type Step, World } from '../follow/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'whybounce-live-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LINES = readFileSync('fixtures/postfix/2026-11-23.log', 'utf8').split('\n');
const classifier = new Classifier();

/** Reads events, without the place of their lines. */
function reader(path: string, state: unknown): Reader {
  const live = state === undefined ? undefined : restored(state as Buffer);
  let numbered = live?.names.length ?? 0;
  const follower = new Follower([path], {
    ...{ from: 'start', rescanAfter: 0, nextNumber: () => numbered++, note: () => undefined },
    state: live?.inputs.get('files') as FollowerState | undefined,
  });
  let events: string[] = [];
  let kept: Buffer | undefined;
  const lines = jsonLines({
    add(text) {
      const { source_file, source_offset, ...facts } = JSON.parse(text);
      events.push(JSON.stringify(facts));
    },
    flush: async () => undefined,
  });
  const reading = new Live([follower], [lines], {
    ...{ classifier, reading: { year: 2026, zone: 'UTC' }, state: live, stop: new AbortController().signal },
    save: async (bytes) => {
      kept = bytes;
    },
  });
  return {
    async read(now) {
      events = [];
      await reading.round(now);
      return events;
    },
    async state() {
      await reading.save();
      return kept;
    },
    close: () => reading.close(),
  };
}

/** After these, lines that were read are nowhere any more: after a kill only the state can know what they said. */
const LOSSES: readonly Step[0][] = ['delete', 'truncate', 'cut'];

const step: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom(...STEPS), fc.nat({ max: 200 }));

it('gives the same events as the whole text read at once, whatever happens to the file and to the reader', async () => {
  let worlds = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 300 }),
      fc.array(step, { minLength: 1, maxLength: 30 }),
      async (first, steps) => {
        const place = join(folder, String(worlds++));
        mkdirSync(place);
        const world = new World(place, (number) => LINES[first + number]!, reader);
        for (const each of [['poll', 0], ['checkpoint', 0], ...steps] as Step[]) {
          await world.do(each);
          if (LOSSES.includes(each[0])) await world.do(['checkpoint', 0]);
        }
        await world.end();
        const whole = join(folder, `${worlds}.log`);
        writeFileSync(whole, world.expected.map((line) => `${line}\n`).join(''));
        const once = reader(whole, undefined);
        const expected = await once.read(0);
        await once.close();
        // What came after the last checkpoint comes again after a kill, the same to the last letter.
        const killed = steps.some(([what]) => what === 'kill');
        expect(killed ? [...new Set(world.seen)] : world.seen).toEqual(expected);
        rmSync(place, { recursive: true });
        rmSync(whole);
      },
    ),
    { numRuns: Number(process.env['WHYBOUNCE_TEST_SEQUENCES'] ?? 200) },
  );
}, 120_000);
