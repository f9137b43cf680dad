/** The Kafka that is started, as Maven artifacts and as image; kept equal to docker-compose.yml by a test. */
export const KAFKA_VERSION = '4.2.2';

/** What Kafka 4 needs to run its server. */
export const MIN_JAVA_VERSION = 17;

/** Binds slf4j, which Kafka logs through, to log4j2; Kafka's own distribution adds it in the same way. */
export const LOG4J_VERSION = '2.25.5';

/** Kafka's command line tools; their last release that Maven Central has. They run on the client of KAFKA_VERSION. */
export const KAFKA_TOOLS_VERSION = '4.2.1';
