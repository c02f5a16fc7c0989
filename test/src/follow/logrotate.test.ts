/** With the rotator that nearly all systems have, while a writer writes and the follower reads. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Follower, type FollowerState } from '../../../src/follow/follower.ts';

const PROGRAM = '/usr/sbin/logrotate';
const isInstalled = (() => {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const folder = mkdtempSync(join(tmpdir(), 'whybounce-logrotate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MODES = {
  'create, compress at once': ['create', 'compress'],
  'create, compress later': ['create', 'compress', 'delaycompress'],
  'nocreate, names with dates': ['nocreate', 'dateext', 'compress', 'delaycompress'],
  'dates before the ending': ['create', 'dateext', 'extension .log', 'compress'],
  copytruncate: ['copytruncate'],
  'copytruncate, compress at once': ['copytruncate', 'compress'],
};

describe.runIf(isInstalled)('logrotate', () => {
  const cases = Object.entries(MODES).flatMap(([name, mode]) =>
    [1, 3].map((rotations) => [name, rotations, mode] as const),
  );
  it.each(cases)('%s, %d rotations between two looks', async (name, rotations, mode) => {
    const place = join(folder, `${name} ${rotations}`.replaceAll(/\W/g, '-'));
    mkdirSync(place, { mode: 0o755 });
    const log = join(place, 'mail.log');
    const config = join(place, 'rotate.conf');
    let rotated = 1000;
    const rotate = (): void => {
      rotated += 1;
      // Dates are by the second at best: a number behind them stands for the time of day.
      const date = mode.includes('dateext') ? [`dateformat -%Y%m%d-${rotated}`] : [];
      const lines = ['rotate 40', 'missingok', ...mode, ...date];
      writeFileSync(config, `"${log}" {\n  ${lines.join('\n  ')}\n}\n`, { mode: 0o644 });
      execFileSync(PROGRAM, ['--force', '--state', join(place, 'status'), config], { stdio: 'pipe' });
    };
    const isCopied = mode.some((line) => line.startsWith('copytruncate'));

    const seen: string[] = [];
    let state: FollowerState | undefined;
    let numbered = 0;
    const start = () =>
      new Follower([log], {
        ...{ from: 'start', state, rescanAfter: 0, nextNumber: () => numbered++ },
        note: (message) => expect.unreachable(message),
      });
    let now = 0;
    const poll = async (): Promise<void> => {
      for await (const { batches } of follower.read(now++)) {
        for (const { text } of batches) seen.push(...text.trimEnd().split('\n'));
      }
    };

    writeFileSync(log, 'first line\n');
    let follower = start();
    await poll();
    let writer = openSync(log, 'a');
    const expected = ['first line'];
    const write = (count: number): void => {
      for (let i = 0; i < count; i++) {
        expected.push(`line ${expected.length} ${'x'.repeat(1 + (expected.length % 50))}`);
        writeSync(writer, `${expected.at(-1)}\n`);
      }
    };
    for (let round = 0; round < 6; round++) {
      write(20);
      if (round % 2 === 0) await poll();
      // A restart of the reader between two looks, in every third round.
      if (round % 3 === 2) {
        state = structuredClone(follower.state);
        await follower.close();
      }
      for (let rotation = 0; rotation < rotations; rotation++) {
        write(15);
        rotate();
        // The writer is told of it a little later, as by postrotate; a copy is none of its business.
        if (isCopied) continue;
        if (!mode.includes('compress') || mode.includes('delaycompress')) write(5);
        closeSync(writer);
        writer = openSync(log, 'a');
      }
      if (round % 3 === 2) follower = start();
      write(5);
      await poll();
    }
    closeSync(writer);
    await poll();
    await follower.close();
    expect(seen).toEqual(expected);
  });
});
