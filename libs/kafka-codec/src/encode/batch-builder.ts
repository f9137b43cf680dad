import {
  ATTRIBUTES_AT,
  BASE_OFFSET_AT,
  BASE_SEQUENCE_AT,
  BASE_TIMESTAMP_AT,
  CRC_AT,
  HEADER_BYTES,
  LAST_OFFSET_DELTA_AT,
  LEADER_EPOCH_AT,
  LENGTH_AT,
  MAGIC,
  MAGIC_AT,
  MAX_TIMESTAMP_AT,
  PREFIX_BYTES,
  PRODUCER_EPOCH_AT,
  PRODUCER_ID_AT,
  RECORD_COUNT_AT,
  TRANSACTIONAL_FLAG,
} from '../batch/batch-layout.ts';
import { writeInt64 } from '../batch/int64.ts';
import { codecNumber } from '../compression/codec-names.ts';
import type { CompressionName } from '../compression/codec-names.ts';
import { pack } from '../compression/pack.ts';
import { crc32C } from '../crc32c/crc32c.ts';
import { maxRecordBytes, writeRecord } from './write-record.ts';
import type { RecordData, RecordFields, RecordHeaders } from './write-record.ts';

/** What the sender knows only when it sends: whose batch this is, and which in its row. */
export interface BatchFields {
  /** -1 for none. */
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Sequence number of the first record. */
  readonly baseSequence: number;
  readonly isTransactional: boolean;
}

export const NO_PRODUCER: BatchFields = Object.freeze({
  producerId: -1,
  producerEpoch: -1,
  baseSequence: -1,
  isTransactional: false,
});

const INITIAL_BYTES = 16 * 1024;
/** Brokers fill it in. */
const NO_LEADER_EPOCH = -1;

/**
 * Writes records one after another into one buffer, which grows as needed and is used again after `reset`. Nothing is
 * allocated per record.
 */
export class BatchBuilder {
  #bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #end = HEADER_BYTES;
  #recordCount = 0;
  #baseTimestampMs = 0;
  #maxTimestampMs = 0;
  /** Where the last record begins, and the largest timestamp before it: to take it back. */
  #lastStart = HEADER_BYTES;
  #maxTimestampBeforeMs = 0;
  #packed: Buffer | undefined;
  readonly #compression: CompressionName;
  /** Filled anew for each record, so that a record needs no object of its own. */
  readonly #fields: { -readonly [K in keyof RecordFields]: RecordFields[K] } = {
    offsetDelta: 0,
    timestampDelta: 0,
    key: null,
    value: null,
    headers: undefined,
  };

  constructor(compression: CompressionName = 'none') {
    this.#compression = compression;
  }

  get recordCount(): number {
    return this.#recordCount;
  }

  /** Header and records, before any compression. */
  get sizeBytes(): number {
    return this.#end;
  }

  /** Memory that it holds. */
  get capacityBytes(): number {
    return this.#bytes.length;
  }

  /**
   * Writes a record.
   * @param timestampMs a whole number, epoch ms
   * @returns `sizeBytes` with it: above a limit, `takeBack` and begin another batch
   */
  append(key: RecordData, value: RecordData, headers: RecordHeaders | undefined, timestampMs: number): number {
    if (!Number.isSafeInteger(timestampMs))
      throw new RangeError(`a timestamp of ${timestampMs} is no whole number of ms`);
    if (this.#recordCount === 0) this.#baseTimestampMs = this.#maxTimestampMs = timestampMs;
    const fields = this.#fields;
    fields.offsetDelta = this.#recordCount;
    fields.timestampDelta = timestampMs - this.#baseTimestampMs;
    fields.key = key;
    fields.value = value;
    fields.headers = headers;
    this.#reserve(maxRecordBytes(fields));
    this.#lastStart = this.#end;
    this.#maxTimestampBeforeMs = this.#maxTimestampMs;
    this.#end = writeRecord(fields, this.#bytes, this.#end);
    this.#recordCount += 1;
    if (timestampMs > this.#maxTimestampMs) this.#maxTimestampMs = timestampMs;
    return this.#end;
  }

  /** Undoes the last `append`; not twice in a row. */
  takeBack(): void {
    if (this.#end === this.#lastStart) throw new RangeError('only one record can be taken back');
    this.#end = this.#lastStart;
    this.#recordCount -= 1;
    this.#maxTimestampMs = this.#maxTimestampBeforeMs;
  }

  /**
   * The batch, ready to be sent: a view of this builder's buffer, valid until it changes. May be called again, with
   * other fields, when the same records are sent again.
   */
  finish(fields: BatchFields): Buffer {
    const batch = this.#compression === 'none' ? this.#bytes.subarray(0, this.#end) : this.#pack();
    this.#writeHeader(batch, fields);
    batch.writeUInt32BE(crc32C(batch.subarray(ATTRIBUTES_AT)), CRC_AT);
    return batch;
  }

  /** Empties it. What `finish` gave must not be needed any more. */
  reset(): void {
    this.#end = this.#lastStart = HEADER_BYTES;
    this.#recordCount = 0;
    this.#packed = undefined;
    this.#fields.key = this.#fields.value = null;
    this.#fields.headers = undefined;
  }

  #reserve(sizeBytes: number): void {
    this.#packed = undefined;
    const needed = this.#end + sizeBytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }

  #pack(): Buffer {
    this.#packed ??= Buffer.concat([
      Buffer.alloc(HEADER_BYTES),
      pack(this.#compression, this.#bytes.subarray(HEADER_BYTES, this.#end)),
    ]);
    return this.#packed;
  }

  #writeHeader(batch: Buffer, { producerId, producerEpoch, baseSequence, isTransactional }: BatchFields): void {
    writeInt64(batch, 0, BASE_OFFSET_AT);
    batch.writeInt32BE(batch.length - PREFIX_BYTES, LENGTH_AT);
    batch.writeInt32BE(NO_LEADER_EPOCH, LEADER_EPOCH_AT);
    batch.writeInt8(MAGIC, MAGIC_AT);
    batch.writeInt16BE(codecNumber(this.#compression) | (isTransactional ? TRANSACTIONAL_FLAG : 0), ATTRIBUTES_AT);
    batch.writeInt32BE(this.#recordCount - 1, LAST_OFFSET_DELTA_AT);
    writeInt64(batch, this.#baseTimestampMs, BASE_TIMESTAMP_AT);
    writeInt64(batch, this.#maxTimestampMs, MAX_TIMESTAMP_AT);
    writeInt64(batch, producerId, PRODUCER_ID_AT);
    batch.writeInt16BE(producerEpoch, PRODUCER_EPOCH_AT);
    batch.writeInt32BE(baseSequence, BASE_SEQUENCE_AT);
    batch.writeInt32BE(this.#recordCount, RECORD_COUNT_AT);
  }
}
