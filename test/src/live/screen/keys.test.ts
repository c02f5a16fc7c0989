import { describe, expect, it } from 'vitest';
import { type Key, press } from '../../../../src/live/screen/keys.ts';
import { pictureOf } from '../../../../src/live/screen/picture.ts';
import { FIRST_VIEW, type View } from '../../../../src/live/screen/view.ts';
import { boardOf, LAB } from './log.ts';

const { state } = boardOf(LAB);

/** The view after some keys: names, or characters. */
function viewAfter(...keys: string[]): View {
  const names = new Set(['up', 'down', 'page down', 'enter', 'escape', 'tab', 'back tab', 'erase']);
  let view = FIRST_VIEW;
  for (const each of keys) {
    const key = (names.has(each) ? { name: each } : { text: each }) as Key;
    view = press(view, key, pictureOf(state, view));
  }
  return view;
}

describe('keys', () => {
  it('go from panel to panel and back', () => {
    expect(viewAfter('tab').panel).toBe('causes');
    expect(viewAfter('tab', 'tab', 'back tab').panel).toBe('causes');
    expect(viewAfter('v').panel).toBe('providers');
  });

  it('make a cause the filter, and undo that', () => {
    const [, second] = pictureOf(state, FIRST_VIEW).causes;
    expect(viewAfter('c', 'down', 'enter').filter.cause).toBe(second?.key);
    expect(viewAfter('c', 'down', 'enter', 'enter').filter.cause).toBeUndefined();
    expect(viewAfter('c', 'down', 'enter', 'escape').filter.cause).toBeUndefined();
  });

  it('open the message of an event, and go back', () => {
    const [, , third] = pictureOf(state, FIRST_VIEW).events;
    const opened = viewAfter('down', 'j', 'enter');
    expect(opened).toMatchObject({ page: 'trace', message: third?.entry.message });
    expect(viewAfter('down', 'j', 'enter', 'x')).toMatchObject({ page: 'board', message: undefined });
  });

  it('stay with the newest event until another one is pointed at', () => {
    expect(viewAfter('down').selected.events).toBeDefined();
    expect(viewAfter('down', 'up').selected.events).toBeUndefined();
    expect(viewAfter('up', 'up').selected.events).toBeUndefined();
  });

  it('write a text to find, in which commands are letters', () => {
    const typing = viewAfter('/', 'q', 's', 'x', 'erase');
    expect(typing).toMatchObject({ isTyping: true, sort: 'count', filter: { text: 'qs' } });
    expect(viewAfter('/', 'a', 'enter')).toMatchObject({ isTyping: false, filter: { text: 'a' } });
    expect(viewAfter('/', 'a', 'escape')).toMatchObject({ isTyping: false, filter: { text: '' } });
  });

  it('sort, count, list, hold and help', () => {
    expect(viewAfter('s').sort).toBe('trend');
    expect(viewAfter('s', 's', 's').sort).toBe('count');
    expect(viewAfter('t').period).toBe('all');
    expect(viewAfter('a').list).toBe('all');
    expect(viewAfter(' ').isPaused).toBe(true);
    expect(viewAfter('p', 'p').isPaused).toBe(false);
    expect(viewAfter('?').page).toBe('help');
    expect(viewAfter('ß')).toEqual(FIRST_VIEW);
  });
});
