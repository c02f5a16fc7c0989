/** The answer to what a report is read for, in sentences that every form of it begins with. */
import { basename } from 'node:path';
import {
  mailTotals,
  type NamedCause,
  type PartyCounts,
  type Report,
  type ReportCause,
  type StateCounts,
} from '../aggregate/report.ts';
import type { Actor } from '../cause/catalogue.ts';
import { isDoubtful } from '../cause/contract.ts';
import { dateIn, number, percent, plural } from './text/words.ts';

/** What a report was made from, in few words. */
export function sourceOf({ inputs }: Pick<Report, 'inputs'>): string {
  return inputs.length === 1 ? fileName(inputs[0]!.file) : plural(inputs.length, 'input');
}

/** A file without its folders; what is none, but a number in a folder of devices, by its whole name. */
export function fileName(file: string): string {
  if (file === '-') return 'standard input';
  return /^\/(?:dev|proc)\//.test(file) ? file : basename(file);
}

/** What makes the figures of a report less than the truth, or more. */
export function reservations({
  incomplete = [],
  inputs,
  merged,
}: Pick<Report, 'incomplete' | 'inputs' | 'merged'>): string[] {
  return [
    ...(merged === undefined || merged.reports < 2
      ? []
      : [
          `Made of ${merged.reports} reports: a recipient whose delivery took from the time of one into the next counts in both.`,
        ]),
    ...incomplete.map((reason) => `Incomplete: ${reason}.`),
    ...inputs.flatMap(({ file, overlaps }) =>
      overlaps === undefined ? [] : [`Counted twice: mail that ${file} and ${overlaps} both tell of.`],
    ),
  ];
}

/** What of a report tells what became of mail and of notices. */
export type Outcomes = Pick<Report, 'totals' | 'notifications'>;

/** What failed, in a few words. Shares are of mail that somebody wrote. */
export function verdict(report: Outcomes): string {
  const totals = mailTotals(report);
  const failed = failedOf(totals);
  if (totals.recipients === 0) return 'No mail was seen';
  if (failed === 0) return `Nothing failed: ${plural(totals.recipients, 'recipient')}`;
  return `${number(failed)} of ${plural(totals.recipients, 'recipient')} failed (${percent(failed, totals.recipients)})`;
}

/** What failed and how, in one sentence. */
export function verdictInFull(report: Outcomes): string {
  const how = failuresOf(mailTotals(report));
  return `${verdict(report)}${how && `: ${how}`}.`;
}

/** What became of the others, in one sentence. */
export function remainder(report: Outcomes): string {
  const rest = [notFailed(mailTotals(report))].filter(Boolean);
  const { rejected } = report.totals;
  if (rejected > 0) rest.push(`${plural(rejected, 'refusal')} by this server`);
  return rest.length === 0 ? '' : `${rest.join(', ')}.`;
}

function notFailed(counts: StateCounts): string {
  const parts = [
    [counts.delivered, 'delivered'],
    [counts.open, 'without an outcome yet'],
    [counts.held, 'held'],
    [counts.discarded, 'discarded'],
    [counts.deleted, 'deleted'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${number(count)} ${word}`)
    .join(', ');
}

/** What became of notices, which is no answer of its own: `478 delivered, 1 bounced`. Empty where there were none. */
export function noticesOf({ notifications }: Pick<Report, 'notifications'>): string {
  return [notFailed(notifications), failuresOf(notifications)].filter(Boolean).join(', ');
}

/** The same in one sentence; undefined where there were none. */
export function noticesInFull(report: Pick<Report, 'notifications'>): string | undefined {
  const { recipients } = report.notifications;
  if (recipients === 0) return undefined;
  return `Not counted in this: ${plural(recipients, 'notice')} (mail from <>), ${noticesOf(report)}.`;
}

/** How much of what failed is whose to mend: most first. */
export function actors({ causes }: Pick<Report, 'causes'>): { actor: Actor; recipients: number }[] {
  const sums = new Map<Actor, number>();
  const add = (actor: Actor, count: number) => sums.set(actor, (sums.get(actor) ?? 0) + count);
  for (const { who_acts, recipients, local } of causes) {
    add(who_acts, recipients - (local?.recipients ?? 0));
    if (local !== undefined) add(local.who_acts, local.recipients);
  }
  return [...sums]
    .map(([actor, recipients]) => ({ actor, recipients }))
    .filter(({ recipients }) => recipients > 0)
    .sort((a, b) => b.recipients - a.recipients);
}

/** Who must act for a cause: two, where it failed on this host and elsewhere. */
export function whoActs({ who_acts, local }: Pick<ReportCause, 'who_acts' | 'local'>): string {
  return local === undefined
    ? who_acts
    : `${who_acts}; for ${number(local.recipients)} on this host: ${local.who_acts}`;
}

/** Recipients that failed for now or for good. */
export function failedOf(counts: Pick<PartyCounts, 'deferred' | 'bounced' | 'expired'>): number {
  return counts.deferred + counts.bounced + counts.expired;
}

/** `443 bounced, 97 expired, 13 still deferred`: what is not nothing. */
export function failuresOf(counts: Pick<PartyCounts, 'deferred' | 'bounced' | 'expired'>): string {
  const parts = [
    [counts.bounced, 'bounced'],
    [counts.expired, 'expired'],
    [counts.deferred, 'still deferred'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${number(count)} ${word}`)
    .join(', ');
}

/** A cause by its title and finer split, such as `No connection to the server: timeout`. */
export function titleOf({ title, detail }: Pick<NamedCause, 'title' | 'detail'>): string {
  return detail === undefined ? title : `${title}: ${detail.replaceAll('_', ' ')}`;
}

type Judged = Pick<ReportCause, 'cause' | 'confidence'>;

/** What stands behind a title whose cause is in doubt. */
export function doubtOf(cause: Judged): string {
  return isDoubtful(cause) ? '?' : '';
}

/** What the mark of doubt means, where one of the causes has it. */
export function legendOf(causes: readonly Judged[]): string | undefined {
  return causes.some(isDoubtful)
    ? 'With a question mark: less than 70 % sure, so read the reply first.'
    : undefined;
}

/** Whether anybody has to act on a cause still. */
export function stands({ recipients, waiting }: Pick<ReportCause, 'recipients' | 'waiting'>): boolean {
  return recipients > 0 || waiting > 0;
}

/** How many attempts failed beside what is usual. */
export interface Trend {
  readonly trend: 'worse' | 'usual' | 'better';
  readonly failed: number;
  /** Mean of the days before. */
  readonly usual: number;
  readonly days: number;
}

/** From which factor on a change is one: numbers of failures go up and down by themselves. */
const NOTABLE = 1.5;

/** Judges the failed attempts of the window by the days before; undefined where there is nothing to compare with. */
export function trendOf({ comparison }: Pick<Report, 'comparison'>): Trend | undefined {
  if (comparison === undefined || comparison.days === 0) return undefined;
  const [failed, usual] = [comparison.window, comparison.usual].map(
    (counts) => counts.deferred + counts.bounced,
  ) as [number, number];
  const trend = failed > usual * NOTABLE ? 'worse' : failed * NOTABLE < usual ? 'better' : 'usual';
  return { trend, failed, usual: Math.round(usual), days: comparison.days };
}

/** A trend in words. Numbers as ever hide what is new, so that is named: `as usual, 2 new problems`. */
export function trendInWords({ trend }: Trend, { findings }: Pick<Report, 'findings'>): string {
  const judged = { worse: 'worse than usual', usual: 'as usual', better: 'better than usual' }[trend];
  const fresh = newProblems(findings);
  return fresh === 0 ? judged : `${judged}, ${number(fresh)} new problem${fresh === 1 ? '' : 's'}`;
}

/** How many of the findings tell of something that there was nothing like before. */
function newProblems(findings: Report['findings']): number {
  return findings.filter(
    ({ what, severity }) => what === 'new' && (severity === 'critical' || severity === 'warning'),
  ).length;
}

/** Why the window is compared with nothing, where the reader would expect it to be. */
export function notCompared(
  { not_compared: day }: Pick<Report, 'not_compared'>,
  zone: string,
): string | undefined {
  if (day === undefined) return undefined;
  return `${dateIn(zone, Date.parse(day))} is not covered whole, so it is not compared with`;
}

/** What a trend is judged by, in words. */
export function usually({ usual, days }: Trend): string {
  return days === 1
    ? `the day before had ${number(usual)}`
    : `usually ${number(usual)}, as the mean of ${plural(days, 'day')}`;
}
