import { describe, expect, it } from 'vitest';
import { Analysis } from '../../../src/analysis.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { CauseStage } from '../../../src/cause/stage.ts';
import { healthOf, openMetering } from '../../../src/live/metering.ts';
import { feed, LATEST, Notebook, read } from '../reading.ts';
import { LAB } from './screen/log.ts';

const address = { host: '127.0.0.1', port: 0 };

describe('metrics of what is followed', () => {
  it('tell what waits for the store, where there is one', async () => {
    const scrape = async (backlog?: { bytes: number; since: number }): Promise<string> => {
      const options = { address, version: '1', stale: 1000, alerts: () => [] };
      const { endpoint } = await openMetering({ ...options, backlog });
      const text = await (await fetch(`http://127.0.0.1:${endpoint.port}/metrics`)).text();
      await endpoint.close();
      return text;
    };
    expect(await scrape({ bytes: 4242, since: 0 })).toContain('\nwhybounce_spool_bytes 4242\n');
    expect(await scrape()).not.toContain('spool');
  });

  it('count lines, events and open messages as the analysis does', async () => {
    const metering = await openMetering({ address, version: '1', stale: 1000, alerts: () => [] });
    const half = LAB.slice(0, LAB.indexOf('\n', LAB.length / 2) + 1);
    const stage: { next?: CauseStage } = {};
    const analysis: Analysis = new Analysis(
      {
        event: (event) => stage.next?.event(event),
        ...{ resumed() {}, closed() {}, retracted() {}, notified() {}, notice() {} },
      },
      { zone: 'UTC', onLine: metering.onLine },
    );
    const consumer = metering.connect({ analysis, names: [] }, undefined);
    stage.next = new CauseStage(new Classifier(), consumer.sink);
    analysis.begin(LATEST);
    feed(analysis, half);
    consumer.tick!({ now: Date.now(), logTime: LATEST, lastLineAt: Date.now(), hasMore: false });
    const text = await (await fetch(`http://127.0.0.1:${metering.endpoint.port}/metrics`)).text();
    await consumer.close();
    const value = (series: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(series))
          ?.split(' ')
          .at(-1) ?? 0,
      );
    const { events, lines } = read(half);
    expect(value('whybounce_log_lines_total{mta="postfix",result="event"}')).toBe(lines.used);
    expect(value('whybounce_log_lines_total{mta="",result="ignored"}')).toBe(lines.ignored);
    const causes = events.filter(
      ({ type, cause, hop, suspended }) =>
        type === 'delivery' && cause === 'mailbox_full' && !hop && !suspended,
    );
    const counted = [...text.matchAll(/whybounce_failures_total\{[^}]*cause="mailbox_full"[^}]*\} (\d+)/g)];
    expect(counted.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(causes.length);
  });

  it('tell how many messages are in a queue', () => {
    const analysis = new Analysis(new Notebook(() => ''));
    analysis.begin(LATEST);
    const say = (text: string) => feed(analysis, `Nov 23 20:00:01 mx1 postfix/qmgr[1]: ${text}\n`);
    say('4jYHcP1Y34z1: from=<a@b.example>, size=1, nrcpt=1 (queue active)');
    say('4jYHcP1Y34z2: from=<a@b.example>, size=1, nrcpt=1 (queue active)');
    expect(analysis.openMessages).toEqual(new Map([['postfix', 2]]));
    say('4jYHcP1Y34z1: removed');
    say('4jYHcP1Y34z2: removed');
    expect(analysis.openMessages).toEqual(new Map([['postfix', 0]]));
  });
});

describe('health', () => {
  const now = LATEST;
  const all = { now, readAt: now, lineAt: now, stale: 600_000 };

  it('is good while lines come', () => {
    expect(healthOf({ ...all, lineAt: now - 599_000 })).toEqual({
      ok: true,
      text: 'ok, last line 599 s ago',
    });
  });

  it('is bad when none came for too long', () => {
    expect(healthOf({ ...all, lineAt: now - 601_000 })).toEqual({ ok: false, text: 'no line for 601 s' });
  });

  it('is not well while the store is behind for longer than lines may be away', () => {
    expect(healthOf({ ...all, spooledAt: now - 599_000 }).ok).toBe(true);
    expect(healthOf({ ...all, spooledAt: now - 601_000 })).toEqual({
      ok: false,
      text: 'the store is behind: the oldest batch in the spool waits for 601 s',
    });
  });

  it('is bad when the reading is held up', () => {
    expect(healthOf({ ...all, readAt: now - 75_000 })).toEqual({
      ok: false,
      text: expect.stringMatching(/^reading waits for 75 s/),
    });
  });
});
