import { join } from 'node:path';

import { stackUnavailable } from '../errors.ts';
import { startKafka } from '../kafka/start-kafka.ts';
import { kafkaAnswers } from '../probe/kafka.ts';
import { HOST } from '../probe/ports.ts';
import { redisAnswers } from '../probe/redis.ts';
import { stopProcess } from '../process/end-process.ts';
import type { LocalServer, LocalServerOptions } from '../process/local-server.ts';
import { waitUntil } from '../process/wait-until.ts';
import type { OnProgress } from '../progress.ts';
import { startRedis } from '../redis/start-redis.ts';
import type { ServerName, StackServer } from '../stack.ts';
import { findOurs, type LocalRecord, readState, writeState } from './state-file.ts';

const ANSWER_DEADLINE_MS = 30_000;
const KINDS = {
  Kafka: { start: startKafka, answers: kafkaAnswers, folder: 'kafka', toAddress: (port: number) => `${HOST}:${port}` },
  Redis: {
    start: startRedis,
    answers: redisAnswers,
    folder: 'redis',
    toAddress: (port: number) => `redis://${HOST}:${port}`,
  },
} as const;

/** A local server for as long as this process lives, with a port and a temporary folder of its own. */
export async function startForTest(name: ServerName, options: LocalServerOptions): Promise<StackServer> {
  const { start, toAddress } = KINDS[name];
  const server = await start({ ...options, lifetime: 'with-parent' });
  return { name, source: 'local', address: toAddress(server.port), isReused: false, stop: () => server.stop() };
}

/**
 * The server of the stack in `dir`: the one that runs, or a new one, which outlives this process and is recorded.
 * @throws TM_STACK_PORT_TAKEN, TM_STACK_UNAVAILABLE
 */
export async function ensureRunning(
  name: ServerName,
  dir: string,
  port: number,
  onProgress: OnProgress,
): Promise<StackServer> {
  const ours = findOurs(readState(dir), name);
  if (ours) return reuse(ours, onProgress);
  const { start, folder, toAddress } = KINDS[name];
  const server = await start({ port, dataDir: join(dir, folder), lifetime: 'detached', onProgress });
  record(dir, toRecord(name, server));
  return { name, source: 'local', address: toAddress(port), isReused: false, stop: () => server.stop() };
}

async function reuse({ name, port, process }: LocalRecord, onProgress: OnProgress): Promise<StackServer> {
  const { answers, toAddress } = KINDS[name];
  const check = async () => ((await answers({ host: HOST, port })) ? true : undefined);
  if (!(await waitUntil(check, { deadlineMs: ANSWER_DEADLINE_MS }))) {
    throw stackUnavailable(
      `${name} runs (pid ${process.pid}) but does not answer on ${HOST}:${port}. Run "npm run stack -- down" and try again.`,
    );
  }
  onProgress(`${name}: using the one that runs on ${HOST}:${port}`);
  return { name, source: 'local', address: toAddress(port), isReused: true, stop: () => stopProcess(process) };
}

function toRecord(name: ServerName, { process, port, version, dataDir }: LocalServer): LocalRecord {
  return { name, process, port, version, dataDir };
}

/** Puts one server's record in the place of its older one. */
function record(dir: string, added: LocalRecord): void {
  const state = readState(dir);
  writeState(dir, { ...state, local: [...state.local.filter(({ name }) => name !== added.name), added] });
}
