/** What the parts of the live screen are drawn from, and what all of them need. */
import type { Screen } from '../../sink/screen.ts';
import type { Alert } from '../../watch/engine.ts';
import type { BoardState } from './board.ts';
import type { Picture } from './picture.ts';
import type { View } from './view.ts';

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

/** The first lines, and empty ones up to a number. */
export function filled(lines: readonly string[], length: number): string[] {
  return [...lines.slice(0, length), ...new Array<string>(Math.max(0, length - lines.length)).fill('')];
}

const CLOCKS = new Map<string, Intl.DateTimeFormat>();

/** `08:00:12`. */
export function timeIn(zone: string, time: number): string {
  let clock = CLOCKS.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium' });
    CLOCKS.set(zone, clock);
  }
  return clock.format(time);
}

/** Blanks that may not be broken are not in every terminal's set. */
export function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
