import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readAlertConfiguration } from '../../../src/watch/configuration.ts';
import { DAY, HOUR, MINUTE } from '../../../src/watch/history.ts';

const mistakesIn = (toml: string) =>
  readAlertConfiguration(toml).mistakes.map(({ line, message }) => `${line}: ${message}`);

it('the example is right', () => {
  const { mistakes, rules, channels } = readAlertConfiguration(readFileSync('examples/alerts.toml', 'utf8'));
  expect(mistakes).toEqual([]);
  expect(rules.map(({ type }) => type)).toEqual(['rate', 'new', 'listed', 'silence', 'queue']);
  expect(channels).toMatchObject([{ type: 'mail', name: 'postmaster' }]);
});

it('what is commented out in the example is right too', () => {
  const toml = readFileSync('examples/alerts.toml', 'utf8').replace(/^# (?=\[|\w+ = )/gm, '');
  const { mistakes, channels } = readAlertConfiguration(toml);
  expect(mistakes).toEqual([]);
  expect(channels.map(({ type }) => type)).toEqual(['mail', 'slack', 'command']);
});

it('reads times, limits and channels', () => {
  const { rules, mistakes } = readAlertConfiguration(`
[[channel]]
name = "a"
type = "webhook"
url = "https://example.net/hook"
[[channel]]
name = "b"
type = "alertmanager"
url = "http://127.0.0.1:9093"
[[rule]]
type = "rate"
name = "google spf"
severity = "critical"
providers = ["google"]
causes = ["spf_fail", "unauthenticated"]
least = 5
for = "90s"
keep = "2h"
repeat = "1d"
channels = ["b"]
[[rule]]
type = "queue"
oldest = "6h"
`);
  expect(mistakes).toEqual([]);
  expect(rules).toMatchObject([
    {
      ...{
        name: 'google spf',
        severity: 'critical',
        kind: 'all',
        providers: ['google'],
        least: 5,
        factor: 2,
      },
      ...{
        causes: ['spf_fail', 'unauthenticated'],
        for: 90_000,
        keep: 2 * HOUR,
        repeat: DAY,
        channels: ['b'],
      },
    },
    { name: 'queue', severity: 'warning', for: 10 * MINUTE, oldest: 6 * HOUR, channels: ['a', 'b'] },
  ]);
});

it.each([
  ['', ['1: there is no [[rule]] in this file']],
  ['[[rule]]\n', ['1: the rule has no type: give rate, new, listed, silence, queue']],
  ['[[rule]]\ntype = "rates"', ['2: type "rates" is not known: is it rate?']],
  ['[[rule]]\ntype = "rate"\nleest = 3', ['3: "leest" is no key of a rule of type rate']],
  ['[[rule]]\ntype = "rate"\nleast = "3"', ['3: least is a number from 1 to 1000000000']],
  ['[[rule]]\ntype = "rate"\nfor = "soon"', ['3: for is a time such as "30m", "4h" or "7d"']],
  ['[[rule]]\ntype = "rate"\ncauses = ["spf_fial"]', ['3: causes "spf_fial" is not known: is it spf_fail?']],
  ['[[rule]]\ntype = "rate"\nproviders = "google"', ['3: providers is not a list']],
  ['[[rule]]\ntype = "silence"', ['1: a rule of type silence needs after, from "10m" to "1d"']],
  ['[[rule]]\ntype = "queue"', ['1: a rule of type queue needs above, oldest or both']],
  ['[[rule]]\ntype = "new"\nchannels = ["chat"]', ['3: channels "chat" is not known: there are none']],
  ['[[rule]]\ntype = "new"\n[[rule]]\ntype = "new"', ['3: two rules have the name "new"']],
  ['[rule]\ntype = "new"', ['1: rule is not a list', '1: there is no [[rule]] in this file']],
  [
    'rules = 1\n[[rule]]\ntype = "new"',
    ['1: "rules" is no key of this file: rules are tables [[rule]], channels [[channel]]'],
  ],
  ['[[rule]]\ntype = "new"\n[[channel]]\ntype = "slack"', ['3: the channel has no name']],
  [
    '[[rule]]\ntype = "new"\n[[channel]]\nname = "x"\ntype = "slack"',
    ['3: the channel needs either url or url_file'],
  ],
  [
    '[[rule]]\ntype = "new"\n[[channel]]\nname = "x"\ntype = "slack"\nurl = "chat"',
    ['6: url is not an http or https address'],
  ],
  [
    '[[rule]]\ntype = "new"\n[[channel]]\nname = "x"\ntype = "command"\ncommand = "page --now"',
    ['3: a command channel needs command = ["program", "argument"]', '6: command is not a list'],
  ],
  ['[[rule]]\ntype = "new', ['2: not valid TOML']],
  [
    '[[rule]]\ntype = "new"\n[[channel]]\nname = "x"\ntype = "mail"\nrelay = "localhost"\nfrom = "a@b"\nto = ["c@d"]',
    ['6: relay is the server that takes the mail'],
  ],
  ['[[rule]]\ntype = "silence"\nafter = "5m"', ['3: a rule of type silence needs after']],
])('%j is told with its lines', (toml, expected) => {
  const found = mistakesIn(toml);
  expect(found).toHaveLength(expected.length);
  for (const [index, text] of expected.entries()) expect(found[index]).toContain(text);
});
