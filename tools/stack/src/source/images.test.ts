import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { KAFKA_VERSION } from '../kafka/version.ts';
import { WORKSPACE_DIR } from '../paths.ts';
import { kafkaImage, kafkaImageEnvironment, REDIS_IMAGE, REDIS_IMAGE_COMMAND } from './images.ts';

const compose = readFileSync(join(WORKSPACE_DIR, 'docker-compose.yml'), 'utf8');

test('docker-compose.yml gives the broker exactly the settings that a local process gets', () => {
  const inFile = [...compose.matchAll(/^ {6}(KAFKA_\w+): '(.*)'$/gm)].map(([, name, value]) => [name, value]);
  const { KAFKA_HEAP_OPTS: heap, ...settings } = Object.fromEntries(inFile) as Record<string, string>;
  expect(settings).toEqual(kafkaImageEnvironment(9092, KAFKA_VERSION));
  expect(heap).toContain('-Xmx768m');
});

test('docker-compose.yml uses the same images and the same Redis options as tests in containers', () => {
  expect(compose).toContain(`image: ${kafkaImage(KAFKA_VERSION)}\n`);
  expect(compose).toContain(`image: ${REDIS_IMAGE}\n`);
  expect(compose).toContain(`command: [${REDIS_IMAGE_COMMAND.map((word) => `'${word}'`).join(', ')}]`);
});

test('docker-compose.yml publishes ports on loopback only', () => {
  const ports = [...compose.matchAll(/^ {6}- '(.*:\d+:\d+)'$/gm)].map(([, port]) => port);
  expect(ports).toEqual(['127.0.0.1:9092:9092', '127.0.0.1:6379:6379']);
});
