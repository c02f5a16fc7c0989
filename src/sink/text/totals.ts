import { mailTotals, type ReportNotice } from '../../aggregate/report.ts';
import { STATES } from '../../aggregate/rows.ts';
import { maskVariables } from '../../aggregate/shape.ts';
import { countsOf, delaySentence, HEADINGS, linesRemark, recipientsRemark } from '../vocabulary.ts';
import { INDENT, type Page, type Section } from './page.ts';
import { number } from './words.ts';

/** All counts side by side: recipients by state, attempts by result, and the rest. */
export const totals: Section = (page) => {
  const { report } = page;
  const { notifications } = report;
  const mail = mailTotals(report);
  const left: Entry[] = [
    ['recipients', mail.recipients, notifications.recipients],
    ...STATES.map((state): Entry => [`  ${state}`, mail[state], notifications[state]]),
  ];
  const right = countsOf(report);
  const told = notifications.recipients > 0;
  const draw = (entry: Entry | undefined): string => (entry === undefined ? '' : cell(page, entry, told));
  const head = told ? cell(page, ['', 'mail', 'notices'], told) : '';
  const isWide = 2 * page.screen.widthOf(head) + GAP.length <= page.room;
  const rows: (readonly [string, string])[] = left.map((entry, index) => [draw(entry), draw(right[index])]);
  if (told) rows.unshift([head, head]);
  return [
    page.heading(HEADINGS.totals),
    page.line('each recipient once; every attempt and refusal', 'secondary'),
    ...(isWide
      ? rows.map(([a, b]) => ' '.repeat(INDENT) + (b === '' ? a : `${a}${GAP}${b}`))
      : [...rows.map(([a]) => a), ...rows.slice(told ? 1 : 0).map(([, b]) => b)]
          .filter((text) => text !== '')
          .map((text) => ' '.repeat(INDENT) + text)),
    ...delays(page),
  ];
};

const GAP = ' '.repeat(6);

/** What the MTA said about its own trouble, the gravest first, then the most frequent; one of each kind as it was. */
export const notices: Section = (page) => {
  const { notices, distinct } = page.report;
  if (notices.length === 0) return [];
  const { screen } = page;
  const shown = notices.slice(0, page.top);
  const { kinds, width } = looking(page, shown);
  const hidden = distinct.notices - shown.length;
  return [
    page.heading(`${HEADINGS.notices}, one line of each kind`),
    ...kinds.flatMap(({ count, grave, lines }) => {
      const counted = `${number(count).padStart(width)}${TIMES}`;
      return lines.map(
        (line, index) =>
          ' '.repeat(INDENT) +
          screen.paint('secondary', index === 0 ? counted : ' '.repeat(counted.length)) +
          screen.paint(grave ? 'hard' : 'plain', line),
      );
    }),
    ...(hidden > 0 ? [page.line(`and ${number(hidden)} more`, 'secondary')] : []),
  ];
};

const TIMES = ' x  ';

/** Notices as they are shown. */
interface NoticeKind {
  count: number;
  readonly grave: boolean;
  readonly lines: readonly string[];
}

/** Notices that differ only where they are cut off look the same, and are told as one kind. */
function looking(page: Page, notices: readonly ReportNotice[]): { kinds: NoticeKind[]; width: number } {
  const { screen } = page;
  const kinds = new Map<string, NoticeKind>();
  // Together they are counted in as many columns at most.
  const width = number(notices.reduce((sum, { count }) => sum + count, 0)).length;
  for (const { count, severity, program, example } of notices) {
    const grave = severity !== 'warning';
    const said = screen.safe(`${program}: ${grave ? `${severity}: ` : ''}${example}`);
    const lines = screen.wrap(said, page.room - width - TIMES.length, 2);
    const key = maskVariables(lines.join(' '));
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { count, grave, lines });
    else known.count += count;
  }
  return { kinds: [...kinds.values()], width };
}

/** The sums that must hold, and whether they do. */
export const identities: Section = (page) => {
  const { totals, lines } = page.report;
  return [
    page.heading(HEADINGS.checks),
    ...identity(
      page,
      ['recipients', totals.recipients],
      STATES.map((state) => [state, totals[state]]),
      recipientsRemark(page.report),
    ),
    ...identity(
      page,
      ['lines read', lines.read],
      [
        ['used', lines.used],
        ['ignored', lines.ignored],
        ['unparsed', lines.unparsed],
      ],
      linesRemark(page.report),
    ),
  ];
};

type Entry = readonly [name: string, mail: number | string, notices?: number | string];

/** @param told notices have a column of their own */
function cell(page: Page, [name, mail, notices = '']: Entry, told: boolean): string {
  const [a, b] = [mail, notices].map((count) => (typeof count === 'number' ? number(count) : count));
  const text =
    name.padEnd(13) + (told ? `${a!.padStart(10)}${b === '' ? '' : b!.padStart(10)}` : a!.padStart(11));
  const nothing = typeof mail === 'string' || (mail === 0 && !notices);
  return page.screen.paint(nothing ? 'secondary' : 'plain', text);
}

function delays(page: Page): string[] {
  const text = delaySentence(page.report.delay);
  if (text === undefined) return [];
  return ['', ...page.paragraph(text)];
}

type Sum = readonly [name: string, count: number];

function identity(page: Page, [name, whole]: Sum, parts: Sum[], remark = ''): string[] {
  const sum = parts.reduce((total, [, count]) => total + count, 0);
  const holds = sum === whole;
  const terms = parts.map(([part, count]) => `${part} ${number(count)}`).join(' + ');
  const verdict = holds ? '' : ` - WRONG, the parts make ${number(sum)}`;
  const mark = holds ? (page.screen.unicode ? '✓' : 'ok') : page.screen.unicode ? '✗' : 'NO';
  const [first = '', ...others] = page.screen.wrap(
    `${name} ${number(whole)} = ${terms}${remark}${verdict}`,
    page.room,
  );
  const tone = holds ? 'plain' : 'hard';
  return [
    `${page.screen.paint(holds ? 'good' : 'hard', mark.padStart(2))}  ${page.screen.paint(tone, first)}`,
    ...others.map((line) => ' '.repeat(INDENT) + page.screen.paint(tone, line)),
  ];
}
