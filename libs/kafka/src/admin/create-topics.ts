import { setTimeout as pause } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { TidemarkError } from '@tidemark/schemas';
import type { TopicSpec } from '@tidemark/stream';

const CREATE_WITHIN_MS = 15_000;
const POLL_INTERVAL_MS = 20;

/** The number of partitions of each topic that there is. */
export type ReadCounts = () => Promise<ReadonlyMap<string, number>>;

/** Creates the topics that are missing, and waits until they can be used. */
export async function createMissing(admin: Admin, readCounts: ReadCounts, specs: readonly TopicSpec[]): Promise<void> {
  const missing = await missingOf(readCounts, specs);
  if (missing.length === 0) return;
  const topics = missing.map(({ topic, partitions, config }) => ({
    topic,
    numPartitions: partitions,
    configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
  }));
  // KafkaJS' own wait gives up at once while the broker has not heard of the topic yet. An answer of false means that
  // another process created the same topics at this moment, which is as good.
  await admin.createTopics({ topics, waitForLeaders: false, timeout: CREATE_WITHIN_MS });
  await untilKnown(readCounts, missing);
}

async function missingOf(readCounts: ReadCounts, specs: readonly TopicSpec[]): Promise<TopicSpec[]> {
  const existing = await readCounts();
  return specs.filter(({ topic }) => !existing.has(topic));
}

async function untilKnown(readCounts: ReadCounts, specs: readonly TopicSpec[]): Promise<void> {
  const endMs = Date.now() + CREATE_WITHIN_MS;
  for (let missing = specs; missing.length > 0;) {
    missing = await missingOf(readCounts, missing);
    if (missing.length > 0 && Date.now() > endMs) throw notThere(missing);
    if (missing.length > 0) await pause(POLL_INTERVAL_MS);
  }
}

function notThere(specs: readonly TopicSpec[]): TidemarkError {
  const names = specs.map(({ topic }) => topic).join(', ');
  const text = `${names} not there ${CREATE_WITHIN_MS} ms after their creation; look at the controller's log`;
  return new TidemarkError('TM_KAFKA_UNREACHABLE', text, { fields: { topics: names } });
}
