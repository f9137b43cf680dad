import { kafkaSettings, toImageEnvironment } from '../kafka/settings.ts';
import { KAFKA_VERSION } from '../kafka/version.ts';

/** The images of docker-compose.yml and of tests that use containers. */
export const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`;
export const REDIS_IMAGE = 'redis:7.4-alpine';

/** Redis' arguments in a container: an append-only file synced each second, and never evicting a key. */
export const REDIS_IMAGE_COMMAND = ['redis-server', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'] as const;

/** The environment of Kafka's container; clients reach it from outside as `advertised`, mapped to its port 9092. */
export function kafkaImageEnvironment(advertised: string): Record<string, string> {
  const place = { listener: '0.0.0.0:9092', advertised, controller: '127.0.0.1:9093', logDir: '/var/lib/kafka/data' };
  return toImageEnvironment(kafkaSettings(place));
}
