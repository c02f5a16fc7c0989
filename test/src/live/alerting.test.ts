import { describe, expect, it } from 'vitest';
import { Alerting } from '../../../src/live/alerting.ts';
import type { Consumer, Reading } from '../../../src/live/consumer.ts';
import type { Channel } from '../../../src/watch/channels/channel.ts';
import { readAlertConfiguration } from '../../../src/watch/configuration.ts';
import type { Alert } from '../../../src/watch/engine.ts';
import { classification, delivery, message } from '../aggregate/events.ts';

const { rules } = readAlertConfiguration(
  '[[rule]]\ntype = "listed"\nkeep = "1m"\n[[channel]]\nname = "chat"\ntype = "webhook"\nurl = "http://localhost/"\n',
);
const reading = {} as Reading;

/** A channel that can be away. */
function chat() {
  const sent: Alert[] = [];
  const channel = {
    name: 'chat',
    isAway: false,
    sent,
    async send(alerts: readonly Alert[]) {
      if (channel.isAway) throw new Error('away');
      sent.push(...alerts);
    },
  };
  return channel satisfies Channel;
}

function watched(channel: Channel, states?: ReadonlyMap<string, unknown>) {
  const notes: string[] = [];
  const results: boolean[] = [];
  const alerting = new Alerting({ rules, channels: [channel] }, Date.now(), {
    note: (text) => notes.push(text),
    sent: (_name, isSent) => results.push(isSent),
  });
  return { notes, results, alerting, consumer: alerting.connect(reading, states) };
}

function isListed(consumer: Consumer, time = Date.now()): void {
  consumer.sink.event(
    delivery(message(), 'bounced', {
      time,
      provider: 'google',
      classification: classification('ip_blocklisted'),
    }),
  );
}

const at = (now: number) => ({ now, logTime: now, lastLineAt: now, hasMore: false });

describe('alerts on what is followed', () => {
  it('are sent seconds after the failure, and once', async () => {
    const channel = chat();
    const { consumer, alerting } = watched(channel);
    const begun = Date.now();
    consumer.tick!(at(begun));
    isListed(consumer);
    consumer.tick!(at(begun + 4000));
    expect(alerting.active).toHaveLength(0);
    consumer.tick!(at(begun + 5000));
    consumer.tick!(at(begun + 40_000));
    await consumer.close();
    expect(channel.sent.map(({ rule, status, provider }) => [rule, status, provider])).toEqual([
      ['listed', 'firing', 'google'],
    ]);
  });

  it('tell of an outage once, and when it is over', async () => {
    const channel = chat();
    channel.isAway = true;
    const { consumer, notes, results } = watched(channel);
    const begun = Date.now();
    isListed(consumer);
    for (let passed = 0; passed <= 200_000; passed += 50_000) {
      consumer.tick!(at(begun + passed));
      await consumer.close();
    }
    channel.isAway = false;
    consumer.tick!(at(begun + 900_000));
    await consumer.close();
    expect(notes).toEqual([
      'alerts cannot be sent through "chat": away; they are kept and tried again',
      'alerts are sent through "chat" again',
    ]);
    expect(results.filter((isSent) => !isSent).length).toBeGreaterThan(1);
    expect(channel.sent).toHaveLength(1);
  });

  it('go on in another run with what fires and what was not sent', async () => {
    const channel = chat();
    channel.isAway = true;
    const first = watched(channel);
    isListed(first.consumer);
    first.consumer.tick!(at(Date.now()));
    await first.consumer.close();
    const states = new Map([['alerts', structuredClone(first.consumer.state)]]);
    channel.isAway = false;
    const second = watched(channel, states);
    expect(second.alerting.active).toHaveLength(1);
    second.consumer.tick!(at(Date.now() + 1000));
    await second.consumer.close();
    expect(channel.sent).toHaveLength(1);
  });

  it('go on with other rules', async () => {
    const channel = chat();
    const { consumer, alerting } = watched(channel);
    isListed(consumer);
    consumer.tick!(at(Date.now()));
    expect(alerting.active).toHaveLength(1);
    const other = readAlertConfiguration('[[rule]]\ntype = "silence"\nafter = "1h"\n').rules;
    await alerting.replace({ rules: other, channels: [channel] }, Date.now());
    consumer.tick!(at(Date.now() + 60_000));
    expect(alerting.active).toHaveLength(0);
  });
});
