import { stackUnavailable } from '../errors.ts';

/** The Kafka that is started, as Maven artifacts and as image; kept equal to docker-compose.yml by a test. */
export const KAFKA_VERSION = '4.2.2';

/** All that `npm run test:kafka-versions` tests with: the one that is started, and the last of the line before. */
export const TESTED_KAFKA_VERSIONS: readonly string[] = [KAFKA_VERSION, '3.9.1'];

/** Names another version, for tests. */
export const KAFKA_VERSION_VARIABLE = 'TIDEMARK_KAFKA_VERSION';

/**
 * The version to start: `TIDEMARK_KAFKA_VERSION`, else KAFKA_VERSION.
 * @throws TM_STACK_UNAVAILABLE when that is no version
 */
export function chosenKafkaVersion(chosen = process.env[KAFKA_VERSION_VARIABLE]): string {
  if (!chosen) return KAFKA_VERSION;
  if (/^\d+\.\d+\.\d+$/.test(chosen)) return chosen;
  throw stackUnavailable(`${KAFKA_VERSION_VARIABLE} is "${chosen}", which is no version of Kafka such as 3.9.1.`);
}

/** What Kafka 4 needs to run its server; Kafka 3.9 runs on it too. */
export const MIN_JAVA_VERSION = 17;

/** Binds slf4j, which Kafka logs through, to log4j2; Kafka's own distribution adds it in the same way. */
export const LOG4J_VERSION = '2.25.5';

/** Kafka's command line tools; their last release that Maven Central has. They run on the client of KAFKA_VERSION. */
export const KAFKA_TOOLS_VERSION = '4.2.1';
