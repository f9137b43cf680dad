import type { ProducerBatch, RecordMetadata } from 'kafkajs';
import type { OutputRecord, WrittenEnds } from '@tidemark/stream';
import { splitSends } from './split-sends.ts';
import { toTopicMessages } from './to-messages.ts';
import { createEndsTable } from './written-ends.ts';

/** KafkaJS' producer and its transactions alike. */
export interface BatchSender {
  sendBatch(batch: ProducerBatch): Promise<RecordMetadata[]>;
}

const ALL_REPLICAS = -1;

/**
 * Writes records, in as many sends as their size needs, one after another.
 * @throws TidemarkError (TM_RECORD_TOO_LARGE) before anything is sent; else what KafkaJS throws
 */
export async function sendRecords(
  sender: BatchSender,
  records: readonly OutputRecord[],
  maxBatchBytes: number,
): Promise<WrittenEnds> {
  const table = createEndsTable();
  const nowMs = Date.now();
  for (const sends of splitSends(records, maxBatchBytes)) {
    table.add(sends, await sender.sendBatch({ acks: ALL_REPLICAS, topicMessages: toTopicMessages(sends, nowMs) }));
  }
  return table.ends;
}
