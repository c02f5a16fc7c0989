/**
 * The few real cases that a report shows for a cause: the earliest of each shape, and of these the three earliest.
 * Which ones are kept depends only on what was seen, never on the order: a shape that was dropped for being late
 * can come back only with an earlier case.
 */

import { copy } from '../../parsers/copy.ts';
import type { DeliveryStatus, Stage } from '../event/event.ts';
import type { TrackedEvent } from '../track/event.ts';
import { shapeOf } from './shape.ts';
import { byText } from './table.ts';
import { timeOf } from './time.ts';

/** One real case, with strings of its own. Times in milliseconds since the epoch. */
export interface Example {
  readonly time: number;
  readonly source: number;
  readonly offset: number;
  readonly shape: number;
  /** Of a delivery. The words of an expiry are those of the attempt before it. */
  readonly status: DeliveryStatus | undefined;
  readonly diagnostic: string;
  /** The words without the MTA's wrapping. */
  readonly reply: string;
  readonly queueId: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly relayHost: string | undefined;
  readonly relayIp: string | undefined;
  readonly clientHost: string | undefined;
  readonly clientIp: string | undefined;
  readonly replyCode: number | undefined;
  readonly enhancedCode: string | undefined;
  readonly dsn: string | undefined;
  readonly stage: Stage | undefined;
  readonly confidence: number | undefined;
}

/** A real case. The fields are named as in events. */
export interface ReportExample {
  time: string;
  /** Absent where this server refused. What is quoted with `expired` is the reply to the last attempt before. */
  status?: DeliveryStatus;
  queue_id?: string;
  from?: string;
  to?: string;
  client_host?: string;
  client_ip?: string;
  relay_host?: string;
  relay_ip?: string;
  reply_code?: number;
  enhanced_code?: string;
  dsn?: string;
  stage?: Stage;
  /** How sure its cause is, 0 to 1. */
  confidence?: number;
  diagnostic: string;
  /** The same without the MTA's wrapping. */
  reply: string;
  source_file?: string;
  source_offset: number;
}

/** How many examples are kept for a cause. */
export const EXAMPLES = 3;

const LONGEST_DIAGNOSTIC = 2000;
const LONGEST_NAME = 320;

/** Shows a failure or refusal to a list of examples, which keeps it if it belongs there. */
export function offerExample(examples: Example[], event: TrackedEvent): void {
  const last = examples[EXAMPLES - 1];
  if (last !== undefined && byPlace(event, last) > 0) return;
  const shape = shapeOf(diagnosticOf(event));
  const twin = examples.find((example) => example.shape === shape);
  if (twin !== undefined && byPlace(event, twin) > 0) return;
  keep(examples, exampleOf(event, shape));
}

/** Gives the example that a failure or refusal makes, with strings of its own. */
export function ownExample(event: TrackedEvent): Example {
  return exampleOf(event, shapeOf(diagnosticOf(event)));
}

/** Offers the examples of another list. */
export function mergeExamples(into: Example[], from: readonly Example[]): void {
  for (const example of from) keep(into, example);
}

function keep(examples: Example[], candidate: Example): void {
  const twin = examples.findIndex((example) => example.shape === candidate.shape);
  if (twin === -1) examples.push(candidate);
  else if (order(candidate, examples[twin]!) < 0) examples[twin] = candidate;
  else return;
  examples.sort(order);
  if (examples.length > EXAMPLES) examples.pop();
}

/** By place in the log; one line can tell of several recipients. */
function order(a: Example, b: Example): number {
  return byPlace(a, b) || byText(a.diagnostic, b.diagnostic) || byText(a.to ?? '', b.to ?? '');
}

interface Place {
  readonly source: number;
  readonly offset: number;
}

function byPlace(a: Place, b: Place): number {
  return a.source - b.source || a.offset - b.offset;
}

function diagnosticOf(event: TrackedEvent): string {
  return (event.delivery ?? event.rejection)?.diagnostic ?? '';
}

function exampleOf(event: TrackedEvent, shape: number): Example {
  const { message, delivery, rejection } = event;
  const said = delivery ?? rejection;
  const client = rejection?.client ?? message?.client;
  return {
    time: event.time,
    status: event.status,
    source: event.source,
    offset: event.offset,
    shape,
    diagnostic: copy(diagnosticOf(event).slice(0, LONGEST_DIAGNOSTIC)),
    reply: copy((said?.reply.text ?? '').slice(0, LONGEST_DIAGNOSTIC)),
    queueId: own(message?.queueId ?? said?.queueId),
    from: own(message?.from ?? rejection?.from),
    to: own(event.to ?? said?.to),
    relayHost: own(delivery?.relay?.host),
    relayIp: own(delivery?.relay?.ip),
    clientHost: own(client?.host),
    clientIp: own(client?.ip),
    replyCode: said?.reply.code,
    enhancedCode: own(said?.reply.enhanced),
    dsn: own(delivery?.dsn),
    stage: said?.reply.stage,
    confidence: hundredths(event.classification?.confidence),
  };
}

/** As exact as rules are: a store has less exact numbers. */
function hundredths(confidence: number | undefined): number | undefined {
  return confidence === undefined ? undefined : Math.round(confidence * 100) / 100;
}

function own(text: string | undefined): string | undefined {
  return text === undefined ? undefined : copy(text.slice(0, LONGEST_NAME));
}

/** Gives the example as a report tells it. `files` are the names of the sources by their position. */
export function reportedExample(kept: Example, files: readonly string[]): ReportExample {
  const file = files[kept.source];
  return {
    time: timeOf(kept.time),
    ...(kept.status !== undefined && { status: kept.status }),
    ...(kept.queueId && { queue_id: kept.queueId }),
    ...(kept.from !== undefined && { from: kept.from }),
    ...(kept.to !== undefined && { to: kept.to }),
    ...(kept.clientHost && { client_host: kept.clientHost }),
    ...(kept.clientIp && { client_ip: kept.clientIp }),
    ...(kept.relayHost && { relay_host: kept.relayHost }),
    ...(kept.relayIp && { relay_ip: kept.relayIp }),
    ...(kept.replyCode !== undefined && { reply_code: kept.replyCode }),
    ...(kept.enhancedCode && { enhanced_code: kept.enhancedCode }),
    ...(kept.dsn && { dsn: kept.dsn }),
    ...(kept.stage && { stage: kept.stage }),
    ...(kept.confidence !== undefined && { confidence: kept.confidence }),
    diagnostic: kept.diagnostic,
    reply: kept.reply,
    ...(file !== undefined && { source_file: file }),
    source_offset: kept.offset,
  };
}
