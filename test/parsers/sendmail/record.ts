/** One text of a sendmail log to its record, as plain data. */
import { sendmail } from '../../../parsers/sendmail/index.ts';
import { parserOf } from '../facts.ts';

/** A queue id of 20:30:35, as of sendmail since 8.12. */
export const ID = '6ANKUZ85000185';

/** Parses a text behind a queue id, unless it brings what goes before it. */
export const parse = parserOf(sendmail, {
  tag: 'sm-mta',
  id: `${ID}: `,
  before:
    'Nov 23 20:29:57 mx1 sm-mta[1]: 6ANKUZ85000001: to=<before@x.test>, delay=00:00:09, dsn=2.0.0, stat=Sent (before)\n',
  after:
    ', relay=after.test [192.0.2.99], dsn=5.9.9, reply=599 after, stat=after\nNov 23 20:29:57 mx1 sm-mta[1]: 6ANKUZ85000002: to=<after@x.test>, delay=00:00:09, stat=after',
  time: Date.UTC(2026, 10, 23, 20, 30, 36),
});
