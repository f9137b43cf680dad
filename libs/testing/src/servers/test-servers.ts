import { givenByEnvironment, hasDockerEngine, type OnProgress, startStack } from '@tidemark/stack';

import { startContainers } from './containers.ts';

/** A real Kafka and a real Redis for the time of a test run. */
export type TestServers = {
  /** `host:port`, or several of them separated by commas. */
  readonly kafkaBrokers: string;
  /** `redis://host:port` */
  readonly redisUrl: string;
  /** Ends what was started for this run; servers that were given stay. */
  stop(): Promise<void>;
};

/**
 * Servers from `KAFKA_BROKERS` and `REDIS_URL`, else containers when a Docker engine answers and has or gets the
 * images, else local processes. They end with this process at the latest.
 * @throws TM_STACK_UNAVAILABLE that says what to do
 */
export async function startTestServers(onProgress: OnProgress = () => {}): Promise<TestServers> {
  const { kafkaBrokers, redisUrl } = givenByEnvironment();
  const isGiven = Boolean(kafkaBrokers || redisUrl);
  const containers = !isGiven && (await hasDockerEngine()) ? await tryContainers(onProgress) : undefined;
  return containers ?? startStack({ mode: 'test', onProgress });
}

async function tryContainers(onProgress: OnProgress): Promise<TestServers | undefined> {
  try {
    return await startContainers(onProgress);
  } catch (error) {
    onProgress(`Docker: ${(error as Error).message}; using local processes`);
    return undefined;
  }
}
