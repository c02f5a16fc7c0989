/** Findings: what a report says first, in plain sentences, each with what it rests on and what to do next. */
import type { Actor } from '../cause/catalogue.ts';
import { providerTitle, reasonOf } from '../cause/reasons.ts';
import type { Kind } from '../event/event.ts';
import type { ReportExample } from './examples.ts';
import type { ReportFinding } from './finding.ts';

/** More findings than these are no longer read in a minute. */
export const MOST_FINDINGS = 7;

/** What findings know of a cause of a report. */
export interface CauseFacts {
  cause: string;
  detail?: string;
  kind: Kind;
  who_acts: Actor;
  remedy: string;
  recipients: number;
  attempts: number;
  messages: number;
  first: string;
  last: string;
  providers: readonly { provider: string; recipients: number }[];
  domains: readonly { domain: string; recipients: number }[];
  examples: readonly ReportExample[];
}

/** What findings are made from. */
export interface FindingFacts {
  /** In the order of the report: the largest first. */
  causes: readonly CauseFacts[];
  incomplete: readonly string[];
}

/** A scope that holds this share of a cause is what the cause is about. */
const NEARLY_ALL = 0.8;

/** Gives the findings of a report, the most important first. */
export function findingsOf(facts: FindingFacts): ReportFinding[] {
  return [...incompleteFindings(facts.incomplete), ...facts.causes.flatMap(causeFinding)].slice(
    0,
    MOST_FINDINGS,
  );
}

/** What was not read may be the worst of it. */
function incompleteFindings(incomplete: readonly string[]): ReportFinding[] {
  if (incomplete.length === 0) return [];
  const more = incomplete.length === 1 ? '' : ` (and ${incomplete.length - 1} more inputs)`;
  return [
    {
      id: 'incomplete',
      what: 'unknown',
      severity: 'warning',
      text: `Not all was read, so the numbers are too low: ${incomplete[0]}${more}.`,
      evidence: { recipients: 0, attempts: 0, messages: 0, before: null, days: 0 },
      who_acts: 'this server',
      next_step: 'Mend or replace the input, then ask for the report again.',
    },
  ];
}

function causeFinding(facts: CauseFacts): ReportFinding[] {
  if (facts.recipients === 0) return [];
  const { cause, detail, kind, recipients, attempts, messages, first, last, examples } = facts;
  const provider = facts.providers.find(
    (row) => row.provider !== 'other' && row.recipients >= NEARLY_ALL * recipients,
  )?.provider;
  const domain = facts.domains.find((row) => row.recipients >= NEARLY_ALL * recipients)?.domain;
  const name = provider === undefined ? domain : providerTitle(provider);
  return [
    {
      id: [cause, detail, provider ?? domain].filter(Boolean).join('/'),
      what: 'unknown',
      severity: kind === 'hard' ? 'warning' : 'notice',
      text: `${sentenceOf(cause, detail, kind, recipients, name)}.`,
      evidence: {
        ...{ recipients, attempts, messages, before: null, days: 0, first, last },
        ...(examples[0] !== undefined && { example: examples[0] }),
      },
      who_acts: facts.who_acts,
      next_step: facts.remedy,
      cause,
      ...(detail !== undefined && { detail }),
      kind,
      ...(provider !== undefined && { provider }),
      ...(domain !== undefined && { domain }),
    },
  ];
}

function sentenceOf(
  cause: string,
  detail: string | undefined,
  kind: Kind,
  recipients: number,
  name: string | undefined,
): string {
  const { by, because } = reasonOf(cause, detail);
  const counted = `${recipients.toLocaleString('en-US')} recipient${recipients === 1 ? '' : 's'}`;
  if (by === 'failed') {
    return `Mail to ${counted}${name === undefined ? '' : ` of ${name}`} failed because ${because}`;
  }
  const verb = kind === 'hard' ? 'refused' : 'put off';
  return `${name ?? 'Other servers'} ${verb} mail to ${counted} because ${because}`;
}
