/** `whybounce completion`: scripts that make a shell complete commands and options. */
import { defineCommand, listed } from './command.ts';
import { UsageError } from './errors.ts';
import { completionScript, SHELLS } from './manual/completion.ts';
import { loadManual } from './manual/manual.ts';
import { write } from './output.ts';

export default defineCommand({
  usage: SHELLS.join('|'),
  description:
    'Prints a script that makes a shell complete the commands, their options and the words that these take. Put it ' +
    'where the shell looks for such scripts.',
  examples: [
    ['whybounce completion bash > /etc/bash_completion.d/whybounce', 'bash, for everybody'],
    ['whybounce completion zsh > /usr/local/share/zsh/site-functions/_whybounce', 'zsh, for everybody'],
    ['whybounce completion fish > ~/.config/fish/completions/whybounce.fish', 'fish, for yourself'],
  ],
  flags: {},
  words: SHELLS,
  async run([name, surplus], _flags, context) {
    const shell = SHELLS.find((known) => known === name);
    if (shell === undefined || surplus !== undefined) {
      throw new UsageError(
        name === undefined ? 'no shell' : `no completion for "${surplus ?? name}"`,
        `give ${listed(SHELLS)}`,
      );
    }
    await write(context.stdout, completionScript(shell, await loadManual(context.commands)));
  },
});
