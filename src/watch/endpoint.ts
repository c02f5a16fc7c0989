/** The HTTP endpoint for Prometheus and for health checks. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

/** Whether all is well, and if not, why not. */
export interface Health {
  readonly ok: boolean;
  /** One line. */
  readonly text: string;
}

/** A running endpoint. */
export interface Endpoint {
  /** As it came about: a port of 0 means any that is free. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers `/metrics` and `/healthz`, and nothing else.
 * @param health asked at every check
 * @throws Error where the address cannot be had
 */
export async function openEndpoint(
  { host, port }: { readonly host: string; readonly port: number },
  metrics: Metrics,
  health: () => Health,
): Promise<Endpoint> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    const answer = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const plain = 'text/plain; charset=utf-8';
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, plain, 'only GET\n');
    else if (path === '/healthz') {
      const { ok, text } = health();
      answer(ok ? 200 : 503, plain, `${text}\n`);
    } else if (path === '/metrics') {
      metrics.exposition().then(
        (text) => answer(200, metrics.contentType, text),
        (error: Error) => answer(500, plain, `${error.message}\n`),
      );
    } else answer(404, plain, 'give /metrics or /healthz\n');
  });
  server.maxConnections = 64;
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
