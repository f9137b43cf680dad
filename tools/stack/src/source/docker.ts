import { join } from 'node:path';

import { tail } from '../errors.ts';
import { WORKSPACE_DIR } from '../paths.ts';
import { kafkaAnswers } from '../probe/kafka.ts';
import { HOST } from '../probe/ports.ts';
import { redisAnswers } from '../probe/redis.ts';
import { runCommand } from '../process/run-command.ts';
import { waitUntil } from '../process/wait-until.ts';
import type { OnProgress } from '../progress.ts';
import type { ServerName, StackServer } from '../stack.ts';

/** Ports and services of docker-compose.yml. */
const SERVICES = {
  Kafka: { service: 'kafka', address: `${HOST}:9092`, port: 9092, answers: kafkaAnswers },
  Redis: { service: 'redis', address: `redis://${HOST}:6379`, port: 6379, answers: redisAnswers },
} as const;

/** Whether a Docker engine answers. */
export async function hasDockerEngine(): Promise<boolean> {
  return answers(['version', '--format', '{{.Server.Version}}']);
}

async function answers(args: readonly string[]): Promise<boolean> {
  return (await runCommand('docker', args, { timeoutMs: 5_000 })).exitCode === 0;
}

/** What keeps compose from being used, if anything does. */
async function lackOfDocker(): Promise<string | undefined> {
  if (!(await hasDockerEngine())) return 'no engine answers';
  return (await answers(['compose', 'version'])) ? undefined : 'the engine answers, but its compose plugin is missing';
}

/**
 * Starts the services in the Docker engine.
 * @returns undefined, after one line of progress that says why, when the engine or its images cannot be had
 */
export async function tryDocker(
  names: readonly ServerName[],
  onProgress: OnProgress,
): Promise<StackServer[] | undefined> {
  const lack = await lackOfDocker();
  if (lack !== undefined) {
    onProgress(`Docker: ${lack}; using local processes`);
    return undefined;
  }
  onProgress(`Docker: starting ${names.join(' and ')} with compose…`);
  const wasRunning = await runningServices();
  const { exitCode, output } = await compose(['up', '-d', '--wait', ...names.map((name) => SERVICES[name].service)]);
  const failure = exitCode === 0 ? await firstSilent(names) : tail(output, 1).trim();
  if (failure === undefined) return names.map((name) => toServer(name, wasRunning.includes(SERVICES[name].service)));
  onProgress(`Docker: ${failure}; using local processes`);
  await compose(['rm', '--stop', '--force', ...names.map((name) => SERVICES[name].service)]);
  return undefined;
}

/** Stops and removes the containers; with `withData` their volumes too. */
export async function stopDocker(withData: boolean): Promise<void> {
  await compose(['down', ...(withData ? ['--volumes'] : [])]);
}

/** Compose services that run now. */
export async function runningServices(): Promise<string[]> {
  const { exitCode, output } = await compose(['ps', '--services', '--status', 'running']);
  return exitCode === 0 ? output.split('\n').filter((line) => line !== '') : [];
}

function compose(args: readonly string[]) {
  return runCommand('docker', ['compose', '-f', join(WORKSPACE_DIR, 'docker-compose.yml'), ...args]);
}

async function firstSilent(names: readonly ServerName[]): Promise<string | undefined> {
  for (const name of names) {
    const { answers, port } = SERVICES[name];
    const check = async () => ((await answers({ host: HOST, port })) ? true : undefined);
    if (!(await waitUntil(check, { deadlineMs: 60_000, everyMs: 100 })))
      return `${name} does not answer on port ${port}`;
  }
  return undefined;
}

function toServer(name: ServerName, isReused: boolean): StackServer {
  const { address, service } = SERVICES[name];
  const stop = async () => void (await compose(['stop', service]));
  return { name, source: 'docker', address, isReused, stop };
}
