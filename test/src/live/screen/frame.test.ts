import { renderToString } from 'ink';
import { createElement } from 'react';
import { describe, expect, it } from 'vitest';
import type { Board } from '../../../../src/live/screen/board.ts';
import { Frame } from '../../../../src/live/screen/frame.tsx';
import { press } from '../../../../src/live/screen/keys.ts';
import { pictureOf } from '../../../../src/live/screen/picture.ts';
import { FIRST_VIEW, type View } from '../../../../src/live/screen/view.ts';
import { Screen } from '../../../../src/sink/screen.ts';
import fc from '../../../property.ts';
import { delivery, message, record, TEN } from '../../aggregate/events.ts';
import { LATEST } from '../../reading.ts';
import { alert } from '../../watch/alerts.ts';
import { boardOf, handmade, LAB } from './log.ts';

const lab = boardOf(LAB);
const SIZES = [
  [80, 24],
  [120, 40],

  [60, 12],
] as const;

interface Look {
  readonly view?: View;
  readonly colour?: boolean;
  readonly unicode?: boolean;
  readonly alerts?: number;
  readonly now?: number;
}

/** The lines of a terminal of that size. */
function draw(board: Board, columns: number, rows: number, look: Look = {}): string[] {
  const { view = FIRST_VIEW, colour = false, unicode = true, alerts = 0, now = board.state.clock } = look;
  const properties = {
    ...{ state: board.state, picture: pictureOf(board.state, view), view, now, rows },
    alerts: Array.from({ length: alerts }, (_, index) => alert({ rule: `rule ${index}` })),
    logs: '/var/log/mail.log',
    zone: 'UTC',
    screen: new Screen({ width: columns, colour, unicode }),
  };
  return renderToString(createElement(Frame, properties), { columns }).split('\n');
}

const widthOf = (line: string) => new Screen({ width: 80, colour: false, unicode: true }).widthOf(line);

const hour = handmade();

describe('the frame', () => {
  it.each(SIZES)('in %d columns and %d rows', async (columns, rows) => {
    const page = `${draw(hour, columns, rows, { alerts: 1 }).join('\n')}\n`;
    await expect(page).toMatchFileSnapshot(`screens/${columns}x${rows}.txt`);
  });

  it('of a message', async () => {
    const view = press(FIRST_VIEW, { name: 'enter' }, pictureOf(hour.state, FIRST_VIEW));
    await expect(`${draw(hour, 80, 24, { view }).join('\n')}\n`).toMatchFileSnapshot('screens/message.txt');
  });

  it('names every outcome as the events do, the weightier first where not all have room', () => {
    const all = { view: { ...FIRST_VIEW, period: 'all' as const } };
    const told = (columns: number) => draw(lab, columns, 24, all)[1]!;
    expect(told(140)).toMatch(/ deferred +\d+ bounced +97 expired .* waiting +3 held +\d+ discarded/);
    expect(told(60)).toMatch(/ deferred +\d+ bounced( +97 expired)?$/);
  });

  it('tells a cause here from the same elsewhere however narrow it is', () => {
    const all = { view: { ...FIRST_VIEW, period: 'all' as const, panel: 'causes' as const } };
    const rows = (columns: number) => draw(lab, columns, 200, all).join('\n');
    for (const columns of [80, 120, 200]) {
      expect(rows(columns)).toMatch(/^..Mailbox full +\d/m);
      expect(rows(columns)).toMatch(/^..Mailbox full \((on this host|local)\) +\d/m);
    }
    // The mark is whole where the title is cut.
    expect(rows(80)).toMatch(/^..Sending host .*… \(refused\) +\d/m);
    expect(rows(120)).toMatch(/^..Sending host has no proper name \(refused here\) +\d/m);
  });

  it('without UTF-8, with help', async () => {
    const page = draw(hour, 80, 24, { unicode: false });
    expect(draw(lab, 80, 24, { unicode: false }).join('')).toMatch(/^[\x20-\x7e]*$/);
    expect(page.join('')).toMatch(/^[\x20-\x7e]*$/);
    const help = draw(lab, 80, 24, { view: { ...FIRST_VIEW, page: 'help' }, unicode: false });
    expect(help.join('')).toMatch(/^[\x20-\x7e]*$/);
    await expect(`${[...page, ...help].join('\n')}\n`).toMatchFileSnapshot('screens/ascii.txt');
  });

  it('fills every terminal, and no line is too long', () => {
    const views: View[] = [
      FIRST_VIEW,
      { ...FIRST_VIEW, panel: 'causes', list: 'all' },
      { ...FIRST_VIEW, page: 'help' },
    ];
    for (const view of views) {
      for (const [columns, rows] of [...SIZES, [40, 8], [139, 30], [140, 30], [61, 18]] as const) {
        const lines = draw(lab, columns, rows, { view, alerts: 9 });
        expect(lines).toHaveLength(rows);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('has colours only where they are wanted', () => {
    expect(draw(lab, 80, 24).join('')).not.toContain('\x1b');
    expect(draw(lab, 80, 24, { colour: true }).join('')).toContain('\x1b[31m');
  });

  it('tells how late and how silent the log is', () => {
    expect(draw(lab, 80, 24)[0]).toMatch(/live$/);
    expect(draw(lab, 80, 24, { now: LATEST + 90_000 })[0]).toMatch(/no line for 2 min$/);
    expect(draw(lab, 80, 24, { view: { ...FIRST_VIEW, isPaused: true } })[0]).toMatch(/paused$/);
    const old = boardOf(LAB);
    const now = old.state.clock + 300_000;
    old.state.lastLineAt = now;
    // All is read: that its last line is old is no arrears.
    expect(draw(old, 80, 24, { now })[0]).toMatch(/live$/);
    old.state.hasMore = true;
    expect(draw(old, 80, 24, { now })[0]).toMatch(/5 min behind$/);
  });

  it('says how many alerts there are more than it has room for', () => {
    expect(draw(lab, 80, 24, { alerts: 3 }).join('\n')).toMatch(/CRITICAL rule 0: .*\(and 2 more\)/);
    expect(draw(lab, 120, 40, { alerts: 9 }).join('\n')).toMatch(/rule 3: [\s\S]*and 5 more alerts/);
  });
});

describe('texts of a log', () => {
  it('never reach the terminal as anything but text', () => {
    const evil = fc
      .array(fc.constantFrom('\x1b[2J', '\x1b]0;x\x07', '\r', '\n', '\u202e', '\x9b31m', 'a', '漢', '\u0301'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(evil, fc.string(), (text, other) => {
        const board = boardOf('', TEN);
        board.event(
          delivery(message({ from: text, queueId: other, messageId: text }), 'bounced', {
            to: text,
            delivery: record({ diagnostic: `${other}${text}`, relay: { host: text, near: false } as never }),
          }),
        );
        board.note(text);
        const filter = { ...FIRST_VIEW.filter, text };
        const trace = press(FIRST_VIEW, { name: 'enter' }, pictureOf(board.state, FIRST_VIEW));
        for (const view of [
          FIRST_VIEW,
          { ...FIRST_VIEW, filter },
          { ...FIRST_VIEW, filter, isTyping: true },
          trace,
        ]) {
          const lines = draw(board, 80, 24, { view });
          expect(lines).toHaveLength(24);
          for (const line of lines) {
            expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
            expect(widthOf(line)).toBeLessThanOrEqual(80);
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});
