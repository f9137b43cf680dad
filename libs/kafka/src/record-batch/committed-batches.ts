import type { AbortedTransaction, FilterableMessage } from '../kafkajs/internal-types.ts';
import { filterAbortedMessages } from '../kafkajs/internals.ts';
import { HEADER_BYTES } from './batch-header.ts';
import type { BatchHeader } from './batch-header.ts';
import { readBytes, readVarint, readVarlong } from './byte-cursor.ts';

interface FilterableBatch extends FilterableMessage {
  readonly batch: BatchHeader;
}

/** Key of a control batch's one record: it tells an abort marker from a commit marker. Compaction may take it away. */
function controlKey(batch: BatchHeader): Buffer | null {
  if (batch.recordCount === 0) return null;
  const cursor = { bytes: batch.bytes, at: HEADER_BYTES };
  readVarint(cursor); // length
  cursor.at += 1; // attributes
  readVarlong(cursor); // timestamp delta
  readVarint(cursor); // offset delta
  return readBytes(cursor);
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
