/** What goes wrong on the command line, and how it is told: one line on stderr and an exit code. */
import { escapeForTerminal } from '../sink/escape.ts';

/** Exit codes of errors. 0 is fine, 1 is kept for findings, and signals end with 130 and 143. */
export const EXIT = {
  /** Something is as bad as the user said. */
  findings: 1,
  usage: 2,
  input: 3,
  /** The result is not known: neither good nor bad. */
  unknown: 4,
  store: 5,
} as const;

/** The command line asks for something that does not exist or makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = EXIT.usage;
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** What was read is no use: nothing in it is known, or a part of it cannot be understood. */
export class UnusableInputError extends Error {
  override readonly name = 'UnusableInputError';
  readonly exitCode = EXIT.input;
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** Errors that stages throw about what they were given; their exit code is the command line's business. */
const EXIT_BY_NAME: Readonly<Record<string, number>> = { InputError: EXIT.input, StoreError: EXIT.store };

/**
 * The exit code of anything thrown. What nobody foresaw leaves the result unknown,
 * which is what the code 4 says; the code 1 is for findings.
 */
export function exitCodeOf(error: unknown): number {
  return foreseenCode(error) ?? EXIT.unknown;
}

/** What stderr says of anything thrown: what was wrong, where, and what to do, in one line. */
export function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  if (foreseenCode(error) === undefined) {
    return escapeForTerminal(
      `whybounce: unforeseen error: ${message}; run again with --debug and report what it prints`,
    );
  }
  const hint = (error as { hint?: string }).hint;
  return escapeForTerminal(hint ? `whybounce: ${message}; ${hint}` : `whybounce: ${message}`);
}

function foreseenCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('exitCode' in error && typeof error.exitCode === 'number') return error.exitCode;
  return EXIT_BY_NAME[error.name];
}
