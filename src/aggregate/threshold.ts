/**
 * Thresholds on a report, in a small language: `hard>5%`, `cause:spf_fail>0`, `deferred>1000`. Several with commas
 * between them: any of them is enough.
 */
import { mailTotals, type Report, type StateCounts } from './report.ts';
import { STATES, type State } from './rows.ts';

/** What can be compared besides `cause:ID`, and what it counts: of mail, but for what is named after notices. */
export const QUANTITIES: Readonly<Record<string, (report: Report) => number>> = {
  failed: (report) => failedOf(mailTotals(report)),
  hard: ({ causes }) => sumOf(causes.filter(({ kind }) => kind === 'hard')),
  soft: ({ causes }) => sumOf(causes.filter(({ kind }) => kind === 'soft')),
  ...Object.fromEntries(STATES.map((state: State) => [state, (report: Report) => mailTotals(report)[state]])),
  recipients: (report) => mailTotals(report).recipients,
  messages: (report) => mailTotals(report).messages,
  notices: ({ notifications }) => notifications.recipients,
  notices_failed: ({ notifications }) => failedOf(notifications),
  rejected: ({ totals }) => totals.rejected,
  unparsed: ({ lines }) => lines.unparsed,
  critical: ({ findings }) => findings.filter(({ severity }) => severity === 'critical').length,
};

const OPERATORS = ['>=', '<=', '>', '<'] as const;

/** How a quantity is compared with a number. */
export type Operator = (typeof OPERATORS)[number];

/** One condition. */
export interface Threshold {
  /** As it was written, without blanks. */
  readonly text: string;
  readonly quantity: string;
  readonly operator: Operator;
  readonly limit: number;
  /** The limit is a share in percent: of the recipients of mail, for `unparsed` of the lines read, for notices of them. */
  readonly percent: boolean;
}

/** What a quantity of a report is beside a threshold. */
export interface Measured {
  readonly threshold: Threshold;
  readonly value: number;
  /** What a share is of; undefined where the value is no share. */
  readonly part: number;
  readonly whole: number;
  readonly crossed: boolean;
}

/** A threshold that is not understood. */
export class ThresholdError extends Error {
  override readonly name = 'ThresholdError';
  /** Position of the character in the text, from 1. */
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/** A number with or without decimals, at the end of what is left; blanks were taken away. */
const NUMBER = /^(\d{1,12}(?:\.\d{1,6})?)(%?)$/;

/**
 * Reads thresholds.
 * @param causes the ids that there are
 * @throws ThresholdError
 */
export function parseThresholds(text: string, causes: readonly string[]): Threshold[] {
  let position = 1;
  return text.split(',').map((part) => {
    const begin = position + (part.length - part.trimStart().length);
    position += part.length + 1;
    return parseThreshold(part.trim(), begin, causes);
  });
}

function parseThreshold(text: string, begin: number, causes: readonly string[]): Threshold {
  if (text === '') throw new ThresholdError('a threshold is missing', begin);
  const at = text.search(/[<>]/);
  if (at < 0) throw new ThresholdError(`> or < and a number are missing behind ${text}`, begin + text.length);
  const quantity = text.slice(0, at).trimEnd();
  const operator = OPERATORS.find((sign) => text.startsWith(sign, at))!;
  const cause = quantity.startsWith('cause:') ? quantity.slice('cause:'.length).split('/')[0]! : undefined;
  if (cause === undefined ? !Object.hasOwn(QUANTITIES, quantity) : !causes.includes(cause)) {
    throw new ThresholdError(
      cause === undefined ? `"${quantity}" is nothing that is counted` : `there is no cause "${cause}"`,
      begin,
    );
  }
  const rest = text.slice(at + operator.length);
  const number = NUMBER.exec(rest.trimStart());
  if (number === null) {
    throw new ThresholdError(
      `"${rest.trim()}" is not a number or percentage`,
      begin + text.length - rest.trimStart().length,
    );
  }
  const percent = number[2] === '%';
  const limit = Number(number[1]);
  return { text: `${quantity}${operator}${number[0]}`, quantity, operator, limit, percent };
}

/** Compares a report with thresholds. Of nothing every share is none. */
export function measure(report: Report, thresholds: readonly Threshold[]): Measured[] {
  return thresholds.map((threshold) => {
    const part = partOf(report, threshold.quantity);
    const whole = wholeOf(report, threshold.quantity);
    const value = threshold.percent ? (whole === 0 ? 0 : (100 * part) / whole) : part;
    return { threshold, value, part, whole, crossed: holds(value, threshold) };
  });
}

/** What a share is of. */
function wholeOf(report: Report, quantity: string): number {
  switch (quantity) {
    case 'unparsed':
      return report.lines.read;
    case 'notices':
      return report.totals.recipients;
    case 'notices_failed':
      return report.notifications.recipients;
    default:
      return mailTotals(report).recipients;
  }
}

function failedOf({ deferred, bounced, expired }: StateCounts): number {
  return deferred + bounced + expired;
}

function partOf(report: Report, quantity: string): number {
  if (!quantity.startsWith('cause:')) return QUANTITIES[quantity]!(report);
  const [cause, detail] = quantity.slice('cause:'.length).split('/');
  return sumOf(
    report.causes.filter((row) => row.cause === cause && (detail === undefined || row.detail === detail)),
  );
}

function holds(value: number, { operator, limit }: Threshold): boolean {
  switch (operator) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
  }
}

function sumOf(causes: readonly { recipients: number }[]): number {
  return causes.reduce((sum, { recipients }) => sum + recipients, 0);
}
