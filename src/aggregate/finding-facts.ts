/** What the makers of findings share: what they are given, and what they give. */
import type { Standing } from '../cause/catalogue.ts';
import type { ReportFinding } from './finding.ts';
import type { CauseName } from './rows.ts';
import type { SenderRow, Trend, TrendRow } from './trend.ts';

/** What findings are made from, besides the trend. */
export interface FindingFacts {
  readonly trend: Trend;
  /** Positions of the earlier days that the inputs cover. */
  readonly covered: readonly number[];
  readonly incomplete: readonly string[];
  /** Names of the sources by their position. */
  readonly files: readonly string[];
  readonly zone: string;
  /** Where the recipients of a cause stand last; undefined where none was counted for it. */
  standingOf(name: CauseName): CauseStanding | undefined;
  /** Recipients of a sender, whatever became of them. */
  recipientsOf(sender: string): number;
  /** Recipients of notices, those of them that failed for good, and what to do about these. */
  readonly notices: {
    readonly recipients: number;
    readonly failed: number;
    readonly attempts: number;
    readonly remedy: string;
  };
}

/** Recipients of a cause by where they stand last. */
export interface CauseStanding extends Standing {
  readonly deferred: number;
  readonly bounced: number;
  readonly expired: number;
}

/** A finding with what its place among the others follows from. */
export interface Weighed {
  readonly finding: ReportFinding;
  readonly weight: number;
  /** What it is made from, where it has an example. */
  readonly row?: TrendRow | SenderRow;
}
