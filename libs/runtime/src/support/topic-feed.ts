import type { Clock, Logger, LogReader, LogRecord, LogRecords, PartitionReader } from '@tidemark/stream';
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
  #waiting: { readonly ends: readonly number[]; readonly resolve: () => void }[] = [];

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

  /**
   * Resolves once all before these ends was handed over, or the feed is closed.
   * @param ends offsets by partition
   */
  reach(ends: readonly number[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ ends, resolve });
    this.#tellWaiting();
    return promise;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    this.#wakeup.notify();
    await this.#running;
    this.#tellWaiting();
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
    this.#tellWaiting();
    return took;
  }

  #tellWaiting(): void {
    const hasReached = (ends: readonly number[]) =>
      this.#stopped || this.#readers.every(({ partition, position }) => position >= (ends[partition] ?? 0));
    const reached = this.#waiting.filter(({ ends }) => hasReached(ends));
    if (reached.length === 0) return;
    this.#waiting = this.#waiting.filter((waiting) => !reached.includes(waiting));
    for (const { resolve } of reached) resolve();
  }

  /** A feed that cannot go on holds event time back, which is safe; it must not take the process with it. */
  #take(reader: PartitionReader): LogRecords | undefined {
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
