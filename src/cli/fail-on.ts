/** Thresholds of the command line: `--fail-on`, and with `--nagios` also `--warning` and `--critical`. */
import type { Report } from '../aggregate/report.ts';
import {
  type Measured,
  measure,
  parseThresholds,
  QUANTITIES,
  type Threshold,
  ThresholdError,
} from '../aggregate/threshold.ts';
import { CATALOGUE } from '../cause/catalogue.ts';
import { formatNagios, NAGIOS_STATUSES, reasonOf } from '../sink/nagios.ts';
import type { Flags } from './command.ts';
import { EXIT, UsageError } from './errors.ts';

/** Flags of a report that is also a check. */
export const THRESHOLD_FLAGS = {
  'fail-on': {
    type: 'string',
    nargs: 1,
    describe: 'End with code 1 if one of these holds: hard>5%,cause:spf_fail>0,deferred>1000',
    coerce: thresholdsOf('--fail-on'),
  },
  nagios: {
    type: 'boolean',
    describe: 'Print one line for Nagios and its kin instead, and end with its codes',
  },
  warning: {
    type: 'string',
    nargs: 1,
    alias: 'w',
    describe: 'With --nagios: what is a warning, as for --fail-on',
    coerce: thresholdsOf('--warning'),
  },
  critical: {
    type: 'string',
    nargs: 1,
    alias: 'c',
    describe: 'With --nagios: what is critical, as for --fail-on, which means the same',
    coerce: thresholdsOf('--critical'),
  },
} as const satisfies Flags;

/** The flags with their values. */
export interface ThresholdValues {
  readonly 'fail-on'?: Threshold[] | undefined;
  readonly nagios?: boolean | undefined;
  readonly warning?: Threshold[] | undefined;
  readonly critical?: Threshold[] | undefined;
}

/** A threshold was crossed: what was found is the matter, not how. */
export class FindingsError extends Error {
  override readonly name = 'FindingsError';
  readonly exitCode = EXIT.findings;
}

/** Checks that the flags fit each other. */
export function checkThresholdFlags({ nagios, warning, critical }: ThresholdValues): void {
  if (nagios || (warning === undefined && critical === undefined)) return;
  const flag = warning === undefined ? '--critical' : '--warning';
  throw new UsageError(`${flag} is of no use without --nagios`, 'give --nagios too, or --fail-on instead');
}

/** The error that `--fail-on` asks for, if any of its thresholds is crossed. */
export function findingsError(report: Report, flags: ThresholdValues): FindingsError | undefined {
  const crossed = measure(report, flags['fail-on'] ?? []).filter((each: Measured) => each.crossed);
  if (crossed.length === 0) return undefined;
  return new FindingsError(
    `${crossed.map(({ threshold }) => threshold.text).join(', ')}: ${crossed.map(reasonOf).join(', ')}`,
  );
}

/** The line for Nagios and the exit code. */
export function nagiosAnswer(report: Report, flags: ThresholdValues): { line: string; exitCode: number } {
  const critical = [...(flags.critical ?? []), ...(flags['fail-on'] ?? [])];
  const { status, line } = formatNagios(
    report,
    measure(report, flags.warning ?? []),
    measure(report, critical),
  );
  return { line, exitCode: NAGIOS_STATUSES.indexOf(status) };
}

function thresholdsOf(flag: string): (text: string) => Threshold[] {
  return (text) => {
    try {
      return parseThresholds(text, [...CATALOGUE.keys()]);
    } catch (error) {
      if (!(error instanceof ThresholdError)) throw error;
      throw new UsageError(
        `${flag} "${text}", character ${error.position}: ${error.message}`,
        `give thresholds such as hard>5%, cause:spf_fail>0 or deferred>1000, of: ${Object.keys(QUANTITIES).join(', ')}, cause:ID`,
      );
    }
  };
}
