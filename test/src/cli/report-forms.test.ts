import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { LOG } from './logs.ts';
import { folder, whybounce } from './program.ts';

writeFileSync(join(folder, 'mail.log'), LOG);
const NOW = ['--now', '2026-11-24T12:00:00Z'];
const written = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('the form of a report follows the ending of its file', () => {
  it.each([
    ['report.html', /^<!DOCTYPE html>\n<html lang="en">/],
    ['report.HTM', /^<!DOCTYPE html>\n<html lang="en">/],
    ['report.md', /^# whybounce\n/],
    ['report.csv', /^cause,detail,kind,/],
    ['report.json', /^\{\n {2}"schema": "whybounce\.report\/1"/],
    ['report.txt', /^whybounce /],
  ])('%s', async (name, begin) => {
    const run = await whybounce(['report', ...NOW, '-o', name, 'mail.log']);
    expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(written(name)).toMatch(begin);
  });

  it('or the format that is named', async () => {
    const run = await whybounce(['report', ...NOW, '--format', 'html', '-o', 'page', 'mail.log']);
    expect(run.status).toBe(0);
    expect(written('page')).toMatch(/^<!DOCTYPE html>/);
  });

  it('and the table of CSV is what --by names', async () => {
    const { stdout } = await whybounce(['report', ...NOW, '--format', 'csv', '--by', 'domain', 'mail.log']);
    const rows = parse<Record<string, string>>(stdout, { columns: true });
    expect(rows.length).toBeGreaterThan(0);
    expect(Object.keys(rows[0]!)).toContain('domain');
  });

  it('an ending that says nothing is an error that names those that do', async () => {
    const run = await whybounce(['report', '-o', 'report.pdf', 'mail.log']);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/report\.pdf does not tell the format; .*\.html, \.md or \.csv/);
  });
});

describe('--mail-headers', () => {
  it('makes a mail to postmaster', async () => {
    const { stdout, status } = await whybounce(['report', ...NOW, '--mail-headers', 'mail.log']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^To: <postmaster>$/m);
    expect(stdout).not.toMatch(/^From:/m);
    const { subject, text, html } = await PostalMime.parse(stdout);
    expect(subject).toMatch(/^whybounce: .* failed \(\d+ %\), /);
    expect(text).toMatch(/^whybounce /);
    expect(html).toMatch(/^<!DOCTYPE html>/);
  });

  it('or to whom it is told, from whom it is told', async () => {
    const flags = [
      '--mail-headers',
      '--mail-to',
      'ops@example.org, root',
      '--mail-from',
      'cron@mx1.example.org',
    ];
    const { stdout } = await whybounce(['report', ...NOW, ...flags, '-o', '-', 'mail.log']);
    const { from, headers } = await PostalMime.parse(stdout);
    expect(from?.address).toBe('cron@mx1.example.org');
    expect(headers.find(({ key }) => key === 'to')?.value).toBe('ops@example.org, <root>');
  });

  it.each([
    [
      'a line end in an address',
      ['--mail-headers', '--mail-to', 'a@example.org\nBcc: b@example.org'],
      /is no address/,
    ],
    ['a name', ['--mail-headers', '--mail-to', 'Bob <bob@example.org>'], /is no address/],
    ['two senders', ['--mail-headers', '--mail-from', 'a,b'], /more than one address/],
    ['a format', ['--mail-headers', '--format', 'html'], /contradicts --format/],
    ['no mail', ['--mail-to', 'bob@example.org'], /of no use without --mail-headers/],
  ])('%s is one line and 2', async (_, flags, words) => {
    const run = await whybounce(['report', ...flags, 'mail.log']);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(words);
    expect(run.stderr).toMatch(/^whybounce: [^\n]+; [^\n]+\n$/);
  });
});
