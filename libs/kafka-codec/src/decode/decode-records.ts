import { BatchFault } from '../batch-fault.ts';
import type { BatchHeader } from '../batch/batch-header.ts';
import { ATTRIBUTES_AT, HEADER_BYTES } from '../batch/batch-layout.ts';
import { MAX_UNPACKED_BYTES, unpack } from '../compression/unpack.ts';
import { crc32C } from '../crc32c/crc32c.ts';
import { readVarint, readVarlong, skipBytes } from './byte-cursor.ts';
import type { ByteCursor } from './byte-cursor.ts';
import { FetchedRecord } from './fetched-record.ts';
import type { RecordPlaces, RecordSource } from './fetched-record.ts';
import { skipHeaders } from './record-headers.ts';

/** How far the records of one batch have been decoded: they are, only as they are taken. */
export interface RecordCursor extends ByteCursor {
  readonly batch: BatchHeader;
  readonly source: RecordSource;
  remaining: number;
  /** Of the last record decoded; offsets only rise. */
  lastOffset: number;
}

/**
 * Checks and unpacks a batch.
 * @param maxUnpackedBytes what its records may take once unpacked
 * @throws BatchFault when the CRC does not match, the codec is not known, or the limit is passed
 */
export function openBatch(
  batch: BatchHeader,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  maxUnpackedBytes = MAX_UNPACKED_BYTES,
): RecordCursor {
  const { baseOffset, baseTimestampMs, appendTimestampMs } = batch;
  if (crc32C(batch.bytes.subarray(ATTRIBUTES_AT)) !== batch.crc)
    throw new BatchFault('the CRC does not match the bytes', baseOffset);
  const bytes = unpackRecords(batch, maxUnpackedBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const source = { topic, partition, bytes, view, baseTimestampMs, appendTimestampMs };
  return { batch, source, bytes, at: 0, remaining: batch.recordCount, lastOffset: baseOffset - 1 };
}

function unpackRecords({ compression, bytes, baseOffset }: BatchHeader, maxBytes: number): Buffer {
  try {
    return unpack(compression, bytes.subarray(HEADER_BYTES), maxBytes);
  } catch (cause) {
    throw new BatchFault((cause as Error).message, baseOffset, { isWhole: true, cause });
  }
}

/** Records of one batch that follow each other and can be read: each is made when it is come to, and anew each time. */
export class RecordRun implements Iterable<FetchedRecord> {
  readonly length: number;
  readonly #start: Readonly<RecordCursor>;

  /** @param start before the first of them */
  constructor(start: Readonly<RecordCursor>, length: number) {
    this.#start = start;
    this.length = length;
  }

  /** No generator: of one, each record costs a switch to it and back. */
  [Symbol.iterator](): Iterator<FetchedRecord, undefined> {
    const cursor = { ...this.#start };
    let left = this.length;
    const next = (): IteratorResult<FetchedRecord, undefined> => {
      if (left === 0) return { done: true, value: undefined };
      left -= 1;
      return { done: false, value: new FetchedRecord(cursor.source, readPlaces(cursor)) };
    };
    return { next };
  }
}

/** What was passed over, up to a fault if there was one. */
export interface PassedRecords {
  readonly run: RecordRun;
  readonly fault: BatchFault | undefined;
}

/**
 * Passes over up to `limit` records from `fromOffset` on, which shows that they can be read; those before do not count (a
 * fetch that starts within a batch gets the whole batch). So that many records wait as bytes, not as objects.
 */
export function passRecords(cursor: RecordCursor, fromOffset: number, limit: number): PassedRecords {
  let start = { ...cursor };
  let length = 0;
  try {
    while (cursor.remaining > 0 && length < limit) {
      const { offset } = readPlaces(cursor);
      cursor.remaining -= 1;
      if (offset >= fromOffset) length += 1;
      else start = { ...cursor };
    }
    if (cursor.remaining === 0 && cursor.at !== cursor.bytes.length)
      throw new RangeError(`${cursor.bytes.length - cursor.at} bytes after the last record`);
    return { run: new RecordRun(start, length), fault: undefined };
  } catch (cause) {
    const fault = new BatchFault((cause as Error).message, cursor.lastOffset + 1, { isWhole: true, cause });
    return { run: new RecordRun(start, length), fault };
  }
}

/** Used for one record after the other: what is kept of it is copied into the record. */
const PLACES: RecordPlaces = {
  offset: 0,
  timestampDelta: 0,
  keyStart: 0,
  keyLength: 0,
  valueStart: 0,
  valueLength: 0,
  headersStart: 0,
};

function readPlaces(cursor: RecordCursor): RecordPlaces {
  const length = readVarint(cursor);
  const end = cursor.at + length;
  cursor.at += 1; // attributes: none are defined
  PLACES.timestampDelta = readVarlong(cursor);
  PLACES.offset = nextOffset(cursor, readVarint(cursor));
  PLACES.keyLength = skipBytes(cursor);
  PLACES.keyStart = cursor.at - PLACES.keyLength;
  PLACES.valueLength = skipBytes(cursor);
  PLACES.valueStart = cursor.at - PLACES.valueLength;
  PLACES.headersStart = skipHeaders(cursor);
  if (cursor.at !== end) throw new RangeError(`a record of ${length} bytes is not as long as it says`);
  cursor.lastOffset = PLACES.offset;
  return PLACES;
}

/** A position that goes by offsets would go wrong on those that fall, or leave their batch. */
function nextOffset({ batch, lastOffset }: RecordCursor, delta: number): number {
  const offset = batch.baseOffset + delta;
  if (offset <= lastOffset || offset > batch.lastOffset)
    throw new RangeError(
      `a record at offset ${offset}, after ${lastOffset} in a batch that ends at ${batch.lastOffset}`,
    );
  return offset;
}
