/** What became of a message and why, in plain sentences. */
import { type Actor, advice, CATALOGUE, type Cause, standingOf } from '../cause/catalogue.ts';
import { isNamed } from '../cause/providers.ts';
import type { DeliveryEvent } from '../event/event.ts';
import type { Query } from './query.ts';
import type { Story, TracedLine } from './story.ts';

/** What became of one recipient. */
export interface Outcome {
  readonly to: string | undefined;
  /** The last that is known: a status, `rejected`, or `open` where nothing followed the acceptance. */
  readonly state: NonNullable<DeliveryEvent['status']> | 'rejected' | 'open';
  readonly attempts: number;
  /** The event that decided. */
  readonly event: DeliveryEvent;
  readonly who_acts?: Actor | undefined;
  readonly remedy?: string | undefined;
}

/** Below this, a cause is only probable. */
const SURE = 0.8;
/** Failures that are told one by one; of more, the number is told. */
const MOST_TOLD = 5;

/** Exim's words for mail that it gives up by its configuration; it names the user where it was told to. */
const AUTOMATIC =
  /^(?:cancelled by (?:timeout_frozen_after|system filter)|(?:Message )?removed because older )/;

/** Causes are named by rules, as any text. */
const CAUSES: ReadonlyMap<string, Cause> = CATALOGUE;

/** What became of each recipient of a message. Hops are on the way, notices are other messages, and probes are none. */
export function outcomesOf(story: Story): Outcome[] {
  const others = new Set(
    story.lives.filter(({ notice, probe }) => notice || probe).flatMap(({ lines }) => lines),
  );
  const lines = story.lines.filter((line) => !others.has(line));
  const events = lines.flatMap((line) => line.events);
  const attempts = new Map<string, number>();
  const last = new Map<string, DeliveryEvent>();
  for (const event of events) {
    if (event.type === 'accepted' || event.hop) continue;
    const to = event.to ?? '';
    if (event.attempt !== undefined) attempts.set(to, (attempts.get(to) ?? 0) + 1);
    // The next host has it under the address that an alias led to.
    if (event.orig_to !== undefined && event.orig_to !== to) last.delete(event.orig_to);
    last.delete(to);
    last.set(to, event);
  }
  const found = [...last].map(([to, event]) => outcomeOf(event, attempts.get(to) ?? 0));
  if (found.length > 0) return found;
  const accepted = events.find(({ type }) => type === 'accepted');
  if (accepted === undefined) return [];
  return [{ to: undefined, state: 'open', attempts: 0, event: accepted }];
}

/** What became of mail that was refused before it had a queue id, for each reason that was given to somebody. */
export function refusalsOf(lines: readonly TracedLine[]): { outcome: Outcome; times: number }[] {
  const alike = new Map<string, { outcome: Outcome; times: number }>();
  for (const event of lines.flatMap((line) => line.events)) {
    if (event.type !== 'rejected') continue;
    const key = JSON.stringify([event.from, event.to, event.cause, event.detail]);
    const known = alike.get(key);
    if (known !== undefined) known.times += 1;
    else alike.set(key, { outcome: outcomeOf(event, 0), times: 1 });
  }
  return [...alike.values()];
}

function outcomeOf(event: DeliveryEvent, attempts: number): Outcome {
  const state: Outcome['state'] = event.type === 'rejected' ? 'rejected' : (event.status ?? 'open');
  const outcome = { to: event.to, state, attempts, event };
  const { cause, detail, kind, mta, provider } = event;
  if (cause === undefined || !CAUSES.has(cause)) return outcome;
  const direction = state === 'rejected' ? 'inbound' : 'outbound';
  const standing = standingOf(event.status);
  return { ...outcome, ...advice(cause, { detail, kind, direction, mtas: [mta], provider, standing }) };
}

/** The outcomes that the question is about: those of the address that was asked for, else all. */
export function concernedOf(outcomes: readonly Outcome[], query: Query): readonly Outcome[] {
  const meant = outcomes.filter(({ event }) => query.isIn(event.to) || query.isIn(event.orig_to));
  return meant.length > 0 ? meant : outcomes;
}

/**
 * What became of a message, in sentences: first of the recipients that the question is about, or of those that failed.
 * @param cut there may be more lines of the message than were kept
 */
export function verdictOf(story: Story, query: Query, cut: boolean): string {
  const outcomes = outcomesOf(story);
  const partly =
    cut && (story.lives.some((life) => life.cut) || outcomes.every(({ state }) => state === 'open'));
  if (partly) return 'Unknown: there are more lines of this message than could be kept.';
  if (story.lives.every(({ probe }) => probe)) {
    return 'Probe: this server only asked whether the address is accepted; no message was sent.';
  }
  if (outcomes.every(({ state }) => state === 'open') && story.lives.every(({ canceled }) => canceled)) {
    return 'No message came of it: the client broke off, or this server could not keep it and took its acceptance back.';
  }
  if (outcomes.length === 0) return 'Unknown: the log shows the message, but not what became of it.';
  const concerned = concernedOf(outcomes, query);
  const told = concerned.length === 1 ? concerned : concerned.filter(({ state }) => state !== 'delivered');
  const sentences = told.slice(0, MOST_TOLD).map(sentenceOf);
  if (told.length > MOST_TOLD) sentences.push(`And ${told.length - MOST_TOLD} more that failed.`);
  if (outcomes.length > 1) {
    const counts = `${outcomes.length} recipients: ${countsOf(outcomes)}.`;
    if (concerned.length < outcomes.length) sentences.push(`Of all its ${counts}`);
    else sentences.unshift(counts);
  }
  return [...sentences, ...noticeSentence(story)].join(' ');
}

/** `8 delivered, 2 bounced`. An event without a name may speak for several recipients. */
export function countsOf(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { state, to, event } of outcomes) {
    const weight = to === undefined ? (event.recipients ?? 1) : 1;
    counts.set(state, (counts.get(state) ?? 0) + weight);
  }
  return [...counts]
    .map(([state, count]) => `${count} ${STATE_IN_WORDS[state as Outcome['state']]}`)
    .join(', ');
}

/** Refusals that one client may have repeated. */
export function refusalSentence({ outcome, times }: { outcome: Outcome; times: number }): string {
  const sentence = sentenceOf(outcome);
  return times === 1 ? sentence : sentence.replace(/^Refused/, `Refused ${times} times`);
}

const STATE_IN_WORDS: Readonly<Record<Outcome['state'], string>> = {
  delivered: 'delivered',
  deferred: 'still deferred',
  bounced: 'bounced',
  expired: 'expired',
  discarded: 'discarded',
  held: 'held',
  deleted: 'deleted',
  rejected: 'refused',
  open: 'still open',
};

function sentenceOf(outcome: Outcome): string {
  const { event, attempts } = outcome;
  const whom = event.to ?? unnamed(event);
  const after = attempts === 0 ? '' : attempts === 1 ? 'after one attempt, ' : `after ${attempts} attempts, `;
  switch (outcome.state) {
    case 'delivered':
      return `Delivered: ${takerOf(event)} took it for ${whom}.`;
    case 'deferred':
      return `Deferred: ${after}${failureOf(event, whom)}${reasonOf(event)}; it is tried again${actOf(outcome)}.`;
    case 'bounced':
      return `Bounced: ${failureOf(event, whom)}${reasonOf(event)}${actOf(outcome)}.`;
    case 'expired':
      return `Expired: ${after}the queue gave up on ${whom}${reasonOf(event)}${actOf(outcome)}.`;
    case 'discarded':
      return `Discarded: this server threw away the mail for ${whom}${saidOf(event)}.`;
    case 'held':
      return `Held: the mail for ${whom} waits for an operator${saidOf(event)}.`;
    case 'deleted':
      return AUTOMATIC.test(event.diagnostic ?? '')
        ? `Deleted: this server took the mail for ${whom} out of the queue by itself${saidOf(event)}.`
        : `Deleted: somebody took the mail for ${whom} out of the queue by hand.`;
    case 'rejected': {
      const from = event.from === undefined ? 'mail' : `mail from ${event.from || '<>'}`;
      const who = event.client_host ?? event.client_ip;
      const client = who === undefined ? '' : ` that ${who} brought`;
      const recipient = event.to === undefined ? '' : ` for ${event.to}`;
      return `Refused: this server did not take ${from}${recipient}${client}${ownReasonOf(event)}${ownActOf(outcome)}.`;
    }
    case 'open':
      return `Open: the message was accepted for ${whom}, and the log shows no attempt to deliver it.`;
  }
}

/** Lines that speak for recipients whom no line names. */
function unnamed({ recipients }: DeliveryEvent): string {
  const whose = 'that the log does not name';
  return recipients === undefined || recipients === 1
    ? `a recipient ${whose}`
    : `${recipients} recipients ${whose}`;
}

/** Who took the mail: another server with its provider, or a service of this one. */
function takerOf({ relay_host, relay_ip, provider, transport }: DeliveryEvent): string {
  const host = relay_host ?? relay_ip;
  if (host === undefined) return transport === undefined ? 'this server' : `${transport} on this server`;
  return isNamed(provider) ? `${host} (${provider})` : host;
}

/** Without a reply of the other side, nobody refused anything. */
function failureOf(event: DeliveryEvent, whom: string): string {
  const refused = event.reply_code !== undefined && (event.relay_host ?? event.relay_ip) !== undefined;
  if (!refused) return `${whom} could not be reached`;
  const verb = event.status === 'deferred' ? 'put off' : 'refused';
  return `${takerOf(event)} ${verb} the mail for ${whom}`;
}

function reasonOf(event: DeliveryEvent): string {
  const cause = event.cause === undefined ? undefined : CAUSES.get(event.cause);
  if (cause === undefined) return saidOf(event);
  if (cause.id === 'unclassified') return ` for a reason that no rule knows${saidOf(event)}`;
  const because = (event.confidence ?? 1) < SURE ? 'probably because' : 'because';
  return ` ${because} ${continued(cause.meaning)}`;
}

/** Here the receiving server, and the recipient's side, are this server. */
function ownReasonOf(event: DeliveryEvent): string {
  return reasonOf(event)
    .replace(/\bthe receiving server's\b/, 'its')
    .replace(/\bthe receiving server\b/, 'it');
}

function ownActOf(outcome: Outcome): string {
  return outcome.who_acts === "recipient's side" ? '' : actOf(outcome);
}

/** The words of the log where there is no cause. */
function saidOf({ diagnostic }: DeliveryEvent): string {
  return diagnostic === undefined ? '' : `: "${diagnostic}"`;
}

function actOf({ who_acts }: Outcome): string {
  return who_acts === undefined ? '' : `; ${ACTS[who_acts]}`;
}

const ACTS: Readonly<Record<Actor, string>> = {
  nobody: 'nobody needs to act',
  "sender's address list": 'the sender must correct the list of addresses',
  "sender's authentication": 'the sender must mend the authentication of the mail',
  "sender's configuration": 'the sender must mend the configuration of the server',
  "sender's content": 'the sender must change the content',
  "sender's reputation": 'the sender must mend the reputation of the server',
  "recipient's side": "the recipient's side must act",
  'this server': 'the operator of this server must act',
  network: 'the network between the servers must be looked at',
  forwarder: 'the forwarder must act',
};

/** `The mailbox is full.` as the rest of a sentence. `DNS has …` keeps its capitals. */
function continued(sentence: string): string {
  const rest = sentence.replace(/\.$/, '');
  return /^[A-Z][a-z' ]/.test(rest) ? rest[0]!.toLowerCase() + rest.slice(1) : rest;
}

function noticeSentence({ lives }: Story): string[] {
  const notices = lives.filter(({ notice }) => notice);
  const events = notices.flatMap(({ lines }) => lines).flatMap((line) => line.events);
  const last = events.findLast(({ type, hop }) => type === 'delivery' && !hop);
  if (notices.length === 0) return [];
  const ids = notices.map(({ queueId }) => queueId).join(', ');
  if (last?.to === undefined) return [`A notice to the sender was made (${ids}).`];
  const fate = STATE_IN_WORDS[last.status ?? 'open'];
  return [`A notice to ${last.to} was made (${ids}) and ${fate}.`];
}
