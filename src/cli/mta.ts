/** The flag of commands that give advice without a log: for which mail server. */
import { MTAS } from '../cause/places.ts';
import { oneOf } from './command.ts';

/** Without it the advice names all mail servers. */
export const MTA_OF_ADVICE = {
  type: 'string',
  nargs: 1,
  describe: 'What to do in this mail server: postfix, exim or sendmail',
  coerce: oneOf('--mta', MTAS),
} as const;
