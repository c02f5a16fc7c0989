/** What an alert is sent through. */
import type { Alert } from '../engine.ts';

/** One way to people. */
export interface Channel {
  readonly name: string;
  /**
   * Sends alerts that have something new to say.
   * @throws ChannelError where that failed; it is tried again later
   */
  send(alerts: readonly Alert[]): Promise<void>;
  /** Where alerts end of themselves unless they are sent again: every so many milliseconds, all that fire. */
  readonly refresh?: number;
}

/** An alert could not be sent. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
}

/** Longest wait for an answer, in milliseconds. */
const PATIENCE = 20_000;

/**
 * Posts JSON.
 * @throws ChannelError with what the other side said, its address left out: it may hold a secret
 */
export async function post(url: string, body: unknown): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'whybounce' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    throw new ChannelError(`no answer from ${new URL(url).host}: ${cause?.message ?? message}`);
  }
  const text = await response.text().catch(() => '');
  if (!response.ok) {
    const said = text.slice(0, 200).trim();
    throw new ChannelError(
      `${new URL(url).host} answers ${response.status}${said === '' ? '' : `: ${said}`}`,
    );
  }
}
