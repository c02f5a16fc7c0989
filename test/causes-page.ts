/** Writes docs/causes.md: the catalogue, what servers say of each cause, and how often the answers are right. */

import { CATALOGUE, type Cause } from '../src/cause/catalogue.ts';
import type { Band, Evaluation, Score } from '../src/cause/evaluate.ts';
import { remedyFor } from '../src/cause/places.ts';
import { RULES } from '../src/cause/rules/index.ts';

/** One set of labelled replies as `npm run evaluate -- FILE --record TITLE` notes it. */
export interface Measurement {
  readonly title: string;
  readonly asIs: Summary;
  readonly withoutProvider?: Summary;
  readonly withoutRule?: Summary;
}

type Summary = Pick<Evaluation, 'overall' | 'confidentlyWrong' | 'byConfidence' | 'byCause'>;

/** Examples that are shown of each cause. */
const MOST_EXAMPLES = 4;

const share = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
const rightOf = ({ right, total }: Score) => share(right, total);

/** The whole page. */
export function causesPage(measurements: readonly Measurement[]): string {
  return [
    '# Causes',
    '',
    '<!-- Written by the tests from src/cause/catalogue.ts, src/cause/rules/ and bench/accuracy.json: npm run test:update -->',
    '',
    'What `whybounce` can say of a failed delivery, what to do about it, and how far to believe it. `whybounce causes ID` tells the same of one cause.',
    '',
    ...overview(),
    ...confidencePart(measurements),
    ...ownRules(),
    '## The causes one by one',
    '',
    ...[...CATALOGUE.values()].flatMap(causePart),
  ].join('\n');
}

function overview(): string[] {
  return [
    '| cause | title | kind | who acts |',
    '| --- | --- | --- | --- |',
    ...[...CATALOGUE.values()].map(
      ({ id, title, kind, kindWins, who_acts }) =>
        `| [\`${id}\`](#${id}) | ${title} | ${kind}${kindWins ? ', whatever the code says' : ''} | ${who_acts} |`,
    ),
    '',
    'The kind is that of the class of the reply’s code (4: soft, a later attempt may succeed; 5: hard) unless the table says otherwise; where there is no code it is as here. Who acts is told from the side of a sender; where this server refused the mail of others, see each cause.',
    '',
  ];
}

function confidencePart(measurements: readonly Measurement[]): string[] {
  const rows = measurements.flatMap(({ title, asIs, withoutProvider, withoutRule }) => [
    measurementRow(title, asIs),
    ...(withoutProvider
      ? [measurementRow('… without the rules for the server that speaks', withoutProvider)]
      : []),
    ...(withoutRule ? [measurementRow('… without the rule that decides', withoutRule)] : []),
  ]);
  return [
    '## How sure it is',
    '',
    'Words count before codes, the words of one provider or mail server before those of all, and what is specific before what is vague; bare codes come last. Every answer has a confidence, which is meant as a probability: of the answers that are 0.9 sure, nine of ten should be right. Where a second rule that knows nothing of the first says the same, the answer is surer; where it says something else, less sure. What no rule knows is `unclassified`.',
    '',
    'Measured with `npm run evaluate -- FILE` on labelled replies, which are not part of this project:',
    '',
    '| data | replies | right | 0.9 sure and wrong |',
    '| --- | --: | --: | --: |',
    ...rows,
    '',
    'The development sets are those that rules were written with in view: of them the first figure flatters. The seventh set was gathered by somebody who knew the rules, from sources that were not in view when they were written. What it is like with unseen replies is told by the figure at first sight, and by leaving rules out: those for the server that speaks (Google’s rules for what Google says, Exim’s for what Exim says), as if nobody had written any for it; or the one rule that decides.',
    '',
    'How often answers of each confidence are right:',
    '',
    `| confidence | ${measurements.map(({ title }) => title).join(' | ')} |`,
    `| --- | ${measurements.map(() => '--:').join(' | ')} |`,
    ...bandNames(measurements).map(
      (name) =>
        `| ${name} | ${measurements.map(({ asIs }) => bandCell(asIs.byConfidence, name)).join(' | ')} |`,
    ),
    '',
  ];
}

function measurementRow(title: string, { overall, confidentlyWrong }: Summary): string {
  return `| ${title} | ${overall.total} | ${rightOf(overall)} | ${share(confidentlyWrong, overall.total)} |`;
}

function bandNames(measurements: readonly Measurement[]): string[] {
  const names = measurements.flatMap(({ asIs }) => asIs.byConfidence.map(({ name }) => name));
  return [...new Set(names)].sort().reverse();
}

function bandCell(bands: readonly Band[], name: string): string {
  const band = bands.find((each) => each.name === name);
  return band === undefined ? '' : `${rightOf(band)} of ${band.total}`;
}

function ownRules(): string[] {
  return [
    '## Rules of your own',
    '',
    'A file of rules (TOML) goes first, with `--rules FILE` or in `/etc/whybounce/rules.d/`. `whybounce report --unknown-replies LOG` prints the beginnings of such a file; `whybounce causes test FILE` checks it.',
    '',
    '```toml',
    '[[rule]]',
    'id = "acme.quota"',
    'cause = "mailbox_full"',
    'any = ["box ~ (brim full|bursting)"]  # one of these; a ~ is a gap of a few words, * the rest of a word',
    'none = ["sending"]                    # none of these',
    'reply = [4, 552]                      # codes or classes; also enhanced = ["2.2"], provider, stage, direction',
    'confidence = 0.95                     # 0.9 if left out',
    'examples = ["452 Your box is brim full"]',
    'near_misses = ["452 The sending box is bursting"]',
    '```',
    '',
    'Phrases are in small letters without accents (`über` is `uber`), since texts are brought into this form before; addresses, hosts, IPs, numbers and ids are `<addr>`, `<host>`, `<ip>`, `<n>` and `<id>`. Further keys: `all`, `whole`, `detail`, `kind`, `enhanced_range`. An example can be a table: `{ text = "…", relay_host = "…", stage = "rcpt" }`.',
    '',
  ];
}

function causePart(cause: Cause): string[] {
  const { id, title, meaning, kind, kindWins, who_acts, inbound, local, details } = cause;
  const rules = RULES.filter((rule) => rule.cause === id);
  return [
    `### ${id}`,
    '',
    `**${title}.** ${meaning}`,
    '',
    `- kind: ${kind}${kindWins ? ', whatever the code says' : ''}`,
    `- who acts: ${who_acts}`,
    ...toDo(cause),
    ...(local
      ? [
          `- where this host failed: ${local.who_acts}. ${remedyFor([local.remedy, local.waiting, local.returned].filter(Boolean).join(' '))}`,
        ]
      : []),
    ...(inbound ? [`- where this server refused: ${inbound.who_acts}. ${remedyFor(inbound.remedy)}`] : []),
    ...Object.entries(details).map(([name, detail]) => detailLine(name, detail)),
    '',
    ...examplesOf(cause),
    ...(rules.length > 0 ? [`${rules.length} rules decide for it.`, ''] : []),
  ];
}

/** What to do, and what becomes of the mail. */
function toDo({ remedy, whenHard, waiting, returned }: Cause): string[] {
  const texts = [
    ['what to do', remedy],
    ['where it is final', whenHard],
    ['while it waits', waiting],
    ['once it came back', returned],
  ] as const;
  return texts.flatMap(([name, text]) => (text === undefined ? [] : [`- ${name}: ${remedyFor(text)}`]));
}

function detailLine(
  name: string,
  { meaning, who_acts, remedy, waiting, inbound }: Cause['details'][string],
): string {
  const acts = who_acts === undefined ? '' : ` Who acts: ${who_acts}.`;
  const todo = [remedy, waiting].filter(Boolean).join(' ');
  const refused = inbound
    ? ` Where this server refused: ${inbound.who_acts}. ${remedyFor(inbound.remedy)}`
    : '';
  return `- \`${name}\`: ${meaning}${acts}${todo && ` ${remedyFor(todo)}`}${refused}`;
}

/** What servers say, the surest rules of the general texts first; the codes' own examples say nothing. */
function examplesOf({ id }: Cause): string[] {
  const texts = RULES.filter((rule) => rule.cause === id && !/^(code|reply|stage)\./.test(rule.id))
    .sort((a, b) => b.confidence - a.confidence)
    .flatMap(({ examples }) => examples.slice(0, 1))
    .map((example) => (typeof example === 'string' ? example : example.text));
  if (texts.length === 0) return [];
  return ['```', ...texts.slice(0, MOST_EXAMPLES), '```', ''];
}
