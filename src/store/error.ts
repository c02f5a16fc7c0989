/** What can be wrong with a store, in terms that a command can turn into one line for its user. */

/** Why a store could not do what was asked. */
export type StoreFault =
  /** It did not answer, or not to the end: the same may work in a while. */
  | 'away'
  /** It answered, and cannot take more at the moment. */
  | 'busy'
  /** Wrong name or password, or no right to do this. */
  | 'denied'
  /** The database, its tables or the engine are not there. */
  | 'missing'
  /** Its tables are older or newer than this program. */
  | 'version'
  /** Another process writes to it. */
  | 'locked'
  /** A statement that it does not take. */
  | 'refused';

/** A store that cannot do what was asked. `message` says what is wrong and where, `hint` what to do. */
export class StoreError extends Error {
  readonly fault: StoreFault;
  readonly hint: string;

  constructor(fault: StoreFault, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.fault = fault;
    this.hint = hint;
  }

  /** The same statement may work a while later. */
  get passing(): boolean {
    return this.fault === 'away' || this.fault === 'busy';
  }
}
