/** Alerts in words, as people read them in a mail or a chat. */
import { formatISO } from 'date-fns/formatISO';
import type { Alert } from '../engine.ts';

/** `CRITICAL listed: google says that …`, that it is still so, or what was seen last of what is over. */
export function headline({ status, repeated, severity, rule, text }: Alert): string {
  if (status === 'resolved') return `RESOLVED ${rule}, last seen: ${text}`;
  return `${severity.toUpperCase()} ${rule}${repeated === true ? ', still' : ''}: ${text}`;
}

/** The headline, since when, and what to do. */
export function paragraph(alert: Alert): string {
  const { startsAt, endsAt, remedy } = alert;
  const time = `Since ${formatISO(startsAt)}${endsAt === undefined ? '' : `, until ${formatISO(endsAt)}`}.`;
  const next = remedy === undefined || endsAt !== undefined ? '' : `\nNext: ${remedy}`;
  return `${headline(alert)}.\n${time}${next}`;
}

/** An alert with the names and forms that other programs get. */
export function record(alert: Alert): object {
  const { status, repeated, rule, severity, provider, cause, text, remedy, values, startsAt, endsAt } = alert;
  return {
    ...{ status, repeated, rule, severity, provider, cause, text, remedy, values },
    starts_at: timeOf(startsAt),
    ends_at: endsAt === undefined ? undefined : timeOf(endsAt),
  };
}

/** RFC 3339, UTC. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
