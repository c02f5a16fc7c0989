/**
 * What people use today for each MTA's logs, and how its figures are read: the benchmark runs whybounce beside it.
 * Each peer has its `name`, how it is run on a file, how its version is asked for (undefined where it is missing), and
 * `beside`: its figures next to what the truth says of the same thing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One Perl script out of a package that would bring the whole mail server along: `setup.sh` puts it here. */
const EXIMSTATS = join(dirname(fileURLToPath(import.meta.url)), 'peers', 'eximstats');

export const PEERS = {
  postfix: {
    name: 'pflogsumm',
    command: (file) => ['pflogsumm', [file]],
    version() {
      const child = spawnSync('pflogsumm', ['--version'], { encoding: 'utf8' });
      return child.error === undefined ? child.stdout.trim() : undefined;
    },
    beside(output, truth) {
      const said = (key) => {
        const found = new RegExp(`^ *(\\d+[kmg]?) +${key}(?: +\\((\\d+[kmg]?) +deferrals\\))?`, 'm').exec(
          output,
        );
        if (found === null) return '-';
        return found[2] === undefined ? found[1] : `${found[1]} (${found[2]} deferrals)`;
      };
      return [
        ['received', said('received'), `${truth.messages} messages`],
        [
          'delivered',
          said('delivered'),
          `${truth.attempts.delivered} deliveries (+ ${truth.hops} hops, ${truth.discarded} discarded)`,
        ],
        ['forwarded', said('forwarded'), ''],
        ['deferred', said('deferred'), `${truth.attempts.deferred} attempts (+ ${truth.suspended} copies)`],
        ['bounced', said('bounced'), `${truth.attempts.bounced} recipients (+ ${truth.expired} expired)`],
        ['rejected', said('rejected'), `${truth.rejected}`],
      ];
    },
  },
  exim: {
    name: 'eximstats',
    command: (file) => ['perl', [EXIMSTATS, file]],
    version() {
      if (!existsSync(EXIMSTATS)) return undefined;
      return `eximstats ${/^\$VERSION = '([^']+)'/m.exec(readFileSync(EXIMSTATS, 'utf8'))?.[1] ?? ''}`;
    },
    beside(output, truth) {
      /** The columns of a line of the grand totals behind the volume, which the refusals do not have. */
      const columns = (key) =>
        new RegExp(`^ {2}${key} +(?:\\d+(?:KB|MB|GB)? {2,})?(.*)$`, 'm')
          .exec(output)?.[1]
          ?.trim()
          .split(/ +/) ?? [];
      const received = columns('Received');
      const delivered = columns('Delivered');
      const refused = Number(columns('Rejects')[0] ?? 0) + Number(columns('Temp Rejects')[0] ?? 0);
      return [
        ['received, messages', received[0] ?? '-', `${truth.messages} messages`],
        [
          'delivered, addresses',
          delivered[1] ?? '-',
          `${truth.attempts.delivered} deliveries (+ ${truth.discarded} discarded)`,
        ],
        ['delayed, messages', received[2] ?? '-', `${truth.deferred} recipients deferred at the end`],
        [
          'failed, messages',
          received[4] ?? '-',
          `${truth.bounced} recipients bounced (+ ${truth.expired} expired)`,
        ],
        ['rejected', refused, `${truth.rejected}`],
      ];
    },
  },
  sendmail: {
    name: 'sma',
    command: (file) => ['sma', ['-a', file]],
    version() {
      const child = spawnSync('sma', ['-h'], { encoding: 'utf8' });
      return child.error === undefined
        ? `sma ${/ver(?:sion)? ([\d.]+)/.exec(child.stdout + child.stderr)?.[1] ?? ''}`.trim()
        : undefined;
    },
    beside(output, truth) {
      /** `Total   32693      Total             48560`: what came in, and what went out. */
      const outbound = (key) => new RegExp(`^.{34} *${key} +(\\d+) *$`, 'm').exec(output)?.[1] ?? '-';
      return [
        [
          'inbound total',
          /^Inbound messages.*\n-+\n +Total +(\d+)/m.exec(output)?.[1] ?? '-',
          `${truth.messages} messages`,
        ],
        ['outbound sent', outbound('Sent'), `${truth.attempts.delivered} deliveries (+ ${truth.hops} hops)`],
        [
          'outbound deferred',
          outbound('Deferred'),
          `${truth.attempts.deferred} attempts (+ ${truth.suspended} copies)`,
        ],
        [
          'outbound other error',
          outbound('Other error'),
          `${truth.attempts.bounced} recipients bounced (+ ${truth.expired} expired)`,
        ],
        [
          'ruleset rejections',
          / Ruleset based rejections +(\d+)/.exec(output)?.[1] ?? '-',
          `${truth.rejected} refusals, not all of them by a ruleset`,
        ],
      ];
    },
  },
};
