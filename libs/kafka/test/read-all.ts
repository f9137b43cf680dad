import type { LogRecord } from '@tidemark/stream';
import { waitFor } from '@tidemark/testing';
import type { Kafka } from '../src/index.ts';
import { DEADLINE_MS } from './broker.ts';

/** All records of partition 0 from `offset` up to the position `end`. */
export async function readAll(kafka: Kafka, topic: string, end: number, offset = 0): Promise<LogRecord[]> {
  const reader = kafka.reader();
  const partition = reader.open({ topic, partition: 0 }, offset, () => {});
  const records: LogRecord[] = [];
  try {
    await waitFor(
      () => {
        for (const record of partition.take(1_000_000)?.records ?? []) records.push(record);
        return partition.position >= end;
      },
      DEADLINE_MS,
      `offset ${end} of ${topic}`,
    );
  } finally {
    await reader.close();
  }
  return records;
}
