/** Prometheus' Alertmanager, by its API v2. */
import type { Alert } from '../engine.ts';
import { type Channel, post } from './channel.ts';
import { timeOf } from './words.ts';

/** Alertmanager takes an alert for over that was not sent again for five minutes. */
const REFRESH = 120_000;
const LIFE = 300_000;

/** @param url of Alertmanager, with the path before `/api/v2` where there is one */
export function alertmanager(name: string, url: string): Channel {
  return {
    name,
    refresh: REFRESH,
    send: (alerts) => post(`${url.replace(/\/+$/, '')}/api/v2/alerts`, alerts.map(postable)),
  };
}

/** Labels tell which alert it is, so nothing that changes is among them; their names must not have a hyphen. */
function postable({ rule, severity, provider, cause, text, remedy, startsAt, endsAt }: Alert): object {
  return {
    labels: { alertname: rule, severity, job: 'whybounce', provider, cause },
    annotations: { summary: text, description: remedy },
    startsAt: timeOf(startsAt),
    endsAt: timeOf(endsAt ?? Date.now() + LIFE),
  };
}
