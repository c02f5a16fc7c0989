import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, whybounce } from './program.ts';

const LOG = join(process.cwd(), 'fixtures/postfix/2026-11-23.log');
writeFileSync(
  join(folder, 'alerts.toml'),
  `[[rule]]
type = "listed"
severity = "critical"
[[rule]]
name = "many"
type = "rate"
above = 0.2
attempts = 30
for = "0s"
[[channel]]
name = "chat"
type = "slack"
url = "http://127.0.0.1:1/never"
`,
);

describe('alerts test', () => {
  it('says what a file holds', async () => {
    const { stdout, status } = await whybounce(['alerts', 'test', 'alerts.toml']);
    expect([stdout, status]).toEqual([
      'alerts.toml: 2 rules, 1 channel; run them over a log with --replay\n',
      0,
    ]);
  });

  it('tells what would have fired over a log, and sends nothing', async () => {
    const { stdout, status } = await whybounce([
      'alerts',
      'test',
      'alerts.toml',
      '--tz',
      'UTC',
      '--replay',
      LOG,
    ]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(
      /^2026-11-23 20:30 {2}firing {4}critical {2}listed: a blocklist holds this server, according to \d+ replies of /,
    );
    expect(lines.some((line) => / many: \d+ of \d+ attempts for .* failed with \w+ within/.test(line))).toBe(
      true,
    );
    expect(lines.at(-1)).toBe(
      `${lines.length - 1} notifications; ${lines.length - 1} alerts still fire at the end of the logs`,
    );
    expect(status).toBe(0);
  });

  it('tells it as JSON', async () => {
    const { stdout } = await whybounce(['alerts', 'test', 'alerts.toml', '--json', '--replay', LOG]);
    const [first] = stdout.split('\n').map((line) => line && JSON.parse(line));
    expect(first).toMatchObject({
      ...{ time: '2026-11-23T20:30:00.000Z', status: 'firing', rule: 'listed', severity: 'critical' },
      ...{ cause: 'ip_blocklisted', starts_at: '2026-11-23T20:30:00.000Z' },
    });
  });

  it.each([
    [[], /^whybounce: no file of alert rules; give whybounce alerts test alerts\.toml\n$/],
    [['check', 'alerts.toml'], /^whybounce: there is no action "check"; /],
    [['test', 'missing.toml'], /^whybounce: missing\.toml does not exist; check the path\n$/],
    [
      ['test', 'bad.toml'],
      /^whybounce: bad\.toml:2: type "rats" is not known: [^;]+; correct it, and test it again\n$/,
    ],
  ])('%j is one line and 2', async (words, complaint) => {
    writeFileSync(join(folder, 'bad.toml'), '[[rule]]\ntype = "rats"\n');
    const { stderr, status } = await whybounce(['alerts', ...words]);
    expect(stderr).toMatch(complaint);
    expect(status).toBe(2);
  });
});
