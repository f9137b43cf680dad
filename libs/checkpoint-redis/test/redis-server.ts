import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';

/** A real server of this test's own, in memory only: it may be killed, and comes back empty. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** SIGSTOP: keeps the connections, answers nothing. */
  freeze(): void;
  thaw(): void;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts again on the same port; resolves when it answers. */
  start(): Promise<void>;
}

/** Starts a server on a free port with more arguments as given. Needs `redis-server`, which `npm run stack -- up` installs. */
export async function startTestRedis(...args: string[]): Promise<TestRedis> {
  const port = await freePort();
  let server: ChildProcess | undefined;
  const redis: TestRedis = {
    port,
    url: `redis://127.0.0.1:${port}`,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    async kill() {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
    },
    async start() {
      server = await spawnServer(port, args);
      await untilAnswers(port);
    },
  };
  await redis.start();
  return redis;
}

async function spawnServer(port: number, args: readonly string[]): Promise<ChildProcess> {
  const server = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...args],
    { stdio: 'ignore' },
  );
  await once(server, 'spawn');
  return server;
}

async function untilAnswers(port: number): Promise<void> {
  const probe = new Redis(port, '127.0.0.1', { retryStrategy: () => 20, maxRetriesPerRequest: 250 });
  // Refused attempts are expected until the server listens; the ping below fails when it never does.
  probe.on('error', () => undefined);
  await probe.ping().catch((error: Error) => {
    if (!error.message.startsWith('NOAUTH')) throw error;
  });
  probe.disconnect();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Polls until `condition` holds. */
export async function eventually(condition: () => Promise<boolean> | boolean, deadlineMs = 10_000): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`condition not met within ${deadlineMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
