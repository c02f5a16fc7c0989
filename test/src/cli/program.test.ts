import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LOG, message } from './logs.ts';
import { ended, folder, type Run, start, whybounce } from './program.ts';

const NOW = ['--now', '2026-11-24T12:00:00Z'];

function put(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return name;
}

/** An error is one line that begins with the program's name and gives advice. */
function expectComplaint(run: Run, status: number, words: RegExp): void {
  expect(run.stderr).toMatch(words);
  expect(run.stderr).toMatch(/^whybounce: [^\n]+; [^\n]+\n$/);
  expect(run.status).toBe(status);
}

put('mail.log', LOG);
put('empty.log', '');
put('binary.log', Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256)));
put('other.log', 'Nov 23 20:29:57 mx1 sshd[1]: session opened\n'.repeat(3));
const many = Array.from({ length: 4000 }, (_, number) => message(number, 'bounced')).join('');
put('many.log', many);
put('cut.log.gz', gzipSync(many).subarray(0, -2000));
put('whole.log.gz', gzipSync(LOG));
mkdirSync(join(folder, 'folder'));

describe('bad input', () => {
  it.each([
    ['a missing file', ['nothing.log'], /nothing\.log does not exist/],
    ['a directory', ['folder'], /folder is a directory/],
    ['an empty file', ['empty.log'], /nothing to read in empty\.log/],
    ['a binary file', ['binary.log'], /binary\.log is not text/],
    ['a log of nothing known', ['other.log'], /no mail log line in other\.log among 3 lines/],
  ])('%s is one line and 3', async (_, files, words) => {
    for (const command of ['report', 'events']) {
      const run = await whybounce([command, ...files]);
      expectComplaint(run, 3, words);
      expect(run.stdout).toBe('');
    }
  });

  it.each([
    [
      'exim',
      'mail.log',
      'no line of Exim in mail.log among 25 lines (25 of other programs, 0 not understood); there are lines of Postfix: leave --mta exim out, or give --mta postfix',
    ],
    [
      'postfix',
      'mainlog',
      'no line of Postfix in mainlog among 5686 lines (5686 of other programs, 0 not understood); there are lines of Exim: leave --mta postfix out, or give --mta exim',
    ],
    [
      'sendmail',
      'other.log',
      'no line of sendmail in other.log among 3 lines (3 of other programs, 0 not understood); expected lines such as "Nov 23 20:30:36 mx1 sm-mta[185]: 6ANKUZ85000185: to=<bob@example.org>, …"',
    ],
  ])('--mta %s where there is another mail server says which', async (mta, file, complaint) => {
    put('mainlog', readFileSync(resolve('fixtures/exim/2026-11-23.log')));
    const run = await whybounce(['report', '--mta', mta, file]);
    expect([run.status, run.stdout, run.stderr]).toEqual([3, '', `whybounce: ${complaint}\n`]);
  });

  it('among good ones does not keep them from being read; the report says what is missing, then 3', async () => {
    const alone = await whybounce(['report', '--json', 'mail.log']);
    const run = await whybounce(['report', '--json', 'nothing.log', 'mail.log', 'missing.log']);
    expect(run.status).toBe(3);
    expect(run.stderr).toBe(
      'whybounce: note: missing.log does not exist; check the path\n' +
        'whybounce: nothing.log does not exist; check the path\n',
    );
    const report = JSON.parse(run.stdout);
    expect(report.totals).toEqual(JSON.parse(alone.stdout).totals);
    expect(report.incomplete).toEqual(['nothing.log does not exist', 'missing.log does not exist']);
    expect(JSON.parse(alone.stdout)).not.toHaveProperty('incomplete');
    expect((await whybounce(['report', 'mail.log', 'nothing.log'])).stdout).toMatch(
      /^Incomplete: nothing\.log does not exist\.$/m,
    );
  });

  it('empty stdin is one line and 3', async () => {
    expectComplaint(await whybounce(['report']), 3, /nothing to read in standard input/);
  });

  it('cut short is reported as far as it goes, then 3', async () => {
    const run = await whybounce(['report', '--json', 'cut.log.gz']);
    expectComplaint(run, 3, /cut\.log\.gz .* at byte \d+/);
    const report = JSON.parse(run.stdout);
    expect(report.totals.bounced).toBeGreaterThan(1000);
    expect(report.totals.bounced).toBeLessThan(4000);
  });
});

describe('bad usage', () => {
  it.each([
    [['report', '--since', 'tomorrow', 'mail.log'], /--since "tomorrow"/],
    [['report', '--day', 'tomorrow', 'mail.log'], /--day "tomorrow"/],
    [['report', '--tz', 'Mars/Phobos', 'mail.log'], /--tz "Mars\/Phobos"/],
    [['report', '--year', '26', 'mail.log'], /--year "26"/],
    [['report', '--now', 'x', 'mail.log'], /--now "x"/],
    [['report', '--format', 'pdf', 'mail.log'], /--format "pdf"/],
    [['report', '--json', '--format', 'text', 'mail.log'], /--json contradicts/],
    [['report', '-o', 'report.pdf', 'mail.log'], /does not tell the format/],
    [['report', '-o', 'no/such/folder.txt', 'mail.log'], /cannot be written/],
    [['report', '--mta', 'qmail', 'mail.log'], /--mta "qmail"/],
    [['report', '--sicne', '2h', 'mail.log'], /did you mean --since\?/],
    [['report', '-', '-'], /named twice/],
    [['reprot', 'mail.log'], /did you mean report\?/],
    [['causes', 'mailbx_full'], /did you mean mailbox_full\?/],
    [['causes', 'mailbox_full', 'virus'], /one cause too many/],
    [['causes', 'mailbox_full/virus'], /one cause too many/],
    [['causes', 'user_unknown/odd'], /user_unknown has no detail "odd"/],
    [['load', '--to', '/tmp/x', 'mail.log'], /"\/tmp\/x" names no store/],
    [['report', '--from', 'mysql://a:geheim@x'], /"mysql:\/\/a:…@x" names no store/],
    [['report', '--from', 'http://a:geheim@localhost/mail'], /a password in the address/],
    [['explain', ''], /no reply to explain/],
  ])('%j is one line and 2', async (words, complaint) => {
    const run = await whybounce(words);
    expectComplaint(run, 2, complaint);
    expect(run.stdout).toBe('');
    expect(run.stderr).not.toContain('geheim');
  });

  it('no command is the help and 2', async () => {
    const run = await whybounce([]);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain('whybounce report');
  });

  it('a log is never overwritten', async () => {
    for (const flag of ['--output', '--unparsed']) {
      const run = await whybounce(['report', '--format', 'text', flag, './mail.log', 'mail.log']);
      expectComplaint(run, 2, /is one of the logs/);
    }
    expect(readFileSync(join(folder, 'mail.log'), 'utf8')).toBe(LOG);
  });

  it('shows a stack trace with --debug only', async () => {
    const run = await whybounce(['report', '--debug', '--tz', 'x', 'mail.log']);
    expect(run.stderr).toContain('\n    at ');
    expect(run.status).toBe(2);
  });
});

describe('report', () => {
  it('reads a file, a compressed file, a pipe and - alike', async () => {
    const runs = await Promise.all([
      whybounce(['report', '--json', ...NOW, 'mail.log']),
      whybounce(['report', '--json', ...NOW, 'whole.log.gz']),
      whybounce(['report', '--json', ...NOW], { stdin: LOG }),
      whybounce(['report', '--json', ...NOW, '-'], { stdin: gzipSync(LOG) }),
    ]);
    for (const run of runs) {
      expect(run).toMatchObject({ status: 0, stderr: '' });
      const { totals, lines } = JSON.parse(run.stdout);
      expect(totals).toMatchObject({ recipients: 5, bounced: 3, delivered: 2 });
      expect(lines).toEqual({ read: 25, used: 25, ignored: 0, unparsed: 0 });
    }
  });

  it('gives the same bytes for the same input', async () => {
    for (const format of ['json', 'text']) {
      const words = ['report', '--format', format, ...NOW, 'mail.log'];
      const [first, second] = await Promise.all([whybounce(words), whybounce(words)]);
      expect(first.stdout).not.toBe('');
      expect(second.stdout).toBe(first.stdout);
    }
  });

  it('counts what lies in the window', async () => {
    put('hours.log', message(1, 'bounced', '08') + message(2, 'bounced', '09') + message(3, 'bounced', '10'));
    const bounced = async (...words: string[]) => {
      const run = await whybounce(['report', '--json', ...NOW, ...words, 'hours.log']);
      return JSON.parse(run.stdout).totals.bounced;
    };
    expect(await bounced('--since', '2026-11-23T09:00Z')).toBe(2);
    expect(await bounced('--since', '2026-11-23T09:00:02Z', '--until', '2026-11-23T10:00:03Z')).toBe(1);
    expect(await bounced('--day', 'yesterday')).toBe(3);
    expect(await bounced('--day', '2026-11-22', '--tz', 'Pacific/Honolulu')).toBe(2);
  });

  it('says so where the window holds nothing', async () => {
    const run = await whybounce(['report', '--day', '2020-01-01', 'mail.log']);
    expect(run.status).toBe(0);
    expect(run.stderr).toMatch(/^whybounce: note: no mail in the window; [^\n]+\n$/);
    expect((await whybounce(['report', '--quiet', '--day', '2020-01-01', 'mail.log'])).stderr).toBe('');
  });

  it('writes a file in the format of its ending', async () => {
    const run = await whybounce(['report', ...NOW, '-o', 'out.json', 'mail.log']);
    expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')).schema).toBe('whybounce.report/1');
    await whybounce(['report', ...NOW, '-o', 'out.txt', '--color', 'auto', 'mail.log'], {
      environment: { FORCE_COLOR: '0' },
    });
    expect(readFileSync(join(folder, 'out.txt'), 'utf8')).not.toContain('\x1b');
  });

  it('keeps lines that nobody understood', async () => {
    const odd = '2026-11-23T09:00:00.000000+00:00 mx1 postfix/smtp[1]: A1B2C3D4: to=<a@b.c>, what is this\n';
    put('odd.log', LOG + odd);
    const run = await whybounce(['report', '--json', '--unparsed', 'kept.log', 'odd.log']);
    const { lines } = JSON.parse(run.stdout);
    expect(lines.read).toBe(lines.used + lines.ignored + lines.unparsed);
    expect(readFileSync(join(folder, 'kept.log'), 'utf8').split('\n').length - 1).toBe(lines.unparsed);
  });

  it('is coloured when asked to be', async () => {
    expect((await whybounce(['report', 'mail.log'])).stdout).not.toContain('\x1b');
    expect((await whybounce(['report', '--color', 'always', 'mail.log'])).stdout).toContain('\x1b[');
    const environment = { FORCE_COLOR: '1' };
    expect((await whybounce(['report', 'mail.log'], { environment })).stdout).toContain('\x1b[');
    const never = ['report', '--color', 'never', 'mail.log'];
    expect((await whybounce(never, { environment })).stdout).not.toContain('\x1b');
  });

  it('draws in ASCII where the locale is', async () => {
    const run = await whybounce(['report', 'mail.log'], { environment: { LANG: 'C' } });
    expect(run.stdout).toMatch(/^[\x20-\x7e\n]+$/);
  });
});

describe('events', () => {
  it('writes one object a line', async () => {
    const run = await whybounce(['events', 'mail.log']);
    const events = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.filter(({ status }) => status === 'bounced')).toHaveLength(3);
    for (const event of events) expect(event.schema).toBe('whybounce.event/1');
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
  });

  it('waits for a slow reader without a word', async () => {
    const run = await whybounce(['events', 'many.log']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout.trimEnd().split('\n').length).toBeGreaterThanOrEqual(4000);
  });

  it('keeps to the window', async () => {
    const run = await whybounce(['events', '--until', '2026-11-23T09:00:02Z', 'mail.log']);
    for (const line of run.stdout.trimEnd().split('\n')) {
      expect(JSON.parse(line).time < '2026-11-23T09:00:02').toBe(true);
    }
  });

  it('prints the schema that is committed', async () => {
    const run = await whybounce(['events', '--schema']);
    expect(run.stdout).toBe(readFileSync('docs/event.schema.json', 'utf8'));
  });
});

describe('causes in detail', () => {
  it('tells a detail as the report, explain and trace name it', async () => {
    const runs = await Promise.all([
      whybounce(['causes', 'user_unknown/no_such_user']),
      whybounce(['causes', 'user_unknown, no_such_user']),
      whybounce(['causes', 'user_unknown,', 'no_such_user']),
    ]);
    for (const run of runs) expect(run).toEqual(runs[0]);
    expect(runs[0]!.status).toBe(0);
    expect(runs[0]!.stdout).toMatch(/^user_unknown: [\s\S]*\nDetails:\n\nno_such_user\n[\s\S]+$/);
    expect(runs[0]!.stdout.match(/^\w+$/gm)).toEqual(['no_such_user']);
  });
});

describe('explain', () => {
  it('explains one reply', async () => {
    const run = await whybounce(['explain', '550', '5.1.1', 'User', 'unknown']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    for (const label of ['cause', 'kind', 'confidence', 'decided by', 'who acts', 'what to do']) {
      expect(run.stdout).toContain(`\n  ${label} `);
    }
  });

  it('answers every line in its place', async () => {
    const lines = [
      '550 5.1.1 unknown',
      '',
      '{"text":"452 4.2.2 mailbox full","relay_host":"mx.example.org"}',
    ];
    const stdin = [...lines, '{"text":', 'x'.repeat(700_000), '{"text":7}', 'last without line end'].join(
      '\n',
    );
    const run = await whybounce(['explain', '--json', '-'], { stdin });
    expectComplaint(run, 3, /line 4: not valid JSON.* \(and 1 more such lines\)/);
    const answers = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toHaveLength(7);
    expect(answers.map((answer) => ('error' in answer ? 'error' : 'cause'))).toEqual(
      ...[['cause', 'cause', 'cause', 'error', 'cause', 'error', 'cause']],
    );
    expect(answers[0].reply_code).toBe(550);
    expect(answers[2].enhanced_code).toBe('4.2.2');
  });

  it('gives the keys of the contract in their order', async () => {
    const run = await whybounce(['explain', '--json', '550 5.7.1 listed by zen.spamhaus.org']);
    const keys = ['cause', 'detail', 'kind', 'confidence', 'rule', 'evidence', 'reply_code', 'enhanced_code'];
    const order = [...keys, 'provider', 'who_acts', 'remedy'];
    const found = Object.keys(JSON.parse(run.stdout));
    expect(found).toEqual(order.filter((key) => found.includes(key)));
    expect(found.length).toBeGreaterThanOrEqual(order.length - 1);
  });

  it('says of an acceptance that it is none of its business', async () => {
    const run = await whybounce(['explain', '250 OK']);
    expect(run.stdout).toBe('250 says that it was accepted: there is no failure to explain.\n');
    const json = await whybounce(['explain', '--json', '250 2.0.0 OK']);
    expect(JSON.parse(json.stdout)).toEqual({ accepted: true, reply_code: 250, provider: 'other' });
    const nothing = (await whybounce(['explain', 'foo bar'])).stdout;
    expect(nothing).toMatch(/kind +not known/);
    expect(nothing).toMatch(/what to do +Read the reply/);
    expect(nothing).not.toMatch(/confidence|decided by|who acts/);
  });

  it('says what to do in the mail server that is named, or in that of the line', async () => {
    const reply = '452 4.5.3 too many recipients';
    const stdin = [reply, JSON.stringify({ text: reply, mta: 'sendmail' })].join('\n');
    const run = await whybounce(['explain', '--json', '--mta', 'exim', '-'], { stdin });
    const remedies = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).remedy);
    expect(remedies[0]).toMatch(/`max_rcpt` of the smtp transport\. What is still in the queue/);
    expect(remedies[1]).toContain('SMTP_MAILER_MAXRCPTS');
    const cause = await whybounce(['causes', '--mta', 'exim', 'rate_limited']);
    expect(cause.stdout).toContain('max_rcpt');
    expect(cause.stdout).not.toMatch(/postfix|sendmail/i);
    expect((await whybounce(['causes', 'rate_limited'])).stdout).toMatch(/Postfix.*Exim.*sendmail/s);
  });

  it('does not obey what it explains', async () => {
    const run = await whybounce(['explain', '-'], { stdin: '550 \x1b[2J\x1b]0;title\x07 unknown\n' });
    expect(run.stdout).not.toMatch(/[\x1b\x07]/);
  });
});

describe('causes', () => {
  it('lists all, tells one, and writes JSON', async () => {
    const all = await whybounce(['causes', '--json']);
    const causes = JSON.parse(all.stdout);
    const table = await whybounce(['causes']);
    expect(table.stdout.trimEnd().split('\n')).toHaveLength(causes.length);
    const one = await whybounce(['causes', 'mailbox_full', '--json']);
    expect(JSON.parse(one.stdout)).toEqual(causes.find(({ id }: { id: string }) => id === 'mailbox_full'));
    expect((await whybounce(['causes', 'mailbox_full'])).stdout).toContain('what to do');
  });
});

describe('pipes and signals', () => {
  it('end silently where the reader has gone', async () => {
    for (const words of [['events', 'many.log'], ['report', 'many.log'], ['causes']]) {
      const child = start(words);
      child.stdout.destroy();
      child.stdin.end();
      const { status, stderr } = await ended(child);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
  });

  it('end where nobody hears of an error', async () => {
    const child = start(['report', 'missing.log']);
    child.stderr.destroy();
    child.stdin.end();
    expect(await ended(child)).toMatchObject({ status: 3 });
  });

  it('stop reading a pipe that never ends where the reader has gone', async () => {
    const child = start(['events']);
    child.stdin.on('error', () => undefined);
    child.stdin.write(many);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    // Lines that can no longer be written are how the program learns of it.
    const more = setInterval(() => child.stdin.write(LOG), 20);
    const run = await ended(child);
    clearInterval(more);
    expect(run).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s prints what there is and ends with %d', async (signal, status) => {
    const child = start(['report', '--json', ...NOW]);
    child.stdin.write(many);
    // The program is up once its pipe has been emptied.
    await once(child.stdin, 'drain');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    child.kill(signal);
    const run = await ended(child);
    expect(run).toMatchObject({ status, stderr: '' });
    expect(JSON.parse(run.stdout).totals.bounced).toBeGreaterThan(1000);
  });

  it.runIf(process.platform !== 'win32')('end a wait for a named pipe, and print what came', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const child = start(['report', '--json', ...NOW, 'pipe']);
    const run = ended(child);
    const writer = createWriteStream(join(folder, 'pipe')).on('error', () => undefined);
    // Nearly all was read once the last of it has found room.
    await new Promise((resolve) => writer.write(many, resolve));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    child.kill('SIGTERM');
    const { stdout, signal, status } = await run;
    writer.destroy();
    expect(signal ?? status).toBe('SIGTERM');
    expect(JSON.parse(stdout).totals.bounced).toBeGreaterThan(1000);
  });

  it('end a wait for a reader that does not read', async () => {
    const child = start(['events', 'many.log']);
    child.stdout.pause();
    const over = once(child, 'exit');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGTERM');
    expect(await over).toContain('SIGTERM');
    child.stdout.destroy();
  });
});
