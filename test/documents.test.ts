import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readUserRules, tryUserRules } from '../src/cause/user-rules.ts';
import { readCommandLine } from '../src/cli/command-line.ts';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'bench/README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Command lines of the program in a document's code blocks, without what stands before and behind a pipe. */
function commandsOf(document: string): string[] {
  const blocks = [...readFileSync(document, 'utf8').matchAll(/^```sh\n(.*?)^```/gms)].map(
    ([, block]) => block!,
  );
  return blocks.flatMap((block) =>
    [...block.matchAll(/(?:^|npx |\| )whybounce (.*?)(?= +#| \||$)/gm)].map(([, words]) => words!),
  );
}

describe.each(DOCUMENTS)('%s', (document) => {
  it('links to files that are there', () => {
    const text = readFileSync(document, 'utf8');
    const targets = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
    expect(targets.filter((target) => !existsSync(join(dirname(document), target)))).toEqual([]);
  });

  it('shows command lines that are understood', async () => {
    for (const command of commandsOf(document)) {
      const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
      expect(await readCommandLine(words), command).toMatchObject({ kind: 'command' });
    }
  });
});

it('the README begins with the two commands that .ci/run takes from it', () => {
  const commands = readFileSync('README.md', 'utf8').match(/^npm ci && .*$/gm);
  expect(commands).toEqual([
    'npm ci && npx whybounce report fixtures/postfix/2026-11-23.log',
    'npm ci && npm test',
  ]);
});

it('the example of a rule is one that the program takes', () => {
  const [, toml] = /^```toml\n(.*?)^```/ms.exec(readFileSync('docs/causes.md', 'utf8'))!;
  const { rules, mistakes } = readUserRules(toml!);
  expect(mistakes).toEqual([]);
  expect(tryUserRules(rules)).toEqual([]);
});
