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
