/** Flags of a report that is to be sent by mail. */
import type { Flags } from './command.ts';
import { UsageError } from './errors.ts';

export const MAIL_FLAGS = {
  'mail-headers': {
    type: 'boolean',
    describe: 'Write a whole mail, for sendmail -t',
  },
  'mail-to': {
    type: 'string',
    nargs: 1,
    describe: 'With --mail-headers: whom it is for, several with commas (default postmaster)',
    coerce: addressesOf('--mail-to'),
  },
  'mail-from': {
    type: 'string',
    nargs: 1,
    describe: 'With --mail-headers: whom it is from (default: as the mail server says)',
    coerce: addressesOf('--mail-from'),
  },
} as const satisfies Flags;

/** The flags with their values. */
export interface MailValues {
  readonly 'mail-headers'?: boolean | undefined;
  readonly 'mail-to'?: string[] | undefined;
  readonly 'mail-from'?: string[] | undefined;
  readonly format?: string | undefined;
  readonly json?: boolean | undefined;
  readonly nagios?: boolean | undefined;
  readonly 'unknown-replies'?: boolean | undefined;
}

/** Checks that the flags fit each other. */
export function checkMailFlags(flags: MailValues): void {
  if (!flags['mail-headers']) {
    for (const name of ['mail-to', 'mail-from'] as const) {
      if (flags[name] === undefined) continue;
      throw new UsageError(`--${name} is of no use without --mail-headers`, 'give --mail-headers too');
    }
    return;
  }
  for (const name of ['format', 'json', 'nagios', 'unknown-replies'] as const) {
    if (!flags[name]) continue;
    throw new UsageError(`--mail-headers contradicts --${name}`, 'give one of them: a mail is text and HTML');
  }
  if (flags['mail-from'] !== undefined && flags['mail-from'].length !== 1) {
    throw new UsageError('--mail-from is more than one address', 'give one');
  }
}

/** An address, or a local name. One class of characters each: nothing to backtrack. No byte of it can end a header. */
const ADDRESS = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}(?:@[\p{L}\p{N}.-]{1,255})?$/u;

function addressesOf(flag: string): (text: string) => string[] {
  return (text) => {
    const addresses = text.split(',').map((address) => address.trim());
    for (const address of addresses) {
      if (ADDRESS.test(address)) continue;
      throw new UsageError(`${flag} "${address}" is no address`, 'give user@example.org, or a local name');
    }
    return addresses;
  };
}
