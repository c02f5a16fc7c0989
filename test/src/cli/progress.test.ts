import { describe, expect, it } from 'vitest';
import { ProgressBar, progressLine } from '../../../src/cli/progress.ts';

function screen(isTTY: boolean): { stderr: NodeJS.WriteStream; written: string[] } {
  const written: string[] = [];
  const stderr = { isTTY, columns: 60, write: (text: string) => written.push(text) };
  return { stderr: stderr as unknown as NodeJS.WriteStream, written };
}

describe('the line', () => {
  it('tells the share, the rate and the time left', () => {
    const line = progressLine({ done: 25, total: 100, lines: 2_400_000 }, 2000, true);
    expect(line).toBe(' 25 % ██████░░░░░░░░░░░░░░░░░░ 1.2 M lines/s, 6 s left');
  });

  it('keeps to ASCII where it must', () => {
    expect(progressLine({ done: 1, total: 2, lines: 10 }, 5000, false)).toMatch(
      /^ 50 % #{12}\.{12} 2 lines\/s/,
    );
  });

  it('promises nothing before it can know', () => {
    expect(progressLine({ done: 1, total: 2, lines: 10 }, 100, true)).not.toContain('left');
  });

  it('counts where nobody knows the end', () => {
    const line = progressLine({ done: 3_000_000, total: undefined, lines: 12_345 }, 3000, true);
    expect(line).toBe('12 k lines, 3.0 MB, 4.1 k lines/s');
  });

  it('stays within its bar when a file grows under it', () => {
    expect(progressLine({ done: 200, total: 100, lines: 1 }, 2000, false)).toContain(
      `100 % ${'#'.repeat(24)}`,
    );
  });

  it.each([
    [3_600_000, '1 h 0 min left'],
    [200_000, '3 min 20 s left'],
  ])('after %d ms at half way, %s', (elapsed, expected) => {
    expect(progressLine({ done: 1, total: 2, lines: 1 }, elapsed, false)).toContain(expected);
  });
});

describe('the bar', () => {
  const progress = { done: 1, total: 2, lines: 1000 };

  function draw(options: { isTTY: boolean; quiet?: boolean; CI?: string }): string[] {
    const { stderr, written } = screen(options.isTTY);
    let now = 0;
    const environment = options.CI ? { CI: options.CI } : {};
    const bar = new ProgressBar({ stderr, quiet: options.quiet ?? false, environment }, () => now);
    for (; now < 2000; now += 50) bar.update(progress);
    bar.clear();
    return written;
  }

  it('is drawn on a terminal a few times a second and taken off at the end', () => {
    const written = draw({ isTTY: true });
    expect(written.length).toBeGreaterThan(5);
    expect(written.length).toBeLessThan(12);
    expect(written.at(-1)).toBe('\r\x1b[K');
    for (const text of written) expect(text.length).toBeLessThanOrEqual(60 + 4);
  });

  it.each([[{ isTTY: false }], [{ isTTY: true, quiet: true }], [{ isTTY: true, CI: 'true' }]])(
    'is not drawn with %o',
    (options) => {
      expect(draw(options)).toEqual([]);
    },
  );
});
