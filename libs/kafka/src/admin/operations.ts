import { setTimeout as pause } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { ClusterOperations } from '@tidemark/stream';
import { TidemarkError } from '@tidemark/schemas';
import { createClient, createCluster, READ_UNCOMMITTED } from '../client/connect.ts';
import type { ClientSettings } from '../client/options.ts';
import { protocolErrorType } from '../client/protocol-error.ts';
import type { ReadCounts } from './create-topics.ts';
import { createLazyConnection } from './lazy-connection.ts';
import { readPartitionCounts } from './partition-counts.ts';
import { toAdminError } from './topic-admin.ts';

const SETTLE_WITHIN_MS = 30_000;
const POLL_INTERVAL_MS = 50;

/** Connects with the first call. Errors: TM_TOPIC_GONE for a topic that does not exist, else TM_KAFKA_UNREACHABLE. */
export function createOperations(settings: ClientSettings): ClusterOperations {
  const forGroups = createClient(settings);
  const forTopics = createCluster(settings, READ_UNCOMMITTED);
  const connection = createLazyConnection(forGroups.client.admin(), forGroups.shut);
  const cluster = createLazyConnection(forTopics.client, forTopics.shut);
  const readCounts = async () => readPartitionCounts(await cluster.get());
  const ask = async <T>(what: string, run: (admin: Admin) => Promise<T>): Promise<T> => {
    try {
      return await run(await connection.get());
    } catch (error) {
      throw toAdminError(error, what);
    }
  };
  return {
    deleteTopics: (topics) => ask('deletion of topics', (admin) => deleteTopics(admin, readCounts, topics)),
    addPartitions: (topic, count) =>
      ask(`partitions of ${topic}`, (admin) => addPartitions(admin, readCounts, topic, count)),
    memberCount: (groupId) => ask(`group ${groupId}`, (admin) => memberCount(admin, groupId)),
    deleteGroup: (groupId) => ask(`group ${groupId}`, (admin) => deleteGroup(admin, groupId)),
    async close() {
      await Promise.all([connection.close(), cluster.close()]);
    },
  };
}

async function deleteTopics(admin: Admin, readCounts: ReadCounts, topics: readonly string[]): Promise<void> {
  const before = await readCounts();
  const existing = topics.filter((topic) => before.has(topic));
  if (existing.length === 0) return;
  await admin.deleteTopics({ topics: existing, timeout: SETTLE_WITHIN_MS });
  await untilKnown(readCounts, 'deletion', (counts) => existing.every((topic) => !counts.has(topic)));
}

async function addPartitions(admin: Admin, readCounts: ReadCounts, topic: string, count: number): Promise<void> {
  // The broker refuses a count that the topic has already.
  if (((await readCounts()).get(topic) ?? 0) >= count) return;
  await admin.createPartitions({ topicPartitions: [{ topic, count }], timeout: SETTLE_WITHIN_MS });
  await untilKnown(readCounts, `partitions of ${topic}`, (counts) => counts.get(topic) === count);
}

/** The controller answers before all brokers have heard of it. */
async function untilKnown(
  readCounts: ReadCounts,
  what: string,
  holds: (counts: ReadonlyMap<string, number>) => boolean,
) {
  for (const endMs = Date.now() + SETTLE_WITHIN_MS; !holds(await readCounts()); await pause(POLL_INTERVAL_MS)) {
    if (Date.now() > endMs) throw new TidemarkError('TM_KAFKA_UNREACHABLE', `${what}: not done after ${SETTLE_WITHIN_MS} ms; try again`); // prettier-ignore
  }
}

async function memberCount(admin: Admin, groupId: string): Promise<number> {
  try {
    const { groups } = await admin.describeGroups([groupId]);
    return groups[0]?.members.length ?? 0;
  } catch (error) {
    if (isUnknownGroup(error)) return 0;
    throw error;
  }
}

async function deleteGroup(admin: Admin, groupId: string): Promise<void> {
  const { groups } = await admin.listGroups();
  if (!groups.some((group) => group.groupId === groupId)) return;
  await admin.deleteGroups([groupId]);
}

/** Newer brokers say so of a group that was never there; older ones describe it as dead. */
function isUnknownGroup(error: unknown): boolean {
  return protocolErrorType(error) === 'GROUP_ID_NOT_FOUND' || (error as { code?: number }).code === 69;
}
