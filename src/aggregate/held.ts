/**
 * Mail on hold: which messages wait until somebody decides, why, and what can be done. Only what is held now has rows:
 * a message that was let go leaves none behind.
 */
import { copy } from '../../parsers/copy.ts';
import { CATALOGUE, type CauseId } from '../cause/catalogue.ts';
import { queueRemedy } from '../cause/queue-remedies.ts';
import type { Kind, Mta } from '../event/event.ts';
import type { TrackedEvent } from '../track/event.ts';
import type { CauseName } from './rows.ts';
import { shapeOf } from './shape.ts';
import {
  byText,
  emptyTable,
  live,
  mergeTables,
  OTHER,
  type Row,
  type RowKind,
  rowFor,
  type Table,
} from './table.ts';
import { timeOf } from './time.ts';

/** Recipients that are held for one reason by one kind of mail server. */
export interface HeldRow extends Row<HeldRow> {
  readonly mta: Mta;
  /** Whether the log says why they are held; else its words are those of the failure before. */
  readonly stated: boolean;
  /** The failure that was before; undefined where there was none. */
  readonly failure: CauseName | undefined;
  count: number;
  readonly messages: Table<HeldMessageRow>;
}

/** A message that is held; the key is its place in a queue. */
export interface HeldMessageRow extends Row<HeldMessageRow> {
  count: number;
  /** Milliseconds since the epoch. */
  since: number;
  words: string;
  from: string | undefined;
  /** Where one recipient is held that is known. */
  to: string | undefined;
}

/** Where recipients were placed. */
export interface HeldPlace {
  readonly group: HeldRow;
  readonly message: HeldMessageRow;
}

/** Rows of `Counts.held`. */
export const HELD: RowKind<HeldRow> = {
  limit: 300,
  make(key) {
    const [mta = '', stated = '', kind = '', cause = '', detail = ''] = key.split('\t');
    return {
      ...{ key, into: undefined, mta: mta as Mta, stated: stated === 'stated', count: 0 },
      failure: cause === '' ? undefined : { cause, detail: detail || undefined, kind: kind as Kind },
      messages: emptyTable(),
    };
  },
  add(into, from) {
    into.count += from.count;
    mergeTables(into.messages, from.messages, HELD_MESSAGES);
  },
  weight: (row) => row.count,
};

const HELD_MESSAGES: RowKind<HeldMessageRow> = {
  limit: 1000,
  make: (key) => ({
    ...{ key, into: undefined, count: 0, since: Infinity, words: '', from: undefined, to: undefined },
  }),
  add(into, from) {
    into.count += from.count;
    if (from.since >= into.since) return;
    into.since = from.since;
    into.words = from.words;
  },
  weight: (row) => row.count,
};

const LONGEST_WORDS = 500;
const LONGEST_ADDRESS = 320;

/** Why a recipient is held, or in what words it failed before, where the log says nothing else. */
export function wordsOfHold({ reason, delivery }: Pick<TrackedEvent, 'reason' | 'delivery'>): {
  stated: boolean;
  words: string;
} {
  const stated = reason || (delivery?.status === 'held' ? delivery.diagnostic : '');
  if (stated !== '') return { stated: true, words: stated };
  return { stated: false, words: delivery?.reply.text || delivery?.diagnostic || '' };
}

/** Counts the recipients of an event, who are held from here on. `failure` is what they stood in before. */
export function hold(table: Table<HeldRow>, event: TrackedEvent, failure: CauseName | undefined): HeldPlace {
  const { mta, host, time, message, count, to } = event;
  const { stated, words } = wordsOfHold(event);
  const group = groupFor(table, { mta, stated, failure, words });
  const row = messageFor(group, message?.queueId ?? '', host);
  if (row.count === 0) {
    row.since = time;
    row.words = copy(words.slice(0, LONGEST_WORDS));
    row.from = own(message?.from);
    row.to = own(to);
  } else row.to = undefined;
  group.count += count;
  row.count += count;
  return { group, message: row };
}

/** Takes recipients out again. */
export function letGo(table: Table<HeldRow>, place: HeldPlace, count: number): void {
  const group = live(place.group);
  const message = live(place.message);
  group.count -= count;
  message.count -= count;
  if (message.count === 0) group.messages.rows.delete(message.key);
  if (group.count === 0) table.rows.delete(group.key);
}

/** What a report tells of one reason. */
export interface ToldHeld extends Reason {
  readonly since: number;
  readonly messages: readonly {
    readonly queueId: string;
    readonly host: string;
    readonly from: string | undefined;
    readonly to: string | undefined;
    readonly count: number;
    readonly since: number;
  }[];
  /** Recipients of messages that it does not list. */
  readonly others: number;
}

/** Counts what a report tells. */
export function addHeld(table: Table<HeldRow>, told: ToldHeld): void {
  const group = groupFor(table, told);
  const add = (row: HeldMessageRow, count: number, since: number): void => {
    group.count += count;
    row.count += count;
    if (since >= row.since) return;
    row.since = since;
    row.words = told.words;
  };
  for (const { queueId, host, from, to, count, since } of told.messages) {
    const row = messageFor(group, queueId, host);
    row.from ??= from;
    row.to = row.count === 0 ? to : undefined;
    add(row, count, since);
  }
  if (told.others === 0) return;
  group.messages.other ??= HELD_MESSAGES.make(OTHER);
  add(group.messages.other, told.others, told.since);
}

/** By what held mail is told apart. */
interface Reason extends Pick<HeldRow, 'mta' | 'stated' | 'failure'> {
  readonly words: string;
}

function groupFor(table: Table<HeldRow>, { mta, stated, failure, words }: Reason): HeldRow {
  if (mta === (OTHER as string)) {
    table.other ??= HELD.make(OTHER);
    return table.other;
  }
  const { kind = '', cause = '', detail = '' } = failure ?? {};
  // Of failures the words differ from case to case, and the cause says what they have in common.
  const shape = stated ? shapeOf(words) : '';
  return rowFor(table, HELD, [mta, stated ? 'stated' : '', kind, cause, detail, shape].join('\t'));
}

function messageFor({ messages }: HeldRow, queueId: string, host: string): HeldMessageRow {
  return rowFor(messages, HELD_MESSAGES, `${queueId}\t${host}`);
}

function own(text: string | undefined): string | undefined {
  return text === undefined ? undefined : copy(text.slice(0, LONGEST_ADDRESS));
}

/** A message on hold. */
export interface ReportHeldMessage {
  queue_id: string;
  /** Absent where the log names none. */
  host?: string;
  /** The null sender is `""`. */
  from?: string;
  /** Where one recipient is held that is known. */
  to?: string;
  recipients: number;
  since: string;
}

/** Recipients on hold for one reason. */
export interface ReportHeld {
  mta: Mta;
  /** Why, in the words of the log; absent where it does not say. */
  reason?: string;
  /** The failure that was before. */
  failure?: { cause: string; detail?: string; kind: Kind; title: string };
  /** What was said at that failure; absent where there is a reason. */
  reply?: string;
  recipients: number;
  /** When the oldest was held. */
  since: string;
  /** The oldest first. */
  messages: ReportHeldMessage[];
  /** How to look at it, let it go or delete it, with the id of the oldest. */
  remedy: string;
}

/**
 * Gives what is on hold, the most recipients first.
 * @param within messages of each at most
 */
export function reportHeld({ rows, other }: Table<HeldRow>, within: number): ReportHeld[] {
  return [...rows.values(), ...(other === undefined ? [] : [other])]
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || byText(a.key, b.key))
    .map((row) => heldOf(row, within));
}

function heldOf({ mta, stated, failure, count, messages }: HeldRow, within: number): ReportHeld {
  const shown = [...messages.rows.values()].sort((a, b) => a.since - b.since || byText(a.key, b.key));
  const [oldest] = shown;
  const words = oldest?.words ?? messages.other?.words ?? '';
  const since = Math.min(oldest?.since ?? Infinity, messages.other?.since ?? Infinity);
  return {
    mta,
    ...(stated && { reason: words }),
    ...(failure !== undefined && {
      failure: {
        cause: failure.cause,
        ...(failure.detail !== undefined && { detail: failure.detail }),
        kind: failure.kind,
        title: CATALOGUE.get(failure.cause as CauseId)?.title ?? 'All other causes',
      },
    }),
    ...(!stated && words !== '' && { reply: words }),
    recipients: count,
    since: timeOf(since),
    messages: shown.slice(0, within).map(messageOf),
    remedy: remedyFor(mta, stated ? words : '', oldest),
  };
}

function messageOf({ key, count, since, from, to }: HeldMessageRow): ReportHeldMessage {
  const [queueId = '', host = ''] = key.split('\t');
  return {
    queue_id: queueId,
    ...(host !== '' && { host }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    recipients: count,
    since: timeOf(since),
  };
}

/** Queue ids as mail servers make them. Whatever else a log says must not become a command. */
const QUEUE_ID = /^[0-9A-Za-z][0-9A-Za-z-]{4,30}$/;

/** What Exim says of each recipient at a domain of `hold_domains`: the message itself is not frozen. */
const HELD_DOMAIN = 'domain is held';

/** The commands for one message; they can be run as they are. */
function remedyFor(mta: Mta, reason: string, oldest: HeldMessageRow | undefined): string {
  if (mta === 'exim' && reason.startsWith(HELD_DOMAIN)) return queueRemedy('heldDomain', [mta]);
  const remedy = queueRemedy('held', mta === (OTHER as string) ? [] : [mta]);
  const [queueId = ''] = oldest?.key.split('\t') ?? [];
  return QUEUE_ID.test(queueId) ? remedy.replace(/ID(?=`)/g, queueId) : remedy;
}
