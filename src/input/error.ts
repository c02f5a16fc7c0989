/** What can be wrong with an input, in terms that a command can turn into one line for its user. */

/** Why an input could not be read, or not to its end. */
export type InputFault =
  | 'missing'
  | 'denied'
  | 'directory'
  | 'binary'
  | 'compressed'
  | 'damaged'
  | 'unreadable';

/** An input that cannot be read as asked. `message` says what is wrong and where, `hint` what to do. */
export class InputError extends Error {
  readonly fault: InputFault;
  readonly file: string;
  readonly hint: string;

  constructor(fault: InputFault, file: string, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InputError';
    this.fault = fault;
    this.file = file;
    this.hint = hint;
  }
}

/** Where an archive stopped making sense. */
export interface Damage {
  readonly file: string;
  /** `gzip`, `xz`, … */
  readonly format: string;
  /**
   * `cut`: it ends too early. `broken`: bytes of it have changed; what they stand for is found to be wrong only later,
   * often at the checksum that ends the archive. `garbage`: something else stands behind its end. `memory`: it asks for
   * too much of it.
   */
  readonly kind: 'cut' | 'broken' | 'garbage' | 'memory';
  /** Byte of the file, and whether the damage showed exactly there or somewhere before. */
  readonly byte: number;
  readonly exact: boolean;
  /** Bytes of text that could be read. */
  readonly text: number;
  readonly cause?: unknown;
}

/** An archive that could be read in part. */
export function damaged({ file, format, kind, byte, exact, text, cause }: Damage): InputError {
  const at = `${exact ? 'at' : 'before'} byte ${byte}`;
  const what = {
    cut: `ends in the middle of its ${format} data ${at}`,
    broken: `has damaged ${format} data ${exact ? 'at or ' : ''}before byte ${byte}, so that some of its text may be wrong`,
    garbage: `has something else behind its ${format} data ${at}`,
    memory: `needs too much memory to be unpacked, by its ${format} data ${at}`,
  }[kind];
  const hint = {
    cut: `the ${text} bytes of text before that were read; fetch the file again for the rest`,
    broken: `the ${text} bytes of text that came out of it were read; fetch the file again and read that instead`,
    garbage: `the ${text} bytes of text before that were read; see what the rest is, and give it by itself`,
    memory: `the ${text} bytes of text before that were read; unpack it by hand if you trust it, and give what comes out`,
  }[kind];
  return new InputError('damaged', file, `${file} ${what}`, hint, { cause });
}

/** An input whose disk or pipe fails. */
export function readError(name: string, error: unknown): InputError {
  const reason = error instanceof Error ? error.message : String(error);
  return new InputError(
    'unreadable',
    name,
    `${name} cannot be read: ${reason}`,
    'check the file and its disk',
    {
      cause: error,
    },
  );
}
