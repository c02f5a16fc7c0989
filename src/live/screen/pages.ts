/** What stands in place of the panels: all that is known of one message, and the keys. */
import type { Screen } from '../../sink/screen.ts';
import { number, plural } from '../../sink/text/words.ts';
import { LONGEST_STATE, STATE_TONES } from '../states.ts';
import type { Entry, Trace } from './board.ts';
import { type FrameProperties, plain, timeIn } from './drawing.ts';
import { aboutOf, partiesOf, remedyOf } from './entries.ts';

/** The lines of the message that is looked at, from where it is scrolled to. */
export function messageLines(properties: FrameProperties): string[] {
  const lines = traceLines(properties);
  const room = properties.rows - 2;
  const first = Math.max(0, Math.min(properties.view.scrolled, lines.length - room));
  return lines.slice(first, first + room);
}

function traceLines({ screen, picture, zone }: FrameProperties): string[] {
  const { trace } = picture;
  if (trace === undefined) return ['', '  This message is too long ago: whybounce trace tells of it.'];
  const entries = trace.entries.flatMap((entry, index) => [
    ...traceEntry(screen, entry, zone),
    ...(index === 0 && trace.omitted > 0
      ? [screen.paint('secondary', `  ${plain(plural(trace.omitted, 'event'))} between are not kept`)]
      : []),
  ]);
  const last = trace.entries.at(-1);
  return [
    '',
    ...traceHead(screen, trace),
    '',
    ...entries,
    '',
    ...(last === undefined ? [] : remedyOf(screen, last, screen.width, 10)),
  ];
}

function traceHead(screen: Screen, { queueId, host, messageId, from, size, left }: Trace): string[] {
  const about: readonly (readonly [string, string | undefined])[] = [
    [
      'message',
      `${queueId}${host && ` on ${host}`}, ${left ? 'has left the queue' : 'in the queue as far as was seen'}`,
    ],
    ['from', from === '' ? '<> (a bounce or a notice)' : from],
    ['message-id', messageId],
    ['size', size === undefined ? undefined : `${number(size)} bytes`],
  ];
  return about
    .filter(([, text]) => text !== undefined)
    .map(
      ([name, text]) =>
        `${screen.paint('secondary', name.padEnd(12))}${screen.fit(screen.safe(text!), screen.width - 12)}`,
    );
}

function traceEntry(screen: Screen, entry: Entry, zone: string): string[] {
  const { time, state, reply, relay } = entry;
  const text = [partiesOf(entry), relay === undefined ? '' : `by ${relay}`, aboutOf(entry)]
    .filter(Boolean)
    .join('  ');
  const room = screen.width - 8 - 1 - LONGEST_STATE - 1;
  const [first = '', ...rest] = screen.wrap(screen.safe(text), room);
  const indent = ' '.repeat(screen.width - room);
  const said = reply === '' ? [] : screen.wrap(screen.safe(reply), room, 6);
  return [
    `${timeIn(zone, time)} ${screen.paint(STATE_TONES[state], state.padEnd(LONGEST_STATE))} ${first}`,
    ...rest.map((line) => indent + line),
    ...said.map((line) => indent + screen.paint('secondary', line)),
  ];
}

const HELP: readonly (readonly [string, string])[] = [
  ['', ''],
  ['Tab, c v n', 'go to another panel: causes, providers, newest events'],
  ['up, down', 'point at a row; also j and k, page up and page down'],
  ['Enter', 'on a cause or a provider: show only that; on an event: open its message'],
  ['/', 'show only events with a text: address, reply, queue id, cause'],
  ['Esc', 'show all again'],
  ['s', 'sort by count, by the steepest rise, by name'],
  ['t', 'count the last hour, or all since the beginning'],
  ['a', 'list all events, or problems only'],
  ['p, space', 'hold the screen while the logs are followed on'],
  ['q, Ctrl-C', 'quit'],
  ['', ''],
  [
    '',
    'Columns are minutes of the last hour, in trends five minutes; an arrow tells that the last quarter of an hour differs from the rest. ' +
      'Counts are of attempts, and of mail that expired or was held; what arrives is a share of the attempts. ' +
      'Figures behind a chart: now, and the most of the hour. Delay is the median of deliveries. ' +
      'A question mark tells that the cause is not sure.',
  ],
];

/** The keys and what they do, and what the figures mean. */
export function helpLines(screen: Screen): string[] {
  return HELP.flatMap(([key, meaning]) =>
    screen
      .wrap(meaning, screen.width - 14)
      .map((line, index) => `  ${screen.paint('strong', (index === 0 ? key : '').padEnd(12))}${line}`),
  );
}
