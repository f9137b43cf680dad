import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KAFKA_VERSION_VARIABLE, TESTED_KAFKA_VERSIONS } from '@tidemark/stack';
import { runCommand } from './run-command.ts';

// What `npm run test:kafka-versions` runs: the tests of libs/kafka, on a broker of each version. Arguments go to jest.

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Servers of somebody's own, whose version is what it is. */
const NONE_GIVEN = { KAFKA_BROKERS: '', TIDEMARK_TEST_KAFKA: '', TIDEMARK_TEST_REDIS: '' };

function testWith(version: string, signal: AbortSignal): Promise<boolean> {
  const jest = join(ROOT, 'node_modules', '.bin', 'jest');
  const args = ['--config', join(ROOT, 'libs/kafka/jest.config.cjs'), ...process.argv.slice(2)];
  const environment = { ...NONE_GIVEN, [KAFKA_VERSION_VARIABLE]: version };
  return runCommand({ name: version, file: jest, args }, { cwd: ROOT, environment, signal });
}

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
const failed: string[] = [];
for (const version of TESTED_KAFKA_VERSIONS) {
  process.stderr.write(`\n== Kafka ${version}\n`);
  if (!(await testWith(version, controller.signal))) failed.push(version);
}
process.stdout.write(failed.length === 0 ? 'all versions passed\n' : `failed: Kafka ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
