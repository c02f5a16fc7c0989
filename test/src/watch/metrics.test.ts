import { expect, it } from 'vitest';
import { openEndpoint } from '../../../src/watch/endpoint.ts';
import { Metrics } from '../../../src/watch/metrics.ts';
import { classification, delivery, message, rejected } from '../aggregate/events.ts';

function sample(): Metrics {
  const metrics = new Metrics({
    version: '1.2.3',
    openMessages: () => new Map([['postfix', 7]]),
    activeAlerts: () => [
      { rule: 'listed', provider: 'google' },
      { rule: 'silence', provider: undefined },
    ],
  });
  const of = message();
  metrics.event(delivery(of, 'delivered', { provider: 'google', delivery: { delay: 42 } as never }));
  metrics.event(
    delivery(of, 'bounced', { provider: 'google', classification: classification('mailbox_full') }),
  );
  metrics.event(
    delivery(of, 'deferred', {
      provider: undefined,
      classification: classification('unclassified', { kind: 'soft' }),
    }),
  );
  metrics.event(delivery(of, 'delivered', { hop: true }));
  const notice = message({ from: '' });
  metrics.event(delivery(notice, 'delivered', { provider: 'google', delivery: { delay: 1 } as never }));
  metrics.event(
    delivery(notice, 'bounced', { provider: 'google', classification: classification('user_unknown') }),
  );
  metrics.event(rejected({ classification: classification('ip_blocklisted'), count: 3 }));
  metrics.lines('postfix', 'event', 1);
  metrics.lines('exim', 'unparsed', 1);
  metrics.ignored(5);
  metrics.notification('chat', false);
  return metrics;
}

it('counts with the names and labels that dashboards rely on', async () => {
  const lines = (await sample().exposition())
    .split('\n')
    .filter((line) => /^whybounce_[^#]*[1-9]/.test(line));
  expect(lines).toEqual(
    expect.arrayContaining([
      'whybounce_deliveries_total{provider="google",status="delivered"} 1',
      'whybounce_deliveries_total{provider="google",status="bounced"} 1',
      'whybounce_deliveries_total{provider="other",status="deferred"} 1',
      'whybounce_notices_total{provider="google",status="delivered"} 1',
      'whybounce_notices_total{provider="google",status="bounced"} 1',
      'whybounce_failures_total{provider="google",cause="mailbox_full",class="hard"} 1',
      'whybounce_failures_total{provider="other",cause="unclassified",class="soft"} 1',
      'whybounce_unclassified_total{provider="other"} 1',
      'whybounce_rejects_total{cause="ip_blocklisted",class="hard"} 3',
      'whybounce_delivery_delay_seconds_bucket{le="60",provider="google"} 1',
      'whybounce_delivery_delay_seconds_sum{provider="google"} 42',
      'whybounce_log_lines_total{mta="postfix",result="event"} 1',
      'whybounce_log_lines_total{mta="exim",result="unparsed"} 1',
      'whybounce_log_lines_total{mta="",result="ignored"} 5',
      'whybounce_open_messages{mta="postfix"} 7',
      'whybounce_alert_active{rule="listed",provider="google"} 1',
      'whybounce_alert_active{rule="silence",provider=""} 1',
      'whybounce_notifications_total{channel="chat",result="failed"} 1',
      'whybounce_build_info{version="1.2.3"} 1',
    ]),
  );
  expect(lines.filter((line) => line.includes('user_unknown'))).toEqual([]);
});

it('is served over HTTP, with a health check beside it', async () => {
  let health = { ok: true, text: 'ok' };
  const endpoint = await openEndpoint({ host: '127.0.0.1', port: 0 }, sample(), () => health);
  const get = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${endpoint.port}${path}`, { method });
    return [response.status, response.headers.get('content-type'), await response.text()] as const;
  };
  const [status, type, text] = await get('/metrics?x=1');
  expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(text).toContain('# TYPE whybounce_delivery_delay_seconds histogram');
  expect(await get('/healthz')).toEqual([200, 'text/plain; charset=utf-8', 'ok\n']);
  health = { ok: false, text: 'no line for 10 minutes' };
  expect(await get('/healthz')).toEqual([503, 'text/plain; charset=utf-8', 'no line for 10 minutes\n']);
  expect((await get('/'))[0]).toBe(404);
  expect((await get('/metrics', 'POST'))[0]).toBe(405);
  expect((await get('/metrics', 'HEAD'))[2]).toBe('');
  await expect(
    openEndpoint({ host: '127.0.0.1', port: endpoint.port }, sample(), () => health),
  ).rejects.toThrow(/EADDRINUSE/);
  await endpoint.close();
});
