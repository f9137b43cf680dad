import { decodeRecords, openBatch } from '@tidemark/kafka-codec';
import type { BatchHeader, FetchedRecord, RecordCursor } from '@tidemark/kafka-codec';
import { TidemarkError } from '@tidemark/schemas';
import type { RecordBatch, TopicPartition } from '@tidemark/stream';

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

/** @param maxUnpackedBytes what one batch may take once unpacked */
export function createRecordBuffer(
  source: TopicPartition,
  startOffset: number,
  maxUnpackedBytes?: number,
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

  function fill(records: FetchedRecord[], maxRecords: number): void {
    try {
      while (advance() && records.length < maxRecords) decodeSome(maxRecords - records.length, records);
    } catch (error) {
      // What was decoded before is handed out first; the same bytes fail again at the next take.
      cursor = undefined;
      const last = records.at(-1);
      if (last === undefined) throw corrupt(source, position, segments[0]?.batches[0], error);
      position = Math.max(position, last.offset + 1);
    }
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
      fill(taken, maxRecords);
      return position > before ? { ...source, startOffset: before, nextOffset: position, records: taken } : undefined;
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
