/** `whybounce alerts`: checks a file of alert rules, and shows when they would have fired. */
import { tz } from '@date-fns/tz/tz';
import { format } from 'date-fns/format';
import { CauseStage } from '../cause/stage.ts';
import { record, timeOf } from '../watch/channels/words.ts';
import { Replay, type Replayed } from '../watch/replay.ts';
import { readAlertFile } from './alert-file.ts';
import { namelessly } from './anonymize.ts';
import { defineCommand } from './command.ts';
import { UsageError } from './errors.ts';
import { LOG_FLAGS, readLogs, requestLogs } from './logs.ts';
import { write } from './output.ts';
import { screenFor } from './page.ts';
import { classifierFor, RULE_FLAGS } from './rules.ts';

export default defineCommand({
  usage: 'test FILE [--replay LOG…]',
  description:
    'Checks a file of alert rules and channels: every mistake is told with its line. With --replay it runs the rules ' +
    'over logs that are past, as if they had been watched, and tells when each alert would have been sent. Nothing is ' +
    'sent.',
  examples: [
    ['whybounce alerts test alerts.toml', 'is it right?'],
    ["whybounce alerts test alerts.toml --replay '/var/log/mail.log*'", 'when would it have fired?'],
  ],
  flags: {
    replay: { type: 'array', string: true, describe: 'Run the rules over these logs (may be repeated)' },
    json: { type: 'boolean', describe: 'Tell the alerts as JSON, one a line' },
    ...LOG_FLAGS,
    ...RULE_FLAGS,
  },
  words: ['test'],
  async run([action, file, ...logs], flags, context) {
    if (action !== 'test' || file === undefined) {
      throw new UsageError(
        action === undefined || action === 'test'
          ? 'no file of alert rules'
          : `there is no action "${action}"`,
        'give whybounce alerts test alerts.toml',
      );
    }
    const { rules, channels } = await readAlertFile(file);
    const names = [...(flags.replay ?? []), ...logs];
    const screen = screenFor(context);
    if (names.length === 0) {
      await write(
        context.stdout,
        `${screen.safe(file)}: ${plural(rules.length, 'rule')}, ${plural(channels.length, 'channel')}; ` +
          'run them over a log with --replay\n',
      );
      return;
    }
    const request = requestLogs(names, flags, context);
    const classifier = await classifierFor(flags);
    const replay = new Replay(rules);
    const { failure } = await readLogs(request, context, () => ({
      sink: new CauseStage(classifier, namelessly(request.pseudonyms, replay)),
    }));
    replay.end();
    if (flags.json) {
      for (const { time, alert } of replay.alerts) {
        await write(context.stdout, `${JSON.stringify({ time: timeOf(time), ...record(alert) })}\n`);
      }
    } else {
      const stamp = (time: number) => format(time, 'yyyy-MM-dd HH:mm', { in: tz(request.clock.zone) });
      const lines = replay.alerts.map(({ time, alert }: Replayed) => {
        const { status, repeated, severity, rule, text } = alert;
        const name = screen.paint(
          status === 'firing' ? 'hard' : 'secondary',
          (repeated ? 'still' : status).padEnd(8),
        );
        return `${stamp(time)}  ${name}  ${severity.padEnd(8)}  ${screen.safe(rule)}: ${screen.safe(text)}\n`;
      });
      const repeats = replay.alerts.filter(({ alert }) => alert.repeated).length;
      const again = repeats === 0 ? '' : `, ${repeats} of them repeats`;
      const { length } = replay.active;
      const end =
        length === 0 ? 'none fires' : `${plural(length, 'alert')} still ${length === 1 ? 'fires' : 'fire'}`;
      await write(
        context.stdout,
        `${lines.join('')}${plural(replay.alerts.length, 'notification')}${again}; ${end} at the end of the logs\n`,
      );
    }
    if (failure !== undefined) throw failure;
  },
});

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
