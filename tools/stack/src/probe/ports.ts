import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

import { TidemarkError } from '@tidemark/schemas';

import { stackUnavailable } from '../errors.ts';
import { runCommand } from '../process/run-command.ts';

export const HOST = '127.0.0.1';

/**
 * Below the ports that systems give to outgoing connections: such a connection could otherwise sit on the port of a
 * server that a test has stopped and wants to start again.
 */
const [FIRST_PORT, LAST_PORT] = [20_000, 32_000];
const MAX_TRIES = 1_000;

/**
 * `count` different ports of 127.0.0.1 that nobody listens on now.
 * @throws TM_STACK_UNAVAILABLE when there are none
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count && tries < MAX_TRIES; tries++) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isFree(port)) ports.add(port);
  }
  if (ports.size < count) throw stackUnavailable(`no free port on ${HOST} from ${FIRST_PORT} to ${LAST_PORT}.`);
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return tryListen(port).then(
    () => true,
    () => false,
  );
}

/**
 * @param advice what to do about it, put at the end of the message
 * @throws TM_STACK_PORT_TAKEN when a program listens on the port of 127.0.0.1
 */
export async function assertPortFree(port: number, wantedFor: string, advice: string): Promise<void> {
  try {
    await tryListen(port);
  } catch (error) {
    const owner = await describeListener(port);
    const message = `${HOST}:${port}, wanted for ${wantedFor}, is in use by ${owner}. ${advice}`;
    throw new TidemarkError('TM_STACK_PORT_TAKEN', message, { cause: error, fields: { port } });
  }
}

/** Listens on the port for a moment; rejects when that is not possible. */
function tryListen(port: number): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => server.close(() => resolve()));
  });
}

/** Who listens, as far as this user may see it. */
async function describeListener(port: number): Promise<string> {
  const { exitCode, output } = await runCommand('ss', ['-ltnpH', `sport = :${port}`], { timeoutMs: 2_000 });
  const [, name, pid] = (exitCode === 0 && /\(\("([^"]+)",pid=(\d+)/.exec(output)) || [];
  return name ? `${name} (pid ${pid})` : 'another program';
}
