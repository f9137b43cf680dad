import { TidemarkError } from '@tidemark/schemas';
import type { StreamingQueryProgress } from '@tidemark/stream';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';

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

/**
 * Serves GET /livez, /readyz (200 or 503), /metrics, /progress and POST /drain.
 * @throws TidemarkError (TM_CONFIG_INVALID) when it cannot listen there
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { host = '127.0.0.1', port, portOption = 'HTTP_PORT', probes } = options;
  const server = fastify({ forceCloseConnections: true });
  addRoutes(server, probes);
  const url = await server.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw cannotListen(error, `${host}:${port}`, portOption);
  });
  return { url, close: () => server.close() };
}

function addRoutes(server: FastifyInstance, probes: HealthProbes): void {
  server.get('/livez', (_request, reply) => answerHealth(reply, probes.live()));
  server.get('/readyz', (_request, reply) => answerHealth(reply, probes.ready()));
  server.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await probes.metrics()),
  );
  server.get('/progress', (_request, reply) => reply.send(probes.progress()));
  server.post('/drain', (request, reply) => {
    // Any web page can make a browser post to a local port; browsers then name the page in this header.
    if (request.headers.origin !== undefined) return reply.code(403).send({ error: 'not from a web page' });
    probes.drain();
    return reply.code(202).send({ draining: true });
  });
}

function answerHealth(reply: FastifyReply, health: Health): FastifyReply {
  return reply.code(health.ok ? 200 : 503).send(health);
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
