/** Events as lines: JSON for programs, or a line or two for people. */
import { TZDate } from '@date-fns/tz/date';
import { type Advice, advice, CATALOGUE, type CauseId, standingOf } from '../cause/catalogue.ts';
import { isDoubtful } from '../cause/contract.ts';
import { isNamed } from '../cause/providers.ts';
import { EventRenderer, type RendererState } from '../sink/delivery-event.ts';
import type { Screen } from '../sink/screen.ts';
import type { TrackedEvent, TrackSink } from '../track/event.ts';
import type { Connect, Consumer } from './consumer.ts';
import { LONGEST_STATE, STATE_TONES, type State } from './states.ts';

/** Where lines go. */
export interface LineOutput {
  /** Takes a text without writing it yet. */
  add(text: string): void;
  /** Writes what was taken, and waits until the reader has room; rejects where there is no reader any more. */
  flush(): Promise<void>;
}

/** A sink for those who only want the events. */
function eventsOnly(event: (event: TrackedEvent) => void): TrackSink {
  const ignore = (): void => undefined;
  return { event, resumed: ignore, closed: ignore, retracted: ignore, notified: ignore, notice: ignore };
}

/** Writes each event as a JSON object on a line of its own. */
export function jsonLines(output: LineOutput): Connect {
  return ({ analysis, names }, states): Consumer => {
    const name = 'lines';
    const renderer = new EventRenderer(names, states?.get(name) as RendererState | undefined);
    return {
      name,
      sink: eventsOnly((event) => {
        output.add(`${JSON.stringify(renderer.render(event, analysis.currentLine))}\n`);
      }),
      flush: () => output.flush(),
      get state() {
        return renderer.state;
      },
      close: async () => undefined,
    };
  };
}

/**
 * Writes each event as a line for people, failures with what to do next on the line below.
 * @param zone of the times
 */
export function prettyLines(output: LineOutput, screen: () => Screen, zone: string): Connect {
  return (): Consumer => {
    const lines = new PrettyLines(zone);
    return {
      name: 'pretty',
      sink: eventsOnly((event) => output.add(lines.format(event, screen()))),
      flush: () => output.flush(),
      close: async () => undefined,
    };
  };
}

class PrettyLines {
  readonly #zone: string;
  #told: string | undefined;

  constructor(zone: string) {
    this.#zone = zone;
  }

  format(event: TrackedEvent, screen: Screen): string {
    const state = (event.status ?? event.type) as State;
    const tone = STATE_TONES[state];
    const time = timeIn(this.#zone, event.time);
    const rest = [partiesOf(event), ...aboutOf(event)].filter((part) => part !== '').join('  ');
    const head = `${screen.paint('secondary', time)}  ${screen.paint(tone, state.padEnd(LONGEST_STATE))}  `;
    const room = screen.width - time.length - LONGEST_STATE - 4;
    const line = `${head}${screen.paint(event.type === 'accepted' ? 'secondary' : 'plain', screen.fit(screen.safe(rest), room))}\n`;
    const next = adviceOf(event);
    if (next === undefined) return line;
    const text = `${next.who_acts}: ${next.remedy}`;
    // Many failures in a row have one remedy.
    if (text === this.#told) return line;
    this.#told = text;
    const indent = ' '.repeat(time.length + 2);
    const told = screen.wrap(screen.safe(text), screen.width - indent.length);
    return line + told.map((each) => `${indent}${screen.paint('secondary', each)}\n`).join('');
  }
}

function partiesOf(event: TrackedEvent): string {
  const { message, rejection, to } = event;
  const from = rejection?.from ?? message?.from;
  const sender = from === undefined ? '' : from === '' ? '<>' : from;
  if (event.type === 'accepted') {
    const { recipients } = message ?? {};
    return `${sender || 'a message'}${recipients === undefined ? '' : ` to ${recipients}`}`;
  }
  if (event.type === 'rejected') {
    const client = rejection?.client?.ip ?? rejection?.client?.host ?? '';
    return [[sender, to].filter(Boolean).join(' to '), client].filter(Boolean).join(' from ');
  }
  return to ?? `${event.count} recipients`;
}

function aboutOf({ provider, classification, hop, suspended, attempt, status }: TrackedEvent): string[] {
  const about: string[] = [];
  if (isNamed(provider)) about.push(provider);
  if (classification !== undefined) {
    const { cause, detail } = classification;
    const title = CATALOGUE.get(cause as CauseId)?.title ?? 'Unknown cause';
    about.push(
      `${title}${detail === undefined ? '' : ` (${detail})`}${isDoubtful(classification) ? '?' : ''}`,
    );
  }
  if (hop) about.push('handed on');
  if (suspended) about.push('not tried');
  if (attempt > 1 && status !== 'delivered') about.push(`attempt ${attempt}`);
  return about;
}

function adviceOf({ classification, type, status, mta, provider }: TrackedEvent): Advice | undefined {
  if (classification === undefined) return undefined;
  const { cause, detail, kind } = classification;
  const direction = type === 'rejected' ? 'inbound' : 'outbound';
  return advice(cause, { detail, kind, direction, mtas: [mta], provider, standing: standingOf(status) });
}

/** `2026-11-24 08:00:12`. */
function timeIn(zone: string, time: number): string {
  const local = new TZDate(time, zone);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const date = `${local.getFullYear()}-${pad(local.getMonth() + 1)}-${pad(local.getDate())}`;
  return `${date} ${pad(local.getHours())}:${pad(local.getMinutes())}:${pad(local.getSeconds())}`;
}
