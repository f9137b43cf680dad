import { kafkaSettings, toImageEnvironment } from '../kafka/settings.ts';
import { chosenKafkaVersion } from '../kafka/version.ts';

/** The images of docker-compose.yml and of tests that use containers. */
export const kafkaImage = (version = chosenKafkaVersion()) => `apache/kafka:${version}`;
export const REDIS_IMAGE = 'redis:7.4-alpine';

/** Redis' arguments in a container: an append-only file synced each second, and never evicting a key. */
export const REDIS_IMAGE_COMMAND = [
  'redis-server',
  '--appendonly',
  'yes',
  '--maxmemory-policy',
  'noeviction',
  '--protected-mode',
  'no',
] as const;

/**
 * The environment of Kafka's container. Its port inside and outside must be the same `port`: the broker finds itself,
 * too, by the address that it advertises.
 */
export function kafkaImageEnvironment(port = 9092, version = chosenKafkaVersion()): Record<string, string> {
  const [listener, advertised] = [`0.0.0.0:${port}`, `127.0.0.1:${port}`];
  const logDir = '/var/lib/kafka/data';
  return toImageEnvironment(kafkaSettings({ listener, advertised, controller: '127.0.0.1:9093', logDir }, version));
}
