import { setTimeout as pause } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { TidemarkError } from '@tidemark/schemas';
import type { TopicSpec } from '@tidemark/stream';

const CREATE_WITHIN_MS = 15_000;
const POLL_INTERVAL_MS = 20;

export async function allPartitionCounts(admin: Admin): Promise<Map<string, number>> {
  const { topics } = await admin.fetchTopicMetadata();
  return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
}

/** Creates the topics that are missing, and waits until they can be used. */
export async function createMissing(admin: Admin, specs: readonly TopicSpec[]): Promise<void> {
  const missing = await missingOf(admin, specs);
  if (missing.length === 0) return;
  const topics = missing.map(({ topic, partitions, config }) => ({
    topic,
    numPartitions: partitions,
    configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
  }));
  // KafkaJS' own wait gives up at once while the broker has not heard of the topic yet. An answer of false means that
  // another process created the same topics at this moment, which is as good.
  await admin.createTopics({ topics, waitForLeaders: false, timeout: CREATE_WITHIN_MS });
  await untilKnown(admin, missing);
}

async function missingOf(admin: Admin, specs: readonly TopicSpec[]): Promise<TopicSpec[]> {
  const existing = await allPartitionCounts(admin);
  return specs.filter(({ topic }) => !existing.has(topic));
}

async function untilKnown(admin: Admin, specs: readonly TopicSpec[]): Promise<void> {
  const endMs = Date.now() + CREATE_WITHIN_MS;
  for (let missing = specs; missing.length > 0;) {
    missing = await missingOf(admin, missing);
    if (missing.length > 0 && Date.now() > endMs) throw notThere(missing);
    if (missing.length > 0) await pause(POLL_INTERVAL_MS);
  }
}

function notThere(specs: readonly TopicSpec[]): TidemarkError {
  const names = specs.map(({ topic }) => topic).join(', ');
  const text = `${names} not there ${CREATE_WITHIN_MS} ms after their creation; look at the controller's log`;
  return new TidemarkError('TM_KAFKA_UNREACHABLE', text, { fields: { topics: names } });
}
