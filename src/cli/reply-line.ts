/** One line of `explain -`: a reply as it is, or a JSON object that tells more about it. */
import type { ReplyFacts } from '../cause/contract.ts';
import type { Mta, Stage } from '../event/event.ts';

/** What a line says, or what is wrong with it. */
export type ReplyLine = { readonly facts: ReplyFacts } | { readonly error: string };

/**
 * A line that begins with a brace is JSON: no server's reply does.
 * @param mta whose replies they are, where a line does not say so
 */
export function readReplyLine(line: string, mta?: Mta): ReplyLine {
  if (!line.startsWith('{')) return { facts: { text: line, mta } };
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { error: `not valid JSON: ${(error as Error).message}` };
  }
  const { text, reply_code } = value;
  if (typeof text !== 'string') return { error: 'the JSON object has no "text" that is a string' };
  const code = absent(reply_code) ? undefined : Number(reply_code);
  if (code !== undefined && !Number.isInteger(code)) return { error: '"reply_code" is not a whole number' };
  for (const key of ['enhanced_code', 'relay_host', 'stage', 'direction', 'mta']) {
    if (!absent(value[key]) && typeof value[key] !== 'string') return { error: `"${key}" is not a string` };
  }
  return {
    facts: {
      text,
      replyCode: code,
      enhancedCode: optional(value['enhanced_code']),
      relayHost: optional(value['relay_host']),
      stage: optional(value['stage']) as Stage | undefined,
      direction: value['direction'] === 'inbound' ? 'inbound' : 'outbound',
      mta: (optional(value['mta']) as Mta | undefined) ?? mta,
    },
  };
}

/** Other programs write null for what they do not know. */
function absent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** An empty string says as little as none. */
function optional(value: unknown): string | undefined {
  return value === '' || absent(value) ? undefined : (value as string);
}
