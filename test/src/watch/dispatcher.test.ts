import { deserialize, serialize } from 'node:v8';
import { expect, it } from 'vitest';
import type { Channel } from '../../../src/watch/channels/channel.ts';
import { Dispatcher } from '../../../src/watch/dispatcher.ts';
import type { Alert } from '../../../src/watch/engine.ts';
import { alert } from './alerts.ts';

const MINUTE = 60_000;

/** A channel that keeps what it gets, and can be away. */
function recorder(name: string, refresh?: number) {
  const got: Alert[][] = [];
  const box = { got, away: false };
  const channel: Channel = {
    name,
    ...(refresh !== undefined && { refresh }),
    async send(alerts) {
      if (box.away) throw new Error('away');
      got.push([...alerts]);
    },
  };
  return Object.assign(box, { channel });
}

it('sends each channel what is for it', async () => {
  const [a, b] = [recorder('a'), recorder('b')];
  const dispatcher = new Dispatcher([a.channel, b.channel], () => {});
  const [one, both] = [alert({ channels: ['a'] }), alert({ channels: ['a', 'b'] })];
  dispatcher.offer([one, both], [], 0);
  await dispatcher.settle();
  expect([a.got, b.got]).toEqual([[[one, both]], [[both]]]);
});

it('keeps what a channel that is away should have got, and tries again ever more seldom', async () => {
  const a = recorder('a');
  const told: string[] = [];
  const dispatcher = new Dispatcher([a.channel], (_, error) => told.push(error?.message ?? 'sent'));
  a.away = true;
  for (let second = 0; second < 3600; second++) {
    dispatcher.offer(second < 3 ? [alert({ channels: ['a'], rule: `r${second}` })] : [], [], second * 1000);
    await dispatcher.settle();
  }
  expect(told.length).toBeGreaterThan(8);
  expect(told.length).toBeLessThan(60);
  a.away = false;
  dispatcher.offer([], [], 3_600_000 + 10 * MINUTE);
  await dispatcher.settle();
  expect(told.at(-1)).toBe('sent');
  expect(a.got.map((alerts) => alerts.map(({ rule }) => rule))).toEqual([['r0', 'r1', 'r2']]);
});

it('does not keep everything', async () => {
  const a = recorder('a');
  a.away = true;
  const dispatcher = new Dispatcher([a.channel], () => {});
  for (let n = 0; n < 3000; n++) dispatcher.offer([alert({ channels: ['a'], rule: `r${n}` })], [], 0);
  await dispatcher.settle();
  const waiting = dispatcher.state.get('a')!;
  expect([waiting.length, waiting[0]!.rule, waiting.at(-1)!.rule]).toEqual([1000, 'r2000', 'r2999']);
});

it('goes on with what an earlier one has not sent', async () => {
  const a = recorder('a');
  a.away = true;
  const first = new Dispatcher([a.channel], () => {});
  first.offer([alert({ channels: ['a'] })], [], 0);
  await first.settle();
  a.away = false;
  const second = new Dispatcher([a.channel], () => {}, deserialize(serialize(first.state)));
  second.offer([], [], 1000);
  await second.settle();
  expect(a.got).toEqual([[alert({ channels: ['a'] })]]);
});

it('tells a channel that forgets of all that fires, again and again', async () => {
  const a = recorder('a', 2 * MINUTE);
  const dispatcher = new Dispatcher([a.channel], () => {});
  const mine = alert({ channels: ['a'] });
  const active = [mine, alert({ channels: ['b'] })];
  for (let minute = 10; minute < 20; minute++) {
    dispatcher.offer(minute === 10 ? [mine] : [], active, minute * MINUTE);
    await dispatcher.settle();
  }
  expect(a.got).toEqual([[mine], [mine], [mine], [mine], [mine]]);
});
