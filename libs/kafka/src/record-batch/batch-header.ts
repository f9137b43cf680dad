/**
 * Record batches, format v2 (magic 2), as brokers store and send them. Offsets of the fields from the start of a batch;
 * see "Record Batch" in the Kafka protocol guide.
 */
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const BASE_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const RECORD_COUNT_AT = 57;
/** Where the records begin. */
export const HEADER_BYTES = 61;
/** Base offset and length, which the length itself does not count. */
const PREFIX_BYTES = 12;

const COMPRESSION_MASK = 0x07;
const LOG_APPEND_TIME_FLAG = 0x08;
const TRANSACTIONAL_FLAG = 0x10;
const CONTROL_FLAG = 0x20;

/** One record batch: what its header says, and its bytes (a view of the fetch buffer). */
export interface BatchHeader {
  readonly bytes: Buffer;
  readonly crc: number;
  readonly baseOffset: number;
  /** Also right where compaction took the last records away. */
  readonly lastOffset: number;
  readonly compression: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly baseTimestampMs: number;
  /** Set where the broker stamps records itself: then it counts for every record of the batch. */
  readonly appendTimestampMs: number | undefined;
  readonly producerId: number;
  readonly recordCount: number;
}

/** What the CRC is computed over. */
export const checkedBytes = (batch: BatchHeader): Buffer => batch.bytes.subarray(ATTRIBUTES_AT);

/** A signed 64-bit number; exact up to 2^53-1, as offsets and timestamps are. */
export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
}

function readHeader(bytes: Buffer): BatchHeader {
  const attributes = bytes.readInt16BE(ATTRIBUTES_AT);
  const baseOffset = readInt64(bytes, 0);
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

function refuseOldFormat(recordSet: Buffer, at: number): void {
  const magic = recordSet.readInt8(at + MAGIC_AT);
  if (magic !== 2) throw new RangeError(`record format ${magic} is not known, only 2 (Kafka 0.11 and later)`);
}

/**
 * The complete batches of a fetched record set. The last one may be cut off by the fetch's size limit: it is left out
 * and comes whole with the next fetch.
 * @throws RangeError where the bytes are no record batches
 */
export function splitRecordSet(recordSet: Buffer): BatchHeader[] {
  const batches: BatchHeader[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= recordSet.length) {
    refuseOldFormat(recordSet, at);
    const end = at + PREFIX_BYTES + recordSet.readInt32BE(at + LENGTH_AT);
    if (end < at + HEADER_BYTES) throw new RangeError(`a record batch of ${end - at} bytes is shorter than its header`);
    if (end > recordSet.length) break;
    batches.push(readHeader(recordSet.subarray(at, end)));
    at = end;
  }
  return batches;
}
