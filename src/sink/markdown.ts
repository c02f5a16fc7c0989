/**
 * The report as GitHub flavoured Markdown, for tickets and wikis. What a log says stands in code spans, where nothing
 * is a link, a mention, markup or HTML.
 */
import type { PartyCounts, Report, ReportCause, ReportExample, ReportHour } from '../aggregate/report.ts';
import { STATES } from '../aggregate/rows.ts';
import { capital } from '../aggregate/wording.ts';
import {
  actors,
  doubtOf,
  failedOf,
  failuresOf,
  legendOf,
  notCompared,
  noticesInFull,
  remainder,
  reservations,
  sourceOf,
  stands,
  titleOf,
  verdictInFull,
  whoActs,
} from './answer.ts';
import { escapeForTerminal } from './escape.ts';
import { heldParties, heldRemedies, heldTitle, MOST_HELD, noLongerFailing } from './held.ts';
import { momentIn, number, percent, spanIn } from './text/words.ts';
import type { Breakdown } from './text.ts';
import {
  BACKSCATTER,
  countsOf,
  delaySentence,
  findingsHeading,
  HEADINGS,
  linesRemark,
  nothingFound,
  recipientsRemark,
  replyIn,
  replyLabel,
  trendSentence,
} from './vocabulary.ts';

export interface MarkdownOptions {
  /** Longest list shown. */
  readonly top: number;
  readonly by: Breakdown;
  /** IANA name of the time zone that times are shown in. */
  readonly zone: string;
}

/** A section gives its blocks, between which an empty line belongs; none where it has nothing to say. */
type Section = (report: Report, options: MarkdownOptions) => string[];

/** Gives the report as Markdown, ended by a line feed. */
export function formatMarkdown(report: Report, options: MarkdownOptions): string {
  const sections: readonly Section[] = [
    headline,
    findings,
    breakdown,
    causes,
    held,
    recovered,
    failedNotices,
    rejects,
    unclassified,
    totals,
    notices,
    checks,
  ];
  const blocks = sections.flatMap((section) => section(report, options));
  return `${blocks.join('\n\n')}\n`.replaceAll('\u00a0', ' ');
}

const headline: Section = (report, { zone }) => {
  const { inputs, window } = report;
  const source = inputs.length === 1 ? code(sourceOf(report)) : sourceOf(report);
  const time =
    window.from === null || window.to === null
      ? []
      : [prose(spanIn(zone, Date.parse(window.from), Date.parse(window.to)))];
  const rest = remainder(report);
  const acting = actors(report);
  const trend = trendSentence(report);
  const partial = notCompared(report, zone);
  const aside = noticesInFull(report);
  return [
    '# whybounce',
    [...time, source].join(', '),
    ...reservations(report).map(prose),
    `**${prose(verdictInFull(report))}**`,
    ...(rest === '' ? [] : [prose(rest)]),
    ...(acting.length === 0
      ? []
      : [
          prose(
            `Who must act: ${acting.map(({ actor, recipients }) => `${actor} ${number(recipients)}`).join(', ')}.`,
          ),
        ]),
    ...(aside === undefined ? [] : [prose(aside)]),
    ...(trend === undefined ? [] : [prose(trend)]),
    ...(partial === undefined ? [] : [prose(`${partial}.`)]),
  ];
};

const findings: Section = (report) => {
  const { findings } = report;
  const nothing = nothingFound(report);
  if (nothing !== undefined) return [`## ${findingsHeading(report)}`, nothing];
  if (findings.length === 0) return [];
  const items = findings.map(({ severity, text, who_acts, next_step }) => {
    const advice = who_acts === 'nobody' ? '' : `\n  To do (${prose(who_acts)}): ${instruction(next_step)}`;
    return `- **${severity}:** ${prose(text)}${advice}`;
  });
  return [`## ${findingsHeading(report)}`, items.join('\n')];
};

const causes: Section = (report, { top, by, zone }) => {
  const standing = report.causes.filter(stands);
  if (standing.length === 0) return [];
  const shown = standing.slice(0, top);
  const legend = legendOf(shown);
  return [
    `## ${HEADINGS.causes}`,
    table(
      ['Cause', 'Kind', '>Recipients', '>Share', 'Who acts'],
      shown.map((cause) => [
        prose(titleOf(cause) + doubtOf(cause)),
        cause.kind,
        number(cause.recipients),
        percent(cause.share, 1),
        prose(whoActs(cause)),
      ]),
      standing.length,
    ),
    ...(legend === undefined ? [] : [prose(legend)]),
    ...(by === 'cause' ? shown.map((cause) => causeOf(cause, zone)) : []),
  ];
};

function causeOf(cause: ReportCause, zone: string): string {
  const { recipients, waiting, domains, examples } = cause;
  const id = code(cause.detail === undefined ? cause.cause : `${cause.cause}/${cause.detail}`);
  const behind =
    waiting > 0 ? `${number(waiting)} waiting behind ${recipients > 0 ? 'them' : 'other mail'}` : '';
  const most = domains.slice(0, 5).map(({ domain, recipients }) => `${code(domain)} ${number(recipients)}`);
  const [example] = examples;
  return [
    `### ${prose(titleOf(cause) + doubtOf(cause))}`,
    '',
    `- ${[failuresOf(cause), behind].filter(Boolean).join(', ')} (${id})`,
    `- **who acts:** ${prose(whoActs(cause))}`,
    `- **to do:** ${instruction(cause.remedy)}`,
    ...(most.length === 0 ? [] : [`- **domains:** ${most.join(', ')}`]),
    ...(example === undefined
      ? []
      : [`- **${replyLabel(example)}:** ${replyOf(example)}`, `- **look at:** ${placeOf(example, zone)}`]),
  ].join('\n');
}

const breakdown: Section = ({ providers, domains, senders, hours, distinct }, { top, by, zone }) => {
  switch (by) {
    case 'cause':
      return [];
    case 'provider':
      return parties(
        'provider',
        providers.map((row) => [row.provider, row]),
        distinct.providers,
        top,
      );
    case 'domain':
      return parties(
        'domain',
        domains.map((row) => [row.domain, row]),
        distinct.domains,
        top,
      );
    case 'sender':
      return parties(
        'sender',
        senders.map((row) => [row.sender || '<>', row]),
        distinct.senders,
        top,
      );
    case 'hour':
      return hourTable(hours, zone);
  }
};

function parties(
  by: 'provider' | 'domain' | 'sender',
  rows: readonly (readonly [name: string, counts: PartyCounts])[],
  all: number,
  top: number,
): string[] {
  return [
    `## ${HEADINGS[by]}`,
    table(
      [capital(by), '>Failed', '>Of', '>Share', '>Bounced', '>Expired', '>Deferred'],
      rows
        .slice(0, top)
        .map(([name, counts]) => [
          cellCode(name),
          number(failedOf(counts)),
          number(counts.recipients),
          percent(failedOf(counts), counts.recipients),
          number(counts.bounced),
          number(counts.expired),
          number(counts.deferred),
        ]),
      all,
    ),
  ];
}

function hourTable(hours: readonly ReportHour[], zone: string): string[] {
  return [
    `## ${HEADINGS.hour}`,
    table(
      [`Hour (${prose(zone)})`, '>Delivered', '>Deferred', '>Bounced', '>Refused here'],
      hours.map(({ hour, delivered, deferred, bounced, rejected }) => [
        momentIn(zone, Date.parse(hour)),
        ...[delivered, deferred, bounced, rejected].map(number),
      ]),
    ),
  ];
}

const held: Section = ({ held }, { top, zone }) => {
  if (held.length === 0) return [];
  const shown = held.slice(0, top);
  return [
    `## ${HEADINGS.held}`,
    table(
      ['Reason', '>Recipients', 'Oldest since', 'Messages'],
      shown.map(({ recipients, since, messages, ...each }) => [
        each.reason === undefined ? prose(heldTitle(each)) : cellCode(heldTitle(each)),
        number(recipients),
        momentIn(zone, Date.parse(since)),
        messages
          .slice(0, MOST_HELD)
          .map((message) => `${cellCode(message.queue_id)} ${cellCode(heldParties(message))}`)
          .join('<br>'),
      ]),
      held.length,
    ),
    ...heldRemedies(shown).map((remedy) => `To do: ${instruction(remedy)}`),
  ];
};

const failedNotices: Section = ({ notifications: { causes } }, { top }) => {
  const standing = causes.filter(stands);
  if (standing.length === 0) return [];
  return [
    `## ${HEADINGS.failedNotices}`,
    BACKSCATTER,
    table(
      ['Cause', '>Recipients', 'Reply', 'Look at'],
      standing
        .slice(0, top)
        .map(({ recipients, examples: [example], ...cause }) => [
          prose(titleOf(cause) + doubtOf(cause)),
          number(recipients),
          example === undefined ? '' : replyOf(example, cellCode),
          example?.queue_id === undefined ? '' : cellCode(example.queue_id),
        ]),
      standing.length,
    ),
  ];
};

const rejects: Section = ({ rejects }, { top }) => {
  if (rejects.length === 0) return [];
  const shown = rejects.slice(0, top);
  const legend = legendOf(shown);
  // Most refusals are as they should be: only those are explained that this side can do something about.
  const own = shown.filter(({ who_acts }) => who_acts === 'this server');
  return [
    `## ${HEADINGS.rejects}`,
    table(
      ['Reason', 'Kind', '>Refusals', '>Share', 'Most from'],
      shown.map((reject) => [
        prose(titleOf(reject) + doubtOf(reject)),
        reject.kind,
        number(reject.count),
        percent(reject.share, 1),
        reject.clients
          .slice(0, 3)
          .map(({ client, count }) => `${cellCode(client)} ${number(count)}`)
          .join(', '),
      ]),
      rejects.length,
    ),
    ...(legend === undefined ? [] : [prose(legend)]),
    ...(own.length === 0
      ? []
      : [
          own
            .map((reject) => `- **to do** about ${prose(titleOf(reject))}: ${instruction(reject.remedy)}`)
            .join('\n'),
        ]),
  ];
};

const unclassified: Section = ({ unclassified, distinct }, { top }) => {
  if (unclassified.length === 0) return [];
  return [
    `## ${HEADINGS.unclassified}`,
    table(
      ['Reply', '>Times'],
      unclassified
        .slice(0, top)
        .map(({ count, example }) => [
          example === undefined ? 'several rare ones' : replyOf(example, cellCode),
          number(count),
        ]),
      distinct.unclassified,
    ),
  ];
};

const recovered: Section = (report, { top }) => {
  const gone = noLongerFailing(report);
  if (gone.length === 0) return [];
  return [
    `## ${HEADINGS.recovered}`,
    table(
      ['Cause', '>Failed attempts', '>Delivered later', '>On hold'],
      gone
        .slice(0, top)
        .map(({ cause, onHold }) => [
          prose(titleOf(cause) + doubtOf(cause)),
          number(cause.attempts),
          number(cause.recovered),
          number(onHold),
        ]),
      gone.length,
    ),
  ];
};

const notices: Section = ({ notices, distinct }, { top }) => {
  if (notices.length === 0) return [];
  return [
    `## ${HEADINGS.notices}`,
    table(
      ['Notice', 'Program', '>Times'],
      notices
        .slice(0, top)
        .map(({ severity, program, text, example, count }) => [
          `${severity === 'warning' ? '' : `${cellCode(severity)} `}${cellCode(count === 1 ? example : text)}`,
          cellCode(program),
          number(count),
        ]),
      distinct.notices,
    ),
  ];
};

const totals: Section = (report) => {
  const delays = delaySentence(report.delay);
  const counts = countsOf(report);
  const names = counts.map(([name]) => `>${capital(name.trim())}`);
  const told = report.notifications.recipients > 0;
  return [
    `## ${HEADINGS.totals}`,
    told
      ? table(
          ['', ...names],
          [
            ['mail', ...counts.map(([, mail]) => number(mail))],
            ['notices', ...counts.map(([, , notices]) => (notices === undefined ? '' : number(notices)))],
          ],
        )
      : table(names, [counts.map(([, mail]) => number(mail))]),
    ...(delays === undefined ? [] : [prose(delays)]),
  ];
};

const checks: Section = (report) => {
  const { totals, lines } = report;
  const terms = STATES.map((state) => `${state} ${number(totals[state])}`).join(' + ');
  return [
    `## ${HEADINGS.checks}`,
    [
      `- recipients ${number(totals.recipients)} = ${terms}${prose(recipientsRemark(report))}`,
      `- lines read ${number(lines.read)} = used ${number(lines.used)} + ignored ${number(lines.ignored)} + unparsed ${number(lines.unparsed)}${prose(linesRemark(report))}`,
    ].join('\n'),
  ];
};

function replyOf(example: ReportExample, span = code): string {
  return span(replyIn(example));
}

function placeOf({ queue_id, to, time }: ReportExample, zone: string): string {
  const moment = momentIn(zone, Date.parse(time));
  return [...[queue_id, to].flatMap((text) => (text === undefined ? [] : [code(text)])), moment].join(', ');
}

/** A table; headings of columns whose cells stand to the right begin with `>`. */
function table(headings: readonly string[], rows: readonly (readonly string[])[], all = rows.length): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const right = (heading: string): boolean => heading.startsWith('>');
  return [
    row(headings.map((heading) => (right(heading) ? heading.slice(1) : heading))),
    row(headings.map((heading) => (right(heading) ? '---:' : '---'))),
    ...rows.map(row),
    ...(all > rows.length ? ['', `and ${number(all - rows.length)} more`] : []),
  ].join('\n');
}

/** A text from a log as a code span: in one nothing but its end has a meaning. */
function code(text: string): string {
  const shown = escapeForTerminal(text);
  if (shown === '') return '(none)';
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  // A blank on either side is taken off again: it keeps backticks and blanks at the ends apart from the fence.
  const pad = /^[ `]|[ `]$/.test(shown) && shown.trim() !== '' ? ' ' : '';
  return fence + pad + shown + pad + fence;
}

/** As `code`, in a table, which looks for the ends of its cells before anything else. */
function cellCode(text: string): string {
  return code(text.replaceAll('|', '\\x7c'));
}

/** Words that become links or mentions although every sign of markup is escaped: in code spans they do not. */
const LIVELY = /[@#]|:\/|www\.|GH-/i;

/** What has a meaning within a line. No text of ours or of a log begins one. */
const MARKUP = /[\\`*_[\]<>|~&$]/g;

/** A sentence, which may hold texts from a log. What stands between backticks is code. */
function prose(text: string): string {
  return inline(text, cellCode);
}

/** The same where it stands in no table: commands in it are to be copied as they are. */
function instruction(text: string): string {
  return inline(text, code);
}

function inline(text: string, codeOf: (part: string) => string): string {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? codeOf(part) : part.split(' ').map(word).join(' ')))
    .join('');
}

function word(text: string): string {
  if (!LIVELY.test(text)) return escapeForTerminal(text).replace(MARKUP, '\\$&');
  // `see https://senders.example.org.`: what ends the sentence is none of the address, which is to be copied.
  const end = text.length - /[.,:;)]{0,3}$/.exec(text)![0].length;
  return end === 0 ? cellCode(text) : cellCode(text.slice(0, end)) + text.slice(end);
}
