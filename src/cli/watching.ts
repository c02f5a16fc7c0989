/** What `tail` has beside its output: alerts, and metrics for Prometheus. */
import type { AnalysisOptions } from '../analysis.ts';
import type { Connect } from '../live/consumer.ts';
import type { Backlog, MeteringOptions } from '../live/metering.ts';
import type { Alert } from '../watch/engine.ts';
import type { Context, Flags } from './command.ts';
import { UsageError } from './errors.ts';
import { VERSION } from './version.ts';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_STALE = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Flags that say what is watched. */
export const WATCH_FLAGS = {
  alerts: {
    type: 'string',
    nargs: 1,
    describe: 'File of alert rules and channels (TOML); SIGHUP reads it again',
  },
  metrics: {
    type: 'string',
    nargs: 1,
    describe: 'Address of metrics for Prometheus, such as 127.0.0.1:9154, and of /healthz',
    coerce: addressOf,
  },
  stale: {
    type: 'string',
    nargs: 1,
    describe: '/healthz says 503 when no line came, or the spool waits, for so long: 10m, 2h (default 1h)',
    coerce: spanOf,
  },
} as const satisfies Flags;

/** What is watched, opened. */
export interface Watching {
  readonly connect: readonly Connect[];
  readonly onLine: AnalysisOptions['onLine'];
  /** Alerts that fire now. */
  readonly alerts: () => readonly Alert[];
  /** Lets go of what nothing was connected to. */
  readonly close: () => Promise<void>;
}

interface Flagged {
  /** What waits for a store, where events go to one. */
  readonly backlog?: Backlog | undefined;
  readonly alerts?: string | undefined;
  readonly metrics?: { readonly host: string; readonly port: number } | undefined;
  readonly stale?: number | undefined;
}

/**
 * Opens what the flags ask for.
 * @param tell what the user should know
 * @throws UsageError where the rules are wrong, a secret cannot be read, or the address cannot be had
 */
export async function openWatching(
  { alerts: file, metrics: address, stale, backlog }: Flagged,
  tell: (message: string) => void,
  context: Context,
): Promise<Watching> {
  if (stale !== undefined && address === undefined) {
    throw new UsageError('--stale is about /healthz, which is not served', 'give --metrics HOST:PORT too');
  }
  let sent = (_channel: string, _isSent: boolean): void => undefined;
  const alerting = file === undefined ? undefined : await openAlerting(file, tell, (...how) => sent(...how));
  const alerts = () => alerting?.active ?? [];
  const metering =
    address === undefined
      ? undefined
      : await openMetering(address, { stale: stale ?? DEFAULT_STALE, alerts, backlog });
  if (metering !== undefined) sent = metering.sent;
  const hangUp = () => alerting?.reload();
  // A terminal that hangs up is gone, and so is whoever watched there.
  if (alerting !== undefined && !context.stdout.isTTY) process.on('SIGHUP', hangUp);
  return {
    connect: [alerting?.connect, metering?.connect].filter((each) => each !== undefined),
    onLine: metering?.onLine,
    alerts,
    close: async () => {
      process.off('SIGHUP', hangUp);
      await metering?.endpoint.close();
    },
  };
}

async function openAlerting(
  file: string,
  note: (message: string) => void,
  sent: (channel: string, isSent: boolean) => void,
) {
  const { Alerting } = await import('../live/alerting.ts');
  const alerting = new Alerting(await setupOf(file), Date.now(), { note, sent });
  return {
    connect: alerting.connect,
    get active() {
      return alerting.active;
    },
    /** Reads the file again; what was right before stays where it is wrong now. */
    async reload(): Promise<void> {
      try {
        await alerting.replace(await setupOf(file), Date.now());
        note(`alert rules were read again from ${file}`);
      } catch (error) {
        note(`${(error as Error).message}; the alert rules of before stay`);
      }
    },
  };
}

async function setupOf(file: string) {
  const { readAlertFile } = await import('./alert-file.ts');
  const { openChannel } = await import('../watch/channels/open.ts');
  const { rules, channels } = await readAlertFile(file);
  const opened = channels.map(async (settings) => {
    try {
      return await openChannel(settings);
    } catch (error) {
      throw new UsageError(
        `channel "${settings.name}" of ${file} cannot be used: ${(error as Error).message}`,
        'correct its file',
      );
    }
  });
  return { rules, channels: await Promise.all(opened) };
}

async function openMetering(
  address: { readonly host: string; readonly port: number },
  options: Omit<MeteringOptions, 'address' | 'version'>,
) {
  const metering = await import('../live/metering.ts');
  try {
    return await metering.openMetering({ address, version: VERSION, ...options });
  } catch (error) {
    throw new UsageError(
      `metrics cannot be served at ${address.host}:${address.port}: ${(error as Error).message}`,
      'name another address',
    );
  }
}

/** `9154`, `localhost:9154`, `[::1]:9154`: a port, on this machine only unless a host is named. */
function addressOf(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, name, port] = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))?:)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new UsageError(`--metrics "${text}" is no address`, 'give HOST:PORT, such as 127.0.0.1:9154');
  }
  return { host: bracketed ?? name ?? DEFAULT_HOST, port: Number(port) };
}

/** A span of time in milliseconds. */
function spanOf(text: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0) {
    throw new UsageError(`--stale "${text}" is no span of time`, 'give one such as 30s, 10m or 2h');
  }
  return Number(number) * UNITS[unit!]!;
}
