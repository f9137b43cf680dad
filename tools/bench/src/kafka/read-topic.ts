import type { LogReader, LogRecord, PartitionReader } from '@tidemark/stream';

/** As the runtime asks for it. */
const TAKEN_AT_ONCE = 10_000;

export interface TopicReading {
  readonly topic: string;
  readonly partitions: number;
  /** Gets each record; oldest first per partition. */
  readonly onRecord: (record: LogRecord) => void;
  /** Asked after each batch. */
  readonly isDone: () => boolean;
}

/** Reads a topic from its start, through our own client. @throws TidemarkError when the reader cannot go on */
export async function readTopic(reader: LogReader, reading: TopicReading): Promise<void> {
  const { topic, isDone } = reading;
  let changed = Promise.withResolvers<void>();
  const open = (partition: number) => reader.open({ topic, partition }, 0, () => changed.resolve());
  const partitions = Array.from({ length: reading.partitions }, (_, partition) => open(partition));
  while (!isDone()) {
    await changed.promise;
    changed = Promise.withResolvers<void>();
    for (const partition of partitions) takeAll(partition, reading.onRecord);
  }
}

function takeAll(partition: PartitionReader, onRecord: (record: LogRecord) => void): void {
  for (let batch = partition.take(TAKEN_AT_ONCE); batch !== undefined; batch = partition.take(TAKEN_AT_ONCE)) {
    for (const record of batch.records) onRecord(record);
  }
}
