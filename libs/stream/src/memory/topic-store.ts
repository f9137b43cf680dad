import { TidemarkError } from '@tidemark/schemas';
import type { Clock } from '../ports/clock.ts';
import type { TopicSpec } from '../ports/log.ts';
import { createPartitionLog, notify } from './partition-log.ts';
import type { PartitionLog } from './partition-log.ts';

export interface MemoryTopic {
  /** Another one each time that the topic is created. */
  readonly id: string;
  config: Readonly<Record<string, string>>;
  readonly partitions: PartitionLog[];
}

/** What all ports of one in-memory cluster share. */
export interface TopicStore {
  readonly clock: Clock;
  readonly topics: Map<string, MemoryTopic>;
  /** How many topics were created so far. */
  created: number;
}

/** Creates the topic unless there is one of that name. */
export function createTopic(store: TopicStore, { topic, partitions, config }: TopicSpec): void {
  if (store.topics.has(topic)) return;
  const id = `topic-${(store.created += 1)}`;
  store.topics.set(topic, { id, config, partitions: createPartitions(topic, 0, partitions) });
}

/** Raises the number of partitions. */
export function addPartitions(store: TopicStore, topic: string, partitions: number): void {
  const existing = requireTopic(store, topic).partitions;
  existing.push(...createPartitions(topic, existing.length, partitions));
}

/** Deletes the topic; whoever reads it fails with TM_TOPIC_GONE. */
export function deleteTopic(store: TopicStore, topic: string): void {
  for (const log of requireTopic(store, topic).partitions) {
    log.deleted = true;
    notify(log);
  }
  store.topics.delete(topic);
}

/** @throws TidemarkError (TM_TOPIC_GONE) */
export function requireTopic(store: TopicStore, topic: string): MemoryTopic {
  const found = store.topics.get(topic);
  if (!found) throw new TidemarkError('TM_TOPIC_GONE', `topic ${topic}: create it first`, { fields: { topic } });
  return found;
}

export function findPartition(store: TopicStore, topic: string, partition: number): PartitionLog | undefined {
  return store.topics.get(topic)?.partitions[partition];
}

/** @throws TidemarkError (TM_TOPIC_GONE) */
export function requirePartition(store: TopicStore, topic: string, partition: number): PartitionLog {
  return findPartition(store, topic, partition) ?? throwPartitionGone(topic, partition);
}

export function throwPartitionGone(topic: string, partition: number): never {
  throw new TidemarkError('TM_TOPIC_GONE', `${topic}[${partition}]: create the topic with enough partitions`, {
    fields: { topic, partition },
  });
}

function createPartitions(topic: string, from: number, to: number): PartitionLog[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => createPartitionLog(topic, from + i));
}
