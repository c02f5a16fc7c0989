/** Draws the live screen: pure components of what there is to show and of the size of the terminal. */
import { Box, Text } from 'ink';
import { advice, standingOf } from '../../cause/catalogue.ts';
import { isDoubtful } from '../../cause/contract.ts';
import { isNamed, LOCAL } from '../../cause/providers.ts';
import type { Screen, Tone } from '../../sink/screen.ts';
import { duration, number, percent, plural } from '../../sink/text/words.ts';
import type { Alert } from '../../watch/engine.ts';
import { LONGEST_STATE, STATE_TONES } from '../states.ts';
import type { BoardState, Entry, Trace } from './board.ts';
import { type CauseRow, type EventRow, type Picture, type ProviderRow, titleOf } from './picture.ts';
import type { Panel, View } from './view.ts';

/** Two panels stand beside each other from this width on. */
const WIDE = 140;
/** Below this height only the most important is shown. */
const LOW = 18;
/** Columns before a chart. */
const CHART_NAME = 10;
/** Columns behind a chart at least. */
const LEAST_FIGURES = 10;
/** Without a line for so long something may be wrong, in milliseconds. */
const SILENT = 60_000;
/** Lines that come later than this are old, in milliseconds. */
const LATE = 120_000;

/** All that is drawn. */
export interface FrameProperties {
  readonly state: BoardState;
  readonly picture: Picture;
  readonly view: View;
  readonly alerts: readonly Alert[];
  /** What is followed. */
  readonly logs: string;
  /** Of the times. */
  readonly zone: string;
  readonly now: number;
  readonly screen: Screen;
  readonly rows: number;
}

/** Outcomes besides those that are always told, in the order of their weight. */
const OTHER_OUTCOMES = ['held', 'discarded', 'deleted'] as const;

/** The whole screen. */
export function Frame(properties: FrameProperties) {
  const { view, rows } = properties;
  const page = {
    board: () => <Board {...properties} />,
    trace: () => (
      <Lines
        lines={traceLines(properties).slice(scrolledTo(properties), scrolledTo(properties) + rows - 2)}
      />
    ),
    help: () => <Lines lines={helpLines(properties.screen)} />,
  }[view.page];
  return (
    <Box flexDirection="column" height={rows} overflow="hidden">
      <Lines lines={[headline(properties)]} />
      <Box flexDirection="column" flexGrow={1} overflow="hidden">
        {page()}
      </Box>
      <Lines lines={[footer(properties)]} />
    </Box>
  );
}

/** Lines that fit. */
function Lines({ lines }: { readonly lines: readonly string[] }) {
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place
    <Text key={index} wrap="truncate">
      {line === '' ? ' ' : line}
    </Text>
  ));
}

function Board(properties: FrameProperties) {
  const { screen, rows, picture, view, alerts } = properties;
  const isWide = screen.width >= WIDE;
  const charts = chartLines(properties, rows < LOW ? 2 : 4);
  const told = alertLines(screen, alerts, rows < 30 ? 1 : 5);
  const details = detailLines(properties, rows < LOW ? 2 : rows < 30 ? 3 : 6);
  const isLow = rows < LOW;
  const titles = isWide || isLow ? 2 : 3;
  // Two lines are the screen's first and last, one is that of the totals.
  const room = Math.max(0, rows - 3 - charts.length - told.length - details.length - titles);
  const causes = Math.floor(room * (isWide || isLow ? 0.5 : 0.4));
  const providers = isWide ? causes : isLow ? 0 : Math.floor(room * 0.3);
  const events = room - causes - (isWide ? 0 : providers);
  const width = isWide
    ? { causes: screen.width - 62, providers: 60 }
    : { causes: screen.width, providers: screen.width };
  const causePanel = [
    causeTitle(screen, view, width.causes),
    ...panelRows(picture.causes, view, 'causes', causes, (row, mark) =>
      causeLine(screen, row, mark, width.causes),
    ),
  ];
  const providerPanel = [
    providerTitle(screen, view, width.providers),
    ...panelRows(picture.providers, view, 'providers', providers, (row, mark) =>
      providerLine(screen, row, mark, width.providers),
    ),
  ];
  return (
    <>
      <Lines lines={[totals(properties), ...charts, ...told]} />
      <Box flexDirection={isWide ? 'row' : 'column'} columnGap={2}>
        <Box flexDirection="column" width={width.causes}>
          <Lines lines={filled(causePanel, causes + 1)} />
        </Box>
        <Box flexDirection="column" width={width.providers}>
          <Lines lines={isLow && !isWide ? [] : filled(providerPanel, providers + 1)} />
        </Box>
      </Box>
      <Lines
        lines={[
          eventTitle(properties),
          ...filled(
            panelRows(picture.events, view, 'events', events, (row, mark) =>
              eventLine(properties, row, mark),
            ),
            events,
          ),
          ...details,
        ]}
      />
    </>
  );
}

// --- head and foot ------------------------------------------------------------------------------------------------

function headline({ screen, state, view, logs, zone, now }: FrameProperties): string {
  const silent = state.lastLineAt === undefined ? undefined : now - state.lastLineAt;
  const late = now - state.clock;
  const status = view.isPaused
    ? (['soft', 'paused'] as const)
    : silent === undefined
      ? (['secondary', 'no line yet'] as const)
      : silent > SILENT
        ? (['soft', `no line for ${plain(duration(silent / 1000))}`] as const)
        : state.hasMore && late > LATE
          ? (['secondary', `${plain(duration(late / 1000))} behind`] as const)
          : (['good', 'live'] as const);
  const time = timeIn(zone, state.clock);
  const right = `${plain(plural(Math.round(state.rate), 'line'))}/s  ${time}  `;
  const room = screen.width - 'whybounce  '.length - right.length - status[1].length - 2;
  const name = screen.left(screen.safe(logs), Math.max(8, room));
  return `${screen.paint('heading', 'whybounce')}  ${name}  ${screen.paint('secondary', right)}${screen.paint(status[0], status[1])}`;
}

function totals({ screen, state, picture, view }: FrameProperties): string {
  const { oldest, clock } = state;
  const { delivered, deferred, bounced, expired, rejected, notices } = picture.totals;
  const since = oldest === undefined ? '' : ` (${plain(duration(Math.max(0, clock - oldest) / 1000))})`;
  const tone = (count: number, some: Tone): Tone => (count > 0 ? some : 'plain');
  const parts: readonly (readonly [Tone, string])[] = [
    ['secondary', view.period === 'hour' ? '1 hour' : 'in all'],
    ['good', `${number(delivered)} delivered`],
    [tone(deferred, 'soft'), `${number(deferred)} deferred`],
    [tone(bounced, 'hard'), `${number(bounced)} bounced`],
    ...(expired > 0 ? [['hard', `${number(expired)} expired`] as const] : []),
    ['plain', `${number(rejected)} refused`],
    ['plain', `${number(state.queue.total)} waiting`],
    ...OTHER_OUTCOMES.filter((name) => picture.totals[name] > 0).map(
      (name) => [STATE_TONES[name], `${number(picture.totals[name])} ${name}`] as const,
    ),
    ...(notices > 0 ? [['secondary', `${number(notices)} notices`] as const] : []),
  ];
  let room = screen.width + 2;
  const shown = parts.filter(([, text]) => {
    room -= text.length + 2;
    return room >= 0;
  });
  const line = shown.map(([each, text]) => screen.paint(each, text)).join('  ');
  const isWaitingLast = shown.length === parts.length && parts.at(-1)![1].endsWith('waiting');
  return isWaitingLast && since.length <= room ? line + since : line;
}

function footer({ screen, view, state }: FrameProperties): string {
  if (view.isTyping) {
    return `${screen.paint('strong', 'find: ')}${screen.safe(view.filter.text)}_  ${screen.paint('secondary', 'Enter keeps it, Esc clears it')}`;
  }
  if (state.note !== undefined && view.page === 'board') {
    return screen.paint('soft', screen.fit(screen.safe(state.note), screen.width));
  }
  const keys =
    view.page === 'board'
      ? 'q quit  ? help  Tab panel  Enter open or filter  / find  s sort  t time  a all  p pause'
      : 'any key goes back  up, down scroll  p pause  q quit';
  return screen.paint('secondary', screen.fit(keys, screen.width));
}

// --- charts -------------------------------------------------------------------------------------------------------

function chartLines({ screen, picture }: FrameProperties, most: number): string[] {
  const charts = [
    { name: 'delivered', values: picture.delivered, tone: 'good', unit: '/min', text: number },
    { name: 'failed', values: picture.failed, tone: 'hard', unit: '/min', text: number },
    {
      name: 'delay',
      values: picture.delay,
      tone: 'plain',
      unit: '',
      text: (value: number) => plain(duration(value)),
    },
    { name: 'waiting', values: picture.queue, tone: 'soft', unit: '', text: number },
  ] as const;
  return charts.slice(0, most).map(({ name, values, tone, unit, text }) => {
    const tallest = Math.max(...values);
    const now = text(values.at(-1)!);
    const room = Math.max(LEAST_FIGURES, screen.width - CHART_NAME - values.length) - 1;
    const full = `now ${now}${unit}, most ${text(tallest)}${unit}`;
    const figures =
      tallest === 0 ? '' : full.length <= room ? full : screen.fit(`${now}/${text(tallest)}`, room);
    const columns = values.slice(-Math.max(1, screen.width - CHART_NAME - LEAST_FIGURES));
    const chart = screen.columns(columns, Math.max(1, tallest));
    return `${screen.paint('secondary', name.padEnd(CHART_NAME))}${screen.paint(tone, chart)} ${figures}`;
  });
}

function alertLines(screen: Screen, alerts: readonly Alert[], most: number): string[] {
  const ranks = ['critical', 'warning', 'info'];
  const sorted = [...alerts].sort((a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity));
  const shown = sorted.slice(0, sorted.length > most ? Math.max(1, most - (most > 1 ? 1 : 0)) : most);
  const others = sorted.length - shown.length;
  const lines = shown.map(({ severity, rule, text }, index) => {
    const more = others > 0 && (most === 1 || index === most) ? ` (and ${number(others)} more)` : '';
    const head = `${severity.toUpperCase()} ${screen.safe(rule)}: `;
    const rest = screen.fit(screen.safe(text), screen.width - head.length - more.length);
    return `${screen.paint(severity === 'critical' ? 'hard' : 'soft', head)}${rest}${more}`;
  });
  if (others > 0 && most > 1)
    lines.push(screen.paint('secondary', `and ${plain(plural(others, 'more alert'))}`));
  return lines;
}

// --- panels -------------------------------------------------------------------------------------------------------

/** The rows of a panel that fit, those around the one that is pointed at. */
function panelRows<T extends { readonly key: string }>(
  rows: readonly T[],
  view: View,
  panel: Panel,
  room: number,
  draw: (row: T, isMarked: boolean) => string,
): string[] {
  const selected = view.selected[panel];
  const at =
    selected === undefined
      ? 0
      : Math.max(
          0,
          rows.findIndex(({ key }) => key === selected),
        );
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  return rows
    .slice(first, first + room)
    .map((row, index) => draw(row, view.panel === panel && first + index === at));
}

function filled(lines: readonly string[], length: number): string[] {
  return [...lines.slice(0, length), ...new Array<string>(Math.max(0, length - lines.length)).fill('')];
}

/** A title over columns, filled with a rule so that panels are told apart without colour. */
function title(screen: Screen, isActive: boolean, name: string, columns: string, width: number): string {
  const rule = screen.unicode ? '─' : '-';
  const room = width - screen.widthOf(name) - screen.widthOf(columns) - 2;
  const text = `${name} ${rule.repeat(Math.max(1, room))} ${columns}`;
  return screen.paint(isActive ? 'heading' : 'secondary', screen.fit(text, width));
}

function pointer(screen: Screen, isMarked: boolean): string {
  return isMarked ? screen.paint('heading', screen.unicode ? '❯ ' : '> ') : '  ';
}

function sortName(view: View): string {
  return { count: '', trend: ', steepest rise first', name: ', by name' }[view.sort];
}

function arrow(screen: Screen, direction: CauseRow['direction']): string {
  if (direction === undefined) return ' ';
  const sign = screen.unicode ? { rises: '↑', falls: '↓' } : { rises: '+', falls: '-' };
  return screen.paint(direction === 'rises' ? 'hard' : 'good', sign[direction]);
}

/** Below so many columns for a title the short marks are used. */
const ROOM_FOR_MARKS = 45;

/** What stands behind the title of a cause that is of this side. */
function markOf(isInbound: boolean, isLocal: boolean): Readonly<Record<'long' | 'short', string>> {
  if (isInbound) return { long: ' (refused here)', short: ' (refused)' };
  return isLocal ? { long: ' (on this host)', short: ' (local)' } : { long: '', short: '' };
}

const COUNT = 8;
const TREND = 12;
const ACTOR = 23;

function causeTitle(screen: Screen, view: View, width: number): string {
  const columns = `${'times'.padStart(COUNT)} ${'last hour'.padStart(TREND)}    ${'who acts'.padEnd(ACTOR)}`;
  return title(screen, view.panel === 'causes', `CAUSES${sortName(view)}`, columns, width);
}

function causeLine(screen: Screen, row: CauseRow, isMarked: boolean, width: number): string {
  const { cause, isInbound, isLocal, count, trend, direction } = row;
  const actor = advice(cause, {
    direction: isInbound ? 'inbound' : 'outbound',
    provider: isLocal ? LOCAL : undefined,
  }).who_acts;
  const room = width - 2 - COUNT - TREND - ACTOR - 5;
  // It tells two rows of one title apart, so it is not what is cut off.
  const mark = markOf(isInbound, isLocal)[room < ROOM_FOR_MARKS ? 'short' : 'long'];
  const text = screen.left(screen.fit(row.title, room - mark.length) + mark, room);
  const chart = screen.columns(trend, Math.max(1, ...trend));
  return (
    `${pointer(screen, isMarked)}${screen.paint(isMarked ? 'strong' : 'plain', text)}${screen.right(number(count), COUNT)} ` +
    `${screen.paint('soft', chart)} ${arrow(screen, direction)}  ${screen.paint('secondary', screen.left(actor, ACTOR))}`
  );
}

function providerTitle(screen: Screen, view: View, width: number): string {
  const columns = `${'delivered'.padStart(10)}${'deferred'.padStart(9)}${'bounced'.padStart(8)}${'expired'.padStart(8)}${'arrive'.padStart(8)}`;
  return title(screen, view.panel === 'providers', 'PROVIDERS', columns, width);
}

function providerLine(screen: Screen, row: ProviderRow, isMarked: boolean, width: number): string {
  const { key, delivered, deferred, bounced, expired, trend, direction } = row;
  const attempts = delivered + deferred + bounced;
  const wide = width >= 76;
  const chart = wide
    ? ` ${screen.paint('soft', screen.columns(trend, Math.max(1, ...trend)))} ${arrow(screen, direction)}`
    : '';
  const room = width - 2 - 43 - (wide ? TREND + 3 : 0);
  return (
    `${pointer(screen, isMarked)}${screen.paint(isMarked ? 'strong' : 'plain', screen.left(key, room))}${chart}` +
    `${screen.right(number(delivered), 10)}${screen.paint(deferred > 0 ? 'soft' : 'plain', screen.right(number(deferred), 9))}` +
    `${screen.paint(bounced > 0 ? 'hard' : 'plain', screen.right(number(bounced), 8))}` +
    `${screen.paint(expired > 0 ? 'hard' : 'plain', screen.right(number(expired), 8))}` +
    screen.right(plain(percent(delivered, attempts)), 8)
  );
}

function eventTitle({ screen, view, picture }: FrameProperties): string {
  const { provider, cause, text } = view.filter;
  const filters = [
    provider,
    cause === undefined ? undefined : filteredCause(cause),
    text === '' ? undefined : `"${screen.safe(text)}"`,
  ].filter((each) => each !== undefined);
  const name = view.list === 'problems' ? 'NEWEST PROBLEMS' : 'NEWEST EVENTS';
  const about = filters.length === 0 ? '' : `, only ${filters.join(', ')} (Esc: all)`;
  return title(
    screen,
    view.panel === 'events',
    `${name}${about}`,
    number(picture.events.length),
    screen.width,
  );
}

/** The cause of a filter as its row calls it. */
function filteredCause(key: string): string {
  const [side, ...cause] = key.split(' ');
  return titleOf(cause.join(' ')) + markOf(side === 'in', side === 'here').long;
}

function eventLine({ screen, zone }: FrameProperties, { entry }: EventRow, isMarked: boolean): string {
  const { time, state } = entry;
  const head = `${timeIn(zone, time)} ${screen.paint(STATE_TONES[state], state.padEnd(LONGEST_STATE))} `;
  const room = screen.width - 2 - 8 - 1 - LONGEST_STATE - 1;
  const who = screen.left(screen.safe(partiesOf(entry)), Math.min(40, Math.floor(room * 0.45)));
  const about = aboutOf(entry) || entry.relay || '';
  const what = screen.fit(screen.safe(about), room - screen.widthOf(who) - 1);
  return `${pointer(screen, isMarked)}${head}${who} ${screen.paint(isMarked ? 'strong' : 'plain', what)}`;
}

/** The reply to the event that is pointed at, and what to do. */
function detailLines({ screen, picture, view }: FrameProperties, room: number): string[] {
  const rows = picture.events;
  const row = rows.find(({ key }) => key === view.selected.events) ?? rows[0];
  if (row === undefined) {
    const text = view.list === 'problems' ? 'No problem so far.' : 'Nothing so far.';
    const why = isFiltered(view) ? 'Nothing among the newest fits: Esc shows all.' : text;
    return filled([screen.paint('secondary', `  ${why}`)], room);
  }
  const { entry } = row;
  const next = remedyOf(screen, entry, screen.width - 2, Math.min(4, Math.max(1, room - 1)));
  const replyRoom = Math.max(1, room - next.length);
  const reply = screen.wrap(screen.safe(entry.reply), screen.width - 2, replyRoom).slice(0, replyRoom);
  const lines = [...reply.map((line) => screen.paint('secondary', line)), ...next];
  return filled(
    lines.map((line) => `  ${line}`),
    room,
  );
}

function isFiltered({ filter: { provider, cause, text } }: View): boolean {
  return provider !== undefined || cause !== undefined || text !== '';
}

function remedyOf(
  screen: Screen,
  { classification, state, mta, provider }: Entry,
  width: number,
  most: number,
): string[] {
  if (classification === undefined) return [];
  const { cause, detail, kind } = classification;
  const direction = state === 'rejected' ? 'inbound' : 'outbound';
  const standing = standingOf(state === 'accepted' || state === 'rejected' ? undefined : state);
  const { who_acts, remedy } = advice(cause, { detail, kind, direction, mtas: [mta], provider, standing });
  const actor = `${who_acts}: `;
  const [first = '', ...rest] = screen.wrapSentences(screen.safe(`${actor}${remedy}`), width, most);
  return [`${screen.paint('strong', first.slice(0, actor.length))}${first.slice(actor.length)}`, ...rest];
}

function partiesOf({ state, from, to, client }: Entry): string {
  if (state === 'accepted' || state === 'rejected') {
    const sender = from === undefined ? '' : from === '' ? '<>' : from;
    const parties = state === 'accepted' ? sender : [sender, to].filter(Boolean).join(' to ');
    return [parties, client].filter(Boolean).join(' from ');
  }
  return to ?? '';
}

function aboutOf({ provider, classification, aside, attempt, state }: Entry): string {
  const about: string[] = [];
  if (isNamed(provider)) about.push(provider);
  if (classification !== undefined) {
    const { cause, detail } = classification;
    about.push(
      `${titleOf(cause)}${detail === undefined ? '' : ` (${detail})`}${isDoubtful(classification) ? '?' : ''}`,
    );
  }
  if (aside !== undefined) about.push(aside);
  if (attempt > 1 && state !== 'delivered') about.push(`attempt ${attempt}`);
  return about.join('  ');
}

// --- other pages --------------------------------------------------------------------------------------------------

function scrolledTo(properties: FrameProperties): number {
  return Math.max(
    0,
    Math.min(properties.view.scrolled, traceLines(properties).length - (properties.rows - 2)),
  );
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

function helpLines(screen: Screen): string[] {
  return HELP.flatMap(([key, meaning]) =>
    screen
      .wrap(meaning, screen.width - 14)
      .map((line, index) => `  ${screen.paint('strong', (index === 0 ? key : '').padEnd(12))}${line}`),
  );
}

const CLOCKS = new Map<string, Intl.DateTimeFormat>();

/** `08:00:12`. */
function timeIn(zone: string, time: number): string {
  let clock = CLOCKS.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium' });
    CLOCKS.set(zone, clock);
  }
  return clock.format(time);
}

/** Blanks that may not be broken are not in every terminal's set. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
