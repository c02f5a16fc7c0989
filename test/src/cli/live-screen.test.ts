/** The live screen in a real terminal: tmux holds one, gives it keys, and tells what is on it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folder } from './program.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const PROGRAM = resolve('dist/src/cli/main.js');
const LINES = readFileSync('fixtures/postfix/2026-11-23.log', 'utf8').split(/(?<=\n)/);
/** A server of the tests' own, without anybody's configuration. */
const SERVER = ['-L', `whybounce-${process.pid}`, '-f', '/dev/null'];

const tmux = (...words: string[]): string =>
  execFileSync('tmux', [...SERVER, ...words], { encoding: 'utf8' });

afterAll(() => {
  spawnSync('tmux', [...SERVER, 'kill-server']);
});

/** A shell in a terminal, in which something is run. */
class Terminal {
  readonly #name: string;

  constructor(name: string, columns = 80, rows = 24) {
    this.#name = name;
    const size = ['-x', String(columns), '-y', String(rows)];
    tmux('new-session', '-d', '-s', name, ...size, '-c', folder, 'env -u CI -u NO_COLOR PS1=ready: sh');
  }

  type(line: string): void {
    this.press(line, 'Enter');
  }

  press(...keys: string[]): void {
    tmux('send-keys', '-t', this.#name, ...keys);
  }

  resize(columns: number, rows: number): void {
    tmux('resize-window', '-t', this.#name, '-x', String(columns), '-y', String(rows));
  }

  /** What is on it, with the codes of its colours if these are asked for. */
  text(...flags: string[]): string {
    return tmux('capture-pane', '-p', ...flags, '-t', this.#name);
  }

  /** Waits until its text is as expected. */
  async shows(expected: RegExp): Promise<string> {
    for (const end = Date.now() + 20_000; Date.now() < end; ) {
      if (expected.test(this.text())) return this.text();
      await new Promise((wake) => setTimeout(wake, 50));
    }
    throw new Error(`the terminal never showed ${expected}, but\n${this.text()}`);
  }
}

/** Begins to follow a log with the first lines of a real day. */
function follow(terminal: Terminal, name: string, environment = 'LC_ALL=C.UTF-8'): string {
  const log = join(folder, `${name}.log`);
  writeFileSync(log, LINES.slice(0, 8000).join(''));
  terminal.type(`${environment} TZ=UTC '${process.execPath}' '${PROGRAM}' tail --from start ${name}.log`);
  return log;
}

describe.skipIf(!hasTmux)('the live screen in a terminal', () => {
  it('shows what comes, obeys keys and gives the terminal back', async () => {
    const terminal = new Terminal('keys');
    const log = follow(terminal, 'keys');
    await terminal.shows(/Address does not exist +\d+ .*sender's address list/);
    appendFileSync(log, LINES.slice(8000).join(''));
    await terminal.shows(/1 hour {2}4\d\d delivered {2}7\d\d deferred/);

    terminal.press('c', 'Enter');
    await terminal.shows(/NEWEST PROBLEMS, only Address does not exist/);
    terminal.press('Escape');
    await terminal.shows(/NEWEST PROBLEMS ─/);
    terminal.press('/', 'q', 'u', 'o', 't', 'a', 'Enter');
    await terminal.shows(/only "quota"/);
    terminal.press('Enter');
    await terminal.shows(/message +\S+ on mx1[\s\S]*quota/);
    terminal.press('x');
    await terminal.shows(/NEWEST PROBLEMS, only "quota"/);
    terminal.press('Escape');
    await terminal.shows(/NEWEST PROBLEMS ─/);
    terminal.press('?');
    await terminal.shows(/hold the screen/);
    terminal.press('x', 'p');
    await terminal.shows(/paused\n/);
    terminal.press('p');

    terminal.resize(120, 40);
    const wide = await terminal.shows(/delivered .*most \d/);
    expect(wide.match(/whybounce {2}keys\.log/g)).toHaveLength(1);
    terminal.resize(70, 16);
    const small = await terminal.shows(/^whybounce {2}keys\.log/);
    expect(small.match(/whybounce {2}keys\.log/g)).toHaveLength(1);
    terminal.resize(80, 24);

    terminal.press('q');
    const left = await terminal.shows(/lines read: [\s\S]*ready:/);
    expect(left).not.toMatch(/NEWEST|CAUSES/);
    expect(left).toContain('--from start');
    terminal.type('echo code $?; stty -a | grep -o " -\\?icanon\\| -\\?echo "');
    await terminal.shows(/code 0\n icanon\n echo/);
    expect(tmux('display-message', '-p', '-t', 'keys', '#{cursor_flag}').trim()).toBe('1');
  });

  it('ends by Ctrl-C as by the signal, without colours and UTF-8', async () => {
    const terminal = new Terminal('plain');
    follow(terminal, 'plain', 'LC_ALL=C NO_COLOR=1');
    await terminal.shows(/Address does not exist/);
    expect(terminal.text('-e')).not.toMatch(/\x1b\[[\d;]*3\dm/);
    expect(terminal.text()).toMatch(/^[\x20-\x7e\n]*$/);
    terminal.press('C-c');
    await terminal.shows(/ready:/);
    terminal.type('echo code $?');
    await terminal.shows(/code 130/);
  });

  it('takes its keys from the terminal where the log comes through a pipe', async () => {
    const terminal = new Terminal('pipe');
    writeFileSync(join(folder, 'pipe.log'), LINES.join(''));
    terminal.type(`{ cat pipe.log; sleep 60; } | LC_ALL=C.UTF-8 '${process.execPath}' '${PROGRAM}' tail`);
    await terminal.shows(/standard input/);
    await terminal.shows(/Address does not exist/);
    terminal.press('q');
    await terminal.shows(/lines read/);
  });

  it('is none where the terminal cannot have one', async () => {
    const terminal = new Terminal('dumb');
    follow(terminal, 'dumb', 'TERM=dumb');
    await terminal.shows(/2026-11-23 20:\d\d:\d\d {2}bounced/);
    terminal.press('C-c');
  });
});
