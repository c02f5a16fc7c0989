import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classifierFor } from '../../../src/cli/rules.ts';
import { message } from './logs.ts';
import { folder, whybounce } from './program.ts';

const RULE = (id: string, word: string, cause: string) =>
  `[[rule]]\nid = "${id}"\ncause = "${cause}"\nany = ["${word}"]\nexamples = ["550 ${word}"]\n`;
writeFileSync(join(folder, 'one.toml'), RULE('site.one', 'zork', 'virus'));
writeFileSync(join(folder, 'two.toml'), RULE('site.two', 'user unknown', 'suppressed'));
writeFileSync(join(folder, 'bad.toml'), `${RULE('site.bad', 'zork', 'virus')}colour = 1\n`);
writeFileSync(
  join(folder, 'stolen.toml'),
  `${RULE('site.thief', 'zork', 'virus')}\n${RULE('site.stolen', 'zork now', 'suppressed').replace('any =', '\nany =')}`,
);
writeFileSync(
  join(folder, 'zork.log'),
  message(1, 'bounced')
    .replaceAll('Recipient address rejected: User unknown in virtual mailbox table', 'zork')
    .replaceAll('5.1.1', '5.0.0'),
);

describe('--rules', () => {
  it('is repeatable, and its rules go first', async () => {
    const run = (text: string) =>
      whybounce(['explain', '--json', '--rules', 'one.toml', '--rules', 'two.toml', text]);
    expect(JSON.parse((await run('550 zork')).stdout)).toMatchObject({ cause: 'virus', rule: 'site.one' });
    expect(JSON.parse((await run('550 5.1.1 User unknown')).stdout).rule).toBe('site.two');
  });

  it('counts in reports and events', async () => {
    const report = await whybounce(['report', '--json', '--rules', 'one.toml', 'zork.log']);
    expect(JSON.parse(report.stdout).causes).toMatchObject([{ cause: 'virus' }]);
    const events = await whybounce(['events', '--rules=one.toml', 'zork.log']);
    expect(events.stdout).toContain('"rule":"site.one"');
  });

  it.each([
    ['missing.toml', /rules cannot be read/],
    ['bad.toml', /bad\.toml:6: "colour" is no key of a rule/],
    ['stolen.toml', /stolen\.toml:12: this example of site\.stolen is decided by rule site\.thief/],
  ])('with %s is one line and 2', async (file, complaint) => {
    const run = await whybounce(['report', '--rules', file, 'zork.log']);
    expect(run.stderr).toMatch(complaint);
    expect(run.stderr).toMatch(/^whybounce: [^\n]+; [^\n]+\n$/);
    expect(run.status).toBe(2);
  });
});

it("a system's folder is read after them, by name", async () => {
  const system = join(folder, 'rules.d');
  mkdirSync(system);
  writeFileSync(join(system, '20.toml'), RULE('system.later', 'zork', 'greylisted'));
  writeFileSync(join(system, '10.toml'), RULE('system.first', 'zork', 'spam_content'));
  writeFileSync(join(system, 'README'), 'no rules');
  const rule = async (rules: string[]) =>
    (await classifierFor({ rules }, system)).classify({ text: '550 zork' }).rule;
  expect(await rule([])).toBe('system.first');
  expect(await rule([join(folder, 'one.toml')])).toBe('site.one');
});

describe('causes test', () => {
  it('says that rules decide their examples', async () => {
    const run = await whybounce(['causes', 'test', 'one.toml', 'two.toml']);
    expect(run.stdout).toBe(
      'one.toml: 1 rules decide their 1 examples\ntwo.toml: 1 rules decide their 1 examples\n',
    );
    expect(run.status).toBe(0);
  });

  it('tells each mistake with file and line, then ends with 2', async () => {
    const run = await whybounce(['causes', 'test', 'one.toml', 'bad.toml']);
    expect(run.stdout).toContain('bad.toml:6: "colour" is no key of a rule\n');
    expect(run.status).toBe(2);
    expect((await whybounce(['causes', 'test'])).status).toBe(2);
  });
});

it('--unknown-replies prints the beginnings of rules, which can then be tested', async () => {
  const printed = await whybounce(['report', '--unknown-replies', 'zork.log']);
  expect(printed.stdout).toContain('any = ["zork"]');
  writeFileSync(join(folder, 'new.toml'), printed.stdout.replace('cause = ""', 'cause = "virus"'));
  expect((await whybounce(['causes', 'test', 'new.toml'])).status).toBe(0);
  const after = await whybounce(['report', '--unknown-replies', '--rules', 'new.toml', 'zork.log']);
  expect(after.stdout).toBe('# No reply is unknown.\n');
});
