import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { HOST } from '../probe/ports.ts';
import { redisAnswers } from '../probe/redis.ts';
import { type LocalServer, type LocalServerOptions, startLocalServer } from '../process/local-server.ts';
import { runCommand } from '../process/run-command.ts';
import { spawnServer } from '../process/spawn-server.ts';
import { ensureSystemPackage } from '../system/ensure-package.ts';
import { redisConfText } from './settings.ts';

/** What the server finds when it comes up again: what it had, nothing, or what `copyDataTo` saved in that folder. */
export type RedisData = 'kept' | 'empty' | { copiedTo: string };

export type RedisServer = LocalServer & {
  /** `redis://127.0.0.1:port` */
  readonly url: string;
  /** Starts it again on the same port, after `stop` or `kill`, or ends it first (by `stop`). */
  restart(data?: RedisData): Promise<void>;
  /** Saves the data as it is on disk now, for a later `restart({ copiedTo: folder })`. The server may be running. */
  copyDataTo(folder: string): void;
};

/**
 * Starts a real Redis (append-only file, no eviction) as a local process, and waits until it serves commands.
 * @throws TM_STACK_UNAVAILABLE (not installed, no disk, died at start) or TM_STACK_PORT_TAKEN
 */
export async function startRedis(options: LocalServerOptions = {}): Promise<RedisServer> {
  const command = await ensureSystemPackage('redis-server', options.onProgress);
  const server = await startLocalServer(options, {
    name: 'Redis',
    version: await redisVersion(command),
    launch: (dataDir, port) => launchRedis(command, dataDir, port),
    answers: redisAnswers,
    logFiles: (dataDir) => [join(dataDir, 'redis.log')],
  });
  const data = join(server.dataDir, 'data');
  return Object.assign(server, {
    url: `redis://${HOST}:${server.port}`,
    restart: (content: RedisData = 'kept') => server.startAgain(() => replaceData(data, content)),
    copyDataTo: (folder: string) => cpSync(data, folder, { recursive: true }),
  });
}

function launchRedis(command: string, dataDir: string, port: number) {
  const [data, conf] = [join(dataDir, 'data'), join(dataDir, 'redis.conf')];
  mkdirSync(data, { recursive: true });
  writeFileSync(conf, redisConfText(port, data));
  return spawnServer({ command, args: [conf], cwd: dataDir, outputFile: join(dataDir, 'redis.log') });
}

function replaceData(dir: string, data: RedisData): void {
  if (data === 'kept') return;
  rmSync(dir, { recursive: true, force: true });
  if (data !== 'empty') cpSync(data.copiedTo, dir, { recursive: true });
}

async function redisVersion(command: string): Promise<string> {
  const { output } = await runCommand(command, ['--version'], { timeoutMs: 10_000 });
  return /v=(\S+)/.exec(output)?.[1] ?? 'unknown';
}
