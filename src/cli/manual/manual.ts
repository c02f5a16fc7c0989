/** What there is to say of the commands, as data: for completion, the man page and the command reference. */
import type { Options } from 'yargs';
import { type Command, type CommandEntry, type Flags, GLOBAL_FLAGS, type WordCheck } from '../command.ts';

/** One command with its place in the list of commands. */
export interface ManualCommand extends Pick<Command, 'usage' | 'description' | 'examples'> {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly ManualOption[];
  /** What an operand may be, where it is one of a few words. */
  readonly words: readonly string[];
  /** Whether files are among the operands. */
  readonly takesFiles: boolean;
}

/** One option. */
export interface ManualOption {
  /** Without dashes. */
  readonly name: string;
  /** The one letter that stands for it. */
  readonly letter: string | undefined;
  readonly describe: string;
  readonly takesValue: boolean;
  /** What stands for its value in a manual. */
  readonly value: string;
  /** What the value may be, where it is one of a few words. */
  readonly words: readonly string[];
}

/** All commands. */
export interface Manual {
  readonly commands: readonly ManualCommand[];
  /** Options that every command takes. */
  readonly everywhere: readonly ManualOption[];
}

/** Loads every command and collects what it says of itself. */
export async function loadManual(entries: Readonly<Record<string, CommandEntry>>): Promise<Manual> {
  const commands = Object.entries(entries).map(async ([name, { summary, load }]): Promise<ManualCommand> => {
    const { usage, description, examples, flags, words = [] } = await load();
    const takesFiles = /\bFILE\b/.test(usage);
    return { name, summary, usage, description, examples, words, takesFiles, options: optionsOf(flags) };
  });
  return {
    commands: await Promise.all(commands),
    everywhere: [
      ...optionsOf(GLOBAL_FLAGS),
      { name: 'help', letter: 'h', describe: 'Show help', takesValue: false, value: '', words: [] },
    ],
  };
}

/** What values are called where the name of the option does not say it. */
const VALUES: Readonly<Record<string, string>> = {
  ...{ alerts: 'FILE', output: 'FILE', rules: 'FILE', unparsed: 'FILE', replay: 'LOG', state: 'DIRECTORY' },
  ...{ 'mail-from': 'ADDRESS', 'mail-to': 'ADDRESS', metrics: 'HOST:PORT', to: 'STORE', cluster: 'NAME' },
  ...{ now: 'TIME', since: 'TIME', until: 'TIME', stale: 'TIME', tz: 'ZONE', mta: 'NAME', color: 'WHEN' },
  ...{ days: 'N', 'keep-days': 'N', top: 'N', 'spool-limit': 'SIZE', sql: 'SELECT', by: 'WHAT' },
  ...{ 'fail-on': 'LIMITS', warning: 'LIMITS', critical: 'LIMITS' },
};
/** More words than these are in the description. */
const FEW_WORDS = 2;

function optionsOf(flags: Flags): ManualOption[] {
  return Object.entries(flags).map(([name, { alias, describe, type, coerce }]) => {
    const words = wordsOf(coerce);
    return {
      name,
      letter: [alias ?? []].flat().find((other) => other.length === 1),
      describe: describe ?? '',
      takesValue: type !== 'boolean',
      value:
        words.length > 0 && words.length <= FEW_WORDS
          ? words.join('|')
          : (VALUES[name] ?? name.toUpperCase()),
      words,
    };
  });
}

function wordsOf(check: Options['coerce']): readonly string[] {
  return (check as Partial<WordCheck> | undefined)?.words ?? [];
}
