/** Mail through a relay, which should not be the server whose troubles are told. */
import { createTransport } from 'nodemailer';
import type { Alert } from '../engine.ts';
import { type Channel, ChannelError } from './channel.ts';
import { headline, paragraph } from './words.ts';

/** Where mail goes, and how. */
export interface MailRoute {
  /** `smtp://host:port`, or `smtps://` where TLS begins at once. */
  readonly relay: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

/** Longest wait of each step, in milliseconds. */
const PATIENCE = 20_000;

/** One mail for all that there is to say. */
export function mail(name: string, { relay, user, password, from, to }: MailRoute): Channel {
  const { protocol, hostname, port } = new URL(relay);
  const transport = createTransport({
    host: hostname,
    port: port === '' ? (protocol === 'smtps:' ? 465 : 25) : Number(port),
    secure: protocol === 'smtps:',
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name,
    async send(alerts) {
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: `whybounce: ${subject(alerts)}`,
          text: `${alerts.map(paragraph).join('\n\n')}\n`,
          headers: { 'Auto-Submitted': 'auto-generated', Precedence: 'bulk' },
        });
      } catch (error) {
        throw new ChannelError(`${hostname} did not take the mail: ${(error as Error).message}`);
      }
    },
  };
}

function subject(alerts: readonly Alert[]): string {
  const [first, ...others] = alerts;
  return `${headline(first!)}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
}
