/** Lives of queue ids, and which of them are one message: by what ties their ids together, and by message-id. */
import type { Life, Story, TracedLine } from './story.ts';

const MINUTE = 60_000;

/** Queue ids and message-ids that are watched at most. */
export const MOST_WATCHED = 10_000;
/** After so many lines no further message is kept; those that are may have as many again. With events, 150 MB. */
export const MOST_LINES = 20_000;
/** No queue keeps mail for longer without a word; the same id later is another message. */
export const LONGEST_SILENCE = 7 * 24 * 60 * MINUTE;
/** A line that ties two queue ids together may come before the first of the one, or after the last of the other. */
export const TIE_SLACK = 10 * MINUTE;

/** That two queue ids of one host belong together. */
export interface Tie {
  readonly host: string;
  readonly parent: string;
  readonly child: string;
  readonly time: number;
  /** The child tells of the parent's fate; else it is the same mail. */
  readonly notice: boolean;
}

/** A life with what is noted about it while lines come. */
export class KeptLife implements Life {
  readonly mta: Life['mta'];
  readonly host: string;
  readonly instance: string;
  readonly queueId: string;
  readonly lines: TracedLine[] = [];
  messageId: string | undefined = undefined;
  from: string | undefined = undefined;
  size: number | undefined = undefined;
  notice = false;
  probe = false;
  canceled = false;
  cut = false;
  matched = false;
  /** Only lines that begin a message were seen: a second one of them may belong to it. */
  beginning = false;
  removed = false;
  readonly firstTime: number;
  lastTime: number;
  /** Towards the one that stands for all that belong together. */
  group: KeptLife | undefined = undefined;

  constructor(
    {
      mta,
      host,
      instance,
      time,
    }: Pick<Life, 'mta' | 'host' | 'instance'> & {
      readonly time: number;
    },
    queueId: string,
  ) {
    this.mta = mta;
    this.host = host;
    this.instance = instance;
    this.queueId = queueId;
    this.firstTime = time;
    this.lastTime = time;
  }
}

/** Lives of one queue id of one host after the other, by `keyOf`. */
export type Lives = ReadonlyMap<string, readonly KeptLife[]>;

/** Name of a queue id among those of all hosts. */
export function keyOf(host: string, queueId: string): string {
  return `${host}\0${queueId}`;
}

/** The life of a queue id that something at this time may be about. */
export function lifeAt(lives: Lives, host: string, queueId: string, time: number): KeptLife | undefined {
  return lives
    .get(keyOf(host, queueId))
    ?.findLast((life) => life.firstTime <= time + TIE_SLACK && life.lastTime >= time - TIE_SLACK);
}

/** The messages that were looked for, the earliest first. */
export function storiesOf(lives: Lives, ties: readonly Tie[]): Story[] {
  return groupsOf(lives, ties)
    .filter((group) => group.some(({ matched }) => matched))
    .map(storyOf)
    .sort((a, b) => (a.lines[0]?.time ?? Infinity) - (b.lines[0]?.time ?? Infinity));
}

/** Lives that belong together. */
function groupsOf(lives: Lives, ties: readonly Tie[]): KeptLife[][] {
  const all = [...lives.values()].flat();
  for (const { host, parent, child, time, notice } of ties) {
    const from = lifeAt(lives, host, parent, time);
    const to = lifeAt(lives, host, child, time);
    if (from === undefined || to === undefined) continue;
    // Where only its arrival ties it, a notice is what has no sender, unlike what it tells of.
    if (notice || (to.from === '' && from.from !== '')) to.notice = true;
    join(from, to);
  }
  const byMessageId = new Map<string, KeptLife>();
  for (const life of all) {
    if (!life.messageId) continue;
    const first = byMessageId.get(life.messageId);
    if (first === undefined) byMessageId.set(life.messageId, life);
    else join(first, life);
  }
  const groups = new Map<KeptLife, KeptLife[]>();
  for (const life of all) {
    const root = rootOf(life);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [life]);
    else group.push(life);
  }
  return [...groups.values()];
}

function rootOf(life: KeptLife): KeptLife {
  let root = life;
  while (root.group !== undefined) root = root.group;
  if (root !== life) life.group = root;
  return root;
}

function join(a: KeptLife, b: KeptLife): void {
  const [left, right] = [rootOf(a), rootOf(b)];
  if (left !== right) right.group = left;
}

function storyOf(lives: readonly KeptLife[]): Story {
  const inOrder = [...lives].sort((a, b) => a.firstTime - b.firstTime);
  // Stable: lines of one moment stay in the order of their files.
  const lines = inOrder
    .flatMap((life) => life.lines)
    .sort((a, b) => a.time - b.time || a.source - b.source || a.offset - b.offset);
  return { lives: inOrder, lines };
}
