import type { Cluster, PartitionOffset } from '../kafkajs/internal-types.ts';

async function offsets(cluster: Cluster, topic: string, fromBeginning: boolean): Promise<Map<number, number>> {
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }));
  const [answer] = await cluster.fetchTopicsOffset([{ topic, fromBeginning, partitions }]);
  const found: readonly PartitionOffset[] = answer?.partitions ?? [];
  return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
}

/**
 * Log start and high watermark of every partition, index = partition. Not by KafkaJS' admin: it asks read_committed,
 * and calls the last stable offset the high watermark.
 * @param cluster one that asks read_uncommitted
 */
export async function readLogEnds(
  cluster: Cluster,
  topic: string,
): Promise<{ logStart: number; highWatermark: number }[]> {
  await cluster.addTargetTopic(topic);
  await cluster.refreshMetadata(); // a topic may have got more partitions since
  const starts = await offsets(cluster, topic, true);
  const highs = await offsets(cluster, topic, false);
  return [...highs.keys()]
    .sort((a, b) => a - b)
    .map((partition) => ({ logStart: starts.get(partition) ?? 0, highWatermark: highs.get(partition) ?? 0 }));
}
