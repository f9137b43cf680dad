import { setTimeout as pause } from 'node:timers/promises';
import { protocolErrorType } from '../client/protocol-error.ts';
import type { Cluster, PartitionOffset } from '../kafkajs/internal-types.ts';

async function offsets(cluster: Cluster, topic: string, fromBeginning: boolean): Promise<Map<number, number>> {
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }));
  const [answer] = await cluster.fetchTopicsOffset([{ topic, fromBeginning, partitions }]);
  const found: readonly PartitionOffset[] = answer?.partitions ?? [];
  return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
}

/** A broker that is about to lead a partition (right after its creation, or a restart) says so for a moment. */
const PASSING = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'REPLICA_NOT_AVAILABLE']);
const TRY_FOR_MS = 10_000;
const TRY_AGAIN_MS = 50;

async function untilLed<T>(ask: () => Promise<T>): Promise<T> {
  for (const endMs = Date.now() + TRY_FOR_MS; ;) {
    try {
      return await ask();
    } catch (error) {
      if (!PASSING.has(protocolErrorType(error) ?? '') || Date.now() > endMs) throw error;
    }
    await pause(TRY_AGAIN_MS);
  }
}

/**
 * Log start and high watermark of every partition, index = partition. Not by KafkaJS' admin: it asks read_committed,
 * and calls the last stable offset the high watermark.
 * @param cluster one that asks read_uncommitted
 */
export function readLogEnds(cluster: Cluster, topic: string): Promise<{ logStart: number; highWatermark: number }[]> {
  return untilLed(async () => {
    await cluster.addTargetTopic(topic);
    await cluster.refreshMetadata(); // a topic may have got more partitions since, or another leader
    const starts = await offsets(cluster, topic, true);
    const highs = await offsets(cluster, topic, false);
    return [...highs.keys()]
      .sort((a, b) => a - b)
      .map((partition) => ({ logStart: starts.get(partition) ?? 0, highWatermark: highs.get(partition) ?? 0 }));
  });
}
