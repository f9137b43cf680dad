import type { ProducerBatch, RecordMetadata } from 'kafkajs';
import type { OutputBuffer, OutputRecord, WrittenEnds } from '@tidemark/stream';
import { EncodedOutputs } from './encoded-outputs.ts';
import type { Encoding } from './encoded-outputs.ts';
import { toTopicMessages } from './to-messages.ts';
import { createEndsTable } from './written-ends.ts';

/** KafkaJS' producer and its transactions alike. */
export interface BatchSender {
  sendBatch(batch: ProducerBatch): Promise<RecordMetadata[]>;
}

const ALL_REPLICAS = -1;

/** What was given to a send, encoded: records at once, before any of them is sent. */
function encoded(given: readonly OutputRecord[] | OutputBuffer, encoding: Encoding): EncodedOutputs {
  if (given instanceof EncodedOutputs) return given;
  if (!Array.isArray(given)) throw new TypeError('this buffer was made by another adapter');
  const outputs = new EncodedOutputs(encoding);
  try {
    for (const record of given as readonly OutputRecord[]) outputs.add(record);
  } catch (error) {
    outputs.clear();
    throw error;
  }
  return outputs;
}

/**
 * Writes records, in as many sends as their size needs, one after another. A buffer is empty afterwards.
 * @throws TidemarkError (TM_RECORD_TOO_LARGE) before anything is sent; else what KafkaJS throws
 */
export async function sendRecords(
  sender: BatchSender,
  given: readonly OutputRecord[] | OutputBuffer,
  encoding: Encoding,
): Promise<WrittenEnds> {
  const table = createEndsTable();
  const outputs = encoded(given, encoding);
  try {
    for (const round of outputs.rounds) {
      table.add(round, await sender.sendBatch({ acks: ALL_REPLICAS, topicMessages: toTopicMessages(round) }));
    }
    return table.ends;
  } finally {
    // Each request has copied its bytes, and once a send has ended KafkaJS makes no further request of it.
    outputs.clear();
  }
}
