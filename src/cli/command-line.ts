/** Reads the command line: which command, which flags, which operands, or the text of a help page. */
import yargs, { type Argv, type Options } from 'yargs';
import { type Command, type Flags, GLOBAL_FLAGS, listed } from './command.ts';
import { COMMANDS } from './commands.ts';
import { UsageError } from './errors.ts';
import { nearest } from './suggest.ts';
import type { ColourChoice } from './terminal.ts';
import { VERSION } from './version.ts';

/** What the command line asks for. */
export type Invocation =
  /** `asked`: with --help or --version, rather than for want of a command. */
  | { readonly kind: 'help'; readonly text: string; readonly asked: boolean }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly operands: readonly string[];
      readonly flags: Record<string, unknown>;
      readonly colour: ColourChoice;
      readonly quiet: boolean;
    };

/** Keys that yargs adds of itself. */
const YARGS_KEYS = ['_', '$0', 'h'];

/**
 * Reads the arguments behind the program's name. Throws `UsageError` for anything that is not understood.
 * Operands are taken from `_` rather than declared: yargs keeps only the last one of a declared list where
 * repeated flags are told to override each other.
 */
export async function readCommandLine(typed: readonly string[]): Promise<Invocation> {
  // As many programs have it: `help`, and `help report`.
  const words = typed[0] === 'help' ? [...typed.slice(1), '--help'] : typed;
  rejectReserved(words);
  let command: Command | undefined;
  const parser = yargs([])
    .scriptName('whybounce')
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'duplicate-arguments-array': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
    })
    .usage(
      '$0 COMMAND [FILE…]\n\nReads mail server logs and tells why mail failed, who must act and what to do next.',
    )
    .epilogue('whybounce COMMAND --help tells more of one command.')
    .options(showsPage(words) ? declared(GLOBAL_FLAGS) : unseen(GLOBAL_FLAGS))
    // Flags of a command get a group of their own; what is left over is these.
    .updateStrings({ 'Options:': 'Everywhere:' })
    .help()
    .alias('help', 'h')
    .version(VERSION)
    .wrap(90)
    .exitProcess(false)
    .fail(false);
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    parser.command(name, summary, async (page: Argv) => {
      command = await load();
      // yargs composes the page of every command that it runs, which takes longer than all else that it does.
      return showsPage(words) ? describe(page, name, command) : page.options(unseen(command.flags));
    });
  }

  let text = '';
  const found: Record<string, unknown> = await parser
    .parseAsync([...words], {}, (_error, _found, output) => {
      text = output;
    })
    .catch((error: Error) => {
      throw error.name === 'YError' ? new UsageError(plain(error.message)) : error;
    });
  if (found['help'] === true || found['version'] === true) return { kind: 'help', text, asked: true };
  const operands = found['_'] as string[];
  if (command === undefined) {
    rejectMisplaced(words);
    if (operands[0] !== undefined) throw unknownCommand(operands[0], words);
    rejectUnknown(found, {});
    return { kind: 'help', text: await parser.getHelp(), asked: false };
  }
  rejectUnknown(found, command.flags);
  rejectValues(words, { ...GLOBAL_FLAGS, ...command.flags });
  const { color } = checked(GLOBAL_FLAGS, found);
  return {
    kind: 'command',
    command,
    operands: operands.slice(1),
    flags: checked(command.flags, found),
    colour: (color as ColourChoice | undefined) ?? 'auto',
    quiet: lastOf(found['quiet'], 'boolean') === true,
  };
}

/** Flags as yargs shall see them: it would replace the errors of our checks by its own. */
function declared(flags: Flags): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, { coerce: _, ...options }]) => [name, options]),
  );
}

/** The same, left out of help pages. */
function unseen(flags: Flags): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(declared(flags)).map(([name, options]) => [name, { ...options, hidden: true }]),
  );
}

/** Whether a help page may be asked for, or is the answer for want of a command. */
function showsPage(words: readonly string[]): boolean {
  return (
    words.some((word) => word === '-h' || word.startsWith('--help')) ||
    !words.some((word) => Object.hasOwn(COMMANDS, word))
  );
}

/** The values of the flags that were given, each through its check. */
function checked(flags: Flags, found: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { coerce, type }] of Object.entries(flags)) {
    const value = lastOf(found[name], type);
    if (value !== undefined) values[name] = coerce ? coerce(value) : value;
  }
  return values;
}

/** A flag that is given twice counts once, the last time, unless it makes a list. */
function lastOf(value: unknown, type: Options['type']): unknown {
  return Array.isArray(value) && type !== 'array' ? value.at(-1) : value;
}

/** The help page of one command. */
function describe(page: Argv, name: string, { usage, description, flags, examples }: Command): Argv {
  // yargs' own examples share the width between two columns and break the command lines.
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, meaning]) => `  ${line.padEnd(width)}  ${meaning}`);
  return page
    .usage(`$0 ${name} ${usage}\n\n${description}`)
    .options(declared(flags))
    .group(Object.keys(flags), 'Options:')
    .epilogue(`Examples:\n${lines.join('\n')}`);
}

/** Names that mean something to yargs or to every object of the language: yargs stumbles over them. */
function rejectReserved(words: readonly string[]): void {
  for (const word of words) {
    if (word === '--') return;
    const name = /^--?([^=.]+)/.exec(word)?.[1];
    if (name === undefined || !(name === '_' || name === '$0' || name in Object.prototype)) continue;
    throw new UsageError(`unknown option ${dashed(name)}`, 'the same command with --help lists them');
  }
}

/** yargs' own strict mode names the stranger but not what was probably meant. */
function rejectUnknown(found: object, own: Flags): void {
  const flags: Flags = { ...own, ...GLOBAL_FLAGS };
  const known = [...Object.keys(flags), 'help', 'version'];
  const others = [...YARGS_KEYS, ...Object.values(flags).flatMap(({ alias }) => alias ?? [])];
  for (const key of Object.keys(found)) {
    if (known.includes(key) || others.includes(key)) continue;
    const meant = key.length > 1 ? nearest(key, known) : undefined;
    throw new UsageError(
      `unknown option ${dashed(key)}`,
      meant === undefined ? 'the same command with --help lists them' : `did you mean ${dashed(meant)}?`,
    );
  }
}

/** yargs takes `--json=yes` for `--json=false`. */
function rejectValues(words: readonly string[], flags: Flags): void {
  for (const word of words) {
    if (word === '--') return;
    const [, name, value] = /^--([^=]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || flags[name]?.type !== 'boolean' || value === 'true' || value === 'false')
      continue;
    throw new UsageError(`--${name} takes no value`, `leave out "=${value}"`);
  }
}

/** Before its command an option is not known yet, and takes the command for its value. */
function rejectMisplaced(words: readonly string[]): void {
  if (!words[0]?.startsWith('-')) return;
  const name = words.find((word) => Object.hasOwn(COMMANDS, word));
  if (name === undefined) return;
  const others = words.toSpliced(words.indexOf(name), 1).join(' ');
  throw new UsageError(`${words[0]} stands before its command`, `did you mean whybounce ${name} ${others}?`);
}

function unknownCommand(name: string, words: readonly string[]): UsageError {
  const meant = nearest(name, Object.keys(COMMANDS));
  if (meant !== undefined) return new UsageError(`unknown command "${name}"`, `did you mean ${meant}?`);
  // Whoever begins with a path wants the main job.
  if (/[./]/.test(name) || name === '-') {
    return new UsageError(`unknown command "${name}"`, `did you mean whybounce report ${words.join(' ')}?`);
  }
  return new UsageError(`unknown command "${name}"`, `give ${listed(Object.keys(COMMANDS))}`);
}

function dashed(key: string): string {
  return key.length === 1 ? `-${key}` : `--${key}`;
}

/** The only complaint left to yargs is about a flag without its value. */
function plain(message: string): string {
  const flag = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  return flag === undefined ? message : `${dashed(flag)} needs a value`;
}
