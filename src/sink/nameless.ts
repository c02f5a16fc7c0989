/** Finished results under other names: for what shows log lines as they are. */
import type { Pseudonyms } from '../track/pseudonyms.ts';

/** Keys of documents whose values are addresses or logins, with or without an `@`. */
const ADDRESSES: ReadonlySet<string> = new Set(['from', 'to', 'orig_to', 'message_id', 'auth_user']);
const HOSTS: ReadonlySet<string> = new Set(['client_host', 'client_ip', 'relay_ip', 'helo']);

/** Gives each line under other names. */
export function namelessText(text: string, names: Pseudonyms): string {
  return text
    .split('\n')
    .map((line) => names.text(line))
    .join('\n');
}

/** Gives a JSON document under other names. */
export function namelessJson(text: string, names: Pseudonyms): string {
  const other = (key: string, value: unknown): unknown => {
    if (typeof value !== 'string') return value;
    if (ADDRESSES.has(key)) return names.address(value);
    return HOSTS.has(key) ? names.ip(value) : names.text(value);
  };
  return `${JSON.stringify(JSON.parse(text, other), undefined, 2)}\n`;
}
