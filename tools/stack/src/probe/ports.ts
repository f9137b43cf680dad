import { createServer } from 'node:net';

import { TidemarkError } from '@tidemark/schemas';

import { runCommand } from '../process/run-command.ts';

export const HOST = '127.0.0.1';

/** `count` different ports of 127.0.0.1 that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/**
 * @param advice what to do about it, put at the end of the message
 * @throws TM_STACK_PORT_TAKEN when a program listens on the port of 127.0.0.1
 */
export async function assertPortFree(port: number, wantedFor: string, advice: string): Promise<void> {
  try {
    const server = await listen(port);
    await new Promise((resolve) => server.close(resolve));
  } catch (error) {
    const owner = await describeListener(port);
    const message = `${HOST}:${port}, wanted for ${wantedFor}, is in use by ${owner}. ${advice}`;
    throw new TidemarkError('TM_STACK_PORT_TAKEN', message, { cause: error, fields: { port } });
  }
}

function listen(port: number) {
  const server = createServer();
  return new Promise<typeof server>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve(server));
  });
}

/** Who listens, as far as this user may see it. */
async function describeListener(port: number): Promise<string> {
  const { exitCode, output } = await runCommand('ss', ['-ltnpH', `sport = :${port}`], { timeoutMs: 2_000 });
  const [, name, pid] = (exitCode === 0 && /\(\("([^"]+)",pid=(\d+)/.exec(output)) || [];
  return name ? `${name} (pid ${pid})` : 'another program';
}
