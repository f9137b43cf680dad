import { controlKey } from '@tidemark/kafka-codec';
import type { BatchHeader } from '@tidemark/kafka-codec';
import type { AbortedTransaction, FilterableMessage } from '../kafkajs/internal-types.ts';
import { filterAbortedMessages } from '../kafkajs/internals.ts';

interface FilterableBatch extends FilterableMessage {
  readonly batch: BatchHeader;
}

/**
 * A whole batch belongs to one producer and to one transaction or none, so that the filter can look at batches instead
 * of records. By its last offset, as Kafka's own consumer does.
 */
function asMessage(batch: BatchHeader): FilterableBatch {
  return {
    batch,
    offset: String(batch.lastOffset),
    key: batch.isControl ? controlKey(batch) : null,
    batchContext: {
      producerId: String(batch.producerId),
      inTransaction: batch.isTransactional,
      isControlBatch: batch.isControl,
    },
  };
}

/** The batches that a read_committed reader hands out: neither aborted nor control batches. */
export function committedBatches(
  batches: readonly BatchHeader[],
  abortedTransactions: readonly AbortedTransaction[],
): BatchHeader[] {
  const kept =
    abortedTransactions.length === 0
      ? batches
      : filterAbortedMessages({ messages: batches.map(asMessage), abortedTransactions }).map(({ batch }) => batch);
  return kept.filter((batch) => !batch.isControl);
}
