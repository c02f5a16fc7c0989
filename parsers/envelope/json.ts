/**
 * Envelopes that are JSON objects, one a line: journald (`journalctl -o json`), docker's json-file, log shippers.
 * journald's fields: systemd.journal-fields(7) and systemd.io/JOURNAL_EXPORT_FORMATS.
 */

/** What an entry says. Without a tag, `message` is a line with an envelope of its own. */
export interface JsonEnvelope {
  readonly message: string;
  /** Milliseconds UTC. */
  readonly time: number | undefined;
  readonly host: string;
  readonly tag: string | undefined;
  readonly pid: number;
}

/** The fields of an entry that are looked at. */
export const ENTRY_FIELDS: ReadonlySet<string> = new Set([
  ...['MESSAGE', 'log', 'message', 'msg'],
  ...['SYSLOG_IDENTIFIER', '_COMM', '_HOSTNAME', 'SYSLOG_PID', '_PID'],
  ...['_SOURCE_REALTIME_TIMESTAMP', '__REALTIME_TIMESTAMP', 'time', 'timestamp', '@timestamp'],
]);

/** Reads one entry, or gives undefined where the text is no JSON object with a message. Never throws. */
export function readJsonEnvelope(text: string): JsonEnvelope | undefined {
  // A filter that takes fields out (machine and boot ids) leaves the comma before the last one.
  const entry = parse(text) ?? (text.endsWith(',}') ? parse(`${text.slice(0, -2)}}`) : undefined);
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined;
  const fields = new Map(Object.entries(entry));
  const message = messageOf(
    fields.get('MESSAGE') ?? fields.get('log') ?? fields.get('message') ?? fields.get('msg'),
  );
  if (message === undefined) return undefined;
  const tag = fields.get('SYSLOG_IDENTIFIER') ?? fields.get('_COMM');
  return {
    message,
    time: timeOf(fields),
    host: String(fields.get('_HOSTNAME') ?? ''),
    tag: typeof tag === 'string' && tag !== '' ? tag : undefined,
    pid: Number(fields.get('SYSLOG_PID') ?? fields.get('_PID') ?? 0),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A message that is not UTF-8 comes as an array of byte values; one that was set twice as an array of texts. */
function messageOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.endsWith('\n') ? value.slice(0, -1) : value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (typeof value[0] === 'string') return value[0];
  if (!value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)) return undefined;
  return Buffer.from(value).toString();
}

function timeOf(fields: ReadonlyMap<string, unknown>): number | undefined {
  const micros = fields.get('_SOURCE_REALTIME_TIMESTAMP') ?? fields.get('__REALTIME_TIMESTAMP');
  if (typeof micros === 'string' && /^\d{10,18}$/.test(micros)) return Number(micros) / 1000;
  const stamp = fields.get('time') ?? fields.get('timestamp') ?? fields.get('@timestamp');
  const time = typeof stamp === 'string' ? Date.parse(stamp) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
