import { TidemarkError } from '@tidemark/schemas';
import type { StreamingQueryProgress } from '@tidemark/stream';
import createRouter, { type default as Router } from 'find-my-way';
import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer to "are you well?"; `reasons` say why not, for people. */
export interface Health {
  readonly ok: boolean;
  readonly reasons: readonly string[];
}

/** What the server asks its worker. */
export interface HealthProbes {
  /** The loop moves, not merely the process. */
  live(): Health;
  /** Joined and restored. */
  ready(): Health;
  /** Prometheus' text format 0.0.4. */
  metrics(): Promise<string>;
  /** The last batches, oldest first. */
  progress(): readonly StreamingQueryProgress[];
  /** Starts to drain: process what is there, emit, then end. Returns at once. */
  drain(): void;
}

export interface HealthServerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
  /** Name of the option that sets the port, for the message when it is taken. Default HTTP_PORT. */
  readonly portOption?: string;
  readonly probes: HealthProbes;
}

export interface HealthServer {
  /** For instance http://127.0.0.1:9101, without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

// An import would evaluate all that the module exports, and with it a whole WebSocket client.
const { createServer } = process.getBuiltinModule('node:http');

/**
 * Serves GET /livez, /readyz (200 or 503), /metrics, /progress and POST /drain.
 * @throws TidemarkError (TM_CONFIG_INVALID) when it cannot listen there
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { host = '127.0.0.1', port, portOption = 'HTTP_PORT', probes } = options;
  const router = routes(probes);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    try {
      router.lookup(request, response);
    } catch (error) {
      fail(response, error);
    }
  });
  await once(server.listen({ port, host }), 'listening').catch((error: NodeJS.ErrnoException) => {
    throw cannotListen(error, `${host}:${port}`, portOption);
  });
  return { url: urlOf(server), close: () => close(server) };
}

/** Longer than between two looks of what scrapes metrics: it need not connect each time. */
const KEEP_ALIVE_MS = 72_000;

const READS: Router.HTTPMethod[] = ['GET', 'HEAD'];

function routes(probes: HealthProbes): Router.Instance<Router.HTTPVersion.V1> {
  const router = createRouter({
    ignoreTrailingSlash: true,
    defaultRoute: (_request, response) => answer(response, 404, { error: 'not found' }),
  });
  router.on(READS, '/livez', (_request, response) => answerHealth(response, probes.live()));
  router.on(READS, '/readyz', (_request, response) => answerHealth(response, probes.ready()));
  router.on(READS, '/metrics', (_request, response) => answerMetrics(response, probes));
  router.on(READS, '/progress', (_request, response) => answer(response, 200, probes.progress()));
  router.post('/drain', (request, response) => {
    // Any web page can make a browser post to a local port; browsers then name the page in this header.
    if (request.headers.origin !== undefined) return answer(response, 403, { error: 'not from a web page' });
    probes.drain();
    answer(response, 202, { draining: true });
  });
  return router;
}

function answerHealth(response: ServerResponse, health: Health): void {
  answer(response, health.ok ? 200 : 503, health);
}

function answerMetrics(response: ServerResponse, probes: HealthProbes): void {
  probes.metrics().then(
    (text) => send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', text),
    (error: unknown) => fail(response, error),
  );
}

/** A probe that fails is a defect, but none that ends the worker. */
function fail(response: ServerResponse, error: unknown): void {
  answer(response, 500, { error: String(error) });
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Who keeps a connection open must not keep the process. */
function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}

function cannotListen(error: NodeJS.ErrnoException, address: string, option: string): TidemarkError {
  const why = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message;
  return new TidemarkError(
    'TM_CONFIG_INVALID',
    `${option}: cannot listen on ${address}: ${why}; choose another port (0: any free one)`,
    {
      cause: error,
      fields: { option, address },
    },
  );
}
