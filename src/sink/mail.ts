/** The report as a whole message, as `sendmail -t` takes it: once as text, once as HTML. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Report } from '../aggregate/report.ts';
import { trendInWords, trendOf, verdict } from './answer.ts';
import { mailBody } from './mail/body.ts';
import { defangReport } from './mail/defang.ts';
import type { Breakdown } from './text/page.ts';
import { dateIn } from './text/words.ts';
import { formatText } from './text.ts';

export interface MailOptions {
  /** Addresses. */
  readonly to: readonly string[];
  /** Left to the mail server where it is absent: it knows who calls it. */
  readonly from: string | undefined;
  /** Longest list shown. */
  readonly top: number;
  readonly by: Breakdown;
  /** IANA name of the time zone that times are shown in. */
  readonly zone: string;
}

/** Columns that are not broken on any way that a mail takes. */
const WIDTH = 76;

/** Gives the message, its lines ended as files of this system end theirs. The same report gives the same bytes. */
export async function formatMail(report: Report, { to, from, top, by, zone }: MailOptions): Promise<string> {
  const harmless = defangReport(report);
  const text = formatText(harmless, { width: WIDTH, colour: false, unicode: true, top, by, zone });
  const html = mailBody(harmless, { top, zone });
  const digest = createHash('sha256')
    .update(JSON.stringify([report, to, from]))
    .digest('hex')
    .slice(0, 32);
  const composer = new MailComposer({
    // As parts, since a local name without a domain would be taken for the name of somebody without an address.
    ...(from !== undefined && { from: { name: '', address: from } }),
    to: to.map((address) => ({ name: '', address })),
    subject: subjectOf(report, zone),
    date: new Date(report.generated_at),
    messageId: `<${digest}@${hostname()}>`,
    headers: { 'Auto-Submitted': 'auto-generated', Precedence: 'bulk' },
    text,
    html,
    textEncoding: 'quoted-printable',
    baseBoundary: digest,
    newline: 'unix',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return (await composer.compile().build()).toString('latin1');
}

/** The answer. Nothing of it comes from a log. */
function subjectOf(report: Report, zone: string): string {
  const trend = trendOf(report);
  const incomplete = report.incomplete === undefined ? '' : 'incomplete, ';
  const days = daysOf(report, zone);
  return `whybounce: ${incomplete}${verdict(report)}${trend === undefined ? '' : `, ${trendInWords(trend, report)}`}${days}`.replaceAll(
    '\u00a0',
    ' ',
  );
}

/** The day that the report is about, or the first and the last. */
function daysOf({ window: { from, to } }: Report, zone: string): string {
  if (from === null || to === null) return '';
  const first = dateIn(zone, Date.parse(from));
  // A window ends just before its end.
  const last = dateIn(zone, Math.max(Date.parse(from), Date.parse(to) - 1));
  return `, ${first}${last === first ? '' : ` to ${last}`}`;
}
