/** How keys change what is looked at. */
import type { Picture } from './picture.ts';
import { FIRST_VIEW, NO_FILTER, PANELS, SORTS, type View } from './view.ts';

/** Nobody types more. */
const LONGEST_TEXT = 100;

/** A key: its name, or the text that it writes. */
export type Key =
  | {
      readonly name:
        | 'up'
        | 'down'
        | 'page up'
        | 'page down'
        | 'enter'
        | 'escape'
        | 'tab'
        | 'back tab'
        | 'erase';
    }
  | { readonly text: string };

/** What a key that writes something does on the board. */
const COMMANDS: Readonly<Record<string, (view: View) => View>> = {
  '?': (view) => ({ ...view, page: 'help' }),
  h: (view) => ({ ...view, page: 'help' }),
  '/': (view) => ({ ...view, isTyping: true }),
  s: (view) => ({ ...view, sort: SORTS[(SORTS.indexOf(view.sort) + 1) % SORTS.length]! }),
  t: (view) => ({ ...view, period: view.period === 'hour' ? 'all' : 'hour' }),
  a: (view) => ({
    ...view,
    list: view.list === 'problems' ? 'all' : 'problems',
    selected: { ...view.selected, events: undefined },
  }),
  p: pause,
  ' ': pause,
  c: (view) => ({ ...view, panel: 'causes' }),
  v: (view) => ({ ...view, panel: 'providers' }),
  n: (view) => ({ ...view, panel: 'events' }),
};

/** The view after a key. What quits is not decided here. */
export function press(view: View, key: Key, picture: Picture): View {
  if (view.isTyping) return type(view, key);
  if ('text' in key) {
    if (key.text === 'j') return press(view, { name: 'down' }, picture);
    if (key.text === 'k') return press(view, { name: 'up' }, picture);
  }
  if (view.page !== 'board') return turnPage(view, key);
  if ('text' in key) return COMMANDS[key.text]?.(view) ?? view;
  switch (key.name) {
    case 'tab':
      return { ...view, panel: PANELS[(PANELS.indexOf(view.panel) + 1) % PANELS.length]! };
    case 'back tab':
      return { ...view, panel: PANELS[(PANELS.indexOf(view.panel) + PANELS.length - 1) % PANELS.length]! };
    case 'up':
      return move(view, -1, picture);
    case 'down':
      return move(view, 1, picture);
    case 'page up':
      return move(view, -10, picture);
    case 'page down':
      return move(view, 10, picture);
    case 'enter':
      return open(view, picture);
    case 'escape':
      return { ...view, filter: NO_FILTER, selected: FIRST_VIEW.selected };
    default:
      return view;
  }
}

/** The text of a filter is typed: only these keys mean themselves. */
function type(view: View, key: Key): View {
  const { filter } = view;
  const withText = (text: string): View => ({
    ...view,
    filter: { ...filter, text: text.slice(0, LONGEST_TEXT) },
    selected: { ...view.selected, events: undefined },
  });
  if ('text' in key) return withText(filter.text + key.text);
  switch (key.name) {
    case 'erase':
      return withText([...filter.text].slice(0, -1).join(''));
    case 'enter':
      return { ...view, isTyping: false, panel: 'events' };
    case 'escape':
      return { ...withText(''), isTyping: false };
    default:
      return view;
  }
}

/** Keys of a page that lies over the board. */
function turnPage(view: View, key: Key): View {
  if ('name' in key) {
    const step = { up: -1, down: 1, 'page up': -10, 'page down': 10 }[key.name as string];
    if (step !== undefined) return { ...view, scrolled: Math.max(0, view.scrolled + step) };
  } else if (key.text === 'p' || key.text === ' ') return pause(view);
  return { ...view, page: 'board', message: undefined, scrolled: 0 };
}

function pause(view: View): View {
  return { ...view, isPaused: !view.isPaused };
}

function move(view: View, step: number, picture: Picture): View {
  const keys = picture[view.panel].map(({ key }) => key);
  const selected = view.selected[view.panel];
  const at = selected === undefined ? 0 : keys.indexOf(selected);
  const next = Math.min(keys.length - 1, Math.max(0, at + step));
  // The newest event is pointed at by no key of its own, so that the pointer stays with whatever is newest.
  const key = view.panel === 'events' && next === 0 ? undefined : keys[next];
  return { ...view, selected: { ...view.selected, [view.panel]: key } };
}

/** A cause or provider becomes the filter, or is one no longer; of an event the message is opened. */
function open(view: View, picture: Picture): View {
  const { panel, filter, selected } = view;
  const rows = picture[panel];
  const key = rows.find((row) => row.key === selected[panel])?.key ?? rows[0]?.key;
  if (key === undefined) return view;
  const noEvent = { ...selected, events: undefined };
  switch (panel) {
    case 'causes':
      return {
        ...view,
        selected: noEvent,
        filter: { ...filter, cause: filter.cause === key ? undefined : key },
      };
    case 'providers':
      return {
        ...view,
        selected: noEvent,
        filter: { ...filter, provider: filter.provider === key ? undefined : key },
      };
    case 'events': {
      const message = picture.events.find((row) => row.key === key)?.entry.message;
      return message === undefined ? view : { ...view, page: 'trace', message, scrolled: 0 };
    }
  }
}
