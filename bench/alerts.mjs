/**
 * How often the rule for unusual rates cries wolf, and how soon it sees a wolf: `node bench/alerts.mjs`.
 *
 * For each number of attempts an hour, thirty providers fail for two weeks as usual (2 %, scattering from hour to
 * hour), then with 15 % for a day.
 */

import { readAlertConfiguration } from '../dist/src/watch/configuration.js';
import { AlertEngine } from '../dist/src/watch/engine.js';
import { GRAIN, HOUR } from '../dist/src/watch/history.js';
import { attempts } from './simulation/attempts.mjs';

const STREAMS = 30;
const QUIET = 14 * 24;
const { rules } = readAlertConfiguration('[[rule]]\ntype = "rate"\n');

console.log('attempts/h   false alerts per week and provider   found   after (median)');
for (const perHour of [3, 20, 200, 2000]) {
  let wrong = 0;
  const found = [];
  for (let seed = 1; seed <= STREAMS; seed++) {
    const incident = { from: QUIET, until: QUIET + 24, share: 0.13 };
    const { before, after } = watch({ from: 0, hours: QUIET + 24, perHour, rate: 0.02, incident, seed });
    wrong += before;
    if (after !== undefined) found.push(after);
  }
  found.sort((a, b) => a - b);
  const median = found.length === 0 ? 'never' : `${found[Math.floor(found.length / 2)].toFixed(1)} h`;
  console.log(
    `${String(perHour).padStart(10)}   ${(wrong / STREAMS / (QUIET / 168)).toFixed(2).padStart(36)}   ` +
      `${`${found.length}/${STREAMS}`.padStart(5)}   ${median}`,
  );
}

/** Alerts that fired before the incident, and hours from its beginning to the first after. */
function watch(stream) {
  const engine = new AlertEngine(rules, 0);
  const beginning = stream.incident.from * HOUR;
  let before = 0;
  let after;
  let tick = GRAIN;
  const failure = { cause: 'connection_failed', kind: 'soft' };
  for (const { time, failed } of attempts(stream)) {
    for (; time >= tick; tick += GRAIN) {
      for (const { status } of engine.tick(tick)) {
        if (status !== 'firing') continue;
        if (tick < beginning) before += 1;
        else after ??= (tick - beginning) / HOUR;
      }
    }
    engine.event({
      ...{
        type: 'delivery',
        mta: 'postfix',
        time,
        hop: false,
        suspended: false,
        attempt: 1,
        count: 1,
        provider: 'google',
      },
      ...(failed ? { status: 'bounced', classification: failure } : { status: 'delivered' }),
    });
  }
  return { before, after };
}
