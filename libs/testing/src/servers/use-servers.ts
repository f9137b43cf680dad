/** Where the servers of this test run are; set by whoever starts it, or by `jest-global-setup.ts`. */
export const KAFKA_VARIABLE = 'TIDEMARK_TEST_KAFKA';
export const REDIS_VARIABLE = 'TIDEMARK_TEST_REDIS';

export type ServerAddresses = {
  /** One or more `host:port`. */
  readonly kafkaBrokers: readonly string[];
  /** `redis://host:port` */
  readonly redisUrl: string;
};

/**
 * The real Kafka and Redis of this test run. All tests share them, so use names that no other test uses.
 * @throws Error when the project's jest.config.cjs does not name the global set-up
 */
export function useServers(): ServerAddresses {
  const [kafka, redis] = [process.env[KAFKA_VARIABLE], process.env[REDIS_VARIABLE]];
  if (kafka && redis) return { kafkaBrokers: kafka.split(','), redisUrl: redis };
  throw new Error(
    `${KAFKA_VARIABLE} and ${REDIS_VARIABLE} are not set: name libs/testing/src/servers/jest-global-setup.ts as ` +
      'globalSetup and jest-global-teardown.ts as globalTeardown in the jest.config.cjs of this project',
  );
}
