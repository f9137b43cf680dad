import { BatchFault, openBatch, passRecords } from '@tidemark/kafka-codec';
import type { BatchHeader, RecordCursor, RecordRun } from '@tidemark/kafka-codec';
import { TidemarkError } from '@tidemark/schemas';
import type {
  LogRecord,
  LogRecords,
  ReadOptions,
  RecordBatch,
  TopicPartition,
  UnreadableBytes,
} from '@tidemark/stream';

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

/** What one take gives: runs of records, of one batch after another. */
class TakenRecords implements LogRecords {
  readonly #runs: RecordRun[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(run: RecordRun): void {
    if (run.length === 0) return;
    this.#runs.push(run);
    this.#length += run.length;
  }

  /** No generator, as that of a run. */
  [Symbol.iterator](): Iterator<LogRecord, undefined> {
    const runs = this.#runs;
    let at = 0;
    let ofRun = runs[0]?.[Symbol.iterator]();
    const next = (): IteratorResult<LogRecord, undefined> => {
      while (ofRun !== undefined) {
        const result = ofRun.next();
        if (result.done !== true) return result;
        at += 1;
        ofRun = runs[at]?.[Symbol.iterator]();
      }
      return { done: true, value: undefined };
    };
    return { next };
  }
}

const NONE: LogRecords = Object.freeze([]);

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

  function passSome(limit: number, taken: TakenRecords): void {
    if (cursor === undefined) return;
    const { run, fault } = passRecords(cursor, position, limit);
    taken.add(run);
    if (run.length > 0) position = cursor.lastOffset + 1;
    if (fault !== undefined) throw fault;
    if (cursor.remaining === 0) finishBatch(cursor.batch);
  }

  /** @returns the bytes at which it had to stop, where they are to be handed out */
  function fill(taken: TakenRecords, maxRecords: number): UnreadableBytes | undefined {
    try {
      while (advance() && taken.length < maxRecords) passSome(maxRecords - taken.length, taken);
      return undefined;
    } catch (error) {
      cursor = undefined;
      // What comes before is handed out first; the same bytes fail again at the next take.
      return taken.length === 0 ? passOver(error) : undefined;
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
      const taken = new TakenRecords();
      const before = position;
      const passedOver = fill(taken, maxRecords);
      if (position === before) return undefined;
      const batch = {
        ...source,
        startOffset: before,
        nextOffset: position,
        records: taken.length === 0 ? NONE : taken,
      };
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
