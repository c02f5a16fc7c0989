import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../../src/cli/commands.ts';
import { completionScript, type Shell } from '../../../../src/cli/manual/completion.ts';
import { loadManual } from '../../../../src/cli/manual/manual.ts';

const manual = await loadManual(COMMANDS);

/** Whether the shell is there: `.ci/run` installs those that are not. */
const has = (shell: Shell) => spawnSync(shell, ['-c', 'true']).status === 0;

/** What a shell prints that is given the completion script and then these lines. */
function ask(shell: Shell, lines: string): string[] {
  const script = `${completionScript(shell, manual)}\n${lines}`;
  const output = execFileSync(shell, ['-c', script], { encoding: 'utf8' });
  return output.trim().split(/\s+/);
}

/** Words on a command line, of which the last is to be completed, and some that are to be offered for it. */
const CASES: [line: string, offered: string[]][] = [
  ['whybounce re', ['report']],
  ['whybounce ', ['report', 'trace', 'completion']],
  ['whybounce report --fo', ['--format']],
  ['whybounce report --by ', ['cause', 'provider', 'hour']],
  ['whybounce events --mta ex', ['exim']],
  ['whybounce causes mailbox_f', ['mailbox_full']],
  ['whybounce store i', ['init']],
  ['whybounce query prov', ['providers']],
];

describe.runIf(has('bash'))('bash', () => {
  const complete = (words: readonly string[]): string[] =>
    ask(
      'bash',
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
       _whybounce; echo "\${COMPREPLY[@]}"`,
    );

  it.each(CASES)('completes %j', (line, offered) => {
    expect(complete(line.split(' '))).toEqual(expect.arrayContaining(offered));
  });

  it('completes a value behind "=", which it takes for a word', () => {
    expect(complete(['whybounce', 'report', '--color', '=', 'al'])).toEqual(['always']);
    expect(complete(['whybounce', 'report', '--color', '='])).toEqual(['auto', 'always', 'never']);
  });

  it('leaves names of files to the shell', () => {
    expect(complete(['whybounce', 'report', '/var/lo'])).toEqual(['']);
    expect(complete(['whybounce', 'report', '--output', 're'])).toEqual(['']);
  });
});

describe.runIf(has('fish'))('fish', () => {
  it.each(CASES)('completes %j', (line, offered) => {
    const words = ask('fish', `complete -C '${line}' | string split -f 1 \\t; true`);
    expect(words).toEqual(expect.arrayContaining(offered));
  });
});

// zsh completes on a terminal only: here it says whether it understands the script.
it.runIf(has('zsh'))('zsh takes the script', () => {
  const script = completionScript('zsh', manual);
  const { status, stderr } = spawnSync('zsh', ['--no-exec', '-c', script], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
