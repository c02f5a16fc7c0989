/** The flags by which commands are told to write for programs rather than for people. */
import { type Flags, oneOf } from './command.ts';
import { UsageError } from './errors.ts';

/** Flags of commands that write text, or JSON where it is asked for. */
export const FORM_FLAGS = {
  format: {
    type: 'string',
    nargs: 1,
    describe: 'text or json (default text)',
    coerce: oneOf('--format', ['text', 'json']),
  },
  json: { type: 'boolean', describe: 'The same as --format json' },
} as const satisfies Flags;

/** Flag of commands that can write to a file. */
export const OUTPUT_FLAGS = {
  output: {
    type: 'string',
    nargs: 1,
    alias: 'o',
    describe: 'Write to this file instead of standard output',
  },
} as const satisfies Flags;

/** Whether JSON is asked for; by the ending of the output, where nothing else says so. */
export function wantsJson(flags: {
  readonly format?: 'text' | 'json' | undefined;
  readonly json?: boolean | undefined;
  readonly output?: string | undefined;
}): boolean {
  if (flags.json && flags.format === 'text') {
    throw new UsageError('--json contradicts --format text', 'give one of them');
  }
  if (flags.json || flags.format !== undefined) return flags.json === true || flags.format === 'json';
  return flags.output?.toLowerCase().endsWith('.json') ?? false;
}
