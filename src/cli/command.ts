/** What a command is, and the flags and checks that commands share. */
import type { InferredOptionTypes, Options } from 'yargs';
import { UsageError } from './errors.ts';
import { COLOUR_CHOICES, type ColourChoice } from './terminal.ts';

/** The outside world of a command. */
export interface Context {
  /** All commands, by name, for those that speak of the others. */
  readonly commands: Readonly<Record<string, CommandEntry>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly environment: NodeJS.ProcessEnv;
  readonly colour: ColourChoice;
  /** No progress and no notes on stderr. */
  readonly quiet: boolean;
  /** Fires when the user interrupts or the reader of stdout has gone: finish with what there is. */
  readonly stop: AbortSignal;
}

/** Flags of one command, in the form that yargs takes. */
export type Flags = Readonly<Record<string, Options>>;

/** One command. `F` are its flags; outside its own file they are of no interest. */
export interface Command<F extends Flags = Flags> {
  /** Behind the command's name in the usage line. */
  readonly usage: string;
  /** What it does, in a few sentences for `--help`. */
  readonly description: string;
  /** Whole command lines, with what each is for. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  readonly flags: F;
  /** What an operand may be, where it is one of a few words: shells offer them. */
  readonly words?: readonly string[];
  run(operands: readonly string[], flags: InferredOptionTypes<F>, context: Context): Promise<void>;
}

/** A command in the list of all. */
export interface CommandEntry {
  /** One line for the list of commands. */
  readonly summary: string;
  load(): Promise<Command>;
}

/** Lets TypeScript derive the type of `run`'s flags from `flags`, then forgets it. */
export function defineCommand<const F extends Flags>(command: Command<F>): Command {
  return command as unknown as Command;
}

/** A check for a flag that takes one of a few words, which it keeps for those who offer them. */
export interface WordCheck<T extends string = string> {
  (text: string): T;
  readonly words: readonly T[];
}

/** A check for a flag that takes one of a few words. */
export function oneOf<const T extends string>(flag: string, words: readonly T[]): WordCheck<T> {
  const check = (text: string): T => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new UsageError(`${flag} "${text}" is not known`, `give ${listed(words)}`);
    return found;
  };
  return Object.assign(check, { words });
}

/** A check for a flag that takes a whole number. */
export function wholeNumber(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new UsageError(
        `${flag} "${text}" is not a number that fits`,
        `give a whole number from ${least} to ${most}`,
      );
    }
    return value;
  };
}

/** `a, b or c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Flags of every command. */
export const GLOBAL_FLAGS = {
  color: {
    type: 'string',
    nargs: 1,
    describe: `Colour the output: ${listed(COLOUR_CHOICES)} (default auto)`,
    coerce: oneOf('--color', COLOUR_CHOICES),
  },
  quiet: { type: 'boolean', describe: 'No progress and no notes on stderr' },
  debug: { type: 'boolean', describe: 'Show stack traces of errors' },
} as const satisfies Flags;
