/** One payload of sendmail to its record, as plain data. */
import type { LogLine } from '../../../parsers/contract.ts';
import { sendmail } from '../../../parsers/sendmail/index.ts';
import { type Facts, facts } from '../postfix/record.ts';

/** Lines before and after that a parser which leaves its own line would stumble over. */
const BEFORE =
  'Nov 23 20:29:57 mx1 sm-mta[1]: 6ANKUZ85000001: to=<"before@x.test>, delay=00:00:01, stat=Sent\n';
const AFTER =
  '>, delay=00:00:01, mailer=esmtp, relay=evil. [198.51.100.6], dsn=2.0.0, stat=Sent (ok), reject=550 no"\n';

/** Parses the payload of a line that stands between two others. */
export function parse(payload: string): Facts | undefined {
  const program = sendmail.program('sm-mta')!;
  const start = BEFORE.length;
  const end = start + payload.length;
  const line: LogLine = {
    text: `${BEFORE}${payload}\n${AFTER}`,
    ...{ start, end, time: 0, host: 'mx1', tag: 'sm-mta', pid: 1, program, repeats: 1 },
  };
  const record = program.parse(line);
  return record && facts(record);
}
