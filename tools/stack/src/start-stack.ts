import { RUN_DIR } from './paths.ts';
import { type OnProgress, silent } from './progress.ts';
import { type GivenAddresses, givenByEnvironment, useGivenKafka, useGivenRedis } from './source/given.ts';
import { tryDocker } from './source/docker.ts';
import { ensureRunning, startForTest } from './source/local.ts';
import { withStackLock } from './source/lock.ts';
import { findOurs, readState, writeState } from './source/state-file.ts';
import { type ServerName, type Stack, type StackServer, startBoth } from './stack.ts';

export type StartStackOptions = {
  /**
   * `run`: the stack of this checkout, on fixed ports, which is reused when it runs and outlives this process.
   * `test`: servers of one's own, on free ports and temporary folders, which end with this process at the latest.
   */
  mode: 'run' | 'test';
  onProgress?: OnProgress;
  /** `run` only; default `.tidemark/stack`. */
  dataDir?: string;
  /** `run` only, for local processes; default 9092. */
  kafkaPort?: number;
  /** `run` only, for local processes; default 6379. */
  redisPort?: number;
  /** Servers of the user's own; default: `KAFKA_BROKERS` and `REDIS_URL`. */
  given?: GivenAddresses;
  /** Do not ask for a Docker engine. */
  forceLocal?: boolean;
};

/**
 * Kafka and Redis, each from the first of: a given address, a Docker engine (`run` only; tests use testcontainers for
 * that), a local process.
 * @throws TM_STACK_UNAVAILABLE, TM_STACK_PORT_TAKEN; then nothing that this call started runs any more
 */
export async function startStack(options: StartStackOptions): Promise<Stack> {
  const { mode, onProgress = silent, given = givenByEnvironment() } = options;
  if (mode === 'test') return startEach(given, (name) => startForTest(name, { onProgress }));
  const dir = options.dataDir ?? RUN_DIR;
  return withStackLock(dir, async () => {
    const containers = options.forceLocal ? [] : await startInDocker(dir, given, onProgress);
    const ports = { Kafka: options.kafkaPort ?? 9092, Redis: options.redisPort ?? 6379 };
    const start = async (name: ServerName) =>
      containers.find((server) => server.name === name) ?? ensureRunning(name, dir, ports[name], onProgress);
    return startEach(given, start);
  });
}

function startEach(given: GivenAddresses, start: (name: ServerName) => Promise<StackServer>): Promise<Stack> {
  const kafka = given.kafkaBrokers ? useGivenKafka(given.kafkaBrokers) : start('Kafka');
  const redis = given.redisUrl ? useGivenRedis(given.redisUrl) : start('Redis');
  return startBoth(kafka, redis);
}

/** What is neither given nor runs as our local process already. */
async function startInDocker(dir: string, given: GivenAddresses, onProgress: OnProgress): Promise<StackServer[]> {
  const state = readState(dir);
  const isGiven = { Kafka: Boolean(given.kafkaBrokers), Redis: Boolean(given.redisUrl) };
  const needed = (['Kafka', 'Redis'] as const).filter((name) => !isGiven[name] && !findOurs(state, name));
  const servers = needed.length > 0 ? await tryDocker(needed, onProgress) : undefined;
  if (servers) writeState(dir, { ...state, docker: true });
  return servers ?? [];
}
