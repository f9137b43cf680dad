import { rmSync } from 'node:fs';

import { RUN_DIR } from './paths.ts';
import { kafkaAnswers } from './probe/kafka.ts';
import { HOST } from './probe/ports.ts';
import { redisAnswers } from './probe/redis.ts';
import { stopProcess } from './process/end-process.ts';
import { runningServices, stopDocker } from './source/docker.ts';
import { withStackLock } from './source/lock.ts';
import { findOurs, type LocalRecord, readState, removeState, type StackState } from './source/state-file.ts';
import { SERVER_NAMES } from './stack.ts';

const ANSWERS = { Kafka: kafkaAnswers, Redis: redisAnswers };

/** One line for each server of the stack that runs, or one that says that none does. */
export async function describeStack(dir = RUN_DIR): Promise<string[]> {
  const state = readState(dir);
  const containers = state.docker ? await runningServices() : [];
  const lines = [
    ...(await Promise.all(ourServers(state).map(describeLocal))),
    ...containers.map((service) => `${service}  a container of docker-compose.yml`),
  ];
  return lines.length > 0 ? lines : ['nothing of this stack runs; "npm run stack -- up" starts it'];
}

/** Stops what we started and still runs. @returns a line for each server that was stopped */
export async function stopStack(dir = RUN_DIR): Promise<string[]> {
  return withStackLock(dir, () => stopAll(dir, false));
}

/** Stops the stack and deletes all of its data. */
export async function resetStack(dir = RUN_DIR): Promise<string[]> {
  const lines = await withStackLock(dir, () => stopAll(dir, true));
  rmSync(dir, { recursive: true, force: true });
  return [...lines, `deleted ${dir}`];
}

async function stopAll(dir: string, withData: boolean): Promise<string[]> {
  const state = readState(dir);
  const servers = ourServers(state);
  await Promise.all(servers.map(({ process }) => stopProcess(process)));
  if (state.docker) await stopDocker(withData);
  removeState(dir);
  const lines = servers.map(({ name, process }) => `${name}: stopped (pid ${process.pid})`);
  return state.docker ? [...lines, 'Docker: containers stopped'] : lines;
}

function ourServers(state: StackState): LocalRecord[] {
  return SERVER_NAMES.flatMap((name) => findOurs(state, name) ?? []);
}

async function describeLocal({ name, process, port, version, dataDir }: LocalRecord): Promise<string> {
  const health = (await ANSWERS[name]({ host: HOST, port })) ? 'answers' : 'does not answer';
  return `${name} ${version}  ${HOST}:${port}  pid ${process.pid}  ${health}  data in ${dataDir}`;
}
