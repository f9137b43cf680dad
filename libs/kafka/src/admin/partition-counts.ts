import type { Cluster } from '../kafkajs/internal-types.ts';
import { untilLed } from './until-led.ts';

/** The number of partitions of each topic that there is. By one request, where KafkaJS' admin makes two each time. */
export function readPartitionCounts(cluster: Cluster): Promise<ReadonlyMap<string, number>> {
  return untilLed(async () => {
    await cluster.connect();
    const broker = await cluster.brokerPool.findConnectedBroker();
    const { topicMetadata } = await broker.metadata([]); // of all
    return new Map(topicMetadata.map(({ topic, partitionMetadata }) => [topic, partitionMetadata.length]));
  });
}
