import type { LogRecord, TopicPartition } from '@tidemark/stream';
import { crc32C } from '../kafkajs/internals.ts';
import { checkedBytes, HEADER_BYTES } from './batch-header.ts';
import type { BatchHeader } from './batch-header.ts';
import { readBytes, readVarint, readVarlong } from './byte-cursor.ts';
import type { ByteCursor } from './byte-cursor.ts';
import { decompress } from './decompress.ts';

/** How far the records of one batch have been decoded: they are, only as they are taken. */
export interface RecordCursor extends ByteCursor {
  readonly batch: BatchHeader;
  remaining: number;
}

const NO_HEADERS: LogRecord['headers'] = Object.freeze({});
const EMPTY = Buffer.alloc(0);

/**
 * Checks and unpacks a batch.
 * @throws Error when the CRC does not match or the codec is not known
 */
export function openBatch(batch: BatchHeader): RecordCursor {
  if (crc32C(checkedBytes(batch)) !== batch.crc) throw new Error('the CRC does not match the bytes');
  const bytes = decompress(batch.compression, batch.bytes.subarray(HEADER_BYTES));
  return { batch, bytes, at: 0, remaining: batch.recordCount };
}

/**
 * Decodes up to `limit` records from `fromOffset` on into `into`; those before are passed over (a fetch that starts
 * within a batch gets the whole batch).
 * @throws RangeError where the bytes are no records
 */
export function decodeRecords(
  cursor: RecordCursor,
  source: TopicPartition,
  fromOffset: number,
  limit: number,
  into: LogRecord[],
): void {
  const full = into.length + limit;
  while (cursor.remaining > 0 && into.length < full) {
    const record = decodeRecord(cursor, source);
    cursor.remaining -= 1;
    if (record.offset >= fromOffset) into.push(record);
  }
}

function decodeRecord(cursor: RecordCursor, { topic, partition }: TopicPartition): LogRecord {
  const length = readVarint(cursor);
  const end = cursor.at + length;
  cursor.at += 1; // attributes: none are defined
  const timestampDelta = readVarlong(cursor);
  const offset = cursor.batch.baseOffset + readVarint(cursor);
  const key = readBytes(cursor);
  const value = readBytes(cursor);
  const headers = readHeaders(cursor);
  if (cursor.at !== end) throw new RangeError(`the record at offset ${offset} is not as long as it says`);
  const timestampMs = cursor.batch.appendTimestampMs ?? cursor.batch.baseTimestampMs + timestampDelta;
  return { topic, partition, offset, timestampMs, key, value, headers };
}

function readHeaders(cursor: ByteCursor): LogRecord['headers'] {
  const count = readVarint(cursor);
  if (count <= 0) return NO_HEADERS;
  // Without a prototype, so that a header named __proto__ is a header like any other.
  const headers = Object.create(null) as Record<string, Buffer>;
  for (let i = 0; i < count; i++) {
    const name = readBytes(cursor) ?? EMPTY;
    headers[name.toString('utf8')] = readBytes(cursor) ?? EMPTY;
  }
  return headers;
}
