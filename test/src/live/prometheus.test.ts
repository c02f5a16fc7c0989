/** A real Alertmanager gets what `tail` alerts on, and Prometheus' own tools read its metrics; where they are installed. */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ended, folder, start } from '../cli/program.ts';

const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const PROGRAMS = ['prometheus-alertmanager', 'prometheus', 'promtool'];

const running: { kill(signal: NodeJS.Signals): boolean }[] = [];
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

function run(program: string, words: readonly string[]): void {
  running.push(spawn(program, words, { cwd: folder, stdio: 'ignore' }));
}

/** A port that nobody has. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Asks until the answer is as wanted. */
async function answer<T>(url: string, isWanted: (body: T) => boolean): Promise<T> {
  let last: unknown;
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    try {
      const body = (await (await fetch(url)).json()) as T;
      if (isWanted(body)) return body;
      last = body;
    } catch (error) {
      last = error;
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`${url} never answered as wanted, but ${JSON.stringify(last)}`);
}

/** Alerts as Alertmanager tells them. */
type Told = readonly { readonly labels: Record<string, string>; readonly endsAt: string }[];

/** What Prometheus answers to a question. */
interface Found {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/** Lines of a real day, with stamps of now. */
function lines(pattern: RegExp): string {
  const stamp = `${new Date().toISOString().slice(0, 19)}Z`;
  return readFileSync('fixtures/postfix/2026-11-23.log', 'utf8')
    .split(/(?<=\n)/)
    .filter((line) => pattern.test(line))
    .map((line) => `${stamp}${line.slice(15)}`)
    .join('');
}

describe.skipIf(!PROGRAMS.every(has))('tail beside Alertmanager and Prometheus', () => {
  it('fires, is scraped, and resolves', async () => {
    const [manager, prometheus, metrics] = [await freePort(), await freePort(), await freePort()];
    writeFileSync(join(folder, 'manager.yml'), 'route: {receiver: none}\nreceivers: [{name: none}]\n');
    run('prometheus-alertmanager', [
      '--config.file=manager.yml',
      '--storage.path=manager',
      `--web.listen-address=127.0.0.1:${manager}`,
      '--cluster.listen-address=',
    ]);
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: w, static_configs: [{targets: ['127.0.0.1:${metrics}']}]}]\n`,
    );
    mkdirSync(join(folder, 'prometheus'));
    run('prometheus', [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=prometheus',
      `--web.listen-address=127.0.0.1:${prometheus}`,
    ]);
    writeFileSync(
      join(folder, 'alerts.toml'),
      `[[rule]]\ntype = "queue"\nabove = 50\nfor = "0s"\nkeep = "1s"\n[[channel]]\nname = "m"\ntype = "alertmanager"\nurl = "http://127.0.0.1:${manager}"\n`,
    );
    await answer(`http://127.0.0.1:${manager}/api/v2/status`, () => true);

    writeFileSync(join(folder, 'mail.log'), '');
    const child = start([
      'tail',
      '--from',
      'start',
      '--alerts',
      'alerts.toml',
      '--metrics',
      String(metrics),
      'mail.log',
    ]);
    running.push(child);
    const done = ended(child);
    appendFileSync(join(folder, 'mail.log'), lines(/status=deferred/));
    const alerts = `http://127.0.0.1:${manager}/api/v2/alerts`;
    const [fired] = await answer<Told>(alerts, ({ length }) => length > 0);
    expect(fired?.labels).toMatchObject({ alertname: 'queue', job: 'whybounce', severity: 'warning' });

    const exposition = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    const check = spawnSync('promtool', ['check', 'metrics'], { input: exposition, encoding: 'utf8' });
    expect(check).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const query = (expression: string) =>
      `http://127.0.0.1:${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`;
    await answer<Found>(
      query('whybounce_alert_active{rule="queue"}'),
      ({ data }) => data.result[0]?.value[1] === '1',
    );
    const deferred = await answer<Found>(
      query('sum(whybounce_deliveries_total{status="deferred"})'),
      ({ data }) => data.result.length > 0,
    );
    const own = [...exposition.matchAll(/^whybounce_deliveries_total\{.*status="deferred"\} (\d+)$/gm)];
    expect(Number(deferred.data.result[0]?.value[1])).toBe(
      own.reduce((sum, [, count]) => sum + Number(count), 0),
    );

    // Where something fails the rules are looked at sooner.
    appendFileSync(
      join(folder, 'mail.log'),
      lines(/: removed$/m) +
        lines(/status=bounced/)
          .slice(0, 2000)
          .replace(/[^\n]*$/, ''),
    );
    await answer<Told>(alerts, (told) => told.every(({ endsAt }) => Date.parse(endsAt) <= Date.now()));
    child.kill('SIGTERM');
    const { status, stderr } = await done;
    expect([status, stderr]).toEqual([143, expect.stringContaining('not understood')]);
  }, 120_000);
});
