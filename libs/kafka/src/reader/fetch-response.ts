import { readInt64 } from '@tidemark/kafka-codec';
import type { AbortedTransaction } from '../kafkajs/internal-types.ts';

/** One partition's part of an answer to a fetch. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Kafka's error code, 0 for none; the ends are -1 and the record set empty where there is one. */
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStable: number;
  readonly logStart: number;
  readonly abortedTransactions: readonly AbortedTransaction[];
  /** Record batches one after another; the last may be cut off. A view of the answer. */
  readonly recordSet: Buffer;
}

export interface FetchResponse {
  readonly errorCode: number;
  /** For KafkaJS: it holds back requests for so long. */
  readonly clientSideThrottleTime: number;
  readonly partitions: readonly FetchedPartition[];
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

function int16(cursor: Cursor): number {
  cursor.at += 2;
  return cursor.bytes.readInt16BE(cursor.at - 2);
}

function int32(cursor: Cursor): number {
  cursor.at += 4;
  return cursor.bytes.readInt32BE(cursor.at - 4);
}

function int64(cursor: Cursor): number {
  cursor.at += 8;
  return readInt64(cursor.bytes, cursor.at - 8);
}

function bytes(cursor: Cursor, length: number): Buffer {
  cursor.at += Math.max(0, length);
  return cursor.bytes.subarray(cursor.at - Math.max(0, length), cursor.at);
}

/** An array; a null array (-1) is an empty one. */
function array<T>(cursor: Cursor, read: (cursor: Cursor) => T): T[] {
  const count = int32(cursor);
  const items: T[] = [];
  for (let i = 0; i < count; i++) items.push(read(cursor));
  return items;
}

function abortedTransaction(cursor: Cursor): AbortedTransaction {
  return { producerId: String(int64(cursor)), firstOffset: String(int64(cursor)) };
}

function fetchedPartition(cursor: Cursor, topic: string): FetchedPartition {
  const partition = int32(cursor);
  const errorCode = int16(cursor);
  const highWatermark = int64(cursor);
  const lastStable = int64(cursor);
  const logStart = int64(cursor);
  const abortedTransactions = array(cursor, abortedTransaction);
  cursor.at += 4; // preferred read replica: we name no rack, so there is none
  const recordSet = bytes(cursor, int32(cursor));
  return { topic, partition, errorCode, highWatermark, lastStable, logStart, abortedTransactions, recordSet };
}

function fetchedTopic(cursor: Cursor): FetchedPartition[] {
  const topic = bytes(cursor, int16(cursor)).toString('utf8');
  return array(cursor, (inner) => fetchedPartition(inner, topic));
}

/**
 * Reads an answer to a fetch, version 11. KafkaJS' own reader hides batches that compaction emptied, so that a position
 * could not get past them; and it decodes all records at once.
 */
export function decodeFetchResponse(payload: Buffer): FetchResponse {
  const cursor = { bytes: payload, at: 0 };
  const clientSideThrottleTime = int32(cursor);
  const errorCode = int16(cursor);
  cursor.at += 4; // session id: we use none
  return { errorCode, clientSideThrottleTime, partitions: array(cursor, fetchedTopic).flat() };
}
