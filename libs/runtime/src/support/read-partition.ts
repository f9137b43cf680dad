import type { LogRecord, PartitionReader, TopicPartition } from '@tidemark/stream';
import type { LogPorts } from '../ports.ts';
import { noProgress } from './no-progress.ts';
import { Wakeup } from './wakeup.ts';

export interface Reading extends TopicPartition {
  readonly fromOffset: number;
  /** Asked whenever nothing is left to take. */
  readonly isAtEnd: (reader: PartitionReader) => boolean;
  readonly onRecord: (record: LogRecord) => void;
}

/** How long a reading may stand still: longer than a transaction may stay open. */
const STANDS_STILL_MS = 60_000;
const LOOK_AGAIN_MS = 1_000;

/**
 * Reads a partition, read_committed, up to an end.
 * @returns the position after the last record
 * @throws TidemarkError (TM_CHANGELOG_STUCK, TM_INPUT_STUCK for other topics, TM_KAFKA_UNREACHABLE) when nothing comes for
 *   a minute; what the reader throws
 */
export async function readPartition(reading: Reading, ports: Pick<LogPorts, 'reader' | 'clock'>): Promise<number> {
  const { topic, partition, fromOffset, isAtEnd, onRecord } = reading;
  const { clock } = ports;
  const wakeup = new Wakeup(clock);
  const reader = ports.reader.open({ topic, partition }, fromOffset, wakeup.notify);
  try {
    for (let deadlineMs = clock.now() + STANDS_STILL_MS; ;) {
      const batch = reader.take(Number.MAX_SAFE_INTEGER);
      if (batch !== undefined) {
        for (const record of batch.records) onRecord(record);
        deadlineMs = clock.now() + STANDS_STILL_MS;
      } else if (isAtEnd(reader)) {
        return reader.position;
      } else {
        if (clock.now() >= deadlineMs) throw noProgress(reader, STANDS_STILL_MS, 'Then try again');
        await wakeup.wait(Math.min(deadlineMs, clock.now() + LOOK_AGAIN_MS));
      }
    }
  } finally {
    reader.close();
  }
}

/**
 * Reads what a topic of a single partition holds now, as `readPartition` does.
 * @param fromOffset negative: counted from the end
 */
export async function readTopic(
  topic: string,
  fromOffset: number,
  ports: Pick<LogPorts, 'reader' | 'admin' | 'clock'>,
  onRecord: Reading['onRecord'],
): Promise<void> {
  const [ends] = await ports.admin.logEnds(topic);
  const { logStart, highWatermark } = ends!;
  const from = Math.max(logStart, fromOffset < 0 ? highWatermark + fromOffset : fromOffset);
  const isAtEnd = ({ position }: PartitionReader) => position >= highWatermark;
  await readPartition({ topic, partition: 0, fromOffset: from, isAtEnd, onRecord }, ports);
}
