/** The words that all forms of a report share: headings, labels, and sentences that are the same in each. */
import {
  mailAttempts,
  mailTotals,
  type Report,
  type ReportAttempts,
  type ReportExample,
} from '../aggregate/report.ts';
import { capital } from '../aggregate/wording.ts';
import { trendInWords, trendOf, usually } from './answer.ts';
import { inOneLine } from './escape.ts';
import { duration, number, percent, plural } from './text/words.ts';

/** Headings of the sections. */
export const HEADINGS = {
  findings: 'What matters',
  causes: 'Why mail failed',
  held: 'On hold until somebody decides',
  recovered: 'No longer failing',
  failedNotices: 'Notices that failed',
  rejects: 'What this server refused',
  unclassified: 'Replies that no rule knows',
  notices: 'What the mail server said of itself',
  totals: 'Totals',
  checks: 'Checks',
  provider: 'By provider',
  domain: 'By domain',
  sender: 'By sender',
  hour: 'By hour',
} as const;

/** What notices that failed are. */
export const BACKSCATTER = 'Often to senders that were forged (backscatter).';

/** The heading of the findings, with what the window was compared with. */
export function findingsHeading({ comparison }: Pick<Report, 'comparison'>): string {
  if (comparison === undefined || comparison.days === 0) return HEADINGS.findings;
  const days = comparison.days === 1 ? 'the day before' : `the ${comparison.days} days before`;
  return `${HEADINGS.findings}, beside ${days}`;
}

/** What is said in the place of findings where there are none; undefined where nothing was compared. */
export function nothingFound({
  comparison,
  findings,
}: Pick<Report, 'comparison' | 'findings'>): string | undefined {
  return comparison !== undefined && findings.length === 0 ? 'Nothing out of the ordinary.' : undefined;
}

/** Whether it is worse than usual, in one sentence; undefined where there is nothing to compare with. */
export function trendSentence(report: Pick<Report, 'comparison' | 'findings'>): string | undefined {
  const trend = trendOf(report);
  if (trend === undefined) return undefined;
  return `${capital(trendInWords(trend, report))}: ${plural(trend.failed, 'failed attempt')}; ${usually(trend)}.`;
}

/** A delay in seconds. Many logs know whole seconds only: none of them is less than one. */
export function delayOf(seconds: number): string {
  return seconds === 0 ? 'under 1\u00a0s' : duration(seconds);
}

/** How long deliveries took, in one sentence; undefined where there was none. */
export function delaySentence({ p50, p90, p99 }: Report['delay']): string | undefined {
  if (p50 === null || p90 === null || p99 === null) return undefined;
  const half = p50 === 0 ? delayOf(p50) : `${delayOf(p50)} or less`;
  return `Half of the delivered mail took ${half}, 90 % ${delayOf(p90)}, 99 % ${delayOf(p99)}.`;
}

/** A count of mail, and where they are told beside it that of notices. */
export type Count = readonly [name: string, mail: number, notices?: number];

/** What became of the attempts, and the other counts that are none of recipients. What is a part begins with blanks. */
export function countsOf(report: Report): Count[] {
  const { totals, notifications, evicted } = report;
  const mail = mailAttempts(report);
  const tries = notifications.attempts;
  const sum = ({ delivered, deferred, bounced }: ReportAttempts): number => delivered + deferred + bounced;
  return [
    ['attempts', sum(mail), sum(tries)],
    ['  delivered', mail.delivered, tries.delivered],
    ['  deferred', mail.deferred, tries.deferred],
    ['  bounced', mail.bounced, tries.bounced],
    ['messages', mailTotals(report).messages, notifications.messages],
    ['refused here', totals.rejected],
    ['notices made', totals.notifications],
    ...(evicted > 0 ? [['given up', evicted] as const] : []),
  ];
}

/** What the sum of recipients holds besides mail. */
export function recipientsRemark({ notifications: { recipients } }: Pick<Report, 'notifications'>): string {
  return recipients > 0 ? `; ${number(recipients)} of them of notices` : '';
}

/** What the sum of lines leaves open. */
export function linesRemark({ lines, inputs }: Pick<Report, 'lines' | 'inputs'>): string {
  const unparsed = lines.unparsed > 0 ? ` (${percent(lines.unparsed, lines.read)} not understood)` : '';
  const copies = inputs.reduce((sum, input) => sum + (input.copies ?? 0), 0);
  const copied = copies > 0 ? `; ${number(copies)} of the ignored are in another log too` : '';
  return unparsed + copied;
}

/** A real reply on one line; with what the log says around it where it has no word, as `550` alone. */
export function replyIn({ reply, diagnostic }: Pick<ReportExample, 'reply' | 'diagnostic'>): string {
  return inOneLine(/\p{L}/u.test(reply) ? reply : diagnostic).trim();
}

/** What stands before a reply: mail that expired has one from before it did. */
export function replyLabel({ status }: Pick<ReportExample, 'status'>): string {
  return status === 'expired' ? 'expired after' : 'reply';
}
