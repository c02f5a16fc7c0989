/** The live screen of `tail`: whether there is a terminal for it, and what the screen needs of it. */
import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { LiveScreen } from '../live/screen/screen.tsx';
import type { Alert } from '../watch/engine.ts';
import type { Context } from './command.ts';
import { screenFor } from './page.ts';

/** What is shown on the screen. */
export interface Shown {
  /** What is followed. */
  readonly logs: readonly string[];
  readonly zone: string;
  readonly alerts: () => readonly Alert[];
  /** The user wants to leave. */
  readonly quit: () => void;
}

/** Opens the live screen; undefined where stdout is no terminal that can have one. */
export async function openLiveScreen(
  { logs, zone, alerts, quit }: Shown,
  context: Context,
): Promise<LiveScreen | undefined> {
  const { stdin, stdout, environment } = context;
  if (!stdout.isTTY || environment['TERM'] === 'dumb') return undefined;
  const keys = keysFrom(stdin);
  if (keys === undefined) return undefined;
  const { liveScreen } = await loadScreen();
  return liveScreen({
    ...{ stdout, keys, zone, alerts, quit },
    screen: () => screenFor(context),
    logs: logs.join(' '),
    // As if the terminal had seen to it, which it leaves to us while keys come one by one.
    interrupt: () => process.kill(process.pid, 'SIGINT'),
  });
}

/** The library behind it takes longer to load than all the rest: nobody else shall wait for it. */
async function loadScreen() {
  const { NODE_ENV } = process.env;
  // While it loads, React looks there whether it shall check all that it does, which takes time at every picture.
  process.env['NODE_ENV'] = 'production';
  try {
    return await import('../live/screen/screen.tsx');
  } finally {
    if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = NODE_ENV;
  }
}

/** Where keys come from: standard input unless the log does, and else the terminal itself. */
function keysFrom(stdin: NodeJS.ReadStream): NodeJS.ReadStream | undefined {
  if (stdin.isTTY) return stdin;
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    return undefined;
  }
}
