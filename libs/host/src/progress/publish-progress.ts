import type { PlainProducer } from '@tidemark/kafka';
import { topics } from '@tidemark/schemas';
import { type Logger, type OutputRecord, partitionForKey, type StreamingQueryProgress } from '@tidemark/stream';

/** How long the last reports may take to be written when the process ends, ms. */
const FLUSH_WITHIN_MS = 2_000;

/** Writes progress to `tidemark.progress`, best effort: tasks never wait for it. */
export interface ProgressPublisher {
  /** Sends in the background; reports that come while a send is under way are left out. */
  publish(reports: readonly StreamingQueryProgress[]): void;
  /** Waits a moment for what is being sent. */
  close(): Promise<void>;
}

/** @param countPartitions of the topic; asked with the first report, and again after it has failed */
export function publishProgress(
  producer: PlainProducer,
  countPartitions: () => Promise<number>,
  logger: Logger,
): ProgressPublisher {
  let partitions: number | undefined;
  let sending: Promise<void> | undefined;
  const send = async (reports: readonly StreamingQueryProgress[]) => {
    const count = (partitions ??= await countPartitions());
    await producer.send(reports.map((report) => progressRecord(report, count)));
  };
  return {
    publish(reports) {
      if (sending !== undefined || reports.length === 0) return;
      sending = send(reports)
        .catch((error: unknown) => logger.debug({ err: error }, 'progress was not written; nothing depends on it'))
        .finally(() => (sending = undefined));
    },
    async close() {
      if (sending !== undefined) await atMost(FLUSH_WITHIN_MS, sending);
      await atMost(FLUSH_WITHIN_MS, producer.close());
    },
  };
}

function progressRecord(report: StreamingQueryProgress, partitions: number): OutputRecord {
  const key = report.name;
  return {
    topic: topics.progress.topic,
    partition: partitionForKey(key, partitions),
    key,
    value: JSON.stringify(report),
  };
}

async function atMost(timeoutMs: number, work: Promise<void>): Promise<void> {
  const { promise: expired, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  await Promise.race([work, expired]);
  clearTimeout(timer);
}
