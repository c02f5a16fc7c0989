/** Boards for tests: what the live screen knows after a log. */
import { readFileSync } from 'node:fs';
import { Analysis } from '../../../../src/analysis.ts';
import { Classifier } from '../../../../src/cause/classifier.ts';
import { CauseStage } from '../../../../src/cause/stage.ts';
import { Board } from '../../../../src/live/screen/board.ts';
import { feed, LATEST } from '../../reading.ts';

const classifier = new Classifier();

/** The board after a log, at the time of its last line. */
export function boardOf(log: string, now = LATEST): Board {
  const board = new Board(now);
  const analysis = new Analysis(new CauseStage(classifier, board), { zone: 'UTC' });
  analysis.begin(now);
  feed(analysis, log);
  const moment = { now, logTime: analysis.currentPlace.time, lastLineAt: now };
  board.tick(moment, analysis.lines.read);
  return board;
}

/** A day of a laboratory. */
export const LAB = readFileSync('fixtures/postfix/2026-11-23.log', 'utf8');
