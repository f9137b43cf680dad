import { RUN_DIR } from './paths.ts';
import { type OnProgress, silent } from './progress.ts';
import { type GivenAddresses, givenByEnvironment, useGivenKafka, useGivenRedis } from './source/given.ts';
import { tryDocker } from './source/docker.ts';
import { ensureRunning, startForTest } from './source/local.ts';
import { withStackLock } from './source/lock.ts';
import { findOurs, readState, writeState } from './source/state-file.ts';
import { SERVER_NAMES, type ServerName, type Stack, type StackServer, stopStarted, toStack } from './stack.ts';

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
  const { mode, onProgress = silent } = options;
  const given = await useGiven(options.given ?? givenByEnvironment());
  const missing = SERVER_NAMES.filter((name) => given.every((server) => server.name !== name));
  if (mode === 'test') return startMissing(given, missing, (name) => startForTest(name, { onProgress }));
  const dir = options.dataDir ?? RUN_DIR;
  return withStackLock(dir, async () => {
    const containers = options.forceLocal ? [] : await startInDocker(dir, missing, onProgress);
    const ports = { Kafka: options.kafkaPort ?? 9092, Redis: options.redisPort ?? 6379 };
    const start = async (name: ServerName) =>
      containers.find((server) => server.name === name) ?? ensureRunning(name, dir, ports[name], onProgress);
    return startMissing(given, missing, start);
  });
}

/** Before anything is started: an address that is wrong should not cost the start of the other server. */
async function useGiven({ kafkaBrokers, redisUrl }: GivenAddresses): Promise<StackServer[]> {
  const checks = [kafkaBrokers && useGivenKafka(kafkaBrokers), redisUrl && useGivenRedis(redisUrl)];
  return (await Promise.all(checks)).filter((server) => typeof server === 'object');
}

/** Starts those that do not run as our local processes already. */
async function startInDocker(
  dir: string,
  missing: readonly ServerName[],
  onProgress: OnProgress,
): Promise<StackServer[]> {
  const state = readState(dir);
  const needed = missing.filter((name) => !findOurs(state, name));
  const servers = needed.length > 0 ? await tryDocker(needed, onProgress) : undefined;
  if (servers) writeState(dir, { ...state, docker: true });
  return servers ?? [];
}

/**
 * Starts all that are missing at once. When one fails, the others are stopped again, so that nothing stays behind.
 * @throws what the failed start threw
 */
async function startMissing(
  given: readonly StackServer[],
  missing: readonly ServerName[],
  start: (name: ServerName) => Promise<StackServer>,
): Promise<Stack> {
  const results = await Promise.allSettled(missing.map(start));
  const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return toStack([...given, ...servers]);
  await stopStarted(servers);
  throw failed.reason;
}
