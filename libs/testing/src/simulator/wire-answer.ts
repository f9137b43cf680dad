import { BatchBuilder, crc32C, NO_PRODUCER } from '@tidemark/kafka-codec';
import type { MemoryLog, PartitionEnds, RawRecords, RecordBatch } from '@tidemark/stream';
import type { WireAnswer } from './wire-reader.ts';

/** Where the fields of a batch stand ("Record Batch" in the Kafka protocol guide). */
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const CONTROL_FLAG = 0x20;

/** Most of what is stored is read more than once. */
const encodedEntries = new WeakMap<RawRecords['entries'][number], Buffer>();

/** Used again for each batch. */
const builder = new BatchBuilder();

/** What a broker answers to a fetch of all that lies between the two ends of a batch: nothing of it is filtered. */
export function wireAnswer(
  log: MemoryLog,
  { logStart, lastStable, highWatermark }: PartitionEnds,
  { topic, partition, startOffset, nextOffset }: RecordBatch,
): WireAnswer {
  const { entries, aborted } = log.raw(topic, partition, startOffset, nextOffset);
  const batches = entries.map(encoded);
  const endOffset = (entries.at(-1)?.offset ?? startOffset - 1) + 1;
  // A broker keeps a batch for what compaction has taken away at the end, so that readers get past it.
  if (endOffset < nextOffset) batches.push(emptyBatch(endOffset, nextOffset - 1));
  const abortedTransactions = aborted.map(({ producerId, firstOffset }) => {
    return { producerId: String(producerId), firstOffset: String(firstOffset) };
  });
  const ends = { logStart, lastStable, highWatermark };
  return { topic, partition, errorCode: 0, ...ends, abortedTransactions, recordSet: Buffer.concat(batches) };
}

function encoded(entry: RawRecords['entries'][number]): Buffer {
  const known = encodedEntries.get(entry);
  if (known !== undefined) return known;
  const batch = encodeEntry(entry);
  encodedEntries.set(entry, batch);
  return batch;
}

/** One record, or the marker that ends a transaction, as a batch of its own. */
function encodeEntry({ offset, record, transaction }: RawRecords['entries'][number]): Buffer {
  builder.reset();
  if (record === undefined) builder.append(markerKey(transaction?.status === 'committed'), Buffer.alloc(6), {}, 0);
  else builder.append(record.key, record.value, record.headers, record.timestampMs);
  const producer = transaction && { ...NO_PRODUCER, producerId: transaction.producerId, isTransactional: true };
  const batch = Buffer.from(builder.finish(producer ?? NO_PRODUCER));
  if (record === undefined) batch.writeInt16BE(batch.readInt16BE(ATTRIBUTES_AT) | CONTROL_FLAG, ATTRIBUTES_AT);
  return sealed(batch, offset);
}

/** Version and type, 16 bits each. */
function markerKey(isCommit: boolean): Buffer {
  return Buffer.from([0, 0, 0, isCommit ? 1 : 0]);
}

function emptyBatch(firstOffset: number, lastOffset: number): Buffer {
  builder.reset();
  const batch = Buffer.from(builder.finish(NO_PRODUCER));
  batch.writeInt32BE(lastOffset - firstOffset, LAST_OFFSET_DELTA_AT);
  return sealed(batch, firstOffset);
}

function sealed(batch: Buffer, offset: number): Buffer {
  batch.writeBigInt64BE(BigInt(offset), 0);
  batch.writeUInt32BE(crc32C(batch.subarray(ATTRIBUTES_AT)), CRC_AT);
  return batch;
}
