import { BatchFault } from '../batch-fault.ts';
import {
  ATTRIBUTES_AT,
  BASE_OFFSET_AT,
  BASE_TIMESTAMP_AT,
  COMPRESSION_MASK,
  CONTROL_FLAG,
  CRC_AT,
  HEADER_BYTES,
  LAST_OFFSET_DELTA_AT,
  LENGTH_AT,
  LOG_APPEND_TIME_FLAG,
  MAGIC,
  MAGIC_AT,
  MAX_TIMESTAMP_AT,
  PREFIX_BYTES,
  PRODUCER_ID_AT,
  RECORD_COUNT_AT,
  TRANSACTIONAL_FLAG,
} from './batch-layout.ts';
import { readInt64 } from './int64.ts';

/** One record batch: what its header says, and its bytes (a view of the fetch buffer). */
export interface BatchHeader {
  readonly bytes: Buffer;
  readonly crc: number;
  readonly baseOffset: number;
  /** Also right where compaction took the last records away. */
  readonly lastOffset: number;
  /** Codec number: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd; 5 to 7 are not assigned. */
  readonly compression: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly baseTimestampMs: number;
  /** Set where the broker stamps records itself: then it counts for every record of the batch. */
  readonly appendTimestampMs: number | undefined;
  readonly producerId: number;
  readonly recordCount: number;
}

function readHeader(bytes: Buffer): BatchHeader {
  const attributes = bytes.readInt16BE(ATTRIBUTES_AT);
  const baseOffset = readInt64(bytes, BASE_OFFSET_AT);
  return {
    bytes,
    crc: bytes.readUInt32BE(CRC_AT),
    baseOffset,
    lastOffset: baseOffset + bytes.readInt32BE(LAST_OFFSET_DELTA_AT),
    compression: attributes & COMPRESSION_MASK,
    isTransactional: (attributes & TRANSACTIONAL_FLAG) !== 0,
    isControl: (attributes & CONTROL_FLAG) !== 0,
    baseTimestampMs: readInt64(bytes, BASE_TIMESTAMP_AT),
    appendTimestampMs: (attributes & LOG_APPEND_TIME_FLAG) !== 0 ? readInt64(bytes, MAX_TIMESTAMP_AT) : undefined,
    producerId: readInt64(bytes, PRODUCER_ID_AT),
    recordCount: bytes.readInt32BE(RECORD_COUNT_AT),
  };
}

/** The end of the batch at `at`. */
function batchEnd(recordSet: Buffer, at: number): number {
  const offset = readInt64(recordSet, at + BASE_OFFSET_AT);
  const magic = recordSet.readInt8(at + MAGIC_AT);
  if (magic !== MAGIC)
    throw new BatchFault(`record format ${magic} is not known, only 2 (Kafka 0.11 and later)`, offset);
  const sizeBytes = PREFIX_BYTES + recordSet.readInt32BE(at + LENGTH_AT);
  if (sizeBytes < HEADER_BYTES)
    throw new BatchFault(`a record batch of ${sizeBytes} bytes is shorter than its header`, offset);
  return at + sizeBytes;
}

/** What nobody could go on from: numbers that would move a position backwards. */
function checkHeader(batch: BatchHeader): BatchHeader {
  const { baseOffset, lastOffset, recordCount } = batch;
  if (baseOffset < 0) throw new BatchFault(`a record batch with the base offset ${baseOffset}`);
  if (lastOffset < baseOffset) throw new BatchFault(`a record batch that ends before it begins`, baseOffset);
  if (recordCount < 0) throw new BatchFault(`a record batch of ${recordCount} records`, baseOffset);
  return batch;
}

/**
 * The complete batches of a fetched record set. The last one may be cut off by the fetch's size limit: it is left out
 * and comes whole with the next fetch.
 * @throws BatchFault where the bytes are no record batches
 */
export function splitRecordSet(recordSet: Buffer): BatchHeader[] {
  const batches: BatchHeader[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= recordSet.length) {
    const end = batchEnd(recordSet, at);
    if (end > recordSet.length) break;
    batches.push(checkHeader(readHeader(recordSet.subarray(at, end))));
    at = end;
  }
  return batches;
}
