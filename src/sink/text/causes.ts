import { mailTotals, type ReportCause, type ReportExample } from '../../aggregate/report.ts';
import { OTHER } from '../../cause/providers.ts';
import { doubtOf, failedOf, failuresOf, legendOf, stands, titleOf, whoActs } from '../answer.ts';
import { inOneLine } from '../escape.ts';
import { heldParties, heldRemedies, heldTitle, MOST_HELD, noLongerFailing } from '../held.ts';
import { BACKSCATTER, HEADINGS, replyIn } from '../vocabulary.ts';
import { INDENT, LABEL, type Page, type Section } from './page.ts';
import { momentIn, number, plural } from './words.ts';

/** Why mail failed: for every cause how much, who must act, what to do, where, and one real case. */
export const causes: Section = (page) => {
  const standing = page.report.causes.filter(stands);
  if (standing.length === 0) return [];
  const shown = standing.slice(0, page.top);
  const largest = Math.max(...shown.map((cause) => cause.share));
  const inFull = page.by === 'cause';
  const hidden = failedOf(mailTotals(page.report)) - shown.reduce((sum, cause) => sum + cause.recipients, 0);
  const legend = legendOf(shown);
  return [
    page.rankedHeading(HEADINGS.causes, 'recipients'),
    ...shown.flatMap((cause, index) => [
      ...(inFull && index > 0 ? [''] : []),
      page.ranked({
        position: index + 1,
        title: page.screen.safe(titleOf(cause)),
        mark: doubtOf(cause),
        kind: cause.kind,
        count: cause.recipients,
        share: cause.share,
        largest,
      }),
      ...(inFull ? detailsOf(page, cause) : []),
    ]),
    ...(hidden > 0 ? [page.line(`and ${plural(hidden, 'recipient')} for rarer causes`, 'secondary')] : []),
    ...(legend === undefined ? [] : ['', page.line(legend, 'secondary')]),
  ];
};

/** What is on hold: why, since when, which messages, and what can be done. */
export const held: Section = (page) => {
  const { screen, zone, report } = page;
  const all = report.held;
  if (all.length === 0) return [];
  const count = all.reduce((sum, { recipients }) => sum + recipients, 0);
  const shown = all.slice(0, page.top);
  const hidden = count - shown.reduce((sum, { recipients }) => sum + recipients, 0);
  return [
    page.heading(`${HEADINGS.held}: ${plural(count, 'recipient')}`),
    ...shown.flatMap((each) => {
      const since = `, ${each.messages.length > 1 ? 'the oldest ' : ''}since ${momentIn(zone, Date.parse(each.since))}`;
      const title = screen.fit(screen.safe(heldTitle(each)), page.room - LABEL - since.length);
      const messages = each.messages.slice(0, MOST_HELD);
      const others = each.recipients - messages.reduce((sum, { recipients }) => sum + recipients, 0);
      return [
        ...page.labelled(number(each.recipients), title + since, 'strong'),
        ...(each.reply === undefined
          ? []
          : page.labelled('reply', screen.safe(inOneLine(each.reply)), 'plain', 1)),
        ...messages.flatMap((message, index) =>
          page.labelled(
            index === 0 ? 'look at' : '',
            `${screen.safe(message.queue_id)} ${screen.safe(heldParties(message))}`,
            'plain',
            1,
          ),
        ),
        ...(others > 0 ? page.labelled('', `and ${plural(others, 'recipient')} more`, 'secondary') : []),
      ];
    }),
    ...(hidden > 0 ? [page.line(`and ${plural(hidden, 'recipient')} for rarer reasons`, 'secondary')] : []),
    ...heldRemedies(shown).flatMap((remedy) => page.labelled('to do', screen.safe(remedy))),
  ];
};

/** Why notices failed. They concern nobody's mail, but tell of what this server should have refused. */
export const failedNotices: Section = (page) => {
  const { causes, ...counts } = page.report.notifications;
  const standing = causes.filter(stands);
  if (standing.length === 0) return [];
  const shown = standing.slice(0, page.top);
  const hidden = failedOf(counts) - shown.reduce((sum, { recipients }) => sum + recipients, 0);
  return [
    page.heading(HEADINGS.failedNotices),
    page.line(BACKSCATTER, 'secondary'),
    ...shown.flatMap((cause) => [
      ...page.labelled(
        number(cause.recipients || cause.waiting),
        page.screen.safe(titleOf(cause) + doubtOf(cause)),
        'strong',
        1,
      ),
      ...(cause.examples[0] === undefined ? [] : exampleOf(page, cause.examples[0])),
    ]),
    ...(hidden > 0 ? [page.line(`and ${plural(hidden, 'recipient')} for rarer causes`, 'secondary')] : []),
  ];
};

/** Failures that nobody has to act on any more, a line each. */
export const recovered: Section = (page) => {
  const gone = noLongerFailing(page.report);
  if (gone.length === 0) return [];
  const rows = gone.slice(0, page.top).map(({ cause, onHold }) => {
    const later = cause.recovered > 0 ? `, ${number(cause.recovered)} delivered later` : '';
    const held = onHold > 0 ? `, ${number(onHold)} on hold` : '';
    return {
      title: page.screen.safe(titleOf(cause) + doubtOf(cause)),
      text: `  ${plural(cause.attempts, 'attempt')}${later}${held}`,
    };
  });
  const longest = Math.max(...rows.map(({ text }) => text.length));
  const width = Math.min(50, page.room - longest);
  return [
    page.heading(HEADINGS.recovered),
    ...rows.map(
      ({ title, text }) =>
        ' '.repeat(INDENT) + page.screen.left(title, width) + page.screen.paint('secondary', text),
    ),
  ];
};

/** What this server refused, and from whom. */
export const rejects: Section = (page) => {
  const all = page.report.rejects;
  if (all.length === 0) return [];
  const shown = all.slice(0, page.top);
  const largest = Math.max(...shown.map((reject) => reject.share));
  const legend = legendOf(shown);
  const hidden = page.report.totals.rejected - shown.reduce((sum, reject) => sum + reject.count, 0);
  return [
    page.rankedHeading(HEADINGS.rejects, 'refusals'),
    ...shown.flatMap((reject, index) => [
      page.ranked({
        position: index + 1,
        title: page.screen.safe(titleOf(reject)),
        mark: doubtOf(reject),
        kind: reject.kind,
        count: reject.count,
        share: reject.share,
        largest,
      }),
      ...rankingOf(
        page,
        'clients',
        reject.clients.map(({ client, count }) => [client, count]),
        reject.count,
      ),
      ...replyOf(page, reject.examples[0]),
      // Most refusals are as they should be: only those are explained that this side can do something about.
      ...(reject.who_acts === 'this server' ? page.labelled('to do', page.screen.safe(reject.remedy)) : []),
    ]),
    ...(hidden > 0 ? [page.line(`and ${plural(hidden, 'refusal')} for rarer causes`, 'secondary')] : []),
    ...(legend === undefined ? [] : ['', page.line(legend, 'secondary')]),
  ];
};

/** Replies that no rule knows: what there is to teach. */
export const unclassified: Section = (page) => {
  const { unclassified, distinct } = page.report;
  if (unclassified.length === 0) return [];
  const { screen } = page;
  const shown = unclassified.slice(0, page.top);
  const width = number(Math.max(...shown.map(({ count }) => count))).length;
  const hidden = distinct.unclassified - shown.length;
  return [
    page.heading(HEADINGS.unclassified),
    ...shown.flatMap(({ count, direction, example }) => {
      const said = example === undefined ? 'several rare ones' : screen.safe(replyIn(example));
      const by = direction === 'inbound' ? ' (said by this server)' : '';
      const times = `${number(count).padStart(width)} x  `;
      return screen
        .wrap(said + by, page.room - times.length, 2)
        .map(
          (line, index) =>
            ' '.repeat(INDENT) +
            screen.paint('secondary', index === 0 ? times : ' '.repeat(times.length)) +
            line,
        );
    }),
    ...(hidden > 0 ? [page.line(`and ${number(hidden)} more`, 'secondary')] : []),
    ...page.paragraph(TEACHING, 'secondary'),
  ];
};

const TEACHING = 'Rules for them can be written: whybounce report --unknown-replies makes their beginnings.';

function detailsOf(page: Page, cause: ReportCause): string[] {
  const { screen } = page;
  const { providers, domains, recipients, waiting } = cause;
  const behind =
    waiting > 0 ? [`${number(waiting)} waiting behind ${recipients > 0 ? 'them' : 'other mail'}`] : [];
  const facts = [failuresOf(cause), ...behind].filter(Boolean).join(', ');
  const id = screen.safe(cause.detail === undefined ? cause.cause : `${cause.cause}/${cause.detail}`);
  const named = providers.filter(({ provider }) => provider !== OTHER);
  const [example] = cause.examples;
  const room = page.room - facts.length - 3;
  return [
    ' '.repeat(INDENT) + facts + (room >= 8 ? screen.paint('secondary', `   ${screen.fit(id, room)}`) : ''),
    ...page.labelled('who acts', whoActs(cause), 'strong'),
    ...page.labelled('to do', screen.safe(cause.remedy)),
    ...rankingOf(
      page,
      'where',
      named.map((row) => [row.provider, row.recipients]),
      recipients,
    ),
    ...rankingOf(
      page,
      'domains',
      domains.map((row) => [row.domain, row.recipients]),
      recipients,
    ),
    ...(example === undefined ? [] : exampleOf(page, example)),
  ];
}

function rankingOf(page: Page, label: string, rows: [string, number][], total: number): string[] {
  const text = page.ranking(rows, total);
  return text === '' ? [] : page.labelled(label, text, 'plain', 1);
}

/** In one line: of refusals there may be many kinds. */
function replyOf(page: Page, example: ReportExample | undefined): string[] {
  if (example === undefined) return [];
  return page.labelled('reply', page.screen.safe(replyIn(example)), 'plain', 1);
}

function exampleOf(page: Page, example: ReportExample): string[] {
  const { screen, zone } = page;
  const to = example.to === undefined ? '' : ` to ${screen.safe(example.to)}`;
  const time = momentIn(zone, Date.parse(example.time));
  const id = example.queue_id === undefined ? '' : screen.safe(example.queue_id);
  const reply = screen.safe(replyIn(example));
  return [
    ...(example.status === 'expired'
      ? page.labelled('expired', `after: ${reply}`, 'plain', 2)
      : page.labelled('reply', reply, 'plain', 2)),
    ...(id === '' ? [] : page.labelled('look at', `${id}${to}, ${time}`, 'plain', 1)),
  ];
}
