/** Which mail is a notice of a mail system, and not something that somebody wrote. */
import type { Message } from './event.ts';

/** Postfix's stand-in for the null sender: its notices to the postmaster have it, and what is sent to it is dropped. */
export const POSTFIX_NULL_SENDER = 'double-bounce@';

/**
 * Whether a message is a notice: of a failed or late delivery (RFC 3464), of reading (RFC 8098), or another answer
 * that a program gives by itself (RFC 3834). All of these have the null sender `<>` so that nobody answers them, and no
 * other mail has (RFC 5321, 4.5.5). Who wrote it, this server or another, makes no difference. Where the log does not tell the sender, it
 * is taken for mail.
 */
export function isNotification({ from, mta }: Pick<Message, 'from' | 'mta'>): boolean {
  return from === '' || (mta === 'postfix' && from !== undefined && from.startsWith(POSTFIX_NULL_SENDER));
}
