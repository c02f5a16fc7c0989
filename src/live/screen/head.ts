/** The first and last line of the live screen, and what stands above its panels: totals, charts, alerts. */
import type { Screen, Tone } from '../../sink/screen.ts';
import { duration, number, plural } from '../../sink/text/words.ts';
import type { Alert } from '../../watch/engine.ts';
import { STATE_TONES } from '../states.ts';
import { type FrameProperties, plain, timeIn } from './drawing.ts';

/** Columns before a chart. */
const CHART_NAME = 10;
/** Columns behind a chart at least. */
const LEAST_FIGURES = 10;
/** Without a line for so long something may be wrong, in milliseconds. */
const SILENT = 60_000;
/** Lines that come later than this are old, in milliseconds. */
const LATE = 120_000;
/** Outcomes besides those that are always told, in the order of their weight. */
const OTHER_OUTCOMES = ['held', 'discarded', 'deleted'] as const;

/** What is followed, and whether lines still come. */
export function headline({ screen, state, view, logs, zone, now }: FrameProperties): string {
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

/** What became of mail, in one line. */
export function totals({ screen, state, picture, view }: FrameProperties): string {
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

/** The keys of this page, or what the user is told. */
export function footer({ screen, view, state }: FrameProperties): string {
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

/** The charts of the last hour, at most so many. */
export function chartLines({ screen, picture }: FrameProperties, most: number): string[] {
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

/** The alerts that fire, at most so many lines. */
export function alertLines(screen: Screen, alerts: readonly Alert[], most: number): string[] {
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
