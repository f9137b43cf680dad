import { splitRecordSet } from '../src/batch/batch-header.ts';
import { openBatch, passRecords } from '../src/decode/decode-records.ts';
import type { FetchedRecord } from '../src/decode/fetched-record.ts';

export const SOURCE = { topic: 't', partition: 3 };

/** All records of the first batch. */
export function decodeAll(recordSet: Buffer, fromOffset = 0, maxUnpackedBytes?: number): FetchedRecord[] {
  const cursor = openBatch(splitRecordSet(recordSet)[0]!, SOURCE, maxUnpackedBytes);
  const { run, fault } = passRecords(cursor, fromOffset, Infinity);
  if (fault !== undefined) throw fault;
  return [...run];
}

/** What a record says, as plain data. */
export function contents({ topic, partition, offset, timestampMs, key, value, headers }: FetchedRecord) {
  return { topic, partition, offset, timestampMs, key, value, headers: { ...headers } };
}
