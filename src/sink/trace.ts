/** A trace as text for a terminal and as JSON. */
import type { DeliveryEvent } from '../event/event.ts';
import type { Query } from '../trace/query.ts';
import type { Story, Trace, TracedLine } from '../trace/story.ts';
import {
  concernedOf,
  countsOf,
  type Outcome,
  outcomesOf,
  refusalSentence,
  refusalsOf,
  verdictOf,
} from '../trace/verdict.ts';
import { formatTime } from './delivery-event.ts';
import type { Screen, Tone } from './screen.ts';

/** Value of `schema` in the document. */
export const TRACE_SCHEMA = 'whybounce.trace/1';

/** What a trace was made of. */
export interface TraceContext {
  /** What was looked for. */
  readonly query: Query;
  /** Names of the sources, by the position that lines bear. */
  readonly files: readonly string[];
  /** Only messages of some time were asked for. */
  readonly isWindow: boolean;
  /** Name of the store that it is out of. A store has no lines. */
  readonly store?: string | undefined;
  /** It was stopped before all was read. */
  readonly interrupted: boolean;
}

/** Kinds of refusal that are put into words. */
const MOST_REFUSALS = 10;
/** Messages that are told in a line each before all their lines come. */
const MOST_IN_OVERVIEW = 100;
/** Remedies that are told of one message. */
const MOST_REMEDIES = 4;

const INDENT = '  ';

const TONES: Readonly<Record<Outcome['state'], Tone>> = {
  delivered: 'good',
  deferred: 'soft',
  bounced: 'hard',
  expired: 'hard',
  discarded: 'soft',
  held: 'soft',
  deleted: 'soft',
  rejected: 'hard',
  open: 'soft',
};

/** Writes every line of each message, what it means, and a sentence on what happened and why. Events out of a store. */
export function formatTrace(trace: Trace, context: TraceContext, screen: Screen): string {
  const page: string[] = [];
  const { store } = context;
  if (store !== undefined && trace.stories.length + trace.refusals.length > 0) {
    const said = `${store} has no log lines: these are the events of each message.`;
    page.push(
      ...screen.wrap(screen.safe(said), screen.width).map((line) => screen.paint('secondary', line)),
      '',
    );
  }
  if (trace.stories.length > 1) page.push(...overview(trace, context, screen), '');
  for (const story of trace.stories) page.push(...storyLines(story, trace.cut, context, screen), '');
  const refusals = refusalsOf(trace.refusals);
  if (trace.refusals.length > 0) {
    page.push(screen.paint('heading', 'Refused before it was a message'));
    page.push(...logLines(trace.refusals, context, screen));
    for (const refusal of refusals.slice(0, MOST_REFUSALS)) {
      page.push(...verdict(refusalSentence(refusal), [refusal.outcome], screen));
    }
    const more = refusals.length - MOST_REFUSALS;
    if (more > 0) page.push(`${INDENT}And ${more} more for other people or other reasons.`);
    page.push('');
  }
  // The sentence on a single message is the end of it.
  if (trace.stories.length + refusals.length === 1 && !trace.cut) page.pop();
  else page.push(...screen.wrap(screen.safe(summaryOf(trace, context)), screen.width));
  return `${page.join('\n')}\n`;
}

/** Writes the same as one JSON document, indented for people and ended by a line feed. */
export function formatTraceJson(trace: Trace, context: TraceContext): string {
  const line = ({ source, offset, time, text }: TracedLine) => ({
    ...{ time: formatTime(time), source_file: context.files[source], source_offset: offset, text },
  });
  const recipient = ({ to, state, attempts, event, who_acts, remedy }: Outcome) => ({
    ...{ to, state, attempts, cause: event.cause, detail: event.detail, who_acts, remedy },
  });
  const document = {
    schema: TRACE_SCHEMA,
    what: context.query.what,
    messages: trace.stories.map((story) => {
      const outcomes = outcomesOf(story);
      const [first] = story.lives;
      return {
        queue_ids: story.lives.map(({ mta, host, instance, queueId, notice }) => ({
          ...{ mta, host, instance, queue_id: queueId, ...(notice && { notice }) },
        })),
        message_id: messageIdOf(story),
        ...{ from: first?.from, size: first?.size },
        recipients: outcomes.map(recipient),
        verdict: verdictOf(story, context.query, trace.cut),
        events: story.lines.flatMap(({ events }) => events),
        lines: story.lines.map(line),
      };
    }),
    refusals: {
      verdicts: refusalsOf(trace.refusals).map(({ outcome, times }) => ({
        ...{ times, from: outcome.event.from, ...recipient(outcome) },
        verdict: refusalSentence({ outcome, times }),
      })),
      events: trace.refusals.flatMap(({ events }): DeliveryEvent[] => events),
      lines: trace.refusals.map(line),
    },
    complete: !trace.cut,
    verdict: summaryOf(trace, context),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** How many messages there are and what became of each, before they are told one by one. */
function overview(trace: Trace, context: TraceContext, screen: Screen): string[] {
  const { stories } = trace;
  const more = stories.length - MOST_IN_OVERVIEW;
  return [
    ...screen.wrap(screen.safe(summaryOf(trace, context)), screen.width),
    ...stories.slice(0, MOST_IN_OVERVIEW).map((story) => {
      const outcomes = concernedOf(outcomesOf(story), context.query);
      const failed = outcomes.find(({ event }) => event.cause !== undefined);
      const [first] = story.lives;
      const to = (failed ?? outcomes[0])?.to;
      const said = [
        story.lines[0] === undefined ? [] : formatTime(Math.floor(story.lines[0].time / 1000) * 1000),
        first?.queueId,
        outcomes.length === 0 ? 'unknown' : countsOf(outcomes).replace(/^1 (?=\S+$)/, ''),
        failed?.event.cause,
        to === undefined ? [] : `to ${to}`,
        first?.from === undefined ? [] : `from ${first.from || '<>'}`,
      ].flatMap((part) => part ?? []);
      const tone = TONES[(failed ?? outcomes[0])?.state ?? 'open'];
      return (
        INDENT + screen.paint(tone, screen.fit(screen.safe(said.join('  ')), screen.width - INDENT.length))
      );
    }),
    ...(more > 0 ? [`${INDENT}and ${more} more`] : []),
  ];
}

function storyLines(story: Story, cut: boolean, context: TraceContext, screen: Screen): string[] {
  const outcomes = concernedOf(outcomesOf(story), context.query);
  const [first] = story.lives;
  const facts = [
    ['from', first?.from === '' ? '<>' : first?.from],
    ['message-id', messageIdOf(story)],
    ['size', first?.size === undefined ? undefined : `${first.size} bytes`],
  ].flatMap(([name, value]) => (value === undefined ? [] : `${name} ${value}`));
  return [
    screen.paint('heading', screen.safe(`Message ${idsOf(story)}`)),
    ...(facts.length === 0 ? [] : [INDENT + screen.paint('secondary', screen.safe(facts.join(', ')))]),
    ...logLines(story.lines, context, screen),
    ...verdict(verdictOf(story, context.query, cut), outcomes, screen),
  ];
}

/** `4FDE2A1B, 4FDE2A1C (notice) on mx1; 5AAAAAA on mx2`. */
function idsOf({ lives }: Story): string {
  const byHost = new Map<string, string[]>();
  for (const { queueId, host, notice } of lives) {
    byHost.set(host, [...(byHost.get(host) ?? []), notice ? `${queueId} (notice)` : queueId]);
  }
  return [...byHost].map(([host, ids]) => `${ids.join(', ')}${host === '' ? '' : ` on ${host}`}`).join('; ');
}

function messageIdOf({ lives }: Story): string | undefined {
  return lives.find(({ notice, messageId }) => !notice && messageId !== undefined)?.messageId;
}

/** The lines whole, as one may want to copy them, each with what it was understood as where that is a failure. */
function logLines(lines: readonly TracedLine[], { files }: TraceContext, screen: Screen): string[] {
  const page: string[] = [];
  let source = -1;
  for (const line of lines) {
    if (line.text !== undefined && files.length > 1 && line.source !== source) {
      source = line.source;
      page.push(INDENT + screen.paint('secondary', screen.safe(`${files[source]}:`)));
    }
    const state = line.events.at(-1);
    const tone = state === undefined ? 'plain' : toneOf(state);
    const { text } = line;
    if (text !== undefined) page.push(INDENT + screen.paint(tone, screen.safe(text)));
    for (const event of line.events) {
      if (text === undefined) page.push(INDENT + screen.paint(toneOf(event), screen.safe(inOneLine(event))));
      if (event.cause === undefined) continue;
      const sure = `${Math.round((event.confidence ?? 0) * 100)} % sure`;
      const detail = event.detail === undefined ? '' : `, ${event.detail}`;
      const whom = event.to === undefined ? '' : ` for ${event.to}`;
      const said = `${event.status ?? 'rejected'}${whom}: ${event.cause}${detail} (${sure}, rule ${event.rule})`;
      page.push(INDENT.repeat(3) + screen.paint('secondary', screen.safe(said)));
    }
  }
  return page;
}

/** `2026-11-23T06:00:00Z mx1 4FDE2A1B: bounced, to bob@example.org, by mx.example.org: 550 5.1.1 User unknown`. */
function inOneLine(event: DeliveryEvent): string {
  const { time, host, queue_id, type, status, from, to, recipients, diagnostic } = event;
  const client = event.client_host ?? event.client_ip;
  const relay = event.relay_host ?? event.relay_ip ?? event.transport;
  const said = [
    type === 'rejected' ? 'refused' : (status ?? type),
    ...(from === undefined || type === 'delivery' ? [] : [`from ${from || '<>'}`]),
    ...(to === undefined ? [] : [`to ${to}`]),
    ...(recipients === undefined ? [] : [`recipients: ${recipients}`]),
    ...(client === undefined || type === 'delivery' ? [] : [`brought by ${client}`]),
    ...(relay === undefined ? [] : [`by ${relay}`]),
  ].join(', ');
  const where = [host, queue_id].filter((name) => name !== undefined).join(' ');
  return `${time} ${where}: ${said}${diagnostic === undefined ? '' : `: ${diagnostic}`}`;
}

function toneOf({ type, status }: DeliveryEvent): Tone {
  if (type === 'accepted') return 'plain';
  return TONES[type === 'rejected' ? 'rejected' : (status ?? 'open')];
}

/** The sentence, and what to do about the failures: each remedy once. */
function verdict(sentence: string, outcomes: readonly Outcome[], screen: Screen): string[] {
  const told =
    outcomes.find(({ remedy }) => remedy !== undefined) ??
    outcomes.find(({ state }) => state !== 'delivered') ??
    outcomes[0];
  const tone = TONES[told?.state ?? 'open'];
  const wrapped = (text: string): string[] => screen.wrap(screen.safe(text), screen.width - INDENT.length);
  return [
    ...wrapped(sentence).map((line) => INDENT + screen.paint(tone, line)),
    ...remediesOf(outcomes).flatMap((remedy) => wrapped(remedy).map((line) => INDENT + line)),
  ];
}

/** What to do, and for whom where not the same is to be done for all who failed. */
function remediesOf(outcomes: readonly Outcome[]): string[] {
  const whom = new Map<string, string[]>();
  for (const { remedy, to } of outcomes) {
    if (remedy === undefined) continue;
    whom.set(remedy, [...(whom.get(remedy) ?? []), to ?? 'recipients without a name']);
  }
  const told = [...whom].slice(0, MOST_REMEDIES).map(([remedy, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return whom.size === 1 ? `What to do: ${remedy}` : `What to do for ${first}${more}: ${remedy}`;
  });
  if (whom.size > MOST_REMEDIES)
    told.push(`And ${whom.size - MOST_REMEDIES} more things to do for others: --json has all.`);
  return told;
}

/** One sentence for all that was found. */
function summaryOf(trace: Trace, { query, files, store, isWindow, interrupted }: TraceContext): string {
  const { stories, refusals, cut } = trace;
  const where =
    store ??
    (files.length === 1 ? (files[0] === '-' ? 'standard input' : files[0]) : `${files.length} files`);
  const why = interrupted ? 'it was interrupted.' : 'narrow it with a longer text, --since or --until.';
  const more = cut ? ` This is not all: ${why}` : '';
  const when = isWindow ? ' of that time' : '';
  if (stories.length === 0 && refusals.length === 0) {
    return `Nothing found: no message${when} in ${where} has "${query.what}" in its queue id, message-id or addresses.${more}`;
  }
  const outcomes = stories.flatMap((story) => concernedOf(outcomesOf(story), query));
  const times = refusalsOf(refusals).reduce((sum, refusal) => sum + refusal.times, 0);
  const parts = [
    ...(stories.length === 1 ? ['1 message'] : stories.length > 1 ? [`${stories.length} messages`] : []),
    ...(outcomes.length > 0 ? [`recipients: ${countsOf(outcomes)}`] : []),
    ...(times > 0 ? [`${times} ${times === 1 ? 'refusal' : 'refusals'} before it was a message`] : []),
  ];
  return `Found for "${query.what}": ${parts.join('; ')}.${more}`;
}
