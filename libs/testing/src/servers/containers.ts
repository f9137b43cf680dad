import {
  freePorts,
  kafkaAnswers,
  kafkaImage,
  kafkaImageEnvironment,
  type OnProgress,
  REDIS_IMAGE,
  REDIS_IMAGE_COMMAND,
  waitUntil,
} from '@tidemark/stack';
import type { StartedTestContainer } from 'testcontainers';

import type { TestServers } from './test-servers.ts';

const READY_DEADLINE_MS = 60_000;
const REDIS_PORT = 6379;

/**
 * Starts Kafka and Redis in containers, which testcontainers removes when this process ends.
 * @throws Error when an image cannot be had or a container does not come up; then none is left
 */
export async function startContainers(onProgress: OnProgress): Promise<TestServers> {
  onProgress('Docker: starting containers of Kafka and Redis…');
  const results = await Promise.allSettled([startKafkaContainer(), startRedisContainer()]);
  const [kafka, redis] = results;
  if (kafka.status === 'fulfilled' && redis.status === 'fulfilled') return toServers(kafka.value, redis.value);
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  await Promise.all(started.map((container) => container.stop()));
  throw results.find((result) => result.status === 'rejected')?.reason;
}

async function startKafkaContainer(): Promise<StartedTestContainer> {
  // The lib takes a while to load and is needed only where there is a Docker engine.
  const { GenericContainer } = await import('testcontainers');
  const [port] = (await freePorts(1)) as [number];
  const container = await new GenericContainer(kafkaImage())
    .withEnvironment(kafkaImageEnvironment(port))
    .withExposedPorts({ container: port, host: port })
    .start();
  const check = async () => ((await kafkaAnswers({ host: container.getHost(), port })) ? true : undefined);
  if (await waitUntil(check, { deadlineMs: READY_DEADLINE_MS })) return container;
  await container.stop();
  throw new Error(`the Kafka container does not answer within ${READY_DEADLINE_MS} ms`);
}

async function startRedisContainer(): Promise<StartedTestContainer> {
  const { GenericContainer } = await import('testcontainers');
  return new GenericContainer(REDIS_IMAGE)
    .withCommand([...REDIS_IMAGE_COMMAND])
    .withExposedPorts(REDIS_PORT)
    .start();
}

function toServers(kafka: StartedTestContainer, redis: StartedTestContainer): TestServers {
  return {
    kafkaBrokers: `${kafka.getHost()}:${kafka.getFirstMappedPort()}`,
    redisUrl: `redis://${redis.getHost()}:${redis.getMappedPort(REDIS_PORT)}`,
    stop: async () => void (await Promise.all([kafka.stop(), redis.stop()])),
  };
}
