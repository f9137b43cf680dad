import type { LogEnds } from '@tidemark/stream';
import type { Cluster, PartitionOffset } from '../kafkajs/internal-types.ts';

type Offsets = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** First or next offsets by topic and partition, of the partitions in the cluster's metadata. */
async function offsets(cluster: Cluster, topics: readonly string[], fromBeginning: boolean): Promise<Offsets> {
  const wanted = topics.map((topic) => ({
    topic,
    fromBeginning,
    partitions: cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId })),
  }));
  const byPartition = ({ partition, offset }: PartitionOffset): [number, number] => [partition, Number(offset)];
  const answer = await cluster.fetchTopicsOffset(wanted);
  return new Map(answer.map(({ topic, partitions }) => [topic, new Map(partitions.map(byPartition))]));
}

/**
 * Log start and high watermark of every partition of these topics, index = partition. Not by KafkaJS' admin: it asks
 * read_committed, and calls the last stable offset the high watermark.
 * @param cluster one that asks read_uncommitted; only one call at a time, since it holds the metadata of one
 */
export async function readLogEnds(
  cluster: Cluster,
  topics: readonly string[],
): Promise<ReadonlyMap<string, readonly LogEnds[]>> {
  await cluster.connect();
  await cluster.brokerPool.refreshMetadata(topics); // a topic may have got more partitions since, or another leader
  const [starts, highs] = await Promise.all([offsets(cluster, topics, true), offsets(cluster, topics, false)]);
  return new Map(topics.map((topic) => [topic, endsOf(starts.get(topic), highs.get(topic))]));
}

function endsOf(starts: ReadonlyMap<number, number> = new Map(), highs: ReadonlyMap<number, number> = new Map()) {
  return [...highs.keys()]
    .sort((a, b) => a - b)
    .map((partition) => ({ logStart: starts.get(partition) ?? 0, highWatermark: highs.get(partition) ?? 0 }));
}
