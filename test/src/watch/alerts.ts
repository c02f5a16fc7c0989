/** Alerts for tests. */
import type { Alert } from '../../../src/watch/engine.ts';

/** 24 November 2026, 8:00 UTC. */
export const EIGHT = Date.UTC(2026, 10, 24, 8);

export function alert(facts: Partial<Alert> = {}): Alert {
  return {
    status: 'firing',
    rule: 'listed',
    severity: 'critical',
    provider: 'google',
    cause: 'ip_blocklisted',
    text: 'a blocklist holds this server, according to 9 replies of google within an hour',
    remedy: 'Ask to be delisted.',
    values: { failures: 9 },
    startsAt: EIGHT,
    endsAt: undefined,
    channels: ['all'],
    ...facts,
  };
}
