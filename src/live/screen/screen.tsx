/**
 * The live screen: a consumer of events that draws what they come to a few times a second, and listens to keys. The
 * terminal is left as it was, whatever ends the program.
 */
import { type Key as InkKey, render, useInput } from 'ink';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Screen } from '../../sink/screen.ts';
import type { Alert } from '../../watch/engine.ts';
import type { Connect } from '../consumer.ts';
import { Board, type BoardState } from './board.ts';
import { Frame } from './frame.tsx';
import { type Key, press } from './keys.ts';
import { pictureOf } from './picture.ts';
import { FIRST_VIEW } from './view.ts';

/** Milliseconds between two pictures: what changes faster cannot be read. */
const REDRAW = 500;
/** The other screen of the terminal, on which nothing is scrolled away for good, without a cursor; and back. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[H';
const LEAVE = '\x1b[?25h\x1b[?1049l';
/** How the library clears the terminal. */
const CLEAR = '\x1b[2J\x1b[3J\x1b[H';
const HOME = '\x1b[H';
const ERASE_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

/** What the screen needs of the outside. */
export interface ScreenOptions {
  readonly stdout: NodeJS.WriteStream;
  /** Keys come from here: a terminal. */
  readonly keys: NodeJS.ReadStream;
  /** What the terminal can show now. */
  readonly screen: () => Screen;
  readonly zone: string;
  /** What is followed. */
  readonly logs: string;
  readonly alerts: () => readonly Alert[];
  /** The user wants to leave. */
  readonly quit: () => void;
  /** The user wants to break off. */
  readonly interrupt: () => void;
}

/** The screen as a consumer, and a way to tell the user something on it. */
export interface LiveScreen {
  readonly connect: Connect;
  readonly note: (message: string) => void;
}

/** Prepares the screen; it appears with the first consumer that is made of it. */
export function liveScreen(options: ScreenOptions): LiveScreen {
  const board = new Board(Date.now());
  return {
    note: (message) => board.note(message),
    connect: ({ analysis }) => {
      let failure: unknown;
      const close = show(board, options, (error) => {
        failure = error;
      });
      return {
        name: 'screen',
        sink: board,
        flush: async () => {
          if (failure !== undefined) throw failure;
        },
        tick: (moment) => board.tick(moment, analysis.lines.read),
        close: async () => close(),
      };
    },
  };
}

/** Takes the terminal over. Gives what gives it back. */
function show(board: Board, options: ScreenOptions, fail: (error: unknown) => void): () => void {
  const { stdout, keys } = options;
  const leave = () => stdout.write(LEAVE);
  stdout.write(ENTER);
  // Also where the program ends of a fault: Node writes to terminals at once.
  process.once('exit', leave);
  const app = render(<App board={board} options={options} />, {
    stdout: tame(stdout),
    stdin: keys,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  app.waitUntilExit().catch(fail);
  return () => {
    process.off('exit', leave);
    app.unmount();
    leave();
  };
}

/**
 * The terminal as the library shall see it. Output that is as high as the terminal makes it clear everything before each
 * picture, also what was scrolled away, which is the user's. Here the new picture is written over the old one instead:
 * nothing flickers, and nothing has to be known of what a terminal does to its contents when its size changes.
 */
function tame(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(stdout, {
    get(target, name) {
      if (name === 'rows') return 1;
      if (name === 'write') return (text: string) => target.write(drawnOver(text));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function drawnOver(text: string): string {
  if (!text.startsWith(CLEAR)) return text;
  return `${HOME}${text.slice(CLEAR.length).replaceAll('\n', `${ERASE_LINE}\r\n`)}${ERASE_LINE}${ERASE_BELOW}`;
}

/** The screen as it lives: what is looked at changes by keys, what there is to see by time. */
function App({ board, options }: { readonly board: Board; readonly options: ScreenOptions }) {
  const { stdout, screen, zone, logs, alerts, quit, interrupt } = options;
  const view = useRef(FIRST_VIEW);
  const held = useRef<BoardState>(undefined);
  const [, setDrawn] = useState(0);
  const redraw = useCallback(() => setDrawn((count) => count + 1), []);
  useEffect(() => {
    const timer = setInterval(redraw, REDRAW);
    stdout.on('resize', redraw);
    return () => {
      clearInterval(timer);
      stdout.off('resize', redraw);
    };
  }, [stdout, redraw]);
  if (!view.current.isPaused) held.current = undefined;
  else held.current ??= structuredClone(board.state);
  const state = held.current ?? board.state;
  useInput((input, key) => {
    if (key.ctrl && input === 'c') interrupt();
    for (const each of keysOf(input, key)) {
      const { current } = view;
      if ('text' in each && each.text === 'q' && !current.isTyping) quit();
      else view.current = press(current, each, pictureOf(state, current));
    }
    redraw();
  });
  return (
    <Frame
      {...{ state, view: view.current, logs, zone }}
      picture={pictureOf(state, view.current)}
      alerts={alerts()}
      now={Date.now()}
      screen={screen()}
      rows={stdout.rows}
    />
  );
}

/** What keys write that come together with others. */
const CONTROLS: Readonly<Record<string, Key>> = {
  '\r': { name: 'enter' },
  '\t': { name: 'tab' },
  '\x7f': { name: 'erase' },
};

/** Several characters come at once where they are pasted, or typed faster than they are read. */
function keysOf(input: string, key: InkKey): Key[] {
  if (key.upArrow) return [{ name: 'up' }];
  if (key.downArrow) return [{ name: 'down' }];
  if (key.pageUp) return [{ name: 'page up' }];
  if (key.pageDown) return [{ name: 'page down' }];
  if (key.return) return [{ name: 'enter' }];
  if (key.escape) return [{ name: 'escape' }];
  if (key.tab) return [{ name: key.shift ? 'back tab' : 'tab' }];
  if (key.backspace || key.delete) return [{ name: 'erase' }];
  if (key.ctrl || key.meta) return [];
  return [...input].map((text) => CONTROLS[text] ?? { text });
}
