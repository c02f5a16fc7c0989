/** Measures the classifier on labelled replies. */
import type { Stage } from '../event/event.ts';
import { CATALOGUE } from './catalogue.ts';
import { Classifier, settle } from './classifier.ts';
import type { Classification, ReplyFacts } from './contract.ts';
import { PROVIDERS } from './providers.ts';

/** A labelled reply, one line of a JSONL corpus. All but the text may be missing. */
export interface LabelledReply {
  readonly id?: string;
  readonly text: string;
  readonly reply?: string | number | null;
  readonly status?: string | null;
  readonly rhost?: string | null;
  /** The last SMTP command. */
  readonly command?: string | null;
  /** `in` where the measured server refused, as `inbound`. */
  readonly direction?: string | null;
  readonly expected?: string;
  /** The causes that count as right; the expected one alone where this is missing. */
  readonly accept?: readonly string[];
  readonly source?: string;
}

/**
 * Whose rules may not decide a reply. `rule`: not the rule that decides it otherwise. `provider`: where that rule
 * belongs to one provider, filter or mail server (`google.…`, `postfix.…`), none of that speaker's rules: so much is
 * known of the replies of a speaker for whom no rules were written.
 */
export type LeaveOut = 'rule' | 'provider';

/** How many of a group were right. */
export interface Score {
  readonly name: string;
  readonly total: number;
  readonly right: number;
}

/** A wrong answer. */
export interface Miss {
  readonly id: string;
  readonly expected: string;
  readonly cause: string;
  readonly rule: string;
  readonly confidence: number;
  readonly text: string;
}

/** How many answers of a band of confidence were right, and how sure they were on average. */
export interface Band extends Score {
  readonly confidence: number;
}

/** The outcome of a measurement; groups are sorted by name, misses as the rows were. */
export interface Evaluation {
  readonly overall: Score;
  /** Wrong with a confidence of 0.9 or more. */
  readonly confidentlyWrong: number;
  /** Rows that could not be measured, for want of a text or a label that the catalogue knows. */
  readonly unusable: number;
  readonly byConfidence: readonly Band[];
  readonly byCause: readonly Score[];
  readonly bySource: readonly Score[];
  /** What was taken for what, `expected -> answer`, the most frequent first; `total` counts them. */
  readonly confusions: readonly Score[];
  readonly misses: readonly Miss[];
}

const STAGES: Readonly<Record<string, Stage>> = {
  CONN: 'connect',
  HELO: 'ehlo',
  EHLO: 'ehlo',
  LHLO: 'ehlo',
  STARTTLS: 'starttls',
  AUTH: 'auth',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'eom',
};

const BANDS: readonly (readonly [number, string])[] = [
  [0.95, '0.95-1.00'],
  [0.9, '0.90-0.95'],
  [0.8, '0.80-0.90'],
  [0.7, '0.70-0.80'],
  [0.5, '0.50-0.70'],
  [0, '0.00-0.50'],
];

/** What speaks for itself: rules of these families are about words and codes, whoever says them. */
const SPEAKERS = new Set([
  ...PROVIDERS,
  'postfix',
  'exim',
  'sendmail',
  'qmail',
  'cpanel',
  'france',
  'sfr',
  'aol',
]);

class Tally {
  readonly #counts = new Map<string, { total: number; right: number; confidence: number }>();

  add(name: string, right: boolean, confidence = 0): void {
    const count = this.#counts.get(name) ?? { total: 0, right: 0, confidence: 0 };
    count.total++;
    count.confidence += confidence;
    if (right) count.right++;
    this.#counts.set(name, count);
  }

  /** By name. */
  scores(): Band[] {
    return [...this.#counts]
      .map(([name, count]) => ({ name, ...count, confidence: count.confidence / count.total }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** Takes labelled replies, gives how often the classifier is right, by several groups, and what it missed. */
export function evaluate(
  rows: readonly unknown[],
  classifier = new Classifier(),
  leaveOut?: LeaveOut,
): Evaluation {
  const causes = new Tally();
  const sources = new Tally();
  const bands = new Tally();
  const confusions = new Tally();
  const misses: Miss[] = [];
  let total = 0;
  for (const [index, value] of rows.entries()) {
    const row = labelled(value);
    if (row === undefined) continue;
    total += 1;
    const { expected, accept, text } = row;
    const { cause, rule, confidence } = answer(factsOf(row), classifier, leaveOut);
    const right = accept.includes(cause);
    causes.add(expected, right);
    sources.add(
      String(row.source ?? 'unknown')
        .split(/[/:(,]/)[0]!
        .trim(),
      right,
    );
    bands.add(BANDS.find(([least]) => confidence >= least)![1], right, confidence);
    if (right) continue;
    confusions.add(`${expected} -> ${cause}`, false);
    misses.push({ id: String(row.id ?? index + 1), expected, cause, rule, confidence, text });
  }
  return {
    overall: { name: 'all', total, right: total - misses.length },
    confidentlyWrong: misses.filter((miss) => miss.confidence >= 0.9).length,
    unusable: rows.length - total,
    byConfidence: bands.scores(),
    byCause: causes.scores(),
    bySource: sources.scores(),
    confusions: confusions.scores().sort((a, b) => b.total - a.total),
    misses,
  };
}

/** The row with its labels in one form, or undefined where it lacks what a measurement needs. */
function labelled(
  value: unknown,
): (LabelledReply & Required<Pick<LabelledReply, 'expected' | 'accept'>>) | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const row = value as LabelledReply;
  if (typeof row.text !== 'string') return undefined;
  const listed = Array.isArray(row.accept) ? row.accept : [];
  const expected = row.expected ?? listed[0];
  if (expected === undefined) return undefined;
  const accept = listed.length > 0 ? listed : [expected];
  return accept.some((cause) => CATALOGUE.has(cause as never)) ? { ...row, expected, accept } : undefined;
}

function factsOf(row: LabelledReply): ReplyFacts {
  const code = Number(row.reply ?? Number.NaN);
  return {
    text: row.text,
    replyCode: Number.isInteger(code) ? code : undefined,
    enhancedCode: row.status || undefined,
    relayHost: row.rhost || undefined,
    stage: row.command ? STAGES[row.command.toUpperCase()] : undefined,
    direction: row.direction === 'in' || row.direction === 'inbound' ? 'inbound' : 'outbound',
  };
}

function answer(facts: ReplyFacts, classifier: Classifier, leaveOut: LeaveOut | undefined): Classification {
  if (leaveOut === undefined) return classifier.classify(facts);
  const answers = classifier.answers(facts);
  const first = answers[0]!;
  const speaker = speakerOf(first.rule);
  const isLeftOut = ({ rule }: Classification) =>
    leaveOut === 'rule' ? rule === first.rule : SPEAKERS.has(speaker) && speakerOf(rule) === speaker;
  return settle(answers.filter((each) => !isLeftOut(each))) ?? first;
}

function speakerOf(rule: string): string {
  return rule.slice(0, rule.indexOf('.'));
}

const share = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

/** Puts a measurement into lines of text; the same measurement gives the same text. */
export function formatEvaluation(evaluation: Evaluation): string {
  const line = (score: Score) =>
    `  ${score.name.padEnd(40)} ${String(score.right).padStart(5)}/${String(score.total).padEnd(5)} ${share(score.right, score.total).padStart(8)}`;
  const { overall, confidentlyWrong, unusable } = evaluation;
  return [
    line(overall),
    `  confidently wrong (0.9 and more)         ${confidentlyWrong} ${share(confidentlyWrong, overall.total)}`,
    ...(unusable > 0 ? [`  rows without a text or a known label     ${unusable}`] : []),
    'by confidence',
    ...evaluation.byConfidence.map((band) => `${line(band)}  said ${share(band.confidence, 1)}`),
    'by cause',
    ...evaluation.byCause.map(line),
    'by source',
    ...evaluation.bySource.map(line),
    'confusions',
    ...evaluation.confusions.map(({ name, total }) => `  ${String(total).padStart(4)}  ${name}`),
    'misses',
    ...evaluation.misses.map(
      (miss) =>
        `  ${miss.id} ${miss.expected} -> ${miss.cause} ${miss.confidence} ${miss.rule} | ${oneLine(miss.text)}`,
    ),
    '',
  ].join('\n');
}

/** Control characters as blanks: one class of characters, nothing to backtrack. */
function oneLine(text: string): string {
  return text
    .slice(0, 200)
    .replaceAll('\n', '\\n')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
