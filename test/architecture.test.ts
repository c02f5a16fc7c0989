import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';

/** The stages in the direction of the data: each may import itself and what stands before it. */
const STAGES = [
  'src/event',
  'parsers',
  'src/input',
  'src/follow',
  'src/track',
  'src/analysis.ts',
  'src/toml',
  'src/cause',
  'src/aggregate',
  'src/trace',
  'src/watch',
  'src/sink',
  'src/store',
  'src/live',
  'src/cli',
];

/** The tracker's events carry the answers of the cause stage: it knows their type, nothing else. */
const ALLOWED = [['src/track', 'src/cause/contract.ts']];

/** parsers may be written by anyone: they know lines and the public event, nothing of the program. */
const REACH_OF_PARSERS = ['src/event', 'parsers'];

const files = ['src', 'parsers'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name)),
);

function stageOf(file: string): string {
  const stage = STAGES.find((name) => file === name || file.startsWith(`${name}/`));
  if (stage === undefined) throw new Error(`${file} belongs to no stage`);
  return stage;
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/\b(?:from|import\(?)\s*'(\.[^']+)'/g)].map(([, path]) =>
    join(dirname(file), path!),
  );
}

describe('imports', () => {
  it.each(files)('of %s go against the direction of the data only', (file) => {
    const stage = stageOf(file);
    for (const imported of importsOf(file)) {
      if (ALLOWED.some(([from, to]) => stage === from && imported === to)) continue;
      const target = stageOf(imported);
      expect(STAGES.indexOf(target), `${file} imports ${imported}`).toBeLessThanOrEqual(
        STAGES.indexOf(stage),
      );
      if (stage === 'parsers') expect(REACH_OF_PARSERS, `${file} imports ${imported}`).toContain(target);
    }
  });

  it('do not go in circles', () => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect(path, `circle: ${[...path, file].join(' -> ')}`).not.toContain(file);
      if (done.has(file)) return;
      for (const imported of importsOf(file)) visit(imported, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it('of date-fns are of single functions: all of it takes longer to load than most runs take', () => {
    const whole = /from '(date-fns|@date-fns\/tz)'/;
    expect(files.filter((file) => whole.test(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('load what draws and what writes mail on demand: most reports are text', () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      const text = readFileSync(file, 'utf8');
      for (const [, path] of text.matchAll(/\bfrom '(\.[^']+)'/g)) visit(join(dirname(file), path!));
    };
    visit('src/cli/report.ts');
    const heavy = [...reached].filter((file) =>
      /from '(d3-scale|nodemailer)/.test(readFileSync(file, 'utf8')),
    );
    expect(reached.size).toBeGreaterThan(20);
    expect(heavy).toEqual([]);
  });

  it('load every command on demand, so that a short run stays short', () => {
    for (const file of ['src/cli/main.ts', 'src/cli/command-line.ts', 'src/cli/commands.ts']) {
      const text = readFileSync(file, 'utf8');
      for (const command of Object.keys(COMMANDS)) expect(text).not.toContain(`from './${command}.ts'`);
    }
  });
});
