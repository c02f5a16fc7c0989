import { describe, expect, it } from 'vitest';
import { Board } from '../../../../src/live/screen/board.ts';
import { pictureOf } from '../../../../src/live/screen/picture.ts';
import { FIRST_VIEW, type View } from '../../../../src/live/screen/view.ts';
import {
  accepted,
  delivery,
  MINUTE,
  message,
  record,
  rejected,
  TEN,
  UNKNOWN_USER,
} from '../../aggregate/events.ts';
import { LATEST, read } from '../../reading.ts';
import { boardOf, LAB } from './log.ts';

const ALL: View = { ...FIRST_VIEW, period: 'all' };
const lab = boardOf(LAB);
const attempts = read(LAB).events.filter(
  ({ type, hop, suspended, from }) => type === 'delivery' && !hop && !suspended && from !== '',
);

/** A board after some events, at ten. */
function board(...events: ReturnType<typeof delivery>[]): Board {
  const made = new Board(TEN);
  for (const event of events) made.event(event);
  made.tick({ now: TEN, logTime: TEN, lastLineAt: TEN, hasMore: false }, events.length);
  return made;
}

describe('the board of a real day', () => {
  it('counts what the events tell', () => {
    const { totals } = pictureOf(lab.state, ALL);
    const states = ['delivered', 'deferred', 'bounced', 'expired', 'held', 'discarded', 'deleted'] as const;
    for (const state of states) {
      const count = attempts.filter(({ status }) => status === state).length;
      expect(`${totals[state]} ${state}`).toBe(`${count} ${state}`);
    }
    expect(totals.held).toBeGreaterThan(0);
    expect(totals.notices).toBe(479);
  });

  it('counts each cause', () => {
    const { causes } = pictureOf(lab.state, ALL);
    const mine = Object.fromEntries(
      causes.filter(({ isInbound }) => !isInbound).map(({ key, count }) => [key, count]),
    );
    const theirs: Record<string, number> = {};
    for (const { cause, provider } of attempts) {
      if (cause === undefined) continue;
      const key = `${provider === 'local' ? 'here' : 'out'} ${cause}`;
      theirs[key] = (theirs[key] ?? 0) + 1;
    }
    expect(mine).toEqual(theirs);
    expect(mine).toMatchObject({ 'here mailbox_full': 5, 'out mailbox_full': 114 });
  });

  it('shows of a filter what fits only', () => {
    const picture = pictureOf(lab.state, {
      ...ALL,
      filter: { provider: undefined, cause: 'out mailbox_full', text: '' },
    });
    const elsewhere = attempts.filter(
      ({ cause, provider }) => cause === 'mailbox_full' && provider !== 'local',
    );
    const { deferred, bounced, expired } = picture.totals;
    expect(deferred + bounced + expired).toBe(elsewhere.length);
    expect(picture.events.length).toBeGreaterThan(0);
    for (const { entry } of picture.events) {
      expect(entry.classification?.cause).toBe('mailbox_full');
      expect(entry.provider).not.toBe('local');
    }
    const found = pictureOf(lab.state, { ...ALL, filter: { ...FIRST_VIEW.filter, text: 'QUOTA' } }).events;
    expect(found.length).toBeGreaterThan(0);
    for (const { entry } of found) expect(JSON.stringify(entry)).toMatch(/quota/i);
  });

  it('keeps no more than it may, however long it goes on', () => {
    const before = process.memoryUsage().heapUsed;
    const made = new Board(TEN);
    for (let index = 0; index < 50_000; index++) {
      const of = message({ queueId: `id${index}` });
      made.event(accepted(of, 1));
      made.event(delivery(of, index % 2 === 0 ? 'bounced' : 'delivered'));
    }
    const { events, problems, failed, others } = made.state;
    expect(events.length).toBeLessThan(1000);
    expect(problems.length).toBeLessThan(1000);
    expect(failed.size).toBe(2000);
    expect(others.size).toBe(2000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
  });
});

describe('the board', () => {
  it('gives a message that failed a trace with its first and its newest events', () => {
    const of = message();
    const made = board(accepted(of, 1), ...Array.from({ length: 30 }, () => delivery(of, 'deferred')));
    made.closed(of);
    const [key] = made.state.failed.keys();
    const { trace } = pictureOf(made.state, { ...FIRST_VIEW, message: key });
    expect(trace).toMatchObject({ queueId: of.queueId, from: of.from, omitted: 11, left: true });
    expect(trace?.entries.map(({ state }) => state).slice(0, 2)).toEqual(['accepted', 'deferred']);
    expect(trace?.entries).toHaveLength(20);
  });

  it('counts neither what was only handed on nor what was not tried', () => {
    const { state } = board(
      delivery(message(), 'delivered', { hop: true }),
      delivery(message(), 'deferred', { suspended: true }),
    );
    expect(state.cells.size).toBe(0);
    expect(state.problems).toEqual([]);
    expect(state.events).toHaveLength(2);
  });

  it('tells a reply of several lines in one', () => {
    const diagnostic = '550-5.7.26 unauthenticated\n550 5.7.26 see the page';
    const { state } = board(delivery(message(), 'bounced', { delivery: record({ diagnostic }) }));
    expect(state.problems[0]?.reply).toBe('550-5.7.26 unauthenticated 550 5.7.26 see the page');
  });

  it('counts mail that expired though no attempt was made then, as with Exim', () => {
    const { state } = board(
      delivery(message(), 'expired', { suspended: true, classification: UNKNOWN_USER }),
    );
    const { totals, providers } = pictureOf(state, FIRST_VIEW);
    expect(totals).toMatchObject({ expired: 1, deferred: 0, bounced: 0 });
    expect(providers).toMatchObject([{ expired: 1 }]);
    expect(state.problems).toHaveLength(1);
  });

  it('takes a stamp from the future for now', () => {
    const { state } = board(
      delivery(message(), 'bounced', { time: TEN + 1e9 }),
      delivery(message(), 'bounced'),
    );
    expect(pictureOf(state, FIRST_VIEW).totals.bounced).toBe(2);
  });

  it('forgets after an hour, though no line comes', () => {
    const made = board(delivery(message(), 'bounced'), rejected());
    expect(pictureOf(made.state, FIRST_VIEW).totals).toMatchObject({ bounced: 1, rejected: 1 });
    made.tick({ now: TEN + 61 * MINUTE, logTime: TEN, lastLineAt: TEN, hasMore: false }, 2);
    expect(pictureOf(made.state, FIRST_VIEW).totals).toMatchObject({ bounced: 0, rejected: 0 });
    expect(pictureOf(made.state, ALL).totals).toMatchObject({ bounced: 1, rejected: 1 });
    expect(pictureOf(made.state, ALL).causes.map(({ cause, isInbound }) => [cause, isInbound])).toEqual([
      ['user_unknown', false],
      ['relay_denied', true],
    ]);
  });

  it('tells a rise from a fall once it has seen half an hour', () => {
    const at = (minute: number, count: number) =>
      Array.from({ length: count }, () => delivery(message(), 'bounced', { time: TEN - minute * MINUTE }));
    const rising = board(...at(50, 3), ...at(30, 3), ...at(5, 9));
    expect(pictureOf(rising.state, FIRST_VIEW).causes[0]?.direction).toBe('rises');
    const falling = board(...at(50, 9), ...at(30, 9), ...at(5, 1));
    expect(pictureOf(falling.state, FIRST_VIEW).causes[0]?.direction).toBe('falls');
    expect(
      pictureOf(board(...at(20, 3), ...at(5, 9)).state, FIRST_VIEW).causes[0]?.direction,
    ).toBeUndefined();
  });

  it('tells the median delay and how many recipients wait', () => {
    const of = message();
    const slow = (delay: number) => delivery(message(), 'delivered', { delivery: record({ delay }) });
    const { state } = board(
      slow(1),
      slow(60),
      slow(60),
      delivery(of, 'deferred', { classification: UNKNOWN_USER }),
    );
    const { delay, queue } = pictureOf(state, FIRST_VIEW);
    expect(delay.at(-1)).toBe(64);
    expect(queue.at(-1)).toBe(1);
    expect(state.oldest).toBe(TEN);
    expect(LATEST).toBeGreaterThan(TEN);
  });
});
