import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../../../src/cli/commands.ts';
import { manPage } from '../../../../src/cli/manual/man.ts';
import { loadManual } from '../../../../src/cli/manual/manual.ts';
import { commandReference } from '../../../../src/cli/manual/markdown.ts';
import { EXIT_CODES } from '../../../../src/cli/manual/surroundings.ts';

it('docs/commands.md is what the commands say of themselves', async () => {
  await expect(commandReference(await loadManual(COMMANDS))).toMatchFileSnapshot(
    '../../../../docs/commands.md',
  );
});

it('docs/whybounce.1 is what the commands say of themselves', async () => {
  await expect(manPage(await loadManual(COMMANDS))).toMatchFileSnapshot('../../../../docs/whybounce.1');
});

it('the README tells the same exit codes', () => {
  const [, table] = /^## Exit codes\n(.*?)^## /ms.exec(readFileSync('README.md', 'utf8'))!;
  const rows = [...table!.matchAll(/^\| (\d[\d, ]*?) +\| (.*?) +\|$/gm)].map(([, code, meaning]) => [
    code,
    meaning,
  ]);
  expect(rows).toEqual(EXIT_CODES);
});
