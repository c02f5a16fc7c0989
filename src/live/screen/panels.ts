/** The panels of the live screen: causes, providers, the newest events, and what is known of the one pointed at. */
import { advice } from '../../cause/catalogue.ts';
import { LOCAL } from '../../cause/providers.ts';
import type { Screen } from '../../sink/screen.ts';
import { number, percent } from '../../sink/text/words.ts';
import { LONGEST_STATE, STATE_TONES } from '../states.ts';
import { type FrameProperties, filled, plain, timeIn } from './drawing.ts';
import { aboutOf, partiesOf, remedyOf } from './entries.ts';
import { type CauseRow, type EventRow, type ProviderRow, titleOf } from './picture.ts';
import type { Panel, View } from './view.ts';

/** The rows of a panel that fit, those around the one that is pointed at. */
export function panelRows<T extends { readonly key: string }>(
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

/** The title of the causes. */
export function causeTitle(screen: Screen, view: View, width: number): string {
  const columns = `${'times'.padStart(COUNT)} ${'last hour'.padStart(TREND)}    ${'who acts'.padEnd(ACTOR)}`;
  return title(screen, view.panel === 'causes', `CAUSES${sortName(view)}`, columns, width);
}

/** One cause: who acts, its course, how often. */
export function causeLine(screen: Screen, row: CauseRow, isMarked: boolean, width: number): string {
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

/** The title of the providers. */
export function providerTitle(screen: Screen, view: View, width: number): string {
  const columns = `${'delivered'.padStart(10)}${'deferred'.padStart(9)}${'bounced'.padStart(8)}${'expired'.padStart(8)}${'arrive'.padStart(8)}`;
  return title(screen, view.panel === 'providers', 'PROVIDERS', columns, width);
}

/** One provider: what share arrives, its course, how often. */
export function providerLine(screen: Screen, row: ProviderRow, isMarked: boolean, width: number): string {
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

/** The title of the events, with what they are filtered by. */
export function eventTitle({ screen, view, picture }: FrameProperties): string {
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

/** One event. */
export function eventLine({ screen, zone }: FrameProperties, { entry }: EventRow, isMarked: boolean): string {
  const { time, state } = entry;
  const head = `${timeIn(zone, time)} ${screen.paint(STATE_TONES[state], state.padEnd(LONGEST_STATE))} `;
  const room = screen.width - 2 - 8 - 1 - LONGEST_STATE - 1;
  const who = screen.left(screen.safe(partiesOf(entry)), Math.min(40, Math.floor(room * 0.45)));
  const about = aboutOf(entry) || entry.relay || '';
  const what = screen.fit(screen.safe(about), room - screen.widthOf(who) - 1);
  return `${pointer(screen, isMarked)}${head}${who} ${screen.paint(isMarked ? 'strong' : 'plain', what)}`;
}

/** The reply to the event that is pointed at, and what to do. */
export function detailLines({ screen, picture, view }: FrameProperties, room: number): string[] {
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
