/** Files as they lie on a disk: patterns, rotation, compression, damage, journals. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LOG, message } from './logs.ts';
import { folder, whybounce } from './program.ts';

const NOW = ['--now', '2026-11-24T12:00:00Z'];

function put(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const totals = async (...words: string[]) => {
  const run = await whybounce(['report', '--json', ...NOW, ...words]);
  return { ...run, report: run.stdout === '' ? undefined : JSON.parse(run.stdout) };
};

const early = [11, 12, 13].map((number) => message(number, 'bounced', '08')).join('');
put('mail.log', LOG);
put('mail.log.1', early);
put('mail.log.1.gz', gzipSync(early));
put('early-copy', LOG.slice(0, LOG.length - 100));
mkdirSync(join(folder, 'mail.log.d'));

describe('patterns and rotation', () => {
  it('reads what a quoted pattern names, and a file only once', async () => {
    const { status, stderr, report } = await totals('mail.log*', 'early-copy');
    expect(status).toBe(0);
    expect(report.totals.messages).toBe(8);
    expect(report.inputs).toEqual([
      expect.objectContaining({ file: 'mail.log.1', lines: 15 }),
      expect.objectContaining({ file: 'mail.log', lines: 25 }),
      { file: 'mail.log.1.gz', lines: 0, repeats: 'mail.log.1' },
      { file: 'early-copy', lines: 0, repeats: 'mail.log' },
    ]);
    expect(stderr).toBe(
      'whybounce: note: 2 of the files counted once though given twice: mail.log.1.gz is in mail.log.1, early-copy is in mail.log\n',
    );
  });

  it('says where nothing matches', async () => {
    const run = await whybounce(['report', 'nothing*']);
    expect(run.status).toBe(3);
    expect(run.stderr).toBe('whybounce: no file matches nothing*; check the path\n');
  });

  it('names the file that a line is in, in whatever order they were given', async () => {
    const run = await whybounce(['events', 'mail.log', 'mail.log.1']);
    const files = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).source_file);
    expect([...new Set(files)]).toEqual(['mail.log.1', 'mail.log']);
  });

  it('joins a message whose lines are in several files', async () => {
    const lines = message(7, 'bounced', '11').split(/(?<=\n)/);
    put('part.1', lines.slice(0, 2).join(''));
    put('part.2', gzipSync(lines.slice(2, 3).join('')));
    put('part.3', lines.slice(3).join(''));
    const { report } = await totals('part.1', 'part.2', 'part.3');
    expect(report.totals).toMatchObject({ messages: 1, recipients: 1, bounced: 1 });
  });
});

describe("Exim's logs", () => {
  it('are read together: what several of them have counts once, and a note says so', async () => {
    put('mainlog', readFileSync(resolve('fixtures/exim/2026-11-23.log')));
    put('rejectlog', readFileSync(resolve('fixtures/exim/2026-11-23.rejectlog')));
    const [alone, both] = [await totals('mainlog'), await totals('{main,reject}log')];
    expect(both.status).toBe(0);
    expect(both.report.totals).toEqual(alone.report.totals);
    expect(both.report.causes).toEqual(alone.report.causes);
    expect(both.report.lines).toEqual({ read: 5870, used: 5692, ignored: 178, unparsed: 0 });
    expect(both.report.inputs[1]).toMatchObject({ file: 'rejectlog', lines: 184, copies: 104 });
    expect(both.stderr).toBe(
      'whybounce: note: lines that another of the logs has too were counted once: 104 of rejectlog\n',
    );
    const text = await whybounce(['report', ...NOW, 'mainlog', 'rejectlog']);
    expect(text.stdout.replaceAll(/\s+/g, ' ')).toContain('; 104 of the ignored are in another log too');
    const trace = await whybounce(['trace', 'nosuch2@lab.test', 'mainlog', 'rejectlog']);
    expect(trace.stdout.match(/rejected RCPT <nosuch2@lab\.test>/g)).toHaveLength(1);
    expect(trace.stderr).toBe(both.stderr);
  });
});

describe('damage', () => {
  const many = Array.from({ length: 4000 }, (_, number) => message(number, 'bounced')).join('');
  const formats = (['gzip', 'zstd', 'xz', 'bzip2'] as const).flatMap((program) => {
    const run = spawnSync(program, ['-c'], { input: many, maxBuffer: 1 << 26 });
    return run.error === undefined ? [[program, run.stdout] as const] : [];
  });

  it.each(formats)('of %s costs nothing around it, is one line, and 3', async (program, packed) => {
    const cut = put(`cut.${program}`, packed.subarray(0, packed.length * 0.7));
    const { status, stderr, report } = await totals(cut, 'mail.log.1');
    expect(status).toBe(3);
    expect(stderr).toMatch(
      new RegExp(
        `^whybounce: ${cut} ends in the middle of its ${program} data at byte \\d+; the \\d+ bytes [^\\n]+\\n$`,
      ),
    );
    expect(report.totals.messages).toBeGreaterThan(500);
    expect(report.inputs.map(({ file }: { file: string }) => file)).toEqual(['mail.log.1', cut]);
    expect(report.inputs[0].lines).toBe(15);
  });

  it.each(formats)('an archive within an archive (%s) is one line and 3', async (program, packed) => {
    const twice = spawnSync(program, ['-c'], { input: packed }).stdout;
    const { status, stderr, stdout } = await totals(put(`twice.${program}`, twice));
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toBe(
      `whybounce: twice.${program} is packed twice: ${program} within ${program}; unpack it once and give what comes out\n`,
    );
  });

  it('of a journal export or a JSON array is told with its entry and byte', async () => {
    const whole = readFileSync(resolve('fixtures/postfix/journal-export.log'));
    const { status, stderr, report } = await totals(put('cut.export', whole.subarray(0, 4000)));
    expect(status).toBe(3);
    expect(report.lines.read).toBe(9);
    expect(stderr).toBe(
      'whybounce: cut.export ends in the middle of entry 9 of its journal export, at byte 4000; ' +
        'everything before that was read; export it again for the rest\n',
    );
    const array = '[{"MESSAGE":"x"},\n{"MESSAGE":"y"},\noops]';
    const broken = await totals(put('broken.json', array), 'mail.log');
    expect(broken.status).toBe(3);
    expect(broken.report.lines.read).toBe(27);
    expect(broken.stderr).toMatch(
      /^whybounce: broken\.json is no JSON in entry 3 of its JSON, which begins at byte \d+; [^\n]+\n$/,
    );
  });
});

it('the journal is read from a pipe in both its forms', async () => {
  const found = new Set<string>();
  for (const form of ['export', 'pretty']) {
    const stdin = readFileSync(resolve(`fixtures/postfix/journal-${form}.log`));
    const run = await whybounce(['report', '--json', ...NOW, '-'], { stdin });
    expect(run.status).toBe(0);
    found.add(JSON.stringify(JSON.parse(run.stdout).totals));
  }
  expect(found.size).toBe(1);
  expect(JSON.parse([...found][0]!)).toMatchObject({
    messages: 2,
    recipients: 2,
    bounced: 1,
    notifications: 1,
  });
});

describe('trace', () => {
  it('finds a message in files, in archives and on stdin', async () => {
    const runs = await Promise.all([
      whybounce(['trace', 'user2@example.org', 'mail.log']),
      whybounce(['trace', 'user2@example.org'], { stdin: LOG }),
      whybounce(['trace', 'user2@example.org', '-'], { stdin: gzipSync(LOG) }),
    ]);
    for (const { status, stderr, stdout } of runs) {
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toBe(runs[0].stdout);
    }
    expect(runs[0].stdout).toMatch(/^Message A0000002 on mx1\n/);
    expect(runs[0].stdout).toContain('Bounced: mx.example.org refused the mail for user2@example.org');
  });

  it('looks through files in the order of their time, and names them', async () => {
    const { stdout } = await whybounce(['trace', 'user1', 'mail.log*']);
    const named = [...stdout.matchAll(/^ {2}(mail\.log\S*):$/gm)].map(([, file]) => file);
    expect([...new Set(named)]).toEqual(['mail.log.1', 'mail.log']);
    expect(stdout).toMatch(/Found for "user1": 4 messages; recipients: 4 bounced\.\n$/);
  });

  it('writes one JSON document', async () => {
    const { stdout } = await whybounce(['trace', '--json', 'A0000004', 'mail.log']);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'whybounce.trace/1',
      what: 'A0000004',
      messages: [
        {
          queue_ids: [{ mta: 'postfix', host: 'mx1', queue_id: 'A0000004' }],
          from: 'sender@example.net',
          recipients: [{ to: 'user4@example.org', state: 'delivered', attempts: 1 }],
          verdict: 'Delivered: mx.example.org took it for user4@example.org.',
          events: [{ type: 'accepted' }, { type: 'delivery', status: 'delivered' }],
        },
      ],
      complete: true,
    });
  });

  it('says that it found nothing, which is an answer', async () => {
    const run = await whybounce(['trace', 'nobody@nowhere.test', 'mail.log']);
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toMatch(/^Nothing found: /);
  });

  it('keeps to the window', async () => {
    const run = await whybounce([
      'trace',
      '@example.org',
      '--until',
      '2026-11-23T08:30Z',
      'mail.log',
      'mail.log.1',
    ]);
    expect(run.stdout).toMatch(/Found for "@example\.org": 3 messages; recipients: 3 bounced\.\n$/);
  });

  it('goes on behind damage, and ends with 3', async () => {
    const cut = put('cut.gz', gzipSync(LOG).subarray(0, -20));
    const run = await whybounce(['trace', 'user1', cut, 'mail.log.1']);
    expect(run.status).toBe(3);
    expect(run.stdout).toMatch(/: 4 messages; recipients: 4 bounced\.\n$/);
    expect(run.stderr).toMatch(
      /^whybounce: cut\.gz ends in the middle of its gzip data at byte \d+; [^\n]+\n$/,
    );
  });

  it.each([
    [['trace'], /^whybounce: nothing to look for; give a queue id/, 2],
    [
      ['trace', 'mail.log'],
      /^whybounce: mail\.log is a file, and there is nothing to look for in it; whybounce trace WHAT mail\.log, /,
      2,
    ],
    [['trace', 'ab', 'mail.log'], /^whybounce: "ab" is too short to look for; give at least 3 characters/, 2],
    [['trace', 'user1', 'nothing.log'], /^whybounce: nothing\.log does not exist; check the path/, 3],
  ])('%j is one line', async (words, complaint, status) => {
    const run = await whybounce(words);
    expect(run.stderr).toMatch(complaint);
    expect([run.status, run.stdout, run.stderr.split('\n').length]).toEqual([status, '', 2]);
  });
});
