import { TidemarkError } from '@tidemark/schemas';
import type { OutputRecord } from '@tidemark/stream';
import { BATCH_OVERHEAD_BYTES, recordSizeBytes } from './record-size.ts';

/** The records of one topic in one send: at most one batch per partition, in the order given. */
export interface TopicSend {
  readonly topic: string;
  readonly records: readonly OutputRecord[];
}

interface Chunking {
  /** Which send the partition's next record goes into. */
  round: number;
  sizeBytes: number;
}

/**
 * A topic may allow more than a batch of ours (`late-events` and `dead-letters` do: an original plus headers must fit): a
 * record that is larger goes alone, and its topic's own limit decides. This factor only bounds what we try.
 */
const LARGEST_RECORD_IN_BATCHES = 2;

function refuseTooLarge({ topic, partition }: OutputRecord, sizeBytes: number, maxBatchBytes: number): void {
  if (sizeBytes + BATCH_OVERHEAD_BYTES <= LARGEST_RECORD_IN_BATCHES * maxBatchBytes) return;
  throw new TidemarkError(
    'TM_RECORD_TOO_LARGE',
    `a record of about ${sizeBytes} bytes for ${topic}-${partition} is above the limit of ${LARGEST_RECORD_IN_BATCHES * maxBatchBytes} bytes; ` +
      "make it smaller, or raise the topic's max.message.bytes and this client's maxBatchBytes",
    { fields: { topic, partition, sizeBytes, maxBatchBytes } },
  );
}

/**
 * Shares out records over sends: KafkaJS makes one batch per partition and send, and the broker's limit counts for the
 * whole batch. Several partitions share a send; a partition's records keep their order over the sends.
 * @throws TidemarkError (TM_RECORD_TOO_LARGE)
 */
export function splitSends(records: readonly OutputRecord[], maxBatchBytes: number): TopicSend[][] {
  const chunkings = new Map<string, Chunking>();
  const rounds: Map<string, OutputRecord[]>[] = [];
  for (const record of records) {
    const sizeBytes = recordSizeBytes(record);
    refuseTooLarge(record, sizeBytes, maxBatchBytes);
    const round = nextRound(chunkings, `${record.topic}-${record.partition}`, sizeBytes, maxBatchBytes);
    const topics = (rounds[round] ??= new Map<string, OutputRecord[]>());
    const sameTopic = topics.get(record.topic);
    if (sameTopic === undefined) topics.set(record.topic, [record]);
    else sameTopic.push(record);
  }
  return rounds.map((topics) => [...topics].map(([topic, ofTopic]) => ({ topic, records: ofTopic })));
}

function nextRound(chunkings: Map<string, Chunking>, key: string, sizeBytes: number, maxBatchBytes: number): number {
  let chunking = chunkings.get(key);
  if (chunking === undefined) {
    chunking = { round: 0, sizeBytes: BATCH_OVERHEAD_BYTES };
    chunkings.set(key, chunking);
  }
  const isEmpty = chunking.sizeBytes === BATCH_OVERHEAD_BYTES;
  if (!isEmpty && chunking.sizeBytes + sizeBytes > maxBatchBytes) {
    chunking.round += 1;
    chunking.sizeBytes = BATCH_OVERHEAD_BYTES;
  }
  chunking.sizeBytes += sizeBytes;
  return chunking.round;
}
