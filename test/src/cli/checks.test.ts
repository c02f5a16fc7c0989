import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logOf, ordinaryDays, refusedByGmail } from '../aggregate/mail.ts';
import { message } from './logs.ts';
import { folder, whybounce } from './program.ts';

writeFileSync(join(folder, 'week.log'), logOf([...ordinaryDays(8), ...refusedByGmail(412)]));
const MONDAY = Date.parse('2026-11-23T00:00:00Z');
const DAY = ['--day', '2026-11-23', '--tz', 'UTC', '--now', '2026-11-24T08:00:00Z'];

describe('report', () => {
  it('says first what is new, and what was usual', async () => {
    const { stdout } = await whybounce(['report', ...DAY, 'week.log']);
    expect(stdout).toContain('What matters, beside the 7 days before');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'Gmail refused mail of example.com to 412 recipients because neither SPF nor DKIM passed; it began at 14:05; nothing ' +
        'like it in the seven days before.',
    );
  });

  it('names what is new beside numbers that are as ever', async () => {
    // As many failures as on the days before, of another kind.
    writeFileSync(
      join(folder, 'same.log'),
      logOf([...ordinaryDays(8).filter(({ time, reply }) => time < MONDAY || !reply), ...refusedByGmail(20)]),
    );
    const mail = await whybounce(['report', ...DAY, '--mail-headers', 'same.log']);
    expect(mail.stdout.replaceAll(/\n /g, ' ')).toMatch(
      /^Subject: .*, as usual, 1 new problem, 23 Nov 2026$/m,
    );
    const page = await whybounce(['report', ...DAY, '--format', 'html', 'same.log']);
    expect(page.stdout).toContain('No, as usual, 1 new problem<');
    const markdown = await whybounce(['report', ...DAY, '--format', 'md', 'same.log']);
    expect(markdown.stdout).toContain('\nAs usual, 1 new problem: ');
  });

  it('tells times in the zone that was asked for', async () => {
    const words = ['report', '--json', '--tz', 'Europe/Berlin', '--day', '2026-11-23', 'week.log'];
    const { findings } = JSON.parse((await whybounce(words)).stdout);
    expect(findings[0].text).toContain('it began at 15:05');
  });

  it('ends with 1 where a threshold is crossed, and says which', async () => {
    const run = await whybounce(['report', ...DAY, '--fail-on', 'hard>5%,cause:spf_fail>0', 'week.log']);
    expect(run.stderr).toBe('whybounce: hard>5%: hard is 47.98 % (428 of 892), more than 5 %\n');
    expect(run.status).toBe(1);
    expect((await whybounce(['report', ...DAY, '--fail-on', 'hard>50%', 'week.log'])).status).toBe(0);
  });

  it.each([
    ['OK', 0, ['-w', 'hard>90%']],
    ['WARNING', 1, ['-w', 'hard>5%', '-c', 'hard>90%']],
    ['CRITICAL', 2, ['-w', 'hard>5%', '-c', 'hard>10%']],
    ['CRITICAL', 2, ['--fail-on', 'critical>0']],
    ['UNKNOWN', 3, ['--frobnicate']],
  ])('answers a monitor with %s and code %d', async (status, code, words) => {
    const run = await whybounce(['report', '--nagios', ...words, ...DAY, 'week.log']);
    expect(run.stdout).toMatch(new RegExp(`^WHYBOUNCE ${status} - [^\n]+\n$`));
    expect(run.status).toBe(code);
  });

  it('tells a monitor a figure once, with its numbers as people read them', async () => {
    writeFileSync(join(folder, 'many.log'), logOf(refusedByGmail(1500)));
    const run = await whybounce(['report', '--nagios', '-w', 'hard>5', '-c', 'hard>1000', 'many.log']);
    expect(run.stdout).toMatch(
      /^WHYBOUNCE CRITICAL - hard is 1,500, more than 1,000\. 1,500 of 1,500 recipients failed \(100 %\) \|/,
    );
    expect(run.stdout).toContain("'hard_count'=1500;5;1000;0");
  });

  it.each([
    ['UNKNOWN', 3, []],
    ['CRITICAL', 2, ['-c', 'recipients<1']],
  ])('answers a monitor with %s and code %d where no mail was seen', async (status, code, words) => {
    const empty = ['--day', '2026-01-01', '--tz', 'UTC', '--now', '2026-11-24T08:00:00Z'];
    const run = await whybounce(['report', '--nagios', ...words, ...empty, 'week.log']);
    expect(run.stdout).toMatch(new RegExp(`^WHYBOUNCE ${status} - .*No mail was seen \\|`));
    expect(run.status).toBe(code);
  });
});

describe('suppress', () => {
  it('lists addresses that do not exist, not those that refused the sender', async () => {
    const { stdout, status } = await whybounce(['suppress', 'week.log']);
    const rows = stdout.trimEnd().split('\r\n');
    expect(rows[0]).toBe('address,cause,detail,count,first,last,reply');
    expect(rows).toHaveLength(17);
    expect(stdout).not.toContain('gmail.com');
    expect(status).toBe(0);
  });

  it('writes the form that the ending of a file tells', async () => {
    await whybounce(['suppress', '-o', 'list.json', ...DAY, 'week.log']);
    const list = JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8'));
    expect(list.addresses[0]).toMatchObject({ cause: 'user_unknown', count: 1 });
  });
});

describe('what a stranger tries first', () => {
  it('help, and help about a command', async () => {
    const all = await whybounce(['help']);
    expect(all.stdout).toMatch(/^whybounce COMMAND/);
    expect(all.status).toBe(0);
    const one = await whybounce(['help', 'report']);
    expect(one.stdout).toMatch(/^whybounce report/);
    expect(one.status).toBe(0);
  });

  it('what whybounce wrote, as a log, and nothing to merge', async () => {
    const log = message(1, 'bounced');
    const json = await whybounce(['report', '--json'], { stdin: log });
    const [again, merged, nothing, events] = await Promise.all([
      whybounce(['report'], { stdin: json.stdout }),
      whybounce(['report', '--merge'], { stdin: json.stdout }),
      whybounce(['report', '--merge']),
      whybounce(['events'], { stdin: log }).then(({ stdout }) => whybounce(['report'], { stdin: stdout })),
    ]);
    expect(again.stderr).toMatch(
      /\(whybounce\.report\), not a log; show it with whybounce report --merge\n$/,
    );
    expect(events.stderr).toMatch(/\(whybounce\.event\), not a log; give the log that it was made from\n$/);
    expect(nothing.stderr).toMatch(/^whybounce: standard input is empty; name the JSON reports/);
    expect([again.status, events.status, nothing.status]).toEqual([3, 3, 3]);
    expect(merged).toMatchObject({ status: 0, stderr: '' });
    expect(merged.stdout).toContain('1 of 1 recipient failed');
  });

  it('events in a file, as lines or as one document', async () => {
    const stdin = message(1, 'bounced') + message(2, 'sent');
    const lines = (await whybounce(['events'], { stdin })).stdout;
    const runs = await Promise.all(
      ['e.ndjson', 'e.json'].map((file) => whybounce(['events', '-o', file], { stdin })),
    );
    for (const run of runs) expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(folder, 'e.ndjson'), 'utf8')).toBe(lines);
    const all = lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(JSON.parse(readFileSync(join(folder, 'e.json'), 'utf8'))).toEqual(all);
    expect((await whybounce(['events', '-o', 'no/e.json'], { stdin })).status).toBe(2);
  });

  it('explain of nothing', async () => {
    const run = await whybounce(['explain', '-']);
    expect(run.stderr).toMatch(/^whybounce: standard input is empty; /);
    expect(run.status).toBe(3);
  });

  it('a time after the end of the log', async () => {
    const words = [
      'report',
      '--json',
      '--tz',
      'UTC',
      '--since',
      '2026-11-24',
      '--now',
      '2026-11-24T08:00:00Z',
    ];
    const { window } = JSON.parse((await whybounce([...words, 'week.log'])).stdout);
    expect(window).toEqual({ from: '2026-11-24T00:00:00Z', to: '2026-11-24T08:00:00Z' });
  });
});

describe('the same flags everywhere', () => {
  it.each([
    ['trace', ['trace', 'user1@example.net', 'week.log']],
    ['explain', ['explain', '550 5.1.1 User unknown']],
    ['causes', ['causes', 'spf_fail']],
  ])('%s takes --format json for --json, and not against it', async (_, words) => {
    const json = await whybounce([...words, '--json']);
    expect(JSON.parse(json.stdout)).toBeDefined();
    expect((await whybounce([...words, '--format', 'json'])).stdout).toBe(json.stdout);
    expect((await whybounce([...words, '--json', '--format', 'text'])).status).toBe(2);
  });

  it('trace writes to a file, in the form of its ending', async () => {
    const run = await whybounce(['trace', 'user1@example.net', '-o', 'trace.json', 'week.log']);
    expect(run.stdout).toBe('');
    const trace = JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8'));
    expect(trace.schema).toBe('whybounce.trace/1');
  });
});
