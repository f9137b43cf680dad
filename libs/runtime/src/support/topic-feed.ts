import type { Clock, Logger, LogReader, LogRecord, PartitionReader } from '@tidemark/stream';
import { Wakeup } from './wakeup.ts';

/** Follows all partitions of an internal topic from its beginning, for as long as the process lives. */
export class TopicFeed {
  readonly #onRecord: (record: LogRecord) => void;
  readonly #onBatch: () => void;
  readonly #logger: Logger;
  readonly #wakeup: Wakeup;
  #readers: PartitionReader[] = [];
  #running: Promise<void> | undefined;
  #stopped = false;

  /** @param onBatch called after the records of a batch were handed to `onRecord` */
  constructor(clock: Clock, logger: Logger, onRecord: (record: LogRecord) => void, onBatch: () => void) {
    this.#logger = logger;
    this.#wakeup = new Wakeup(clock);
    this.#onRecord = onRecord;
    this.#onBatch = onBatch;
  }

  /** @param startOffsets log start by partition */
  start(reader: LogReader, topic: string, startOffsets: readonly number[]): void {
    this.#readers = startOffsets.map((offset, partition) =>
      reader.open({ topic, partition }, offset, this.#wakeup.notify),
    );
    this.#running = this.#follow();
  }

  async close(): Promise<void> {
    this.#stopped = true;
    this.#wakeup.notify();
    await this.#running;
    for (const reader of this.#readers) reader.close();
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      if (!this.#takeAll()) await this.#wakeup.wait(Infinity);
    }
  }

  #takeAll(): boolean {
    let took = false;
    for (const reader of this.#readers) {
      const batch = this.#take(reader);
      if (batch === undefined) continue;
      took = true;
      for (const record of batch) this.#onRecord(record);
    }
    if (took) this.#onBatch();
    return took;
  }

  /** A feed that cannot go on holds event time back, which is safe; it must not take the process with it. */
  #take(reader: PartitionReader): readonly LogRecord[] | undefined {
    try {
      return reader.take(Number.MAX_SAFE_INTEGER)?.records;
    } catch (error) {
      const { topic, partition } = reader;
      this.#logger.error(
        { topic, partition, error: String(error) },
        'cannot follow this topic; event time stands still',
      );
      this.#readers = this.#readers.filter((other) => other !== reader);
      reader.close();
      return undefined;
    }
  }
}
