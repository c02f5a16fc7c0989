import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChannel } from '../../../../src/watch/channels/open.ts';
import { alert, EIGHT } from '../alerts.ts';

const HOUR = 3_600_000;
const FIRING = alert();
const RESOLVED = alert({ status: 'resolved', endsAt: EIGHT + HOUR, provider: 'yahoo' });
const folder = mkdtempSync(join(tmpdir(), 'whybounce-'));

interface Request {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

describe('over HTTP', () => {
  const requests: Request[] = [];
  let answer = { status: 200, text: '' };
  let server: Server;
  let url = '';

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let text = '';
      for await (const piece of request) text += piece;
      requests.push({ path: request.url, headers: request.headers, body: JSON.parse(text) });
      response.writeHead(answer.status).end(answer.text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => server.close());

  it('Alertmanager gets labels that stay, and an end, without which it would forget', async () => {
    const before = Date.now();
    const channel = await openChannel({ type: 'alertmanager', name: 'am', url: { value: `${url}/prefix/` } });
    await channel.send([FIRING, RESOLVED]);
    const { path, body } = requests.pop()!;
    expect(path).toBe('/prefix/api/v2/alerts');
    const [firing, resolved] = body as { endsAt: string }[];
    expect(firing).toMatchObject({
      labels: {
        alertname: 'listed',
        severity: 'critical',
        job: 'whybounce',
        provider: 'google',
        cause: 'ip_blocklisted',
      },
      annotations: { summary: FIRING.text, description: 'Ask to be delisted.' },
      startsAt: '2026-11-24T08:00:00.000Z',
    });
    expect(Date.parse(firing!.endsAt)).toBeGreaterThan(before + channel.refresh!);
    expect(resolved).toMatchObject({ endsAt: '2026-11-24T09:00:00.000Z' });
  });

  it('a webhook gets all that is known', async () => {
    const channel = await openChannel({ type: 'webhook', name: 'hook', url: { value: `${url}/x?token=1` } });
    await channel.send([FIRING]);
    expect(requests.pop()).toMatchObject({
      path: '/x?token=1',
      headers: { 'content-type': 'application/json' },
      body: {
        schema: 'whybounce.alerts/1',
        alerts: [
          {
            status: 'firing',
            rule: 'listed',
            severity: 'critical',
            provider: 'google',
            cause: 'ip_blocklisted',
            text: FIRING.text,
            remedy: 'Ask to be delisted.',
            values: { failures: 9 },
            starts_at: '2026-11-24T08:00:00.000Z',
          },
        ],
      },
    });
  });

  it('Slack gets text in which nothing is a link', async () => {
    const file = join(folder, 'url');
    writeFileSync(file, `${url}/services/secret\n`);
    const channel = await openChannel({ type: 'slack', name: 'chat', url: { file } });
    const again = alert({ repeated: true });
    await channel.send([alert({ text: '<http://evil.example|click> & more' }), again, RESOLVED]);
    const { path, body } = requests.pop()!;
    expect(path).toBe('/services/secret');
    const { text } = body as { text: string };
    expect(text).toContain('CRITICAL listed: &lt;http://evil.example|click&gt; &amp; more.');
    expect(text).toContain('Next: Ask to be delisted.');
    expect(text).toContain('RESOLVED listed, last seen: ');
    expect(text).toContain('CRITICAL listed, still: ');
    expect(text.match(/Next:/g)).toHaveLength(2);
  });

  it('a refusal is told without the address, which may hold a secret', async () => {
    answer = { status: 403, text: 'invalid_token' };
    const channel = await openChannel({ type: 'slack', name: 'chat', url: { value: `${url}/secret` } });
    const error: Error = await channel.send([FIRING]).catch((thrown) => thrown);
    expect(error.name).toBe('ChannelError');
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ answers 403: invalid_token$/);
    answer = { status: 200, text: '' };
  });

  it('nobody there is told too', async () => {
    const channel = await openChannel({
      type: 'webhook',
      name: 'hook',
      url: { value: 'http://127.0.0.1:1/' },
    });
    await expect(channel.send([FIRING])).rejects.toThrow(/^no answer from 127\.0\.0\.1:1: /);
  });

  it('a redirection is not followed', async () => {
    answer = { status: 307, text: '' };
    const channel = await openChannel({ type: 'webhook', name: 'hook', url: { value: url } });
    await expect(channel.send([FIRING])).rejects.toThrow(/^no answer/);
    answer = { status: 200, text: '' };
  });
});

it('a file that holds no address is an error at the start', async () => {
  const file = join(folder, 'empty');
  writeFileSync(file, '\n');
  await expect(openChannel({ type: 'slack', name: 'chat', url: { file } })).rejects.toThrow(
    `${file} does not hold an address`,
  );
});

describe('a command', () => {
  it('gets the alerts on its standard input, and its words as they are', async () => {
    const file = join(folder, 'got');
    const words = ['sh', '-c', 'printf "%s\\n" "$2" > "$1"; cat >> "$1"', 'sh', file, '$(id); `id`'];
    const channel = await openChannel({ type: 'command', name: 'run', command: words });
    await channel.send([FIRING]);
    const [word, json] = readFileSync(file, 'utf8').split('\n');
    expect(word).toBe('$(id); `id`');
    expect(JSON.parse(json!)).toMatchObject({ alerts: [{ rule: 'listed', provider: 'google' }] });
  });

  it('that fails says why', async () => {
    const words = ['sh', '-c', 'echo "no route to pager" >&2; exit 3'];
    const channel = await openChannel({ type: 'command', name: 'run', command: words });
    await expect(channel.send([FIRING])).rejects.toThrow('sh ended with code 3: no route to pager');
  });

  it('that is not there is told', async () => {
    const channel = await openChannel({ type: 'command', name: 'run', command: ['/no/such/program'] });
    await expect(channel.send([FIRING])).rejects.toThrow(/^\/no\/such\/program cannot be run/);
  });
});

describe('mail', () => {
  const mails: { to: string[]; text: string }[] = [];
  let server: SMTPServer;
  let relay = '';

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        done(password === 'right' ? null : new Error('Invalid password'), { user: username }),
      onData(stream, session, done) {
        let text = '';
        stream.on('data', (piece: Buffer) => {
          text += piece.toString();
        });
        stream.on('end', () => {
          mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    relay = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  });

  afterAll(() => new Promise<void>((resolve) => server.close(resolve)));

  const settings = () => ({
    ...({ type: 'mail', name: 'mail', relay, from: 'whybounce@example.net' } as const),
    ...{ to: ['a@example.net', 'b@example.net'], user: undefined, passwordFile: undefined },
  });

  it('is one for all alerts, and says that no person wrote it', async () => {
    const channel = await openChannel(settings());
    await channel.send([FIRING, RESOLVED]);
    const { to, text } = mails.pop()!;
    expect(to).toEqual(['a@example.net', 'b@example.net']);
    expect(text.replaceAll('=\r\n', '').replace(/\r\n[ \t]/g, ' ')).toMatch(
      /^Subject: whybounce: CRITICAL listed: a blocklist holds this server, .* \(and 1 more\)\r$/m,
    );
    expect(text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(text.match(/^CRITICAL|^RESOLVED/gm)).toEqual(['CRITICAL', 'RESOLVED']);
  });

  it('cannot be given further headers by a text', async () => {
    const channel = await openChannel(settings());
    await channel.send([alert({ text: 'x\r\nBcc: c@example.net\r\n\r\nhello' })]);
    const { to, text } = mails.pop()!;
    expect(to).toEqual(['a@example.net', 'b@example.net']);
    expect(text.slice(0, text.indexOf('\r\n\r\n'))).not.toMatch(/^Bcc/im);
  });

  it('goes with a password that stands in a file', async () => {
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, 'right\n');
    const channel = await openChannel({ ...settings(), user: 'whybounce', passwordFile });
    await channel.send([FIRING]);
    expect(mails.splice(0)).toHaveLength(1);
    writeFileSync(passwordFile, 'wrong\n');
    const other = await openChannel({ ...settings(), user: 'whybounce', passwordFile });
    await expect(other.send([FIRING])).rejects.toThrow(
      /^127\.0\.0\.1 did not take the mail: .*Invalid password/,
    );
  });
});
