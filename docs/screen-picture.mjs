/**
 * Draws docs/screen.svg: the live screen of `whybounce tail` on a real log of the laboratory. Its day is spread over the
 * last hour, and its servers get the addresses of a network and the names of the providers that they stand for.
 *
 *     npm run picture
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderToString } from 'ink';
import { createElement } from 'react';
import { Analysis } from '../dist/src/analysis.js';
import { Classifier } from '../dist/src/cause/classifier.js';
import { CauseStage } from '../dist/src/cause/stage.js';
import { readerOf } from '../dist/src/input/reader.js';
import { Board } from '../dist/src/live/screen/board.js';
import { Frame } from '../dist/src/live/screen/frame.js';
import { pictureOf } from '../dist/src/live/screen/picture.js';
import { FIRST_VIEW } from '../dist/src/live/screen/view.js';
import { Screen } from '../dist/src/sink/screen.js';
import { terminalPicture } from './terminal-picture.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COLUMNS = 100;
const ROWS = 34;
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 24, 8, 30);

const lines = readFileSync(`${ROOT}fixtures/postfix/2026-11-23.log`, 'utf8').split('\n');
const log = lines
  .map((line, index) => {
    // Mail comes in waves.
    const share = index / lines.length;
    const time = new Date(NOW - HOUR * (1 - share + 0.02 * Math.sin(share * 40) * share * (1 - share)));
    return `Nov 24 ${time.toISOString().slice(11, 19)}${line.slice(15)}`
      .replaceAll('127.0.2.', '203.0.113.')
      .replaceAll(/\b(gmail|outlook|icloud|comcast)\.test\b/g, '$1.com')
      .replaceAll(/\b(yahoodns|gmx|ovh)\.test\b/g, '$1.net');
  })
  .join('\n');

const board = new Board(NOW);
const analysis = new Analysis(new CauseStage(new Classifier(), board), { zone: 'UTC' });
analysis.begin(NOW);
const reader = readerOf(Buffer.from(log), 'mail.log');
for (const batch of [...reader.push(Buffer.from(log)), ...reader.end()]) analysis.read(batch);
board.tick({ now: NOW, logTime: NOW, lastLineAt: NOW, hasMore: false }, analysis.lines.read);
board.state.rate = 12;

const frame = createElement(Frame, {
  state: board.state,
  picture: pictureOf(board.state, FIRST_VIEW),
  view: FIRST_VIEW,
  alerts: [],
  logs: '/var/log/mail.log',
  zone: 'UTC',
  now: NOW,
  screen: new Screen({ width: COLUMNS, colour: true, unicode: true }),
  rows: ROWS,
});
const shown = renderToString(frame, { columns: COLUMNS }).split('\n');
writeFileSync(`${ROOT}docs/screen.svg`, terminalPicture('whybounce tail /var/log/mail.log', shown, COLUMNS));
