import { BatchFault, decodeRecords, openBatch } from '@tidemark/kafka-codec';
import type { BatchHeader, FetchedRecord, RecordCursor } from '@tidemark/kafka-codec';
import { TidemarkError } from '@tidemark/schemas';
import type { ReadOptions, RecordBatch, TopicPartition, UnreadableBytes } from '@tidemark/stream';

/** What one fetch brought for a partition: the batches to hand out, and where the following fetch starts. */
export interface Segment {
  readonly batches: readonly BatchHeader[];
  readonly nextOffset: number;
}

/**
 * What was fetched of a partition and not yet taken. Kept as the bytes that came and decoded when taken: a record as
 * an object needs several times the memory of its bytes.
 */
export interface RecordBuffer {
  readonly position: number;
  readonly sizeBytes: number;
  append(segment: Segment): void;
  /** @throws TidemarkError (TM_CORRUPT_BATCH) at the position where decoding fails */
  take(maxRecords: number): RecordBatch | undefined;
}

export interface RecordBufferOptions extends ReadOptions {
  /** What one batch may take once unpacked. */
  readonly maxUnpackedBytes?: number;
}

export function createRecordBuffer(
  source: TopicPartition,
  startOffset: number,
  { maxUnpackedBytes, unreadable = 'fail' }: RecordBufferOptions = {},
): RecordBuffer {
  let position = startOffset;
  let sizeBytes = 0;
  let cursor: RecordCursor | undefined;
  const segments: { batches: BatchHeader[]; nextOffset: number }[] = [];

  /** Moves past what is used up, opens the next batch; false when nothing is left. */
  function advance(): boolean {
    while (cursor === undefined) {
      const segment = segments[0];
      if (segment === undefined) return false;
      const batch = segment.batches[0];
      if (batch === undefined) {
        position = segment.nextOffset;
        segments.shift();
      } else {
        cursor = openBatch(batch, source, maxUnpackedBytes);
      }
    }
    return true;
  }

  function finishBatch(batch: BatchHeader): void {
    position = Math.max(position, batch.lastOffset + 1);
    sizeBytes -= batch.bytes.length;
    segments[0]?.batches.shift();
    cursor = undefined;
  }

  function decodeSome(limit: number, records: FetchedRecord[]): void {
    if (cursor === undefined) return;
    decodeRecords(cursor, position, limit, records);
    if (cursor.remaining === 0) return finishBatch(cursor.batch);
    const last = records.at(-1);
    if (last !== undefined) position = last.offset + 1;
  }

  /** @returns the bytes at which it had to stop, where they are to be handed out */
  function fill(records: FetchedRecord[], maxRecords: number): UnreadableBytes | undefined {
    try {
      while (advance() && records.length < maxRecords) decodeSome(maxRecords - records.length, records);
      return undefined;
    } catch (error) {
      cursor = undefined;
      const last = records.at(-1);
      if (last === undefined) return passOver(error);
      // What was decoded before is handed out first; the same bytes fail again at the next take.
      position = Math.max(position, last.offset + 1);
      return undefined;
    }
  }

  /** @throws TidemarkError (TM_CORRUPT_BATCH) where it is not certain what would be passed over, or nobody asked for it */
  function passOver(error: unknown): UnreadableBytes {
    const batch = segments[0]?.batches[0];
    const isCertain = error instanceof BatchFault && error.isWhole && batch !== undefined;
    if (unreadable === 'fail' || !isCertain) throw corrupt(source, position, batch, error);
    finishBatch(batch);
    const { bytes, baseTimestampMs, appendTimestampMs } = batch;
    return { message: error.message, bytes, timestampMs: appendTimestampMs ?? baseTimestampMs };
  }

  return {
    get position() {
      return position;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    append(segment) {
      segments.push({ batches: [...segment.batches], nextOffset: segment.nextOffset });
      for (const batch of segment.batches) sizeBytes += batch.bytes.length;
    },
    take(maxRecords) {
      const taken: FetchedRecord[] = [];
      const before = position;
      const passedOver = fill(taken, maxRecords);
      if (position === before) return undefined;
      const batch = { ...source, startOffset: before, nextOffset: position, records: taken };
      return passedOver === undefined ? batch : { ...batch, unreadable: passedOver };
    },
  };
}

/** Its fields say where the records behind the batch begin, as far as its header can be believed. */
function corrupt(
  { topic, partition }: TopicPartition,
  offset: number,
  batch: BatchHeader | undefined,
  cause: unknown,
): TidemarkError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const nextOffset = batch === undefined ? undefined : batch.lastOffset + 1;
  return new TidemarkError(
    'TM_CORRUPT_BATCH',
    `${topic}-${partition} at offset ${offset}: ${reason}; look at it with kafka-dump-log on the broker, then move the ` +
      `position past it${nextOffset === undefined ? '' : `, to ${nextOffset}`}`,
    { cause, fields: { topic, partition, offset, nextOffset } },
  );
}
