/** What a record tells, as plain data: the keys that matter of its kind, parties as the text that makes them. */
import type { LogRecord } from '../../parsers/contract.ts';

/** The record as the tests compare it. */
export type Facts = { readonly kind: LogRecord['kind'] } & Readonly<Record<string, unknown>>;

/** The facts of a record; what is absent or false is left out. */
export function factsOf(
  record: LogRecord,
  keys: Readonly<Partial<Record<LogRecord['kind'], readonly string[]>>>,
): Facts {
  const values = record as unknown as Readonly<Record<string, unknown>>;
  const facts: Record<string, unknown> = {};
  for (const key of keys[record.kind] ?? []) {
    const value = plain(key, values[key]);
    if (value !== undefined && value !== false) facts[key] = value;
  }
  return { kind: record.kind, ...facts };
}

/** Keys of parties. */
const PARTIES = new Set(['relay', 'client', 'peer']);

/** `mx.example.com[192.0.2.1]:25`, or the service alone; `near` behind what is on this host or beside it. */
function plain(key: string, value: unknown): unknown {
  if (!PARTIES.has(key) || value === undefined) return value;
  const { service, host, ip, port, near } = value as Record<string, unknown>;
  const end = `${port === undefined ? '' : `:${port}`}${near === true ? ' near' : ''}`;
  return service ?? `${host ?? ''}[${ip ?? ''}]${end}`;
}
