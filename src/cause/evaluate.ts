/** Measures the classifier on labelled replies. */
import type { Stage } from '../event/event.ts';
import { Classifier } from './classifier.ts';

/** A labelled reply, one line of a JSONL corpus. */
export interface LabelledReply {
  readonly id: string;
  readonly text: string;
  readonly reply?: string | null;
  readonly status?: string | null;
  readonly rhost?: string | null;
  /** The last SMTP command. */
  readonly command?: string | null;
  readonly expected: string;
  /** The causes that count as right. */
  readonly accept: readonly string[];
  readonly source?: string;
}

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

/** The outcome of a measurement; groups are sorted by name, misses as the rows were. */
export interface Evaluation {
  readonly overall: Score;
  /** Wrong with a confidence of 0.9 or more. */
  readonly confidentlyWrong: number;
  readonly byCause: readonly Score[];
  readonly bySource: readonly Score[];
  readonly byConfidence: readonly Score[];
  readonly misses: readonly Miss[];
}

const STAGES: Readonly<Record<string, Stage>> = {
  CONN: 'connect',
  HELO: 'ehlo',
  EHLO: 'ehlo',
  STARTTLS: 'starttls',
  AUTH: 'auth',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'eom',
};

const BANDS: readonly (readonly [number, string])[] = [
  [0.9, '0.9-1.0'],
  [0.7, '0.7-0.9'],
  [0.5, '0.5-0.7'],
  [0, '0.0-0.5'],
];

class Tally {
  readonly #counts = new Map<string, { total: number; right: number }>();

  add(name: string, right: boolean): void {
    const count = this.#counts.get(name) ?? { total: 0, right: 0 };
    count.total++;
    if (right) count.right++;
    this.#counts.set(name, count);
  }

  scores(): Score[] {
    return [...this.#counts]
      .map(([name, count]) => ({ name, ...count }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** Takes labelled replies, gives how often the classifier is right, by several groups, and what it missed. */
export function evaluate(rows: readonly LabelledReply[], classifier = new Classifier()): Evaluation {
  const causes = new Tally();
  const sources = new Tally();
  const bands = new Tally();
  const misses: Miss[] = [];
  for (const row of rows) {
    const result = classifier.classify({
      text: row.text,
      replyCode: row.reply ? Number(row.reply) : undefined,
      enhancedCode: row.status ?? undefined,
      relayHost: row.rhost ?? undefined,
      stage: row.command ? STAGES[row.command] : undefined,
    });
    const right = row.accept.includes(result.cause);
    causes.add(row.expected, right);
    sources.add((row.source ?? 'unknown').split(/[/:(,]/)[0]!.trim(), right);
    bands.add(BANDS.find(([least]) => result.confidence >= least)![1], right);
    if (!right) {
      const { cause, rule, confidence } = result;
      misses.push({ id: row.id, expected: row.expected, cause, rule, confidence, text: row.text });
    }
  }
  return {
    overall: { name: 'all', total: rows.length, right: rows.length - misses.length },
    confidentlyWrong: misses.filter((miss) => miss.confidence >= 0.9).length,
    byCause: causes.scores(),
    bySource: sources.scores(),
    byConfidence: bands.scores(),
    misses,
  };
}

/** Puts a measurement into lines of text; the same measurement gives the same text. */
export function formatEvaluation(evaluation: Evaluation): string {
  const share = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
  const line = (score: Score) =>
    `  ${score.name.padEnd(40)} ${String(score.right).padStart(5)}/${String(score.total).padEnd(5)} ${share(score.right, score.total).padStart(8)}`;
  const { overall, confidentlyWrong } = evaluation;
  return [
    line(overall),
    `  confidently wrong (0.9 and more)         ${confidentlyWrong} ${share(confidentlyWrong, overall.total)}`,
    'by confidence',
    ...evaluation.byConfidence.map(line),
    'by cause',
    ...evaluation.byCause.map(line),
    'by source',
    ...evaluation.bySource.map(line),
    'misses',
    ...evaluation.misses.map(
      (miss) =>
        `  ${miss.id} ${miss.expected} -> ${miss.cause} ${miss.confidence} ${miss.rule} | ${miss.text.slice(0, 200).replaceAll('\n', '\\n')}`,
    ),
    '',
  ].join('\n');
}
