import { BatchFault } from '../batch-fault.ts';
import type { BatchHeader } from '../batch/batch-header.ts';
import { ATTRIBUTES_AT, HEADER_BYTES } from '../batch/batch-layout.ts';
import { MAX_UNPACKED_BYTES, unpack } from '../compression/unpack.ts';
import { crc32C } from '../crc32c/crc32c.ts';
import { readVarint, readVarlong, skipBytes } from './byte-cursor.ts';
import type { ByteCursor } from './byte-cursor.ts';
import { FetchedRecord } from './fetched-record.ts';
import { skipHeaders } from './record-headers.ts';
import { type RecordPlace, RecordPlaces, type RecordSource } from './record-places.ts';

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
  const source = { topic, partition, bytes, view, baseOffset, baseTimestampMs, appendTimestampMs };
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
  readonly #places: RecordPlaces;

  constructor(places: RecordPlaces) {
    this.#places = places;
  }

  get length(): number {
    return this.#places.length;
  }

  /** No generator: of one, each record costs a switch to it and back. */
  [Symbol.iterator](): Iterator<FetchedRecord, undefined> {
    const places = this.#places;
    let index = 0;
    const next = (): IteratorResult<FetchedRecord, undefined> => {
      if (index === places.length) return { done: true, value: undefined };
      index += 1;
      return { done: false, value: new FetchedRecord(places, index - 1) };
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
  const places = new RecordPlaces(cursor.source, Math.min(limit, mostRecords(cursor)));
  const run = new RecordRun(places);
  try {
    while (cursor.remaining > 0 && places.length < limit) {
      const place = readPlace(cursor);
      cursor.remaining -= 1;
      if (place.offset >= fromOffset) places.add(place);
    }
    if (cursor.remaining === 0 && cursor.at !== cursor.bytes.length)
      throw new RangeError(`${cursor.bytes.length - cursor.at} bytes after the last record`);
    return { run, fault: undefined };
  } catch (cause) {
    const fault = new BatchFault((cause as Error).message, cursor.lastOffset + 1, { isWhole: true, cause });
    return { run, fault };
  }
}

/** Whatever the batch says: so many records its bytes can hold at most. */
function mostRecords({ remaining, bytes, at }: RecordCursor): number {
  return Math.min(remaining, Math.floor((bytes.length - at) / LEAST_RECORD_BYTES));
}

/** Length, attributes, timestamp and offset deltas, lengths of key and value, number of headers: a byte each. */
const LEAST_RECORD_BYTES = 7;

/** Used for one record after the other: what is kept of it is copied. */
const PLACE: RecordPlace = {
  offset: 0,
  timestampDelta: 0,
  keyStart: 0,
  keyLength: 0,
  valueStart: 0,
  valueLength: 0,
  headersStart: 0,
};

function readPlace(cursor: RecordCursor): RecordPlace {
  const length = readVarint(cursor);
  const end = cursor.at + length;
  cursor.at += 1; // attributes: none are defined
  PLACE.timestampDelta = readVarlong(cursor);
  PLACE.offset = nextOffset(cursor, readVarint(cursor));
  PLACE.keyLength = skipBytes(cursor);
  PLACE.keyStart = cursor.at - PLACE.keyLength;
  PLACE.valueLength = skipBytes(cursor);
  PLACE.valueStart = cursor.at - PLACE.valueLength;
  PLACE.headersStart = skipHeaders(cursor);
  if (cursor.at !== end) throw new RangeError(`a record of ${length} bytes is not as long as it says`);
  cursor.lastOffset = PLACE.offset;
  return PLACE;
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
