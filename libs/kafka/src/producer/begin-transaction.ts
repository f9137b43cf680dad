import type { Producer, Transaction } from 'kafkajs';
import type { TopicPartition } from '@tidemark/stream';

/** What the patched KafkaJS takes beyond its types: partitions that join the transaction with those of its first send. */
interface AnnouncingProducer {
  transaction(options: {
    readonly partitions: readonly { topic: string; partitions: readonly { partition: number }[] }[];
  }): Promise<Transaction>;
}

/** Begins a transaction that is going to write to the announced partitions too. */
export function beginTransaction(producer: Producer, announced: readonly TopicPartition[]): Promise<Transaction> {
  const partitions = announced.map(({ topic, partition }) => ({ topic, partitions: [{ partition }] }));
  return (producer as AnnouncingProducer).transaction({ partitions });
}
