import { type RedisServer, startRedis } from '@tidemark/stack';
import { deleteTopics } from '../kafka/manage-topics.ts';
import { listTopics } from '../kcat/topics.ts';
import { createPipeline, type Pipeline } from '../workers/pipeline.ts';
import { BROKER_VARIABLE } from './global-setup.ts';

/** What a test has: a broker without topics, an empty Redis, and workers that end with the test. */
export interface TestStack {
  /** `host:port` */
  readonly broker: string;
  readonly redis: RedisServer;
  /** Workers that emit with each commit, unless `env` says otherwise. */
  pipeline(env?: Readonly<Record<string, string>>): Pipeline;
}

/**
 * Emission with each commit. Nothing is idle: where partitions are fed one after another, what is late would otherwise
 * depend on how busy the machine is.
 */
const DEFAULT_ENV = { TRIGGER: '0', IDLE_TIMEOUT: '30m' };

/** To be called once at the top of a test file. */
export function useStack(): TestStack {
  const broker = brokerAddress();
  const pipelines: Pipeline[] = [];
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    await deleteTopics(broker, [...(await listTopics(broker)).keys()]);
    await redis.restart('empty');
  });
  afterEach(async () => {
    await Promise.all(pipelines.splice(0).map((pipeline) => pipeline.stop()));
  });
  afterAll(() => redis.stop());
  return {
    broker,
    get redis() {
      return redis;
    },
    pipeline(env = {}) {
      const pipeline = createPipeline({ KAFKA_BROKERS: broker, REDIS_URL: redis.url, ...DEFAULT_ENV, ...env });
      pipelines.push(pipeline);
      return pipeline;
    },
  };
}

function brokerAddress(): string {
  const broker = process.env[BROKER_VARIABLE];
  if (broker === undefined) throw new Error(`${BROKER_VARIABLE} is not set: run jest with the config of this project`);
  return broker;
}
