/** Boards for tests: what the live screen knows after a log. */
import { readFileSync } from 'node:fs';
import { Analysis } from '../../../../src/analysis.ts';
import { Classifier } from '../../../../src/cause/classifier.ts';
import { CauseStage } from '../../../../src/cause/stage.ts';
import { Board } from '../../../../src/live/screen/board.ts';
import {
  accepted,
  classification,
  delivery,
  MINUTE,
  message,
  record,
  rejected,
  TEN,
} from '../../aggregate/events.ts';
import { feed, LATEST } from '../../reading.ts';

const classifier = new Classifier();

/** The board after a log, at the time of its last line. */
export function boardOf(log: string, now = LATEST): Board {
  const board = new Board(now);
  const analysis = new Analysis(new CauseStage(classifier, board), { zone: 'UTC' });
  analysis.begin(now);
  feed(analysis, log);
  const moment = { now, logTime: analysis.currentPlace.time, lastLineAt: now, hasMore: false };
  board.tick(moment, analysis.lines.read);
  return board;
}

/** A day of a laboratory. */
export const LAB = readFileSync('fixtures/postfix/2026-11-23.log', 'utf8');

/** An hour made by hand: what rules say of a real day changes with every better rule. */
export function handmade(): Board {
  const board = new Board(TEN);
  const reply = (code: string, text: string) =>
    `host mx.example.net[192.0.2.1] said: ${code} ${text} (in reply to RCPT TO command)`;
  const failures = [
    [
      'bounced',
      'google',
      classification('user_unknown', { detail: 'no_such_user' }),
      reply('550 5.1.1', 'no such user'),
    ],
    [
      'deferred',
      'microsoft',
      classification('mailbox_full', { kind: 'soft' }),
      reply('452 4.2.2', 'mailbox full'),
    ],
    [
      'bounced',
      'gmx',
      classification('ip_blocklisted', { detail: 'spamhaus' }),
      reply('554', 'see https://check.spamhaus.org'),
    ],
    [
      'deferred',
      'other',
      classification('connection_failed', { kind: 'soft', confidence: 0.5 }),
      'connect to mx.example.net[192.0.2.1]:25: Connection timed out',
    ],
  ] as const;
  for (let minute = 59; minute >= 0; minute--) {
    const time = TEN - minute * MINUTE;
    for (let n = 0; n < 3 + (minute % 7); n++) {
      const of = message({ queueId: `4jN${minute}x${n}` });
      board.event(accepted(of, 1, { time }));
      board.event(
        delivery(of, 'delivered', {
          time,
          provider: failures[n % 4]![1],
          delivery: record({ delay: 1 + (minute % 9) }),
        }),
      );
      board.closed(of);
    }
    for (const [index, [status, provider, cause, diagnostic]] of failures.entries()) {
      if (minute % (index + 2) > 0 || (index === 2 && minute > 20)) continue;
      const of = message({ queueId: `4jF${minute}x${index}`, from: 'shop@sender.example' });
      board.event(accepted(of, 1, { time }));
      const to = `customer.${minute}@${provider}.example`;
      board.event(
        delivery(of, status, { time, to, provider, classification: cause, delivery: record({ diagnostic }) }),
      );
    }
    if (minute % 10 === 0) board.event(rejected({ time, to: 'bob@example.org' }));
  }
  board.tick({ now: TEN + 5000, logTime: TEN, lastLineAt: TEN, hasMore: false }, 12_345);
  return board;
}
