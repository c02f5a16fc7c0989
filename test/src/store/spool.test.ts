import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Spool } from '../../../src/store/spool.ts';
import fc from '../../property.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whybounce-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const LARGE = 1024 * 1024;

it('gives batches back as they were and in their order, to a later process too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 8 }),
      fc.nat({ max: 8 }),
      async (batches, taken) => {
        rmSync(folder, { recursive: true });
        const first = await Spool.open(folder, LARGE);
        for (const batch of batches) await first.add(Buffer.from(batch));
        for (const number of first.numbers.slice(0, taken)) await first.remove(number);
        const later = await Spool.open(folder, LARGE);
        expect(later.numbers).toEqual(first.numbers);
        expect(later.bytes).toBe(first.bytes);
        const left = await Promise.all(later.numbers.map((number) => later.read(number)));
        expect(left).toEqual(batches.slice(taken).map((batch) => Buffer.from(batch)));
      },
    ),
    { numRuns: 30 },
  );
});

it('takes no more than its limit, and says so', async () => {
  const spool = await Spool.open(folder, 100);
  const number = await spool.add(Buffer.alloc(40));
  await expect(spool.add(Buffer.alloc(40))).rejects.toThrow(/is full: \d+ bytes of 100/);
  await spool.remove(number);
  expect(spool.bytes).toBe(0);
  expect(spool.since).toBeUndefined();
  await spool.add(Buffer.alloc(40));
});

it('forgets what was being written when the process ended', async () => {
  writeFileSync(join(folder, '000000000007.batch.new'), 'whybounce batch 1 4242');
  const spool = await Spool.open(folder, LARGE);
  expect(spool.numbers).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

it('refuses a batch of which a single byte is not as it was', async () => {
  const spool = await Spool.open(folder, LARGE);
  const number = await spool.add(Buffer.from('rows'));
  const path = join(folder, readdirSync(folder)[0]!);
  const whole = readFileSync(path);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1;
    writeFileSync(path, damaged);
    await expect(spool.read(number)).rejects.toThrow(/is damaged/);
  }
});
