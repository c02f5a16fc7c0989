/** Findings: what a report says first, in plain sentences, each with what it rests on and what to do next. */
import { type Actor, advice } from '../cause/catalogue.ts';
import { LOCAL } from '../cause/providers.ts';
import { providerTitle, reasonOf } from '../cause/reasons.ts';
import type { Kind, Mta } from '../event/event.ts';
import { isMasked } from '../track/pseudonyms.ts';
import { causeAdvice } from './acting.ts';
import { changeOf, mean } from './change.ts';
import { rounded } from './comparison.ts';
import { courseFindings } from './course.ts';
import { type Example, type ReportExample, reportedExample } from './examples.ts';
import type { Change, FindingEvidence, ReportFinding, Severity } from './finding.ts';
import type { CauseStanding, FindingFacts, Weighed } from './finding-facts.ts';
import type { CauseName } from './rows.ts';
import { byText } from './table.ts';
import { timeOf } from './time.ts';
import { type CauseTrend, DAYS_BEFORE, NOW, type SenderRow, type TrendRow } from './trend.ts';
import { capital, counted, grouped, momentIn } from './wording.ts';

/** More findings than these are no longer read in a minute. */
export const MOST_FINDINGS = 7;

/** Of what is as ever, and of good news, fewer are told. */
const MOST_STEADY = 3;
const MOST_GOOD = 2;

/** A scope that holds this share of a cause is what the cause is about. */
const NEARLY_ALL = 0.8;

/** Gives the findings of a report, the most important first. */
export function findingsOf(facts: FindingFacts): ReportFinding[] {
  return shownFindings(facts).map(({ finding }) => finding);
}

/** The same with the rows that they are made from, for who has yet to find a row's example. */
export function shownFindings(facts: FindingFacts): Pick<Weighed, 'finding' | 'row'>[] {
  const weighed = [
    ...incompleteFindings(facts.incomplete),
    ...courseFindings(facts),
    ...backscatterFindings(facts),
    ...accountFindings(facts),
    ...listFindings(facts),
    ...causeFindings(facts),
    ...refusalFindings(facts),
  ].sort((a, b) => b.weight - a.weight || (a.finding.id < b.finding.id ? -1 : 1));
  let steady = 0;
  let good = 0;
  return weighed
    .filter(({ finding: { what, severity } }) => {
      if (severity === 'good') return ++good <= MOST_GOOD;
      return what !== 'steady' || ++steady <= MOST_STEADY;
    })
    .slice(0, MOST_FINDINGS);
}

/** What was not read may be the worst of it. */
function incompleteFindings(incomplete: readonly string[]): Weighed[] {
  if (incomplete.length === 0) return [];
  const more = incomplete.length === 1 ? '' : ` (and ${counted(incomplete.length - 1, 'more input')})`;
  const finding: ReportFinding = {
    id: 'incomplete',
    what: 'unknown',
    severity: 'warning',
    text: `Not all was read, so the numbers are too low: ${incomplete[0]}${more}.`,
    evidence: { recipients: 0, attempts: 0, messages: 0, before: null, days: 0 },
    who_acts: 'this server',
    next_step: 'Mend or replace the input, then ask for the report again.',
  };
  return [{ finding, weight: Infinity }];
}

/** So many notices that nobody takes, and so large a share of them, are no slips of single senders. */
const BACKSCATTER = { recipients: 20, share: 0.1 } as const;

/** Notices that fail went to senders who do not exist, mostly since they were forged: others take them for spam. */
function backscatterFindings({ notices: { recipients, failed, attempts, remedy } }: FindingFacts): Weighed[] {
  if (failed < BACKSCATTER.recipients || failed < BACKSCATTER.share * recipients) return [];
  const finding: ReportFinding = {
    id: 'backscatter',
    what: 'unknown',
    severity: 'warning',
    text:
      `${grouped(failed)} of ${counted(recipients, 'notice')} (mail from <>) failed for good: this server answers mail that it ` +
      'cannot deliver, mostly to senders that are forged (backscatter).',
    evidence: { recipients: failed, attempts, messages: 0, before: null, days: 0 },
    who_acts: 'this server',
    next_step: remedy,
  };
  return [{ finding, weight: 3 * Math.log2(1 + failed) }];
}

/** How much it matters who has to act: what this side can mend comes first. */
const ACTOR_WEIGHT: Readonly<Record<Actor, number>> = {
  "sender's authentication": 3,
  "sender's reputation": 3,
  'this server': 3,
  "sender's configuration": 2.5,
  network: 2,
  "sender's content": 1.5,
  "sender's address list": 1,
  forwarder: 1,
  "recipient's side": 0.8,
  nobody: 0.2,
};

const CHANGE_WEIGHT: Readonly<Record<Change, number>> = {
  new: 4,
  grew: 3.5,
  unknown: 1.2,
  steady: 0.8,
  gone: 0.8,
  fell: 0.5,
};

/** What a finding is about. Empty where it is wider. */
interface Scope extends CauseName {
  readonly mtas: readonly Mta[];
  readonly provider: string;
  readonly domain: string;
  readonly sender: string;
  /** Of the window: recipients that failed on this host. */
  readonly local: number;
}

/** A scope with how it stands beside the days before. */
interface Judged {
  readonly row: TrendRow;
  readonly scope: Scope;
  readonly what: Change;
  readonly usual: number;
}

/**
 * @param volumes how much mail there was, by period; none where it says nothing about the count
 * @param place a provider, or a domain with its `@`
 * @param sender a domain with its `@`
 */
function judge(
  row: TrendRow,
  { name, mtas, places }: CauseTrend,
  volumes: readonly number[] | undefined,
  { trend, covered }: FindingFacts,
  place = '',
  sender = '',
): Judged {
  const before = covered.map((period) => row.recipients[period]! * trend.length);
  const what = changeOf({
    now: row.recipients[NOW]!,
    before,
    earlier: row.earlier,
    volumeNow: volumes?.[NOW] ?? 0,
    volumeBefore: covered.map((period) => (volumes?.[period] ?? 0) * trend.length),
    grave: name.kind === 'hard',
  });
  const ofDomain = place.startsWith('@');
  const here = places.rows.get(LOCAL);
  const inHere =
    place !== ''
      ? place === LOCAL
        ? row
        : undefined
      : sender === ''
        ? here
        : here?.senders?.rows.get(sender);
  const scope = {
    ...name,
    mtas,
    provider: ofDomain ? '' : place,
    domain: ofDomain ? place.slice(1) : '',
    sender: sender.slice(1),
    local: inHere?.recipients[NOW] ?? 0,
  };
  return { row, scope, what, usual: mean(before) };
}

/**
 * One finding for each cause, about the narrowest scope that nearly all of it lies in; a second one where only a part
 * is unusual.
 */
function causeFindings(facts: FindingFacts): Weighed[] {
  const { tried } = facts.trend;
  return [...facts.trend.failures.values()].flatMap((cause) => {
    const whole = judge(cause.whole, cause, tried, facts);
    const scopeOf = (row: TrendRow, place: string, sender: string): Judged =>
      judge(row, cause, tried, facts, place, sender);
    const scopes = [
      whole,
      ...[...cause.senders.rows.values()].map((row) => scopeOf(row, '', row.key)),
      ...[...cause.places.rows.values()].flatMap((place) => [
        scopeOf(place, place.key, ''),
        ...[...(place.senders?.rows.values() ?? [])].map((row) => scopeOf(row, place.key, row.key)),
      ]),
    ];
    // Of a cause that has gone, what was usual; else what has gone is no part of it.
    const gone = whole.row.recipients[NOW] === 0;
    const size = ({ row, usual }: Judged): number => (gone ? usual : row.recipients[NOW]!);
    const main = scopes
      .filter((judged) => size(judged) >= NEARLY_ALL * size(whole))
      .reduce((best, next) => (breadth(next.scope) > breadth(best.scope) ? next : best), whole);
    const parts = unusual(main) ? [] : scopes.filter((judged) => unusual(judged) && judged !== whole);
    const [part] = parts
      .filter(({ row }) => row.recipients[NOW]! >= 10)
      .sort(
        (a, b) =>
          size(b) - size(a) ||
          breadth(b.scope) - breadth(a.scope) ||
          byText(placeAndSender(a.scope), placeAndSender(b.scope)),
      );
    return [main, ...(part === undefined ? [] : [part])].flatMap((judged) => causeFinding(judged, facts));
  });
}

function unusual({ what }: Judged): boolean {
  return what === 'new' || what === 'grew';
}

/** How many names narrow a scope; a place counts for more than a sender. */
function breadth({ provider, domain, sender }: Scope): number {
  return (provider !== '' || domain !== '' ? 2 : 0) + (sender === '' ? 0 : 1);
}

function placeAndSender({ provider, domain, sender }: Scope): string {
  return `${provider || domain}/${sender}`;
}

function causeFinding({ row, scope, what, usual }: Judged, facts: FindingFacts): Weighed[] {
  const now = row.recipients[NOW]!;
  const good = what === 'gone' || what === 'fell';
  if (now === 0 && what !== 'gone') return [];
  const { cause, detail, kind, mtas, provider, domain, sender, local } = scope;
  const standing = facts.standingOf(scope);
  const { who_acts, remedy } = causeAdvice(scope, mtas, { all: now, local }, standing);
  // What was only put off and came through needs nobody.
  const rest = now === 0 ? 1 : Math.max(0.1, 1 - row.recovered / now);
  const weight =
    CHANGE_WEIGHT[what] *
    ACTOR_WEIGHT[who_acts] *
    (kind === 'hard' ? 1.3 : 1) *
    rest *
    Math.log2(1 + Math.max(now, usual));
  const finding: ReportFinding = {
    id: ['failed', kind, cause, detail, provider || domain, sender].filter(Boolean).join('/'),
    what,
    severity: good ? 'good' : severityOf(what, kind, who_acts, now * rest),
    text: `${failureSentence(row, scope, what, standing)}${beginning(row, what, facts)}${beside(what, now, usual, facts)}.`,
    evidence: evidenceOf(row, usual, facts),
    who_acts: good ? 'nobody' : who_acts,
    next_step: good ? 'Nothing is to be done.' : remedy,
    cause,
    ...(detail !== undefined && { detail }),
    kind,
    ...(provider !== '' && { provider }),
    ...(domain !== '' && { domain }),
    ...(sender !== '' && { sender_domain: sender }),
  };
  return [{ finding, weight, row }];
}

const OF_THIS_SIDE: ReadonlySet<Actor> = new Set<Actor>([
  "sender's authentication",
  "sender's reputation",
  "sender's configuration",
  'this server',
  'network',
]);

function severityOf(what: Change, kind: Kind, actor: Actor, recipients: number): Severity {
  const unusual = what === 'new' || what === 'grew';
  if (unusual && OF_THIS_SIDE.has(actor) && recipients >= 20) return 'critical';
  if (unusual || (kind === 'hard' && actor !== "recipient's side" && what === 'unknown')) return 'warning';
  return 'notice';
}

/** Who did what to how many, and why. */
function failureSentence(
  row: TrendRow,
  scope: Scope,
  what: Change,
  standing: CauseStanding | undefined,
): string {
  const { cause, detail, provider, domain, sender, kind } = scope;
  const { by, because } = reasonOf(cause, detail);
  const place = provider === '' ? domain : providerTitle(provider);
  const first = provider === LOCAL ? capital(place) : place;
  const mail = sender === '' ? 'mail' : `mail of ${sender}`;
  const now = row.recipients[NOW]!;
  const to = counted(now, 'recipient');
  const later = fateOf(row, scope, standing);
  if (what === 'gone') {
    if (by === 'refused' && place !== '') {
      return `${first} no longer ${kind === 'hard' ? 'refuses' : 'puts off'} ${mail} because ${because}`;
    }
    return `No ${mail}${place === '' ? '' : ` to ${place}`} failed any more because ${because}`;
  }
  if (by === 'failed') {
    const whose = place === '' ? '' : ` of ${place}`;
    return `${capital(mail)} to ${to}${whose} failed because ${because}${later}`;
  }
  const verb = verbOf(row, scope, standing);
  return place === ''
    ? `${capital(mail)} to ${to} was ${verb} because ${because}${later}`
    : `${first} ${verb} ${mail} to ${to} because ${because}${later}`;
}

/** What the others did: by where the mail stands, which for a part of a cause is known where all of it stands alike. */
function verbOf(row: TrendRow, scope: Scope, standing: CauseStanding | undefined): string {
  const { deferred, expired, bounced } = standing ?? { deferred: 0, expired: 0, bounced: 0 };
  const putOff = deferred + expired + row.recovered > 0;
  const refused = bounced > 0;
  if (putOff && refused && isWhole(scope)) return 'put off or refused';
  if (putOff === refused) return scope.kind === 'hard' ? 'refused' : 'put off';
  return refused ? 'refused' : 'put off';
}

/** What became of the mail, where the verb does not tell it. */
function fateOf(row: TrendRow, scope: Scope, standing: CauseStanding | undefined): string {
  const now = row.recipients[NOW]!;
  if (now === 0) return '';
  const { deferred, expired, bounced } = standing ?? { deferred: 0, expired: 0, bounced: 0 };
  const { recovered } = row;
  const amount = (count: number): string => (count === now && now > 1 ? 'all of them' : grouped(count));
  const fates = [recovered > 0 && `${amount(recovered)} got it later`];
  if (isWhole(scope)) {
    fates.push(bounced > 0 && deferred + expired + recovered > 0 && `${grouped(bounced)} bounced`);
    fates.push(expired > 0 && `${amount(expired)} expired`);
  } else if (expired > 0 && deferred + bounced + recovered === 0) fates.push(`${amount(now)} expired`);
  const told = fates.filter((fate) => fate !== false);
  return told.length === 0 ? '' : `; ${told.join(', ')}`;
}

function isWhole({ provider, domain, sender }: Scope): boolean {
  return provider === '' && domain === '' && sender === '';
}

/** When it began: only what was never seen before began in the window. */
function beginning({ first }: TrendRow, what: Change, { trend, zone }: FindingFacts): string {
  const from = trend.plan.window.from;
  if (what !== 'new' || from === undefined || !Number.isFinite(first)) return '';
  return `; it began ${momentIn(first, zone, trend)}`;
}

/** How it stands beside the days before. */
function beside(what: Change, now: number, usual: number, { covered, trend }: FindingFacts): string {
  const days = covered.length;
  if (days === 0 || what === 'unknown') return '';
  const period = trend.length === 1 ? 'a day' : 'in as long a time';
  const average =
    days === 1
      ? `the day before had ${grouped(Math.round(usual))}`
      : `the mean of ${spanOf(covered)} is ${grouped(rounded(usual))} ${period}`;
  switch (what) {
    case 'new':
      return days === DAYS_BEFORE
        ? '; nothing like it in the seven days before'
        : `; nothing like it ${days === 1 ? 'on the day before, the only one' : `in the ${wordOf(days)} days before`} that these logs cover`;
    case 'grew':
      return usual < 1
        ? `; far more than usual: ${average}`
        : `; ${rounded(now / usual)} times as many as usual: ${average}`;
    case 'steady':
      return `; about as usual: ${average}`;
    case 'fell':
      return `; fewer than usual: ${average}`;
    case 'gone':
      return `; ${average}`;
  }
}

/** The covered days in words. */
function spanOf(covered: readonly number[]): string {
  return covered.length === DAYS_BEFORE
    ? 'the seven days before'
    : `the ${wordOf(covered.length)} days before that these logs cover`;
}

function wordOf(days: number): string {
  return ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven'][days] ?? String(days);
}

function evidenceOf(row: TrendRow, usual: number, { covered, files }: FindingFacts): FindingEvidence {
  return {
    recipients: row.recipients[NOW]!,
    attempts: row.attempts,
    messages: row.messages,
    before: covered.length === 0 ? null : rounded(usual),
    days: covered.length,
    ...spanFields(row),
    ...exampleField(row.example, files),
  };
}

function spanFields({ first, last }: { first: number; last: number }): { first?: string; last?: string } {
  return Number.isFinite(first) && Number.isFinite(last) ? { first: timeOf(first), last: timeOf(last) } : {};
}

function exampleField(example: Example | undefined, files: readonly string[]): { example?: ReportExample } {
  return example === undefined ? {} : { example: reportedExample(example, files) };
}

/** Refusals by this server are as they should be, unless they are its own trouble, or hit those who had logged in. */
function refusalFindings(facts: FindingFacts): Weighed[] {
  const found = [...facts.trend.refusals.values()].flatMap((cause): Weighed[] => {
    const { row, scope, what, usual } = judge(cause.whole, cause, undefined, facts);
    const { detail } = scope;
    const now = row.recipients[NOW]!;
    if (now === 0) return [];
    const { who_acts, remedy } = advice(scope.cause, {
      detail,
      kind: scope.kind,
      direction: 'inbound',
      mtas: cause.mtas,
    });
    const own = who_acts === 'this server' && now >= 3;
    const many = (what === 'new' || what === 'grew') && now >= 50;
    if (!own && !many) return [];
    const { because } = reasonOf(scope.cause, detail);
    const finding: ReportFinding = {
      id: ['refused', scope.kind, scope.cause, detail].filter(Boolean).join('/'),
      what,
      severity: own ? 'warning' : 'notice',
      text:
        `This server ${scope.kind === 'hard' ? 'refused' : 'put off'} others ${counted(now, 'time')} because ` +
        `${because}${beginning(row, what, facts)}${beside(what, now, usual, facts)}.`,
      evidence: evidenceOf(row, usual, facts),
      who_acts,
      next_step: remedy,
      cause: scope.cause,
      ...(detail !== undefined && { detail }),
      kind: scope.kind,
    };
    const weight = CHANGE_WEIGHT[what] * (own ? 2.5 : 1) * Math.log2(1 + now);
    return [{ finding, weight, row }];
  });
  const { refusedLogins } = facts.trend;
  if (refusedLogins < 3) return found;
  const finding: ReportFinding = {
    id: 'refused-logins',
    what: 'unknown',
    severity: 'warning',
    text: `This server refused mail ${counted(refusedLogins, 'time')} from users who had logged in: these are real senders.`,
    evidence: {
      recipients: refusedLogins,
      attempts: refusedLogins,
      messages: 0,
      before: null,
      days: 0,
    },
    who_acts: 'this server',
    next_step: 'See the refusals below, and correct the rule that hits your own users.',
  };
  return [...found, { finding, weight: 8 * Math.log2(1 + refusedLogins) }];
}

/** A login that suddenly sends much which others refuse has probably been stolen. */
const MOST_OF_A_LOGIN = { recipients: 50, refusedShare: 0.2, timesUsual: 5 } as const;

function accountFindings(facts: FindingFacts): Weighed[] {
  const { trend, covered } = facts;
  return [...trend.accounts.rows.values()].flatMap((row): Weighed[] => {
    if (isMasked(row.key)) return [];
    const now = row.recipients[NOW]!;
    if (now < MOST_OF_A_LOGIN.recipients || row.refused < MOST_OF_A_LOGIN.refusedShare * now) return [];
    const usual = mean(covered.map((period) => row.recipients[period]! * trend.length));
    const compared = covered.length > 0;
    if (compared && now < MOST_OF_A_LOGIN.timesUsual * usual) return [];
    const text =
      `The login ${row.key} sent to ${counted(now, 'recipient')}, of which ${grouped(row.refused)} were refused` +
      `${compared ? beside(usual === 0 ? 'new' : 'grew', now, usual, facts) : ''}; its password may have been stolen.`;
    return [
      {
        finding: {
          id: `login/${row.key}`,
          what: compared ? (usual === 0 ? 'new' : 'grew') : 'unknown',
          severity: compared ? 'critical' : 'warning',
          text,
          evidence: senderEvidence(row, compared ? usual : null, facts),
          who_acts: 'this server',
          next_step:
            'Look at what it sends (`mailq`, then `postcat -q ID` or `exim -Mvh ID`). If it is spam, change the password, end its sessions and delete the rest from the queue.',
          account: row.key,
        },
        weight: (compared ? 12 : 5) * Math.log2(1 + now),
        row,
      },
    ];
  });
}

/** So many addresses that do not exist, and so large a share, are no slips of the pen. */
const BAD_LIST = { recipients: 20, share: 0.1 } as const;

function listFindings(facts: FindingFacts): Weighed[] {
  return [...facts.trend.badLists.rows.values()].flatMap((row): Weighed[] => {
    if (isMasked(row.key)) return [];
    const bad = row.recipients[NOW]!;
    const all = Math.max(bad, facts.recipientsOf(row.key));
    if (bad < BAD_LIST.recipients || bad < BAD_LIST.share * all) return [];
    return [
      {
        finding: {
          id: `list/${row.key}`,
          what: 'unknown',
          severity: 'warning',
          text: `${row.key} wrote to ${counted(bad, 'address')} that do not exist, of ${grouped(all)} in all: its list is out of date.`,
          evidence: senderEvidence(row, null, facts),
          who_acts: "sender's address list",
          next_step:
            'Take the addresses off its list: `whybounce suppress` lists them. Go on so, and providers will refuse the rest too.',
          sender: row.key,
        },
        weight: 2.5 * Math.log2(1 + bad),
        row,
      },
    ];
  });
}

function senderEvidence(row: SenderRow, usual: number | null, facts: FindingFacts): FindingEvidence {
  return {
    recipients: row.recipients[NOW]!,
    attempts: row.refused,
    messages: 0,
    before: usual === null ? null : rounded(usual),
    days: usual === null ? 0 : facts.covered.length,
    ...spanFields(row),
    ...exampleField(row.example, facts.files),
  };
}
