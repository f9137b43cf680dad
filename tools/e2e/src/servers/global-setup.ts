import { rmSync } from 'node:fs';
import { type KafkaServer, startKafka } from '@tidemark/stack';
import { LOG_DIR } from '../workers/worker-process.ts';

/** Where the broker of this test run is, for the tests, and how the teardown finds it. */
export const BROKER_VARIABLE = 'TIDEMARK_E2E_BROKER';
export type WithBroker = { tidemarkE2eBroker?: KafkaServer };

/**
 * Starts the broker of this test run. It belongs to these tests alone, also where a run of all projects shares one:
 * workers use the topics of the catalogue, and each test begins without any.
 */
export default async function setUp(): Promise<void> {
  rmSync(LOG_DIR, { recursive: true, force: true });
  const kafka = await startKafka({ onProgress: (text) => void process.stderr.write(`${text}\n`) });
  (globalThis as WithBroker).tidemarkE2eBroker = kafka;
  // Jest's workers are started later and inherit it.
  process.env[BROKER_VARIABLE] = kafka.address;
}
