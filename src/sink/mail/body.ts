/** The HTML of a mail: what every mail program shows, so tables, and styles in attributes; nothing to fetch or click. */
import {
  mailTotals,
  type Report,
  type ReportCause,
  type ReportExample,
  type ReportFinding,
  type ReportReject,
} from '../../aggregate/report.ts';
import { STATES } from '../../aggregate/rows.ts';
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
  verdict,
  whoActs,
} from '../answer.ts';
import { heldParties, heldRemedies, heldTitle, MOST_HELD } from '../held.ts';
import { html, type Markup, type Value } from '../html/markup.ts';
import { momentIn, number, percent, spanIn } from '../text/words.ts';
import {
  BACKSCATTER,
  findingsHeading,
  HEADINGS,
  linesRemark,
  nothingFound,
  recipientsRemark,
  replyIn,
  trendSentence,
} from '../vocabulary.ts';

const FONT = 'font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.45;color:#1b2230';
const QUIET = 'color:#596273;font-size:13px';
const HEADING = 'margin:24px 0 8px;font-size:17px';
const CELL =
  'word-break:break-word;padding:5px 10px 5px 0;border-bottom:1px solid #dde1e8;vertical-align:top;text-align:left';
const NUMBER =
  'padding:5px 10px 5px 0;border-bottom:1px solid #dde1e8;vertical-align:top;text-align:right;white-space:nowrap';
const REPLY =
  'font-family:Consolas,Menlo,monospace;font-size:13px;background:#f1f3f6;color:#1b2230;padding:2px 4px;word-break:break-word';

const RANKS = { critical: '#a81d1d', warning: '#a35a00', notice: '#2a5fa5', good: '#1f7a45' } as const;

/** Gives the report as the HTML part of a mail. */
export function mailBody(report: Report, { top, zone }: { top: number; zone: string }): string {
  const { window } = report;
  const source = sourceOf(report);
  const time =
    window.from === null || window.to === null
      ? ''
      : spanIn(zone, Date.parse(window.from), Date.parse(window.to));
  return html`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${verdict(report)}</title></head>
<body style="margin:0;padding:16px;background:#ffffff;${FONT}">
<div style="max-width:720px;margin:0 auto">
<p style="margin:0;${QUIET}">${[time, source].filter(Boolean).join(', ')}</p>
${reservations(report).map((text) => html`<p style="margin:8px 0;color:#a81d1d">${text}</p>`)}
<h1 style="margin:8px 0;font-size:22px;line-height:1.25">${verdict(report)}</h1>
${summary(report, zone).map((line) => html`<p style="margin:4px 0">${line}</p>`)}
${findings(report)}
${causes(report, top)}
${held(report, top, zone)}
${failedNotices(report, top)}
${rejects(report, top)}
${checks(report)}
<p style="margin:24px 0 0;${QUIET}">Addresses and links from the log are written so that none can be clicked.</p>
</div>
</body>
</html>
`.toString();
}

function summary(report: Report, zone: string): string[] {
  const partial = notCompared(report, zone);
  const totals = mailTotals(report);
  const failed = failedOf(totals);
  const who = actors(report)
    .slice(0, 3)
    .map(({ actor, recipients }) => `${actor} ${percent(recipients, failed)}`);
  return [
    trendSentence(report) ?? (partial && `${partial}.`),
    failed > 0 && `Of what failed: ${failuresOf(totals)}. Of the others: ${remainder(report)}`,
    who.length > 0 && `Who must act: ${who.join(', ')}.`,
    noticesInFull(report),
  ].filter((line) => line !== undefined && line !== false);
}

function findings(report: Report): Markup | false {
  const { findings } = report;
  const heading = html`<h2 style="${HEADING}">${findingsHeading(report)}</h2>`;
  const nothing = nothingFound(report);
  if (nothing !== undefined) return html`${heading}<p style="margin:4px 0">${nothing}</p>`;
  return (
    findings.length > 0 &&
    html`${heading}
<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%" style="border-collapse:collapse">${findings.map(finding)}</table>`
  );
}

function finding({ severity, text, who_acts, next_step }: ReportFinding): Markup {
  return html`<tr><td style="padding:6px 0 6px 10px;border-left:4px solid ${RANKS[severity]};${FONT}"><b style="color:${RANKS[severity]}">${severity}</b> <b>${text}</b>${
    who_acts !== 'nobody' && html`<br>${who_acts}: ${prose(next_step)}`
  }</td></tr><tr><td style="height:8px;line-height:8px">&nbsp;</td></tr>`;
}

function causes({ causes }: Report, top: number): Markup | false {
  const standing = causes.filter(stands);
  const shown = standing.slice(0, top);
  const legend = legendOf(shown);
  return (
    shown.length > 0 &&
    html`<h2 style="${HEADING}">${HEADINGS.causes}</h2>${table(['Cause', 'Recipients', 'Share'], shown.map(causeRow))}${more(standing.length - shown.length)}${legend !== undefined && html`<p style="${QUIET}">${legend}</p>`}`
  );
}

function causeRow(cause: ReportCause): Value[] {
  const [example] = cause.examples;
  return [
    html`<b>${titleOf(cause)}${doubtOf(cause)}</b> <span style="${QUIET}">${cause.kind}</span><br>${whoActs(cause)}: ${prose(cause.remedy)}${example !== undefined && html`<br>${quoted(example)}`}`,
    number(cause.recipients),
    percent(cause.share, 1),
  ];
}

function held({ held }: Report, top: number, zone: string): Markup | false {
  const shown = held.slice(0, top);
  return (
    shown.length > 0 &&
    html`<h2 style="${HEADING}">${HEADINGS.held}</h2>${table(
      ['Reason', 'Recipients'],
      shown.map((each) => [
        html`<b>${heldTitle(each)}</b> <span style="${QUIET}">since ${momentIn(zone, Date.parse(each.since))}</span>${each.messages
          .slice(0, MOST_HELD)
          .map(
            (message) =>
              html`<br><span style="${REPLY}">${message.queue_id}</span> <span style="${QUIET}">${heldParties(message)}</span>`,
          )}`,
        number(each.recipients),
      ]),
    )}${more(held.length - shown.length)}${heldRemedies(shown).map((remedy) => html`<p style="margin:4px 0">${prose(remedy)}</p>`)}`
  );
}

function failedNotices({ notifications: { causes } }: Report, top: number): Markup | false {
  const standing = causes.filter(stands);
  const shown = standing.slice(0, top);
  return (
    shown.length > 0 &&
    html`<h2 style="${HEADING}">${HEADINGS.failedNotices}</h2><p style="margin:4px 0">${BACKSCATTER}</p>${table(
      ['Cause', 'Recipients'],
      shown.map(({ recipients, examples: [example], ...cause }) => [
        html`<b>${titleOf(cause)}${doubtOf(cause)}</b>${example !== undefined && html`<br>${quoted(example)}`}`,
        number(recipients),
      ]),
    )}${more(standing.length - shown.length)}`
  );
}

function quoted(example: ReportExample): Markup {
  const { queue_id } = example;
  return html`<span style="${REPLY}">${replyIn(example)}</span>${queue_id !== undefined && html` <span style="${QUIET}">${queue_id}</span>`}`;
}

function rejects({ rejects }: Report, top: number): Markup | false {
  const shown = rejects.slice(0, top);
  const legend = legendOf(shown);
  return (
    shown.length > 0 &&
    html`<h2 style="${HEADING}">${HEADINGS.rejects}</h2>${table(
      ['Reason', 'Refusals', 'Share'],
      shown.map((reject: ReportReject) => [
        html`${titleOf(reject)}${doubtOf(reject)} <span style="${QUIET}">${reject.kind}</span>`,
        number(reject.count),
        percent(reject.share, 1),
      ]),
    )}${more(rejects.length - shown.length)}${legend !== undefined && html`<p style="${QUIET}">${legend}</p>`}`
  );
}

function checks(report: Report): Markup {
  const { totals, lines } = report;
  const terms = STATES.map((state) => `${state} ${number(totals[state])}`).join(' + ');
  return html`<h2 style="${HEADING}">${HEADINGS.checks}</h2>
<p style="margin:4px 0;${QUIET}">recipients ${number(totals.recipients)} = ${terms}${recipientsRemark(report)}</p>
<p style="margin:4px 0;${QUIET}">lines read ${number(lines.read)} = used ${number(lines.used)} + ignored ${number(lines.ignored)} + unparsed ${number(lines.unparsed)}${linesRemark(report)}</p>`;
}

/** The first column is text, the others are numbers. */
function table(headings: readonly string[], rows: readonly (readonly Value[])[]): Markup {
  const style = (index: number): string => (index === 0 ? CELL : NUMBER);
  return html`<table cellpadding="0" cellspacing="0" border="0" width="100%" style="border-collapse:collapse;${FONT}">
<tr>${headings.map((heading, index) => html`<th style="${style(index)};${QUIET};font-weight:normal">${heading}</th>`)}</tr>
${rows.map((cells) => html`<tr>${cells.map((cell, index) => html`<td style="${style(index)}">${cell}</td>`)}</tr>\n`)}</table>`;
}

function more(hidden: number): Markup | false {
  return hidden > 0 && html`<p style="margin:4px 0;${QUIET}">and ${number(hidden)} more</p>`;
}

function prose(text: string): Value[] {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part : html`<span style="${REPLY}">${part}</span>`));
}
